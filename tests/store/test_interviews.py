"""Interviews and answer events as stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from cati.domain.ports import AnswerEvent
from cati.store import interviews as store
from cati.store import tables as t
from cati.store.engine import Database
from tests.store.queue_floor import START, Floor, floor


@pytest.fixture
def made(database_url: str) -> Iterator[Floor]:
    with closing(Database(database_url)) as database:
        made = floor(database)
        assert made.claim() is not None
        opened(made)
        yield made


def opened(made: Floor, minutes: int = 0) -> None:
    with made.database.write() as connection:
        store.open_interview(
            connection,
            interview_id="i",
            case_id=made.cases[0][0],
            cell_id=made.cells[0],
            user_id=made.operators[0],
            language="zh",
            at=START + timedelta(minutes=minutes),
        )


def closed(made: Floor, state: str, held: dict[str, str], off_path: frozenset[str] = frozenset()) -> None:
    with made.database.write() as connection:
        store.close_interview(
            connection,
            interview_id="i",
            state=state,
            counted=len(held),
            late=False,
            held=held,
            off_path=off_path,
            at=START + timedelta(minutes=5),
        )


def state(made: Floor) -> tuple[str, object, object]:
    i = t.interviews.c
    with made.database.read() as connection:
        row = connection.execute(select(i.state, i.started_at, i.ended_at)).one()
    return row.state, row.started_at, row.ended_at


def responses(made: Floor) -> dict[str, tuple[str, bool]]:
    with made.database.read() as connection:
        return {row.item: (row.value, row.on_path) for row in connection.execute(select(t.responses))}


EVENT = AnswerEvent("e", "i", 1, 1, "item", "fair", START, None, None)


def test_a_half_way_interview_is_open_again_and_keeps_its_beginning(made: Floor) -> None:
    closed(made, "partial", {"item": "fair"})
    opened(made, minutes=60)
    assert state(made) == ("open", START, None)


@pytest.mark.parametrize("finished", ["complete", "no_opinion", "break_off", "ended"])
def test_a_finished_interview_is_never_opened_again(made: Floor, finished: str) -> None:
    closed(made, finished, {})
    opened(made, minutes=60)
    assert state(made)[0] == finished


def test_closing_fixes_the_answers_that_hold_and_closing_again_replaces_them(made: Floor) -> None:
    closed(made, "partial", {"a": "1", "b": "2"})
    closed(made, "complete", {"a": "3", "c": "4"}, frozenset({"c"}))
    assert responses(made) == {"a": ("3", True), "c": ("4", False)}


def test_closing_without_answers_leaves_none(made: Floor) -> None:
    closed(made, "ended", {})
    assert responses(made) == {}


def test_an_event_says_whether_it_was_new(made: Floor) -> None:
    with made.database.write() as connection:
        assert store.append_answer(connection, EVENT, made.operators[0])
        assert not store.append_answer(connection, EVENT, made.operators[0])
        with pytest.raises(ValueError, match="one id"):
            store.append_answer(connection, replace(EVENT, value="poor"), made.operators[0])
        assert store.latest_answers(connection, "i") == (1, {"item": "fair"})
        assert store.latest_answers(connection, "another") == (0, {})
