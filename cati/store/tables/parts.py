"""What all tables have in common."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, MetaData

from cati.store.types import Key

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key() -> Column[int]:
    """The row number of a table that counts up by itself."""
    return Column("id", Key, primary_key=True, autoincrement=True)


def ref(name: str, target: str, *, nullable: bool = False, index: bool = False) -> Column[int]:
    """A reference to a row of another table, such as ``users.id``."""
    return Column(name, Key, ForeignKey(target), nullable=nullable, index=index)


def unchecked(name: str, target: str, *, primary: bool = False, index: bool = False) -> Column[int]:
    """A reference without a foreign key, in tables that an import fills by the million.

    For each row and key PostgreSQL looks up and locks the row referred to, which took longer than storing
    all of them. `cati.store.frames.add_entries` alone adds to these tables, in the transaction in which the
    rows referred to are locked or stored, and no row that is referred to is ever deleted.
    """
    return Column(
        name,
        Key,
        primary_key=primary,
        autoincrement=False,
        nullable=False,
        index=index,
        info={"refers_to": target},
    )
