"""Statements that the two engines spell differently."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Exists, Table, Update, exists, extract, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.store.engine import Connection


def insert_once(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that leaves a row of the same key as it is (its rowcount is then 0).

    It is built once for each table: give the row to `execute`, which is quicker than its `values`.
    """
    return _insert_once(connection.dialect.name, table)


@cache
def _insert_once(engine: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    if engine == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    # Without the option the count of an INSERT is lost when its cursor is closed.
    return postgresql.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def change_one(connection: Connection, statement: Update, values: Mapping[str, Any] | None = None) -> None:
    """Carry out an UPDATE of one row, and let it not pass when it finds none.

    A server hides rows that somebody may not change, and says nothing.

    Raises:
        CatiError: ``nothing_to_change``.
    """
    if connection.execute(statement, values or {}).rowcount != 1:
        raise CatiError(
            "nothing_to_change",
            N_(
                "What was to be changed is not there any more, or not yours to change. Nothing was changed. "
                "Look at it again."
            ),
        )


def any_row() -> Exists:
    """``EXISTS (SELECT 1 ...)``, to be narrowed by `where`.

    SQLAlchemy's own selects every column, and a server lets only those do that who may read every column.
    """
    return exists(literal_column("1"))


def seconds_between(
    connection: Connection, begin: ColumnElement[Any], end: ColumnElement[Any]
) -> ColumnElement[Any]:
    """Seconds from one stored moment to another; SQLite counts days."""
    if connection.dialect.name == "sqlite":
        return (func.julianday(end) - func.julianday(begin)) * 86_400
    return extract("epoch", end - begin)


def take_turns(connection: Connection, about: str) -> None:
    """Wait for other transactions that do the same about the same, and let others wait until this one ends.

    It locks no row, so that nobody has to be allowed to change one. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(about, 0))))
