"""Persons by their telephone numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import CompoundSelect, LargeBinary, insert, literal, select, union_all

from cati.store.engine import Connection
from cati.store.tables import other_numbers, persons


def persons_of_number(programme_id: int, number_hash: bytes) -> CompoundSelect[Any]:
    """Row numbers of those a number belongs to, be it their first or another one.

    Args:
        programme_id: row number of the programme.
        number_hash: the number by the programme's keyed hash.
    """
    mine = persons.c.programme_id == programme_id
    first = select(persons.c.id).where(mine, persons.c.number_hash == number_hash)
    other = (
        select(persons.c.id)
        .join(other_numbers, other_numbers.c.person_id == persons.c.id)
        .where(mine, other_numbers.c.number_hash == number_hash)
    )
    return union_all(first, other)


def is_somebody(connection: Connection, programme_id: int, number_hash: bytes) -> bool:
    """Whether a number belongs to anybody of a programme; see `persons_of_number`."""
    return connection.scalar(persons_of_number(programme_id, number_hash).limit(1)) is not None


def has_other_numbers(connection: Connection, programme_id: int) -> bool:
    """Whether a further number of anybody of a programme can be found by its hash."""
    query = (
        select(other_numbers.c.person_id)
        .join(persons, persons.c.id == other_numbers.c.person_id)
        .where(persons.c.programme_id == programme_id)
        .limit(1)
    )
    return connection.scalar(query) is not None


def add_other_numbers(
    connection: Connection, programme_id: int, others: Iterable[tuple[bytes, bytes]]
) -> None:
    """Let people be found by further numbers.

    Args:
        connection: of a transaction that writes.
        programme_id: whose people.
        others: hash of a person's first number, and of a further one.
    """
    for first, other in others:
        whose = select(persons.c.id, literal(other, LargeBinary)).where(
            persons.c.programme_id == programme_id, persons.c.number_hash == first
        )
        connection.execute(insert(other_numbers).from_select(["person_id", "number_hash"], whose))
