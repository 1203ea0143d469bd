"""The line to the server breaks, and the interview goes on: exactly what was written down arrives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.call import Phase
from cati.domain.interview import Script
from cati.domain.messages import Kind
from cati.domain.ports import AnswerEvent
from cati.domain.queue import CaseState
from cati.services import late_work, messages, queue
from cati.services.context import Context
from cati.station.outbox import Outbox
from cati.station.runner import CallRunner
from cati.station.sender import Sender
from cati.station.writing import ThroughOutbox
from cati.store import conflicts
from cati.store import tables as t
from cati.store.engine import Database
from cati.store.faults import login_closed, unreachable
from tests.rig.postgres import Postgres
from tests.rig.proxy import Fault, Proxy
from tests.station.desk import ANSWERS, Recorder
from tests.station.office import START, Office, open_office, programme_of, runner_of

SILENCE = 0.5
"""Seconds after which the server is given up; some faults of a test cost so much."""


class Station:
    """An operator's station behind a line that fails; what it sends goes when the test says so."""

    def __init__(self, office: Office, ctx: Context, proxy: Proxy, folder: Path) -> None:
        self.office, self.proxy, self.folder = office, proxy, folder
        folder.mkdir()
        direct = office.database.url.render_as_string(hide_password=False)
        self.far = Database(proxy.url(direct), pool_size=1, silence=SILENCE)
        self.ctx = replace(ctx, database=self.far)
        self.outbox = Outbox(folder, ctx.clock.now)
        self.sender = Sender(self.outbox)
        self.recorder = Recorder()
        self.runner = self._runner()

    def _runner(self) -> CallRunner:
        writing = ThroughOutbox(self.ctx, self.office.programme, self.sender, patience=0)
        return runner_of(
            self.ctx, self.office.programme, self.folder, writing=writing, recorder=self.recorder
        )

    def take(self) -> None:
        found = self.runner.claim()
        assert found is not None
        self.runner.take(found)

    def connect(self) -> None:
        self.runner.dial()
        self.runner.connect()

    def finish(self) -> None:
        for value in ANSWERS[len(self.runner.call.answers) :]:
            self.runner.answer(value)
        self.runner.settle("complete")

    def send(self) -> bool:
        """Try to send one write; whether one arrived for sure."""
        with suppress(CatiError):
            return self.sender.send_first(self.ctx)
        return False

    def drain(self) -> None:
        for _again in range(200):
            if not len(self.outbox):
                return
            self.send()
        raise AssertionError("the outbox does not drain")

    def restart(self) -> None:
        """The power fails: all in memory is gone."""
        self.outbox.close()
        self.outbox = Outbox(self.folder, self.ctx.clock.now)
        self.sender = Sender(self.outbox)
        self.runner = self._runner()

    def close(self) -> None:
        self.outbox.close()
        self.far.close()


@pytest.fixture
def proxy(postgres_server: Postgres) -> Iterator[Proxy]:
    with closing(Proxy(postgres_server.port)) as proxy:
        yield proxy


@pytest.fixture
def office(postgres_url: str, tmp_path: Path) -> Iterator[Office]:
    with closing(Database(postgres_url)) as database:
        yield open_office(database, VirtualClock(START), tmp_path, programme_of(quotas=(40,)), list_size=80)


@pytest.fixture
def station(office: Office, proxy: Proxy, tmp_path: Path) -> Iterator[Station]:
    with closing(Station(office, office.hire("zhou"), proxy, tmp_path / "pc")) as station:
        yield station


def rows(office: Office, *columns: object) -> list[tuple[object, ...]]:
    with office.database.read() as connection:
        return [tuple(row) for row in connection.execute(select(*columns))]  # type: ignore[call-overload]


