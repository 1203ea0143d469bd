"""Rows behind a table: a short list at hand, or pages of a long one fetched as they are looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from cati.base.i18n import translate as _

PAGE = 256
"""Rows fetched at once."""
PAGES_KEPT = 24

AnyIndex = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
Ask = Callable[[QObject, Callable[[], Any], Callable[[Any], Any]], Any]
"""Runs work in the worker for an asker and hands over its result; errors are told by it."""


class Cell(NamedTuple):
    """What one place of a table shows.

    Attributes:
        text: on one line; shortened with an ellipsis when too long.
        ink: colour token of text and outline.
        bold: weight 700.
        icon: outline before the text, or None.
        box: colour token of the ground of a tag around the text, or None for no tag.
    """

    text: str
    ink: str = "ink"
    bold: bool = False
    icon: str | None = None
    box: str | None = None


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        code: names it to the program.
        title: its heading.
        width: least width, px at 100 %; the heading is never shortened.
        grows: its part of the width that is left over; 0 keeps it narrow.
        figure: numbers and their heading stand at the right.
        sort: whether the rows can be put in its order.
        key: order of rows at hand, by default of the texts; pages come in order from their source.
        gives_way: with too little width the columns of the highest number go first; 0 always stays.
    """

    code: str
    title: str
    width: int = 80
    grows: int = 0
    figure: bool = False
    sort: bool = False
    key: Callable[[Any], Any] | None = None
    gives_way: int = 0


class Source(Protocol):
    """Where rows come from."""

    def __len__(self) -> int: ...

    def row(self, place: int) -> Any:
        """The row at a place from 0; None while it is not here yet."""

    def name(self, place: int) -> Any:
        """What tells the row apart from all others."""

    def place_of(self, name: Any) -> int | None:
        """Where the row of a name stands; None when it is gone."""


class Listed:
    """Rows at hand.

    Args:
        rows: all of them.
        name: what tells a row apart from all others.
    """

    def __init__(self, rows: Sequence[Any], name: Callable[[Any], Any]) -> None:
        self.rows, self._name = list(rows), name
        self._places = {name(row): place for place, row in enumerate(self.rows)}

    def __len__(self) -> int:
        return len(self.rows)

    def row(self, place: int) -> Any:
        """The row at a place from 0."""
        return self.rows[place]

    def name(self, place: int) -> Any:
        """What tells the row apart from all others."""
        return self._name(self.rows[place])

    def place_of(self, name: Any) -> int | None:
        """Where the row of a name stands; None when it is gone."""
        return self._places.get(name)


class Paged(QObject):
    """Rows of a long list, known by their ids; pages are fetched in the worker when they are looked at.

    One page is fetched at a time: after a long scroll only what is looked at then is fetched.

    Args:
        ids: of all rows, in order; a sequence that can be sliced, such as an array.
        fetch: runs in the worker; gives the row of each id in that order, None for one that is gone.
        ask: hands work to the worker.

    Signals:
        arrived: a page is here.
    """

    arrived = Signal()

    def __init__(
        self, ids: Sequence[Any], fetch: Callable[[Sequence[Any]], Sequence[Any]], ask: Ask, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._ids, self._fetch, self._ask = ids, fetch, ask
        self._pages: OrderedDict[int, Sequence[Any]] = OrderedDict()
        self._under_way = False

    def __len__(self) -> int:
        return len(self._ids)

    def row(self, place: int) -> Any:
        """The row at a place from 0; None while it is fetched, or when it is gone."""
        number = place // PAGE
        page = self._pages.get(number)
        if page is None:
            self._want(number)
            return None
        return page[place % PAGE]

    def name(self, place: int) -> Any:
        """The row's id."""
        return self._ids[place]

    def place_of(self, name: Any) -> int | None:
        """Where the row of an id stands; None when it is gone."""
        try:
            return self._ids.index(name)
        except ValueError:
            return None

    def let_go(self) -> None:
        """Hold nothing any more: another list is shown. It is deleted later, when nobody fetches for it."""
        self._ids, self._under_way = (), True
        self._pages.clear()
        self.deleteLater()

    def _want(self, number: int) -> None:
        if self._under_way:
            return
        # It stays so when the fetch fails: the error was told, and looking again makes another source.
        self._under_way = True
        wanted = self._ids[number * PAGE : (number + 1) * PAGE]
        self._ask(self, lambda: self._fetch(wanted), lambda rows: self._take(number, rows))

    def _take(self, number: int, rows: Sequence[Any]) -> None:
        if not self._ids:
            return
        self._under_way = False
        self._pages[number] = rows
        if len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        self.arrived.emit()


class RowModel(QAbstractTableModel):
    """What the view asks; the count is known from the start, so nothing is ever fetched to the end.

    Args:
        columns: of the table.
        cells: makes a row into its cells, one for each column.
    """

    def __init__(self, columns: Sequence[Column], cells: Callable[[Any], Sequence[Cell | str]]) -> None:
        super().__init__()
        self.columns, self._cells = tuple(columns), cells
        self.source: Source = Listed((), id)
        self._made: OrderedDict[int, Sequence[Cell]] = OrderedDict()

    def take(self, source: Source) -> None:
        """Show other rows."""
        self.beginResetModel()
        old, self.source = self.source, source
        self._made.clear()
        self.endResetModel()
        if isinstance(old, Paged):
            old.let_go()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Take other headings for the same columns."""
        self.columns = tuple(columns)
        self.forget()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def forget(self) -> None:
        """Make the cells anew when they are painted next."""
        self._made.clear()

    def make(self, row: Any) -> tuple[Cell, ...]:
        """The cells of a row."""
        return tuple(part if isinstance(part, Cell) else Cell(part) for part in self._cells(row))

    def cells(self, place: int) -> Sequence[Cell] | None:
        """The cells of a row; None while it is not here."""
        made = self._made.get(place)
        if made is None:
            row = self.source.row(place)
            if row is None:
                return None
            made = self._made[place] = self.make(row)
            if len(self._made) > 2 * PAGE:
                self._made.popitem(last=False)
        return made

    def rowCount(self, parent: AnyIndex = ROOT) -> int:
        """All rows, here or not."""
        return 0 if parent.isValid() else len(self.source)

    def columnCount(self, parent: AnyIndex = ROOT) -> int:
        """All columns, shown or not."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, for a screen reader with their heading; colours and outlines are painted from `cells`."""
        roles = Qt.ItemDataRole
        if not index.isValid() or role not in (roles.DisplayRole, roles.AccessibleTextRole):
            return None
        cells = self.cells(index.row())
        text = cells[index.column()].text if cells is not None else _("is being read")
        title = self.columns[index.column()].title
        return f"{title}: {text}" if title and role == roles.AccessibleTextRole else text

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Headings."""
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        return self.columns[section].title
