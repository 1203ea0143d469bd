"""Review by keys: an interview is heard, looked at and decided on, the next one comes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from sqlalchemy import select

from cati.audio import playback
from cati.base.clock import VirtualClock
from cati.domain.interview import Script
from cati.domain.messages import Kind, Stretch
from cati.domain.ports import RecordingSummary, Speech
from cati.domain.review import Verdict
from cati.domain.signals import Signal, SignalKind
from cati.domain.users import Role
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.review.keys import HEAR_KEYS
from cati.gui.review.page import ReviewPage
from cati.gui.review.signals import with_places
from cati.gui.review.words import follows
from cati.services import keys, messages, programmes, review
from cati.services.interviews import DatabaseAnswerLog
from cati.services.recordings import note_archived
from cati.station.archive_place import Address, content_of
from cati.station.runner import CallRunner
from cati.station.writing import ThroughServices
from cati.store import recordings as store
from cati.store import tables as t
from tests.audio.tapes import Ear, recorded, tone
from tests.gui.fits import clipped
from tests.gui.officials import Official

pytestmark = pytest.mark.usefixtures("look")
Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier
Sit = Callable[..., Official]


class Tape:
    """A recorder whose sound is made up when it is stopped.

    Args:
        clock: tells how long it recorded.
        channels: 1 or 2; 0 keeps the file from being written.
    """

    def __init__(self, clock: VirtualClock, channels: int) -> None:
        self._clock, self._channels, self._path = clock, channels, Path()
        self._asked: dict[str, Any] = {}

    def start(self, **asked: Any) -> None:
        self._asked, self._path = asked, asked["path"]

    def mark(self, kind: str, **values: str) -> None:
        """Nothing to mark."""

    def offset_ms(self) -> int | None:
        if not self._asked:
            return None
        passed = self._clock.now() - self._asked["started_at"]
        return round(passed.total_seconds() * 1000)

    def cut(self) -> None:
        pass

    def stop(self) -> RecordingSummary | None:
        length = self.offset_ms() or 0
        if self._channels:
            sound = tone(length / 1000, *(300, 500)[: self._channels])
            recorded(self._path, sound, public=self._asked["public_key"])
        complete = bool(self._channels)
        done = RecordingSummary(
            self._asked["recording_id"], self._path, length, max(1, self._channels), 9, complete, False, None
        )
        self._asked = {}
        return done


class Line:
    """A telephone nobody is called by."""

    def dial(self, number: str) -> None:
        """Nobody."""

    def hang_up(self) -> None:
        """Nothing to end."""


class Desk:
    """Somebody of the office, and interviews that were done before."""

    def __init__(self, sit: Sit, *interviews: dict[str, Any]) -> None:
        self.somebody = sit(Role.SUPERVISOR, Role.OPERATOR, Role.BUREAU)
        self.done = [self._interview(**given) for given in interviews]
        self.page: ReviewPage = self._go()

    def _go(self) -> ReviewPage:
        assert self.somebody.shell.isActiveWindow()
        place = self.somebody.go(7)
        # Nothing of the page was a window of its own, even for a moment.
        assert self.somebody.shell.isActiveWindow()
        assert isinstance(place, ReviewPage)
        self.ready(place)
        return place

    def ready(self, page: ReviewPage | None = None) -> None:
        """Until the interview is shown with its sound, as far as it has any."""
        shown = page or self.page
        for _round in range(3):
            self.somebody.settled()
        if shown.listening.audible:
            peaks = shown.listening.picture
            self.somebody.wait(lambda: peaks.filled_ms >= peaks.duration_ms - 5)
            self.somebody.settled()

    def _interview(self, *, pace: float = 12.0, channels: int = 2, same: bool = False) -> str:
        somebody = self.somebody
        ctx, programme = somebody.ctx, programmes.get(somebody.ctx)
        runner = CallRunner(
            ctx,
            programme,
            script=Script.of(programme.programme),
            dialler=Line(),
            recorder=Tape(somebody.clock, channels),
            writing=ThroughServices(ctx, programme, DatabaseAnswerLog(ctx)),
            recording_public=keys.recording_public(ctx, programme.id),
            folder=somebody._data / "recordings",
        )
        case = runner.claim()
        assert case is not None
        runner.take(case)
        runner.dial()
        somebody.clock.advance(5)
        runner.connect()
        number = 0
        while runner.call.shown is not None:
            name = runner.call.shown
            question = programme.programme.question(name)
            somebody.clock.advance(pace if question.weight is not None else 4)
            offers = Script.of(programme.programme).offers(name, runner.call.facts, "zh")
            number += question.weight is not None
            pick = number % 3 if question.weight is not None and not same else 0
            value = offers[pick].name if offers else "read" if question.type == "note" else ""
            runner.answer(value)
        runner.note("在车上")
        runner.end()
        interview = runner.call.interview_id
        runner.settle("complete")
        somebody.clock.advance(60)
        assert interview is not None
        return interview

    def press(self, *pressed: Qt.Key, **held: Any) -> None:
        self.somebody.press(*pressed, **held)

    @property
    def player(self) -> Any:
        return self.page.listening._hearing.player

    @property
    def length_ms(self) -> int:
        assert self.page._file is not None
        return self.page._file.duration_ms

    def rows(self, table: Any, *columns: Any) -> list[tuple[Any, ...]]:
        with self.somebody.database.read() as connection:
            return [tuple(row) for row in connection.execute(select(*columns).select_from(table))]

    def verdicts(self) -> list[tuple[Any, ...]]:
        r = t.reviews.c
        return self.rows(t.reviews, r.interview_id, r.verdict, r.reason, r.note)


Make = Callable[..., Desk]


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> list[Ear]:
    """The loudspeakers that were opened; each takes a second of sound at once and no more."""
    made: list[Ear] = []

    def plug_in() -> Ear:
        made.append(Ear(25))
        return made[-1]

    monkeypatch.setattr(playback.Player.__init__, "__defaults__", (plug_in,))
    return made


@pytest.fixture
def desk(official: Sit, ears: list[Ear]) -> Any:
    made: list[Desk] = []

    def sit(*interviews: dict[str, Any]) -> Desk:
        made.append(Desk(official, *interviews))
        return made[-1]

    yield sit
    for ear in ears:
        ear.let(100_000)
    for one in made:
        one.page.listening.close()


# ---- looking -------------------------------------------------------------------------------------


def test_an_interview_shows_answers_times_and_signals(desk: Make) -> None:
    one = desk({"pace": 1.0})
    words = one.somebody.words()
    assert "Questions 1–10 answered within 10 s" in words
    assert "1 signal not heard" in words
    assert "only to look at" in words
    assert "在车上" in words
    shown = one.page.answers.table.current()
    assert (shown.number, shown.answer.split()[0], shown.seconds) == ("1", "2", 1.0)
    assert one.page._count.words() == "1 / 1"


def test_without_anything_to_review_that_is_said(desk: Make) -> None:
    one = desk()
    one.press(Key.Key_Space, Key.Key_X, Key.Key_F5)
    assert one.somebody.keys_mode() is Mode.REVIEW
    wave = one.page.wave
    assert wave._words == "There is nothing to review here."
    picture, ground = wave.grab().toImage(), theme.colour("line")
    # No line between two sounds strikes it out.
    columns = range(theme.px(140), picture.width() // 3)
    assert all(
        picture.pixelColor(x, y) != ground
        for x in columns
        for y in range(picture.height() // 3, picture.height() * 2 // 3)
    )


def test_what_comes_from_the_archive_is_shown_coming_and_who_spoke_is_told(
    desk: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = desk({})
    (here,) = (one.somebody._data / "recordings").rglob("*.crec")
    there = tmp_path / "share" / here.relative_to(one.somebody._data / "recordings")
    there.parent.mkdir(parents=True)
    here.rename(there)
    content, ctx = content_of(there), one.somebody.ctx
    note_archived(ctx, here.stem, place="share", size=content.size, sha256=content.sha256)
    told = Speech(60_000, (24_000, 18_000), 15_000, 3000, 4000, 10, 2)
    with one.somebody.database.write() as connection:
        store.note_speech(connection, here.stem, told)
    monkeypatch.setattr(one.page.office.listening_room, "_archive", Address(str(tmp_path / "share")))
    words: list[str] = []
    show = one.page.wave.show_sound

    def shown(sound: Any, length: int, said: str = "") -> None:
        words.append(said)
        show(sound, length, said)

    monkeypatch.setattr(one.page.wave, "show_sound", shown)
    one.page._open(one.done[0])
    one.somebody.wait(lambda: any(said.startswith("Coming from the archive: ") for said in words))
    one.somebody.wait(lambda: one.page.listening.complete)
    one.ready()
    assert (
        "Talk: operator 40%, respondent 30%, both at once 5%; silence 25%, longest pause 4 s; "
        "2 answers of 10 without a word before them" in one.somebody.words()
    )
    assert clipped(one.page) == []


def test_a_missing_recording_leaves_the_page_at_work_and_is_said(desk: Make) -> None:
    one = desk({"channels": 0})
    assert "recording" in one.somebody.frame.notice.words
    assert "There is no recording to be heard" in one.page.wave._words
    assert "all signals heard" not in one.somebody.words()
    one.press(Key.Key_Space, Key.Key_Return, Key.Key_F5, Key.Key_A, Key.Key_Return)
    one.ready()
    assert one.verdicts() == [(one.done[0], "accepted", None, "")]


def test_one_channel_is_said_and_cannot_be_chosen_from(desk: Make) -> None:
    one = desk({"channels": 1})
    assert one.page.listening.channels == 1
    one.press(Key.Key_L)
    assert one.page.listening.voice == "both"


# ---- hearing -------------------------------------------------------------------------------------


def test_space_plays_and_pauses_and_what_was_heard_is_logged(desk: Make, ears: list[Ear]) -> None:
    one = desk({})
    one.press(Key.Key_Space)
    one.somebody.wait(lambda: one.page.listening.place_ms == 1000)
    assert one.page.listening.playing
    one.press(Key.Key_Space)
    ears[0].let(1)
    one.somebody.wait(lambda: not one.page.listening.playing)
    (detail,) = [
        detail
        for action, detail in one.rows(t.audit, t.audit.c.action, t.audit.c.detail)
        if action == "recording_heard"
    ]
    assert detail == {"from_ms": 0, "to_ms": 1040}


def test_arrows_questions_speed_and_voice_have_their_keys(desk: Make) -> None:
    one = desk({})
    one.press(Key.Key_Right, Key.Key_Right, Key.Key_Left)
    one.somebody.wait(lambda: one.page.listening.place_ms == 5000)
    one.press(Key.Key_PageDown)
    second = one.page.answers.table.current()
    assert second.number == "2"
    one.somebody.wait(lambda: one.page.listening.place_ms == second.place_ms)
    one.press(Key.Key_BracketRight, Key.Key_BracketRight, Key.Key_BracketLeft, Key.Key_L)
    assert (one.page.listening.speed, one.page.listening.voice) == (1.25, "operator")
    for _press in range(9):
        one.press(Key.Key_BracketRight)
    assert one.page.listening.speed == 2.0
    one.press(Key.Key_Equal)
    first, last = one.page.wave.span_ms
    assert first < second.place_ms < last < one.length_ms


def test_enter_hears_from_the_chosen_question_and_the_mark_follows(desk: Make) -> None:
    one = desk({})
    one.press(Key.Key_Down, Key.Key_Down, Key.Key_Return)
    third = one.page.answers.table.current()
    assert third.number == "3"
    one.somebody.wait(lambda: one.page.listening.place_ms == third.place_ms + 1000)
    assert one.page.wave._at == 2


def test_a_signal_is_heard_by_its_key_and_then_counts_as_heard(desk: Make, ears: list[Ear]) -> None:
    one = desk({"pace": 1.0})
    assert one.page.signals.unheard == 1
    one.press(Key.Key_F5)
    one.somebody.wait(lambda: bool(ears))
    # However seldom the window looks: what was heard meanwhile counts.
    ears[0].let(9 * 15)
    one.somebody.wait(lambda: one.page.signals.unheard == 0)
    assert "all signals heard" in one.somebody.words()


def test_a_click_on_the_sound_goes_there(desk: Make) -> None:
    one = desk({})
    wave = one.page.wave
    one.somebody._qtbot.mouseClick(
        wave, Qt.MouseButton.LeftButton, pos=QPoint(wave.width() // 2, wave.height() // 2)
    )
    one.somebody.wait(lambda: one.page.listening.place_ms > 0)
    assert one.page.listening.place_ms == pytest.approx(one.length_ms / 2, rel=0.15)


def test_no_loudspeaker_is_said(desk: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Ear:
        raise OSError("none")

    monkeypatch.setattr(playback.Player.__init__, "__defaults__", (none,))
    one = desk({})
    one.press(Key.Key_Space)
    one.somebody.wait(lambda: "loudspeaker" in one.somebody.frame.notice.words)


def test_the_place_that_is_heard_is_marked_with_a_note(desk: Make, ears: list[Ear]) -> None:
    here = desk({})
    page, interview = here.page, here.done[0]
    signals = len(page.signals.rows)
    page.listening.seek(20_000)
    here.somebody.wait(lambda: page.listening.place_ms == 20_000)
    here.press(Key.Key_M)
    assert here.somebody.keys_mode() is Mode.ASK
    here.somebody.type("am I?")
    here.press(Key.Key_Return)
    here.somebody.wait(lambda: len(page.signals.rows) == signals + 1)
    last = page.signals.rows[-1]
    assert last.signal.kind is SignalKind.MARKED
    assert (last.signal.note, last.heard) == ("am I?", True)
    assert page.wave._flags == (20_000,)
    assert "00:20" in last.accessibleName()
    assert here.somebody.keys_mode() is Mode.REVIEW
    here.press(Key(Key.Key_F5 + HEAR_KEYS.index(last.key)))
    here.somebody.wait(lambda: page.listening.playing and page.listening.place_ms >= 15_000)
    found = review.look_up(here.somebody.ctx, programmes.get(here.somebody.ctx), interview)
    assert [(mark.place_ms, mark.note) for mark in found.marks] == [(20_000, "am I?")]
    assert here.verdicts() == []


def test_f6_at_a_complaint_leads_to_what_was_said_before_it(desk: Make, ears: list[Ear]) -> None:
    here = desk({}, {})
    page, somebody = here.page, here.somebody
    recording, attempt = here.rows(t.recordings, t.recordings.c.id, t.recordings.c.attempt_id)[0]
    complained = review.interview_of(somebody.ctx, recording)
    programme = programmes.get(somebody.ctx)
    messages.send(
        somebody.ctx,
        programme,
        Kind.COMPLAINT,
        "calls every week",
        attempt_id=attempt,
        stretch=Stretch(recording, 8_000, 68_000),
    )
    somebody.go(6)
    here.press(Key.Key_F3)
    field = somebody.here
    somebody.wait(lambda: "1 message waits" in somebody.words())
    here.press(Key.Key_Return)
    assert "Hear what was said before" in somebody.words()
    here.press(Key.Key_F6)
    somebody.wait(lambda: somebody.here is page)
    assert field is not page
    here.ready()
    somebody.wait(lambda: page.listening.place_ms == 8_000)
    assert page._interview == complained
    first = page.signals.rows[0]
    assert (first.signal.kind, first.signal.start_ms, first.key) == (SignalKind.COMPLAINT, 8_000, "F5")
    assert (8_000, first.signal.end_ms) in page.wave._bands
    assert "calls every week" in first.accessibleName()
    here.press(Key.Key_F5)
    somebody.wait(lambda: page.listening.playing)


def test_sound_waits_while_a_note_is_typed_and_goes_on_when_it_is_left(desk: Make, ears: list[Ear]) -> None:
    here = desk({})
    page = here.page
    here.press(Key.Key_Space)
    here.somebody.wait(lambda: page.listening.place_ms == 1000)
    here.press(Key.Key_M)
    assert here.somebody.keys_mode() is Mode.ASK
    ears[0].let(1)
    here.somebody.wait(lambda: not page.listening.playing)
    here.press(Key.Key_Escape)
    here.somebody.wait(lambda: page.listening.playing)
    assert page.wave._flags == ()


def test_prompting_is_heard_from_shortly_before_it_was_noted() -> None:
    signals = [Signal(SignalKind.PROMPTED), Signal(SignalKind.LATE), Signal(SignalKind.NOT_RECORDED)]
    found = with_places(signals, [42_000, 50_000], 55_000)
    assert [(s.start_ms, s.end_ms) for s in found] == [(32_000, 55_000), (0, 55_000), (None, None)]
    found = with_places(signals, [], 55_000)
    assert (found[0].start_ms, found[0].end_ms) == (0, 55_000)
    assert with_places(signals, [], 0) == signals


# ---- deciding ------------------------------------------------------------------------------------


def test_excluding_takes_a_reason_then_enter_and_the_next_comes(desk: Make) -> None:
    one = desk({"pace": 1.0}, {})
    first, second = one.done
    one.press(Key.Key_X, Key.Key_Return)
    assert one.verdicts() == []
    one.press(Key.Key_6, Key.Key_F4)
    one.somebody.type("sounds read from a list")
    one.press(Key.Key_Return)
    one.ready()
    one.somebody.wait(lambda: one.page._interview == second)
    assert one.verdicts() == [(first, "excluded", "invented", "sounds read from a list")]
    assert "the cell calls for one more" in one.somebody.frame.notice.words
    assert one.somebody.keys_mode() is Mode.REVIEW
    one.ready()
    one.press(Key.Key_Left, held=ALT)
    one.ready()
    assert "Last verdict: excluded, The interview seems invented" in one.somebody.words()


def test_once_fieldwork_is_over_no_cell_is_said_to_call_again() -> None:
    assert "the cell stays one short" in follows(Verdict.EXCLUDED, True)
    assert "nobody is called again" in follows(Verdict.SENT_BACK, True)
    assert "the cell calls again" in follows(Verdict.EXCLUDED, False)
    assert follows(Verdict.SECOND, True) == follows(Verdict.SECOND, False)


def test_a_closed_programme_is_told_to_the_reviewer_before_the_verdict(desk: Make) -> None:
    one = desk({})
    with one.somebody.ctx.database.write() as connection:
        connection.execute(t.programmes.update().values(state="closed"))
    one.page.refresh()
    one.ready()
    one.press(Key.Key_X)
    one.somebody.wait(lambda: "the cell stays one short" in one.somebody.words())


def test_escape_takes_the_choice_back(desk: Make) -> None:
    one = desk({})
    one.press(Key.Key_X, Key.Key_1)
    assert one.somebody.keys_mode() is Mode.VERDICT
    one.press(Key.Key_Escape)
    assert one.somebody.keys_mode() is Mode.REVIEW
    one.press(Key.Key_A, Key.Key_S, Key.Key_Escape)
    assert one.verdicts() == []
    assert one.page._side.currentWidget() is one.page.signals


def test_digits_write_in_the_note_and_choose_no_reason(desk: Make) -> None:
    one = desk({})
    one.press(Key.Key_B, Key.Key_2, Key.Key_F4)
    one.somebody.type("1")
    one.press(Key.Key_Escape)
    assert one.somebody.keys_mode() is Mode.VERDICT
    note = one.page.deciding.reasons.note
    note.setText("字" * 501)
    one.press(Key.Key_Return)
    one.ready()
    assert "501 characters" in one.somebody.frame.notice.words
    assert (one.verdicts(), len(note.text())) == ([], 501)
    note.setText("1")
    one.press(Key.Key_Return)
    one.ready()
    assert one.verdicts() == [(one.done[0], "sent_back", "not_read", "1")]


def test_a_refused_verdict_is_said_and_the_page_goes_on(desk: Make) -> None:
    one = desk({})
    one.press(Key.Key_S, Key.Key_Return)
    one.ready()
    one.press(Key.Key_A, Key.Key_Return)
    one.ready()
    assert "somebody else has to give it" in one.somebody.frame.notice.words
    assert len(one.verdicts()) == 1
    assert one.somebody.keys_mode() is Mode.REVIEW


def test_a_chosen_verdict_keeps_one_here_until_it_is_stored_or_taken_back(desk: Make) -> None:
    one = desk({})
    one.press(Key.Key_A)
    one.somebody.go(5)
    assert one.somebody.here is one.page
    assert "not stored yet" in one.somebody.frame.notice.words
    one.press(Key.Key_Escape)
    assert one.somebody.go(5) is not one.page


# ---- the list ------------------------------------------------------------------------------------


def test_the_list_is_filtered_searched_and_opened_by_keys(desk: Make) -> None:
    one = desk({"pace": 1.0}, {}, {})
    assert len(one.page.listed.shown()) == 3
    one.press(Key.Key_F2)
    assert one.somebody.keys_mode() is Mode.REVIEW_LIST
    one.press(Key.Key_F3)
    one.somebody.settled()
    assert one.page.listed.shown() == [one.done[0]]
    for _choice in range(4):
        one.press(Key.Key_F3)
        one.somebody.settled()
    assert one.page.listed.choices.code == "open"
    chosen = one.page.listed._lines[1].interview
    # The number that console and lists show, too.
    number = f"{chosen.case_id:04}"
    one.page.listed.search.setText(number)
    assert one.page.listed.shown() == [chosen.interview_id]
    cells = one.page.listed.table.rows.cells(0)
    assert cells is not None
    assert cells[0].text == number
    unit = chosen.unit_name
    one.press(Key.Key_F4)
    one.page.listed.search.setText(unit)
    found = one.page.listed.shown()
    assert 1 <= len(found) < 3
    one.press(Key.Key_Return)
    one.ready()
    assert one.page._interview in found
    assert one.somebody.keys_mode() is Mode.REVIEW


def test_the_next_and_the_one_before(desk: Make) -> None:
    one = desk({}, {})
    first = one.page._interview
    one.press(Key.Key_Right, held=ALT)
    one.ready()
    assert one.page._interview != first
    one.press(Key.Key_Right, held=ALT)
    one.press(Key.Key_Left, held=ALT)
    one.ready()
    assert one.page._interview == first


def test_another_place_can_ask_for_an_interview(desk: Make) -> None:
    one = desk({}, {})
    one.somebody.go(5)
    loaded = one.somebody.frame.office.programme
    assert loaded is not None
    # From a score it is one answer that is to be heard: Space plays from where it was asked.
    item = loaded.programme.items[-1].name
    one.somebody.frame.office.go("review", (one.done[1], item))
    one.ready()
    assert one.page._interview == one.done[1]
    asked = one.page.answers.table.current()
    assert (asked.item, bool(asked.place_ms)) == (item, True)
    one.somebody.wait(lambda: one.page.listening.place_ms == asked.place_ms)


def test_sound_stops_when_one_leaves(desk: Make, ears: list[Ear]) -> None:
    one = desk({})
    one.press(Key.Key_Space)
    one.somebody.wait(lambda: bool(ears))
    one.somebody.go(5)
    ears[0].let(2)
    one.somebody.wait(lambda: ears[0].closed)


def test_what_was_played_is_full_and_the_rest_is_lighter(desk: Make) -> None:
    one = desk({})
    wave = one.page.wave

    def ink(share: float) -> Any:
        picture = wave.grab().toImage()
        lane = (wave.height() - 46) // 2
        return picture.pixelColor(98 + int((wave.width() - 99) * share), 26 + lane // 2)

    one.press(Key.Key_PageDown, Key.Key_PageDown, Key.Key_PageDown, Key.Key_PageDown)
    one.somebody.wait(lambda: wave._place_ms > one.length_ms * 0.3)
    for _painted in range(2):
        assert ink(0.1).name() == theme.colour("ch1").name()
        assert ink(0.9).red() > ink(0.1).red() + 40
    assert theme.colour("ch1").alpha() == 255


def test_another_interview_begins_at_its_beginning(desk: Make) -> None:
    one = desk({}, {})
    one.press(Key.Key_PageDown)
    one.somebody.wait(lambda: one.page.wave._place_ms > 0)
    one.press(Key.Key_Right, held=ALT)
    one.ready()
    assert (one.page.wave._place_ms, one.page.listening.place_ms) == (0, 0)


# ---- looks ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("tongue")
def test_nothing_is_cut_in_the_least_window(desk: Make) -> None:
    one = desk({"pace": 1.0}, {})
    for pressed in (None, Key.Key_X, Key.Key_1, Key.Key_Escape, Key.Key_F2):
        if pressed is not None:
            one.press(pressed)
            one.somebody.settled()
        for mode, scale in (("light", 1.0), ("dark", 1.5), ("contrast", 0.8)):
            theme.use(mode, scale)
            one.somebody.shell.resize(1366, 690)
            found = [clip for clip in clipped(one.page) if clip.how != "window too small"]
            assert (pressed, mode, found) == (pressed, mode, [])
            assert scale > 1.1 or not one.page._scroll.verticalScrollBar().isVisible()
