"""Complete interviews as rows of a table, people masked unless the right to see them is used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from math import isfinite
from zoneinfo import ZoneInfo

from cati.domain.contacts import Contact, masked
from cati.domain.exports import Identity
from cati.domain.programmes import Programme
from cati.files.exports import Cell
from cati.sealing.contacts import ContactKey
from cati.store.exports import ExportedInterview

FIRST = ("unit", "group", "disposition")
LAST = (
    "interview",
    "operator",
    "started",
    "ended",
    "seconds",
    "language",
    "source",
    "late",
    "off_path",
    "number",
)
NAME = "name"
"""Heading of the last column when identities are shown."""

VERDICT = ("excluded_because", "excluded_by", "excluded_at")
"""Headings that the sheet of excluded interviews has besides."""

UNASKED = ("note", "calculate")
"""Types of questions nobody answers."""

NUMBERS = ("integer", "decimal")


def heading(programme: Programme, identity: Identity) -> list[str]:
    """Of the table of interviews."""
    return [*FIRST, *asked(programme), *LAST, *([NAME] if identity is Identity.FULL else [])]


def asked(programme: Programme) -> list[str]:
    """Names of the questions that people answer."""
    return [question.name for question in programme.questions if question.type not in UNASKED]


def rows(
    found: Iterator[ExportedInterview],
    programme: Programme,
    key: ContactKey | None,
    identity: Identity,
    *,
    verdict: bool = False,
) -> Iterator[list[Cell]]:
    """Interviews as rows.

    Args:
        found: the interviews.
        programme: whose.
        key: opens the contacts; None once they are destroyed.
        identity: whether people are masked.
        verdict: whether what excluded them stands at the end.
    """
    zone = ZoneInfo(programme.settings.timezone)
    items = asked(programme)
    numbers = {question.name for question in programme.questions if question.type in NUMBERS}
    for interview in found:
        given = interview.answers.get
        yield [
            interview.unit,
            interview.group,
            interview.disposition,
            *[_number(given(name)) if name in numbers else given(name) for name in items],
            interview.id,
            interview.operator,
            local(interview.started_at, zone),
            local(interview.ended_at, zone),
            _seconds(interview),
            interview.language,
            interview.source,
            "late" if interview.late else "",
            "; ".join(f"{item}={value}" for item, value in sorted(interview.off_path.items())),
            *_person(interview, key, identity),
            *(_verdict(interview, zone) if verdict else ()),
        ]


def _verdict(interview: ExportedInterview, zone: ZoneInfo) -> tuple[Cell, ...]:
    return interview.verdict_reason, interview.verdict_by, local(interview.verdict_at, zone)


def _person(interview: ExportedInterview, key: ContactKey | None, identity: Identity) -> list[Cell]:
    if key is None or interview.sealed is None:
        return [""]
    contact = Contact.decode(key.open(interview.sealed, bound_to=interview.number_hash))
    number = contact.number.e164
    if identity is Identity.FULL:
        return [number.removeprefix("+86"), contact.name]
    return [masked(number)]


def _number(value: str | None) -> Cell:
    """A number as a number, so that it can be summed; anything else stays the text it is."""
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        return value
    return number if isfinite(number) else value


def local(moment: datetime | None, zone: ZoneInfo) -> str:
    """A moment in the programme's own time, as a spreadsheet sorts it."""
    return "" if moment is None else moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _seconds(interview: ExportedInterview) -> Cell:
    if interview.ended_at is None:
        return None
    return round((interview.ended_at - interview.started_at).total_seconds())
