"""Many stations at once on PostgreSQL: nobody is handed out twice, no place too many, no deadlock."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import ColumnElement, select

from cati.domain.queue import Settlement
from cati.store import tables as t
from cati.store.engine import Connection, Database
from tests.store.queue_floor import START, Floor, floor

STATIONS = 8
OUTCOMES = (
    Settlement("complete", "complete"),
    Settlement("final", "refusal_final"),
    Settlement("callback", "busy", START),
    Settlement("appointment", "appointment", START, firm=True),
    Settlement("appointment", "appointment", START),
)


@pytest.fixture
def made(postgres_url: str) -> Iterator[Floor]:
    database = Database(postgres_url, pool_size=STATIONS)
    # People who stand in two lists, so that the person rule is fought over as well.
    made = floor(
        database, quotas=(12, 6, 20, 3), cases=(30, 30, 30, 30), reserve=(20, 0, 20, 0), operators=STATIONS
    )
    shared = [made.case(case_id).person_id for case_id in made.cases[0]]
    made.add_cases(3, shared)
    yield made
    database.close()


def count(connection: Connection, condition: ColumnElement[bool]) -> Counter[int]:
    """Cases by cell."""
    return Counter(connection.scalars(select(t.cases.c.cell_id).where(condition)))


def work(made: Floor, operator: int, seed: int) -> list[tuple[int, int]]:
    """One operator until the queue is empty, every third lease lapsing; gives the cases and their epochs."""
    choice = random.Random(seed)
    claims: list[tuple[int, int]] = []
    while (found := made.claim(operator, factor=1)) is not None:
        epoch = made.case(found.case_id).epoch
        claims.append((found.case_id, epoch))
        made.dial(found.case_id)
        if len(claims) % 3 == 0:
            made.age(found.case_id, timedelta(minutes=5))
            made.reap()
        outcome = OUTCOMES[0] if len(claims) > 40 else choice.choice(OUTCOMES)
        made.settle(found.case_id, epoch, outcome, operator)
    return claims


@pytest.mark.parametrize("seed", range(3))
def test_stations_that_race_get_different_people(made: Floor, seed: int) -> None:
    operators = range(1, STATIONS + 1)
    with ThreadPoolExecutor(STATIONS) as stations:
        begun_at = [stations.submit(work, made, n, seed * STATIONS + n) for n in operators]
    claims = [claim for station in begun_at for claim in station.result()]
    # An epoch of a case is one claim of it: two operators never hold the same.
    assert max(Counter(claims).values()) == 1
    with made.database.read() as connection:
        cells = connection.execute(select(t.cells)).all()
        finished = count(connection, t.cases.c.state == 4)
        reserved = count(connection, t.cases.c.reserves)
        begun = connection.scalars(select(t.cases.c.person_id).where(t.cases.c.epoch > 0)).all()
    assert len(set(begun)) == len(begun)
    for cell in cells:
        assert cell.completed + cell.reserved <= cell.quota
        assert cell.completed + cell.overshoot == finished[cell.id]
        assert cell.reserved == reserved[cell.id]
