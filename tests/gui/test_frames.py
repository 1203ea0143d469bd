"""Lists in the office: files come in by key or drop, problems are seen and sent back, mistakes withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from cati.base.errors import CatiError
from cati.domain.users import Role
from cati.gui.action import Mode
from cati.gui.frames import lists
from cati.gui.frames.page import FramesPage
from cati.gui.office.question import Question
from cati.gui.tasks import Job
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.segments import Segments
from cati.gui.widgets.table import Table
from cati.services import adjustments, frames, programmes
from tests.files.bad_lists import BAD, bad_list
from tests.files.protected import protect
from tests.gui.fits import clipped
from tests.gui.looks import SMALL, Look, lacking
from tests.gui.officials import Official
from tests.gui.thawed import thaw
from tests.gui.tour import Stop
from tests.services.bureau import MANAGED, SERVED, list_rows, write_list

pytestmark = pytest.mark.usefixtures("look")
Sit = Callable[..., Official]
Key = Qt.Key


def page(somebody: Official) -> FramesPage:
    place = somebody.go(3)
    assert isinstance(place, FramesPage)
    return place


def unit(somebody: Official) -> str:
    return programmes.get(somebody.ctx).programme.units[0].name


def a_list(
    folder: Path, name: str, *phones: str, late: bool = False, group: str = MANAGED, day: str = ""
) -> Path:
    day = day or ("2099年1月1日" if late else "2024年1月2日")
    rows = list_rows(name, phones, submitted=day, group=group)
    return write_list(folder / f"{name}-{len(phones)}.xlsx", {group: rows})


def drop(place: FramesPage, *files: Path) -> None:
    """As the desktop drops files."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    nothing, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(300, 300), Qt.DropAction.CopyAction, mime, left, nothing)
    QApplication.sendEvent(place, enter)
    if enter.isAccepted():
        event = QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, mime, left, nothing)
        QApplication.sendEvent(place, event)


def asking(place: FramesPage) -> bool:
    return place._decisions.question is not None


def rows(table: Table) -> list[Any]:
    source = table.rows.source
    return [source.row(place) for place in range(len(source))]


def arrived(somebody: Official, place: FramesPage) -> None:
    somebody.wait(lambda: place._job is None)
    somebody.settled()


def pick(somebody: Official, qtbot: Any, *names: Path) -> None:
    """Name files in the desktop's window, as by an input method, and press Enter."""
    dialog: Any = somebody.shell.findChild(QFileDialog)
    somebody.wait(dialog.isVisible)
    field: Any = dialog.findChild(QLineEdit, "fileNameEdit")
    field.setText(" ".join(f'"{name}"' for name in names) if len(names) > 1 else str(names[0]))
    qtbot.keyClick(field, Key.Key_Return)


def in_force(somebody: Official) -> dict[tuple[str | None, str | None], int]:
    found = frames.listing(somebody.ctx, programmes.get(somebody.ctx))
    return {(one.unit, one.group): one.version for one in found if one.current}


def test_every_unit_and_group_has_a_line_and_the_pool_is_last(official: Sit, tongue: str) -> None:
    somebody = official()
    place = page(somebody)
    programme = programmes.get(somebody.ctx).programme
    assert len(place._lines) == len(programme.units) * len(programme.groups) + 1
    assert place._lines[-1].unit is None
    assert f" / {len(place._lines) - 1} " in "".join(map(str, place.summary()))
    assert somebody.keys_mode() is Mode.FRAMES


def test_lists_that_were_drawn_from_say_that_they_are_frozen(official: Sit, tmp_path: Path) -> None:
    somebody = official()
    place = page(somebody)
    before = in_force(somebody)
    drop(place, a_list(tmp_path, unit(somebody), "13800138000"))
    assert "frozen" in somebody.frame.notice.words
    assert not somebody.frame.notice._well
    somebody.press(Key.Key_O, Key.Key_G, Key.Key_W)
    assert somebody.shell.findChild(QFileDialog) is None
    assert not asking(place)
    assert in_force(somebody) == before
    offers = {offer.action.name: offer.reason for offer in somebody.shell.keys.offers()}
    assert offers["frames_add"] == "frozen by the draw"
    numbers_not_to_be_called(somebody, place)


