"""Own appointments that are due in a moment, said once in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cati.base.i18n import translate as _
from cati.domain.programmes import Settings
from cati.domain.stations import is_off
from cati.domain.times import length
from cati.gui.console.words import local
from cati.gui.widgets.day import clock_time

if TYPE_CHECKING:
    from cati.services.appointments import Agreed

AHEAD = timedelta(minutes=5)


class Reminders:
    """Tells of each appointment once, and of a clock that is off until it is right again."""

    def __init__(self) -> None:
        self._told: set[tuple[int, datetime]] = set()
        self._clock_told = False
        self._last: tuple[int, datetime, str] | None = None

    def clock(self, ahead: timedelta | None) -> str:
        """What is to be said now of this computer's clock; empty when nothing is.

        Args:
            ahead: how far it is ahead of the server's; None where there is none.
        """
        off, told = is_off(ahead), self._clock_told
        self._clock_told = off
        if ahead is None or not off or told:
            return ""
        fast = _("This computer's clock is {time} fast.")
        slow = _("This computer's clock is {time} slow.")
        said = (fast if ahead > timedelta() else slow).format(time=length(abs(ahead.total_seconds())))
        rest = _("All times are taken from the server, so nothing is wrong; have the clock set right.")
        return f"{said} {rest}"

    def due(self, agreed: Iterable[Agreed], held: int | None, settings: Settings, now: datetime) -> str:
        """What is to be said now; empty when nothing is.

        Args:
            agreed: the operator's own.
            held: the case on the desk: of that one nobody is told.
            settings: of the programme.
            now: aware.
        """
        for one in agreed:
            mark = (one.case_id, one.at)
            if now <= one.at <= now + AHEAD and one.case_id != held and mark not in self._told:
                self._told.add(mark)
                pattern = _("Your appointment at {time} with {unit} is near: it comes as the next case.")
                said = pattern.format(time=clock_time(local(one.at, settings)), unit=one.unit_name)
                self._last = (*mark, said)
                return said
        return ""

    def over(self, agreed: Iterable[Agreed], held: int | None, now: datetime) -> str:
        """What was said last of an appointment, once that is kept, moved or past; empty while it holds.

        Args:
            agreed, held, now: as for `due`.
        """
        if self._last is None:
            return ""
        case_id, at, said = self._last
        stands = (case_id, at) in {(one.case_id, one.at) for one in agreed}
        if stands and case_id != held and now <= at + AHEAD:
            return ""
        self._last = None
        return said
