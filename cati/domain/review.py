"""Review: what a supervisor may decide on an interview, for which reasons, and whom a sample must hear."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from math import ceil

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_


class Verdict(StrEnum):
    """What is decided on an interview; the last one holds. The values are stored: never rename."""

    ACCEPTED = "accepted"
    EXCLUDED = "excluded"
    """Out of score and quota; answers and recordings stay."""
    SENT_BACK = "sent_back"
    """The person is to be called again; until then as excluded."""
    SECOND = "second"
    """Somebody else is to decide; until then what was decided before holds."""


REASONS: Mapping[Verdict, Mapping[str, str]] = {
    Verdict.EXCLUDED: {
        "not_read": N_("Questions were not read out"),
        "led": N_("The operator suggested answers"),
        "prompted": N_("Somebody else answered or prompted"),
        "wrong_person": N_("Not the person to be interviewed"),
        "differs": N_("Answers differ from the recording"),
        "invented": N_("The interview seems invented"),
        "unverifiable": N_("No usable recording"),
    },
    Verdict.SENT_BACK: {
        "missed": N_("Questions were left out"),
        "not_read": N_("Questions were not read out"),
        "differs": N_("Answers differ from the recording"),
        "inaudible": N_("The answers cannot be made out"),
    },
}
"""The closed list: msgids of the reasons by code, in the order of their digit keys."""

SAMPLE_SHARE = 0.05
"""Share of every operator's interviews that is to be heard; our choice, as no document sets one."""
SAMPLE_LEAST = 2
"""Of an operator with few interviews at least so many: one alone says nothing about a habit."""


def check_reason(verdict: Verdict, reason: str | None) -> None:
    """Refuse a verdict without a reason of its list, or with one that is not on it.

    Raises:
        CatiError: ``review_reason``.
    """
    if reason not in REASONS.get(verdict, {None: ""}):
        raise CatiError(
            "review_reason",
            N_("This verdict needs a reason from the list. Nothing was stored. Choose one."),
        )


def sample(
    interviews: Iterable[tuple[str, int]], share: float = SAMPLE_SHARE, least: int = SAMPLE_LEAST
) -> frozenset[str]:
    """The interviews that are to be heard so that every operator is.

    The order is that of a hash of the interview's id: nobody picks, and everybody who looks gets the same
    ones; interviews added later only push some out at the end.

    Args:
        interviews: id and operator of each.
        share: of each operator's interviews, 0 to 1.
        least: at least so many of each operator.
    """
    by_operator: dict[int, list[str]] = {}
    for interview, operator in interviews:
        by_operator.setdefault(operator, []).append(interview)
    chosen: set[str] = set()
    for ids in by_operator.values():
        count = max(least, ceil(share * len(ids)))
        chosen.update(sorted(ids, key=lambda one: hashlib.sha256(one.encode()).digest())[:count])
    return frozenset(chosen)
