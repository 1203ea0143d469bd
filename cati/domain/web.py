"""Opinions from a survey on the web: which column of a file says what, and what is done about doubles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from unicodedata import normalize

from cati.base.i18n import mark as N_
from cati.domain.ballots import Line

UNIT, GROUP, RESPONDENT, TIME = "unit", "group", "respondent", "time"
ROLES: Mapping[str, str] = {
    UNIT: N_("unit"),
    GROUP: N_("group"),
    RESPONDENT: N_("respondent"),
    TIME: N_("time of answering"),
}
"""What a column may say beside answers, with what it is called."""

REFUSE, FIRST, LAST, EACH = "refuse", "first", "last", "each"
DOUBLES: Mapping[str, str] = {
    REFUSE: N_("refuse the file"),
    FIRST: N_("the first counts"),
    LAST: N_("the last counts"),
    EACH: N_("each counts"),
}
"""What is done about somebody who answered about the same unit more than once."""

Columns: TypeAlias = Mapping[str, str]
"""Heading by what the column says: one of `ROLES`, the name of an item, or code of a unit and name of an item
with a dot between (`answers_to`)."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one respondent said about one unit.

    Attributes:
        sheet: its name.
        row: number in the sheet, from 1.
        who: what tells this respondent from others; kept nowhere. Empty where nothing does.
        unit: code.
        group: code, empty where the channel has none.
        answers: to the items of the channel in their order.
    """

    sheet: str
    row: int
    who: str
    unit: str
    group: str
    answers: Line


@dataclass(frozen=True, slots=True)
class Proposal:
    """Which column of a file probably says what.

    Attributes:
        columns: as far as anything is proposed.
        doubles: the rule of last time, empty the first time.
        gone: headings that were used last time and are not in this file.
        unused: headings of this file that nothing is taken from.
    """

    columns: Columns
    doubles: str
    gone: tuple[str, ...]
    unused: tuple[str, ...]


def as_read(text: str) -> str:
    """A heading or cell as it is compared: wide signs as narrow ones, without blanks around."""
    return normalize("NFKC", text).strip()


def answers_to(unit: str, item: str) -> str:
    """What a column of answers to one item about one unit is named by."""
    return f"{unit}.{item}"


def remembered(columns: Columns, doubles: str, guessed: Columns, headings: Sequence[str]) -> Proposal:
    """What is proposed for a file with these headings.

    Args:
        columns: of last time, by heading names; empty the first time.
        doubles: the rule of last time.
        guessed: what the headings themselves suggest.
        headings: of the file.
    """
    kept = {says: heading for says, heading in columns.items() if heading in headings}
    chosen = dict(kept) if columns else {}
    taken = set(chosen.values())
    for says, heading in guessed.items():
        if says not in chosen and heading not in taken and (not columns or says in columns):
            chosen[says] = heading
            taken.add(heading)
    return Proposal(
        chosen,
        doubles,
        tuple(heading for heading in dict.fromkeys(columns.values()) if heading not in headings),
        tuple(heading for heading in headings if heading and heading not in taken),
    )
