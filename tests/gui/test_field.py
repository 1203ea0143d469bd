"""The field: board, messages, long lists and one case's card, by real keys."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import insert, select, update

from cati.base import i18n
from cati.domain.messages import WORK_HELD, LateWrite
from cati.domain.ports import AnswerEvent
from cati.domain.programmes import LoadedProgramme, in_language
from cati.domain.queue import CaseState
from cati.domain.users import Role
from cati.domain.writes import Envelope
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.field.board import BoardTab
from cati.gui.field.card import CardTab
from cati.gui.field.lists import ListTab
from cati.gui.field.page import TABS, FieldPage
from cati.gui.field.settle import LONGEST_LIST
from cati.services import (
    attendance,
    browse,
    calls,
    clearances,
    deliveries,
    keys,
    messages,
    notices,
    programmes,
    queue,
    recordings,
    sessions,
    users,
)
from cati.services.calls import Closing
from cati.services.context import Context
from cati.services.messages import Kind
from cati.station import listening
from cati.station.overhearing import Overhearing
from cati.store import tables
from tests.gui.fits import Clip, clipped
from tests.gui.officials import Official
from tests.services.cleared import cleared

pytestmark = pytest.mark.usefixtures("look")
Sit = Callable[..., Official]
Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
PASSWORD = "a long enough phrase"


class Floor:
    """A morning of calls by one operator, seen from the office.

    Args:
        official: sits in the office; the operator works on the same database.
    """

    def __init__(self, official: Official) -> None:
        self.official = official
        boss = sessions.sign_in(official.database, official.clock, "wang", "practice makes perfect", "1")
        self.loaded: LoadedProgramme = programmes.get(boss)
        users.add_user(boss, "li", "李雪", [Role.OPERATOR], PASSWORD)
        keys.grant(boss, "li")
        self.operator: Context = cleared(
            sessions.sign_in(official.database, official.clock, "li", PASSWORD, "12")
        )
        attendance.clock_in(self.operator)

    def dial(self, code: str | None, language: str | None = None) -> int:
        """One call of the next case, ended by `code` or under way; gives the case."""
        case = queue.claim_next(self.operator, self.loaded)
        assert case is not None
        attempt, now = str(uuid.uuid4()), self.official.clock.now()
        calls.begin_attempt(
            self.operator,
            self.loaded,
            attempt_id=attempt,
            case_id=case.case_id,
            epoch=case.epoch,
            alternate=0,
            at=now,
        )
        if code is not None:
            calls.close(
                self.operator,
                self.loaded,
                Closing(
                    attempt,
                    case.case_id,
                    case.group_code,
                    case.epoch,
                    code,
                    now + timedelta(seconds=90),
                    connected_at=now + timedelta(seconds=8),
                    note="in a meeting",
                    language=language,
                ),
            )
        return case.case_id

    def case_state(self, case_id: int) -> CaseState:
        (found,) = browse.cases(self.official.ctx, self.loaded, [case_id])
        assert found is not None
        return found.case.state


def page(official: Official) -> FieldPage:
    here = official.go(6)
    assert isinstance(here, FieldPage)
    official.settled()
    official.settled()
    return here


def tab(official: Official, times: int) -> ListTab:
    """Some tabs further on, its first rows read."""
    here = page(official)
    official.press(*[Key.Key_F7] * times)
    read(official)
    found = here.here
    assert isinstance(found, ListTab)
    return found


def read(official: Official) -> None:
    """Until rows and the count of all of them are there."""
    here = official.here
    assert isinstance(here, FieldPage)
    list_tab = here.here
    assert isinstance(list_tab, ListTab)
    official.wait(lambda: list_tab._count is not None)
    list_tab.grab()
    official.settled()


def board(official: Official) -> BoardTab:
    found = page(official).here
    assert isinstance(found, BoardTab)
    return found


def card(official: Official) -> CardTab:
    here = official.here
    assert isinstance(here, FieldPage)
    found = here.here
    assert isinstance(found, CardTab)
    official.wait(lambda: found._card is not None)
    return found


def opened(official: Official, case: int) -> CardTab:
    page(official).open_case(case)
    official.settled()
    return card(official)


def texts(table: object, place: int) -> list[str]:
    return [cell.text for cell in table.rows.cells(place)]  # type: ignore[attr-defined]


# ---- the board -----------------------------------------------------------------------------------


def test_the_board_tells_who_does_what_and_what_was_done_today(official: Sit) -> None:
    somebody = official(Role.SUPERVISOR)
    floor = Floor(somebody)
    floor.dial("refusal_final")
    floor.dial("no_answer")
    case = floor.dial(None)
    found = board(somebody)
    line = texts(found.people, 0)
    assert line[:2] == ["李雪", "dialling"]
    assert line[3] == str(case)
    # Both conversations have no recording.
    assert line[5:9] == ["3", "0", "1", "2"]
    assert line[-1] == "not tested"
    assert "1 at work · today 3 calls, 0 complete, 1 refused" in somebody.words()


def test_the_board_follows_the_floor_by_itself(official: Sit) -> None:
    somebody = official(Role.SUPERVISOR)
    floor = Floor(somebody)
    found = board(somebody)
    assert texts(found.people, 0)[1] == "ready"
    attendance.start_break(floor.operator)
    found.following.timer.timeout.emit()
    somebody.settled()
    assert texts(found.people, 0)[1] == "on break"


def test_nobody_is_followed_once_the_place_is_left(official: Sit) -> None:
    somebody = official(Role.SUPERVISOR)
    found = board(somebody)
    assert found.following.timer.isActive()
    somebody.go(5)
    assert not found.following.timer.isActive()


def test_enter_shows_the_case_on_the_desk_and_escape_leads_back(official: Sit) -> None:
    somebody = official(Role.SUPERVISOR)
    case = Floor(somebody).dial(None)
    here = page(somebody)
    somebody.press(Key.Key_Return)
    assert card(somebody)._case_id == case
    somebody.press(Key.Key_Escape)
    assert isinstance(here.here, BoardTab)


def test_enter_says_that_somebody_has_no_case_in_hand(official: Sit) -> None:
    somebody = official(Role.SUPERVISOR)
    Floor(somebody)
    here = page(somebody)
    somebody.press(Key.Key_Return)
    assert "李雪 has no case in hand." in somebody.words()
    assert isinstance(here.here, BoardTab)


def test_f2_walks_through_the_rates(official: Sit) -> None:
    somebody = official(Role.SUPERVISOR)
    floor = Floor(somebody)
    floor.dial("no_answer")
    found = board(somebody)
    somebody.wait(lambda: "response" in found._today.words())
    for by, name in (("unit", None), ("group", None), ("operator", "李雪"), ("day", "2024-02-21")):
        somebody.press(Key.Key_F2)
        assert found.by.code == by
        somebody.wait(lambda: found.rates.rows.rowCount() > 0)
        assert found.rates.isVisible()
        assert name is None or texts(found.rates, 0)[0] == name
    somebody.press(Key.Key_F2)
    assert found.people.isVisible()


# ---- messages ------------------------------------------------------------------------------------


def test_a_call_for_help_is_settled_with_an_answer(official: Sit) -> None:
    somebody = official(Role.SUPERVISOR)
    floor = Floor(somebody)
    messages.send(floor.operator, floor.loaded, Kind.HELP, "the headset is broken")
    found = board(somebody)
    assert "1 message waits" in somebody.words()
    somebody.press(Key.Key_F3, Key.Key_Return)
    assert "the headset is broken" in somebody.words()
    somebody.press(Key.Key_Return)
    somebody.settled()
    assert "Write what was done about it. The message still waits." in somebody.words()
    assert found.form.isVisible()
    somebody.type("brought another one")
    somebody.press(Key.Key_Return)
    somebody.settled()
    somebody.settled()
    assert not found.form.isVisible()
    assert messages.waiting(somebody.ctx, floor.loaded) == ()
    assert found.messages.rows.rowCount() == 0


@pytest.mark.parametrize(
    ("code", "language", "label"),
    [("refusal", None, "soft refusal"), ("language", "Hakka", "no speaker")],
)
@pytest.mark.parametrize(
    ("key", "state"), [(Key.Key_F8, CaseState.CALLBACK), (Key.Key_Return, CaseState.CLOSED)]
)
def test_a_case_to_be_decided_is_tried_once_more_or_stays_ended(
    official: Sit, code: str, language: str | None, label: str, key: Key, state: CaseState
) -> None:
    somebody = official(Role.SUPERVISOR)
    floor = Floor(somebody)
    case = floor.dial(code, language)
    assert texts(board(somebody).messages, 0)[1] == label
    somebody.press(Key.Key_F3, Key.Key_Return, key)
    somebody.settled()
    assert messages.waiting(somebody.ctx, floor.loaded) == ()
    assert floor.case_state(case) is state


def test_escape_lets_a_message_wait_on(official: Sit) -> None:
    somebody = official(Role.SUPERVISOR)
    floor = Floor(somebody)
    case = floor.dial("refusal")
    found = board(somebody)
    somebody.press(Key.Key_F3, Key.Key_Return, Key.Key_Escape)
    assert not found.form.isVisible()
    assert found.messages.hasFocus()
    somebody.press(Key.Key_F8, Key.Key_Escape)
    assert found.people.hasFocus()
    somebody.settled()
    assert len(messages.waiting(somebody.ctx, floor.loaded)) == 1
    assert floor.case_state(case) is CaseState.CLOSED


def test_what_came_late_stands_beside_what_holds_and_is_settled_with_a_reason(official: Sit) -> None:
    somebody = official(Role.SUPERVISOR)
    floor = Floor(somebody)
    question = floor.loaded.programme.items[0]
    now, writer = somebody.clock.now(), floor.operator.actor
    answer = AnswerEvent("a" * 36, "none", 1, 1, question.name, "sat", now, None, None)
    late = Envelope("e" * 36, floor.loaded.programme.code, writer.user_id, "12", now, answer)
    deliveries.set_aside(floor.operator, floor.loaded, late, LookupError())
    found = board(somebody)
    somebody.press(Key.Key_F3, Key.Key_Return)
    somebody.settled()
    short = in_language(question.short, i18n.language(), question.name)
    assert f"{short}: came late" in somebody.words()
    assert "stands —" in somebody.words()
    assert clipped(somebody.shell) == []
    somebody.press(Key.Key_Return)
    somebody.settled()
    assert found.form.isVisible(), "a reason is wanted"
    somebody.type("asked her again")
    somebody.press(Key.Key_Return)
    somebody.settled()
    assert messages.waiting(somebody.ctx, floor.loaded) == ()
    # Work that holds its case is taken over, or the person called again.
    messages.send(floor.operator, floor.loaded, Kind.LATE, WORK_HELD)
    somebody.press(Key.Key_F5)
    somebody.wait(lambda: found.messages.rows.rowCount() == 1)
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: found.form.isVisible())
    words = somebody.words().split(" | ")
    # The form and the key bar say the same of a key.
    assert {
        words.count(one) for one in ("Take the work over, Enter", "Let the person be called again, F8")
    } == {2}
    assert not {"Open, Enter", "Once more, by somebody else, F8"} & set(words)
    # However long it is, how the call ended is seen, or that it has not.
    answers = [LateWrite("answer", "short", "Satisfied", "")] * LONGEST_LIST
    found.form.show_late(answers)
    assert "No outcome has come" in somebody.words()
    found.form.show_late([LateWrite("begin", "", "", ""), *answers, LateWrite("close", "", "Busy", "")])
    assert "No outcome has come" not in somebody.words()
    assert "Outcome: came late Busy" in somebody.words()
    assert clipped(somebody.shell) == []
    # What was decided is listed, and can be decided otherwise as long as nobody called.
    with somebody.database.write() as connection:
        left = {"settled_at": now, "settled_by": somebody.ctx.actor.user_id, "again": True}
        connection.execute(update(tables.messages).where(tables.messages.c.text == WORK_HELD).values(left))
    somebody.press(Key.Key_Escape)
    somebody.press(Key.Key_F3, held=SHIFT)
    somebody.wait(lambda: found.messages.rows.rowCount() == 2)
    name = somebody.ctx.actor.name
    assert [texts(found.messages, row)[3] for row in (0, 1)] == [
        f"the person is called again · {name}",
        f"asked her again · {name}",
    ]
    somebody.press(Key.Key_Home, Key.Key_Return)
    assert somebody.words().split(" | ").count("Take the work over after all, Enter") == 2
    assert "Let the person be called again, F8" not in somebody.words()
    assert clipped(somebody.shell) == []
    somebody.press(Key.Key_Escape, Key.Key_Down, Key.Key_Return)
    assert "Close, Enter" in somebody.words()
    somebody.press(Key.Key_Return)
    assert not found.form.isVisible()
    # Who decides otherwise reads that, in the place of what was decided before.
    somebody.press(Key.Key_Home, Key.Key_Return)
    found.side._is_settled(found.form.message, again=False)
    assert "The work is taken over; the person is not called again." in somebody.words()
    somebody.settled()
    somebody.press(Key.Key_F3, held=SHIFT)
    somebody.wait(lambda: "Decided messages, Shift F3" in somebody.words())
    assert clipped(somebody.shell) == []


def test_an_observer_sees_the_board_but_no_messages(official: Sit) -> None:
    somebody = official(Role.OBSERVER)
    floor = Floor(somebody)
    messages.send(floor.operator, floor.loaded, Kind.HELP, "the headset is broken")
    found = board(somebody)
    assert texts(found.people, 0)[0] == "李雪"
    assert not found.messages.isVisible()
    # Attendance is not for observers: its tab is not there, and none is reached by key.
    shown = set()
    for _nth in range(5):
        shown.add(page(somebody).tabs.code)
        somebody.press(Key.Key_F7)
    assert shown == {"today", "cases", "attempts", "recordings"}
    while page(somebody).tabs.code != "today":
        somebody.press(Key.Key_F7)
    somebody.press(Key.Key_F3)
    assert "headset" not in somebody.words()


# ---- lists ---------------------------------------------------------------------------------------


def test_cases_are_listed_filtered_and_ordered(official: Sit) -> None:
    somebody = official()
    floor = Floor(somebody)
    case = floor.dial("no_answer")
    cases = tab(somebody, 1)
    assert cases.table.rows.rowCount() == len(browse.case_ids(somebody.ctx, floor.loaded))
    assert f"{cases.table.rows.rowCount():,} rows" in somebody.words()
    cases._outcomes.choose("no_answer")
    read(somebody)
    assert cases.table.rows.rowCount() == 1
    shown = texts(cases.table, 0)
    assert shown[0] == str(case)
    assert "****" in shown[4]
    assert shown[5:8] == ["to be called again", "1", "No answer"]
    cases._outcomes.choose("")
    read(somebody)
    assert texts(cases.table, cases.table.current_place())[0] == str(case)
    # By the time of the next call, then by number, then the last number first.
    somebody.press(Key.Key_S)
    read(somebody)
    assert cases.table.order == ("due", False)
    somebody.press(Key.Key_Home)
    somebody.settled()
    assert texts(cases.table, 0)[0] == str(case)
    somebody.press(Key.Key_S)
    somebody.press(Key.Key_S, held=SHIFT)
    read(somebody)
    assert cases.table.order == ("number", True)
    somebody.press(Key.Key_Home)
    cases.grab()
    somebody.settled()
    most = max(browse.case_ids(somebody.ctx, floor.loaded))
    assert texts(cases.table, 0)[0] == str(most)


def test_a_person_is_found_by_name_and_by_number_and_escape_shows_everybody(official: Sit) -> None:
    somebody = official()
    loaded = Floor(somebody).loaded
    every = browse.case_ids(somebody.ctx, loaded)
    name = browse.card(somebody.ctx, loaded, every[7]).name
    cases = tab(somebody, 1)
    somebody.press(Key.Key_F4)
    # Chinese comes from an input method, which writes whole words.
    cases._search.insert(name)
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: cases._found is not None)
    read(somebody)
    found = {texts(cases.table, place)[0] for place in range(cases.table.rows.rowCount())}
    assert str(every[7]) in found
    assert len(found) < 100
    assert "found" in somebody.words()
    somebody.press(Key.Key_Escape)
    read(somebody)
    assert cases.table.rows.rowCount() == len(every)


def test_too_short_a_search_is_told(official: Sit) -> None:
    somebody = official()
    tab(somebody, 1)
    somebody.press(Key.Key_F4)
    somebody.type("0")
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: "Type a whole number" in somebody.words())
    assert "searching" not in somebody.words()


def test_an_observer_sees_no_numbers_and_finds_a_case_by_its_own(official: Sit) -> None:
    somebody = official(Role.OBSERVER)
    cases = tab(somebody, 1)
    assert texts(cases.table, 0)[4] == ""
    assert cases._search.placeholderText() == "Number of a case"
    wanted = texts(cases.table, 3)[0]
    somebody.press(Key.Key_F4)
    somebody.type(wanted)
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: cases._found is not None)
    read(somebody)
    assert cases.table.rows.rowCount() == 1
    assert texts(cases.table, 0)[0] == wanted


def test_calls_and_recordings_are_listed_and_lead_to_the_case(official: Sit) -> None:
    somebody = official()
    floor = Floor(somebody)
    case = floor.dial("no_answer")
    with somebody.database.write() as connection:
        attempt = connection.execute(tables.attempts.select()).one()
        connection.execute(
            insert(tables.recordings).values(
                id=str(uuid.uuid4()),
                attempt_id=attempt.id,
                file="a.crec",
                station="12",
                started_at=attempt.dialled_at,
                duration_ms=61_000,
                size=20_480,
                channels=2,
                complete=False,
                problem="cut_off",
            )
        )
    attempts = tab(somebody, 2)
    shown = texts(attempts.table, 0)
    assert shown[1:4] == ["李雪", str(case), "1"]
    assert shown[6:9] == ["No answer", "01:22", "faulty"]
    somebody.press(Key.Key_Return)
    assert card(somebody)._case_id == case
    somebody.press(Key.Key_Escape)
    somebody.press(Key.Key_F7)
    read(somebody)
    here = somebody.here
    assert isinstance(here, FieldPage)
    recordings = here.here
    assert isinstance(recordings, ListTab)
    assert texts(recordings.table, 0)[5:10] == ["01:01", "20 KiB", "2", "not whole", "cut off"]


# ---- the card ------------------------------------------------------------------------------------


def test_the_card_tells_everything_and_leads_to_the_review(official: Sit) -> None:
    somebody = official()
    floor = Floor(somebody)
    case = floor.dial("refusal")
    interview = str(uuid.uuid4())
    with somebody.database.write() as connection:
        row = connection.execute(tables.cases.select().where(tables.cases.c.id == case)).one()
        connection.execute(
            insert(tables.interviews).values(
                id=interview,
                case_id=case,
                cell_id=row.cell_id,
                state="break_off",
                started_at=somebody.clock.now() + timedelta(seconds=20),
                user_id=floor.operator.actor.user_id,
            )
        )
        connection.execute(
            update(tables.cases).where(tables.cases.c.id == case).values(barred_id=row.barred_id)
        )
    wanted: list[tuple[str, object]] = []
    somebody.frame.office.wanted.connect(lambda place, about: wanted.append((place, about)))
    somebody.frame.office.go("field", case)
    shown = card(somebody)
    somebody.settled()
    what = [texts(shown.history, place)[1] for place in range(shown.history.rows.rowCount())]
    assert what == ["Call 1", "Message", "Interview"]
    assert "in a meeting" in texts(shown.history, 0)[3]
    said = somebody.words()
    assert f"Case {case}" in said
    assert "****" in said
    somebody.press(Key.Key_F6)
    assert wanted[-1] == ("review", interview)


def test_a_case_without_an_interview_says_so_at_the_key(official: Sit) -> None:
    somebody = official()
    case = Floor(somebody).dial("no_answer")
    somebody.frame.office.go("field", case)
    card(somebody)
    assert "no interview yet" in somebody.words()


# ---- keys and looks --------------------------------------------------------------------------------


def test_f7_walks_through_the_tabs(official: Sit) -> None:
    somebody = official()
    here = page(somebody)
    codes = [code for code, *_rest in TABS]
    for code in [*codes[1:], codes[0]]:
        somebody.press(Key.Key_F7)
        assert here.tabs.code == code
    somebody.press(Key.Key_F7, held=SHIFT)
    assert here.tabs.code == codes[-1]
    assert somebody.keys_mode() is Mode.FIELD


def clipped_in_every_size(somebody: Official) -> list[Clip]:
    found: list[Clip] = []
    for mode, scale in (("light", 0.8), ("light", 1.0), ("dark", 1.5)):
        theme.use(mode, scale)
        found += clipped(somebody.here)
    return found


@pytest.mark.usefixtures("tongue")
def test_nothing_is_clipped(official: Sit) -> None:
    somebody = official()
    floor = Floor(somebody)
    floor.dial("refusal")
    messages.send(floor.operator, floor.loaded, Kind.COMPLAINT, "called three times")
    case = floor.dial(None)
    page(somebody)
    somebody.wait(lambda: bool(board(somebody)._today.words()))
    somebody.press(Key.Key_F3, Key.Key_Return)
    assert clipped_in_every_size(somebody) == []
    somebody.press(Key.Key_Escape)
    for _nth in range(3):
        somebody.press(Key.Key_F7)
        read(somebody)
        assert clipped_in_every_size(somebody) == []
    somebody.frame.office.go("field", case)
    card(somebody)
    somebody.settled()
    assert clipped_in_every_size(somebody) == []


# ---- what a supervisor decides by hand -----------------------------------------------------------


def test_f9_sets_a_case_aside_with_a_reason_and_brings_it_back(official: Sit) -> None:
    somebody = official(Role.SUPERVISOR)
    case = Floor(somebody).dial("no_answer")
    found = opened(somebody, case)
    assert "Set aside, F9" in somebody.words()
    somebody.press(Key.Key_F9)
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: "A reason is needed." in somebody.words())
    somebody.type("being checked")
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: somebody.words().split(" | ").count("Back to the queue, F9") == 2)
    assert "set aside · being checked" in texts(found.history, found.history.rows.rowCount() - 1)[-1]
    somebody.press(Key.Key_F9)
    somebody.type("checked")
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: "Set aside, F9" in somebody.words())


def test_f10_gives_a_case_to_an_operator(official: Sit) -> None:
    somebody = official(Role.SUPERVISOR)
    floor = Floor(somebody)
    found = opened(somebody, floor.dial("no_answer"))
    somebody.press(Key.Key_F10)
    somebody.settled()
    somebody.type("knows the unit")
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: "given to" in texts(found.history, found.history.rows.rowCount() - 1)[-1])


def test_f11_writes_to_all_operators(official: Sit) -> None:
    somebody = official(Role.SUPERVISOR)
    floor = Floor(somebody)
    board(somebody)
    somebody.press(Key.Key_F11)
    somebody.settled()
    somebody.type("meeting at eleven")
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: "Sent. It stands in their windows within half a minute." in somebody.words())
    assert [one.text for one in notices.take(floor.operator)] == ["meeting at eleven"]
    # Where the server tells of it, it is there at once; and it is said as what was done.
    somebody.station.live(True)
    somebody.press(Key.Key_F11)
    somebody.settled()
    somebody.type("and again at two")
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: "Sent. It stands in their windows within a second." in somebody.words())
    assert somebody.frame.notice.is_well


def test_f12_excuses_an_operator_from_the_practice_test_with_a_reason(official: Sit) -> None:
    somebody = official(Role.SUPERVISOR)
    loaded = programmes.get(somebody.ctx)
    boss = replace(somebody.ctx, actor=replace(somebody.ctx.actor, roles=frozenset({Role.BUREAU})))
    for login in ("wu", "li"):
        users.add_user(boss, login, login.title(), {Role.OPERATOR}, "a phrase never used")
    board(somebody)
    somebody.press(Key.Key_F12)
    somebody.settled()
    assert somebody.keys_mode() is Mode.ASK
    somebody.press(Key.Key_Return)
    assert "Fill in" in somebody.words()
    somebody.type("called for the census")
    somebody.press(Key.Key_Return)
    somebody.settled()
    assert "is excused and may call once the pledge is signed" in somebody.words()
    waived = {one.login for one in clearances.listing(boss, loaded) if one.practice and one.practice.waived}
    assert len(waived & {"wu", "li"}) == 1
    somebody.press(Key.Key_F12)
    somebody.settled()
    somebody.type("called for the census")
    somebody.press(Key.Key_Return)
    somebody.settled()
    somebody.press(Key.Key_F12)
    somebody.settled()
    assert "Everybody who interviews has passed" in somebody.words()


class Heard(Overhearing):
    """A call that is listened to, of which a test says what is heard."""

    def run(self) -> None:
        """Sound comes when the test says so."""

    def quit(self) -> None:
        super().quit()
        self.state = replace(self.state, on=False)


def test_l_listens_to_the_chosen_operators_call_and_esc_ends_it(
    official: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "Overhearing", Heard)
    somebody = official(Role.SUPERVISOR)
    floor = Floor(somebody)
    here = page(somebody)
    somebody.press(Key.Key_L)
    somebody.settled()
    assert "in no call that is being recorded" in somebody.words()
    assert not here.listening.on
    floor.dial(None)
    with floor.operator.database.read() as connection:
        (attempt,) = connection.scalars(select(tables.attempts.c.id))
    now = somebody.clock.now()
    recordings.register(floor.operator, recording_id="r", attempt_id=attempt, file="r.crec", at=now)

    def listened() -> Heard:
        somebody.press(Key.Key_L)
        somebody.wait(lambda: here.listening.on)
        found = here.listening._heard
        assert isinstance(found, Heard)
        return found

    heard = listened()
    assert "You listen to 李雪" in somebody.words()
    assert "waiting for the operator's station" in somebody.words()
    heard.state = replace(heard.state, is_heard=True, levels=(0.7, 0.2))
    somebody.wait(lambda: "nobody is told" in somebody.words())
    somebody.wait(lambda: here.listening._own._level == 0.7)
    somebody.wait(lambda: here.listening._other._level == 0.2)
    theme.use("dark", 1.5)
    assert clipped(somebody.here) == []
    heard.state = replace(heard.state, levels=(0.7,))
    # One microphone is one voice.
    somebody.wait(lambda: not here.listening._other.isVisible())
    assert "Stop listening" in [offer.text for offer in somebody.shell.keys.offers()]
    somebody.press(Key.Key_Escape)
    assert not heard.state.on
    assert not here.listening.isVisible()
    # It ends when the call does, and when the place is left.
    heard = listened()
    heard.state = replace(heard.state, on=False)
    somebody.wait(lambda: "The call of 李雪 is over, or recorded no more." in somebody.words())
    heard = listened()
    somebody.go(5)
    assert not heard.state.on
