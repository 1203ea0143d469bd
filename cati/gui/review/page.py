"""Review: hear an interview, see its answers and signals, decide, take the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QStackedLayout, QWidget

from cati.base.i18n import translate as _
from cati.domain.messages import Stretch
from cati.domain.signal_words import clock
from cati.domain.signals import Signal, SignalKind, marked, silences
from cati.domain.speech import speech_words
from cati.domain.users import Right
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.form import labelled
from cati.gui.office.office import Office
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.review.answers import AnswerRow, AnswerSheet, answer_rows, item_numbers
from cati.gui.review.deciding import Deciding
from cati.gui.review.listed import InterviewList
from cati.gui.review.listening import FOLLOW_MS, Listening
from cati.gui.review.play_bar import PlayBar
from cati.gui.review.signals import SignalSheet, Still, scrolling, with_places
from cati.gui.review.wave import Mark, Wave
from cati.gui.review.words import effect_words, follows, headline, history_line
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.keycap import key_print
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.surface import Rule, Surface
from cati.gui.widgets.text import Part, Text

if TYPE_CHECKING:
    from cati.services.review import Listed, ReviewFile
    from cati.services.review import Mark as ReviewMark
    from cati.services.verdicts import Effect

JUMP_MS = 5_000
# Less room than this, in px at 100 %, is too little for two sheets.
SIDE_BY_SIDE = 680
# Less than this is too little for the words of the two keys in the head.
WORDY = 900
SILENCE_STEP_MS = 500
_BY_EAR = ("review_play", "review_hear_item", "review_hear", "review_jump", "review_item")


class ReviewPage(Place):
    """One interview at a time, out of the list that F2 shows."""

    mode = Mode.REVIEW

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__(office, keys)
        self._lines: Sequence[Listed] = ()
        self._over = False
        self._ids: list[str] = []
        self._interview: str | None = None
        self._item: str | None = None
        # What a complaint marks, to be heard as soon as it is open.
        self._stretch: Stretch | None = None
        self._file: ReviewFile | None = None
        self._signals: tuple[Signal, ...] = ()
        self._marked: tuple[ReviewMark, ...] = ()
        self._asked: list[Mark] = []
        self._shown: Sequence[AnswerRow] = ()
        self.listening, self.deciding = Listening(office, self), Deciding(office, keys, self)
        self._make_parts()
        self._lay_out()
        self._connect()

    # ---- parts -----------------------------------------------------------------------------------

    def _make_parts(self) -> None:
        self.wave, self.bar = Wave(), PlayBar(self.keys)
        self.answers, self.signals = AnswerSheet(), SignalSheet()
        self.listed = InterviewList()
        self._hint, self._history = (
            Text(size=12, ink="ink2", elide=True),
            Text(size=12, bold=True, elide=True),
        )
        self._operator = Text(size=14, ink="ink2")
        self._count = Text(size=14, bold=True)
        self._before = Button(_("Previous one"), "Alt+Left", Kind.QUIET, 13, 30)
        self._after = Button(_("Next one"), "Alt+Right", Kind.QUIET, 13, 30)
        for button, key in ((self._before, "Alt+Left"), (self._after, "Alt+Right")):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, k=key: self.keys.trigger("review_turn", k))
        self._marks = (self._operator, Rule(upright=True, length=20), self._before, self._count, self._after)

    def _lay_out(self) -> None:
        sound = Surface(column((self.wave, 1), self.bar, gap=6, margins=(12, 10, 12, 8)))
        # A stack shows its first widget at once: without a parent that would be a window.
        side, left = Still(), Still()
        left.setLayout(column(self.answers))
        self._side = QStackedLayout(side)
        self._side.addWidget(self.signals)
        self._side.addWidget(self.deciding.reasons)
        self._middle = row((left, 6), (side, 5), gap=12)
        foot = row((self._hint, 1), self._history, gap=12)
        # Where letters are large sound and answers scroll; the verdict stays.
        self._sound, self._scroll = sound, scrolling(column((sound, 10), (self._middle, 13), gap=8))
        one = column((self._scroll, 1), self.deciding.bar, foot, gap=8)
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._one = Holder(one)
        self._stack.addWidget(self._one)
        self._stack.addWidget(self.listed)
        self.setLayout(column((body, 1), margins=(16, 10, 16, 6)))

    def _connect(self) -> None:
        self.listening.opened.connect(self._sound_opened)
        self.listening.drawn.connect(self._sound_drawn)
        self.listening.moved.connect(self._follow)
        self.listening.fetched.connect(self._show_fetched)
        self.listening.heard.connect(self.signals.listen)
        self.wave.sought.connect(self.listening.seek)
        self.bar.speed_chosen.connect(self.listening.set_speed)
        self.bar.voice_chosen.connect(self.listening.set_voice)
        self.answers.table.opened.connect(lambda _row: self._hear_item())
        self.signals.asked.connect(self._hear)
        self.signals.changed.connect(self._count_unheard)
        self.deciding.changed.connect(self._show_verdict)
        self.deciding.stored.connect(self._stored)
        self.deciding.refused.connect(self._look_again)
        self.listed.opened.connect(self._open_from_list)
        self.listed.wanted.connect(lambda _code: self.refresh())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where letters are very large the signals stand under the answers."""
        room = self.width() / theme.current().scale
        flat, under = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._middle.setDirection(flat if room >= SIDE_BY_SIDE else under)
        # The head names the interview first; the keys alone still tell the way.
        ways = ((self._before, _("Previous one"), "Alt+Left"), (self._after, _("Next one"), "Alt+Right"))
        for button, words, key in ways:
            button.set_words(words if room >= WORDY else "")
            button.setToolTip(words)
            button.setAccessibleName(f"{words}, {key_print(key)}")

    # ---- the frame asks --------------------------------------------------------------------------

    def summary(self) -> str | Sequence[Part]:
        """Which interview it is."""
        if self._file is None or self.office.programme is None:
            return ""
        return headline(self.office.programme.programme, self._file.interview)

    def marks(self) -> Sequence[QWidget]:
        """Who asked, and the way to the interviews before and after."""
        return self._marks

    def note(self) -> tuple[str, str | None, str]:
        """Whether everything can be heard."""
        if self._file is None:
            return "", None, "ok"
        if not self.listening.audible:
            return _("nothing to hear"), "warning", "warn"
        length = clock(self._file.duration_ms)
        if self.listening.complete:
            return _("recording complete {length} · listening is logged").format(length=length), "lock", "ok"
        return (
            _("recording incomplete {length} · listening is logged").format(length=length),
            "warning",
            "warn",
        )

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """Hear, look, decide."""
        found: dict[str, Callable[..., Any]] = {
            "review_list": self._show_list,
            "review_play": self.listening.toggle,
            "review_hear_item": self._hear_item,
            "review_jump": self._jump,
            "review_item": self._go_to_item,
            "review_row": self._walk,
            "review_speed": lambda key: self.bar.change_speed(key == "]"),
            "review_voice": self.bar.next_voice,
            "review_zoom": lambda key: self.wave.zoom(key == "="),
            "review_hear": self._hear_by_key,
            "review_turn": self._turn,
            "review_filter": self.listed.choices.step,
            "review_find": self.listed.search.setFocus,
            "review_leave_list": lambda _key: self._leave_list(),
            **self.listed.table.handlers(),
        }
        if self._item is not None:
            found["review_back"] = lambda: self.office.go("scores")
        if self.office.may(Right.REVIEW):
            found |= {**self.deciding.handlers(), "review_mark": self._ask_mark}
        return found

    def arrive(self, about: object = None) -> None:
        """Show an interview by its id, and an item or a stretch of it if that is named too."""
        self._stack.setCurrentWidget(self._one)
        if isinstance(about, tuple):
            about, wanted = about
            if isinstance(wanted, Stretch):
                self._stretch = wanted
            else:
                self._item = wanted
                self.keys.bind("review_back", self.handlers()["review_back"])
        if isinstance(about, str):
            self._interview = about

    def depart(self) -> None:
        """Nothing sounds where nobody looks."""
        self.deciding.begin(None)
        self.listening.close()
        self._file = self._item = self._stretch = None
        self.keys.unbind("review_back")

    def reason_to_stay(self) -> str:
        """A verdict that was chosen is stored or taken back first."""
        if self.deciding.verdict is None:
            return ""
        return _("A verdict is chosen and not stored yet. Enter stores it, Esc takes it back.")

    def refresh(self) -> None:
        """Read the list anew."""
        from cati.services import review, verdicts

        loaded, session = self.office.programme, self.office.session
        if loaded is not None:
            choice = review.Choice(self.listed.choices.code)
            self.office.ask(
                self,
                lambda: (review.worklist(session, loaded, choice), verdicts.is_over(session, loaded)),
                self._take_list,
            )

    # ---- the list --------------------------------------------------------------------------------

    def _take_list(self, found: tuple[Sequence[Listed], bool]) -> None:
        assert self.office.programme is not None
        lines, self._over = found
        self._lines = lines
        self.listed.show_lines(self.office.programme.programme, lines)
        self._ids = self.listed.shown()
        if self.keys.mode is Mode.REVIEW_LIST:
            return
        if self._interview is None and self._ids:
            self._interview = self._ids[0]
        if self._interview is not None:
            self._open(self._interview)
        else:
            self._show_nothing()

    def _show_list(self) -> None:
        self._stack.setCurrentWidget(self.listed)
        if self._interview is not None:
            self.listed.table.choose_named(self._interview)
        self.keys.push(Mode.REVIEW_LIST)

    def _leave_list(self) -> None:
        if self.listed.search.hasFocus():
            self.setFocus()
        else:
            self._show_one()

    def _show_one(self) -> None:
        self.setFocus()
        self.keys.pop(Mode.REVIEW_LIST)
        self._stack.setCurrentWidget(self._one)
        self._count_place()

    def _open_from_list(self, interview: str) -> None:
        self._ids = self.listed.shown()
        self._show_one()
        self._open(interview)

    def _turn(self, key: str) -> None:
        place = self._place() + (1 if key == "Alt+Right" else -1)
        if 0 <= place < len(self._ids):
            self._open(self._ids[place])

    def _place(self) -> int:
        return self._ids.index(self._interview) if self._interview in self._ids else -1

    def _count_place(self) -> None:
        place, count = self._place(), len(self._ids)
        words = f"{place + 1} / {count}" if place >= 0 else f"– / {count}"
        self._count.set_text(words)
        self._before.setEnabled(place > 0)
        self._after.setEnabled(place + 1 < count)

    # ---- one interview ---------------------------------------------------------------------------

    def _open(self, interview: str) -> None:
        from cati.services import review

        self._interview = interview
        loaded, session = self.office.programme, self.office.session
        if loaded is not None:
            self.office.ask(self, lambda: review.look_up(session, loaded, interview), self._take_file)

    def _take_file(self, file: ReviewFile) -> None:
        if file.interview.interview_id != self._interview:
            return
        assert self.office.programme is not None
        programme = self.office.programme.programme
        self._file, self._signals, self._marked = file, file.signals, file.marks
        own = file.interview.operator_id == self.office.session.actor.user_id
        pattern = _("operator {name}: your own interview") if own else _("operator {name}")
        self._operator.set_text(pattern.format(name=file.interview.operator))
        self._operator.set_ink("warn" if own else "ink2", own)
        self.wave.show_sound(None, file.duration_ms)
        self.wave.set_place(0, -1)
        self._history.set_text(history_line(programme, file))
        self._count_place()
        self.deciding.begin(self._interview)
        self.signals.forget()
        self.listening.open(file.sounds)
        self._show_evidence()
        first = next((n for n, line in enumerate(self._shown) if line.number), 0)
        if self._shown:
            self.answers.table.choose(first)
        if self._item is not None:
            self.answers.table.choose_named(self._item)
        self.head_changed.emit()

    def _show_nothing(self) -> None:
        self._count.set_text("0")
        self.wave.show_sound(None, 0, _("There is nothing to review here."))
        self.bar.set_off(_("nothing to hear"))
        self.deciding.bar.show_unheard(0, audible=False)
        self.deciding.begin(None)
        self.head_changed.emit()

    def _show_evidence(self) -> None:
        """Answers, signals and the marks of both, from what is known by now."""
        assert self._file is not None
        assert self.office.programme is not None
        programme = self.office.programme.programme
        numbers = item_numbers(programme)
        self._shown = answer_rows(programme, self._file.times, self._signals)
        self.answers.show_answers(self._shown, self._file.reading)
        prompted = self.listening.places("prompted")
        marks = [marked(m.place_ms, m.note, m.name, m.own) for m in self._marked]
        placed = with_places((*self._signals, *marks), prompted, self._file.duration_ms)
        notes = _("; ").join(self._file.notes)
        talk = speech_words(self._file.speech) if self._file.speech is not None else ""
        self.signals.show_signals(placed, numbers, self.listening.audible, notes, talk)
        self._asked = [
            Mark(line.number, line.place_ms)
            for line in self._shown
            if line.number and line.place_ms is not None
        ]
        seen = [s for s in placed if s.kind is not SignalKind.MARKED]
        bands = [(s.start_ms, s.end_ms) for s in seen if s.start_ms is not None and s.end_ms]
        complaints = [(s.start_ms, s.end_ms) for s in seen if s.kind is SignalKind.COMPLAINT]
        # Others that fill the picture would only colour it.
        spots = [
            band for band in bands if band in complaints or band[1] - band[0] < self._file.duration_ms * 0.6
        ]
        self.wave.set_marks(self._asked, spots, [mark.place_ms for mark in self._marked])
        self._count_unheard()

    def _count_unheard(self) -> None:
        self.deciding.bar.show_unheard(self.signals.unheard, audible=self.listening.audible)

    # ---- sound -----------------------------------------------------------------------------------

    def _sound_opened(self) -> None:
        if self._file is None:
            return
        audible = self.listening.audible
        words = "" if audible else _("There is no recording to be heard. Answers and times are below.")
        if self.listening.faults:
            self.office.say_error(self.listening.faults[0])
        self.wave.show_sound(self.listening.picture, self._file.duration_ms, words)
        self.bar.set_off("" if audible else _("nothing to hear"))
        self.bar.show_place(False, 0, self._file.duration_ms)
        self.bar.show_choice(self.listening.speed, self.listening.voice)
        one = _("only one channel was recorded") if self.listening.channels == 1 else ""
        for name in (*_BY_EAR, *(["review_mark"] if self.office.may(Right.REVIEW) else [])):
            self.keys.set_off(name, "" if audible else _("nothing to hear"))
        self.keys.set_off("review_voice", one or ("" if audible else _("nothing to hear")))
        self._show_evidence()
        self._go_to_wanted()
        self.head_changed.emit()

    def _show_fetched(self, share: float) -> None:
        if self._file is not None:
            words = _("Coming from the archive: {share}").format(share=f"{share:.0%}")
            self.wave.show_sound(None, self._file.duration_ms, words)

    def _go_to_wanted(self) -> None:
        """Whoever asked for what was said to an item, or before a complaint, hears it from there."""
        if self._stretch is not None and self._file is not None:
            for sound in self._file.sounds:
                if sound.recording_id == self._stretch.recording_id:
                    self.listening.seek(sound.start_ms + self._stretch.start_ms)
            self._stretch = None
            return
        line = self.answers.table.current()
        if self._item is not None and line is not None and line.item == self._item and line.place_ms:
            self.listening.seek(line.place_ms)

    def _sound_drawn(self, whole: bool) -> None:
        self.wave.update()
        if whole and self._file is not None:
            quiet = silences(self.listening.loud(SILENCE_STEP_MS), SILENCE_STEP_MS)
            if quiet:
                # Behind the others: their keys stay what they are.
                self._signals = (*self._file.signals, *quiet)
                self._show_evidence()

    def _follow(self) -> None:
        if self._file is None:
            return
        playing, place = self.listening.playing, self.listening.place_ms
        self.bar.show_place(playing, place, self._file.duration_ms)
        self.wave.set_place(place, self._mark_at(place))

    def _mark_at(self, place_ms: int) -> int:
        passed = [n for n, mark in enumerate(self._asked) if mark.at_ms <= place_ms + FOLLOW_MS]
        return passed[-1] if passed else -1

    def _jump(self, key: str) -> None:
        self._scroll.ensureWidgetVisible(self._sound)
        self.listening.skip(JUMP_MS if key == "Right" else -JUMP_MS)

    def _hear_item(self) -> None:
        line = self.answers.table.current()
        if line is not None and line.place_ms is not None:
            self.listening.play(line.place_ms)

    def _walk(self, key: str) -> None:
        self.answers.table.walk(key)
        self._scroll.ensureWidgetVisible(self.answers)

    def _go_to_item(self, key: str) -> None:
        self.answers.table.walk("Down" if key == "PgDown" else "Up")
        line = self.answers.table.current()
        if line is not None and line.place_ms is not None:
            self.listening.seek(line.place_ms)

    def _hear_by_key(self, key: str) -> None:
        line = self.signals.by_key(key)
        if line is not None:
            self.signals.show_row(line)
            self._hear(line.signal)

    def _hear(self, signal: Signal) -> None:
        if signal.start_ms is not None:
            self.listening.play(signal.start_ms)
            if signal.items:
                self.answers.table.choose_named(signal.items[0])

    # ---- marks -----------------------------------------------------------------------------------

    def _ask_mark(self) -> None:
        """Mark what is heard now; the sound waits while a note is typed."""
        if self._file is None:
            return
        place, played = self.listening.place_ms, self.listening.playing
        if played:
            self.listening.toggle()
        interview, note = self._file.interview.interview_id, LineField(_("Note"))

        def answer() -> None:
            from cati.services import review

            loaded, session, words = self.office.programme, self.office.session, note.text()
            assert loaded is not None
            question.send(lambda: review.add_mark(session, loaded, interview, place, words), stored)

        def stored(marks: tuple[ReviewMark, ...]) -> None:
            if self._interview == interview:
                self._marked = marks
                self._show_evidence()

        def go_on() -> None:
            if played and self._interview == interview:
                self.listening.play(place)

        question = Question(
            self,
            _("Mark {place}").format(place=clock(place)),
            _("It is shown in the sound and among the signals to everybody who reviews this interview."),
            [labelled(note, _("may stay empty"))],
            _("Mark it"),
            answer,
        )
        question.left.connect(go_on)

    # ---- verdict ---------------------------------------------------------------------------------

    def _show_verdict(self) -> None:
        verdict = self.deciding.verdict
        self._side.setCurrentWidget(self.signals if verdict is None else self.deciding.reasons)
        self._hint.set_text(follows(verdict, self._over))

    def _stored(self, effect: Effect) -> None:
        self.setFocus()
        said, place = effect_words(effect), self._place()
        if place + 1 < len(self._ids):
            self._open(self._ids[place + 1])
        elif self._interview is not None:
            self._open(self._interview)
            last = _("That was the last of the list.")
            said = f"{said} {last}"
        self.office.tell(said)

    def _look_again(self) -> None:
        if self._interview is not None:
            self._open(self._interview)
