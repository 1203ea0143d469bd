"""A floor is made, examined, copied, and lets in whoever has a password there."""

from __future__ import annotations

import os
import subprocess
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url

from cati import bootstrap
from cati.base import settings
from cati.base.clock import ServerClock, SystemClock
from cati.base.errors import CatiError
from cati.cli.main import run
from cati.domain.stations import SHUT
from cati.domain.users import Role
from cati.services import attendance, floor, passwords, programmes, sessions, users
from cati.services.context import Context
from cati.station import doctor
from cati.station.presence import Presence
from cati.store import stations as station_store
from cati.store.engine import Database
from cati.store.floor import host_faults
from tests.rig.waiting import wait_until
from tests.services.fieldwork import numbers
from tests.services.floors import OF_THE_TEST_SERVER, Floor
from tests.station.office import PASSWORD


def test_a_wrong_password_is_refused_as_everywhere(made: Floor) -> None:
    for login in ("bureau", "nobody"):
        with pytest.raises(CatiError) as refusal:
            made.enter(login, "quite another 2")
        assert refusal.value.code == "sign_in_refused"


@pytest.mark.parametrize(
    # Nothing in the file of the test server lets anybody replicate.
    ("way", "code"),
    [("sslmode=require", "server_unproven"), ("replication=true", "server_shut")],
)
def test_a_server_that_lets_nobody_in_in_this_way_says_so(made: Floor, way: str, code: str) -> None:
    with pytest.raises(CatiError) as refusal:
        sessions.enter_floor(f"{made.address}?{way}", SystemClock(), "bureau", PASSWORD, "pc")
    assert refusal.value.code == code


def test_a_server_without_a_place_left_says_so_and_not_that_the_password_is_wrong(made: Floor) -> None:
    login = made.login("bureau")
    with made.server.connect(made.name) as keeper:
        keeper.execute(f'alter role "{login}" connection limit 0')
        try:
            with pytest.raises(CatiError) as refusal:
                made.enter("bureau")
        finally:
            keeper.execute(f'alter role "{login}" connection limit -1')
    assert refusal.value.code == "server_full"
    assert made.enter("bureau").actor.login == login


def test_a_fresh_floor_has_no_fault_but_the_test_servers_own(made: Floor) -> None:
    assert {fault.code for fault in floor.check(made.keeper)} == OF_THE_TEST_SERVER


def test_each_line_by_which_people_get_in_as_they_should_not_is_named(made: Floor) -> None:
    lines = (
        ("host", made.name, "10.1.2.0", "scram-sha-256", None),
        ("hostssl", "all", "10.1.2.0", "md5", None),
        ("hostssl", "other", "10.1.2.0", "trust", None),
        ("host", "replication", "10.1.2.0", "scram-sha-256", None),
        ("hostnossl", "all", "0.0.0.0", "reject", None),
        ("host", "all", "127.0.0.1", "scram-sha-256", None),
        ("local", "all", None, "trust", None),
        (None, None, None, None, "invalid authentication method"),
    )
    with closing(Database(made.keeper)) as keeper, keeper.write() as connection:
        # The file is the whole run's: a table in front of it stands for it.
        connection.execute(text("create schema shown"))
        connection.execute(
            text("create table shown.pg_hba_file_rules as table pg_hba_file_rules with no data")
        )
        connection.execute(text("set local search_path = shown, pg_catalog, public"))
        for number, (kind, database, address, method, error) in enumerate(lines, 1):
            row = {"n": number, "k": kind, "d": database, "a": address, "m": method, "e": error}
            connection.execute(
                text(
                    "insert into pg_hba_file_rules (line_number, type, database, address, auth_method, "
                    "error) values (:n, :k, array[:d], :a, :m, :e)"
                ),
                row,
            )
        found = [(fault.code, fault.subject) for fault in host_faults(connection)]
    assert found == [("hba_error", "8"), ("hba_plain", "1"), ("hba_open", "7"), ("hba_weak", "2")]


@pytest.mark.parametrize(("schema", "code"), [("0001", "database_older"), ("9999", "database_newer")])
def test_a_client_of_another_version_says_what_to_do(
    made: Floor, bureau: Context, tmp_path: Path, capsys: pytest.CaptureFixture[str], schema: str, code: str
) -> None:
    with made.server.connect(made.name) as connection:
        connection.execute("update alembic_version set version_num = %s", [schema])
    chosen = settings.load({"database": made.address, "data_folder": str(tmp_path / "data")})
    station = bootstrap.open_station(chosen, demonstration=True, tell=lambda _done, _all: None)
    assert isinstance(station, bootstrap.Station)
    with closing(station), pytest.raises(CatiError) as refusal:
        station.sign_in(bureau.actor.login, PASSWORD)
    assert refusal.value.code == code
    (tmp_path / "words").write_text(PASSWORD, "utf-8")
    given = ["--data", str(tmp_path / "other"), "--password-file", str(tmp_path / "words")]
    assert run([*given, "--db", made.address, "--as", bureau.actor.login, "status"]) == 1
    assert refusal.value.message in capsys.readouterr().err


