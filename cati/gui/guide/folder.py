"""Where the data of this station are to lie."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal

from cati.base.i18n import translate as _
from cati.gui.form import labelled
from cati.gui.guide.sheet import WIDTH, Sheet
from cati.gui.office.files import choose_folder
from cati.gui.tasks import Tasks
from cati.gui.widgets.fields import LineField


class FolderSheet(Sheet):
    """The data folder: proposed, typed or chosen from the disk.

    Signals:
        settled: whether a bureau has its users in the folder already.

    Args:
        tasks: runs the check.
        folder: proposed.
        given: the environment says so, and nothing can be chosen.
        beside_demo: the demonstration lies in the proposed folder.
        choose: checks and keeps a folder; runs in the worker.
    """

    settled = Signal(bool)

    def __init__(
        self, tasks: Tasks, folder: str, *, given: bool, beside_demo: bool, choose: Callable[[str], bool]
    ) -> None:
        self._tasks, self._keep, self.given = tasks, choose, given
        self.field = LineField(_("Data folder"))
        self.field.setText(folder)
        self.field.setEnabled(not given)
        lead = _(
            "Database, recordings and copies will lie there. It has to be on this computer's own disk, with "
            "room for recordings: about 20 MB for an hour of conversation."
        )
        if given:
            lead = _("The folder is set by CATI_DATA and cannot be changed here. ") + lead
        if beside_demo:
            lead += _(" The demonstration is moved aside, into a folder of its own beside them.")
        super().__init__(
            _("Where should the data be kept?"), lead, [labelled(self.field)], _("Go on"), width=WIDTH
        )

    def take_focus(self) -> None:
        """The cursor goes to the end of what is proposed."""
        if self.given:
            self.setFocus()
        else:
            self.field.setFocus()
            self.field.end(False)

    def browse(self) -> None:
        """Let a folder be chosen from the disk."""
        choose_folder(self, _("Data folder"), self.field.text(), lambda path: self.field.setText(str(path)))

    def confirm(self) -> None:
        """Have the folder checked and kept."""
        if self.given or self.filled_in(self.field):
            typed = self.field.text()
            self.ask(self._tasks, _("Go on"), lambda: self._keep(typed), self.settled.emit)
