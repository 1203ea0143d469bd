"""What the document behind a programme leaves open: a question each, with the proposed value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.gui.theme import px
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.programmes import OpenSetting, WorkbookCheck

ACROSS = 3


class SettleView(Surface):
    """The form before a sound workbook is loaded."""

    confirmed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title, self._lead = Text(size=17, bold=True, wrap=True), Text(size=14, ink="ink2", wrap=True)
        self._error = Text(size=14, ink="stop", bold=True, wrap=True)
        self._grid = QGridLayout()
        self._body = QWidget()
        self._body.setLayout(self._grid)
        self._fields: dict[str, tuple[LineField, str]] = {}
        self._go = Button(_("Load the programme"), "Enter", Kind.PRIMARY, 16, 46)
        self._go.clicked.connect(self.confirmed)
        whole = column(
            self._title,
            self._lead,
            self._body,
            row(self._go, (self._error, 1), gap=16),
            None,
            gap=8,
            margins=(20, 10, 20, 10),
        )
        self.setLayout(whole)

    def show_check(self, found: WorkbookCheck) -> None:
        """Ask what a workbook leaves open."""
        assert found.programme is not None
        self._title.set_text(found.programme.title)
        count = len(found.open_settings)
        pattern = ngettext(
            "{file} is sound. {count} setting is left open: keep the proposed value or write another.",
            "{file} is sound. {count} settings are left open: keep the proposed values or write others.",
            count,
        )
        words = pattern if count else _("{file} is sound and leaves nothing open.")
        self._lead.set_text(words.format(file=found.path.name, count=count))
        self.complain("")
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        self._fields = {}
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(px(24))
        self._grid.setVerticalSpacing(px(8))
        for place, one in enumerate(found.open_settings):
            self._grid.addWidget(self._ask(one), place // ACROSS, place % ACROSS)
            self._grid.setColumnStretch(place % ACROSS, 1)

    def _ask(self, one: OpenSetting) -> QWidget:
        field = LineField(one.question)
        field.setText(one.proposed)
        self._fields[one.name] = (field, one.proposed)
        source = Text(one.source, 13, "ink2", wrap=True)
        return Holder(column(Text(one.question, 14, wrap=True), source, None, field, gap=3))

    def take_focus(self) -> None:
        """The first question gets the cursor."""
        fields = [field for field, _proposed in self._fields.values()]
        (fields[0] if fields else self).setFocus()

    def complain(self, sentence: str) -> None:
        """Say why it was not loaded; empty says nothing."""
        self._error.set_text(sentence)
        self._error.setVisible(bool(sentence))
        self._go.set_off("")

    def wait(self) -> None:
        """It is being loaded."""
        self._go.set_off(_("being loaded"))

    def chosen(self) -> dict[str, str]:
        """What was decided otherwise than proposed, by name."""
        return {
            name: field.text().strip()
            for name, (field, proposed) in self._fields.items()
            if field.text().strip() not in ("", proposed)
        }
