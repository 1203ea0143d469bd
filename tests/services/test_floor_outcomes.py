"""On a floor a case ends only with what its calls can have come to, and what was answered always counts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cati.base.errors import CatiError
from cati.domain.call import Phase
from cati.domain.queue import Assignment, CaseState
from cati.domain.users import Role
from cati.services import board, calls, late_work, messages, programmes, queue
from cati.services.context import Context
from cati.station.outbox import Outbox
from cati.station.runner import CallRunner
from cati.station.sender import Sender
from cati.station.writing import ThroughOutbox
from cati.store.engine import Database
from cati.store.floor import make_roles
from tests.services.floors import Floor, operator
from tests.station.desk import ANSWERS, Recorder
from tests.station.office import runner_of

SETTLE = (
    "select settle_case({case}, {epoch}, {me}, null, '{kind}', '{disposition}', null, {owner}, null, false, "
    "{barred}, null)"
)
OUTCOMES = (
    # (as it is told, whether a call can have come to it)
    ({"kind": "complete", "disposition": "complete"}, False),
    ({"kind": "final", "disposition": "complete"}, True),
    ({"kind": "final", "disposition": "no_answer"}, False),
    ({"kind": "callback", "disposition": "refusal"}, False),
    ({"kind": "callback", "disposition": "no_answer", "owner": "{me}"}, False),
    ({"kind": "appointment", "disposition": "appointment", "owner": "{other}"}, False),
    ({"kind": "callback", "disposition": "language", "barred": "{other}"}, False),
    ({"kind": "whatever", "disposition": "busy"}, False),
    ({"kind": "callback", "disposition": "busy"}, True),
)


def told(ctx: Context, statement: str) -> bool:
    """Whether the server takes a statement, which is undone again."""
    try:
        with ctx.database.write() as connection:
            connection.execute(text(statement))
            connection.rollback()
    except CatiError as refused:
        if refused.code != "server_forbids":
            raise
        return False
    return True


def test_a_case_ends_with_what_its_calls_can_have_come_to_whatever_is_asked(
    made: Floor, bureau: Context
) -> None:
    ctx, loaded = operator(made, bureau, "kong"), programmes.get(bureau)
    case = queue.claim_next(ctx, loaded)
    assert case is not None
    who = {"me": ctx.actor.user_id, "other": bureau.actor.user_id}
    plain: dict[str, Any] = {"case": case.case_id, "epoch": case.epoch, "owner": "null", "barred": "null"}

    def settle(outcome: dict[str, str]) -> bool:
        return told(ctx, SETTLE.format(**plain | outcome, **who).format(**who))

    assert not any(settle(outcome) for outcome, _ in OUTCOMES), "nobody was called"
    assert not told(ctx, f"select close_held_case({case.case_id}, 'no_answer', null)")
    assert told(ctx, f"select close_held_case({case.case_id}, 'refusal_final', null)")
    now = ctx.clock.now()
    calls.begin_attempt(
        ctx, loaded, attempt_id="a", case_id=case.case_id, epoch=case.epoch, alternate=0, at=now
    )
    assert [settle(outcome) for outcome, _ in OUTCOMES] == [can for _, can in OUTCOMES]
    ends = "update attempts set disposition = '{}', ended_at = now(){} where id = 'a'"
    assert not told(ctx, ends.format("refusal_final", ""))
    assert told(ctx, ends.format("refusal_final", ", connected_at = now()"))
    assert told(ctx, ends.format("busy", ""))


class Cut:
    """An interview of which every question was answered when its station stopped."""

    def __init__(self, made: Floor, bureau: Context, folder: Path) -> None:
        self.made, self.bureau, self.folder = made, bureau, folder
        self.loaded = programmes.get(bureau)
        self.asked = operator(made, bureau, "meng")
        runner = runner_of(self.asked, self.loaded, folder, recorder=Recorder())
        case = runner.claim()
        assert case is not None
        self.case_id = case.case_id
        runner.take(case)
        runner.dial()
        runner.connect()
        for value in ANSWERS:
            runner.answer(value)
        self.lapse()

    def lapse(self) -> None:
        self.keep("update cases set lease_until = now() - interval '1 hour' where state = 1")
        queue._reap(self.bureau, self.loaded.id)

    def keep(self, statement: str) -> list[Any]:
        with self.made.server.connect(self.made.name) as keeper:
            done = keeper.execute(statement)
            return done.fetchall() if done.description else []

    def go_on(self, ctx: Context, outbox: Outbox) -> CallRunner:
        outbox.serve(ctx.actor.user_id)
        writing = ThroughOutbox(ctx, self.loaded, Sender(outbox), patience=0)
        runner = runner_of(ctx, self.loaded, self.folder, writing=writing, recorder=Recorder())
        case = runner.claim()
        assert case is not None
        assert case.case_id == self.case_id
        runner.take(case)
        assert runner.call.phase is Phase.WRAP_UP
        return runner

    def assert_counted(self, late: bool) -> None:
        assert self.keep("select completed, reserved, overshoot from cells") == [(1, 0, 0)]
        assert self.keep("select state, late from interviews") == [("complete", late)]
        assert self.keep("select user_id, disposition, late from attempts") == [
            (self.asked.actor.user_id, "complete", late)
        ]
        assert self.keep("select count(*) from responses") == [(len(ANSWERS),)]
        assert self.keep("select id from conflicts") == []


def send(outbox: Outbox, ctx: Context) -> None:
    sender = Sender(outbox)
    while sender.send_first(ctx):
        pass


def test_whoever_was_cut_off_after_the_last_answer_ends_it_though_the_hold_lapses_again(
    made: Floor, bureau: Context, tmp_path: Path
) -> None:
    cut = Cut(made, bureau, tmp_path)
    with closing(Outbox(tmp_path, bureau.clock.now)) as outbox:
        cut.go_on(cut.asked, outbox).settle("complete")
        cut.lapse()
        for _ in range(2):
            send(outbox, cut.asked)
            cut.assert_counted(late=True)
            outbox.send_again()


def test_a_colleague_ends_what_somebody_was_cut_off_in_after_the_last_answer(
    made: Floor, bureau: Context, tmp_path: Path
) -> None:
    cut = Cut(made, bureau, tmp_path)
    cut.keep("update cases set owner_id = null, owner_until = null")
    colleague = operator(made, bureau, "cao")
    with closing(Outbox(tmp_path, bureau.clock.now)) as outbox:
        cut.go_on(colleague, outbox).settle("complete")
        # A colleague's call is not the place for anything but its outcome.
        assert told(colleague, "update attempts set note = 'x', ended_at = now(), disposition = 'complete'")
        assert not told(colleague, "update attempts set disposition = 'busy', ended_at = now()")
        for _ in range(2):
            send(outbox, colleague)
            cut.assert_counted(late=False)
            outbox.send_again()


def put_back(made: Floor, source: str, target: str) -> None:
    """Make a database anew as a copy of another, to which nobody is connected, with who may connect."""
    for session in made.sessions:
        session.database.close()
    made.server.drop(target)
    made.server.create(target, template=source)
    with closing(Database(made.server.url(target))) as keeper, keeper.write() as connection:
        make_roles(connection, made.name)


class Desk:
    """An operator's station with an outbox of its own."""

    def __init__(self, made: Floor, bureau: Context, folder: Path, name: str) -> None:
        self.ctx, self.loaded = operator(made, bureau, name), programmes.get(bureau)
        self.folder = folder / name
        self.folder.mkdir()
        self.outbox = Outbox(self.folder, self.ctx.clock.now)
        self.outbox.serve(self.ctx.actor.user_id)
        self.sender = Sender(self.outbox)
        self.runner = self.seated()

    def seated(self) -> CallRunner:
        writing = ThroughOutbox(self.ctx, self.loaded, self.sender, patience=0)
        return runner_of(self.ctx, self.loaded, self.folder, writing=writing, recorder=Recorder())

    def call(self) -> Assignment:
        case = self.runner.claim()
        assert case is not None
        self.runner.take(case)
        self.runner.dial()
        return case

    def talk(self, *answers: str) -> None:
        if self.runner.call.phase is Phase.DIALLING:
            self.runner.connect()
        for value in answers:
            self.runner.answer(value)

    def send(self) -> None:
        while self.sender.send_first(self.ctx):
            pass
        assert len(self.outbox) == 0