def check_books(office: Office, completes: int) -> None:
    """Everything is there once: answers in order, cases, places, recordings."""
    assert rows(office, t.cells.c.completed, t.cells.c.reserved, t.cells.c.overshoot) == [(completes, 0, 0)]
    assert len(rows(office, t.responses.c.item)) == completes * len(ANSWERS)
    with office.database.read() as connection:
        doubled = connection.execute(
            select(t.answers.c.interview_id)
            .group_by(t.answers.c.interview_id, t.answers.c.seq)
            .having(func.count() > 1)
        ).all()
    assert doubled == []
    ended = rows(office, t.recordings.c.complete, t.recordings.c.duration_ms)
    assert ended == [(True, 5000)] * completes


def test_with_the_server_gone_the_interview_is_finished_and_drains_when_it_is_back(
    station: Station, proxy: Proxy, office: Office
) -> None:
    station.take()
    station.connect()
    station.runner.answer("yes")
    station.drain()
    proxy.down()
    station.finish()
    assert station.runner.call.phase is Phase.IDLE
    assert station.runner.saved_seq == len(ANSWERS)
    assert not station.send()
    with pytest.raises(CatiError) as refused:
        station.runner.claim()
    assert refused.value.code == "saved_here"
    station.sender._refusal = login_closed()
    with pytest.raises(CatiError) as refused:
        station.runner.claim()
    assert refused.value.code == "login_closed"
    proxy.up()
    station.restart()
    station.drain()
    check_books(office, 1)
    station.take()


def test_nobody_new_is_dialled_while_the_server_is_gone_but_a_dropped_call_is(
    station: Station, proxy: Proxy, office: Office
) -> None:
    faults: list[Exception] = []
    station.runner._listeners = replace(station.runner._listeners, fault=faults.append)
    station.take()
    proxy.down()
    station.runner.dial()
    assert station.runner.call.phase is Phase.READY
    assert [fault.code for fault in faults if isinstance(fault, CatiError)] == ["database_unreachable"]
    proxy.up()
    station.connect()
    station.runner.answer("yes")
    proxy.down()
    station.runner.redial()
    station.runner.connect()
    station.finish()
    proxy.up()
    station.drain()
    outcomes = rows(office, t.attempts.c.number, t.attempts.c.disposition, t.attempts.c.late)
    assert sorted(outcomes) == [(1, "dropped", False), (2, "complete", False)]
    assert rows(office, t.cells.c.completed, t.cells.c.reserved) == [(1, 0)]


@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE_COMMIT, Fault.CUT_AFTER_COMMIT])
def test_a_dialling_cut_off_at_its_commit_is_one_attempt(
    station: Station, proxy: Proxy, office: Office, fault: Fault
) -> None:
    station.take()
    proxy.fail(fault)
    station.runner.dial()
    assert station.runner.call.phase is Phase.DIALLING
    station.runner.connect()
    station.finish()
    station.drain()
    assert rows(office, t.attempts.c.number, t.attempts.c.disposition) == [(1, "complete")]


def test_a_server_put_back_from_its_backup_is_sent_again_what_came_since(
    station: Station, office: Office, postgres_server: Postgres
) -> None:
    name = str(office.database.url.database)

    def let_go() -> None:
        office.database.close()
        station.far.close()

    station.sender.look()
    station.send()
    station.take()
    station.connect()
    station.finish()
    station.drain()
    station.take()
    station.connect()
    station.runner.answer("yes")
    station.drain()
    let_go()
    backup = postgres_server.copied(name)
    station.finish()
    station.drain()
    station.take()
    station.connect()
    station.finish()
    station.drain()
    assert rows(office, t.cells.c.completed) == [(3,)]
    answered = set(rows(office, t.answers.c.id))
    let_go()
    postgres_server.drop(name)
    postgres_server.create(name, template=backup)
    postgres_server.drop(backup)
    assert rows(office, t.cells.c.completed) == [(1,)]
    # By itself, as soon as the line is there again; and by command.
    for again in (station.sender.look, station.outbox.send_again):
        again()
        station.send()
        station.drain()
        assert set(rows(office, t.answers.c.id)) == answered
        check_books(office, 3)
        assert rows(office, t.conflicts.c.id) == []


