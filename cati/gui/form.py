"""A sheet to fill in: title, fields, the error in its place, one button."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cati.base.i18n import translate as _
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import Holder, Item, column, row
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.text import Text


def labelled(field: LineField, hint: str = "") -> Holder:
    """A field under its name, with an optional hint at the right of the name."""
    words = row(Text(field.accessibleName(), 14, "ink2"), None, Text(hint, 13, "ink2"), gap=8)
    return Holder(column(words, field, gap=4))


AROUND = (28, 24, 28, 24)


class Form(Surface):
    """One step that Enter confirms.

    Args:
        title: at the top.
        lead: a sentence or two under it, or empty.
        parts: fields and other content.
        button: words of the button.
        foot: lies under the button, or None.
        width: px at 100 %.
        key: of the button.
        kind: how the button looks.
    """

    confirmed = Signal()

    def __init__(
        self,
        title: str,
        lead: str,
        parts: Sequence[QWidget],
        button: str,
        foot: QWidget | None = None,
        width: int = 500,
        key: str = "Enter",
        kind: Kind = Kind.PRIMARY,
    ) -> None:
        super().__init__(width=width)
        self._problem = Text(size=14, ink="stop", wrap=True)
        self._problem_row = Holder(
            row(column(2, Icon("warning", "stop", 18), None), (self._problem, 1), gap=8)
        )
        self._problem_row.hide()
        self._go = Button(button, key, kind, 18, 46)
        self._go.clicked.connect(self.confirmed)
        self.waiting = False
        self._title = Text(title, 20, bold=True)
        items: list[Item] = [self._title]
        # A label that lies nowhere would be destroyed beside its window, whenever garbage is collected.
        self._lead = Text(lead, 15, wrap=True, line_height=112) if lead else None
        if self._lead is not None:
            items.append(self._lead)
        items += [4, *parts, self._problem_row, 4, self._go]
        if foot is not None:
            items += [4, foot]
        self._content = column(*items, gap=12, margins=AROUND)
        self.setLayout(self._content)
        for field in self.findChildren(LineField):
            # Whoever types is mending what was complained of.
            field.textEdited.connect(self._problem_row.hide)

    def set_scant(self, scant: bool) -> None:
        """Give up space around and between where every line counts."""
        self._content.set_gap(7 if scant else 12)
        self._content.set_margins((24, 10, 24, 10) if scant else AROUND)

    def set_words(self, title: str, lead: str) -> None:
        """Ask for something else; only for a form that has a lead."""
        assert self._lead is not None
        self._title.set_text(title)
        self._lead.set_text(lead)

    def wait(self, words: str) -> None:
        """Say what is being waited for; the button is off meanwhile."""
        self.waiting = True
        self._problem_row.hide()
        self._go.set_off(words)

    def go(self, button: str) -> None:
        """The button may be pressed, and means this."""
        self.waiting = False
        self._go.set_off("")
        self._go.set_words(button)

    def filled_in(self, *fields: LineField, asks: str = "") -> bool:
        """Whether all of these are filled in; else the first empty one gets the cursor and is asked for.

        Args:
            fields: in their order.
            asks: said instead of the field's name, for one whose name is a sentence.
        """
        for field in fields:
            if not field.text().strip():
                self.complain(asks or _("Fill in “{field}”.").format(field=field.accessibleName()))
                field.setFocus()
                return False
        return True

    def complain(self, sentence: str) -> None:
        """Show an error in its place."""
        self._problem.set_text(sentence)
        self._problem_row.show()

    def hush_complaint(self) -> None:
        """What was complained of is over."""
        self._problem_row.hide()


class Centred(Holder):
    """A sheet in the middle of the desk, a little above."""

    def __init__(self, sheet: QWidget) -> None:
        self._around = column(None, row(None, sheet, None), None, None, margins=16)
        super().__init__(self._around)

    def set_scant(self, scant: bool) -> None:
        """Give up the desk around it where every line counts."""
        self._around.set_margins(4 if scant else 16)
