"""What nobody has decided on when scores are to be approved."""

from __future__ import annotations

from dataclasses import dataclass

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext


@dataclass(frozen=True, slots=True)
class Undecided:
    """How much is undecided, all of it without effect on the scores.

    Attributes:
        points: proposals of points that were neither confirmed nor waived.
        complaints: neither verified nor found to be unfounded.
        overdue: hand-ins that have not come by their day and were not waived.
    """

    points: int = 0
    complaints: int = 0
    overdue: int = 0

    def __bool__(self) -> bool:
        return bool(self.points or self.complaints or self.overdue)

    def words(self) -> str:
        """How many there are of each that is not 0; empty without any."""
        told = (
            (self.points, ngettext("{count} proposal of points", "{count} proposals of points", self.points)),
            (
                self.complaints,
                ngettext("{count} unsettled complaint", "{count} unsettled complaints", self.complaints),
            ),
            (self.overdue, ngettext("{count} overdue hand-in", "{count} overdue hand-ins", self.overdue)),
        )
        return _("; ").join(words.format(count=count) for count, words in told if count)
