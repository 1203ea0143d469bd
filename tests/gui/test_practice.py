"""Before the first call: the pledge, practice with its test, and the choice of the programme, by keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from cati.domain.attendance import Presence
from cati.domain.call import Phase
from cati.domain.users import Role
from cati.gui.action import Mode
from cati.gui.console.choice import ChoicePage
from cati.gui.office.frame import OfficeFrame
from cati.services import attendance, clearances, programmes
from tests.gui import first_calls
from tests.gui.first_calls import Hire, go, play, pledged, practise, with_two_programmes
from tests.gui.looks import SMALL, Look, lacking
from tests.gui.newcomers import Newcomer
from tests.gui.operators import PASSWORD, Key
from tests.services.cleared import cleared

LOOKS = (Look(SMALL, 1.0), Look(SMALL, 1.25, "dark"), Look(SMALL, 2.0, "contrast", may_scroll=True))


def signed(newcomer: Newcomer) -> None:
    cleared(newcomer.ctx)


@pytest.mark.usefixtures("look", "tongue")
def test_every_screen_before_the_first_call_has_room_for_all_it_says(hire: Hire) -> None:
    assert list(lacking(first_calls.whole(hire), LOOKS)) == []


@pytest.mark.usefixtures("look")
def test_the_pledge_has_to_be_signed_before_a_case_comes(hire: Hire) -> None:
    newcomer = hire()
    newcomer.wait(lambda: newcomer.keys_mode() is Mode.PLEDGE)
    screen = newcomer.console.signing.screen
    newcomer.press(Key.Key_Return)
    assert "Type your own password: it is the signature." in newcomer.words()
    newcomer.type("not mine")
    newcomer.press(Key.Key_Return)
    newcomer.settled()
    assert screen.form is not None
    assert screen.form._problem.isVisible()
    assert newcomer.call.phase is Phase.IDLE
    assert screen.field is not None
    screen.field.clear()
    newcomer.type(PASSWORD)
    newcomer.press(Key.Key_Return)
    newcomer.wait(lambda: newcomer.console._stack.currentWidget() is newcomer.console.idle.untried)
    assert newcomer.keys_mode() is Mode.BREAK
    bureau = replace(newcomer.ctx, actor=replace(newcomer.ctx.actor, roles=frozenset({Role.BUREAU})))
    [standing] = clearances.listing(bureau, programmes.get(newcomer.ctx))
    assert standing.pledge is not None


@pytest.mark.usefixtures("look")
def test_the_pledge_can_be_left_unsigned_and_is_asked_for_again(hire: Hire) -> None:
    newcomer = hire()
    newcomer.wait(lambda: newcomer.keys_mode() is Mode.PLEDGE)
    newcomer.press(Key.Key_Escape)
    assert newcomer.keys_mode() is Mode.BREAK
    assert "pledge of confidentiality" in newcomer.words()
    newcomer.press(Key.Key_F5)
    newcomer.wait(lambda: newcomer.keys_mode() is Mode.PLEDGE)


@pytest.mark.usefixtures("look")
def test_practice_tells_judges_and_leaves_nothing_behind(hire: Hire, tmp_path: Path) -> None:
    trainee = hire(ready=signed)
    trainee.wait_for(Phase.READY)
    real = trainee.console.desk.place.programme
    go(trainee, Key.Key_P)
    trainee.wait(lambda: trainee.console._practising)
    assert attendance.today(trainee.ctx).presence is Presence.BREAK
    trainee.wait_for(Phase.READY)
    console = trainee.console
    assert console.bars.call._banner.isVisible()
    assert not console.bars.board.isVisible()
    assert not console.bars.line.isVisible()
    assert console.prompt.isVisible()
    bound = {offer.action.name for offer in trainee.shell.keys.offers()}
    assert {"clock_out", "supervisor", "place"}.isdisjoint(bound)
    play(trainee)
    assert "Recorded as told: 1 of 2" in console.prompt.words
    trainee.connect()
    trainee.screen()
    folder = tmp_path / "practice"
    assert folder.exists()
    go(trainee, Key.Key_P)
    trainee.wait(lambda: not trainee.console._practising)
    trainee.wait_for(Phase.READY)
    assert not folder.exists()
    assert not trainee.console.bars.call._banner.isVisible()
    assert trainee.console.desk.place.programme == real
    assert attendance.today(trainee.ctx).presence is Presence.IN
    assert trainee.console.desk.place.today().attempts == ()


@pytest.mark.usefixtures("look")
def test_the_practice_test_is_passed_in_the_window(hire: Hire) -> None:
    trainee = hire(ready=pledged)
    trainee.wait(lambda: trainee.console._stack.currentWidget() is trainee.console.idle.untried)
    practise(trainee)
    play(trainee)
    play(trainee)
    trainee.wait(lambda: "passed the practice test" in trainee.console.prompt.words)
    go(trainee, Key.Key_P)
    trainee.wait(lambda: not trainee.console._practising)
    trainee.wait_for(Phase.READY)


@pytest.mark.usefixtures("look")
def test_what_the_respondent_does_is_told_step_by_step_and_no_number_is_shown(hire: Hire) -> None:
    trainee = hire(ready=signed)
    trainee.wait_for(Phase.READY)
    practise(trainee)
    prompt = trainee.console.prompt
    assert prompt.words.startswith("Scenario 1: The line is busy at first")
    trainee.press(Key.Key_Return)
    trainee.wait_for(Phase.DIALLING)
    assert "busy tone" in prompt.words
    digits = trainee.call.phone.e164.removeprefix("+86")
    assert digits not in trainee.words().replace(" ", "")
    assert "nobody is dialled" in trainee.words()
    go(trainee, Key.Key_C)
    assert QGuiApplication.clipboard().text() != digits
    trainee.press(Key.Key_F10)
    trainee.wait_for(Phase.WRAP_UP)
    trainee.press(Key.Key_1, Key.Key_Return)
    trainee.wait(lambda: "Not as told: outcome of the call" in prompt.words)
    assert "said “Busy”, recorded “No answer”" in prompt.words


@pytest.mark.usefixtures("look")
def test_whoever_has_not_signed_in_may_practise_too(hire: Hire, tmp_path: Path) -> None:
    def nobody(newcomer: Newcomer) -> None:
        newcomer.session = None

    trainee = hire(ready=nobody)
    trainee.wait(lambda: "practise_first" in [one.action.name for one in trainee.shell.keys.offers()])
    go(trainee, Key.Key_P)
    trainee.wait_for(Phase.READY)
    assert trainee.console.bars.call._banner.isVisible()
    room = trainee.console.desk.place.practice
    assert room is not None
    assert room.ctx.actor.name == "Practice"
    trainee.press(Key.Key_Return)
    trainee.wait_for(Phase.DIALLING)
    go(trainee, Key.Key_P)
    assert trainee.keys_mode() is Mode.SIGN_IN
    trainee.settled()
    assert not (tmp_path / "practice").exists()


@pytest.mark.usefixtures("look")
def test_with_several_programmes_one_is_chosen_by_digit_and_changed_by_key(hire: Hire) -> None:
    operator = hire(ready=with_two_programmes)
    operator.wait(lambda: isinstance(operator.shell._place, ChoicePage))
    page: Any = operator.shell._place
    operator.wait(lambda: len(page.codes) == 2)
    assert page.codes == ["second-2024", "yazhou-2023"]
    operator.press(Key.Key_2)
    operator.wait_for(Phase.READY)
    assert operator.console.desk.place.programme.programme.code == "yazhou-2023"
    go(operator, Key.Key_G)
    operator.wait(lambda: isinstance(operator.shell._place, ChoicePage))
    page = operator.shell._place
    operator.wait(lambda: len(page.codes) == 2)
    operator.press(Key.Key_Escape)
    operator.wait_for(Phase.READY)
    assert operator.console.desk.place.programme.programme.code == "yazhou-2023"


@pytest.mark.usefixtures("look")
def test_many_programmes_are_chosen_on_pages_by_keys(hire: Hire) -> None:
    operator = hire(ready=with_two_programmes)
    shell = operator.shell
    operator.wait(lambda: len(getattr(shell._place, "codes", ())) == 2)
    first: Any = shell._place
    one = first._known[0]
    many = [replace(one, programme=replace(one.programme, code=f"year-{nth}")) for nth in range(20)]
    chosen: list[str] = []
    shell.change_place(lambda: ChoicePage(shell, lambda: many, chosen.append, shell.leave, "year-10"))
    page: Any = shell._place
    operator.wait(lambda: len(page.codes) == 9)
    # The one in hand is on the page that is opened.
    assert page.codes[0] == "year-9"
    assert page._place.words() == "10 to 18 of 20"
    operator.press(Key.Key_PageDown, Key.Key_PageDown)
    assert page.codes == ["year-18", "year-19"]
    operator.press(Key.Key_3)
    assert chosen == []
    operator.press(Key.Key_2, Key.Key_PageUp, Key.Key_PageUp, Key.Key_9)
    assert chosen == ["year-19", "year-8"]


@pytest.mark.usefixtures("look")
def test_a_programme_that_was_copied_leaves_the_old_one_to_be_chosen(hire: Hire) -> None:
    official = hire(Role.BUREAU)
    go(official, Key.Key_T)
    official.wait(lambda: isinstance(official.shell._place, OfficeFrame))
    frame: Any = official.shell._place
    official.wait(lambda: frame.office.programme is not None)
    go(official, Key.Key_2)
    official.settled()
    official.press(Key.Key_C)
    official.press(Key.Key_Return)
    official.wait(lambda: frame.office.programme.programme.code != "yazhou-2023")
    assert frame.nav._change
    go(official, Key.Key_G)
    page: Any = official.shell._place
    official.wait(lambda: len(getattr(page, "codes", ())) == 2)
    assert page.codes[1] == "yazhou-2023"


@pytest.mark.usefixtures("look")
def test_the_office_changes_its_programme_too(hire: Hire) -> None:
    official = hire(Role.BUREAU, ready=with_two_programmes)
    official.wait(lambda: isinstance(official.shell._place, ChoicePage))
    page: Any = official.shell._place
    official.wait(lambda: len(page.codes) == 2)
    official.press(Key.Key_2)
    official.wait_for(Phase.READY)
    go(official, Key.Key_T)
    official.settled()
    frame: Any = official.shell._place
    assert isinstance(frame, OfficeFrame)
    assert frame.office.programme is not None
    assert frame.office.programme.programme.code == "second-2024"
    go(official, Key.Key_G)
    page = official.shell._place
    official.wait(lambda: len(getattr(page, "codes", ())) == 2)
    official.press(Key.Key_2)
    official.settled()
    frame = official.shell._place
    assert isinstance(frame, OfficeFrame)
    assert frame.office.programme is not None
    assert frame.office.programme.programme.code == "yazhou-2023"
