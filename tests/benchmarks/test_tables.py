"""A list of a million cases and one of a million attempts: opened, scrolled, and what they hold in memory.

Open: from asking for the first page to its rows on screen, with the worker on a real database. All: until
every id is there. Scroll: a step and its repaint, pages being fetched beside.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from cati.base.clock import VirtualClock
from cati.domain.browse import Filters, Order
from cati.gui import theme
from cati.gui.field.case_list import _case_columns
from cati.gui.tasks import Tasks
from cati.gui.widgets.layouts import column
from cati.gui.widgets.rows import PAGE
from cati.gui.widgets.table import Table
from cati.store import browse, browse_rows
from cati.store.engine import Database
from tests.benchmarks.test_claim import CASES, ROWS, SQLITE, fill
from tests.rig.display import Display

RUNS, STEPS = 5, 200
OPEN_SECONDS, SCROLL_MS, MEMORY_MIB = 0.5, 16.0, 50.0
ATTEMPTS = (
    "insert into attempts(id, case_id, number, user_id, station, epoch, dialled_at, disposition)"
    f" {ROWS.format(cases=CASES)}"
    " select lower(substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-' || substr(h, 13, 4) || '-'"
    " || substr(h, 17, 4) || '-' || substr(h, 21)), x, 1, 1 + x % 16, 'pc', 1,"
    " strftime('%Y-%m-%d %H:%M:%f000', 1704067200 + x * 3, 'unixepoch'), 'no_answer'"
    " from (select x, hex(randomblob(16)) as h from n)"
)


def memory() -> float:
    """MiB that this process holds."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096 / 2**20


class Looker:
    """A table on screen over a database, with the worker of the window.

    Args:
        database: with a million cases, and as many attempts.
        table: shows them.
    """

    def __init__(self, database: Database, table: Table) -> None:
        self._database, self._table, self._tasks = database, table, Tasks()

    def ask(self, asker: Any, work: Callable[[], Any], done: Callable[[Any], Any]) -> None:
        def failed(error: Any) -> None:
            raise error

        self._tasks.run(asker, work, done, failed)

    def _until(self, done: Callable[[], bool]) -> None:
        while not done():
            QApplication.processEvents()

    def open(
        self, ids: Callable[[int | None], Sequence[Any]], rows: Callable[[Sequence[Any]], Any]
    ) -> tuple[float, float]:
        """Seconds until the first rows are on screen, and until all are known."""
        took = []
        for limit in (PAGE, None):
            began = time.perf_counter()
            found: list[Sequence[Any]] = []
            self.ask(self._table, partial(ids, limit), found.append)
            self._until(partial(bool, found))
            self._table.show_pages(found[0], rows, self.ask)
            self._until(lambda: self._table.current() is not None)
            self._table.viewport().repaint()
            took.append(time.perf_counter() - began)
        return took[0], took[1]

    def scroll(self, places: Sequence[int]) -> float:
        """95th percentile of milliseconds from a step to its paint."""
        bar, times = self._table.verticalScrollBar(), []
        for place in places:
            began = time.perf_counter()
            bar.setValue(place)
            self._table.viewport().repaint()
            times.append((time.perf_counter() - began) * 1000)
            QApplication.processEvents()
        return statistics.quantiles(times, n=20)[-1]

    def close(self) -> None:
        self._tasks.close()


@pytest.mark.usefixtures("x_display")
def test_a_million_rows_open_in_half_a_second_and_scroll_in_16_ms(
    x_display: Display, request: pytest.FixtureRequest, sqlite_url: str, clock: VirtualClock
) -> None:
    qtbot = request.getfixturevalue("qtbot")
    theme.use("light", 1.0)
    with closing(Database(sqlite_url)) as database:
        fill(database, SQLITE)
        with database.write() as connection:
            connection.exec_driver_sql(ATTEMPTS)
        window, table = QWidget(), Table("Cases", _case_columns(), _cells)
        window.setLayout(column(table))
        window.resize(1200, 640)
        qtbot.addWidget(window)
        window.show()
        looker = Looker(database, table)

        def case_ids(limit: int | None) -> Sequence[int]:
            with database.read() as connection:
                return browse.case_ids(connection, 1, Filters(), Order.TICKET, limit=limit)

        def attempt_ids(limit: int | None) -> Sequence[str]:
            with database.read() as connection:
                return browse.attempt_ids(connection, 1, Filters(), limit=limit)

        def cases(ids: Sequence[int]) -> Any:
            with database.read() as connection:
                return browse_rows.case_rows(connection, ids, with_contacts=False)

        def attempts(ids: Sequence[str]) -> Any:
            with database.read() as connection:
                return browse_rows.attempt_rows(connection, ids, with_notes=True)

        looker.open(lambda _limit: case_ids(PAGE), cases)
        before = memory()
        results = {}
        for name, ids, rows in (("cases", case_ids, cases), ("attempts", attempt_ids, attempts)):
            runs = []
            table.show_rows(())
            for _run in range(RUNS):
                first, whole = looker.open(ids, rows)
                assert table.rows.rowCount() == CASES
                most = table.verticalScrollBar().maximum()
                jumps = looker.scroll([random.randint(0, most) for _nth in range(STEPS)])
                lines = looker.scroll(range(0, 3 * STEPS, 3))
                runs.append((first, whole, max(jumps, lines), memory() - before))
            results[name] = [statistics.median(figures) for figures in zip(*runs, strict=True)]
            opened, known, p95, held = results[name]
            print(
                f"{name}: open {opened:.2f} s, all {known:.2f} s, scroll p95 {p95:.1f} ms, +{held:.0f} MiB"
                f" (medians of {RUNS} runs)"
            )
        looker.close()
    for opened, _known, p95, held in results.values():
        assert opened <= OPEN_SECONDS
        assert p95 <= SCROLL_MS
        assert held <= MEMORY_MIB


def _cells(row: Any) -> Sequence[str]:
    """Eleven plain texts, whatever is shown."""
    facts = [str(getattr(row, name)) for name in type(row).__slots__]
    return (facts + [""] * 11)[:11]
