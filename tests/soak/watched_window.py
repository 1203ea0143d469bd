"""The window with somebody who writes down what it shows: ``watched_window.py FILE [LOGIN PASSWORD]``.

It is the real window on the real station; beside it every change of the screen is appended to FILE as one
line of JSON, written to the system at once, so that what was shown before a kill is known after it. Login and
password are typed into the sign-in.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from cati.base import logging
from cati.gui.app import Shell, make_application
from cati.gui.field.board import BoardTab
from cati.gui.field.page import FieldPage
from cati.gui.office.frame import OfficeFrame
from cati.gui.start import make_start

LOOK_MS = 20


class Watcher(QObject):
    """Writes down what is on the screen whenever that changes.

    Args:
        file: appended to.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._out = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._last: dict[str, Any] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)

    def watch_door(self, shell: Shell, login: str = "", password: str = "") -> None:
        """Tell when Enter would sign in."""
        page = shell._sign_in

        def look() -> None:
            form = page._form
            if login and not form.waiting:
                form.login.setText(login)
                form.password.setText(password)
            if page._door is not None and not form.waiting and form.login.text():
                self._timer.stop()
                self._timer.timeout.disconnect(look)
                self._write({"phase": "door"})

        self._timer.timeout.connect(look)
        self._timer.start()

    def watch_console(self, console: Any) -> QWidget:
        """Tell what the console shows: right after it has changed, and every now and then; or the office."""
        if isinstance(console, OfficeFrame):
            self._timer.timeout.connect(lambda: self._look_around(console))
            self._timer.start()
            return console
        desk = console.desk
        for news in (desk.changed, desk.saved, desk.nobody):
            news.connect(lambda *_what: self._look(console))
        self._timer.timeout.connect(lambda: self._look(console))
        self._timer.start()
        widget: QWidget = console
        return widget

    def _look(self, console: Any) -> None:
        call, question = console.desk.call, console.question
        if call.assignment is None:
            self._write({"phase": str(call.phase)})
            return
        on_screen = console._stack.currentWidget() is question and call.shown is not None
        offers = call.script.offers(call.shown, call.facts, "zh") if on_screen else ()
        self._write(
            {
                "phase": str(call.phase),
                "committing": console.desk.committing,
                "case": call.assignment.case_id,
                "interview": call.interview_id,
                "question": call.shown if on_screen else None,
                "words": question.script.words() if on_screen else None,
                "keys": [offer.key for offer in offers if offer.key and not offer.aside],
                "answers": dict(call.answers),
                "typed": question.written.words() if on_screen and not offers else "",
                "ticked": sorted(question._saved_items(call)) if on_screen else None,
            }
        )

    def _look_around(self, frame: OfficeFrame) -> None:
        shown: dict[str, Any] = {"phase": "office", "place": frame.here.mode.value}
        if isinstance(frame.here, FieldPage) and isinstance(frame.here.here, BoardTab):
            bar, lines = frame.here.listening, frame.here.here._lines
            shown["people"] = [str(line.activity) for line in lines]
            shown["listens"] = bar.on
            shown["heard"] = bar.on and bar._heard.state.is_heard
        self._write(shown)

    def _write(self, shown: dict[str, Any]) -> None:
        if shown != self._last:
            self._last = shown
            os.write(self._out, json.dumps(shown | {"at": time.time()}).encode() + b"\n")


def main(file: Path, *who: str) -> int:
    """Open the window as the program does and stay until it is closed."""
    watcher = Watcher(file)
    start = make_start()

    def make_place(shell: Shell, session: Any) -> QWidget:
        return watcher.watch_console(start.make_place(shell, session))

    logging.start(start.log_folder)
    app, shell = make_application(dataclasses.replace(start, make_place=make_place))
    logging.install_hooks(shell.show_fault)
    watcher.watch_door(shell, *who)
    shell.show()
    shell.activateWindow()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
