"""The station as the window opens it: lock, demonstration, first user, workplace."""

import json
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from cati.base import logging, settings
from cati.base.clock import SystemClock
from cati.base.errors import CatiError
from cati.bootstrap import Founding, Station, open_station
from cati.cli.main import run
from cati.domain.phone import PhoneAccount
from cati.domain.users import DemoUser, Role
from cati.services import audit, programmes, users
from cati.station import backups, demo, phone
from cati.station.opened import open_at
from cati.station.runner import Listeners
from cati.store import tables as t
from cati.store.engine import Database
from cati.telephony import sip
from tests.rig.small_disk import small_disk
from tests.station.desk import ANSWERS
from tests.station.office import PASSWORD as office_password
from tests.station.office import open_office, programme_of

PASSWORD = "four plain words"


TELEPHONE = PhoneAccount("127.0.0.1:5062", "8001", "secret", address="127.0.0.1")


def quiet(done: int, total: int) -> None:
    """Nobody watches."""


def found_or_opened(
    folder: Path, *, demonstration: bool = False, tell: demo.Progress = quiet
) -> Station | Founding:
    return open_station(settings.load({"data_folder": str(folder)}), demonstration=demonstration, tell=tell)


def opened(folder: Path, *, demonstration: bool = False, tell: demo.Progress = quiet) -> Station:
    station = found_or_opened(folder, demonstration=demonstration, tell=tell)
    assert isinstance(station, Station)
    return station


def found(folder: Path, login: str = "li", password: str = PASSWORD) -> None:
    """Make the first user of a bureau."""
    founding = found_or_opened(folder)
    assert isinstance(founding, Founding)
    founding.found(login, login, password, founding.new_recovery_key())