def test_what_became_of_cases_handed_out_since_a_backup_is_decided_by_the_supervisor(
    made: Floor, bureau: Context, tmp_path: Path, expect_log: Callable[[str], None]
) -> None:
    expect_log("outbox_refused")
    loaded, copy = programmes.get(bureau), f"{made.name}_copy"
    first, second, third = (Desk(made, bureau, tmp_path, name) for name in ("pan", "tao", "yin"))
    lead = made.hire(bureau, "guan", Role.SUPERVISOR)
    with closing(first.outbox), closing(second.outbox), closing(third.outbox):
        try:
            put_back(made, made.name, copy)
            whole = first.call()
            first.talk(*ANSWERS[:2])
            unanswered = second.call()
            second.runner.end()
            second.runner.settle("no_answer")
            second.send()
            begun = second.call()
            second.talk(*ANSWERS[:2])
            spoken = third.call()
            third.talk(*ANSWERS[:2])
            for desk in (first, second, third):
                desk.send()
            put_back(made, copy, made.name)
        finally:
            made.server.drop(copy)
        # The interview in hand goes on; of its beginning the server knows nothing any more.
        first.talk(ANSWERS[2])
        first.send()
        doing = {line.user_id: line for line in board.today(lead, loaded)}
        line = doing[first.ctx.actor.user_id]
        assert (line.activity, line.case_id) == (board.Activity.UNKNOWN, whole.case_id)
        first.talk(*ANSWERS[3:])
        first.runner.keep()
        first.runner.settle("complete")
        first.send()
        assert all(line.activity is not board.Activity.UNKNOWN for line in board.today(lead, loaded))
        assert_taken_over(lead, first.ctx, whole.case_id)
        # What is sent once more, and a message settled twice, change nothing.
        books = (
            "attempts",
            "interviews",
            "answers",
            "responses",
            "recordings",
            "conflicts",
            "messages",
            "cells",
        )

        def kept() -> list[Any]:
            with bureau.database.read() as connection:
                return [
                    connection.execute(text(f"select * from {table} order by 1, 2")).all() for table in books
                ]

        before = kept()
        first.outbox.send_again()
        first.send()
        assert kept() == before
        # Whom a colleague has on the desk and has not dialled yet is taken off it.
        other = queue.claim_next(first.ctx, loaded)
        assert other is not None
        assert other.case_id == unanswered.case_id
        second.outbox.send_again()
        second.send()
        assert_ended_after_taking_over(lead, third, spoken)

    def stands(case: Assignment) -> CaseState:
        with bureau.database.read() as connection:
            found = connection.execute(text("select state from cases where id = :id"), {"id": case.case_id})
            return CaseState(found.scalar_one())

    def places() -> tuple[int, ...]:
        with bureau.database.read() as connection:
            return tuple(connection.execute(text("select completed, reserved, overshoot from cells")).one())

    assert (stands(unanswered), stands(begun), places()) == (CaseState.ASIDE, CaseState.ASIDE, (1, 0, 0))
    asked = {one.case_id: one.id for one in messages.waiting(lead, loaded)}
    assert asked.keys() == {unanswered.case_id, begun.case_id}
    assert_taken_over_after_all(lead, third.ctx, asked[unanswered.case_id], unanswered.case_id)
    assert (stands(unanswered), places()) == (CaseState.CALLBACK, (1, 0, 0))
    # An interview without an end goes on where it stopped, with whoever held it.
    messages.settle(lead, loaded, asked[begun.case_id])
    assert stands(begun) is CaseState.CALLBACK
    with closing(Outbox(second.folder, second.ctx.clock.now)) as outbox:
        outbox.serve(second.ctx.actor.user_id)
        second.outbox, second.sender = outbox, Sender(outbox)
        second.runner = second.seated()
        resumed = second.call()
        assert resumed.case_id == begun.case_id
        assert resumed.interview is not None
        assert len(resumed.interview.answers) == 2
        second.talk(*ANSWERS[2:])
        second.runner.settle("complete")
        second.send()
    assert (stands(begun), places()) == (CaseState.COMPLETE, (2, 0, 0))
    assert messages.waiting(lead, loaded) == ()
    # Had the person been called again by that, it would be too late now.
    number = asked[begun.case_id]
    with bureau.database.write() as connection:
        connection.execute(text("update messages set again = true where id = :id"), {"id": number})
    assert refused(lambda: messages.settle_after_all(lead, loaded, number)).code == "called_since"


