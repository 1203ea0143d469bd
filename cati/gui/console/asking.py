"""From keys to answers: what a digit, Enter and the arrows do at each type of question."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cati.base.i18n import translate as _
from cati.gui.console.desk import Desk
from cati.gui.console.question import SELECTS, TYPED, QuestionScreen
from cati.gui.widgets.trouble_line import TroubleLine

if TYPE_CHECKING:
    from cati.station.runner import CallRunner


class Asking(QObject):
    """Gives the answers of the question screen to the desk.

    Args:
        desk: takes the answers.
        screen: tells what was picked or typed, and lights up for each answer.
        trouble: says when a key is no answer.
    """

    def __init__(self, desk: Desk, screen: QuestionScreen, trouble: TroubleLine) -> None:
        super().__init__(screen)
        self._desk, self._screen, self._trouble = desk, screen, trouble
        screen.given.connect(self.give)

    def digit(self, key: str) -> None:
        """The answer under a digit."""
        call = self._desk.call
        if call.script is None or call.shown is None or self._type() not in SELECTS:
            return
        name = call.script.by_key(call.shown, key, call.facts)
        if name is None:
            pattern = _("Key {key} is no answer to this question. Nothing was recorded.")
            self._trouble.say(pattern.format(key=key))
        else:
            self.give(name)

    def give(self, name: str) -> None:
        """An answer by key or by mouse; one of several is only marked until Enter."""
        if self._type() == "select_multiple":
            self._screen.pick(name)
        else:
            self._answer(name)

    def go_on(self) -> None:
        """Record what was read, typed or picked; at an answered question go on, at the end end the call."""
        call = self._desk.call
        kind = self._type()
        if call.shown is None:
            self.end()
        elif kind == "note" and call.shown not in call.answers:
            self._answer("")
        elif kind in TYPED:
            self._answer(self._screen.written.words())
        elif kind == "select_multiple" and self._screen.picked:
            self._answer(self._screen.picked)
        elif call.shown in call.answers:
            self.move(1)

    def move(self, direction: int) -> None:
        """To the question before or after."""
        self._leave(lambda runner: runner.move(direction))

    def put_aside(self) -> None:
        """Leave the question with the line open."""
        self._leave(lambda runner: runner.record_typed())

    def end(self) -> None:
        """Close the line."""
        self._leave(lambda runner: runner.end())

    def _leave(self, step: Callable[[CallRunner], None]) -> None:
        """Leave a question; what was typed there is an answer from now on."""

        def leave(runner: CallRunner) -> None:
            item, seq = runner.call.shown, runner.call.seq
            step(runner)
            if item is not None and runner.call.seq > seq:
                self._screen.answered(item, runner.call.seq)

        self._desk.do(leave)

    def _type(self) -> str:
        call = self._desk.call
        return call.script.question(call.shown).type if call.script and call.shown else ""

    def _answer(self, value: str) -> None:
        def step(runner: CallRunner) -> None:
            item = runner.call.shown
            if item is None:
                return
            runner.answer(value)
            self._trouble.clear()
            self._screen.answered(item, runner.call.seq)

        self._desk.do(step)
