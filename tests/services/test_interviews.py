"""An answer that was ticked is in the database, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.ports import AnswerEvent
from cati.services import calls, interviews, queue
from cati.services.context import Context
from cati.services.interviews import DatabaseAnswerLog
from cati.store import interviews as store
from cati.store import tables as t
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.station.office import START, open_office

AT_ONCE = 6


@dataclass
class Talk:
    """An interview that was opened."""

    ctx: Context
    case_id: int
    cell_id: int

    @property
    def log(self) -> DatabaseAnswerLog:
        return DatabaseAnswerLog(self.ctx)

    def open(self, interview: str = "i1") -> None:
        interviews.open_interview(
            self.ctx,
            interview_id=interview,
            case_id=self.case_id,
            cell_id=self.cell_id,
            language="zh",
            at=START,
        )

    def stored(self) -> list[AnswerEvent]:
        with self.ctx.database.read() as connection:
            rows = connection.execute(select(t.answers).order_by(t.answers.c.seq)).all()
        return [
            AnswerEvent(
                r.id, r.interview_id, r.seq, r.epoch, r.item, r.value, r.at, r.attempt_id, r.offset_ms
            )
            for r in rows
        ]

    def held(self) -> tuple[int, dict[str, str]]:
        with self.ctx.database.read() as connection:
            return store.latest_answers(connection, "i1")


@pytest.fixture
def talk(furnished: Furnished) -> Talk:
    return furnished(talk_in)


def talk_in(database: Database, clock: VirtualClock, folder: Path) -> Talk:
    office = open_office(database, clock, folder)
    ctx = office.hire("zhou")
    case = queue.claim_next(ctx, office.programme)
    assert case is not None
    calls.begin_attempt(
        ctx, office.programme, attempt_id="a1", case_id=case.case_id, epoch=1, alternate=0, at=START
    )
    talk = Talk(ctx, case.case_id, case.cell_id)
    talk.open()
    return talk


def event(seq: int = 1, **changed: object) -> AnswerEvent:
    plain = AnswerEvent(f"e{seq}", "i1", seq, 1, f"item{seq}", "fair", START, "a1", 1200)
    return replace(plain, **changed)  # type: ignore[arg-type]


def test_opening_an_interview_twice_changes_nothing(talk: Talk) -> None:
    talk.open()
    with talk.ctx.database.read() as connection:
        rows = connection.execute(select(t.interviews)).all()
    assert [(row.id, row.state, row.started_at) for row in rows] == [("i1", "open", START)]


def test_an_answer_is_stored_as_it_was_given(talk: Talk) -> None:
    given_event = event(value="多开放几天", at=START + timedelta(seconds=3))
    talk.log.append(given_event)
    assert talk.stored() == [given_event]


def test_the_same_event_twice_is_stored_once(talk: Talk) -> None:
    for _ in range(3):
        talk.log.append(event())
    assert talk.stored() == [event()]


def test_stations_that_send_the_same_event_at_the_same_moment_store_it_once(talk: Talk) -> None:
    events = [event(seq) for seq in range(1, 11)] * AT_ONCE
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(talk.log.append, events))
    assert talk.stored() == [event(seq) for seq in range(1, 11)]


@pytest.mark.parametrize(
    "other",
    [{"value": "poor"}, {"value": None}, {"item": "item9"}, {"seq": 2}, {"interview_id": "i2"}],
)
def test_another_answer_under_the_id_of_a_stored_one_is_refused(talk: Talk, other: dict[str, Any]) -> None:
    talk.open("i2")
    talk.log.append(event())
    with pytest.raises(ValueError, match="two different answer events"):
        talk.log.append(replace(event(), **other))
    assert talk.stored() == [event()]


def test_the_last_answer_of_an_item_holds_and_one_taken_back_is_gone(talk: Talk) -> None:
    talk.log.append(event(1, item="a"))
    talk.log.append(event(2, item="b"))
    talk.log.append(event(3, item="a", value="poor"))
    talk.log.append(event(4, item="b", value=None))
    assert talk.held() == (4, {"a": "poor"})


changes = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["fair", "poor", "", None])), min_size=1, max_size=12
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(changes=changes, repeats=st.lists(st.integers(0, 11), max_size=6))
def test_whatever_is_sent_again_the_answers_are_those_given_last(
    talk: Talk, changes: list[tuple[str, str | None]], repeats: list[int]
) -> None:
    events = [event(seq, item=item, value=value) for seq, (item, value) in enumerate(changes, 1)]
    for one in [*events, *(events[at] for at in repeats if at < len(events))]:
        talk.log.append(one)
    expected = {item: value for item, value in dict(changes).items() if value is not None}
    assert talk.held() == (len(events), expected)
    # The next example writes into the same interview.
    with talk.ctx.database.write() as connection:
        connection.execute(delete(t.answers))


def test_only_interviewers_keep_answers(talk: Talk) -> None:
    watcher = replace(talk.ctx, actor=replace(talk.ctx.actor, roles=frozenset()))
    with pytest.raises(CatiError):
        DatabaseAnswerLog(watcher)
    with pytest.raises(CatiError):
        Talk(watcher, talk.case_id, talk.cell_id).open("i3")