def numbers_not_to_be_called(somebody: Official, place: FramesPage) -> None:
    """A number is looked up, put on the list, found there, and taken off it."""
    somebody.press(Key.Key_N)
    question = place.findChild(Question)
    assert question is not None
    [doing], [number, reason] = question.findChildren(Segments), question.findChildren(LineField)

    def do(what: str, *texts: str) -> str:
        doing.choose(what)
        for field, text in zip((number, reason), texts, strict=False):
            field.setFocus()
            field.clear()
            QTest.keyClicks(field, text)
        somebody.press(Key.Key_Return)
        somebody.settled()
        return somebody.words()

    assert "This is no telephone number." in do("look", "12")
    assert "This number is on no list." in do("look", "13800138001")
    assert "Fill in “Reason”." in do("add", "13800138001")
    assert clipped(somebody.shell) == []
    assert "The number is not called any more." in do("add", "13800138001", "asked by letter")
    assert "not to be called · yazhou-2023 · " in do("look", "13800138001")
    assert "The number is on no list any more." in do("remove", "13800138001", "wrong number")
    somebody.press(Key.Key_Escape)
    assert somebody.keys_mode() is Mode.FRAMES


def test_files_that_are_dropped_come_in_and_the_one_that_cannot_is_explained(
    official: Sit, tmp_path: Path
) -> None:
    somebody = thaw(official())
    place = page(somebody)
    name = unit(somebody)
    foreign = a_list(tmp_path, "区档案局", "13800138000")
    drop(place, a_list(tmp_path, name, "13800138000", "无"), foreign)
    arrived(somebody, place)
    first = programmes.get(somebody.ctx).programme.units[0].code
    assert in_force(somebody)[first, "managed"] == 2
    assert [(one.file, one.ok) for one in rows(place._files)] == [
        (foreign.name, False),
        (f"{name}-2.xlsx", True),
    ]
    assert "区档案局" in place._file_words.words()
    somebody.press(Key.Key_Escape)
    assert place._views.current() is place._overview


def test_files_are_chosen_by_key(official: Sit, qtbot: Any, tmp_path: Path) -> None:
    somebody = thaw(official())
    place = page(somebody)
    names = [one.name for one in programmes.get(somebody.ctx).programme.units[:2]]
    somebody.press(Key.Key_O)
    pick(somebody, qtbot, *(a_list(tmp_path, name, "13800138000") for name in names))
    arrived(somebody, place)
    assert [one.ok for one in place._taken] == [True, True]


def test_the_public_pool_is_chosen_by_its_own_key(official: Sit, qtbot: Any, tmp_path: Path) -> None:
    somebody = thaw(official())
    place = page(somebody)
    pool = tmp_path / "pool.csv"
    pool.write_text("手机号码\n13800138000\n13800138001\n", "gb18030")
    somebody.press(Key.Key_G)
    pick(somebody, qtbot, pool)
    arrived(somebody, place)
    assert in_force(somebody)[None, None] == 2


def test_a_password_is_asked_for_until_every_locked_file_is_open(official: Sit, tmp_path: Path) -> None:
    somebody = thaw(official())
    place = page(somebody)
    names = [one.name for one in programmes.get(somebody.ctx).programme.units[:3]]
    files = [a_list(tmp_path, name, "13800138000") for name in names]
    for file, password in zip(files[:2], ["one", "two "], strict=True):
        protect(file, password)
    before = in_force(somebody)
    drop(place, *files)
    arrived(somebody, place)
    assert f"Password of {min(file.name for file in files[:2])}" in somebody.words()
    assert "2 files are locked" in somebody.words()
    somebody.press(Key.Key_Return)
    assert "Fill in “Password”" in somebody.words()
    somebody.type("wrong")
    somebody.press(Key.Key_Return)
    arrived(somebody, place)
    assert "the password does not fit" in somebody.words()
    for password in ("one", "two "):
        somebody.type(password)
        somebody.press(Key.Key_Return)
        arrived(somebody, place)
    assert place._unlocking.question is None
    assert [one.ok for one in place._taken] == [True] * 3
    assert sum(number > before[key] for key, number in in_force(somebody).items()) == 3
    assert place._unlocking.passwords == []
    assert clipped(place) == []


