"""What is no phone list is refused in a sentence, and the lists that are in stay as they were."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cati.base import i18n
from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.programmes import LoadedProgramme
from cati.services import frames
from cati.services.context import Context
from cati.store.engine import Database
from tests.files.bad_lists import BAD, bad_list
from tests.rig.small_disk import small_disk
from tests.services.bureau import MANAGED, bureau_of, list_rows, programme_of, write_list

UNIT = "区财政局"
Bureau = tuple[Context, LoadedProgramme]


@pytest.fixture
def bureau(sqlite_url: str, clock: VirtualClock) -> Iterator[Bureau]:
    """A bureau with one list in force."""
    database = Database(sqlite_url)
    yield bureau_of(database, clock, programme_of([(UNIT, "政府")]))
    database.close()


@pytest.fixture
def before(bureau: Bureau, tmp_path: Path) -> tuple[frames.StoredFrame, ...]:
    rows = list_rows(UNIT, ["13900000000"])
    frames.import_frame(*bureau, write_list(tmp_path / "first.xlsx", {MANAGED: rows}))
    return frames.listing(*bureau)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named_and_changes_nothing(
    bureau: Bureau, before: tuple[frames.StoredFrame, ...], tmp_path: Path, name: str, language: str
) -> None:
    i18n.set_language(language)
    path = bad_list(tmp_path, name, UNIT)
    with pytest.raises(CatiError) as refused:
        frames.import_frame(*bureau, path)
    assert refused.value.code == BAD[name][0]
    assert name in str(refused.value)
    assert {"en": "Nothing was", "zh_CN": "未"}[language] in str(refused.value)
    assert frames.listing(*bureau) == before


def test_a_wrong_password_changes_nothing(
    bureau: Bureau, before: tuple[frames.StoredFrame, ...], tmp_path: Path
) -> None:
    path = bad_list(tmp_path, "locked.xlsx", UNIT)
    with pytest.raises(CatiError, match="the password does not fit"):
        frames.import_frame(*bureau, path, passwords=["Secret"])
    assert frames.listing(*bureau) == before
    assert frames.import_frame(*bureau, path, passwords=["secret"]).version == 2


def test_a_full_disk_changes_nothing(sqlite_url: str, clock: VirtualClock, tmp_path: Path) -> None:
    rows = list_rows(UNIT, [f"1390{n:07}" for n in range(3000)])
    path = write_list(tmp_path / "long.xlsx", {MANAGED: rows})
    with small_disk(tmp_path / "disk", 6) as disk:
        (disk.folder / "cati.db").write_bytes(Path(sqlite_url.removeprefix("sqlite:///")).read_bytes())
        database = Database(f"sqlite:///{disk.folder}/cati.db")
        bureau = bureau_of(database, clock, programme_of([(UNIT, "政府")]))
        disk.fill()
        with pytest.raises(CatiError, match="disk"):
            frames.import_frame(*bureau, path)
        assert frames.listing(*bureau) == ()
        disk.free()
        assert frames.import_frame(*bureau, path).lists[MANAGED].accepted == 3000
        database.close()
