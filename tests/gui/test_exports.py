"""The exports on a real database, by real keys."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pyreadstat
import pytest
from PySide6.QtCore import Qt

from cati.domain.exports import What
from cati.domain.users import Role
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.exports.page import ExportsPage
from cati.services import exports, programmes
from tests.gui import seasons
from tests.gui.fits import clipped
from tests.gui.officials import Official
from tests.rig.small_disk import small_disk

pytestmark = pytest.mark.usefixtures("look")
Sit = Callable[..., Official]
Key = Qt.Key


def at_the_exports(somebody: Official) -> ExportsPage:
    page = somebody.go(9)
    somebody.settled()
    assert isinstance(page, ExportsPage)
    return page


def test_a_file_is_written_by_keys_and_listed(official: Sit, tmp_path: Path) -> None:
    somebody = official()
    loaded = seasons.closed(somebody.ctx)
    page = at_the_exports(somebody)
    page.file.setText(str(tmp_path / "out" / "x"))
    somebody.press(Key.Key_O)
    assert page.file.text() == str(tmp_path / "out" / "yazhou-2023-interviews.csv")
    somebody.press(Key.Key_F)
    somebody.type("Personnel")
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: page._job is None)
    somebody.settled()
    (made,) = exports.listing(somebody.ctx, loaded)
    both = b"".join(
        (tmp_path / "out" / f"yazhou-2023-interviews{end}.csv").read_bytes() for end in ("", "-excluded")
    )
    assert made.sha256 == hashlib.sha256(both).hexdigest()
    assert (made.recipient, made.rows, made.identity) == ("Personnel", 272, "masked")
    assert page.table.current() == made
    somebody.press(Key.Key_O)
    assert "into a second file beside it" in somebody.words()
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: page._job is None)
    somebody.settled()
    found, about = pyreadstat.read_sav(tmp_path / "out" / "yazhou-2023-interviews.sav")
    assert len(found) == 272
    assert about.column_names_to_labels["unit"] == "Unit"


def test_a_file_that_is_there_is_replaced_only_by_who_says_so(official: Sit, tmp_path: Path) -> None:
    somebody = official()
    seasons.closed(somebody.ctx)
    page = at_the_exports(somebody)
    old = tmp_path / "i.xlsx"
    old.write_text("of somebody else", "utf-8")
    page.file.setText(str(old))
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: somebody.keys_mode() is Mode.ASK)
    somebody.press(Key.Key_Escape)
    assert old.read_text("utf-8") == "of somebody else"
    assert "already" in somebody.words()
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: somebody.keys_mode() is Mode.ASK)
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: page._job is None)
    somebody.settled()
    assert old.read_bytes().startswith(b"PK")
    somebody.press(Key.Key_W)
    assert not page._problem.isVisible()


def test_names_need_somebody_they_are_for(official: Sit, tmp_path: Path) -> None:
    somebody = official()
    seasons.closed(somebody.ctx)
    page = at_the_exports(somebody)
    page.file.setText(str(tmp_path / "i.xlsx"))
    somebody.press(Key.Key_P)
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: page._job is None)
    assert "Say for whom" in somebody.words()
    assert list(tmp_path.glob("*.xlsx")) == []


def test_a_disk_that_takes_no_file_is_told_and_enter_tries_again(official: Sit, tmp_path: Path) -> None:
    somebody = official()
    loaded = seasons.closed(somebody.ctx)
    page = at_the_exports(somebody)
    with small_disk(tmp_path / "disk", 2) as disk:
        page.file.setText(str(disk.folder / "i"))
        somebody.press(Key.Key_O)
        assert page.format.code == "csv"
        disk.fill()
        somebody.press(Key.Key_Return)
        somebody.wait(lambda: page._job is None)
        assert "could not be written (the disk is full)" in somebody.words()
        disk.lock(read_only=True)
        somebody.press(Key.Key_Return)
        somebody.wait(lambda: page._job is None)
        assert "could not be written (the folder can only be read)" in somebody.words()
        assert clipped(page) == []
        assert exports.listing(somebody.ctx, loaded) == ()
        disk.lock(read_only=False)
        disk.free()
        somebody.press(Key.Key_Return)
        somebody.wait(lambda: page._job is None)
        somebody.settled()
        assert [one.rows for one in exports.listing(somebody.ctx, loaded)] == [272]


def test_nothing_of_the_interviews_leaves_while_people_are_called(official: Sit, tmp_path: Path) -> None:
    somebody = official()
    page = at_the_exports(somebody)
    page.file.setText(str(tmp_path / "i.xlsx"))
    assert "only after fieldwork is closed" in somebody.words()
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: page._job is None)
    assert "nobody may see interim results" in somebody.words()


def test_a_job_can_be_stopped_and_leaves_nothing(
    official: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = official()
    loaded = seasons.closed(somebody.ctx)
    page = at_the_exports(somebody)
    page.file.setText(str(tmp_path / "out" / "i.xlsx"))
    written = exports.export

    def slowly(*given: object, progress: Callable[[int, int], None], **named: object) -> object:
        def told(done: int, total: int) -> None:
            while done:
                progress(done, total)
            progress(done, total)

        return written(*given, progress=told, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(exports, "export", slowly)
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: page._running.words() != "")
    assert page.reason_to_stay() != ""
    somebody.press(Key.Key_Escape)
    somebody.wait(lambda: page._job is None)
    assert "Stopped" in somebody.words()
    assert list((tmp_path / "out").iterdir()) == []
    assert exports.listing(somebody.ctx, loaded) == ()


def test_the_scores_page_leads_here_with_the_scores_chosen(official: Sit) -> None:
    somebody = official()
    seasons.closed(somebody.ctx)
    somebody.go(8)
    somebody.settled()
    somebody.press(Key.Key_X)
    somebody.settled()
    page = somebody.here
    assert isinstance(page, ExportsPage)
    assert page.what.code == "scores"
    assert programmes.get(somebody.ctx).state == "closed"


def test_who_may_not_export_does_not_find_them(official: Sit) -> None:
    assert official(Role.SUPERVISOR).go(9).mode is not Mode.EXPORTS


@pytest.mark.usefixtures("tongue")
def test_nothing_is_cut(official: Sit, tmp_path: Path) -> None:
    somebody = official()
    loaded = seasons.closed(somebody.ctx)
    exports.export(somebody.ctx, loaded, What.SCORES, tmp_path / "s.xlsx", recipient="区委组织部")
    page = at_the_exports(somebody)
    somebody.press(Key.Key_P)
    assert "10:00" in page.table.rows.make(page.table.current())[0].text
    for mode, scale in (("light", 1.0), ("dark", 1.5)):
        theme.use(mode, scale)
        somebody.shell.resize(1366, 690)
        assert (mode, clipped(page)) == (mode, [])
