"""Breath groups and sizes of what is read aloud, numbers as they are read, and odd types of questions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cati.domain.call import Call, Phase, step
from cati.domain.call_events import Answered
from cati.domain.interview import Piece, Script
from cati.domain.programmes import Choice, Programme, Question, Settings
from cati.domain.queue import Effort
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.console import words
from cati.gui.console.asking import Asking
from cati.gui.console.question import QuestionScreen
from cati.gui.console.script import LAST_SIZES, SIZES, breath_groups, line_width, set_text
from cati.gui.widgets.layouts import column
from cati.gui.widgets.surface import Page
from cati.gui.widgets.trouble_line import TroubleLine
from tests.domain.test_call import assignment

pytestmark = pytest.mark.usefixtures("look")
NOW = datetime(2024, 2, 21, 2, tzinfo=UTC)
ITEM = (
    Piece("您对"),
    Piece("区教育局", True),
    Piece("的"),
    Piece("履职尽责", True),
    Piece("，是满意、比较满意、不太满意还是很不满意？"),
)


def plain(lines: Any) -> list[str]:
    return ["".join(piece.text for piece in line) for line in lines]


def test_an_item_is_said_in_two_breaths_in_the_largest_size() -> None:
    setting = set_text(ITEM, 880, 200)
    assert plain(setting.lines) == ["您对区教育局的履职尽责，", "是满意、比较满意、不太满意还是很不满意？"]
    assert setting.size == SIZES[0]


def test_a_narrower_paper_takes_smaller_letters_before_it_breaks_a_breath() -> None:
    setting = set_text(ITEM, 640, 200)
    assert len(setting.lines) == 2
    assert SIZES[-1] <= setting.size < SIZES[0]


def test_a_stop_stays_with_its_breath_and_short_breaths_share_a_line() -> None:
    text = [Piece("您好！我是"), Piece("统计局", True), Piece("的调查员，约五分钟。现在方便吗？")]
    assert plain(breath_groups(text)) == ["您好！", "我是统计局的调查员，", "约五分钟。", "现在方便吗？"]
    assert plain(set_text(text, 2000, 100).lines) == ["您好！我是统计局的调查员，约五分钟。现在方便吗？"]


def test_a_comma_after_piped_words_opens_no_line() -> None:
    text = [Piece("请问"), Piece("陈女士", True), Piece("，您好吗？")]
    assert plain(breath_groups(text)) == ["请问陈女士，", "您好吗？"]


def test_latin_words_keep_their_blanks_wherever_a_line_ends() -> None:
    text = [Piece("Do you have any opinion on the work of the "), Piece("District Bureau", True), Piece("?")]
    lines = plain(set_text(text, 420, 400).lines)
    assert len(lines) > 1
    assert " ".join(line.strip() for line in lines).replace(" ?", "?") == "".join(p.text for p in text)


@given(
    st.lists(
        st.builds(
            Piece, st.text("您对区教育局，。？！：的工作ab c,.", min_size=1, max_size=40), st.booleans()
        ),
        max_size=5,
    ),
    st.integers(200, 1000),
    st.integers(40, 400),
)
@example([Piece("您好ab", True), Piece(" "), Piece("工作的区教育局", True)], 60, 40)
def test_no_letter_is_lost_and_no_line_is_wider_than_the_paper(
    pieces: list[Piece], width: int, height: int
) -> None:
    setting = set_text(pieces, width, height)
    said = "".join("".join(plain(setting.lines)).split())
    assert said == "".join("".join(piece.text for piece in pieces).split())
    assert setting.size in SIZES + LAST_SIZES
    for line in setting.lines:
        assert all(piece.text for piece in line)
        alone = [line_width((Piece(word, True),), setting.size) for word in plain([line])[0].split()]
        longest = max(alone, default=0)
        assert line_width(line, setting.size) <= max(width, longest) + 1


@pytest.mark.parametrize(
    ("digits", "read"),
    [
        ("13800001234", "138 0000 1234"),
        ("013800001234", "0 138 0000 1234"),
        ("88001234", "8800 1234"),
        ("089888001234", "0898 8800 1234"),
        ("01088001234", "010 8800 1234"),
    ],
)
def test_numbers_are_grouped_as_they_are_read_aloud(digits: str, read: str) -> None:
    assert words.grouped(digits) == read


def test_whom_to_ask_for_is_named_by_surname_and_never_by_a_guessed_sex(tongue: str) -> None:
    case = assignment()
    assert words.person(case) == ("陈先生（女士）" if tongue == "zh_CN" else "Mr/Ms 陈")
    nameless = replace(case, contact=replace(case.contact, name=""))
    assert "陈" not in words.person(nameless)


def test_one_attempt_is_told_in_the_singular(tongue: str) -> None:
    once, often = Effort(0, 0, False, False, 1, 1), Effort(0, 0, False, False, 5, 3)
    if tongue == "en":
        assert words.effort_words(once, short=True) == "without contact: 1 attempt on 1 day"
        assert words.effort_words(often, short=True) == "without contact: 5 attempts on 3 days"
    else:
        assert words.effort_words(often, short=True) == "未接通须拨满 5 次、3 天"


# ---- questions the shipped programme has not ---------------------------------------------------------

CHANNELS = tuple(
    Choice(name, {"zh": label, "en": label}, key=key)
    for name, key, label in (("web", "1", "网上"), ("hall", "2", "大厅"), ("phone", "3", "电话"))
)
PROGRAMME = Programme(
    code="odd",
    title="odd",
    version="1",
    default_language="zh",
    settings=Settings(local_area_code="0898", mobile_only=True),
    units=(),
    groups=(),
    questions=(
        Question("ways", "select_multiple", {"en": "Which ways?"}, "channels", required=True),
        Question("age", "integer", {"en": "How old?"}, constraint=". >= 18", required=True),
        Question("bye", "note", {"en": "Goodbye!"}),
    ),
    choices={"channels": CHANNELS},
)


class PlainDesk:
    """The pure machine without effects, driven as the desk drives the call runner."""

    def __init__(self) -> None:
        self.call = Call(
            phase=Phase.CONNECTED,
            assignment=assignment(),
            script=Script.of(PROGRAMME),
            attempt_id="a",
            interview_id="i",
            connected_at=NOW,
            shown="ways",
        )
        self.follow: Callable[[], None] = lambda: None

    def answer(self, value: str) -> None:
        assert self.call.shown is not None
        self.call, _effects = step(self.call, Answered("e", self.call.shown, value, NOW))

    def do(self, act: Callable[[Any], None]) -> None:
        act(self)
        self.follow()


@pytest.fixture
def asking(qtbot: Any) -> tuple[Asking, QuestionScreen, PlainDesk]:
    page = Page()
    qtbot.addWidget(page)
    keys = Keys(page)
    desk: Any = PlainDesk()
    screen = QuestionScreen(keys, lambda _seq: True)
    page.setLayout(column(screen))
    made = Asking(desk, screen, TroubleLine(keys))

    desk.follow = lambda: screen.show_call(desk.call)
    keys.bind_all({"answer": made.digit, "next": made.go_on})
    keys.set_mode(Mode.QUESTION)
    page.resize(1366, 600)
    page.show()
    screen.begin(desk.call)
    screen.show_call(desk.call)
    return made, screen, desk


def test_of_several_answers_digits_mark_and_enter_records(asking: Any) -> None:
    made, screen, desk = asking
    made.go_on()
    assert desk.call.shown == "ways"
    made.digit("1")
    made.digit("3")
    made.digit("2")
    made.digit("2")
    assert desk.call.answers == {}
    made.go_on()
    assert desk.call.answers == {"ways": "web phone"}
    assert desk.call.shown == "age"
    assert screen.written.isVisible()


def test_a_number_is_typed_and_checked(asking: Any) -> None:
    made, screen, desk = asking
    made.digit("1")
    made.go_on()
    screen.written.field.setPlainText("47")
    made.digit("3")
    assert desk.call.shown == "age"
    made.go_on()
    assert desk.call.answers["age"] == "47"
    assert desk.call.shown == "bye"
    assert not screen.written.isVisible()
    made.go_on()
    assert desk.call.shown is None
    assert screen.script.isHidden() or not screen.script.isVisible()
    assert screen._over.words() == "All questions are answered."