WHAT_FAILS = st.lists(st.sampled_from([None, "restart", *Fault]), max_size=12)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(faults=WHAT_FAILS)
def test_whatever_the_order_of_failures_the_server_ends_with_exactly_what_was_written(
    station: Station, proxy: Proxy, office: Office, faults: list[Fault | str | None]
) -> None:
    before = len(rows(office, t.interviews.c.id))
    proxy.fail(None)
    station.drain()
    while station.runner.call.phase is Phase.IDLE:
        with suppress(CatiError):
            station.take()
    while station.runner.call.phase is Phase.READY:
        station.runner.dial()
    station.runner.connect()
    station.finish()
    for fault in faults:
        if fault == "restart":
            proxy.fail(None)
            station.restart()
        else:
            proxy.fail(fault if isinstance(fault, Fault) else None)
            station.send()
    proxy.fail(None)
    station.drain()
    written = [one.envelope.write for one in station.outbox.kept()]
    answered = {write.id for write in written if isinstance(write, AnswerEvent)}
    assert {name for (name,) in rows(office, t.answers.c.id)} == answered
    check_books(office, before + 1)
    assert rows(office, t.conflicts.c.id) == rows(office, t.messages.c.id) == []
    station.outbox.send_again()
    station.drain()
    check_books(office, before + 1)
    assert rows(office, t.conflicts.c.id) == rows(office, t.messages.c.id) == []


def lapse(office: Office) -> None:
    """The lease of every case lapses and is taken back, and nobody is kept waiting for."""
    with office.database.write() as connection:
        connection.execute(update(t.cases).values(lease_until=START.replace(year=2023)))
    queue._reap(office.ctx, office.programme.id)
    with office.database.write() as connection:
        connection.execute(update(t.cases).values(owner_until=None, owner_id=None))


def test_what_came_late_is_told_and_still_counts_when_nobody_had_taken_the_case(
    station: Station, proxy: Proxy, office: Office
) -> None:
    station.take()
    station.connect()
    proxy.down()
    station.finish()
    lapse(office)
    proxy.up()
    station.drain()
    check_books(office, 1)
    (told,) = messages.waiting(office.ctx, office.programme)
    assert (told.kind, told.text, told.operator) == (Kind.LATE, "late_counted", "话务员zhou")
    messages.settle(office.ctx, office.programme, told.id, "看过")
    assert messages.waiting(office.ctx, office.programme) == ()


