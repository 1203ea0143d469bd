"""One row in every table, whatever tables there are."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Column, Table, insert, select
from sqlalchemy.types import JSON, Boolean, Date, Integer, LargeBinary, String, Time, TypeDecorator

from cati.store.engine import Connection, Database
from cati.store.tables import metadata

MOMENT = datetime(2024, 2, 21, 2, 0, tzinfo=UTC)

# What a rule of the table allows, where any value of the type would not do.
ALLOWED: dict[str, Any] = {
    "programmes.state": "drawn",
    "key_grants.secret": "contact",
    "cells.quota": 15,
    "cells.completed": 2,
    "cells.reserved": 1,
    "draws.state": "held",
    "cell_steps.kind": "pause",
    "case_steps.kind": "give",
    "cases.source": "pool",
    "cases.state": 4,
    "cases.appointment": "firm",
    "interviews.state": "complete",
    "hotline_tickets.kind": "help",
    "hotline_tickets.way": "closed",
    "web_sets.rule": "first",
    "adjustments.state": "waived",
    "keyed_ballots.turn": 2,
    "list_exemptions.kind": "areas",
    "complaints.state": "unfounded",
    "opinion_code_steps.kind": "rename",
    "opinion_replies.state": "doing",
    "attendance.event": "in",
    "attendance_corrections.event": "out",
    "clearances.kind": "pledge",
    "messages.kind": "complaint",
    "reviews.verdict": "accepted",
    "sound_tests.heard": "quiet",
    "sound_tests.result": "skipped",
    "wishes.kind": "refusal",
}


def fill(database: Database) -> None:
    """Put one row into every table, every column given."""
    keys: dict[str, Any] = {}
    with database.write() as connection:
        for table in metadata.sorted_tables:
            row = {column.name: _value(column, keys) for column in table.columns}
            connection.execute(insert(table).values(row))
            keys.update({f"{table.name}.{name}": value for name, value in row.items()})


def _value(column: Column[Any], keys: dict[str, Any]) -> Any:
    if column.foreign_keys:
        return keys[next(iter(column.foreign_keys)).target_fullname]
    named = f"{column.table.name}.{column.name}"
    return ALLOWED[named] if named in ALLOWED else _of_type(column)


def _of_type(column: Column[Any]) -> Any:
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    match kind:
        case JSON():
            return {"内容": [1, None, "x"]}
        case Boolean():
            return True
        case Integer():
            return 7
        case LargeBinary():
            return bytes(range(32))
        case Date():
            return date(2024, 1, 22)
        case Time():
            return time(9, 30)
        case String():
            return f"{column.name} 值"[: kind.length]
        case _:
            return MOMENT


def contents(database: Database) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables."""
    with database.read() as connection:
        return {table.name: _rows(connection, table) for table in metadata.sorted_tables}


def part(row: dict[str, Any], columns: set[str]) -> dict[str, Any]:
    """Some columns of a row."""
    return {name: value for name, value in row.items() if name in columns}


def _rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(select(table)).mappings()]