def refused(deed: Callable[[], object]) -> CatiError:
    with pytest.raises(CatiError) as refusal:
        deed()
    return refusal.value


def assert_taken_over_after_all(lead: Context, ctx: Context, number: int, case_id: int) -> None:
    """Whoever let a person be called again takes the work over as long as nobody called, and nobody twice."""
    loaded = programmes.get(lead)

    def after_all() -> None:
        messages.settle_after_all(lead, loaded, number)

    assert refused(after_all).code == "nothing_left", "it waits still"
    messages.settle(lead, loaded, number, again=True)
    (left,) = (one for one in messages.decided(lead, loaded) if one.id == number)
    assert (left.again, left.settled_by) == (True, lead.actor.name)
    on_desk = queue.claim_next(ctx, loaded)
    assert on_desk is not None
    assert on_desk.case_id == case_id
    assert refused(after_all).code == "case_on_desk"
    assert next(one for one in messages.decided(lead, loaded) if one.id == number).again, (
        "nothing was changed"
    )
    assert queue.hand_over(ctx, on_desk.case_id, on_desk.epoch)
    after_all()
    second = refused(after_all)
    assert (second.code, lead.actor.name in str(second)) == ("message_settled", True)
    with lead.database.read() as connection:
        said = connection.execute(
            text("select disposition, late from attempts where case_id = :id"), {"id": case_id}
        )
        assert [tuple(one) for one in said] == [("no_answer", True)]


