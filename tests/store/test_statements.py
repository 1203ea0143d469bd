"""Statements that the engines spell differently."""

from cati.store.engine import Database
from cati.store.statements import insert_once
from cati.store.tables import bureau


def test_a_row_of_the_same_key_stays_and_is_counted_as_none(database_url: str) -> None:
    database = Database(database_url)
    with database.write() as connection:
        counts = [
            connection.execute(insert_once(connection, bureau).values(name="a", value=value)).rowcount
            for value in ("first", "second")
        ]
        kept = connection.scalar(bureau.select().with_only_columns(bureau.c.value))
    database.close()
    assert counts == [1, 0]
    assert kept == "first"
