"""The claim against plain updates of one row, over a million cases, in the same database and the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import bindparam, text

from cati.domain.queue import ClaimRequest, Pick, Settlement
from cati.store import queue as store
from cati.store import settlement
from cati.store.engine import Database

CASES, CELLS, QUOTA = 1_000_000, 100, 8_000
PAIRS = 5
NOW = datetime(2024, 2, 21, 2, 0, tzinfo=UTC)
STATIONS = 16
LEAST_SHARE, MOST_TIMES = 0.3, 2.5

# One list a cell; some 50,000 cases are callbacks of tomorrow, some 10,000 are due, in all cells alike.
ROWS = "with recursive n(x) as (select 1 union all select x + 1 from n where x < {cases})"
FILL = (
    "insert into users(id, login, name, roles, public_key, locked_private, lock_parameters, created_at)"
    " select x, 'op' || x, 'op', '[]', {bytes}, {bytes}, '{{}}', '2024-01-01' from n where x <= 16",
    "insert into programmes(id, code, definition, state, plan_hash, recording_public, loaded_at, loaded_by)"
    " select 1, 'p', '{{}}', 'drawn', '', {bytes}, '2024-01-01', 1 from n where x = 1",
    "insert into groups(id, programme_id, code, label, position)"
    " select x, 1, 'g' || x, 'g', x from n where x <= 2",
    "insert into units(id, programme_id, code, name, series, position)"
    " select x, 1, 'u' || x, 'u', 's', x from n where x <= {cells}",
    "insert into cells(id, programme_id, unit_id, group_id, quota)"
    " select x, 1, x, x - x / 2 * 2 + 1, {quota} from n where x <= {cells}",
    "insert into frames(id, programme_id, version, file, sha256, received_at, imported_by, late, short,"
    " rows, accepted, rejected) select 1, 1, 1, '', '', '2024-01-01', 1, {no}, {no}, 0, 0, '{{}}' from n"
    " where x = 1",
    "insert into persons(id, programme_id, number_hash) select x, 1, {hash} from n",
    'insert into entries(id, frame_id, "row", person_id) select x, 1, x, x from n',
    "insert into cases(id, programme_id, cell_id, entry_id, person_id, ticket, position, state, not_before)"
    " select x, 1, x - 1 - (x - 1) / {cells} * {cells} + 1, x, x, {ticket}, (x - 1) / {cells} + 1,"
    " case when x / 21 * 21 = x or x / 101 * 101 = x then 2 else 0 end,"
    " case when x / 101 * 101 = x then {due} when x / 21 * 21 = x then {later} end from n",
    "create table plain(id integer primary key, v integer, filler text)",
    "insert into plain select x, 0, {ticket} from n",
)
SQLITE = {
    "hash": "randomblob(32)",
    "bytes": "x'00'",
    "no": "0",
    "ticket": "printf('%064x', x)",
    "due": "'2024-02-21 01:00:00.000000'",
    "later": "'2024-02-22 02:00:00.000000'",
}
POSTGRES = {
    "hash": "sha256(x::text::bytea)",
    "bytes": "'\\x00'::bytea",
    "no": "false",
    "ticket": "lpad(to_hex(x), 64, '0')",
    "due": "'2024-02-21 01:00:00+00'::timestamptz",
    "later": "'2024-02-22 02:00:00+00'::timestamptz",
}
PLAIN = text("update plain set v = v + 1 where id = :id").bindparams(bindparam("id"))
LET_GO = text("update cases set state = 5, held_by = null where id = :id").bindparams(bindparam("id"))


def fill(database: Database, spelling: dict[str, str]) -> None:
    values = spelling | {"cases": str(CASES), "cells": str(CELLS), "quota": str(QUOTA)}
    with database.write() as connection:
        for statement in FILL:
            if "insert" in statement and not database.is_sqlite:
                statement = statement.replace(" from n", f" from generate_series(1, {CASES}) x")
                connection.exec_driver_sql(statement.format(**values))
            elif "insert" in statement:
                head, rest = statement.split(" select ", 1)
                connection.exec_driver_sql(f"{head} {ROWS} select {rest}".format(**values))
            else:
                connection.exec_driver_sql(statement)


def request(operator: int) -> ClaimRequest:
    return ClaimRequest(1, operator, f"pc{operator}", (1, 2), NOW, timedelta(minutes=2), 4)


def claim(database: Database, operator: int) -> int:
    """One claim as an operator makes it."""
    wanted = request(operator)
    while True:
        with database.write() as connection:
            found = store.claim(connection, wanted)
        if isinstance(found, Pick):
            return found.case_id
        assert found is not None


def settle(database: Database, operator: int, case_id: int) -> None:
    with database.write() as connection:
        settlement.settle(
            connection,
            case_id=case_id,
            epoch=1,
            user_id=operator,
            now=NOW,
            outcome=Settlement("final", "refusal_final"),
        )


def plain(database: Database, row: int) -> None:
    """One update of one row in a transaction of its own, through the same layers."""
    with database.write() as connection:
        connection.execute(PLAIN, {"id": row})


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Database]:
    with closing(Database(sqlite_url)) as database:
        fill(database, SQLITE)
        yield database


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Database]:
    with closing(Database(postgres_url, pool_size=STATIONS)) as database:
        fill(database, POSTGRES)
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("vacuum analyze")
            # What filling left to be written must not be written while claims are timed.
            connection.exec_driver_sql("checkpoint")
        yield database


def claims_per_second(database: Database, count: int) -> float:
    """Each case claimed is settled again, outside the time taken, so that none is resumed."""
    seconds = 0.0
    for _ in range(count):
        began = time.perf_counter()
        case_id = claim(database, 1)
        seconds += time.perf_counter() - began
        settle(database, 1, case_id)
    return count / seconds


def plain_per_second(database: Database, start: int, count: int) -> float:
    began = time.perf_counter()
    for n in range(start, start + count):
        plain(database, n * 7919 % CASES + 1)
    return count / (time.perf_counter() - began)


def postpone_callbacks(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(
            "update cases set not_before = (select max(not_before) from cases) where state = 2"
        )


@pytest.mark.parametrize("kind", ["callbacks", "fresh"])
def test_a_claim_on_sqlite_costs_at_most_as_much_as_three_plain_updates(sqlite: Database, kind: str) -> None:
    count = 1_000
    if kind == "fresh":
        postpone_callbacks(sqlite)
    claims_per_second(sqlite, 100)
    plain_per_second(sqlite, 0, 100)
    pairs = [
        (plain_per_second(sqlite, n * count, count), claims_per_second(sqlite, count)) for n in range(PAIRS)
    ]
    ratio = statistics.median(claims / plain for plain, claims in pairs)
    plain_rate, claim_rate = (statistics.median(rates) for rates in zip(*pairs, strict=True))
    print(f"SQLite, {kind}: plain {plain_rate:.0f}/s, claims {claim_rate:.0f}/s, ratio {ratio:.2f}")
    assert ratio >= LEAST_SHARE


def p99(work: Callable[[int, int], float], each: int) -> float:
    """Milliseconds under which 99 of 100 calls stay when all stations work at once."""

    def station(number: int) -> list[float]:
        return [work(number, n) for n in range(each)]

    with ThreadPoolExecutor(STATIONS) as stations:
        seconds = [s for done in stations.map(station, range(1, STATIONS + 1)) for s in done]
    return float(statistics.quantiles(seconds, n=100)[98]) * 1000


@pytest.mark.parametrize("kind", ["callbacks", "fresh"])
def test_claims_of_sixteen_stations_on_postgresql_are_about_as_fast_as_plain_updates(
    postgres: Database, kind: str
) -> None:
    if kind == "fresh":
        postpone_callbacks(postgres)

    def timed_plain(station: int, n: int) -> float:
        began = time.perf_counter()
        plain(postgres, (station * 60_013 + n * 7919) % CASES + 1)
        return time.perf_counter() - began

    def timed_claim(station: int, _n: int) -> float:
        began = time.perf_counter()
        case_id = claim(postgres, station)
        seconds = time.perf_counter() - began
        with postgres.write() as connection:
            connection.execute(LET_GO, {"id": case_id})
        return seconds

    each = 100
    p99(timed_plain, 10)
    p99(timed_claim, 10)
    pairs = [(p99(timed_plain, each), p99(timed_claim, each)) for _ in range(PAIRS)]
    ratio = statistics.median(claims / plain for plain, claims in pairs)
    plain_ms, claim_ms = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"PostgreSQL, {kind}: p99 plain {plain_ms:.1f} ms, claim {claim_ms:.1f} ms, ratio {ratio:.2f}")
    assert ratio <= MOST_TIMES
