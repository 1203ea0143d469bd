"""Claims of many stations on PostgreSQL beside plain updates of one row, in the same database and run.

Both as the one owner of all and as persons under row security; over up to ten million cases.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from sqlalchemy.engine import make_url

from cati.base.clock import SystemClock
from cati.services import floor
from cati.store.engine import Connection, Database
from cati.store.floor import admit
from tests.benchmarks.floor_stations import PASSWORD, Station, Stations
from tests.rig.postgres import Postgres, start_postgres

PAIRS = 5
CELLS = 100
FEW, MANY, MOST = 10_000, 1_000_000, 10_000_000
PEOPLE = 256
MOST_TIMES, MOST_TIMES_OF_FEW = 2.5, 1.5
PACE = 40
"""Claims a second of all stations together, as when each of 256 calls for six seconds and a half."""
WAYS = ("owner", "persons")

# Nothing of a case but its own row, its cell and its person is looked at by a claim: entries are left out.
# One case of 21 is a callback of tomorrow, in all cells alike.
FILL = (
    "insert into programmes(id, code, definition, state, plan_hash, recording_public, loaded_at, loaded_by)"
    " values (1, 'p', '{}', 'drawn', '', '\\x00', now(), 1)",
    "insert into clearances(programme_id, user_id, kind, at, detail)"
    " select 1, u.id, k, now(), '{}' from users u, unnest(array['pledge', 'practice']) k",
    "insert into groups(id, programme_id, code, label, position)"
    " select x, 1, 'g' || x, 'g', x from generate_series(1, 2) x",
    "insert into call_hours(programme_id, group_id, weekday, starts, ends)"
    " select 1, x, d, '00:00', '24:00' from generate_series(1, 2) x, generate_series(0, 6) d",
    "insert into units(id, programme_id, code, name, series, position)"
    " select x, 1, 'u' || x, 'u', 's', x from generate_series(1, %(cells)s) x",
    "insert into cells(id, programme_id, unit_id, group_id, quota)"
    " select x, 1, x, x %% 2 + 1, %(cases)s / %(cells)s from generate_series(1, %(cells)s) x",
    "insert into persons(id, programme_id, number_hash)"
    " select x, 1, sha256(x::text::bytea) from generate_series(1, %(cases)s) x",
    "insert into cases(id, programme_id, cell_id, entry_id, person_id, ticket, position, state, not_before)"
    " select x, 1, (x - 1) %% %(cells)s + 1, x, x, lpad(to_hex(x), 64, '0'), (x - 1) / %(cells)s + 1,"
    " case when x %% 21 = 0 then 2 else 0 end, case when x %% 21 = 0 then now() + interval '1 day' end"
    " from generate_series(1, %(cases)s) x",
    "insert into plain select x, 0, lpad(to_hex(x), 64, '0') from generate_series(1, %(cases)s) x",
)
INDEXES = (
    "select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index i"
    " where indrelid in ('cases'::regclass, 'persons'::regclass)"
    " and not exists (select from pg_constraint where conindid = i.indexrelid)"
)


def fill(connection: Connection, cases: int) -> None:
    """Put the cases in, as a server's superuser; keys that hold by themselves are not looked up."""
    run = connection.exec_driver_sql
    run("set session_replication_role = replica")
    run("set maintenance_work_mem = '1GB'")
    run("create table plain(id integer primary key, v integer, filler text)")
    run("grant select, update on plain to public")
    indexes = run(INDEXES).all()
    for name, _ in indexes:
        run(f"drop index {name}")
    for statement in FILL:
        run(statement, {"cases": cases, "cells": CELLS})
    for _, definition in indexes:
        run(definition)


