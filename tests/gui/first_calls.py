"""A walk through what comes before the first live call: pledge, practice, the choice of the programme."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from operator import methodcaller

from sqlalchemy import update

from cati.domain.call import Phase
from cati.domain.clearances import pledge_of
from cati.domain.users import Role
from cati.gui.action import Mode
from cati.gui.console.choice import ChoicePage
from cati.services import clearances, programmes
from cati.store import tables
from tests.gui.newcomers import Newcomer
from tests.gui.operators import PASSWORD, Key, Operator
from tests.gui.tour import HELD, Stop
from tests.services.cleared import cleared

Hire = Callable[..., Newcomer]


def pledged(newcomer: Newcomer) -> None:
    """The pledge is signed, nothing practised."""
    loaded = programmes.get(newcomer.ctx)
    clearances.sign(newcomer.ctx, loaded, pledge_of(loaded.programme), PASSWORD)


def with_two_programmes(newcomer: Newcomer) -> None:
    """Another programme of the same questionnaire, called for too, by whoever is cleared for both."""
    loaded = programmes.get(newcomer.ctx)
    other = replace(loaded.programme, code="second-2024", title="第二项评价")
    bureau = replace(newcomer.ctx, actor=replace(newcomer.ctx.actor, roles=frozenset({Role.BUREAU})))
    programmes.store_programme(bureau, other)
    cleared(bureau)
    with newcomer.database.write() as connection:
        connection.execute(update(tables.programmes).values(state="drawn"))


def go(somebody: Operator, key: Key) -> None:
    """Press a key with Ctrl."""
    somebody.press(key, held=HELD)


def practise(trainee: Newcomer) -> None:
    """Over to practice, until the first case lies there."""
    go(trainee, Key.Key_P)
    trainee.wait(lambda: trainee.console._practising)
    trainee.wait_for(Phase.READY)


def play(trainee: Newcomer) -> None:
    """One invented respondent, recorded as told; the case comes again after a line nobody took."""
    while True:
        trainee.wait_for(Phase.READY)
        case = trainee.call.assignment
        assert case is not None
        room = trainee.console.desk.place.practice
        assert room is not None
        told = room.told(case)
        done = len(case.history)
        trainee.press(Key.Key_Return)
        trainee.wait_for(Phase.DIALLING)
        if done < len(told.lines):
            trainee.press(Key.Key_F10)
            trainee.wait_for(Phase.WRAP_UP)
            trainee.press({"busy": Key.Key_2, "no_answer": Key.Key_1}[told.lines[done]], Key.Key_Return)
            continue
        trainee.press(Key.Key_Return)
        trainee.wait_for(Phase.CONNECTED)
        runner = trainee.console.desk.place.runner
        while (name := runner.call.shown) is not None:
            trainee.console.desk.do(methodcaller("answer", told.answers[name]))
        trainee.press(Key.Key_F10)
        trainee.wait_for(Phase.WRAP_UP)
        trainee.press(Key.Key_Return)
        trainee.wait_for(Phase.READY)
        trainee.settled()
        return


def whole(hire: Hire) -> Iterator[Stop]:
    """Every screen once, in the language in use."""
    newcomer = hire()
    shell = newcomer.shell
    newcomer.wait(lambda: newcomer.keys_mode() is Mode.PLEDGE)
    yield "pledge", shell
    newcomer.type("not mine")
    newcomer.press(Key.Key_Return)
    newcomer.settled()
    yield "pledge, wrong password", shell
    field = newcomer.console.signing.screen.field
    assert field is not None
    field.clear()
    newcomer.type(PASSWORD)
    newcomer.press(Key.Key_Return)
    newcomer.wait(lambda: newcomer.console._stack.currentWidget() is newcomer.console.idle.untried)
    yield "practice test first", shell
    practise(newcomer)
    yield "practice, ready", shell
    newcomer.press(Key.Key_Return)
    newcomer.wait_for(Phase.DIALLING)
    yield "practice, busy tone", shell
    newcomer.press(Key.Key_F10)
    newcomer.wait_for(Phase.WRAP_UP)
    yield "practice, outcome", shell
    newcomer.press(Key.Key_1, Key.Key_Return)
    newcomer.wait_for(Phase.READY)
    newcomer.settled()
    yield "practice, not as told", shell
    newcomer.connect()
    newcomer.screen()
    yield "practice, question", shell
    go(newcomer, Key.Key_P)
    newcomer.wait(lambda: not newcomer.console._practising)
    newcomer.wait_for(Phase.IDLE)
    shell.close()
    chooser = hire(ready=with_two_programmes)
    chooser.wait(lambda: isinstance(chooser.shell._place, ChoicePage))
    chooser.settled()
    yield "choice of the programme", chooser.shell