def test_what_came_late_into_an_interview_gone_on_elsewhere_is_set_aside_and_told_once(
    station: Station, proxy: Proxy, office: Office
) -> None:
    station.take()
    station.connect()
    station.runner.answer("yes")
    station.drain()
    proxy.down()
    station.finish()
    late = station.runner.saved_seq - 1
    lapse(office)
    other = office.hire("wu")
    elsewhere = runner_of(other, office.programme, station.folder)
    found = elsewhere.claim()
    assert found is not None
    assert found.interview is not None
    elsewhere.take(found)
    elsewhere.dial()
    elsewhere.connect()
    elsewhere.answer("bad")
    proxy.up()
    station.drain()
    assert len(rows(office, t.answers.c.id)) == 2
    attempt = [name for name, number in rows(office, t.attempts.c.id, t.attempts.c.number) if number == 1]
    with office.database.read() as connection:
        aside = conflicts.of_attempt(connection, str(attempt[0]))
    kinds = [one.kind for one in aside]
    assert kinds.count("answer") == late
    assert kinds.count("close") == 1
    assert {one.document["value"] for one in aside if one.kind == "answer"} == set(ANSWERS[1:])
    told = messages.waiting(office.ctx, office.programme)
    assert [(one.kind, one.text, one.operator) for one in told] == [(Kind.LATE, "work_held", "话务员zhou")]
    with pytest.raises(CatiError, match="话务员wu"):
        messages.settle(office.ctx, office.programme, told[0].id)
    assert messages.take_over_all(office.ctx, office.programme) == (0, 1)
    shown = late_work.of_message(office.ctx, office.programme, told[0].id, "zh")
    named = {one.about: (one.came, one.stands) for one in shown if one.kind == "answer"}
    script = Script.of(office.programme.programme)
    bad = script.answer_label("item1", "bad", "zh")
    assert named[script.short("item1", "zh")] == (script.answer_label("item1", "fair", "zh"), bad)
    assert [(one.came, one.stands) for one in shown if one.kind == "close"] == [("Interview complete", "")]
    with pytest.raises(CatiError, match="may not"):
        late_work.of_message(other, office.programme, told[0].id, "zh")
    for value in ANSWERS[2:]:
        elsewhere.answer(value)
    elsewhere.settle("complete")
    assert rows(office, t.cells.c.completed, t.cells.c.reserved) == [(1, 0)]
    states = rows(office, t.attempts.c.disposition, t.attempts.c.late)
    assert sorted(states) == [("complete", False), ("complete", True)]
    before = rows(office, t.answers), rows(office, t.responses)
    messages.settle(office.ctx, office.programme, told[0].id)
    assert (rows(office, t.answers), rows(office, t.responses)) == before
    assert rows(office, t.cells.c.completed, t.cells.c.reserved) == [(1, 0)]


def test_whoever_signs_in_next_sends_what_another_left_and_the_writer_stays_named(
    station: Station, proxy: Proxy, office: Office
) -> None:
    station.take()
    station.connect()
    proxy.down()
    station.finish()
    writer = station.ctx.actor.user_id
    station.ctx = replace(office.hire("wu"), database=station.far)
    proxy.up()
    station.restart()
    station.drain()
    check_books(office, 1)
    assert set(rows(office, t.answers.c.user_id)) == {(writer,)}
    assert rows(office, t.interviews.c.user_id) == [(writer,)]
    (state,) = {state for state, epoch in rows(office, t.cases.c.state, t.cases.c.epoch) if epoch}
    assert state == CaseState.COMPLETE


def test_a_write_that_cannot_be_carried_out_is_kept_on_the_server_and_told(
    station: Station, office: Office, expect_log: object
) -> None:
    expect_log("outbox_refused")  # type: ignore[operator]
    station.outbox.put(
        "small",
        station.ctx.actor.user_id,
        "pc-1",
        AnswerEvent("e", "none", 1, 1, "x", "1", START, None, None),
    )
    station.drain()
    assert [kind for (kind,) in rows(office, t.conflicts.c.kind)] == ["answer"]
    (told,) = messages.waiting(office.ctx, office.programme)
    assert told.kind is Kind.LATE


def test_a_connection_kept_from_before_the_server_went_and_came_costs_nobody_a_refusal(
    station: Station, proxy: Proxy
) -> None:
    station.take()
    proxy.down()
    proxy.up()
    station.connect()
    assert station.runner.call.phase is Phase.CONNECTED


def test_a_thread_sends_as_soon_as_the_line_is_back(station: Station, proxy: Proxy, office: Office) -> None:
    sender = Sender(station.outbox, retry=0.01)
    # What a session before was refused says nothing of this one, whose first word is still under way.
    sender._refusal, greeted = unreachable(), Event()

    def greet(_ctx: Context) -> None:
        greeted.wait(60)

    sender.start(station.ctx, greet)
    assert sender.refusal is None
    greeted.set()
    assert sender.stop()
    station.take()
    station.connect()
    proxy.down()
    station.finish()
    sender.start(station.ctx)
    assert station.outbox.wait(lambda: sender.is_down, 30)
    assert not sender.is_through(30)
    proxy.up()
    assert station.outbox.wait(lambda: not len(station.outbox), 30)
    assert sender.stop()
    check_books(office, 1)