def assert_taken_over(lead: Context, ctx: Context, case_id: int) -> None:
    """An interview of which nothing was known is held, shown, and stored when the supervisor says so."""
    loaded = programmes.get(lead)
    with lead.database.read() as connection:
        aside = connection.execute(text("select kind, document from conflicts")).all()
        stands = connection.execute(text("select completed, reserved, overshoot from cells")).one()
    assert tuple(stands) == (0, 0, 0)
    said = {kept["seq"]: kept["value"] for kind, kept in aside if kind == "answer"}
    assert tuple(said[seq] for seq in sorted(said)) == ANSWERS
    assert {kind for kind, _kept in aside} >= {"begin", "open", "answer", "close"}
    told = messages.waiting(lead, loaded)
    assert {(one.kind, one.text, one.operator_id) for one in told} == {
        (messages.Kind.LATE, "work_held", ctx.actor.user_id)
    }
    (message,) = told
    assert message.case_id == case_id
    shown = late_work.of_message(lead, loaded, message.id, "zh")
    assert len([late for late in shown if late.kind == "answer"]) == len(ANSWERS)
    state = text("select state from cases where id = :id")
    with lead.database.read() as connection:
        assert connection.execute(state, {"id": case_id}).scalar_one() == CaseState.ASIDE
    assert messages.take_over_all(lead, loaded) == (1, 0)
    with pytest.raises(CatiError, match="settled"):
        messages.settle(lead, loaded, message.id)
    with lead.database.read() as connection:
        case = connection.execute(text("select state, attempts from cases where id = :id"), {"id": case_id})
        assert tuple(case.one()) == (CaseState.COMPLETE, 1)
        stands = connection.execute(text("select completed, reserved, overshoot from cells")).one()
        assert tuple(stands) == (1, 0, 0)
        called = connection.execute(text("select user_id, disposition, late from attempts")).all()
        assert [tuple(one) for one in called] == [(ctx.actor.user_id, "complete", True)]
        kept = connection.execute(text("select value from answers order by seq")).scalars().all()
        assert tuple(kept) == ANSWERS
        counts = "select state, late, counted, (select count(*) from responses) from interviews"
        interview = connection.execute(text(counts)).one()
        assert (interview[0], interview[1], interview[3]) == ("complete", True, len(ANSWERS))
        assert interview[2] > 0
        assert connection.execute(text("select complete, duration_ms > 0 from recordings")).all() == [
            (True, True)
        ]


def assert_ended_after_taking_over(lead: Context, desk: Desk, case: Assignment) -> None:
    """What is taken over in the middle of a call ends as that call: nobody is called who then refused."""
    desk.talk(ANSWERS[2])
    desk.send()
    loaded = programmes.get(lead)
    (asked,) = (one.id for one in messages.waiting(lead, loaded) if one.case_id == case.case_id)
    messages.settle(lead, loaded, asked)
    desk.runner.end()
    desk.runner.settle("refusal_final")
    desk.send()
    ended = text("select state, disposition from cases where id = :id")
    with lead.database.read() as connection:
        found = tuple(connection.execute(ended, {"id": case.case_id}).one())
    assert found == (CaseState.CLOSED, "refusal_final")
    (told,) = (one for one in messages.waiting(lead, loaded) if one.case_id == case.case_id)
    assert told.text == "late_settled"
    messages.settle(lead, loaded, told.id, "已阅")


def test_how_a_call_ended_is_written_down_once_and_never_passed_over(made: Floor, bureau: Context) -> None:
    ctx, loaded = operator(made, bureau, "yan"), programmes.get(bureau)
    case = queue.claim_next(ctx, loaded)
    assert case is not None
    now = ctx.clock.now()
    calls.begin_attempt(
        ctx, loaded, attempt_id="a", case_id=case.case_id, epoch=case.epoch, alternate=0, at=now
    )

    def end(attempt_id: str, disposition: str) -> None:
        calls.end_attempt(
            ctx,
            attempt_id=attempt_id,
            disposition=disposition,
            note="",
            prompted=False,
            connected_at=None,
            ended_at=now,
        )

    end("a", "dropped")
    end("a", "dropped")
    for attempt_id, disposition in (("a", "busy"), ("unknown", "dropped")):
        with pytest.raises(CatiError) as refused:
            end(attempt_id, disposition)
        assert refused.value.code == "attempt_ended_otherwise"
