"""The outcome of a call by real key presses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cati.domain.call import Call, Phase
from cati.domain.dispositions import DISPOSITIONS, PastAttempt, settlement
from cati.domain.programmes import Settings
from cati.domain.queue import EarlierAttempt
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.console.disposition import Choice, DispositionScreen
from cati.gui.console.follow import consequence
from cati.gui.widgets.layouts import column
from cati.gui.widgets.options import OptionRow, Room
from tests.gui.calls import NOW, answered, unanswered
from tests.gui.fits import clipped, come_to_rest
from tests.gui.looks import looks

Key = Qt.Key
SETTINGS = Settings(local_area_code="0898", mobile_only=False)
ALL_ANSWERED = 40
pytestmark = pytest.mark.usefixtures("look")


class Desk(QWidget):
    """A window with the screen in it, and what it stored."""

    def __init__(self, call: Call, proposed: str, appointments: tuple[datetime, ...] = ()) -> None:
        super().__init__()
        self.keys = Keys(self)
        self.keys.set_mode(Mode.DISPOSITION)
        self.page = DispositionScreen(self.keys)
        self.stored: list[Choice] = []
        self.page.store.connect(self.stored.append)
        self.setLayout(column(self.page, gap=0))
        self.fit()
        self.page.show_call(call, SETTINGS, NOW, appointments, proposed)
        self.page.bind()

    def fit(self) -> None:
        """Take what the console leaves between its bars on a screen of 1366×768."""
        self.page.set_space(theme.current().space(1366, 690))
        come_to_rest(self)
        self.resize(1366, 690 - theme.px(64 + 44 + 34))

    def option(self, code: str) -> OptionRow:
        return self.page._rows[code]

    @property
    def chosen(self) -> str:
        return self.page._chosen


@pytest.fixture
def desk(qtbot) -> Iterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def make(call: Call, proposed: str = "", appointments: tuple[datetime, ...] = ()) -> Desk:
        one = Desk(call, proposed, appointments)
        made.append(one)
        qtbot.addWidget(one)
        one.show()
        one.activateWindow()
        qtbot.waitUntil(one.isActiveWindow)
        return one

    yield make
    for one in made:
        one.page.unbind()


def press(qtbot, desk: Desk, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(desk.windowHandle(), key)


def test_one_key_chooses_and_enter_stores(qtbot, desk) -> None:
    one = desk(unanswered())
    press(qtbot, one, Key.Key_2, Key.Key_Return)
    assert one.stored == [Choice("busy", None, True, "")]


def test_nothing_is_stored_before_something_is_chosen(qtbot, desk) -> None:
    one = desk(unanswered())
    press(qtbot, one, Key.Key_Return)
    assert one.stored == []
    assert one.page._store.text() == "Choose the outcome first"
    assert one.page._problem.words() == "Choose the outcome first"
    press(qtbot, one, Key.Key_2)
    assert one.page._problem_row.isHidden()


def test_what_is_proposed_is_chosen_already(qtbot, desk) -> None:
    one = desk(answered(ALL_ANSWERED), "complete")
    press(qtbot, one, Key.Key_Return)
    assert one.stored[0].disposition == "complete"


def test_escape_undoes_the_choice(qtbot, desk) -> None:
    one = desk(unanswered(), "no_answer")
    press(qtbot, one, Key.Key_Escape)
    assert one.chosen == ""
    assert "cancel" not in {offer.action.name for offer in one.keys.offers()}
    press(qtbot, one, Key.Key_F4, Key.Key_2, Key.Key_Escape, Key.Key_2)
    assert (one.page.note.text(), one.chosen) == ("2", "busy")


def test_an_outcome_that_does_not_fit_the_call_is_off_and_says_why(qtbot, desk) -> None:
    one = desk(answered(5))
    assert not one.option("complete").isEnabled()
    press(qtbot, one, Key.Key_C)
    assert one.chosen == ""
    assert "Questions are still unanswered" in one.page._problem.words()
    press(qtbot, one, Key.Key_B)
    assert one.chosen == "break_off"
    assert one.page._problem_row.isHidden()


def test_whoever_was_asked_an_item_is_eligible(qtbot, desk) -> None:
    one = desk(answered(5))
    press(qtbot, one, Key.Key_X)
    assert one.chosen == ""
    assert one.page._problem.words() == "Not eligible by the screening: The screening was passed"


def test_the_reason_stands_behind_the_colon_of_the_language(qtbot, desk, tongue: str) -> None:
    one = desk(answered(5))
    press(qtbot, one, Key.Key_1)
    said = {"en": "No answer: Somebody answered", "zh_CN": "无人接听：已有人接听"}
    assert one.page._problem.words() == said[tongue]


def test_every_outcome_of_the_table_has_a_row_that_its_key_chooses(qtbot, desk) -> None:
    for call in (unanswered(), answered(5), answered(ALL_ANSWERED)):
        one = desk(call)
        for outcome in DISPOSITIONS.values():
            if outcome.key and call.refusal_of(outcome.code) is None:
                press(qtbot, one, Key.Key_Escape, getattr(Key, f"Key_{outcome.key}"))
                assert one.chosen == outcome.code


def test_an_appointment_takes_a_quick_time_and_belongs_to_the_operator(qtbot, desk) -> None:
    one = desk(answered(5))
    press(qtbot, one, Key.Key_6, Key.Key_U, Key.Key_Return)
    saturday = datetime(2024, 2, 24, 10, 0, tzinfo=NOW.tzinfo)
    assert one.stored == [Choice("appointment", saturday, True, "")]


def test_an_appointment_can_be_for_anybody_at_a_time_found_by_arrows(qtbot, desk) -> None:
    one = desk(answered(5))
    press(qtbot, one, Key.Key_6, Key.Key_T, Key.Key_N)
    press(qtbot, one, Key.Key_Right, Key.Key_Up, Key.Key_PageDown, Key.Key_Return)
    thursday = datetime(2024, 2, 22, 16, 15, tzinfo=NOW.tzinfo)
    assert one.stored == [Choice("appointment", thursday, False, "")]


def test_arrows_jump_over_closed_time_and_stop_at_the_edge(qtbot, desk) -> None:
    one = desk(answered(5))
    press(qtbot, one, Key.Key_6, Key.Key_T, *[Key.Key_Left] * 3, *[Key.Key_Up] * 9)
    assert one.page.picker.moment == NOW.replace(hour=11, minute=5)
    press(qtbot, one, *[Key.Key_Down] * 9, *[Key.Key_Right] * 9)
    assert one.page.picker.moment == datetime(2024, 2, 27, 18, 0, tzinfo=NOW.tzinfo)


def test_an_arrow_to_the_side_finds_a_days_open_time_beside_a_closed_one(qtbot, desk) -> None:
    one = desk(answered(5))
    press(qtbot, one, Key.Key_6, Key.Key_T, Key.Key_Right, *[Key.Key_Up] * 9)
    assert one.page.picker.moment == datetime(2024, 2, 22, 9, 0, tzinfo=NOW.tzinfo)
    press(qtbot, one, Key.Key_Left)
    assert one.page.picker.moment == NOW.replace(hour=11, minute=5)


def test_the_keys_of_the_picker_do_not_exist_for_other_outcomes(qtbot, desk) -> None:
    one = desk(answered(5))
    press(qtbot, one, Key.Key_6)
    offered = {offer.action.name for offer in one.keys.offers()}
    assert {"quick_time", "pick_time", "shift_time", "own_or_any", "type_time"} <= offered
    assert "outcome" not in offered
    others = [row for code, row in one.page._rows.items() if code != "appointment"]
    assert not any(row.isEnabled() for row in others)
    assert "press Esc first" in one.option("refusal").accessibleName()
    assert "Somebody answered" in one.option("busy").accessibleName()
    press(qtbot, one, Key.Key_Escape, Key.Key_8)
    assert one.option("refusal").isEnabled()
    left = {offer.action.name for offer in one.keys.offers()}
    assert left == {"outcome", "store", "cancel", "notes"}


def test_a_time_chosen_is_forgotten_when_another_outcome_is_stored(qtbot, desk) -> None:
    one = desk(answered(5))
    press(qtbot, one, Key.Key_6, Key.Key_T, Key.Key_Escape, Key.Key_7, Key.Key_Return)
    assert one.stored == [Choice("inconvenient", None, True, "")]


@pytest.mark.parametrize("typed", ["1530", "15:30"])
def test_a_time_is_typed_on_the_day_chosen_and_chooses_no_outcome(qtbot, desk, typed: str) -> None:
    one = desk(answered(5))
    press(qtbot, one, Key.Key_6, Key.Key_Y)
    for nth, sign in enumerate(typed):
        assert (one.page.picker.moment is None) == (nth > 0)
        qtbot.keyClicks(one, sign)
    assert one.page.picker.words() == "2/22 Thu 15:30"
    assert one.chosen == "appointment"
    press(qtbot, one, Key.Key_Return)
    assert one.stored[0].not_before == datetime(2024, 2, 22, 15, 30, tzinfo=NOW.tzinfo)


def test_half_a_time_and_one_outside_call_hours_are_not_stored_and_say_so(qtbot, desk) -> None:
    one = desk(answered(5))
    press(qtbot, one, Key.Key_6, Key.Key_Y, Key.Key_1, Key.Key_9)
    assert one.page.picker.words() == "2/22 Thu 19…"
    press(qtbot, one, Key.Key_Return)
    assert one.stored == []
    press(qtbot, one, Key.Key_Backspace, Key.Key_3, Key.Key_0, Key.Key_0)
    assert one.page.picker.words() == "Thu 1300: outside call hours"
    press(qtbot, one, Key.Key_Return)
    assert one.stored == []
    press(qtbot, one, Key.Key_9, Key.Key_3, Key.Key_0)
    assert one.page.picker.words() == "2/22 Thu 9:30"
    press(qtbot, one, Key.Key_Return)
    assert len(one.stored) == 1


def test_a_time_that_is_gone_and_one_no_clock_shows_are_told_apart_from_closed_hours(qtbot, desk) -> None:
    one = desk(answered(5))
    press(qtbot, one, Key.Key_6, Key.Key_T, Key.Key_9, Key.Key_3, Key.Key_0)
    assert one.page.picker.words() == "Wed 930: too soon"
    press(qtbot, one, Key.Key_2, Key.Key_5, Key.Key_0, Key.Key_0)
    assert one.page.picker.words() == "2500: no such time"
    press(qtbot, one, Key.Key_Return)
    assert one.stored == []


def test_letters_and_digits_of_outcomes_do_nothing_until_escape_leads_back(qtbot, desk) -> None:
    one = desk(answered(5))
    press(qtbot, one, Key.Key_6, Key.Key_B, Key.Key_W, Key.Key_8, Key.Key_0)
    assert one.chosen == "appointment"
    press(qtbot, one, Key.Key_Escape)
    assert one.chosen == ""
    press(qtbot, one, Key.Key_8)
    assert one.chosen == "refusal"


def test_digits_and_letters_are_written_while_the_note_has_the_focus(qtbot, desk) -> None:
    one = desk(answered(5, note="back at\nsix"))
    press(qtbot, one, Key.Key_F4, Key.Key_End)
    assert "Esc goes back" in one.page._note_hint.words()
    for key in (Key.Key_Space, Key.Key_8, Key.Key_T):
        press(qtbot, one, key)
    assert one.chosen == ""
    press(qtbot, one, Key.Key_Escape, Key.Key_8, Key.Key_Return)
    assert one.stored == [Choice("refusal", None, True, "back at six 8t")]


def test_enter_in_the_note_stores_too(qtbot, desk) -> None:
    one = desk(answered(5), "break_off")
    press(qtbot, one, Key.Key_F4, Key.Key_Return)
    assert one.stored[0].disposition == "break_off"


def test_nothing_changes_while_it_is_being_stored_and_all_may_again_when_that_failed(qtbot, desk) -> None:
    one = desk(unanswered(), "no_answer")
    one.page.busy(True)
    press(qtbot, one, Key.Key_2, Key.Key_Escape, Key.Key_Return)
    assert (one.chosen, one.stored) == ("no_answer", [])
    one.page.busy(False)
    one.page.say("The disk is full.")
    press(qtbot, one, Key.Key_2, Key.Key_Return)
    assert one.stored[0].disposition == "busy"


def test_the_mouse_does_what_the_keys_do(qtbot, desk) -> None:
    one = desk(answered(5))
    qtbot.mouseClick(one.option("appointment"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(one.page.picker._quick["Y"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(one.page._store, Qt.MouseButton.LeftButton)
    assert one.stored[0].not_before == datetime(2024, 2, 22, 10, 50, tzinfo=NOW.tzinfo)


def test_a_click_into_the_week_picks_that_cell_unless_it_is_closed(qtbot, desk) -> None:
    one = desk(answered(5))
    press(qtbot, one, Key.Key_6)
    week = one.page.picker._week
    qtbot.mouseClick(week, Qt.MouseButton.LeftButton, pos=week._cell(3, 2).center().toPoint())
    assert one.page.picker.moment == datetime(2024, 2, 24, 14, 0, tzinfo=NOW.tzinfo)
    qtbot.mouseClick(week, Qt.MouseButton.LeftButton, pos=week._cell(0, 0).center().toPoint())
    assert one.page.picker.moment == datetime(2024, 2, 24, 14, 0, tzinfo=NOW.tzinfo)


def test_each_row_says_what_would_follow_by_the_rules_that_settle_it() -> None:
    call = unanswered()
    said = {code: consequence(call, code, SETTINGS, NOW).words for code in ("busy", "no_answer", "silent")}
    assert said == {
        "busy": "again in 10 minutes",
        # Two hours later it is noon, and nobody is called before two.
        "no_answer": "again today 14:00",
        "silent": "again in 3 days by a colleague",
    }


def test_an_interview_is_finished_before_fieldwork_ends() -> None:
    call, last = answered(20), NOW.date() + timedelta(days=1)
    said = {
        end: consequence(call, "partial", replace(SETTINGS, fieldwork_end=end), NOW).words
        for end in (None, last, NOW.date(), NOW.date() + timedelta(days=3))
    }
    assert list(said.values()) == [
        "goes on within 3 days",
        "goes on until 2/22 Thu",
        "goes on until today",
        "goes on within 3 days",
    ]


def test_what_was_said_about_waiting_answers_goes_when_they_are_stored(qtbot, desk) -> None:
    one = desk(answered(5))
    press(qtbot, one, Key.Key_8)
    one.page.set_unsaved(3)
    press(qtbot, one, Key.Key_Return)
    assert one.stored == []
    assert one.page._problem.text() == "Answers not yet stored: 3"
    one.page.set_unsaved(2)
    assert one.page._problem.text() == "Answers not yet stored: 2"
    one.page.set_unsaved(0)
    assert one.page._problem.text() == ""
    press(qtbot, one, Key.Key_Return)
    assert len(one.stored) == 1


def test_a_case_that_was_tried_enough_is_said_to_end() -> None:
    tried = [NOW - timedelta(days=days, hours=hours) for days, hours in ((3, 0), (2, -9), (4, 0), (1, 0))]
    history = [EarlierAttempt(at, "no_answer", "Li", None, "") for at in tried]
    call = unanswered(history)
    assert consequence(call, "no_answer", SETTINGS, NOW).words == "tried enough · case ends"


@pytest.mark.usefixtures("tongue")
@pytest.mark.parametrize("proposed", ["", "appointment", "refusal", "no_answer"])
def test_nothing_is_cut_on_the_smallest_screen(desk, proposed: str) -> None:
    call = unanswered() if proposed == "no_answer" else answered(5, "在路上，晚饭后方便。")
    one = desk(call, proposed, (NOW + timedelta(days=1), NOW + timedelta(days=1, minutes=20)))
    for look in looks(("light", "dark", "contrast"), (1.0, 1.25)):
        theme.use(look.mode, look.scale)
        one.fit()
        assert (look, clipped(one), one.width()) == (look, [], 1366)


def test_what_is_said_to_follow_a_refusal_is_what_the_case_becomes() -> None:
    refused = consequence(answered(5), "refusal", SETTINGS, NOW)
    assert refused == ("end", "case ends")
    settled = settlement(
        "refusal",
        history=[PastAttempt(NOW, "refusal")],
        settings=SETTINGS,
        group="service",
        now=NOW,
        user_id=1,
    )
    assert (settled.kind, settled.disposition) == ("final", "refusal")


@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_what_follows_and_a_typed_time_are_read_whole_in_the_evening_and_on_the_line(
    qtbot, desk, tongue, scale: float
) -> None:
    theme.use("light", scale)
    call = replace(answered(5), phase=Phase.CONNECTED)
    one = desk(call)
    late = NOW.replace(hour=20, minute=25)
    one.page.show_call(call, SETTINGS, late, (late + timedelta(days=1),), "appointment")
    qtbot.waitUntil(lambda: clipped(one) == [])
    for option in one.page._rows.values():
        assert option.minimumSizeHint().width() <= option.width()
        assert option.width_in(Room.BELOW) <= option.width()
    for key in (Key.Key_Y, Key.Key_1, Key.Key_3, Key.Key_0, Key.Key_0):
        press(qtbot, one, key)
        qtbot.waitUntil(lambda: clipped(one) == [])
