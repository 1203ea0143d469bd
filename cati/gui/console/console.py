"""The operator's console: bars that never move, and between them the screen of the moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, QSize, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.domain.call import Call, Phase
from cati.domain.stations import SHUT
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.console import words
from cati.gui.console.agenda import AgendaOverlay
from cati.gui.console.asking import Asking
from cati.gui.console.auto_dial import AutoDial
from cati.gui.console.bars import Bars
from cati.gui.console.callers import Callers
from cati.gui.console.card import CardOverlay
from cati.gui.console.clockwork import Clockwork
from cati.gui.console.desk import Desk, MakeWorkplace
from cati.gui.console.microphone import MicrophoneOverlay
from cati.gui.console.practice import Practice, PromptLine
from cati.gui.console.reports import Reports
from cati.gui.console.screens import Screens
from cati.gui.console.telephone import Telephone
from cati.gui.console.typing import Typing
from cati.gui.console.wrap_up import WrapUp
from cati.gui.over import Over
from cati.gui.own_password import ask_own_password
from cati.gui.sound.overlay import SoundOverlay
from cati.gui.trial_call import ask_secret, ask_test_call, by_workplace
from cati.gui.widgets.layouts import column
from cati.gui.widgets.surface import Page

if TYPE_CHECKING:
    from cati.gui.app import Shell
    from cati.station.workplace import Today

# The least window, in px.
LEAST_WIDTH, LEAST_HEIGHT = 1024, 600
# A day board with hours needs this height of window, px at 100 %.
BOARD_HEIGHT = 640

_MODES = {
    Phase.READY: Mode.READY,
    Phase.DIALLING: Mode.DIALLING,
    Phase.CONNECTED: Mode.QUESTION,
    Phase.WRAP_UP: Mode.DISPOSITION,
}


class Console(Page):
    """One operator's place of work in one programme.

    Args:
        shell: the window it lies in.
        make_workplace: makes the workplace; called in the worker.
        to_office: goes over to the office; None for who has no business there.
        to_practice: goes over to practice in the programme of a code, and from practice back.
        to_choice: lets another programme be chosen; None where that is not possible.
        anew: opens this place anew, as when the station has another telephone; None where it has none.
        practising: whether respondents are invented and nothing counts.
    """

    def __init__(
        self,
        shell: Shell,
        make_workplace: MakeWorkplace,
        to_office: Callable[[], Any] | None = None,
        *,
        to_practice: Callable[[str], Any] | None = None,
        to_choice: Callable[[], Any] | None = None,
        anew: Callable[[], Any] | None = None,
        practising: bool = False,
    ) -> None:
        super().__init__()
        self._anew = anew
        self._shell, self._keys = shell, shell.keys
        self.desk = Desk(shell.tasks, make_workplace, self)
        self._to_office, self._to_practice, self._to_choice = to_office, to_practice, to_choice
        self._practising = practising
        self._space: theme.Space | None = None
        self._fitted: tuple[theme.Space, theme.Theme] | None = None
        self._day_shown = (0, 0)
        self._shown_case: int | None = None
        self._begun: str | None = None
        self._said_in: Mode | None = None
        self._handlers: dict[str, Callable[..., Any]] = {}
        self._make_first()
        # All at once it would keep the window longer than an eye notices.
        self._to_make = iter((*self.screens.steps(), self._make_overlays, self._begin))
        self._maker = QTimer(self)
        self._maker.setInterval(0)
        self._maker.timeout.connect(self._make_next)
        self._maker.start()

    def _make_first(self) -> None:
        """What is seen before there is a place of work: the bars, and that it is being opened."""
        self._keys.set_mode(Mode.BREAK)
        self.bars = Bars(self.desk, self._keys)
        self.trouble = self.bars.trouble
        self.screens = Screens(
            self.desk,
            self._shell.tasks,
            self._keys,
            self._is_saved,
            self._leave_case,
            practising=self._practising,
        )
        self.idle, self.signing, self._stack = self.screens.idle, self.screens.signing, self.screens.stack
        self.away, self.pause = self.idle.away, self.idle.pause
        self._stack.overflows.connect(self._offer_scrolling)
        self.prompt = PromptLine()
        days = (self.prompt, self.bars.board, self.bars.line)
        self.setLayout(column(self.bars.call, (self._stack, 1), self.trouble, *days, self.bars.keys, gap=0))
        self.prompt.setVisible(self._practising)
        self.bars.place_day(wide=False, said=True)
        self.idle.opening(practising=self._practising)

    def _make_next(self) -> None:
        step = next(self._to_make, None)
        if step is None:
            self._maker.stop()
        else:
            step()

    @property
    def is_made(self) -> bool:
        """Whether all parts are there."""
        return bool(self._handlers)

    def _make_overlays(self) -> None:
        tasks, keys = self._shell.tasks, self._keys
        self.card = CardOverlay(self._stack, keys)
        self.microphone = MicrophoneOverlay(self._stack, self._shell, self.desk)
        self.sound = SoundOverlay(self._stack, self._shell, self.desk, self._sound_tested)
        self.agenda = AgendaOverlay(self._stack, tasks, keys, self.desk)
        self.callers = Callers(self._stack, tasks, keys, self.desk)
        self.reports = Reports(self._stack, tasks, keys, self.desk, self.say)

    def _begin(self) -> None:
        """All parts are there: let them act, and open the place of work."""
        screens = self.screens
        self.ready, self.dialling = screens.ready, screens.dialling
        self.question, self.disposition = screens.question, screens.disposition
        self.asking = Asking(self.desk, self.question, self.trouble)
        self.telephone = Telephone(self.desk, self.dialling, self.say, self._keys, self._stack)
        proposal = self.telephone.proposal
        self.wrap_up = WrapUp(self.desk, self._keys, self.asking, self.disposition, self.follow, proposal)
        self.auto_dial = AutoDial(self.desk, self._keys, self.ready, self._show_room)
        self.practice = Practice(self.desk, self._shell.tasks, self.prompt)
        self.clockwork = Clockwork(self.desk, self.bars, self.idle, self.reports, self.say)
        self.clockwork.measured.connect(self._show_room)
        self.clockwork.measured.connect(self._keep_day)
        self.clockwork.looked.connect(self._show_bar)
        self._listen()
        self._bind()
        self._place_day()
        self.desk.open()

    def _listen(self) -> None:
        desk = self.desk
        desk.opened.connect(self._opened)
        desk.changed.connect(self.follow)
        desk.saved.connect(self._show_saved)
        desk.sound_changed.connect(self._show_sound)
        desk.number_shown.connect(self.dialling.show_number)
        desk.measured.connect(self._show_room)
        desk.day_changed.connect(self._show_today)
        desk.storing.changed.connect(self._show_waiting)
        desk.line_changed.connect(self._show_bar)
        self._shell.news.heard.connect(self.reports.hear)
        if not self._practising:
            self._shell.news.line_changed.connect(self._show_line)
            self._shell.news.heard.connect(self._hear)
            self._show_line()
        desk.trouble.connect(self.say)
        desk.listened.connect(self._say_listened)
        self.trouble.changed.connect(self._place_day)
        self.typing = Typing(desk, self.question, self.disposition)
        self.disposition.chosen.connect(self._forget_trouble)
        self.disposition.chosen.connect(lambda: self._stack.reveal(self.disposition.picker))
        if self._to_choice is not None:
            self.idle.several.connect(self._to_choice)

    def _bind(self) -> None:
        desk = self.desk
        self._handlers = {
            "dial": lambda: desk.do(lambda r: r.dial(), commits=True),
            "alternate": lambda: desk.do(lambda r: r.change_number()),
            "known": lambda: desk.do(lambda r: r.hand_over(), commits=True),
            "card": self._open_card,
            "close_card": self.card.close_card,
            "appointments": self.agenda.open,
            "call_back": self.callers.ask,
            "complaint": self.reports.complain,
            "supervisor": self.reports.call_help,
            "break": self.idle.take_break,
            "resume": self.idle.come_back,
            "fetch_case": self.idle.look_again,
            "clock_out": self._clock_out,
            "own_password": self._change_password,
            "connected": lambda: desk.do(lambda r: r.connect(), commits=True),
            "copy_number": self.dialling.copy,
            "end_call": self.asking.end,
            "answer": self.asking.digit,
            "next": self.asking.go_on,
            "back": lambda: self.asking.move(-1),
            "forward": lambda: self.asking.move(1),
            "prompted": lambda: desk.do(lambda r: r.toggle_prompted()),
            "redial": lambda: desk.do(lambda r: r.redial(), commits=True),
            "reopen": self.wrap_up.reopen,
            "phone_program": self.dialling.open_link,
            "leave_text": self.question.setFocus,
            "agree": self.wrap_up.agree,
            "pass_on": self.wrap_up.pass_on,
        }
        if self._to_office is not None:
            self._handlers["place"] = self._to_office
        if self._to_practice is not None:
            self._handlers["practise"] = self._practise
        if self._practising:
            self._handlers["leave_practice"] = self._practise
            # What leads out of practice, or to people.
            for name in ("clock_out", "own_password", "supervisor", "copy_number", "phone_program"):
                del self._handlers[name]
        self._keys.bind_all(self._handlers)

    # ---- what the window asks --------------------------------------------------------------------

    def _say_listened(self, on: bool) -> None:
        listens, ceased = _("Somebody listens to this call."), _("Nobody listens to the call any more.")
        self.say(listens if on else ceased, well=True)

    def say(self, sentence: str, well: bool = False) -> None:
        """Show a sentence in its own line until it is seen or the next call begins; see `TroubleLine`."""
        self.trouble.say(sentence, well)
        self._said_in = self._keys.mode
        self._place_day()

    def _forget_trouble(self) -> None:
        """What was said while an outcome was missing is over when there is one."""
        if self._said_in in (Mode.DISPOSITION, Mode.APPOINTMENT, Mode.HAND_OVER):
            self.trouble.clear()

    def reason_to_stay(self) -> str:
        """Why the window cannot be closed now: a call is under way, or its outcome is not stored."""
        if self._practising:
            return ""
        if self.desk.call.phase in (Phase.DIALLING, Phase.CONNECTED):
            return _("A call is under way. End it first (F10) and choose its outcome.")
        if self.desk.call.phase is Phase.WRAP_UP or self.desk.committing:
            return _("The outcome of the call is not stored yet. Choose it first.")
        return ""

    def let_go(self) -> None:
        """The place is left: timers, recorder and keys are given back."""
        self._maker.stop()
        self.desk.let_go()
        if self.is_made:
            self.clockwork.stop()
            self.auto_dial.disarm()
            self.typing.timer.stop()
            self.sound.let_go()
            self.telephone.let_go()
            self.disposition.unbind()
        self._keys.unbind(*self._handlers, "notes", "explain", "microphone", "hang_up", "scroll")
        self._keys.unbind("sound_test", "telephone", "programme", "confirm", "close")

    def help_room(self) -> QWidget:
        """What help may cover during a call: nothing that the call needs."""
        return self.screens.help_room(self._keys.mode)

    # ---- the screen of the moment ----------------------------------------------------------------

    def _opened(self) -> None:
        self.desk.place.runner.language = language()
        self._keys.bind("microphone", self.microphone.open)
        self._keys.bind("sound_test", self.sound.open)
        self._keys.set_off("resume", "")
        self._keys.set_off("practise", "")
        self.telephone.begin()
        if self._to_choice is not None and self.desk.place.several:
            self._keys.bind("programme", self._to_choice)
        self._show_today()
        self._show_bar()
        self.clockwork.start()
        self._keys.bind("telephone", self._open_telephone)
        if self.desk.testing:
            self.away.say(_("Your shift begins with a sound test"))
            self.sound.open()
        elif self.desk.test_call_due:
            self._offer_test_call()

    def _sound_tested(self) -> None:
        """Work may begin, or go on; before the first call the telephone is tried, too."""
        if self.desk.test_call_due:
            self._offer_test_call()
        else:
            self._tested()

    def _offer_test_call(self) -> None:
        """Nobody is looked for until it was made, or left."""
        self.desk.testing, self.desk.test_call_due = True, False
        self.away.say(_("Your shift begins with a test call"))
        self._test_call().left.connect(self._tested)

    def _test_call(self) -> Over:
        place = self.desk.place
        return ask_test_call(self._stack, self._keys, self._shell.tasks, by_workplace(place))

    def _open_telephone(self) -> None:
        """A test call; the password first where this operator has not given it."""
        place = self.desk.place
        if place.phone is not None:
            self._test_call()
        elif self._anew is not None and place.trouble is not None and place.trouble.code == "phone_secret":
            folder = self._shell.station.settings.data_folder
            ask_secret(self._stack, self._keys, self._shell.tasks, place.ctx, folder, self._anew)
        else:
            self.say(_("Numbers are dialled by hand on this station."), well=True)

    def _tested(self) -> None:
        self.desk.testing = False
        if self.desk.call.phase is Phase.IDLE and not self.idle.on_break:
            self.away.say(_("Looking for the next case …"))
            self.desk.claim()

    def follow(self) -> None:
        """Show the call as it stands."""
        if not self.desk.is_open:
            return
        call = self.desk.call
        mode = _MODES.get(call.phase)
        if self.wrap_up.agreeing and call.phase is Phase.CONNECTED:
            mode = Mode.DISPOSITION
        elif self.wrap_up.agreeing:
            self.wrap_up.hung_up()
        if mode is None:
            self._show_bar()
            return
        self._enter(mode, call)
        match mode:
            case Mode.READY:
                self._show_ready(call)
            case Mode.DIALLING:
                self.dialling.show_call(self._programme, call)
            case Mode.QUESTION:
                self.question.show_call(call)
                self._keys.set_flag("prompted", call.prompted)
        self._show_bar()

    def _enter(self, mode: Mode, call: Call) -> None:
        """Change screen, keys and focus when the mode changes."""
        screen = self.screens.of(mode)
        if self._stack.currentWidget() is screen and self._shown_case == self._case_of(call):
            return
        self._shown_case = self._case_of(call)
        self.disposition.busy(False)
        if self._stack.currentWidget() is self.disposition:
            self.disposition.unbind()
        self._stack.setCurrentWidget(screen)
        self._keys.set_mode(mode)
        if mode is Mode.READY:
            self._show_today()
            self.auto_dial.begin()
        elif mode is Mode.DIALLING:
            self.trouble.clear()
            self.desk.forget_fault()
        elif mode is Mode.QUESTION:
            self._begin_questions(call)
        else:
            self.wrap_up.begin(call)
            self.auto_dial.arm()
        self._place_day()
        if mode is Mode.QUESTION:
            self.question.take_focus()
        elif mode is not Mode.DISPOSITION:
            screen.setFocus()

    @staticmethod
    def _case_of(call: Call) -> int | None:
        return call.assignment.case_id if call.assignment else None

    def _show_ready(self, call: Call) -> None:
        now = self.desk.now()
        self.ready.show_call(self._programme, call, now)
        self._place_day()
        assert call.assignment is not None
        one = len(call.assignment.contact.phones) == 1
        self._keys.set_off("alternate", _("no other number") if one else "")
        self._show_hours(now)

    def _show_hours(self, now: datetime) -> None:
        case = self.desk.call.assignment
        if case is not None:
            reason = words.closed_words(self._programme.settings, (case.group_code,), now)
            reason = reason or words.room_words(self.desk.free)
            self.ready.set_off(reason)
            self._keys.set_off("dial", reason)

    def _keep_day(self) -> None:
        """Let the picture of the day go with the clock."""
        today = self.desk.today
        if today is None:
            return
        now = words.local(self.desk.now(), self._programme.settings)
        if now.date() != today.now.date():
            self.desk.look_at_day()
        elif (now.hour, now.minute) != self._day_shown:
            self._show_day(today, now)

    def _show_day(self, today: Today, now: datetime) -> None:
        self._day_shown = (now.hour, now.minute)
        self.bars.show_day(replace(today, now=now))

    def _begin_questions(self, call: Call) -> None:
        if call.attempt_id == self._begun:
            self.question.side.show_note(call.note)
        else:
            self.question.begin(call)
        self._begun = call.attempt_id
        assert call.connected_at is not None
        there = words.local(call.connected_at, self._programme.settings)
        self.question.side.set_since(_("since {time}").format(time=f"{there:%H:%M}"))
        self._keys.set_off("redial", "")
        # The outcome's screen has notes of its own under the same key.
        self._keys.bind("notes", self.question.side.notes.field.setFocus)

    def _leave_case(self, screen: QWidget) -> None:
        self._shown_case = None
        self.auto_dial.disarm()
        self.clockwork.begin_anew()
        if self._stack.currentWidget() is self.disposition:
            self.disposition.unbind()
        self._stack.setCurrentWidget(screen)
        self._keys.set_mode(Mode.BREAK)
        self.idle.set_off()
        self._show_today()
        self._show_bar()
        self._place_day()
        screen.setFocus()

    # ---- what the operator does ------------------------------------------------------------------

    def _open_card(self) -> None:
        call = self.desk.call
        if call.script is not None:
            self.card.open(call.script.card(call.facts, call.answers, language()))

    def _practise(self) -> None:
        """Over to practice; time there is no time of work, so that nothing of it counts for pay."""
        assert self._to_practice is not None
        over = partial(self._to_practice, self._programme.code)
        if self._practising or self.idle.on_break:
            over()
        else:
            self.desk.rest(over)

    def _change_password(self) -> None:
        if self.desk.is_open:
            session, tell = self.desk.place.ctx, partial(self.say, well=True)
            question = ask_own_password(self._stack, self._keys, self._shell.tasks, session, tell)
            question.left.connect(self._focus_screen)

    def _focus_screen(self) -> None:
        screen = self._stack.currentWidget()
        if screen is not None:
            screen.setFocus()

    def _clock_out(self) -> None:
        self.desk.clock_out(self._gone)

    def _gone(self, said: str, well: bool) -> None:
        self.let_go()
        self._shell.leave(said, well=well)

    # ---- bars ------------------------------------------------------------------------------------

    @property
    def _programme(self) -> Any:
        return self.desk.place.programme.programme

    def _is_saved(self, seq: int) -> bool:
        return self.desk.is_open and seq <= self.desk.place.runner.saved_seq

    def _show_saved(self) -> None:
        if self.desk.call.phase is Phase.CONNECTED:
            self.question.show_saved()
        self._show_bar()

    def _show_waiting(self) -> None:
        """Say how many answers are not stored for as long as that is so."""
        storing = self.desk.storing
        self.trouble.stand(storing.sentence())
        self.disposition.set_unsaved(storing.count)
        self._show_saved()

    def _show_room(self) -> None:
        if self.desk.call.phase is Phase.READY:
            self._show_hours(self.desk.now())
        self._show_bar()

    def _show_sound(self) -> None:
        if self.desk.sound_fault == "recorder_died":
            self.telephone.lost()
        self._show_bar()
        self.dialling.show_sound(self.desk.sound_fault)

    def _show_bar(self) -> None:
        if self.desk.is_open:
            idle = _("On a break") if self.idle.on_break else _("No case in hand")
            self.bars.show(idle, tight=bool(self._space))

    def _show_today(self) -> None:
        today = self.desk.today
        if today is not None:
            # It may have been asked for long ago, while the server does not answer.
            now = words.local(self.desk.now(), self._programme.settings)
            self._show_day(today, now if now.date() == today.now.date() else today.now)
            self.ready.show_today(self._programme, today)

    def _show_line(self) -> None:
        """Say beside the day that the server does not answer; when it does, take the day anew, and a case."""
        lost = self._shell.news.lost_since
        self.bars.show_line(lost, self._shell.news.lost_why)
        if lost is None and self.desk.is_open:
            self.trouble.take_back(self.desk.unanswered)
            self.desk.look_at_day()
            self.desk.claim()

    def _hear(self, what: str, _programme: int) -> None:
        """Whoever is let in no more calls nobody else and is told so: asking for a case says why."""
        if what == SHUT and self.desk.is_open:
            self.desk.shut()

    def _offer_scrolling(self, over: bool) -> None:
        if over:
            self._keys.bind("scroll", self._stack.scroll_page)
        else:
            self._keys.unbind("scroll")

    def _place_day(self) -> None:
        """The wide picture of the day where there is room, else the line, else a sentence in its place."""
        if not self.is_made:
            return
        room = not self._space and self._has_room_for_board()
        wide = room and self._stack.currentWidget() in (self.ready, self.away, self.pause)
        elsewhere = self._practising or self._stack.currentWidget() is self.signing.screen
        said = elsewhere or not self.trouble.isHidden()
        self.bars.place_day(wide=wide, said=said)

    def _has_room_for_board(self) -> bool:
        layout = self.ready.layout()
        assert layout is not None
        # What lies deeper tells its need only when it is laid out.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        rest = self.height() - self.bars.height_with_board()
        return self.height() >= theme.px(BOARD_HEIGHT) and layout.minimumHeightForWidth(self.width()) <= rest

    def minimumSizeHint(self) -> QSize:
        """Small enough to be given little room: only then does it know to give way."""
        return QSize(LEAST_WIDTH, LEAST_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give way where the window is small."""
        self.restyle()

    def restyle(self) -> None:
        """Take the scale of the theme in use."""
        super().restyle()
        if not hasattr(self, "prompt"):
            return
        space = theme.current().space(self.width(), self.height())
        if (space, theme.current()) != self._fitted:
            self._space, self._fitted = space, (space, theme.current())
            self.screens.set_space(space)
            self.prompt.set_tight(space >= theme.Space.TIGHT)
            self._stack.set_loose(space is theme.Space.NARROW)
            self.bars.set_scant(space >= theme.Space.SCANT)
            self._show_bar()
        self._place_day()