def test_without_a_password_a_locked_file_stays_out_and_the_others_come_in(
    official: Sit, tmp_path: Path, tongue: str
) -> None:
    somebody = thaw(official())
    place = page(somebody)
    locked = protect(a_list(tmp_path, unit(somebody), "13800138000", "13800138001"), "secret")
    drop(place, locked, a_list(tmp_path, unit(somebody), "13800138000"))
    arrived(somebody, place)
    assert clipped(place) == []
    drop(place, locked)
    assert place._job is None
    somebody.press(Key.Key_Escape)
    somebody.settled()
    assert somebody.keys_mode() is Mode.FRAMES
    assert sorted((one.file, one.ok) for one in place._taken) == [
        (f"{unit(somebody)}-1.xlsx", True),
        (locked.name, False),
    ]
    assert {"en": "protected with a password", "zh_CN": "设有打开密码"}[tongue] in place._file_words.words()


def test_of_all_that_is_no_list_each_is_explained_and_the_good_one_comes_in(
    official: Sit, tmp_path: Path, tongue: str
) -> None:
    somebody = thaw(official())
    place = page(somebody)
    name = unit(somebody)
    before = in_force(somebody)
    drop(place, *(bad_list(tmp_path, bad, name) for bad in BAD), a_list(tmp_path, name, "13800138000"))
    arrived(somebody, place)
    assert "locked.xlsx" in somebody.words()
    somebody.press(Key.Key_Escape)
    somebody.settled()
    told = {one.file: one.words for one in rows(place._files) if not one.ok}
    assert told.keys() == BAD.keys()
    nothing = {"en": "Nothing was", "zh_CN": "未"}[tongue]
    assert [file for file, words in told.items() if file not in words or nothing not in words] == []
    after = in_force(somebody)
    assert [key for key in after if after[key] != before[key]] == [
        (programmes.get(somebody.ctx).programme.units[0].code, "managed")
    ]
    assert clipped(place) == []


def test_a_list_whose_day_cannot_be_read_is_shown_to_need_somebody(
    official: Sit, tmp_path: Path, tongue: str
) -> None:
    somebody = thaw(official())
    place = page(somebody)
    assert lists.UNDATED not in [one.code for one in place._filter._segments]
    drop(place, a_list(tmp_path, unit(somebody), "13800138000", day="一月底"))
    arrived(somebody, place)
    assert "“一月底”" in place._file_words.words()
    somebody.press(Key.Key_Escape)
    (line,) = [line for line in place._lines if lists.UNDATED in line.marks()]
    assert line.key == (programmes.get(somebody.ctx).programme.units[0].code, "managed")
    assert {"en": "undated", "zh_CN": "无日期"}[tongue] in lists.state(line).text
    while place._filter.code != lists.UNDATED:
        somebody.press(Key.Key_F)
    assert rows(place._table) == [line]
    assert {"en": "whether the list is late", "zh_CN": "无法判断"}[tongue] in somebody.words()
    assert clipped(place) == []


