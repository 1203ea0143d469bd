"""Statements that the two engines spell differently."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from cati.store.engine import Connection


def insert_once(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that leaves a row of the same key as it is (its rowcount is then 0)."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    # Without the option the count of an INSERT is lost when its cursor is closed.
    return postgresql.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
