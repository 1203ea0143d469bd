"""A walk through every screen the window has, by the keys a person would press."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cati.base import i18n
from cati.base.errors import CatiError
from cati.domain.call import Phase
from cati.domain.contacts import Phone
from cati.domain.programmes import in_language
from cati.domain.users import DemoUser
from cati.gui.app import Shell, Start
from cati.gui.console.console import Console
from tests.gui.operators import Operator
from tests.gui.stalls import own_work
from tests.gui.stations import MemoryFounding, MemoryStation

Key = Qt.Key
Stop = tuple[str, Shell]
Seat = Callable[[], Operator]
HELD = Qt.KeyboardModifier.ControlModifier

# Questions that look like the ones before them: one of their kind is enough where time is short.
LIKE_OTHERS = ("duties", "masses", "integrity", "innovation", "party", "identity", "recording", "age")
LONG_NOTE = "fetches the child, free before four; hears badly, speak slowly"


def door(qtbot: Any, found: MemoryStation | MemoryFounding) -> Shell:
    """The window with sign-in or the guide, as it opens."""
    start = Start(
        open_station=lambda *_tell: found,
        make_place=lambda _shell, _session: QWidget(),
        language=i18n.language(),
        mode="light",
        scale=100,
        version="0.1.0",
        log_folder=Path(),
        remember=lambda _changed: None,
    )
    with own_work():
        shell = Shell(start)
    qtbot.addWidget(shell)
    shell.show()
    shell.activateWindow()
    qtbot.waitUntil(shell.isActiveWindow)
    qtbot.waitUntil(lambda: shell._station is not None or shell._guide is not None)
    return shell


def at_the_door(qtbot: Any) -> Iterator[Stop]:
    """Sign-in with its refusal, and the guide of a new station."""
    station = MemoryStation({"li": "long password"}, DemoUser("demo", "demonstration"))
    shell = door(qtbot, station)
    yield "sign-in", shell
    page: Any = shell._sign_in
    qtbot.keyClick(shell.windowHandle(), Key.Key_Return)
    qtbot.waitUntil(lambda: page._form._problem.isVisible())
    yield "sign-in refused", shell
    page.preparing(123, 400)
    yield "preparing the demonstration", shell
    shell.tasks.close()
    shell.hide()
    yield from _begun(qtbot)


def _begun(qtbot: Any) -> Iterator[Stop]:
    folder = Path("/srv/social-evaluation/data-of-the-bureau-of-statistics/cati")
    founding = MemoryFounding(MemoryStation(), True, False, False, folder=folder)
    shell = door(qtbot, founding)
    guide: Any = shell._guide
    yield "guide, language", shell
    guide.confirm()
    yield "guide, folder", shell
    guide.folder.field.setText("/net/share")
    guide.confirm()
    qtbot.waitUntil(lambda: guide.folder._problem.isVisible())
    yield "guide, folder refused", shell
    guide.folder.field.setText(str(folder))
    guide.confirm()
    qtbot.waitUntil(lambda: guide.sheet is guide.who)
    for field, typed in zip(guide.who.fields, ("li", "李丽", "long password", "another"), strict=True):
        field.setText(typed)
    guide.confirm()
    yield "first user", shell
    guide.who.again.setText("long password")
    guide.confirm()
    qtbot.waitUntil(lambda: guide.shown.isVisible())
    yield "recovery key", shell
    guide.confirm()
    guide.back.field.setText("7k3qm")
    guide.confirm()
    qtbot.waitUntil(lambda: guide.back._problem.isVisible())
    yield "key typed back", shell
    shell.tasks.close()
    shell.hide()


def without_programme(qtbot: Any, seat: Seat) -> Iterator[Stop]:
    """The place of work of somebody for whom there is no programme."""

    def refuse(**_given: object) -> NoReturn:
        raise CatiError("programme_none", "There is no programme yet. Load one with: cati programme load.")

    operator = seat()
    shell = operator.shell
    place = Console(shell, refuse)
    operator.console.let_go()
    shell._stack.addWidget(place)
    shell._stack.setCurrentWidget(place)
    qtbot.waitUntil(lambda: "cati programme load" in place.away._line.words())
    yield "no programme", shell
    place.let_go()


def take_the_longest(operator: Operator) -> None:
    """Let the case on the desk be of the unit and the group with the longest names, with two numbers."""
    operator.wait_for(Phase.READY)
    case, programme = operator.call.assignment, operator.console._programme
    assert case is not None
    spoken = i18n.language()
    unit = max(programme.units, key=lambda unit: len(in_language(unit.labels, spoken, unit.name)))
    group = max(programme.groups, key=lambda group: len(in_language(group.labels, spoken, group.label)))
    phones = (replace(case.contact.number, non_local=True), Phone("+8613900005678"))
    longest = replace(
        case,
        unit_code=unit.code,
        unit_name=unit.name,
        group_code=group.code,
        group_label=group.label,
        contact=replace(case.contact, phones=phones),
    )
    runner = operator.console.desk.place.runner
    runner.lay_down()
    runner.take(longest)
    operator.console.follow()


def before_the_call(operator: Operator) -> Iterator[Stop]:
    """The queue card and what lies over it, a break, dialling."""
    shell = operator.shell
    operator.wait_for(Phase.READY)
    yield "ready", shell
    take_the_longest(operator)
    yield "ready, longest names", shell
    operator.press(Key.Key_F2)
    yield "card", shell
    operator.press(Key.Key_F2, Key.Key_F1)
    yield "help", shell
    operator.press(Key.Key_F1)
    operator.settled()
    yield "manual", shell
    operator.press(Key.Key_Escape)
    operator.press(Key.Key_M, held=HELD)
    operator.settled()
    yield "microphone", shell
    operator.press(Key.Key_Escape)
    operator.console.say("The outcome was stored. " * 3)
    yield "trouble", shell
    operator.press(Key.Key_E, held=HELD)
    operator.press(Key.Key_F5)
    operator.wait(lambda: operator.call.phase is Phase.IDLE)
    operator.settled()
    yield "break", shell
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.READY)
    operator.console.desk.nobody.emit(operator.console.desk.now())
    yield "nobody to call", shell
    operator.console.follow()
    take_the_longest(operator)
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.DIALLING)
    operator.settled()
    operator.press(Key.Key_C, held=HELD)
    yield "dialling", shell
    operator.press(Key.Key_F1)
    yield "dialling, help", shell
    operator.press(Key.Key_F1, Key.Key_F1)


def in_the_call(operator: Operator, all_questions: bool) -> Iterator[Stop]:
    """Every question from the opening to the end; of questions that look alike one, unless all are wanted."""
    shell = operator.shell
    operator.press(Key.Key_Return)
    operator.wait_for(Phase.CONNECTED)
    while operator.call.shown is not None:
        shown = operator.call.shown
        if all_questions or shown not in LIKE_OTHERS:
            yield f"question {shown}", shell
        if shown == "service":
            yield from _over_the_question(operator)
        operator.press(Key.Key_3 if shown == "rural" else Key.Key_1)
        if operator.call.shown == shown:
            operator.press(Key.Key_Return)
        operator.settled()
    yield "end of the questions", shell


def _over_the_question(operator: Operator) -> Iterator[Stop]:
    shell = operator.shell
    for key, name in ((Key.Key_F3, "help turned"), (Key.Key_F2, "card")):
        operator.press(key)
        yield f"question, {name}", shell
        operator.press(key)
    for name in ("keys", "chapter"):
        operator.press(Key.Key_F1)
        operator.settled()
        yield f"question, {name}", shell
    operator.press(Key.Key_F1)
    operator.press(Key.Key_F4, Key.Key_F6)
    operator.type(LONG_NOTE)
    yield "question, note and flag", shell
    operator.press(Key.Key_Escape, Key.Key_F6)
    operator.recorder.fail("device_lost")
    operator.settled()
    yield "question, microphone lost", shell
    operator.recorder.hear(0.5)
    operator.press(Key.Key_1)
    operator.press(Key.Key_Left, held=Qt.KeyboardModifier.AltModifier)
    operator.settled()
    yield "question, gone back", shell


def after_the_call(operator: Operator) -> Iterator[Stop]:
    """The outcome, the time to call again, and the next card with its attempts and appointments."""
    shell = operator.shell
    operator.press(Key.Key_F10)
    operator.settled()
    yield "outcome proposed", shell
    operator.press(Key.Key_8, Key.Key_Return)
    operator.wait_for(Phase.READY)
    for _nth in range(2):
        operator.connect()
        operator.press(*[Key.Key_1] * 6, Key.Key_F10, Key.Key_C)
        yield "outcome refused", shell
        operator.press(Key.Key_0, Key.Key_F1)
        yield "outcome chosen, keys", shell
        operator.press(Key.Key_F1, Key.Key_F1)
        yield "outcome chosen", shell
        operator.press(Key.Key_6)
        yield "picker", shell
        operator.press(Key.Key_Right, Key.Key_Right, Key.Key_F4)
        operator.type(LONG_NOTE)
        yield "picker, note", shell
        operator.press(Key.Key_Return)
        operator.wait_for(Phase.READY)
    before = operator.case_id
    # When the appointments are due, the case on the desk goes to somebody else.
    operator.clock.advance(26 * 3600)
    operator.press(Key.Key_F11)
    operator.wait(lambda: operator.call.phase is Phase.READY and operator.case_id != before)
    yield "ready by appointment", shell


def after_a_power_cut(operator: Operator, seat: Seat) -> Iterator[Stop]:
    """What the next start offers when the power went in the middle of an interview."""
    operator.connect()
    operator.press(*[Key.Key_1] * 6)
    desk = operator.console.desk
    operator.wait(lambda: not desk.place.runner.unsaved and not desk._waiting)
    operator.settled()
    operator.lose_power()
    after = seat()
    after.wait_for(Phase.READY)
    yield "ready to resume", after.shell


def whole(qtbot: Any, seat: Seat, all_questions: bool = False) -> Iterator[Stop]:
    """Every screen once, in the language in use: its name and the window it stands in."""
    yield from at_the_door(qtbot)
    operator = seat()
    yield from before_the_call(operator)
    yield from in_the_call(operator, all_questions)
    yield from after_the_call(operator)
    yield from after_a_power_cut(operator, seat)
    yield from without_programme(qtbot, seat)
