"""Which programme the station begins with: a shipped one, a workbook of one's own, or none yet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal

from cati.base.i18n import translate as _
from cati.gui.guide.sheet import WIDTH, Sheet
from cati.gui.office.files import choose_files
from cati.gui.programmes.settling import SettleView
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.options import OptionRow

KIND = "Excel (*.xlsx)"
USUAL = "yazhou-2023"
"""The programme that is chosen at first, whatever others are called: that of the demonstration."""


class ProgrammeSheet(Sheet):
    """A row for each programme, and the two other ways beside each other.

    Signals:
        picked: path of a workbook.
        later: no programme yet.

    Args:
        shipped: workbooks that come with the program.
    """

    picked = Signal(object)
    later = Signal()

    def __init__(self, shipped: Sequence[Path]) -> None:
        names = [path.stem for path in shipped]
        self._shipped, self._chosen = shipped, names.index(USUAL) if USUAL in names else 0
        words = [(name, _("comes with the program")) for name in names]
        words += [(_("A workbook of your own"), ""), (_("Later"), _("the office asks for it"))]
        self._rows = [OptionRow(str(nth + 1), text, after) for nth, (text, after) in enumerate(words)]
        for option in self._rows:
            option.clicked.connect(lambda _checked=False, key=option.key: self.choose(key))
        self._rows[self._chosen].set_selected(True)
        super().__init__(
            _("Which programme is to be carried out?"),
            _("A programme is one evaluation: its units, questions, quotas and weights, in one workbook."),
            # With many programmes shipped there is no room for a line to each way out.
            [Holder(column(*self._rows[:-2], row((self._rows[-2], 1), (self._rows[-1], 1), gap=4), gap=2))],
            _("Go on"),
            width=WIDTH,
        )

    def choose(self, key: str) -> None:
        """Choose a row."""
        if int(key) <= len(self._rows):
            self._chosen = int(key) - 1
            for nth, option in enumerate(self._rows):
                option.set_selected(nth == self._chosen)

    def confirm(self) -> None:
        """Go on with the row that is chosen."""
        if self._chosen < len(self._shipped):
            self.picked.emit(self._shipped[self._chosen])
        elif self._chosen == len(self._shipped):
            self.browse()
        else:
            self.later.emit()

    def browse(self) -> None:
        """Let a workbook be chosen from the disk."""
        title = _("Load a workbook")
        choose_files(self, title, [KIND], lambda files: self.picked.emit(files[0]), several=False)


class SettleSheet(SettleView):
    """What the workbook leaves open, on a page of the guide."""

    settled = Signal()
    waiting = False

    def choose(self, key: str) -> None:
        """Digits are typed into its fields."""

    def confirm(self) -> None:
        """Load it."""
        self.settled.emit()
