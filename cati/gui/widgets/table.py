"""The one table for lists of rows, from three users to a million cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QTableView,
)

from cati.gui import theme
from cati.gui.action import MOVES
from cati.gui.theme import px
from cati.gui.widgets.base import CENTRE, NO_BRUSH, outline
from cati.gui.widgets.rows import Ask, Cell, Column, Listed, Paged, RowModel
from cati.gui.widgets.table_parts import HEAD, PAD, CellPainter, TableHeads, write_line

__all__ = ["Cell", "Column", "Table"]

LEAST_ROW, MOST_ROW = 24, 30
_MOVES = {Qt.Key(QKeySequence(key)[0].key()): key for key in MOVES}  # type: ignore[index]


class Table(QTableView):
    """Rows under a head row; one row is chosen, arrows move, Enter or a double click opens it.

    Give it rows at hand with `show_rows`, or a long list with `show_pages`. What is chosen stays chosen by
    its name when rows come and go. Its keys are actions of the place it lies in: see `handlers`.

    Args:
        name: what the rows are, said by a screen reader.
        columns: from left to right.
        cells: makes a row into one cell, or plain text, for each column.
        row_name: what tells a row at hand apart from all others; pages are told apart by their ids.
        nothing: words shown while there are no rows.
        most_row: height of a row, px at 100 %; rows draw together to `least_row` before any is hidden.
        least_row: see `most_row`.

    Signals:
        opened: the row that was opened.
        chosen: the row that is chosen now; None when there is none, or while it is being read.
        ordered: code of the column whose order is wanted, and whether the last comes first.
    """

    opened = Signal(object)
    chosen = Signal(object)
    ordered = Signal(str, bool)

    def __init__(
        self,
        name: str,
        columns: Sequence[Column],
        cells: Callable[[Any], Sequence[Cell | str]],
        row_name: Callable[[Any], Any] = id,
        nothing: str = "",
        most_row: int = MOST_ROW,
        least_row: int = LEAST_ROW,
    ) -> None:
        super().__init__()
        self._row_name, self._nothing, self._is_read = row_name, nothing, False
        self._least_row, self._most_row = least_row, most_row
        self._told: Any = None
        self.over = -1
        self.rows = RowModel(columns, cells)
        self.rows.setParent(self)
        self._heads = TableHeads(self)
        self.setHorizontalHeader(self._heads)
        self.setModel(self.rows)
        self.setItemDelegate(CellPainter(self))
        self._set_up()
        self.setAccessibleName(name)
        self._heads.setAccessibleName(name)
        self._heads.sectionClicked.connect(self._click_head)
        self.doubleClicked.connect(lambda _index: self.open_current())
        self.selectionModel().currentRowChanged.connect(lambda _new, _old: self._tell())
        self.restyle()

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        # Until something is chosen a view passes for a text field, where plain keys do nothing.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        side = self.verticalHeader()
        side.hide()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setMinimumSectionSize(1)

    # ---- rows ------------------------------------------------------------------------------------

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show rows at hand, in the order that was chosen, or as they are given while none was."""
        self._show(Listed(self._in_order(rows), self._row_name))

    def show_pages(
        self, ids: Sequence[Any], fetch: Callable[[Sequence[Any]], Sequence[Any]], ask: Ask
    ) -> None:
        """Show a long list.

        Args:
            ids: of all rows, in order; can be sliced and has `index`, such as an array.
            fetch: runs in the worker; gives the row of each id in that order, None for one that is gone.
            ask: runs work in the worker, such as `Office.ask`.
        """
        source = Paged(ids, fetch, ask, self.rows)
        source.arrived.connect(self._arrived)
        self._show(source)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Other headings for the same columns."""
        self.rows.set_columns(columns)
        self._share_width()

    def set_nothing(self, words: str) -> None:
        """Say why there are no rows."""
        self._nothing, self._is_read = words, True
        self.viewport().update()

    @property
    def nothing(self) -> str:
        """What is said in the place of rows: not a word while they were not read yet, which may take time."""
        return self._nothing if self._is_read and not len(self.rows.source) else ""

    def _show(self, source: Listed | Paged) -> None:
        self._is_read = True
        place, top = self.current_place(), self.verticalScrollBar().value()
        name = self.rows.source.name(place) if place >= 0 else None
        self.rows.take(source)
        self._set_row_height()
        if len(source):
            found = source.place_of(name) if name is not None else None
            self.verticalScrollBar().setValue(top)
            self.choose(min(max(place, 0), len(source) - 1) if found is None else found)
        else:
            self._tell()

    def _arrived(self) -> None:
        self.viewport().update()
        if self._told is None:
            self._tell()

    def _in_order(self, rows: Sequence[Any]) -> list[Any]:
        if self._heads.order is None:
            return list(rows)
        place, down = self._heads.order
        column = self.rows.columns[place]
        key = column.key or (lambda row: self.rows.make(row)[place].text)
        return sorted(rows, key=key, reverse=down)

    # ---- the chosen row --------------------------------------------------------------------------

    def current_place(self) -> int:
        """Place of the chosen row from 0; -1 without rows."""
        return self.currentIndex().row()

    def current(self) -> Any:
        """The chosen row; None when there is none, or while it is being read."""
        place = self.current_place()
        return self.rows.source.row(place) if place >= 0 else None

    def choose(self, place: int) -> None:
        """Choose the row at a place from 0 and bring it into view."""
        index = self.rows.index(place, self._first_shown())
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)

    def choose_named(self, name: Any) -> bool:
        """Choose the row of a name or id; False when there is none."""
        place = self.rows.source.place_of(name)
        if place is not None:
            self.choose(place)
        return place is not None

    def open_current(self) -> None:
        """Tell that the chosen row is opened."""
        row = self.current()
        if row is not None:
            self.opened.emit(row)

    def walk(self, key: str) -> None:
        """Choose another row, as by a key of `cati.gui.action.MOVES`."""
        count = len(self.rows.source)
        if not count:
            return
        page = max(1, self.viewport().height() // max(1, self.rowHeight(0)) - 1)
        step = {"Up": -1, "Down": 1, "PgUp": -page, "PgDown": page, "Home": -count, "End": count}[key]
        self.choose(max(0, min(count - 1, self.current_place() + step)))

    def _tell(self) -> None:
        self._told = self.current()
        self.viewport().update()
        self.chosen.emit(self._told)

    def _first_shown(self) -> int:
        shown = (n for n in range(len(self.rows.columns)) if not self.isColumnHidden(n))
        return next(shown, 0)

    # ---- order -----------------------------------------------------------------------------------

    @property
    def order(self) -> tuple[str, bool] | None:
        """Code of the column whose order holds, and whether the last comes first."""
        if self._heads.order is None:
            return None
        place, down = self._heads.order
        return self.rows.columns[place].code, down

    def set_order(self, code: str, down: bool = False) -> None:
        """Put the rows in the order of a column and tell of it."""
        codes = [column.code for column in self.rows.columns]
        self._heads.order = codes.index(code), down
        self._share_width()
        source = self.rows.source
        if isinstance(source, Listed):
            self.show_rows(source.rows)
        self._heads.viewport().update()
        self.ordered.emit(code, down)

    def next_order(self) -> None:
        """Take the order of the next column that can be ordered by."""
        places = [place for place, column in enumerate(self.rows.columns) if column.sort]
        if places:
            now = self._heads.order[0] if self._heads.order is not None else -1
            following = next((place for place in places if place > now), places[0])
            self.set_order(self.rows.columns[following].code)

    def turn_order(self) -> None:
        """Put the last first."""
        if self._heads.order is not None:
            place, down = self._heads.order
            self.set_order(self.rows.columns[place].code, not down)

    def _click_head(self, place: int) -> None:
        if self.rows.columns[place].sort:
            same = self._heads.order is not None and self._heads.order[0] == place
            down = same and not self._heads.order[1]  # type: ignore[index]
            self.set_order(self.rows.columns[place].code, down)

    # ---- keys and pointer ------------------------------------------------------------------------

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """What the actions of tables do here, for the place it lies in."""
        return {
            "table_move": self.walk,
            "table_open": self.open_current,
            "table_order": self.next_order,
            "table_turn": self.turn_order,
        }

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open by Enter, choose another row by the keys that move; the rest as every table does."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_current()
        elif key in _MOVES:
            self.walk(_MOVES[key])
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what a click would choose."""
        self._hover(self.rowAt(round(event.position().y())))

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is gone."""
        self._hover(-1)

    def _hover(self, place: int) -> None:
        if place != self.over:
            self.over = place
            self.viewport().update()

    # ---- looks -----------------------------------------------------------------------------------

    def restyle(self) -> None:
        """Take fonts, colours and sizes from the theme in use."""
        self.rows.forget()
        self.setStyleSheet("")
        palette = self.palette()
        palette.setColor(palette.ColorRole.Base, theme.colour("sheet"))
        self.setPalette(palette)
        self._set_row_height()
        self._share_width()
        self._heads.updateGeometry()
        self.updateGeometries()
        self.viewport().update()

    def minimumSizeHint(self) -> QSize:
        """The head row and three rows, and the columns that always stay."""
        least = sum(self._least(n) for n, column in enumerate(self.rows.columns) if not column.gives_way)
        return QSize(min(least, px(320)), px(HEAD) + 3 * px(self._least_row))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns, and the height among the rows."""
        super().resizeEvent(event)
        self._set_row_height()
        self._share_width()

    def _set_row_height(self) -> None:
        room, count = self.viewport().height(), len(self.rows.source)
        least, most = px(self._least_row), px(self._most_row)
        if count * least <= room:
            height = max(least, min(most, room // max(1, count)))
        else:
            # As many as have room, and no part of another one.
            seen = range(max(1, room // most), max(1, room // least) + 1)
            height = max(least, room // min(seen, key=lambda rows: (room % rows, -rows)))
        if self.verticalHeader().defaultSectionSize() != height:
            self.verticalHeader().setDefaultSectionSize(height)

    def _least(self, place: int) -> int:
        column = self.rows.columns[place]
        ordered = self._heads.order is not None and self._heads.order[0] == place
        head = theme.text_width(column.title, 13, bold=ordered) + (px(12) if ordered else 0)
        return max(px(column.width), round(head) + 2 * px(PAD) + 1)

    def _share_width(self) -> None:
        """Columns that give way go first; what is left over goes to those that grow."""
        room, columns = self.viewport().width(), self.rows.columns
        widths = {place: self._least(place) for place in range(len(columns))}
        for place in sorted(widths, key=lambda n: columns[n].gives_way, reverse=True):
            if sum(widths.values()) > room and columns[place].gives_way:
                del widths[place]
        spare = max(0, room - sum(widths.values()))
        parts = sum(columns[place].grows for place in widths)
        for place in range(len(columns)):
            self.setColumnHidden(place, place not in widths)
            if place in widths:
                extra = spare * columns[place].grows // parts if parts else 0
                self.setColumnWidth(place, widths[place] + extra)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells, the ring round the chosen row, or why there is none."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not len(self.rows.source):
            if self.nothing:
                box = QRectF(0, 0, self.viewport().width(), px(72))
                write_line(painter, box, self.nothing, "ink2", False, CENTRE)
            return
        row = self.visualRect(self.rows.index(max(0, self.current_place()), self._first_shown()))
        wide = self._heads.length()
        thick = theme.ring() if self.hasFocus() else 1
        inset = thick / 2
        painter.setPen(outline("accent" if self.hasFocus() else "edge", thick))
        painter.setBrush(NO_BRUSH)
        box = QRectF(self._heads.sectionViewportPosition(self._first_shown()), row.top(), wide, row.height())
        painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), px(4), px(4))
