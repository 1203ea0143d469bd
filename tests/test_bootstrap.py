"""The station as the window opens it: lock, demonstration, first user, workplace."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cati.base import logging, settings
from cati.base.errors import CatiError
from cati.bootstrap import Station, open_station
from cati.domain.users import DemoUser
from cati.services import programmes
from cati.station import demo
from cati.station.runner import Listeners
from tests.rig.small_disk import small_disk

PASSWORD = "four plain words"


def quiet(done: int, total: int) -> None:
    """Nobody watches."""


def opened(folder: Path, *, demonstration: bool = False, tell: demo.Progress = quiet) -> Station:
    return open_station(settings.load({"data_folder": str(folder)}), demonstration=demonstration, tell=tell)


@pytest.fixture
def short_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few invented people: what is tested is not how many there are."""
    monkeypatch.setattr(demo, "LIST_SIZES", {"managed": 35, "service": 80})
    monkeypatch.setattr(demo, "POOL_SIZE", 20)


def test_an_empty_database_has_no_user_and_shows_no_demonstration(tmp_path: Path) -> None:
    station = opened(tmp_path)
    assert station.is_new()
    assert station.demo is None
    station.close()


def test_the_first_user_is_checked_before_the_recovery_key_is_shown_and_made_after(tmp_path: Path) -> None:
    station = opened(tmp_path)
    with pytest.raises(CatiError, match="too short"):
        station.check_first_user("li", "Li", "short")
    with pytest.raises(CatiError, match="login"):
        station.check_first_user("l i", "Li", PASSWORD)
    station.check_first_user("li", "Li", PASSWORD)
    assert station.is_new()
    key, other = station.new_recovery_key(), station.new_recovery_key()
    with pytest.raises(CatiError, match="another recovery key"):
        station.check_recovery_key(key, other)
    with pytest.raises(CatiError, match="typed"):
        station.check_recovery_key(key, key[:-1])
    station.check_recovery_key(key, key.lower().replace("-", " "))
    assert station.create_first_user("li", "Li", PASSWORD, key).actor.login == "li"
    assert not station.is_new()
    station.sign_out(station.sign_in("LI", PASSWORD))
    station.close()


def test_one_window_for_each_data_folder_and_a_closed_one_frees_it(tmp_path: Path) -> None:
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
        opened(folder)
    assert str(folder) in str(refused.value)
    return refused.value.code


def test_a_folder_on_a_disk_that_can_only_be_read_is_told_and_works_again_afterwards(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 6) as disk:
        opened(disk.folder).close()
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
    place = station.workplace(
        session,
        schedule=lambda job: job(),
        listeners=Listeners(),
        show_number=lambda number: None,
        on_sound=lambda sound: None,
    )
    place.arrive()
    assert place.runner.claim() is not None
    station.close()


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
    station = opened(tmp_path)
    station.create_first_user("li", "Li", PASSWORD, station.new_recovery_key())
    station.close()
    told: list[int] = []
    station = opened(tmp_path, demonstration=True, tell=lambda done, total: told.append(done))
    assert (station.demo, told) == (None, [])
    station.close()


def test_nobody_is_told_the_demonstrations_password_once_there_is_another_user(tmp_path: Path) -> None:
    station = opened(tmp_path)
    ctx = station.create_first_user(demo.LOGIN, demo.LOGIN, demo.PASSWORD, station.new_recovery_key())
    station.close()
    shown: list[DemoUser | None] = []

    def look() -> None:
        station = opened(tmp_path)
        shown.append(station.demo)
        station.close()

    look()
    _add_somebody(tmp_path, look)
    assert ctx.actor.login == demo.LOGIN
    assert shown == [DemoUser(demo.LOGIN, demo.PASSWORD), None]


def _add_somebody(folder: Path, then: Callable[[], None]) -> None:
    from cati.domain.users import Role
    from cati.services.users import add_user

    station = opened(folder)
    add_user(station.sign_in(demo.LOGIN, demo.PASSWORD), "li", "Li", [Role.OPERATOR], PASSWORD)
    station.close()
    then()


def test_a_window_copies_the_database_once_a_day_as_soon_as_there_is_something_in_it(tmp_path: Path) -> None:
    station = opened(tmp_path)
    station.daily_backup(lambda: None)
    assert not (tmp_path / "backups").exists()
    station.create_first_user("li", "Li", PASSWORD, station.new_recovery_key())
    station.daily_backup(lambda: None)
    station.daily_backup(lambda: None)
    assert len(list((tmp_path / "backups").glob("cati-daily-*.db"))) == 1
    station.close()
