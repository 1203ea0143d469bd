"""The screens between the bars, one at a time: each is made by itself, so that no key waits for all."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.console.desk import Desk
from cati.gui.console.dialling import DiallingScreen
from cati.gui.console.disposition import DispositionScreen
from cati.gui.console.idle import Idle
from cati.gui.console.pledge import PledgeScreen, Signing
from cati.gui.console.question import QuestionScreen
from cati.gui.console.ready import ReadyScreen
from cati.gui.tasks import Tasks
from cati.gui.widgets.middle import Middle

Spaced = ReadyScreen | DiallingScreen | QuestionScreen | DispositionScreen | PledgeScreen
"""Screens that look otherwise where there is little room."""


class Screens:
    """Those without a case are there from the start; those of a call when their step of `steps` was taken.

    Args:
        desk: of the console.
        tasks: of the window.
        keys: of the window.
        is_saved: whether the answer event of that number is durable.
        leave_case: shows one of them in the place of a case.
        practising: whether respondents are invented and nothing counts.
    """

    ready: ReadyScreen
    dialling: DiallingScreen
    question: QuestionScreen
    disposition: DispositionScreen

    def __init__(
        self,
        desk: Desk,
        tasks: Tasks,
        keys: Keys,
        is_saved: Callable[[int], bool],
        leave_case: Callable[[QWidget], None],
        *,
        practising: bool,
    ) -> None:
        self._keys, self._is_saved, self._practising = keys, is_saved, practising
        self._space: theme.Space | None = None
        self._giving_way: list[Spaced] = []
        self.stack = Middle()
        self.signing = Signing(desk, tasks, keys, leave_case)
        self.idle = Idle(desk, keys, leave_case, self.signing)
        for screen in (self.idle.away, self.idle.pause, self.idle.untried):
            self.stack.addWidget(screen)
        self._take_in(self.signing.screen)

    def steps(self) -> tuple[Callable[[], None], ...]:
        """What makes the screens of a call, in the order in which they are needed."""
        return self._make_ready, self._make_dialling, self._make_question, self._make_disposition

    def _make_ready(self) -> None:
        self.ready = ReadyScreen(self._keys)
        self._take_in(self.ready)

    def _make_dialling(self) -> None:
        self.dialling = DiallingScreen(self._keys)
        if self._practising:
            self.dialling.set_practice()
        self._take_in(self.dialling)

    def _make_question(self) -> None:
        self.question = QuestionScreen(self._keys, self._is_saved)
        self._take_in(self.question)

    def _make_disposition(self) -> None:
        self.disposition = DispositionScreen(self._keys)
        self._take_in(self.disposition)

    def _take_in(self, screen: Spaced) -> None:
        self.stack.addWidget(screen)
        self._giving_way.append(screen)
        if self._space is not None:
            screen.set_space(self._space)

    def set_space(self, space: theme.Space) -> None:
        """Fit all of them into the space there is."""
        self._space = space
        for screen in self._giving_way:
            screen.set_space(space)

    def of(self, mode: Mode) -> QWidget:
        """The screen of a step of a call."""
        screens: dict[Mode, QWidget] = {
            Mode.READY: self.ready,
            Mode.DIALLING: self.dialling,
            Mode.QUESTION: self.question,
            Mode.DISPOSITION: self.disposition,
        }
        return screens[mode]

    def help_room(self, mode: Mode) -> QWidget:
        """What help may cover in a step of a call: not the script, the answers, nor what is being chosen."""
        rooms: dict[Mode, QWidget] = {
            Mode.QUESTION: self.question.side,
            Mode.DISPOSITION: self.disposition.side,
            Mode.APPOINTMENT: self.disposition.sheet,
            Mode.HAND_OVER: self.disposition.sheet,
        }
        # While it rings there is no question yet; bars and clock stay.
        return rooms.get(mode, self.dialling)
