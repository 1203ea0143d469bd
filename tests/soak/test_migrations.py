"""A database of full size is taken down to the first schema and up again, step by step: no answer changes."""

from __future__ import annotations

import time
from contextlib import closing
from hashlib import sha256

from alembic.script import ScriptDirectory

from cati.base import paths
from cati.store import migrate
from cati.store.engine import Connection, Database
from tests.benchmarks.test_claim import CASES, POSTGRES, ROWS, SQLITE, fill

INTERVIEWS, ANSWERS = 50_000, 10
MORE = (
    (
        INTERVIEWS,
        "insert into attempts(id, case_id, number, user_id, station, epoch, dialled_at)"
        " select 'a' || x, x, 1, 1, 'pc1', 1, {due} from n",
    ),
    (
        INTERVIEWS,
        "insert into interviews(id, case_id, cell_id, state, started_at, user_id)"
        " select 'i' || x, x, x - x / {cells} * {cells} + 1, 'complete', {due}, 1 from n",
    ),
    (
        INTERVIEWS * ANSWERS,
        "insert into answers(id, interview_id, seq, epoch, item, value, user_id, at, attempt_id)"
        " select 'e' || x, 'i' || (x - x / {interviews} * {interviews} + 1), x, 1,"
        " 'item' || (x - x / 10 * 10), '满意', 1, {due},"
        " 'a' || (x - x / {interviews} * {interviews} + 1) from n",
    ),
)
HASHED = "select id, interview_id, seq, epoch, item, value, user_id, at, attempt_id from answers order by id"


def furnish(database: Database) -> None:
    """A million cases, half a million answers."""
    spelling = SQLITE if database.is_sqlite else POSTGRES
    fill(database, spelling)
    values = spelling | {"cells": "100", "interviews": str(INTERVIEWS)}
    with database.write() as connection:
        connection.exec_driver_sql("drop table plain")
        for count, statement in MORE:
            said = statement.format(**values)
            if database.is_sqlite:
                head, rest = said.split(" select ", 1)
                said = f"{head} {ROWS.format(cases=count)} select {rest}"
            else:
                said = said.replace(" from n", f" from generate_series(1, {count}) x")
            connection.exec_driver_sql(said)


def hash_of_answers(connection: Connection) -> str:
    told = sha256()
    rows = connection.execution_options(yield_per=10_000).exec_driver_sql(HASHED)
    for row in rows:
        told.update(repr(tuple(row)).encode())
    return told.hexdigest()


def contents(url: str) -> tuple[str, int]:
    with closing(Database(url)) as database, database.read() as connection:
        cases = connection.exec_driver_sql("select count(*) from cases").scalar_one()
        return hash_of_answers(connection), int(cases)


def test_no_answer_changes_on_the_way_down_and_up_again(database_url: str) -> None:
    with closing(Database(database_url)) as database:
        furnish(database)
    before = contents(database_url)
    assert before[1] == CASES
    script = ScriptDirectory(str(paths.migrations()))
    downwards = [step.revision for step in script.walk_revisions()]
    took: list[tuple[str, float]] = []
    for revision in downwards[1:]:
        began = time.perf_counter()
        migrate.downgrade(database_url, revision)
        took.append((f"down to {revision}", time.perf_counter() - began))
    assert contents(database_url) == before
    for revision in reversed(downwards[:-1]):
        began = time.perf_counter()
        migrate.upgrade(database_url, revision)
        took.append((f"up to {revision}", time.perf_counter() - began))
    assert contents(database_url) == before
    assert migrate.differences(database_url) == []
    kind = database_url.partition(":")[0]
    print(f"\n{kind}: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in took if seconds > 0.5))
