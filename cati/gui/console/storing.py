"""Whether what was entered is stored, and if not, why: looked at once a second, told in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext

if TYPE_CHECKING:
    from cati.station.runner import CallRunner


class Reason(NamedTuple):
    """Why answers cannot be stored: for the call bar, for the sentence, and what helps."""

    short: str
    words: str
    remedy: str


REASONS = {
    "disk_full": Reason(N_("disk full"), N_("The disk is full"), N_("Have space freed on it.")),
    "database_busy": Reason(
        N_("database in use"), N_("Another program holds the database"), N_("Have it closed.")
    ),
    "disk_failing": Reason(N_("disk fault"), N_("The disk refuses to write"), N_("Have the disk looked at.")),
    "database_read_only": Reason(
        N_("read-only"), N_("The database can only be read"), N_("Have writing allowed.")
    ),
    "database_moved": Reason(
        N_("database gone"), N_("The database is not in its place"), N_("Have folder and disk put back.")
    ),
    "database_unreachable": Reason(
        N_("server silent"), N_("The database server does not answer"), N_("Have the line looked at.")
    ),
}
SLOW = Reason(N_("takes long"), N_("Storing takes long"), N_("Keep the computer switched on."))


class Storing(QObject):
    """The answers of the call in hand that are not durable.

    Attributes:
        error: why they cannot be stored, as far as that is known.
        is_late: whether they have waited longer than they should, so that the operator is told.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.error: Exception | None = None
        self.is_late = False
        self._count = 0
        self._stuck_at: int | None = None
        self._told = ""

    def note(self, error: Exception | None, runner: CallRunner) -> None:
        """Storing was tried and failed, or nothing waits any more."""
        self.error = error
        self.refresh(runner)

    def look(self, runner: CallRunner) -> None:
        """Compare with the last look, a second ago; what has not moved since is late."""
        waits = _unsaved(runner) > 0
        self.is_late |= waits and self._stuck_at == runner.saved_seq
        self._stuck_at = runner.saved_seq if waits else None
        self.refresh(runner)

    def refresh(self, runner: CallRunner) -> None:
        """Count again, after something was stored or given."""
        self._count = _unsaved(runner)
        self.is_late = self._count > 0 and (self.is_late or self.error is not None)
        sentence = self.sentence()
        if sentence != self._told:
            self._told = sentence
            self.changed.emit()

    @property
    def count(self) -> int:
        """How many answers are late."""
        return self._count if self.is_late else 0

    @property
    def reason(self) -> Reason:
        """Why they are."""
        code = self.error.code if isinstance(self.error, CatiError) else ""
        return REASONS.get(code, SLOW)

    def sentence(self) -> str:
        """What the operator is told while answers are late; empty when none is."""
        if not self.count:
            return ""
        pattern = ngettext(
            "{reason}: {n} answer is not stored yet. It is kept here and stored by itself; go on. {remedy}",
            "{reason}: {n} answers are not stored yet. They are kept here and stored by themselves; go on. "
            "{remedy}",
            self.count,
        )
        reason = self.reason
        return pattern.format(reason=_(reason.words), n=self.count, remedy=_(reason.remedy))


def _unsaved(runner: CallRunner) -> int:
    # Given but not handed to the worker yet, or handed to it and waiting there.
    return max(runner.unsaved, runner.call.seq - runner.saved_seq)
