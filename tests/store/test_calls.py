"""Attempts as stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cati.domain.queue import CaseState
from cati.store import calls as store
from cati.store import tables as t
from cati.store.engine import Database
from tests.store.queue_floor import START, Floor, floor


@pytest.fixture
def made(database_url: str) -> Iterator[Floor]:
    with closing(Database(database_url)) as database:
        made = floor(database)
        assert made.claim() is not None
        yield made


def begin(made: Floor, attempt: str, **changed: Any) -> int | None:
    given: dict[str, Any] = {
        "case_id": made.cases[0][0],
        "epoch": 1,
        "user_id": made.operators[0],
        "station": "pc1",
        "alternate": 0,
        "at": START,
        "simulated": False,
    }
    with made.database.write() as connection:
        return store.begin(connection, attempt_id=attempt, **(given | changed))


def end(made: Floor, attempt: str, disposition: str, seconds: int = 30) -> None:
    with made.database.write() as connection:
        store.end(
            connection,
            attempt_id=attempt,
            disposition=disposition,
            note="",
            prompted=False,
            connected_at=START,
            ended_at=START + timedelta(seconds=seconds),
        )


def test_attempts_of_a_case_are_numbered(made: Floor) -> None:
    numbers = []
    for attempt in "abc":
        numbers.append(begin(made, attempt))
        end(made, attempt, "dropped")
    assert numbers == [1, 2, 3]
    assert made.case(made.cases[0][0]).attempts == 3


@pytest.mark.parametrize("changed", [{"epoch": 2}, {"user_id": 2}, {"case_id": 999}])
def test_without_the_lease_there_is_no_attempt(made: Floor, changed: dict[str, int]) -> None:
    if "user_id" in changed:
        changed = {"user_id": made.operators[1]}
    assert begin(made, "a", **changed) is None
    assert made.case(made.cases[0][0]).attempts == 0


def test_only_attempts_without_an_outcome_were_cut_off(made: Floor) -> None:
    begin(made, "a")
    end(made, "a", "dropped")
    begin(made, "b")
    begin(made, "c")
    with made.database.read() as connection:
        codes = connection.scalars(select(t.attempts.c.disposition).order_by(t.attempts.c.number)).all()
        history = store.history(connection, made.cases[0][0], but="c")
        earlier = store.history(connection, made.cases[0][0], but="b")
    assert codes == ["dropped", "dialling_cut_off", None]
    assert [past.disposition for past in history] == ["dropped", "dialling_cut_off"]
    assert [past.disposition for past in earlier] == ["dropped"]


def test_the_very_same_end_is_recognised_and_no_other(made: Floor) -> None:
    begin(made, "a")
    ended = START + timedelta(seconds=30)
    with made.database.write() as connection:
        assert store.settled_state(connection, "a", "busy", ended) is None
    end(made, "a", "busy")
    with made.database.read() as connection:
        assert store.settled_state(connection, "a", "busy", ended) is CaseState.HELD
        assert store.settled_state(connection, "a", "refusal", ended) is None
        assert store.settled_state(connection, "a", "busy", ended + timedelta(seconds=1)) is None
        assert store.settled_state(connection, "b", "busy", ended) is None


def test_a_day_begins_and_ends_sharply(made: Floor) -> None:
    begin(made, "a", at=START)
    begin(made, "b", at=START + timedelta(hours=24))
    with made.database.read() as connection:
        day = store.of_day(connection, made.operators[0], START, START + timedelta(hours=24))
        next_day = store.of_day(
            connection, made.operators[0], START + timedelta(hours=24), START + timedelta(hours=48)
        )
    assert [a.at for a in day] == [START]
    assert [a.at for a in next_day] == [START + timedelta(hours=24)]
