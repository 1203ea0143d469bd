"""The outcomes of a call as rows in three groups, and the one that was chosen in large."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from cati.base.i18n import translate as _
from cati.domain.dispositions import DISPOSITIONS, Disposition, Section
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import Holder, Line, column, row
from cati.gui.widgets.options import OptionRow
from cati.gui.widgets.text import Text


def headings() -> dict[Section, str]:
    """What the groups are called."""
    return {
        Section.NOT_CONNECTED: _("Nobody was reached"),
        Section.NO_INTERVIEW: _("Answered, no interview"),
        Section.BEGUN: _("The interview was begun"),
    }


class OutcomeRow(OptionRow):
    """One outcome; there are two columns of them beside the choice."""

    NARROWEST = 250


class Said(QWidget):
    """The outcome as it was chosen, in large, when no time has to be agreed on."""

    def __init__(self) -> None:
        super().__init__()
        self._icon = Icon("ring", "ink2", 20)
        self._title = Text(size=20, bold=True, wrap=True)
        self._line = Text(size=15, ink="ink2", wrap=True, line_height=112)
        head = row(column(3, self._icon, None), (self._title, 1), gap=10)
        self.setLayout(column(head, self._line, None, gap=10))

    def show_choice(self, icon: str, title: str, line: str) -> None:
        """Show other words."""
        self._icon.set_icon(icon, "accent" if title else "ink2")
        self._title.set_text(title)
        self._line.set_text(line)


def shared(sections: Mapping[Section, Line], *names: Section) -> list[tuple[Line, int]]:
    """Groups of one column, each with as much of its height as it has rows."""
    return [(sections[name], len(codes_of(name))) for name in names]


def codes_of(section: Section) -> list[str]:
    """The outcomes of a section that an operator may choose, in the order of the screen."""
    return [d.code for d in DISPOSITIONS.values() if d.key and d.section is section]


def outcome_row(disposition: Disposition) -> OutcomeRow:
    """A row that is not chosen."""
    return OutcomeRow(disposition.key, _(disposition.label), icon="ring")


def legend(icon: str, words: str) -> Holder:
    """What an outline at the end of a row means."""
    ink = "ink" if icon == "end" else "ink2"
    return Holder(row(Icon(icon, ink, 13), Text(words, 12, "ink2"), gap=5))
