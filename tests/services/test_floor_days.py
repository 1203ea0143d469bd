"""What people do in a day on a floor goes its way under row security."""

from __future__ import annotations

import uuid
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import text

from cati.base.errors import CatiError
from cati.domain.attendance import LOCAL
from cati.domain.call_effects import KeepTyped
from cati.domain.interview import Outcome
from cati.domain.messages import Kind
from cati.domain.ports import AnswerEvent, RecordingSummary, Speech
from cati.domain.queue import Fate
from cati.domain.sound import Heard
from cati.services import (
    appointments,
    attendance,
    call_backs,
    calls,
    floor,
    interviews,
    keys,
    messages,
    programmes,
    queue,
    recordings,
    sessions,
    sound_tests,
    users,
    wishes,
)
from cati.services.calls import Closing
from cati.services.context import Context
from cati.services.interviews import DatabaseAnswerLog
from cati.station import parallel
from cati.station.outbox import Outbox
from cati.station.sender import Sender
from cati.station.writing import ThroughOutbox
from tests.services.floors import OF_THE_TEST_SERVER, Floor, drop_roles, operator
from tests.station.desk import ANSWERS, Recorder
from tests.station.office import runner_of


def test_an_operator_claims_calls_and_settles_one_interview(made: Floor, bureau: Context) -> None:
    ctx = operator(made, bureau, "zhou")
    programme = programmes.get(ctx)
    case = queue.claim_next(ctx, programme)
    assert case is not None
    attempt, interview = str(uuid.uuid4()), str(uuid.uuid4())
    now = ctx.clock.now()
    calls.begin_attempt(
        ctx, programme, attempt_id=attempt, case_id=case.case_id, epoch=case.epoch, alternate=0, at=now
    )
    interviews.open_interview(
        ctx, interview_id=interview, case_id=case.case_id, cell_id=case.cell_id, language="zh", at=now
    )
    event = AnswerEvent(str(uuid.uuid4()), interview, 1, case.epoch, "item1", "fair", now, attempt, None)
    log = DatabaseAnswerLog(ctx)
    log.append(event)
    log.append(event)
    assert queue.heartbeat(ctx, case.case_id, case.epoch)
    closing = Closing(
        attempt_id=attempt,
        case_id=case.case_id,
        group=case.group_code,
        epoch=case.epoch,
        disposition="complete",
        ended_at=now + timedelta(seconds=9),
        connected_at=now,
        interview_id=interview,
        outcome=Outcome("complete", "complete", 3, 3, 3, False, Fraction(1)),
        answers={"item1": "fair"},
    )
    assert calls.close(ctx, programme, closing).fate is Fate.SETTLED
    # Asked once more, as after a broken line, it says the same.
    assert calls.close(ctx, programme, closing).fate is Fate.SETTLED
    with bureau.database.read() as connection:
        kept = connection.execute(
            text("select i.state, r.value from interviews i join responses r on r.interview_id = i.id")
        ).one()
    assert tuple(kept) == ("complete", "fair")


def test_a_station_sends_what_it_kept_by_the_rights_of_its_operator(
    made: Floor, bureau: Context, tmp_path: Path
) -> None:
    ctx = operator(made, bureau, "qian")
    with closing(Outbox(tmp_path, ctx.clock.now)) as outbox:
        sender = Sender(outbox)
        outbox.put("small", bureau.actor.user_id, "pc-x", KeepTyped("none", "", None, {}, 0))
        outbox.serve(ctx.actor.user_id)
        programme = programmes.get(ctx)
        writing = ThroughOutbox(ctx, programme, sender, patience=0)
        runner = runner_of(ctx, programme, tmp_path, writing=writing, recorder=Recorder())
        case = runner.claim()
        assert case is not None, "what another wrote holds nobody up"
        runner.take(case)
        runner.dial()
        runner.connect()
        runner.answer("yes")
        runner.redial()  # with the answer still here, so that this attempt is kept first too
        runner.connect()
        for value in ANSWERS[1:]:
            runner.answer(value)
        runner.keep()
        runner.settle("complete")
        while sender.send_first(ctx):
            pass
        outbox.serve(None)
        assert len(outbox) == 1, "what another wrote waits for that one"
    with bureau.database.read() as connection:
        called = connection.execute(
            text("select disposition, late from attempts where case_id = :case order by number"),
            {"case": case.case_id},
        )
        assert [tuple(row) for row in called] == [("dropped", False), ("complete", False)]
        answered = connection.execute(
            text("select count(*) from answers where user_id = :who"), {"who": ctx.actor.user_id}
        )
        assert answered.scalar_one() == len(ANSWERS)
        assert connection.execute(text("select count(*) from conflicts")).scalar_one() == 0


