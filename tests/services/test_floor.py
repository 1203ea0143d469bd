"""On a floor everybody is who the server let in: one interview goes its way under row security."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import Table, text
from sqlalchemy.engine import make_url

from cati import bootstrap
from cati.base import settings
from cati.base.clock import SystemClock
from cati.base.errors import CatiError
from cati.cli.main import run
from cati.domain.attendance import LOCAL
from cati.domain.call_effects import KeepTyped
from cati.domain.interview import Outcome
from cati.domain.messages import Kind
from cati.domain.ports import AnswerEvent
from cati.domain.queue import Fate
from cati.domain.sound import Heard
from cati.domain.users import Role
from cati.domain.writes import Envelope
from cati.sealing import passwords as locks
from cati.services import (
    appointments,
    attendance,
    board,
    browse,
    call_backs,
    calls,
    clearances,
    deliveries,
    draws,
    floor,
    interviews,
    keys,
    messages,
    overview,
    passwords,
    programmes,
    queue,
    quotas,
    rates,
    recordings,
    review,
    sound_tests,
    users,
    wishes,
)
from cati.services.calls import Closing
from cati.services.context import Context
from cati.services.interviews import DatabaseAnswerLog
from cati.station.outbox import Outbox
from cati.station.sender import Sender
from cati.station.writing import ThroughOutbox
from cati.store.engine import Database
from cati.store.floor import make_roles
from cati.store.grants import FUNCTIONS, GRANTS
from cati.store.tables import metadata
from tests.rig.postgres import Postgres
from tests.services.fieldwork import add_list, numbers
from tests.station.desk import ANSWERS, Recorder
from tests.station.office import PARTIES, PASSWORD, PUBLIC, programme_of, runner_of


@dataclass
class Floor:
    """A floor with a drawn programme.

    Attributes:
        keeper: address with the server's superuser.
        mark: the end of every login: roles belong to the whole server.
    """

    server: Postgres
    name: str
    keeper: str
    address: str
    mark: str
    sessions: list[Context]

    def enter(self, name: str, password: str = PASSWORD) -> Context:
        session = users.enter_floor(self.address, SystemClock(), self.login(name), password, f"pc-{name}")
        self.sessions.append(session)
        return session

    def login(self, name: str) -> str:
        return f"{name}-{self.mark}"

    def hire(self, bureau: Context, name: str, *roles: Role) -> Context:
        users.add_user(bureau, self.login(name), f"员{name}", roles, PASSWORD)
        return self.enter(name)


def start_floor(server: Postgres) -> Floor:
    name = f"f_{uuid.uuid4().hex[:12]}"
    server.create(name)
    keeper = server.url(name)
    # `set` takes None for "as it is".
    address = make_url(keeper)._replace(username=None).render_as_string()
    made = Floor(server, name, keeper, address, name[2:8], [])
    floor.init(
        keeper,
        SystemClock(),
        login=made.login("bureau"),
        name="局",
        password=PASSWORD,
        station="pc-keeper",
    )
    return made


def drop_roles(server: Postgres, pattern: str, but: str = "") -> None:
    with server.connect("postgres") as connection:
        found = connection.execute(
            "select rolname from pg_roles where rolname like %s and rolname <> %s", (pattern, but)
        ).fetchall()
        for (role,) in found:
            connection.execute(f'drop role "{role}"')


@pytest.fixture(scope="module")
def furnished_floor(
    postgres_server: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Floor, str]]:
    """A floor whose bureau has a drawn programme, and the database that it is copied from for each test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locks, "COST", locks.Cost(passes=1, memory_kib=8))
        found = start_floor(postgres_server)
        with closing(found.enter("bureau").database):
            ctx = found.sessions.pop()
            plain = programme_of(quotas=(6,))
            lasting = replace(plain, settings=replace(plain.settings, expires=None))
            loaded = programmes.store_programme(ctx, lasting)
            add_list(ctx, loaded, ("u1", "g1"), numbers(int(found.mark, 16) % 1000, 12))
            draws.draw(ctx, loaded, parties=PARTIES, public=PUBLIC, out=tmp_path_factory.mktemp("draw"))
        kept = f"{found.name}_kept"
        postgres_server.create(kept, template=found.name)
        yield found, kept
    for name in (found.name, kept):
        postgres_server.drop(name)
    for pattern in (f"%-{found.mark}", f"{found.name}%"):
        drop_roles(postgres_server, pattern)