def test_a_stop_leaves_out_what_is_coming_in_and_keeps_what_came_in(
    official: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = thaw(official())
    place = page(somebody)
    units = [one.name for one in programmes.get(somebody.ctx).programme.units[:3]]
    files = [a_list(tmp_path, name, "13800138000") for name in units]
    steps: list[float] = []
    step = Job.step

    def stop_in_the_second(job: Job, share: float, words: str = "") -> None:
        steps.append(share)
        if share > 1 / 3:
            # As the key does in the window's thread.
            job.cancel()
        step(job, share, words)

    monkeypatch.setattr(Job, "step", stop_in_the_second)
    before = in_force(somebody)
    place.take_files(files)
    arrived(somebody, place)
    after = in_force(somebody)
    assert [key for key in after if after[key] != before[key]] == [
        (programmes.get(somebody.ctx).programme.units[0].code, "managed")
    ]
    assert [one.file for one in place._taken] == [files[0].name]
    assert "Stopped" in somebody.frame.notice.words
    assert steps == sorted(steps)


def test_escape_stops_what_is_coming_in(
    official: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = thaw(official())
    place = page(somebody)
    cancelled: list[bool] = []
    monkeypatch.setattr(Job, "cancel", lambda _job: cancelled.append(True))
    place.take_files([a_list(tmp_path, unit(somebody), "13800138000")])
    assert place._coming.isVisible()
    somebody.press(Key.Key_Escape)
    assert cancelled == [True]
    arrived(somebody, place)
    assert not place._coming.isVisible()


def test_enter_opens_what_is_wrong_row_by_row(official: Sit, tmp_path: Path, tongue: str) -> None:
    somebody = thaw(official())
    place = page(somebody)
    drop(place, a_list(tmp_path, unit(somebody), "13800138000", "同上", "13800138000"))
    arrived(somebody, place)
    somebody.press(Key.Key_Escape, Key.Key_Home, Key.Key_Return)
    somebody.settled()
    place.grab()
    somebody.settled()
    table = place._wrong.table
    assert place._views.current() is place._wrong
    shown = [[cell.text for cell in table.rows.cells(at) or ()] for at in range(2)]
    assert [(line[0], line[2], line[3]) for line in shown] == [
        ("5", "受访者2", "同上"),
        ("6", "受访者3", "13800138000"),
    ]
    assert all(line[1] for line in shown)


def test_what_is_wrong_is_written_for_the_unit(official: Sit, qtbot: Any, tmp_path: Path) -> None:
    somebody = thaw(official())
    place = page(somebody)
    drop(place, a_list(tmp_path, unit(somebody), "13800138000", "同上"))
    arrived(somebody, place)
    target = tmp_path / "back.xlsx"
    somebody.press(Key.Key_Escape, Key.Key_Home, Key.Key_E)
    pick(somebody, qtbot, target)
    somebody.wait(lambda: "back.xlsx" in somebody.frame.notice.words)
    assert [row[0].value for row in load_workbook(target)[MANAGED].iter_rows(min_row=2)] == [5]


def test_a_wrong_file_is_withdrawn_with_a_reason(official: Sit, tmp_path: Path) -> None:
    somebody = thaw(official())
    place = page(somebody)
    before = in_force(somebody)
    drop(place, a_list(tmp_path, unit(somebody), "13800138000"))
    arrived(somebody, place)
    assert in_force(somebody) != before
    somebody.press(Key.Key_Escape, Key.Key_Home, Key.Key_W)
    assert somebody.keys_mode() is Mode.ASK
    somebody.press(Key.Key_Return)
    assert asking(place), "without a reason nothing is withdrawn"
    somebody.type("wrong unit 1")
    somebody.press(Key.Key_Return)
    somebody.settled()
    assert in_force(somebody) == before
    assert "wrong unit 1" in place._side._versions.words()
    assert somebody.keys_mode() is Mode.FRAMES


def test_escape_leaves_a_question_unanswered(official: Sit) -> None:
    somebody = thaw(official())
    place = page(somebody)
    before = in_force(somebody)
    somebody.press(Key.Key_Home, Key.Key_W)
    assert asking(place)
    somebody.press(Key.Key_Escape)
    assert not asking(place)
    assert in_force(somebody) == before
    somebody.press(Key.Key_F)
    assert place._filter.code == "missing"


@pytest.mark.parametrize(("key", "state"), [(Key.Key_C, "confirmed"), (Key.Key_V, "waived")])
def test_lateness_only_proposes_and_the_bureau_decides(
    official: Sit, tmp_path: Path, key: Qt.Key, state: str
) -> None:
    somebody = thaw(official())
    place = page(somebody)
    drop(place, a_list(tmp_path, unit(somebody), "13800138000", late=True))
    arrived(somebody, place)
    loaded = programmes.get(somebody.ctx)
    (proposal,) = adjustments.listing(somebody.ctx, loaded)
    assert proposal.state == "proposed"
    somebody.press(Key.Key_Escape, Key.Key_Home, key)
    somebody.type("the draw waited two days")
    somebody.press(Key.Key_Return)
    somebody.settled()
    (settled,) = adjustments.listing(somebody.ctx, loaded)
    # Where it counts, it is told with what was proposed.
    why = "the draw waited two days"
    due = loaded.programme.settings.deadlines["lists"]
    evident = f"list {MANAGED}: handed in 2099-01-01; due by {due}; {why}"
    assert (settled.state, settled.reason) == (state, evident if state == "confirmed" else why)


def test_points_confirmed_for_a_file_that_was_withdrawn_can_still_be_waived(
    official: Sit, tmp_path: Path
) -> None:
    somebody = thaw(official())
    place, loaded = page(somebody), programmes.get(somebody.ctx)
    drop(place, a_list(tmp_path, unit(somebody), "13800138000", late=True))
    arrived(somebody, place)
    somebody.press(Key.Key_Escape, Key.Key_Home, Key.Key_C)
    somebody.type("the draw waited")
    somebody.press(Key.Key_Return)
    somebody.settled()
    waive = place._side._buttons["frames_waive"]
    somebody.wait(lambda: adjustments.listing(somebody.ctx, loaded)[0].state == "confirmed")
    somebody.wait(lambda: not waive.isVisible())
    somebody.press(Key.Key_W)
    assert "until they are waived" in somebody.words()
    somebody.type("wrong file")
    somebody.press(Key.Key_Return)
    somebody.wait(waive.isVisible)
    somebody.press(Key.Key_V)
    somebody.type("it was not theirs")
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: adjustments.listing(somebody.ctx, loaded)[0].state == "waived")


def test_filters_show_only_what_needs_somebody(official: Sit, tmp_path: Path) -> None:
    somebody = thaw(official())
    place = page(somebody)
    drop(place, a_list(tmp_path, unit(somebody), "13800138000", "无", late=True, group=SERVED))
    arrived(somebody, place)
    somebody.press(Key.Key_Escape)
    place._filter.choose("late")
    assert [line.group for line in rows(place._table)] == ["service"]
    place._filter.choose("problems")
    assert [line.group for line in rows(place._table)] == ["service"]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OBSERVER])