def test_what_comes_too_late_is_set_aside_by_whoever_wrote_it(
    made: Floor, bureau: Context, tmp_path: Path
) -> None:
    ctx = operator(made, bureau, "he")
    programme = programmes.get(ctx)
    with closing(Outbox(tmp_path, ctx.clock.now)) as outbox:
        sender = Sender(outbox)
        runner = runner_of(
            ctx, programme, tmp_path, writing=ThroughOutbox(ctx, programme, sender, patience=0)
        )
        case = runner.claim()
        assert case is not None
        runner.take(case)
        runner.dial()
        runner.connect()
        runner.answer("yes")
        while sender.send_first(ctx):
            pass
        runner.answer("fair")
        runner.redial()
        runner.end()
        runner.settle("no_answer")
        with made.server.connect(made.name) as keeper:
            keeper.execute(
                "update cases set lease_until = now() - interval '1 hour' where id = %s", [case.case_id]
            )
        queue._reap(bureau, programme.id)
        with made.server.connect(made.name) as keeper:
            keeper.execute("update cases set owner_id = null, owner_until = null where state = 2")
        elsewhere = runner_of(operator(made, bureau, "shi"), programme, tmp_path)
        found = elsewhere.claim()
        assert found is not None
        assert found.case_id == case.case_id
        elsewhere.take(found)
        elsewhere.dial()
        elsewhere.connect()
        elsewhere.answer("bad")
        while sender.send_first(ctx):
            pass
    with bureau.database.read() as connection:
        kinds = connection.execute(text("select kind, reason from conflicts order by kind")).all()
        attempts = connection.execute(
            text("select user_id, disposition, late from attempts where case_id = :case order by number"),
            {"case": case.case_id},
        ).all()
    assert {tuple(row) for row in kinds} == {("answer", "set_aside"), ("close", "set_aside")}
    assert len(attempts) == 3
    elsewhere.settle("refusal_final")


def seen(ctx: Context) -> list[int]:
    with ctx.database.read() as connection:
        return [
            connection.execute(text(f"select count(*) from {table}")).scalar_one()
            for table in ("cases", "contacts", "persons")
        ]


def test_whom_a_case_is_about_is_seen_while_it_is_held_and_shortly_after_a_cut(
    made: Floor, bureau: Context, tmp_path: Path
) -> None:
    ctx, loaded = operator(made, bureau, "lu"), programmes.get(bureau)
    with closing(Outbox(tmp_path, ctx.clock.now)) as outbox, made.server.connect(made.name) as keeper:
        sender = Sender(outbox)
        writing = ThroughOutbox(ctx, loaded, sender, patience=0)
        runner = runner_of(ctx, loaded, tmp_path, writing=writing, recorder=Recorder())
        case = runner.claim()
        assert case is not None
        runner.take(case)
        runner.dial()
        runner.connect()
        while sender.send_first(ctx):
            pass
        assert seen(ctx) == [1, 1, 1]
        keeper.execute("update cases set lease_until = now() - interval '16 minutes' where state = 1")
        assert seen(ctx) == [0, 0, 0], "long after the lease"
        queue._reap(bureau, loaded.id)
        assert seen(ctx) == [1, 1, 1], "kept for whoever was cut off"
        keeper.execute("update cases set epoch = epoch + 1 where state = 2")
        assert seen(ctx) == [0, 0, 0], "somebody had it meanwhile"
        keeper.execute("update cases set epoch = epoch - 1, not_before = not_before - interval '1 hour'")
        assert seen(ctx) == [0, 0, 0], "too long after the cut"
        messages.send(ctx, loaded, Kind.HELP, "?", case_id=case.case_id)
        # What was said is nevertheless taken in when it comes.
        runner.settle("refusal_final")
        while sender.send_first(ctx):
            pass
        assert keeper.execute("select count(*) from conflicts").fetchone() == (0,)
        assert keeper.execute("select disposition from attempts").fetchall() == [("refusal_final",)]
    assert wishes.of_number(bureau, loaded, case.contact.number.e164)
    assert seen(ctx) == [0, 0, 0]
    sent = messages.mine(ctx, loaded, case.lease_until - timedelta(hours=1))
    assert {told.unit for told in sent} == {case.unit_name}


def test_who_is_not_to_be_called_is_passed_over_though_no_operator_reads_the_list(
    made: Floor, bureau: Context
) -> None:
    ctx, loaded = operator(made, bureau, "jin"), programmes.get(bureau)
    first = queue.claim_next(ctx, loaded)
    assert first is not None
    wishes.add(bureau, loaded, first.contact.number.e164, "asked the hotline")
    with made.server.connect(made.name) as keeper:
        keeper.execute("update cases set lease_until = now() - interval '1 hour' where state = 1")
        queue._reap(bureau, loaded.id)
        second = queue.claim_next(ctx, loaded)
        assert second is not None
        assert second.case_id != first.case_id
        ended = keeper.execute("select disposition from cases where id = %s", [first.case_id]).fetchone()
    assert ended == ("refusal_final",)
    with pytest.raises(CatiError) as refused, ctx.database.read() as connection:
        connection.execute(text("select number_hash from wishes"))
    assert refused.value.code == "server_forbids"