@pytest.fixture
def made(
    furnished_floor: tuple[Floor, str], postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Floor]:
    """The floor as it was in the beginning: roles know it by its name, so it is made anew under the same."""
    monkeypatch.setattr(locks, "COST", locks.Cost(passes=1, memory_kib=8))
    found, kept = furnished_floor
    postgres_server.drop(found.name)
    postgres_server.create(found.name, template=kept)
    # Who may connect is no part of a copy.
    with closing(Database(found.keeper)) as keeper, keeper.write() as connection:
        make_roles(connection, found.name)
    yield found
    while found.sessions:
        found.sessions.pop().database.close()
    drop_roles(postgres_server, f"%-{found.mark}", but=found.login("bureau"))


@pytest.fixture
def bureau(made: Floor) -> Context:
    """The bureau, signed in, with a drawn programme."""
    return made.enter("bureau")


def operator(made: Floor, bureau: Context, name: str) -> Context:
    ctx = made.hire(bureau, name, Role.OPERATOR)
    programme = programmes.get(ctx)
    with bureau.database.write() as connection:
        clearances.clear_for_invented(bureau, connection, programme.id, ctx.actor.user_id)
    return ctx


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
        with bureau.database.write() as connection:
            connection.execute(
                text("update cases set lease_until = now() - interval '1 hour' where id = :case"),
                {"case": case.case_id},
            )
        queue._reap(bureau, programme.id)
        with bureau.database.write() as connection:
            connection.execute(text("update cases set owner_id = null, owner_until = null where state = 2"))
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


def test_nobody_acts_for_somebody_else(made: Floor, bureau: Context) -> None:
    ctx, colleague = operator(made, bureau, "wu"), operator(made, bureau, "sun")
    other = replace(ctx, actor=colleague.actor)
    with pytest.raises(CatiError) as refusal:
        queue.heartbeat(other, 1, 1)
    assert refusal.value.code == "server_forbids"


def test_a_wrong_password_is_refused_as_everywhere(made: Floor) -> None:
    for login in ("bureau", "nobody"):
        with pytest.raises(CatiError) as refusal:
            made.enter(login, "quite another 2")
        assert refusal.value.code == "sign_in_refused"


def test_a_fresh_floor_has_no_fault_but_the_test_servers_missing_tls(made: Floor) -> None:
    assert {fault.code for fault in floor.check(made.keeper)} == {"tls"}


def test_a_database_in_use_is_refused(made: Floor) -> None:
    with pytest.raises(CatiError) as refusal:
        floor.init(
            made.keeper, SystemClock(), login="late", name="late", password=PASSWORD, station=os.devnull
        )
    assert refusal.value.code == "floor_taken"


