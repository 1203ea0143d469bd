"""The console when the machine misbehaves: real locks, a disk that is really full, days without calls."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from sqlalchemy import select

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.call import Phase
from cati.gui.action import Mode
from cati.gui.widgets.call_bar import Lamp
from cati.services import programmes, queue
from cati.station import workplace
from cati.store import engine, tables
from tests.gui.operators import Key, Operator, QuietRecorder
from tests.rig.small_disk import SmallDisk, small_disk

pytestmark = pytest.mark.usefixtures("look")
ROOM = 1200
"""Megabytes of a disk on which somebody may be dialled."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_MS", 20)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", ROOM) as made:
        yield made


@pytest.fixture
def on_disk(
    qtbot: Any,
    disk: SmallDisk,
    _demonstration: Path,
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Operator]:
    """An operator whose data folder lies on a small disk, with the first case on the desk."""
    monkeypatch.setattr(workplace, "RecorderProcess", QuietRecorder)
    file = disk.folder / "cati.db"
    shutil.copyfile(_demonstration, file)
    operator = Operator(qtbot, file, disk.folder, clock)
    operator.sit_down()
    operator.wait_for(Phase.READY)
    yield operator
    operator.stand_up()


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Another program is in the middle of writing into the database."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("begin immediate")
        yield
        other.execute("rollback")


def pass_time(operator: Operator, seconds: int = 1) -> None:
    """Let seconds pass, on the clock and for the window."""
    for _second in range(seconds):
        operator.clock.advance(1)
        operator.console.clockwork.ticker.timeout.emit()
    operator.settled()


def items(operator: Operator) -> list[str]:
    with operator.database.read() as connection:
        return list(connection.scalars(select(tables.answers.c.item).order_by(tables.answers.c.seq)))


def lamp(operator: Operator) -> Lamp:
    state = operator.console.bars.call._state
    assert state is not None
    return state.lamp


def dismiss(operator: Operator) -> None:
    operator.shell.keys.trigger("dismiss")


def said(operator: Operator, words: str) -> None:
    operator.wait(lambda: words in operator.words())


def test_answers_wait_for_another_program_to_let_go_and_are_stored_by_themselves(
    seat: Callable[[], Operator], tmp_path: Path
) -> None:
    operator = seat()
    operator.connect()
    with held(tmp_path / "demonstration.db"):
        operator.press(Key.Key_1)
        said(operator, "Another program holds the database: 1 answer is not stored yet.")
        said(operator, "Not yet stored: 1 | database in use")
        operator.press(Key.Key_1)
        said(operator, "Not yet stored: 2")
        pass_time(operator)
        dismiss(operator)
        assert "2 answers are not stored yet" in operator.words()
        assert "fault" not in operator.words()
    assert items(operator) == []
    pass_time(operator)
    operator.wait(lambda: items(operator) == ["opening", "identity"])
    operator.wait(lambda: "not stored yet" not in operator.words())
    assert "Not yet stored" not in operator.words()


def test_a_case_is_not_closed_before_its_answers_are_stored(
    seat: Callable[[], Operator], tmp_path: Path
) -> None:
    operator = seat()
    operator.connect()
    with held(tmp_path / "demonstration.db"):
        operator.press(Key.Key_1, Key.Key_1, Key.Key_F10)
        said(operator, "Not yet stored: 2 | database in use")
        operator.press(Key.Key_0)
        assert "What was answered stays stored" not in operator.words()
        assert "the outcome can be stored after them" in operator.words()
        assert "Answers not yet stored: 2" in operator.words()
        operator.press(Key.Key_Return)
        operator.settled()
        assert operator.call.phase is Phase.WRAP_UP
    pass_time(operator)
    said(operator, "What was answered stays stored")
    case = operator.case_id
    operator.press(Key.Key_Return)
    operator.wait(lambda: operator.call.phase is Phase.READY and operator.case_id != case)


