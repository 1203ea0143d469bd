"""From nothing to a first user, cut off and gone on with; what is chosen is found by the next start."""

from __future__ import annotations

from pathlib import Path

import pytest

from cati.base import paths, settings
from cati.base.errors import CatiError
from cati.bootstrap import Station, open_station
from cati.domain import ports
from cati.sealing import passwords
from cati.station import data_folder, demo
from cati.station.founding import Founding
from tests.rig.small_disk import small_disk

PASSWORD = "four plain words"
pytestmark = pytest.mark.usefixtures("cheap")


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that cost little, and few invented people."""
    monkeypatch.setattr(passwords, "COST", passwords.Cost(passes=1, memory_kib=8))
    monkeypatch.setattr(demo, "LIST_SIZES", {"managed": 35, "service": 80})
    monkeypatch.setattr(demo, "POOL_SIZE", 20)


@pytest.fixture
def custom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder by custom, which is not there yet."""
    monkeypatch.setattr(paths, "default_data_folder", lambda: tmp_path / "custom")
    for variable in settings.VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)
    return tmp_path / "custom"


def start(*, demonstration: bool = False) -> Station | Founding:
    """As the window starts."""
    return open_station(settings.load({}), demonstration=demonstration, tell=lambda _done, _all: None)


def founding(*, demonstration: bool = False) -> Founding:
    found = start(demonstration=demonstration)
    assert isinstance(found, Founding)
    return found


def station(*, demonstration: bool = False) -> Station:
    found = start(demonstration=demonstration)
    assert isinstance(found, Station)
    return found


def test_every_start_goes_on_at_the_first_step_that_is_not_settled(custom: Path, tmp_path: Path) -> None:
    begun = founding()
    assert (begun.language_chosen, begun.folder_chosen, begun.folder) == (False, False, custom)
    assert not custom.exists()
    settings.save(custom, {"language": "zh_CN", "theme": "dark"})
    begun = founding()
    assert (begun.language_chosen, begun.folder_chosen) == (True, False)
    chosen = tmp_path / "disk" / "bureau"
    assert not begun.choose_folder(f" {chosen} ")
    # Whoever has chosen a folder for real work gets no demonstration into it.
    begun = founding(demonstration=True)
    assert (begun.folder, begun.language_chosen, begun.folder_chosen) == (chosen, True, True)
    assert settings.load({}).theme == "dark"
    assert not (chosen / "cati.db").exists()
    begun.found("li", "李丽", PASSWORD, begun.new_recovery_key())
    opened = station(demonstration=True)
    assert opened.settings.data_folder == chosen
    assert opened.sign_in("li", PASSWORD).actor.name == "李丽"
    opened.close()
    assert not (custom / "cati.db").exists()


def test_the_default_folder_may_be_kept_and_another_mind_may_be_had(custom: Path, tmp_path: Path) -> None:
    begun = founding()
    assert not begun.choose_folder(str(tmp_path / "first"))
    assert not begun.choose_folder(str(custom))
    assert founding().folder == custom
    assert founding().folder_chosen


def test_a_folder_of_the_environment_is_used_as_it_is(
    custom: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATI_DATA", str(tmp_path / "given"))
    begun = founding()
    assert (begun.folder, begun.folder_given) == (tmp_path / "given", True)
    assert not begun.choose_folder("/somewhere/else")
    assert founding(demonstration=True).folder_chosen
    assert not custom.exists()


def test_the_demonstration_is_moved_aside_only_when_real_work_begins_in_its_folder(custom: Path) -> None:
    demonstrated = station(demonstration=True)
    assert demonstrated.demo is not None
    begun = demonstrated.founding()
    assert begun.from_demo
    assert not begun.folder_chosen
    assert not begun.choose_folder(str(custom))
    begun.give_up()
    station(demonstration=True).close()
    begun = _begin_again(custom)
    # Cut off here, the next start goes on, and there is a way back.
    assert (founding(demonstration=True).from_demo, begun.folder_chosen) == (True, True)
    begun.found("li", "Li", PASSWORD, begun.new_recovery_key())
    opened = station(demonstration=True)
    assert opened.demo is None
    opened.sign_in("li", PASSWORD)
    opened.close()
    aside = open_station(
        settings.load({"data_folder": str(custom / "demonstration")}),
        demonstration=False,
        tell=lambda _done, _all: None,
    )
    assert isinstance(aside, Station)
    assert aside.demo is not None
    aside.close()


def _begin_again(custom: Path) -> Founding:
    begun = station(demonstration=True).founding()
    assert not begun.choose_folder(str(custom))
    return begun


def test_a_folder_where_a_bureau_works_is_told_apart(custom: Path, tmp_path: Path) -> None:
    begun = founding()
    begun.choose_folder(str(tmp_path / "bureau"))
    begun.found("li", "Li", PASSWORD, begun.new_recovery_key())
    settings.save(custom, {"data_folder": ""})
    begun = founding()
    assert begun.choose_folder(str(tmp_path / "bureau"))
    station().close()


def test_a_mistyped_key_and_a_bad_first_user_are_refused_before_anything_is_made(custom: Path) -> None:
    begun = founding()
    with pytest.raises(CatiError, match="too short"):
        begun.check_first_user("li", "Li", "short")
    with pytest.raises(CatiError, match="login"):
        begun.check_first_user("l i", "Li", PASSWORD)
    key, other = begun.new_recovery_key(), begun.new_recovery_key()
    with pytest.raises(CatiError, match="another recovery key"):
        begun.check_recovery_key(key, other)
    with pytest.raises(CatiError, match="typed"):
        begun.check_recovery_key(key, key[:-1])
    begun.check_recovery_key(key, key.lower().replace("-", " "))
    assert not custom.exists()


def refused_code(folder: str) -> str:
    with pytest.raises(CatiError) as refused:
        data_folder.check(folder)
    return refused.value.code


def test_folders_that_will_not_do_are_refused_and_left_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused_code("data/cati") == "folder_relative"
    (tmp_path / "file").touch()
    assert refused_code(str(tmp_path / "file")) == "folder_unwritable"
    assert refused_code(str(tmp_path / "file" / "deeper")) == "folder_unwritable"
    with small_disk(tmp_path / "disk", 2) as disk:
        # Two megabytes are no room for recordings.
        assert refused_code(str(disk.folder / "deep" / "deeper")) == "folder_scant"
        assert list(disk.folder.iterdir()) == []
        monkeypatch.setattr(data_folder, "LEAST_FREE_BYTES", ports.LEAST_FREE_BYTES // 1000)
        assert data_folder.check(str(disk.folder / "deep")) == disk.folder / "deep"
        disk.lock(read_only=True)
        assert refused_code(str(disk.folder / "other")) == "folder_unwritable"
    monkeypatch.setattr(paths, "is_on_network_share", lambda folder: "net" in folder.parts)
    assert refused_code("/net/bureau") == "folder_shared"
