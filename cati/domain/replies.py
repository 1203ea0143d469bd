"""What units answer to the opinions they were sent, and whether in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cati.base.i18n import mark as N_


class AnswerState(StrEnum):
    """What a unit did about an opinion (办理情况)."""

    DONE = "done"
    DOING = "doing"
    PLANNED = "planned"
    DECLINED = "declined"


STATE_WORDS = {
    AnswerState.DONE: N_("dealt with"),
    AnswerState.DOING: N_("being done"),
    AnswerState.PLANNED: N_("planned"),
    AnswerState.DECLINED: N_("not taken up"),
}
"""To be translated."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A unit's answer to one opinion; `answered_on` as the unit says, None where it does not."""

    state: AnswerState
    result: str
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How a unit answers.

    Attributes:
        sent: opinions sent to it.
        answered: of these, answered.
        in_time: of the answered, handed in by the day they were due; that day counts.
        overdue: not answered and due before today.
    """

    sent: int = 0
    answered: int = 0
    in_time: int = 0
    overdue: int = 0


def tally(lines: Iterable[tuple[date, date | None]], today: date) -> Tally:
    """Count lines.

    Args:
        lines: of each the day it is due, and the day its first answer was handed in, None without one.
        today: the bureau's.
    """
    sent = answered = in_time = overdue = 0
    for due, received in lines:
        sent += 1
        answered += received is not None
        in_time += received is not None and received <= due
        overdue += received is None and due < today
    return Tally(sent, answered, in_time, overdue)