def test_an_operators_whole_day_goes_on_under_row_security(made: Floor, bureau: Context) -> None:
    ctx, loaded = operator(made, bureau, "tian"), programmes.get(bureau)
    attendance.clock_in(ctx)
    sound_tests.passed(ctx, Heard.WELL)
    assert not sound_tests.due(ctx)
    assert attendance.colleagues(ctx, loaded) == ()
    assert users.languages_spoken(ctx, loaded) == ()
    assert keys.recording_public(ctx, loaded.id)
    assert recordings.unfinished(ctx) == ()
    queue.next_due(ctx, loaded)
    case = queue.claim_next(ctx, loaded)
    assert case is not None
    attempt, recording = str(uuid.uuid4()), str(uuid.uuid4())
    now = ctx.clock.now()
    calls.begin_attempt(
        ctx, loaded, attempt_id=attempt, case_id=case.case_id, epoch=case.epoch, alternate=0, at=now
    )
    recordings.register(ctx, recording_id=recording, attempt_id=attempt, file="a.crec", at=now)
    told = Speech(1000, (400,), 600, None, 200, 1, 0)
    recordings.finish(ctx, RecordingSummary(recording, None, 1000, 1, 900, True, False, None, told))
    for _twice in range(2):
        recordings.note_archived(ctx, recording, place="sftp://archive", size=900, sha256="0" * 64)
    for whoever in (ctx, bureau):
        assert [kept.place for kept in recordings.whereabouts(whoever, [recording])] == ["sftp://archive"]
    interviews.keep_typed(ctx, KeepTyped(attempt, "a note", None, {}, 0))
    messages.send(ctx, loaded, Kind.HELP, "please", case_id=case.case_id, attempt_id=attempt)
    assert len(messages.mine(ctx, loaded, now - timedelta(hours=1))) == 1
    agreed = Closing(
        attempt_id=attempt,
        case_id=case.case_id,
        group=case.group_code,
        epoch=case.epoch,
        disposition="appointment",
        ended_at=now,
        connected_at=now,
        not_before=now + timedelta(hours=2),
    )
    assert calls.close(ctx, loaded, agreed).fate is Fate.SETTLED
    (mine,) = appointments.own(ctx, loaded)
    assert mine in appointments.everybodys(ctx, loaded)
    appointments.move(ctx, loaded, mine, now + timedelta(hours=3))
    appointments.cancel(ctx, mine)
    assert len(calls.my_day(ctx, loaded, now.astimezone(LOCAL).date())) == 1
    # Who was called calls back, and wants never to be called again.
    again = call_backs.open_case(ctx, loaded, case.contact.phones[0].e164)
    assert again.case_id == case.case_id
    attempt = str(uuid.uuid4())
    calls.begin_attempt(
        ctx, loaded, attempt_id=attempt, case_id=case.case_id, epoch=again.epoch, alternate=0, at=now
    )
    refused = replace(
        agreed, attempt_id=attempt, epoch=again.epoch, disposition="refusal_final", not_before=None
    )
    assert calls.close(ctx, loaded, refused).fate is Fate.SETTLED
    assert wishes.of_number(bureau, loaded, case.contact.phones[0].e164)
    attendance.clock_out(ctx)
    sessions.sign_out(ctx)


def test_simulated_operators_fill_a_floor_and_are_let_in_no_more(made: Floor, bureau: Context) -> None:
    done = parallel.simulate(bureau, programmes.get(bureau), stations=2, seed=1)
    assert (done.interviews, done.cells, done.overshoot) == (6, 1, 0)
    with made.server.connect(made.name) as connection:
        held = connection.execute("select count(*) from cases where state = 1").fetchone()
        called = connection.execute(
            "select count(distinct user_id), bool_and(simulated), min(dialled_at) > now() - interval '1 hour'"
            " from attempts"
        ).fetchone()
        roles = connection.execute(
            "select count(*), bool_or(rolcanlogin) from pg_roles where rolname like %s",
            [f"simulated%{made.name}"],
        ).fetchone()
    assert (held, called, roles) == ((0,), (2, True, True), (2, False))
    assert {fault.code for fault in floor.check(made.keeper)} == OF_THE_TEST_SERVER
    drop_roles(made.server, f"simulated%{made.name}")


def test_more_stations_than_the_server_has_room_for_are_refused(made: Floor, bureau: Context) -> None:
    with pytest.raises(CatiError) as refusal:
        parallel.simulate(bureau, programmes.get(bureau), stations=256, seed=1)
    assert refusal.value.code == "too_few_connections"
