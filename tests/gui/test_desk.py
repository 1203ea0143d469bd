"""The desk without a picture: what holds when there is nothing to work on."""

from __future__ import annotations

from typing import Any, NoReturn

from PySide6.QtCore import QObject

from cati.base.errors import CatiError
from cati.gui.console.desk import Desk
from cati.gui.tasks import Tasks


def test_who_finds_no_programme_is_told_and_can_leave(qtbot: Any) -> None:
    def no_programme(**_given: object) -> NoReturn:
        raise CatiError("programme_none", "There is no programme yet.")

    parent = QObject()
    tasks = Tasks(parent)
    desk = Desk(tasks, no_programme, parent)
    told: list[str] = []
    left: list[tuple[str, bool]] = []
    desk.not_opened.connect(lambda error: told.append(str(error)))
    desk.open()
    qtbot.waitUntil(lambda: bool(told))
    desk.clock_out(lambda said, well: left.append((said, well)))
    assert (told, left) == (["There is no programme yet."], [("", True)])
    assert tasks.close()