def psql(made: Floor, login: str, script: str) -> str:
    """What Debian's psql prints of a script, signed in as this person."""
    return subprocess.run(
        [
            "psql",
            "-X",
            "-q",
            "-A",
            "-t",
            "-h",
            "127.0.0.1",
            "-p",
            str(made.server.port),
            "-U",
            login,
            made.name,
        ],
        input=script,
        env={**os.environ, "PGPASSWORD": PASSWORD},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def asked(table: Table) -> dict[tuple[str, str], str]:
    """A statement that changes and shows nothing, for every verb and column it can be granted for."""
    statements = {("delete", ""): f"delete from {table.name} where false"}
    for column in table.c:
        name = f'"{column.name}"'
        statements["select", column.name] = f"select {name} from {table.name} limit 0"
        statements["insert", column.name] = f"insert into {table.name} ({name}) select null where false"
        statements["update", column.name] = f"update {table.name} set {name} = null where false"
    return statements


def granted(role: Role, table: str, verb: str, column: str) -> bool:
    return any(
        grant.table == table
        and role in grant.roles
        and verb in grant.verbs
        and (not grant.columns or column in grant.columns)
        for grant in GRANTS
    )


@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_what_is_listed_and_nothing_else(made: Floor, bureau: Context, role: Role) -> None:
    name = f"one-{role}"
    users.add_user(bureau, made.login(name), role, {role}, PASSWORD)
    cells = [
        (table, verb, column, statement)
        for table in metadata.sorted_tables
        for (verb, column), statement in asked(table).items()
    ]
    script = "\n".join(f"{statement};\n\\echo :SQLSTATE" for _, _, _, statement in cells)
    states = psql(made, made.login(name), script).split()
    assert len(states) == len(cells)
    wrong = {
        (table.name, verb, column, state)
        for (table, verb, column, _), state in zip(cells, states, strict=True)
        if state != ("00000" if granted(role, table.name, verb, column) else "42501")
    }
    assert wrong == set()


def test_no_function_is_called_but_by_those_who_may(made: Floor, bureau: Context) -> None:
    with made.server.connect(made.name) as connection:
        rows = connection.execute(
            "select p.proname, r.rolname from pg_proc p, pg_roles r "
            "where p.pronamespace = 'public'::regnamespace and r.rolname = any(%s) "
            "and has_function_privilege(r.oid, p.oid, 'execute')",
            ([f"{made.name}_{role}" for role in Role],),
        ).fetchall()
    may = {(function, f"{made.name}_{role}") for function, roles in FUNCTIONS.items() for role in roles}
    assert set(rows) == may


def test_whoever_holds_no_case_sees_nobody(made: Floor, bureau: Context) -> None:
    holder, idle = operator(made, bureau, "he"), operator(made, bureau, "xian")
    case = queue.claim_next(holder, programmes.get(holder))
    assert case is not None
    script = "".join(f"select count(*) from {table};\n" for table in ("contacts", "persons", "entries"))
    assert psql(made, idle.actor.login, script).split() == ["0", "0"]
    assert psql(made, holder.actor.login, script).split() == ["1", "1"]
    answer = (
        "insert into answers (id, interview_id, seq, epoch, item, user_id, at) "
        f"values ('x', 'y', 1, {case.epoch}, 'item1', {{}}, now());\n\\echo :SQLSTATE\n"
    )
    for acting in (holder.actor.user_id, idle.actor.user_id):
        assert psql(made, idle.actor.login, answer.format(acting)).split() == ["42501"]
    own = f"update cases set state = 4 where id = {case.case_id};\n\\echo :SQLSTATE\n"
    assert psql(made, holder.actor.login, own).split() == ["42501"]
    queue.hand_over(holder, case.case_id, case.epoch)
    assert psql(made, holder.actor.login, "select count(*) from contacts;").split() == ["0"]


def test_an_observer_sees_no_answer_before_fieldwork_is_closed(made: Floor, bureau: Context) -> None:
    users.add_user(bureau, made.login("guan"), "观察员", {Role.OBSERVER}, PASSWORD)
    asks = "select count(*) from responses;\nselect count(*) from users;\n"
    responses, people = psql(made, made.login("guan"), asks).split()
    assert responses == "0"
    assert int(people) > 1


def test_who_is_disabled_is_let_in_no_more(made: Floor, bureau: Context) -> None:
    users.add_user(bureau, made.login("gone"), "离职", {Role.OPERATOR}, PASSWORD)
    session = made.enter("gone")
    users.disable_user(bureau, made.login("gone"))
    with pytest.raises(CatiError, match="does not let you"), session.database.read() as connection:
        connection.scalar(text("select count(*) from public.programmes"))
    with pytest.raises(CatiError) as refusal:
        made.enter("gone")
    assert refusal.value.code == "sign_in_refused"


def test_a_new_password_holds_at_the_server_too(made: Floor, bureau: Context) -> None:
    ctx = made.hire(bureau, "neu", Role.SUPERVISOR)
    passwords.change_password(ctx, PASSWORD, "another long one 3")
    with pytest.raises(CatiError):
        made.enter("neu")
    made.enter("neu", "another long one 3")
    passwords.reset_password(bureau, made.login("neu"), "a third long one 4")
    made.enter("neu", "a third long one 4")


def test_the_command_line_lets_people_in_by_name(
    made: Floor, bureau: Context, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "words"
    secret.write_text(PASSWORD, "utf-8")
    given = ["--db", made.address, "--data", str(tmp_path / "data"), "--password-file", str(secret)]
    assert run([*given, "--as", bureau.actor.login, "status"]) == 0
    assert "/ 6" in capsys.readouterr().out
    for wrong in (
        [*given, "status"],
        [*given, "init"],
        ["--data", str(tmp_path), "floor", "check", made.keeper],
    ):
        assert run(wrong) == 1
    told = capsys.readouterr()
    assert "--as LOGIN" in told.err
    assert "TLS" in told.out


def test_a_station_lets_people_in_by_name(made: Floor, bureau: Context, tmp_path: Path) -> None:
    chosen = settings.load({"database": made.address, "data_folder": str(tmp_path / "data")})
    station = bootstrap.open_station(chosen, demonstration=True, tell=lambda _done, _all: None)
    assert isinstance(station, bootstrap.Station)
    with closing(station):
        assert station.demo is None
        session = station.sign_in(bureau.actor.login, PASSWORD)
        assert programmes.get(session).programme.code == "small"
        station.sign_out(session)


def test_a_copy_is_put_back_with_rights_and_logins_but_no_number_in_it(
    made: Floor, bureau: Context, tmp_path: Path
) -> None:
    copy, other = tmp_path / "floor.dump", f"{made.name}_again"
    floor.back_up(made.keeper, copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    plain = subprocess.run(["pg_restore", "--file=-", str(copy)], capture_output=True, check=True).stdout
    # Who is on the list stands in it sealed.
    for number in numbers(int(made.mark, 16) % 1000, 12):
        assert number.removeprefix("+86").encode() not in plain
    made.server.create(other)
    try:
        url = made.server.url(other)
        # One server, two floors: a login belongs to one of them.
        assert bureau.actor.login in floor.restore(url, copy)
        assert {fault.code for fault in floor.check(url)} == {"person_roles", "tls"}
        with made.server.connect(other) as again, made.server.connect(made.name) as before:
            counts = [
                connection.execute("select count(*), max(id) from cases").fetchone()
                for connection in (before, again)
            ]
        assert counts[0] == counts[1]
    finally:
        made.server.drop(other)


def test_a_server_that_does_not_know_somebody_learns_it_from_the_key(made: Floor, bureau: Context) -> None:
    name = made.login("wan")
    users.add_user(bureau, name, "晚", {Role.OPERATOR}, PASSWORD)
    with made.server.connect("postgres") as connection:
        connection.execute(f'alter role "{name}" password null')
    with pytest.raises(CatiError) as refusal:
        floor.let_in(made.keeper, name, "quite another 2")
    assert refusal.value.code == "sign_in_refused"
    floor.let_in(made.keeper, name, PASSWORD)
    assert made.enter("wan").actor.login == name


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
    users.sign_out(ctx)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OBSERVER])
def test_who_watches_sees_how_things_stand(made: Floor, bureau: Context, role: Role) -> None:
    ctx, loaded = made.hire(bureau, f"sees-{role}", role), programmes.get(bureau)
    for look in (quotas.cells, overview.look, board.today, rates.indicators):
        look(ctx, loaded)
    wishes.counts(ctx)
    browse.operators(ctx)
    case = browse.case_ids(ctx, loaded)[0]
    if role is Role.OBSERVER:
        # Notes and words of operators are not for everybody.
        with pytest.raises(CatiError) as refusal:
            browse.card(ctx, loaded, case)
        assert refusal.value.code == "server_forbids"
    else:
        browse.card(ctx, loaded, case)
        review.worklist(ctx, loaded)
        messages.waiting(ctx, loaded)
    users.sign_out(ctx)


def test_what_somebody_else_wrote_waits_for_whoever_wrote_it(made: Floor, bureau: Context) -> None:
    writer, sender = operator(made, bureau, "xie"), operator(made, bureau, "song")
    typed = KeepTyped(str(uuid.uuid4()), "a note", None, {}, 0)
    now = writer.clock.now()
    written = Envelope(str(uuid.uuid4()), "small", writer.actor.user_id, "pc-xie", now, typed)
    with pytest.raises(CatiError) as refusal:
        deliveries.acting_for(sender, written)
    assert refusal.value.code == "written_by_other"
    assert deliveries.acting_for(writer, written).actor.user_id == writer.actor.user_id


def test_a_server_that_logs_every_word_is_told_no_password_no_name_and_no_number(
    made: Floor, bureau: Context
) -> None:
    with made.server.connect("postgres") as connection:
        connection.execute(f"alter database {made.name} set log_statement = 'all'")
    secret = "canary never sung 7"
    try:
        users.add_user(made.enter("bureau"), made.login("jin"), "金", {Role.OPERATOR}, secret)
        ctx = made.enter("jin", secret)
        passwords.change_password(ctx, secret, f"{secret} 8")
        loaded = programmes.get(ctx)
        with bureau.database.write() as connection:
            clearances.clear_for_invented(bureau, connection, loaded.id, ctx.actor.user_id)
        case = queue.claim_next(ctx, loaded)
        assert case is not None
        number = case.contact.phones[0].e164
        attempt = str(uuid.uuid4())
        calls.begin_attempt(
            ctx,
            loaded,
            attempt_id=attempt,
            case_id=case.case_id,
            epoch=case.epoch,
            alternate=0,
            at=ctx.clock.now(),
        )
        assert wishes.of_number(bureau, loaded, number) == ()
    finally:
        with made.server.connect("postgres") as connection:
            connection.execute(f"alter database {made.name} reset log_statement")
    told = made.server.kept.log()
    assert attempt in told
    assert case.contact.name
    for canary in (secret, number, number.removeprefix("+86"), case.contact.name):
        assert canary not in told


def test_a_login_that_the_server_cannot_give_is_refused(made: Floor, bureau: Context) -> None:
    for login, code in (("postgres", "login_taken"), ("长" * 22, "login_too_long")):
        with pytest.raises(CatiError) as refusal:
            users.add_user(bureau, login, "某", {Role.OPERATOR}, PASSWORD)
        assert refusal.value.code == code