def test_who_only_looks_finds_no_keys_that_change_and_sees_no_rows(
    official: Sit, tmp_path: Path, role: Role
) -> None:
    somebody = thaw(official(role))
    place = page(somebody)
    before = in_force(somebody)
    drop(place, a_list(tmp_path, unit(somebody), "13800138000"))
    somebody.press(Key.Key_O, Key.Key_W, Key.Key_C, Key.Key_E, Key.Key_Return)
    somebody.settled()
    assert in_force(somebody) == before
    assert place._views.current() is place._overview
    names = {offer.action.name for offer in somebody.shell.keys.offers()}
    assert "frames_add" not in names
    assert "table_open" not in names


def test_a_refusal_of_the_service_is_said(official: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    somebody = thaw(official())

    def refuse(*_given: object) -> None:
        raise CatiError("no_contact_key", "The contact key is not yours.")

    monkeypatch.setattr("cati.services.frames.listing", refuse)
    page(somebody)
    assert "contact key" in somebody.frame.notice.words


LOOKS = (Look(SMALL, 1.0), Look(SMALL, 1.25, "dark", may_scroll=True))


def screens(somebody: Official, tmp_path: Path) -> Iterator[Stop]:
    """The lists, a file coming in, what became of files, what is wrong, and a question."""
    place = page(thaw(somebody))
    yield "lists", somebody.shell
    longest = max((one.name for one in programmes.get(somebody.ctx).programme.units), key=len)
    drop(place, a_list(tmp_path, longest, "13800138000", "无", late=True), tmp_path / "absent.xlsx")
    yield "coming in", somebody.shell
    arrived(somebody, place)
    yield "came in", somebody.shell
    somebody.press(Key.Key_Escape, Key.Key_Home)
    place._filter.choose("late")
    yield "late list", somebody.shell
    somebody.press(Key.Key_W)
    yield "question", somebody.shell
    somebody.press(Key.Key_Escape, Key.Key_Return)
    somebody.settled()
    yield "problems", somebody.shell


def test_every_screen_of_the_lists_has_room_for_all_it_says(
    official: Sit, tmp_path: Path, tongue: str
) -> None:
    somebody = official()
    assert list(lacking(screens(somebody, tmp_path), LOOKS)) == []