def test_a_database_in_use_is_refused(made: Floor) -> None:
    with pytest.raises(CatiError) as refusal:
        floor.init(
            made.keeper, SystemClock(), login="late", name="late", password=PASSWORD, station=os.devnull
        )
    assert refusal.value.code == "floor_taken"


def test_no_floor_is_made_for_a_first_user_whom_the_server_cannot_let_in(made: Floor) -> None:
    empty = f"{made.name}_second"
    made.server.create(empty)
    # One belongs to another floor of this server, one to the server itself.
    for login, code in (
        (made.login("bureau"), "login_taken"),
        ("postgres", "login_taken"),
        ("长" * 22, "login_too_long"),
    ):
        with pytest.raises(CatiError) as refusal:
            floor.init(
                made.server.url(empty), SystemClock(), login=login, name="局", password=PASSWORD, station="pc"
            )
        assert refusal.value.code == code
    with made.server.connect(empty) as keeper:
        made_there = "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
        assert keeper.execute(made_there).fetchone() == (0,)
        roles = "select count(*) from pg_roles where rolname like %s"
        assert keeper.execute(roles, [f"{empty}%"]).fetchone() == (0,)
    made.server.drop(empty)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("sqlite:///{folder}/cati.db", "not_server"),
        ("postgresql://localhost/cati", "no_keeper"),
        ("postgresql://keeper@localhost:54a2/cati", "database_url"),
        ("postgresql://keeper@localhost/cati?sslmod=verify-full", "database_url_word"),
        ("postgresql://keeper@localhost/cati?sslmode=verifyfull", "database_url_word"),
    ],
    ids=["file", "nobody", "port", "word", "mode"],
)
def test_a_slip_in_the_address_of_a_floor_is_named_and_nothing_begun(
    tmp_path: Path, address: str, code: str
) -> None:
    url = address.format(folder=tmp_path)
    for command in (
        lambda: floor.init(url, SystemClock(), login="zhang", name="张", password=PASSWORD, station="pc"),
        lambda: floor.upgrade(url),
        lambda: floor.check(url),
        lambda: floor.back_up(url, tmp_path / "copy"),
        lambda: floor.let_in(url, "zhang", PASSWORD),
        lambda: floor.recover(url, SystemClock(), "key", "zhang", PASSWORD, "pc"),
    ):
        with pytest.raises(CatiError) as refusal:
            command()
        assert refusal.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_who_is_disabled_is_let_in_no_more(made: Floor, bureau: Context, tmp_path: Path) -> None:
    users.add_user(bureau, made.login("gone"), "离职", {Role.OPERATOR}, PASSWORD)
    session, told = made.enter("gone"), list[str]()
    presence = Presence(tmp_path, session.clock, lambda: (0, None), sign_seconds=0.02, retry_seconds=0.01)
    presence.told = lambda what, _programme: told.append(what)
    presence.start(session)
    wait_until(lambda: "floor" in told, "the station to be heard")
    users.disable_user(bureau, made.login("gone"))
    # Who only waits is told so, too.
    wait_until(lambda: SHUT in told, "the station to be shut out")
    assert presence.stop()
    for work in (programmes.get, attendance.clock_in, sessions.sign_out):
        with pytest.raises(CatiError) as refusal:
            work(session)
        assert refusal.value.code == "login_closed"
    # Only who gives the right password is told why.
    for password, code in ((PASSWORD, "login_closed"), ("quite another 2", "sign_in_refused")):
        with pytest.raises(CatiError) as refusal:
            made.enter("gone", password)
        assert refusal.value.code == code


def test_who_is_at_work_when_the_floor_gets_another_version_is_told_so(
    made: Floor, bureau: Context, tmp_path: Path
) -> None:
    session, told = made.hire(bureau, "stays", Role.OPERATOR), list[str]()
    database, own = session.database, session.database.schema
    presence = Presence(tmp_path, session.clock, lambda: (0, None), sign_seconds=0.02, retry_seconds=0.02)
    presence.told = lambda what, _programme: told.append(what)

    def bring_to(version: str | None, change: str) -> None:
        with made.server.connect(made.name) as keeper:
            keeper.execute(change)
            keeper.execute("update alembic_version set version_num = %s", [version])

    def is_refused() -> bool:
        with pytest.raises(CatiError) as refusal:
            programmes.get(session)
        return refusal.value.code == "let_in_no_more" and "another version" in str(refusal.value)

    for change, back in (
        ("alter table programmes rename to evaluations", "alter table evaluations rename to programmes"),
        ("alter table programmes rename state to stage", "alter table programmes rename stage to state"),
    ):
        bring_to("0001", change)
        assert is_refused()
        bring_to(own, back)
        database.meet(own)
    # Where all it asks for is there as before, its sign of life tells.
    presence.start(session)
    wait_until(lambda: "floor" in told, "the station to be heard")
    bring_to("9999", "select")
    wait_until(lambda: SHUT in told, "the other version to be noticed")
    assert is_refused()
    bring_to(own, "select")
    wait_until(lambda: not database.is_of_another_version, "the own version to be noticed")
    assert programmes.get(session)
    assert presence.stop()


