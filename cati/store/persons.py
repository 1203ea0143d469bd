"""Persons by their telephone numbers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CompoundSelect, select, union_all

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
