"""What the pages of the register have in common: a table, what is behind its row, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.frames import read_day
from cati.domain.programmes import LoadedProgramme
from cati.gui.form import labelled
from cati.gui.theme import px
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.table import Table
from cati.gui.widgets.table_parts import HEAD
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.complaints import Complaint
    from cati.services.indicators import IndicatorBoard
    from cati.services.problems import Found
    from cati.services.register import Register

    Work = Callable[[Any, LoadedProgramme], Any]

ROW = 24
LEAST_ROWS = 4


class Known(NamedTuple):
    """All that the register shows."""

    register: Register
    complaints: Sequence[Complaint]
    problems: Sequence[Found]
    indicators: IndicatorBoard


class RegisterPage(Holder):
    """One page: its rows, and fields for what can be done; those that an action needs are shown.

    Args:
        loaded: the programme.
        name: what the rows are.
        columns, cells, row_name: see `Table`.
        actions: what can be done, by code.
        fields: each with the codes of the actions it is for, in lines of the form.
        beside: stands beside the actions, such as another choice.
    """

    def __init__(
        self,
        loaded: LoadedProgramme,
        name: str,
        columns: Sequence[Column],
        cells: Callable[[Any], Sequence[Cell | str]],
        row_name: Callable[[Any], Any],
        actions: Mapping[str, str],
        fields: Sequence[Sequence[tuple[LineField, Sequence[str]]]],
        beside: QWidget | None = None,
    ) -> None:
        self.loaded = loaded
        self.table = Table(name, columns, cells, row_name, _("Nothing yet"), most_row=ROW, least_row=ROW)
        # Pages lie on each other: what the others need more is the table's.
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.table.setMinimumHeight(px(HEAD) + px(ROW) * LEAST_ROWS + 4)
        self.behind = Text(size=13, wrap=True)
        self.doing = Segments(
            _("What to do"), [Segment(code, words) for code, words in actions.items()], slides=True
        )
        self._fields = [(labelled(field), field, codes) for line in fields for field, codes in line]
        holders = iter(holder for holder, _field, _codes in self._fields)
        lines = [Holder(row(*((next(holders), 1) for _one in line), gap=10)) for line in fields]
        self._lines = [
            (holder, {code for _field, codes in line for code in codes})
            for holder, line in zip(lines, fields, strict=True)
        ]
        self._choices = Holder(row(self.doing, *([beside] if beside is not None else []), None, gap=12))
        super().__init__(column((self.table, 1), self.behind, self._choices, *lines, gap=8))
        self.table.chosen.connect(self._tell_behind)
        self.doing.chosen.connect(lambda _code: self.show_fields())
        self.show_fields()

    def show_known(self, known: Known) -> None:
        """Show what is known now."""
        raise NotImplementedError

    def behind_words(self, line: Any) -> str:
        """What is behind a row."""
        raise NotImplementedError

    def work(self) -> Work | None:
        """What the fields say to do, in the worker; None while something is missing, which is said."""
        raise NotImplementedError

    def needed(self) -> Sequence[LineField]:
        """The fields that have to be filled in for the action."""
        raise NotImplementedError

    def only_read(self) -> None:
        """Show what there is, and nothing to be done about it."""
        for widget in (self._choices, *(line for line, _wanted in self._lines)):
            widget.hide()

    def clear(self) -> None:
        """Empty the fields after something was stored."""
        for _holder, field, _codes in self._fields:
            field.clear()

    def show_fields(self) -> None:
        """Show the fields the chosen action needs."""
        code = self.doing.code
        for holder, _field, codes in self._fields:
            holder.setVisible(code in codes)
        for line, wanted in self._lines:
            line.setVisible(code in wanted)

    def _tell_behind(self, line: Any) -> None:
        self.behind.set_text("" if line is None else self.behind_words(line))


def day_in(field: LineField) -> date:
    """The day that was typed.

    Raises:
        CatiError: ``day_unreadable``.
    """
    day = read_day(field.text())
    if day is None:
        raise CatiError(
            "day_unreadable",
            N_("“{text}” is no day. Nothing was changed. Type it such as 2024-01-25."),
            text=field.text(),
        )
    return day


def refuse_without_row() -> CatiError:
    """The refusal where no row is chosen."""
    return CatiError("row_missing", N_("Choose a row first. Nothing was changed."))