@pytest.fixture
def short_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few invented people: what is tested is not how many there are."""
    monkeypatch.setattr(demo, "LIST_SIZES", {"managed": 35, "service": 80})
    monkeypatch.setattr(demo, "POOL_SIZE", 20)


def test_where_nothing_is_there_nothing_is_made_and_something_can_be_founded(tmp_path: Path) -> None:
    assert isinstance(found_or_opened(tmp_path / "data"), Founding)
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_users_is_founded_in(tmp_path: Path) -> None:
    open_at(settings.load({"data_folder": str(tmp_path)})).close()
    for _time in range(2):
        assert isinstance(found_or_opened(tmp_path), Founding)
    found(tmp_path)
    assert opened(tmp_path).sign_in("li", PASSWORD).actor.login == "li"


def test_one_window_for_each_data_folder_and_a_closed_one_frees_it(tmp_path: Path) -> None:
    found(tmp_path)
    first = opened(tmp_path)
    with pytest.raises(CatiError) as refused:
        opened(tmp_path)
    assert refused.value.code == "window_open"
    first.close()
    opened(tmp_path).close()


def test_a_database_that_cannot_be_opened_frees_the_folder(tmp_path: Path) -> None:
    (tmp_path / "cati.db").mkdir()
    for _time in range(2):
        with pytest.raises(CatiError, match="cannot be opened"):
            opened(tmp_path)


def refusal(folder: Path) -> str:
    with pytest.raises(CatiError) as refused:
        opened(folder, demonstration=True)
    assert str(folder) in str(refused.value)
    return refused.value.code


def test_a_folder_on_a_disk_that_can_only_be_read_is_told_and_works_again_afterwards(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 6) as disk:
        found(disk.folder)
        logging.stop()
        disk.lock(read_only=True)
        assert refusal(disk.folder) == "folder_unwritable"
        assert refusal(disk.folder / "deeper") == "folder_unwritable"
        disk.lock(read_only=False)
        opened(disk.folder).close()


def test_a_folder_in_whose_way_a_file_lies_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert refusal(tmp_path / "file") == "folder_unwritable"


def test_a_file_that_is_no_database_is_told_with_where_its_copies_lie(tmp_path: Path) -> None:
    (tmp_path / "cati.db").write_text("样本库" * 1000)
    assert refusal(tmp_path) == "database_damaged"


@pytest.mark.usefixtures("short_demonstration")
def test_the_demonstration_is_made_in_an_empty_database_and_told_step_by_step(tmp_path: Path) -> None:
    left = tmp_path / "cati.db.making"
    left.mkdir()
    (left / "cati.db").write_bytes(b"left by a window that was killed while it made one")
    told: list[tuple[int, int]] = []
    station = opened(tmp_path, demonstration=True, tell=lambda done, total: told.append((done, total)))
    assert station.demo == DemoUser(demo.LOGIN, demo.PASSWORD)
    assert [done for done, _total in told] == list(range(1, told[-1][1] + 1))
    session = station.sign_in(*station.demo)
    assert programmes.get(session).state == "drawn"
    assert not left.exists()
    phone.keep_account(tmp_path, TELEPHONE, demo.LOGIN, session.keys)
    place = station.workplace(
        session,
        schedule=lambda job: job(),
        listeners=Listeners(),
        show_number=lambda number: None,
        on_sound=lambda sound: None,
    )
    place.arrive()
    # The numbers of invented people may be somebody's: the demonstration never calls by itself.
    assert (place.phone, place.trouble) == (None, None)
    assert place.runner.claim() is not None
    station.close()
    assert not (tmp_path / "outbox.db").exists(), "an embedded database keeps things itself"


def test_a_station_of_a_server_keeps_things_first_and_has_sent_them_when_its_operator_leaves(
    postgres_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sip, "is_installed", lambda: False)
    lasting = programme_of()
    lasting = replace(lasting, settings=replace(lasting.settings, expires=None))
    with closing(Database(postgres_url)) as database, ExitStack() as stack:
        open_office(database, SystemClock(), tmp_path, lasting).hire("zhou")
        chosen = {"data_folder": str(tmp_path / "pc"), "database": postgres_url}
        station = open_station(settings.load(chosen), demonstration=False, tell=quiet)
        assert isinstance(station, Station)
        stack.callback(station.close)
        session = station.sign_in("zhou", office_password)
        phone.keep_account(tmp_path / "pc", TELEPHONE, "zhou", session.keys)
        place = station.workplace(
            session,
            schedule=lambda job: job(),
            listeners=Listeners(),
            show_number=lambda number: None,
            on_sound=lambda sound: None,
        )
        # A telephone was set, and its library is not installed: numbers are dialled by hand, with a word.
        assert place.phone is None
        assert place.trouble is not None
        assert place.trouble.code == "phone_missing"
        for _case in range(2):
            assignment = place.runner.claim()
            assert assignment is not None, "the case before was settled on the server first"
            place.runner.take(assignment)
            place.runner.dial()
            place.runner.connect()
            for value in ANSWERS:
                place.runner.answer(value)
            place.runner.settle("complete")
        station.sign_out(session)
        assert (place.unsent, place.is_line_down) == (0, False)
        with database.read() as connection:
            assert connection.execute(select(t.cells.c.completed, t.cells.c.reserved)).one() == (2, 0)
    assert (tmp_path / "pc" / "outbox.db").exists()
    (tmp_path / "words").write_text(office_password)
    asked = ["--db", postgres_url, "--data", str(tmp_path / "pc"), "--as", "zhou"]
    asked += ["--password-file", str(tmp_path / "words"), "outbox", "--json"]
    capsys.readouterr()
    assert run(asked) == 0
    assert json.loads(capsys.readouterr().out) == {"sent": 0, "waiting": 0}
    assert run([*asked, "--again"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["sent"] > 2 * len(ANSWERS)
    assert told["waiting"] == 0


@pytest.mark.usefixtures("short_demonstration")
def test_a_demonstration_stopped_half_way_leaves_nothing_and_is_made_anew(tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        opened(tmp_path, demonstration=True, tell=stop)
    station = opened(tmp_path, demonstration=True)
    assert station.demo is not None
    station.close()


def test_no_demonstration_beside_users_of_ones_own(tmp_path: Path) -> None:
    found(tmp_path)
    told: list[int] = []
    station = opened(tmp_path, demonstration=True, tell=lambda done, total: told.append(done))
    assert (station.demo, told) == (None, [])
    station.close()


def test_nobody_is_told_the_demonstrations_password_once_there_is_another_user(tmp_path: Path) -> None:
    found(tmp_path, demo.LOGIN, demo.PASSWORD)
    shown: list[DemoUser | None] = []

    def look() -> None:
        station = opened(tmp_path)
        shown.append(station.demo)
        station.close()

    look()
    _add_somebody(tmp_path, look)
    assert shown == [DemoUser(demo.LOGIN, demo.PASSWORD), None]


def _add_somebody(folder: Path, then: Callable[[], None]) -> None:
    from cati.domain.users import Role
    from cati.services.users import add_user

    station = opened(folder)
    add_user(station.sign_in(demo.LOGIN, demo.PASSWORD), "li", "Li", [Role.OPERATOR], PASSWORD)
    station.close()
    then()


def test_a_copy_takes_the_place_of_the_database_under_a_window_that_opens_anew(tmp_path: Path) -> None:
    found(tmp_path)
    station = opened(tmp_path)
    session = station.sign_in("li", PASSWORD)
    made = backups.back_up(session, tmp_path)
    users.add_user(session, "late", "Late", [Role.OBSERVER], PASSWORD)
    session = station.sign_in("late", PASSWORD)
    with pytest.raises(CatiError) as refused:
        station.restore(session, made.file)
    assert refused.value.code == "not_allowed"
    station = opened(tmp_path)
    old = station.restore(station.sign_in("li", PASSWORD), made.file)
    assert old is not None
    assert old.parent == made.file.parent
    with closing(opened(tmp_path)) as station:
        session = station.sign_in("li", PASSWORD)
        with pytest.raises(CatiError):
            station.sign_in("late", PASSWORD)
        (entry,) = [one for one in audit.newest(session, 20) if one.action == "restore"]
        assert entry.detail == {"login": "li"}


def test_a_window_copies_the_database_once_a_day(tmp_path: Path) -> None:
    found(tmp_path)
    station = opened(tmp_path)
    station.daily_backup(lambda: None)
    station.daily_backup(lambda: None)
    assert len(list((tmp_path / "backups").glob("cati-daily-*.db"))) == 1
    station.close()
