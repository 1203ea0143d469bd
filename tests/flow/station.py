"""What a station's folder holds, read beside its window and after it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from cati.base import settings
from cati.bootstrap import Opened, open_database
from cati.domain.interview import Script
from cati.domain.queue import CaseState
from cati.services import programmes, sessions
from cati.services.context import Context
from cati.station import demo


class StationFolder:
    """The data folder of one station with an embedded database.

    Args:
        folder: the data folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "cati.db"

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What a question to the database gives; nothing while it or its tables are not there yet."""
        if not self.database.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=20)) as connection:
            if not connection.execute("select 1 from sqlite_master where name = 'audit'").fetchone():
                return []
            return connection.execute(statement, values).fetchall()

    def one(self, statement: str, *values: object) -> Any:
        """The first value of the first row, None without one."""
        found = self.rows(statement, *values)
        return found[0][0] if found else None

    def count(self, table: str, where: str = "1", *values: object) -> int:
        """How many rows a table has."""
        return self.one(f"select count(*) from {table} where {where}", *values) or 0

    def held_case(self) -> int | None:
        """The case an operator holds."""
        case: int | None = self.one("select id from cases where state = ?", int(CaseState.HELD))
        return case

    def facts(self, case: int) -> dict[str, str]:
        """What decides which questions a case is asked, and which answers they offer."""
        unit, group, source = self.rows(
            "select u.code, g.code, c.source from cases c join cells l on l.id = c.cell_id"
            " join units u on u.id = l.unit_id join groups g on g.id = l.group_id where c.id = ?",
            case,
        )[0]
        return {"unit_code": unit, "group_code": group, "source": source}

    def answers(self) -> list[tuple[str, str | None]]:
        """All answer events, item and value, in the order they were given."""
        return self.rows("select item, value from answers order by at, seq")

    @contextmanager
    def opened(self) -> Iterator[Opened]:
        """The station without its window, such as for an export."""
        station = open_database(settings.load({"data_folder": str(self.folder), "language": "en"}))
        try:
            yield station
        finally:
            station.close()


def demo_session(station: Opened) -> Context:
    """A session of the demonstration's user."""
    return sessions.sign_in(station.database, station.clock, demo.LOGIN, demo.PASSWORD, "test")


def script_of(ctx: Context) -> Script:
    """The questions of the demonstration's programme."""
    return Script.of(programmes.get(ctx).programme)
