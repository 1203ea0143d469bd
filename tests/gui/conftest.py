"""Fixtures of the window's tests: theme, language, no display needed."""

from __future__ import annotations

import fcntl
import gettext
import io
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from cati.base import i18n, paths
from cati.base.clock import VirtualClock
from cati.domain.call import Phase
from cati.domain.users import Role
from cati.gui import theme
from cati.sealing import passwords
from cati.station import workplace
from tests.gui.newcomers import Newcomer
from tests.gui.officials import Official
from tests.gui.operators import Operator, QuietRecorder, make_demonstration


@cache
def chinese_texts() -> gettext.NullTranslations:
    """All Chinese texts of the source tree, compiled in memory."""
    source = paths.resources() / "locale" / "zh_CN" / "LC_MESSAGES" / "cati.po"
    with source.open("rb") as lines:
        whole = read_po(lines, locale="zh_CN")
    compiled = io.BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@pytest.fixture(params=["en", "zh_CN"])
def tongue(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a test in both languages."""
    chosen = str(request.param)
    monkeypatch.setattr(i18n, "_language", chosen)
    texts = chinese_texts() if chosen == "zh_CN" else gettext.NullTranslations()
    monkeypatch.setattr(i18n, "_catalogue", texts)
    return chosen


@pytest.fixture
def look(qapp: QApplication) -> Iterator[None]:
    """The plain light theme, and again when the test is over."""
    theme.use("light", 1.0)
    yield
    theme.use("light", 1.0)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one line of the display-less platform pass: it has no window manager to take size hints."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("does not support propagateSizeHints"))


@pytest.fixture(scope="session")
def _demonstration(run_folder: Path, _sqlite_template: Path) -> Path:
    file = run_folder / "demonstration.db"
    with (run_folder / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(passwords, "COST", passwords.Cost(passes=1, memory_kib=8))
                make_demonstration(_sqlite_template, file)
    return file


@pytest.fixture
def seat(
    qtbot: Any, tmp_path: Path, _demonstration: Path, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Operator]]:
    """Seats an operator at a console; called again, the next one finds what the last one left."""
    monkeypatch.setattr(workplace, "RecorderProcess", QuietRecorder)
    file = tmp_path / "demonstration.db"
    shutil.copyfile(_demonstration, file)
    seated: list[Operator] = []

    def sit_down() -> Operator:
        operator = Operator(qtbot, file, tmp_path, clock)
        seated.append(operator)
        operator.sit_down()
        return operator

    yield sit_down
    for operator in seated:
        operator.stand_up()


@pytest.fixture
def operator(seat: Callable[[], Operator]) -> Operator:
    """An operator with the first case on the desk."""
    made = seat()
    made.wait_for(Phase.READY)
    return made


@pytest.fixture
def official(
    qtbot: Any, tmp_path: Path, _demonstration: Path, clock: VirtualClock
) -> Iterator[Callable[..., Official]]:
    """Seats somebody of the bureau, or with the roles given, in the office."""
    file = tmp_path / "demonstration.db"
    shutil.copyfile(_demonstration, file)
    seated: list[Official] = []

    def sit_down(*roles: Role) -> Official:
        made = Official(qtbot, file, tmp_path, clock, frozenset(roles) or None)
        seated.append(made)
        made.sit_down()
        made.settled()
        return made

    yield sit_down
    for made in seated:
        made.stand_up()


@pytest.fixture
def hire(
    qtbot: Any, tmp_path: Path, _demonstration: Path, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Newcomer]]:
    """Seats somebody new, of further roles if they are given; `ready` prepares the database before."""
    monkeypatch.setattr(workplace, "RecorderProcess", QuietRecorder)
    file = tmp_path / "demonstration.db"
    shutil.copyfile(_demonstration, file)
    hired: list[Newcomer] = []

    def sit_down(*roles: Role, ready: Callable[[Newcomer], Any] = lambda _newcomer: None) -> Newcomer:
        made = Newcomer(qtbot, file, tmp_path, clock, frozenset(roles))
        hired.append(made)
        ready(made)
        made.sit_down() if made.session is not None else made.open_window()
        return made

    yield sit_down
    for made in hired:
        made.stand_up()