def test_a_slow_database_is_told_before_it_has_refused_anything(
    seat: Callable[[], Operator], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_MS", 60_000)
    operator = seat()
    operator.connect()
    with held(tmp_path / "demonstration.db"):
        operator.press(Key.Key_1)
        for _second in range(2):
            operator.console.clockwork.ticker.timeout.emit()
        assert "Not yet stored: 1 | takes long" in operator.words()
    operator.wait(lambda: items(operator) == ["opening"])
    operator.wait(lambda: "Not yet stored" not in operator.words())


def test_answers_wait_for_room_on_a_full_disk_and_the_warning_goes_with_its_cause(
    on_disk: Operator, disk: SmallDisk
) -> None:
    on_disk.connect()
    disk.fill()
    on_disk.press(*[Key.Key_1] * 3)
    said(on_disk, "The disk is full: ")
    said(on_disk, "disk full")
    late = on_disk.console.desk.storing.count
    assert late > 0
    assert len(items(on_disk)) == 3 - late
    on_disk.recorder.fail("disk")
    on_disk.wait(lambda: lamp(on_disk) is Lamp.OFF)
    disk.free()
    pass_time(on_disk, 5)
    on_disk.wait(lambda: len(items(on_disk)) == 3)
    on_disk.wait(lambda: on_disk.recorder.asked.count("start") == 2)
    on_disk.wait(lambda: "disk" not in on_disk.words())
    on_disk.press(Key.Key_F10)
    on_disk.wait(lambda: lamp(on_disk) is Lamp.PARTLY)
    assert "Recording sealed" not in on_disk.words()
    on_disk.press(Key.Key_0, Key.Key_Return)
    on_disk.wait_for(Phase.READY)
    assert "disk full" not in on_disk.words()


def test_nobody_is_dialled_with_too_little_room_and_the_card_says_so_until_there_is_more(
    on_disk: Operator, disk: SmallDisk
) -> None:
    disk.leave(420)
    # Room may go while the card is looked at: it is measured before each dialling too.
    on_disk.press(Key.Key_Return)
    said(on_disk, "Less than 1 GB is free for recordings")
    assert on_disk.call.phase is Phase.READY
    dismiss(on_disk)
    pass_time(on_disk, 5)
    said(on_disk, "only 0.4 GB free for recordings, dialling needs 1 GB")
    assert not on_disk.console.ready._dial.isEnabled()
    on_disk.press(Key.Key_Return)
    assert on_disk.call.phase is Phase.READY
    disk.free()
    pass_time(on_disk, 5)
    on_disk.wait(lambda: on_disk.console.ready._dial.isEnabled())
    assert "dialling needs" not in on_disk.words()
    on_disk.press(Key.Key_Return)
    on_disk.wait_for(Phase.DIALLING)


@pytest.mark.parametrize(
    ("season", "words"),
    [
        ({"expires": date(2024, 2, 20)}, "The approval ended 2/20 Tue: nobody may be called any more."),
        ({"fieldwork_end": date(2024, 2, 20)}, "Fieldwork ended 2/20 Tue: nobody is called any more."),
        ({"fieldwork_start": date(2024, 2, 23)}, "Fieldwork has not begun: may be called 2/23 Fri from "),
    ],
)
def test_why_nobody_may_be_called_stays_on_the_paper_and_f5_looks_again(
    seat: Callable[[], Operator], monkeypatch: pytest.MonkeyPatch, season: dict[str, Any], words: str
) -> None:
    get = programmes.get

    def of_season(ctx: Any, code: str | None = None) -> Any:
        loaded = get(ctx, code)
        settings = replace(loaded.programme.settings, **season)
        return replace(loaded, programme=replace(loaded.programme, settings=settings))

    monkeypatch.setattr(programmes, "get", of_season)
    operator = seat()
    said(operator, words)
    dismiss(operator)
    assert "Nobody may be called now" in operator.words()
    assert words in operator.words()
    looked = Mock(wraps=queue.claim_next)
    monkeypatch.setattr(queue, "claim_next", looked)
    operator.press(Key.Key_F5)
    operator.wait(lambda: looked.called)


def test_a_queue_that_cannot_be_read_is_told_on_the_paper_and_f5_tries_again(
    seat: Callable[[], Operator], tmp_path: Path
) -> None:
    operator = seat()
    operator.wait_for(Phase.READY)
    with held(tmp_path / "demonstration.db"):
        operator.console.desk.place.runner.lay_down()
        operator.console.desk.claim()
        said(operator, "No case could be fetched")
        assert "Another program holds the database" in operator.words()
        assert operator.keys_mode() is Mode.BREAK
    operator.press(Key.Key_F5)
    operator.wait_for(Phase.READY)


def test_a_place_that_cannot_be_opened_says_so_and_f5_opens_it(
    seat: Callable[[], Operator], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_asked: object) -> None:
        raise CatiError("programme_none", "There is no programme yet.")

    with monkeypatch.context() as patch:
        patch.setattr(programmes, "get", refuse)
        operator = seat()
        said(operator, "There is no programme yet.")
        assert "Your place could not be opened" in operator.words()
    operator.press(Key.Key_F5)
    operator.wait_for(Phase.READY)