class Floors:
    """One floor for each number of cases, made when it is asked for."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._made: dict[int, str] = {}

    def name(self, cases: int) -> str:
        if cases not in self._made:
            self._made[cases] = f"floor_{cases}"
            self._make(self._made[cases], cases)
        return self._made[cases]

    def _make(self, name: str, cases: int) -> None:
        began = time.perf_counter()
        self._server.create(name)
        url = self._server.url(name)
        floor.init(url, SystemClock(), login=f"b-{name}", name="局", password=PASSWORD, station="pc")
        with closing(Database(url)) as keeper:
            with keeper.write() as connection:
                connection.exec_driver_sql("delete from users where login <> %s", (f"b-{name}",))
                connection.exec_driver_sql(
                    "insert into users(id, login, name, roles, public_key, locked_private, lock_parameters,"
                    " created_at) select 1000 + x, 'op' || x || '-' || %s, 'op', '[\"operator\"]', '\\x00',"
                    " '\\x00', '{}', now() from generate_series(1, %s) x",
                    (name, PEOPLE),
                )
                for number in range(1, PEOPLE + 1):
                    admit(connection, 1000 + number, PASSWORD)
                fill(connection, cases)
            with keeper.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("vacuum analyze")
                # What filling left to be written must not be written while claims are timed.
                connection.exec_driver_sql("checkpoint")
        print(f"\n{cases:,} cases filled in {time.perf_counter() - began:.0f} s", flush=True)

    def stations(self, cases: int, count: int, way: str) -> Stations:
        name = self.name(cases)
        url = self._server.url(name)
        if way == "persons":
            # `set` takes None for "as it is".
            url = make_url(url)._replace(username=None).render_as_string()
        return Stations(
            [Station(n, url, f"op{n + 1}-{name}" if way == "persons" else None, cases) for n in range(count)]
        )

    def run(self, cases: int, *statements: str) -> None:
        with self._server.connect(self.name(cases)) as connection:
            for statement in statements:
                connection.execute(statement)

    def refill(self, cases: int) -> None:
        """Let all cases be as they were in the beginning."""
        self.run(
            cases,
            "update cases set state = case when id % 21 = 0 then 2 else 0 end, disposition = null, epoch = 0,"
            " attempts = 0",
            "update persons set case_id = null",
            "update cells set watermark = 0, exhausted = false, reserved = 0",
            "vacuum full analyze cases",
        )


@pytest.fixture(scope="module")
def floors() -> Iterator[Floors]:
    server = start_postgres(os.getpid(), fsync=True, max_connections=PEOPLE + 40)
    yield Floors(server)
    server.stop()


def p99(milliseconds: list[float]) -> float:
    return float(statistics.quantiles(milliseconds, n=100)[98])


def beside(measure: Callable[[str], float], one: str, other: str) -> tuple[float, float, float]:
    """Medians of pairs taken one after the other, and the median of what one is of the other."""
    pairs = [(measure(one), measure(other)) for _ in range(PAIRS)]
    ones, others = zip(*pairs, strict=True)
    return (
        statistics.median(ones),
        statistics.median(others),
        statistics.median(b / a for a, b in pairs),
    )


def claims_beside_plain(floors: Floors, cases: int, count: int, way: str, each: int, what: str) -> float:
    with floors.stations(cases, count, way) as stations:
        for work in ("plain", "claim"):
            stations.carry_out(work, 3)
        plain, claim, times = beside(lambda work: p99(stations.carry_out(work, each)), "plain", "claim")
    print(
        f"{cases:>10,} cases, {count:>3} stations, {way:>7}, {what}: "
        f"p99 plain {plain:.1f} ms, claim {claim:.1f} ms, ratio {times:.2f}",
        flush=True,
    )
    return times


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["fresh", "callbacks"])
def test_claims_of_sixteen_stations_cost_at_most_two_plain_updates_and_a_half(
    floors: Floors, way: str, kind: str
) -> None:
    if kind == "callbacks":
        floors.run(MANY, "update cases set not_before = now() - interval '1 hour' where state = 2")
    assert claims_beside_plain(floors, MANY, 16, way, 50, kind) <= MOST_TIMES


@pytest.mark.parametrize("way", WAYS)
def test_claims_of_256_stations_in_the_pace_of_calling_cost_at_most_two_plain_updates_and_a_half(
    floors: Floors, way: str
) -> None:
    with floors.stations(MANY, PEOPLE, way) as stations:
        for work in ("plain", "claim"):
            stations.carry_out(work, 1)
        plain, claim, times = beside(lambda work: p99(stations.carry_out(work, 1, PACE)), "plain", "claim")
    print(
        f"{MANY:>10,} cases, {PEOPLE} stations, {way:>7}, {PACE}/s in all: "
        f"p99 plain {plain:.1f} ms, claim {claim:.1f} ms, ratio {times:.2f}",
        flush=True,
    )
    assert times <= MOST_TIMES


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("cases", [FEW, MANY])
@pytest.mark.parametrize("count", [1, 16, 64, 256])
def test_what_saturated_stations_get(floors: Floors, way: str, cases: int, count: int) -> None:
    each = max(800 // count, 3)
    if cases == FEW:
        floors.refill(FEW)
    claims_beside_plain(floors, cases, count, way, each, "at once")


@pytest.mark.parametrize("way", WAYS)
def test_a_claim_over_ten_million_cases_costs_at_most_half_more_than_over_ten_thousand(
    floors: Floors, way: str
) -> None:
    floors.refill(FEW)
    with floors.stations(FEW, 16, way) as few, floors.stations(MOST, 16, way) as most:
        for stations in (few, most):
            stations.carry_out("claim", 3)
        small, large, times = beside(
            lambda which: p99((few if which == "few" else most).carry_out("claim", 50)), "few", "most"
        )
        claims = most.carry_out("claim", 50), most.carry_out("plain", 50)
    print(
        f"16 stations, {way:>7}: p99 of {FEW:,} cases {small:.1f} ms, of {MOST:,} {large:.1f} ms, "
        f"ratio {times:.2f}; there a claim {p99(claims[0]):.1f} ms, plain {p99(claims[1]):.1f} ms",
        flush=True,
    )
    assert times <= MOST_TIMES_OF_FEW
