"""What somebody wrote on a station is sent by whoever signs in there next, who can add nothing to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from cati.base.errors import CatiError
from cati.domain.ports import AnswerEvent
from cati.domain.users import Role
from cati.domain.writes import Closing, Envelope, SignedOut, WentHome, encode
from cati.services import attendance, deliveries, programmes, queue, sessions, users
from cati.services.context import Context
from cati.station.outbox import Outbox
from cati.station.runner import CallRunner
from cati.station.sender import Sender, serve
from cati.station.writing import ThroughOutbox
from cati.store import users as user_store
from cati.store.engine import Connection, Database
from tests.services.floors import Floor, operator
from tests.station.desk import ANSWERS, Recorder
from tests.station.office import runner_of


@dataclass
class Left:
    """A station where one operator wrote something down that another finds there."""

    outbox: Outbox
    writer: Context
    sender: Context
    runner: CallRunner

    def send(self, session: Context) -> None:
        serve(self.outbox, session)
        sender = Sender(self.outbox)
        while sender.send_first(session):
            pass

    def envelope(self, kind: type) -> tuple[Envelope, bytes]:
        """The last write of a kind, and what proves it."""
        found = [one for one in self.outbox.kept() if isinstance(one.envelope.write, kind)][-1]
        assert found.proof is not None
        return found.envelope, found.proof.mac


@pytest.fixture
def left(made: Floor, bureau: Context, tmp_path: Path) -> Iterator[Left]:
    writer, colleague = operator(made, bureau, "xie"), operator(made, bureau, "song")
    programme = programmes.get(writer)
    with closing(Outbox(tmp_path, writer.clock.now)) as outbox:
        outbox.serve(writer.actor.user_id)
        writing = ThroughOutbox(writer, programme, Sender(outbox), patience=0)
        runner = runner_of(writer, programme, tmp_path, writing=writing, recorder=Recorder())
        case = runner.claim()
        assert case is not None
        runner.take(case)
        runner.dial()
        runner.connect()
        for value in ANSWERS:
            runner.answer(value)
        runner.note("听得清")
        runner.keep()
        runner.settle("complete")
        attendance.clock_in(writer)
        assert not writing.go_home()
        sessions.sign_out(writer)
        yield Left(outbox, writer, colleague, runner)


def stored(database: Database, statement: str) -> list[tuple[object, ...]]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_a_colleague_sends_it_and_the_writer_stays_named(left: Left, bureau: Context) -> None:
    writer, sender = left.writer.actor.user_id, left.sender.actor.user_id
    left_at = datetime(2024, 2, 21, 2, 0, tzinfo=UTC)
    left.outbox.put("small", writer, "pc-xie", SignedOut(left_at), left.writer.keys.proof_key)
    # Whatever became of the writer since.
    users.disable_user(bureau, left.writer.actor.login)
    left.send(left.sender)
    assert len(left.outbox) == 0
    database = bureau.database
    assert stored(database, "select distinct user_id from answers") == [(writer,)]
    assert stored(database, "select state, user_id from interviews") == [("complete", writer)]
    assert stored(database, "select completed, reserved from cells") == [(1, 0)]
    assert stored(database, "select disposition, note, user_id from attempts") == [
        ("complete", "听得清", writer)
    ]
    assert stored(database, "select count(*) from responses") == [(len(ANSWERS),)]
    assert stored(database, "select complete from recordings") == [(True,)]
    assert stored(database, "select id from conflicts") == []
    home = left.envelope(WentHome)[0]
    assert isinstance(home.write, WentHome)
    gone = [("in", None), ("out", home.id)]
    assert stored(database, "select event, write_id from attendance order by id") == gone
    ((at,),) = stored(database, "select at from attendance where event = 'out'")
    assert isinstance(at, datetime)
    assert abs(at - home.write.at) < timedelta(seconds=30)
    (noted,) = stored(
        database, "select user_id, detail ->> 'writer' from audit where action = 'case_settled'"
    )
    assert noted == (sender, str(writer))
    left.outbox.send_again()
    left.send(left.sender)
    assert stored(database, "select count(*) from answers") == [(len(ANSWERS),)]
    assert stored(database, "select completed, reserved from cells") == [(1, 0)]
    assert stored(database, "select event, write_id from attendance order by id") == gone
    told = "select user_id, detail ->> 'writer', detail ->> 'moment' from audit where action like '%_offline'"
    assert stored(database, told) == [(sender, str(writer), "2024-02-21 10:00:00")]


def test_a_colleague_sends_the_end_of_a_call_whose_hold_had_lapsed(
    left: Left, made: Floor, bureau: Context
) -> None:
    serve(left.outbox, left.sender)
    carrying = Sender(left.outbox)
    while (one := left.outbox.first()) is not None and not isinstance(one.envelope.write, Closing):
        carrying.send_first(left.sender)
    with made.server.connect(made.name) as keeper:
        keeper.execute("update cases set lease_until = now() - interval '1 hour' where state = 1")
    queue._reap(bureau, programmes.get(bureau).id)
    database = bureau.database
    assert stored(database, "select disposition, ended_at from attempts") == [("interrupted", None)]
    left.send(left.sender)
    end = left.envelope(Closing)[0].write
    assert isinstance(end, Closing)
    kept = "select disposition, note, connected_at, ended_at, late from attempts"
    told = [("complete", "听得清", end.connected_at, end.ended_at, True)]
    assert stored(database, kept) == told
    assert stored(database, "select completed, reserved from cells") == [(1, 0)]
    # What has ended stays as it ended: not even its writer says otherwise later.
    with left.writer.database.write() as connection:
        connection.execute(text("update attempts set disposition = 'refusal', note = 'otherwise'"))
    assert stored(database, kept) == told


def test_what_is_not_proven_waits_for_its_writer_and_holds_nobody_up(
    left: Left, made: Floor, bureau: Context
) -> None:
    with left.outbox._changed:
        left.outbox._connection.execute("update writes set mac = zeroblob(32)")
    left.send(left.sender)
    assert len(left.outbox) == 0
    assert stored(bureau.database, "select id from answers") == []
    watching = made.hire(bureau, "guan", Role.SUPERVISOR)
    left.send(watching)
    left.send(made.enter("xie"))
    assert stored(bureau.database, "select count(*) from answers") == [(len(ANSWERS),)]


def test_a_colleague_cannot_change_what_was_written(left: Left) -> None:
    envelope, mac = left.envelope(AnswerEvent)
    assert isinstance(envelope.write, AnswerEvent)
    for changed in (
        replace(envelope, write=replace(envelope.write, value="bad")),
        replace(envelope, user_id=left.sender.actor.user_id),
    ):
        with left.sender.database.write() as connection:
            assert not user_store.vouch(connection, encode(changed), mac)
    with pytest.raises(CatiError) as refused:
        deliveries.acting_for(left.sender, envelope)
    assert refused.value.code == deliveries.NOT_PROVEN


def assert_vouched(connection: Connection, envelope: Envelope, mac: bytes) -> None:
    assert user_store.vouch(connection, encode(envelope), mac)


ANSWER = (
    "insert into answers (id, interview_id, attempt_id, seq, epoch, item, value, user_id, at) "
    "select 'x', interview, attempt, 90, epoch, {item}, {value}, {user}, now() from given"
)
SETTLE = (
    "select settle_case(given.case_id, given.epoch, {user}, null, 'final', {disposition}, null, null, null, "
    "false, null, null) from given"
)


FORBIDDEN: tuple[tuple[type, str], ...] = (
    (AnswerEvent, ANSWER.format(item="'item1'", value="'satisfied'", user="{writer}")),
    (AnswerEvent, ANSWER.format(item="'closing'", value="'read'", user="{sender}")),
    (AnswerEvent, SETTLE.format(user="{writer}", disposition="'complete'")),
    (Closing, SETTLE.format(user="{writer}", disposition="'refusal'")),
    (
        Closing,
        "insert into responses (interview_id, item, value, on_path) "
        "select interview, 'item1', 'satisfied', true from given",
    ),
    (Closing, "select lock_of({writer})"),
    (Closing, "insert into attendance (user_id, event, at, station) values ({writer}, 'in', now(), 'x')"),
    (WentHome, "insert into attendance (user_id, event, at, station) values ({writer}, 'out', now(), 'x')"),
)


def test_a_transaction_that_was_vouched_for_takes_nothing_else(left: Left) -> None:
    # All but the end is there already, so that only what is refused is missing.
    serve(left.outbox, left.sender)
    carrying = Sender(left.outbox)
    while (one := left.outbox.first()) is not None and not isinstance(one.envelope.write, Closing):
        carrying.send_first(left.sender)
    end = left.envelope(Closing)[0].write
    assert isinstance(end, Closing)
    given = (
        f"with given as (select '{end.interview_id}' interview, '{end.attempt_id}' attempt, "
        f"{end.epoch} epoch, {end.case_id}::bigint case_id) "
    )
    who = {"writer": left.writer.actor.user_id, "sender": left.sender.actor.user_id}
    for kind, statement in FORBIDDEN:
        envelope, mac = left.envelope(kind)
        database = left.sender.database.preceded(partial(assert_vouched, envelope=envelope, mac=mac))
        with pytest.raises(CatiError) as refused, database.write() as connection:
            connection.execute(text(given + statement.format(**who)))
        assert refused.value.code == "server_forbids", statement


def test_the_key_of_another_is_shown_to_nobody(left: Left) -> None:
    for table in ("proof_keys", "relayed"):
        with pytest.raises(CatiError), left.sender.database.read() as connection:
            connection.execute(text(f"select * from {table}"))
