"""Rows of phone lists on their way into the tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import insert, select

from cati.store import frames
from cati.store.engine import Database
from cati.store.frames import EntryRow, add_entries
from cati.store.tables import contacts, entries, persons, programmes, users
from tests.store.full_house import MOMENT

FIRST, SECOND = 101, 102


@pytest.fixture
def server(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url)
    with database.write() as connection:
        user = connection.scalar(
            insert(users)
            .values(
                login="admin",
                name="局",
                roles=["bureau"],
                public_key=b"",
                locked_private=b"",
                lock_parameters={},
                created_at=MOMENT,
            )
            .returning(users.c.id)
        )
        for key in (FIRST, SECOND):
            connection.execute(
                insert(programmes).values(
                    id=key,
                    code=str(key),
                    definition={},
                    plan_hash="",
                    recording_public=b"",
                    loaded_at=MOMENT,
                    loaded_by=user,
                )
            )
    yield database
    database.close()


def rows(start: int, end: int) -> list[EntryRow]:
    return [(at, at.to_bytes(32, "big"), b"sealed %d" % at, ()) for at in range(start, end)]


def numbers(start: int, end: int) -> list[bytes]:
    return [number for _, number, _, _ in rows(start, end)]


def stored(database: Database, programme_id: int, frame_id: int) -> list[EntryRow]:
    with database.read() as connection:
        found = connection.execute(
            select(entries.c.row, persons.c.number_hash, contacts.c.sealed)
            .join(persons, persons.c.id == entries.c.person_id)
            .join(contacts, contacts.c.entry_id == entries.c.id)
            .where(entries.c.frame_id == frame_id, persons.c.programme_id == programme_id)
            .order_by(entries.c.row)
        )
        return [(row, number, sealed, ()) for row, number, sealed in found]


def test_lists_of_two_programmes_can_be_stored_at_the_same_time(server: Database) -> None:
    def store_the_other_meanwhile() -> Iterator[list[EntryRow]]:
        yield rows(0, 10)
        with server.write() as other:
            frames.lock_programme(other, SECOND)
            add_entries(other, SECOND, SECOND, numbers(5, 15), iter([rows(5, 15)]), lambda _: None)
        yield rows(10, 20)

    with server.write() as connection:
        frames.lock_programme(connection, FIRST)
        add_entries(connection, FIRST, FIRST, numbers(0, 20), store_the_other_meanwhile(), lambda _: None)
    assert stored(server, FIRST, FIRST) == rows(0, 20)
    assert stored(server, SECOND, SECOND) == rows(5, 15)


def test_a_key_can_be_granted_while_a_list_is_stored(server: Database) -> None:
    with server.write() as connection, server.write() as other:
        frames.lock_programme(connection, FIRST)
        other.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
        other.exec_driver_sql(
            "INSERT INTO key_grants (programme_id, secret, sealed, granted_at)"
            f" VALUES ({FIRST}, 'contact', '', now())"
        )