def test_while_a_copy_is_put_back_it_is_as_if_the_line_were_broken(made: Floor, bureau: Context) -> None:
    session, aside = made.hire(bureau, "waits", Role.OPERATOR), f"{made.name}_aside"
    group = sql.Identifier(f"{made.name}_operator")
    unready: list[tuple[str, str]] = [
        # an empty database, one with tables and not all of them, one without anybody's rights
        (
            "alter schema public rename to aside; create schema public",
            "drop schema public; alter schema aside rename to public",
        ),
        ("alter table programmes rename to later", "alter table later rename to programmes"),
        (
            "revoke select on alembic_version, programmes from {}",
            "grant select on alembic_version, programmes to {}",
        ),
    ]

    def refusal() -> str:
        with pytest.raises(CatiError) as refused:
            programmes.get(session)
        return refused.value.code

    for away, back in unready:
        with made.server.connect(made.name) as keeper:
            keeper.execute(sql.SQL(away).format(group))
        try:
            assert refusal() == "server_restoring", away
        finally:
            with made.server.connect(made.name) as keeper:
                keeper.execute(sql.SQL(back).format(group))
        assert programmes.get(session)
    for one in made.sessions:
        one.database.close()
    with made.server.connect("postgres") as keeper:
        keeper.execute(f"alter database {made.name} rename to {aside}")
        try:
            assert refusal() == "server_restoring"
        finally:
            keeper.execute(f"alter database {aside} rename to {made.name}")
    assert programmes.get(session)


def test_the_recovery_key_opens_everything_to_somebody_on_a_floor_too(
    made: Floor, bureau: Context, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    users.add_user(bureau, made.login("er"), "二", {Role.BUREAU}, PASSWORD)
    new, key = tmp_path / "words", tmp_path / "key"
    new.write_text("found again 8", "utf-8")
    given = ["--data", str(tmp_path / "data"), "--password-file", str(new), "floor", "recover", made.keeper]
    for words, code in ((made.recovery_key, 0), (users.new_recovery_key(), 1)):
        key.write_text(words, "utf-8")
        assert run([*given, made.login("er"), "--recovery-file", str(key)]) == code
    assert "belongs to another database" in capsys.readouterr().err
    ctx = made.enter("er", "found again 8")
    assert ctx.keys.held() == bureau.keys.held()


def test_a_station_of_a_floor_is_examined_by_whoever_signs_in(
    made: Floor, bureau: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_surroundings", lambda *_others: ())
    chosen = settings.load({"database": made.address, "data_folder": str(tmp_path)})

    def tell(_done: int, _all: int) -> None:
        pass

    assert [one.code for one in bootstrap.examine(chosen, tell)] == ["floor_personal"]
    operator = made.hire(bureau, "yi", Role.OPERATOR)
    found = bootstrap.examine(chosen, tell, lambda: operator)
    assert [one.code for one in found] == ["database_whole", "audit_whole", "clock_right"]

    def refused() -> Context:
        return made.enter("yi", "quite another 2")

    assert [one.code for one in bootstrap.examine(chosen, tell, refused)] == ["sign_in_refused"]


def test_a_new_password_holds_at_the_server_too(made: Floor, bureau: Context) -> None:
    ctx = made.hire(bureau, "neu", Role.SUPERVISOR)
    sending = ctx.database.impatient()
    passwords.change_password(ctx, PASSWORD, "another long one 3")
    for database in (ctx.database, sending):
        # The session goes on, also on connections that are made from now on.
        database.close()
        with database.read() as connection:
            assert connection.scalar(text("select session_user")) == made.login("neu")
        database.close()
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
        clock = session.clock
        assert isinstance(clock, ServerClock)
        wait_until(lambda: clock.ahead is not None, "the session to go by the server's time", 30)
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
        assert {fault.code for fault in floor.check(url)} == {"person_roles"} | OF_THE_TEST_SERVER
        with closing(Database(url)) as restored, restored.read() as connection:
            name, since = station_store.server(connection)
        with bureau.database.read() as connection:
            assert station_store.server(connection)[0] != name
        # A station sends once more what it wrote since the copy was made, and not what was written for days.
        assert since is not None
        assert timedelta() < bureau.clock.now() - since < timedelta(hours=2)
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


def test_only_the_keeper_looks_after_the_server(made: Floor, bureau: Context) -> None:
    named = make_url(made.keeper).set(username=bureau.actor.login, password=PASSWORD)
    with pytest.raises(CatiError) as refusal:
        floor.upgrade(named.render_as_string(hide_password=False))
    assert refusal.value.code == "no_keeper"


def test_a_login_that_the_server_cannot_give_is_refused(made: Floor, bureau: Context) -> None:
    for login, code in (("postgres", "login_taken"), ("长" * 22, "login_too_long")):
        with pytest.raises(CatiError) as refusal:
            users.add_user(bureau, login, "某", {Role.OPERATOR}, PASSWORD)
        assert refusal.value.code == code
