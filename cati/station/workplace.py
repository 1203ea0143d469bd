"""One signed-in operator's place: the call runner with its recorder, and what the operator did today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

from cati.audio.recorder import Fault, Level, RecorderProcess
from cati.base.clock import ServerClock
from cati.base.errors import SHUT_OUT, CatiError
from cati.base.i18n import mark as N_
from cati.domain.attendance import Day, Presence, local_day
from cati.domain.call import Phase
from cati.domain.clearances import Pledge
from cati.domain.interview import Script
from cati.domain.messages import LATELY_MS, Kind, Stretch
from cati.domain.phone import CallNews, LineNews, PhoneAccount, PhoneNews
from cati.domain.programmes import LoadedProgramme
from cati.domain.proposals import Proposals, proposed
from cati.domain.queue import Assignment, openings
from cati.domain.sound import Heard
from cati.services import (
    appointments,
    attendance,
    calls,
    clearances,
    keys,
    messages,
    notices,
    programmes,
    queue,
    sound_tests,
    stations,
    users,
)
from cati.services.attendance import Colleague
from cati.services.context import Context
from cati.services.interviews import DatabaseAnswerLog
from cati.services.notices import Notice
from cati.station import phone as station_phone
from cati.station import recordings, trial_calls
from cati.station.in_hand import InHand
from cati.station.practice import PracticeRoom
from cati.station.runner import CallRunner, Job, Listeners
from cati.station.sender import Sender
from cati.station.sharing import Sharing
from cati.station.sound_booth import SoundBooth
from cati.station.trial_calls import Ears, Told
from cati.station.writing import ThroughOutbox, ThroughServices, Writing
from cati.store.assignments import Agreed
from cati.store.calls import MyDayAttempt
from cati.store.messages import Message
from cati.telephony import sip
from cati.telephony.manual import ManualDialler
from cati.telephony.messages import news_of

ON_ITS_WAY_SECONDS = 10.0
"""How long whoever comes waits for what is still to be sent, while the line is up."""
OnSound = Callable[[Level | Fault], None]
OnPhone = Callable[[PhoneNews], None]


@dataclass(frozen=True, slots=True)
class Today:
    """What an operator sees of the own day.

    Attributes:
        attempts: oldest first; `completed` and `refused` count them.
        hours: stretches (aware, local) in which some group may be called today.
        presence: clocked in since when, breaks.
        appointments: the operator's own, earliest first, on this day and later.
        languages: further languages of this programme and of the operators, by name.
        colleagues: other operators at work who may call, by name.
        mean_seconds: of a completed interview, None without one.
    """

    now: datetime
    attempts: tuple[MyDayAttempt, ...]
    hours: tuple[tuple[datetime, datetime], ...]
    presence: Day
    appointments: tuple[Agreed, ...]
    languages: tuple[str, ...] = ()
    colleagues: tuple[Colleague, ...] = ()

    @property
    def completed(self) -> int:
        """Interviews completed today."""
        return sum(a.disposition == "complete" for a in self.attempts)

    @property
    def refused(self) -> int:
        """Refusals met today."""
        return sum(a.disposition in ("refusal", "refusal_final", "recording_refused") for a in self.attempts)

    @property
    def mean_seconds(self) -> float | None:
        """Mean length of the interviews completed today, in seconds of connection over all their calls."""
        lengths = [a.interview_seconds for a in self.attempts if a.interview_seconds is not None]
        return sum(lengths) / len(lengths) if lengths else None


_BETWEEN = (Phase.IDLE, Phase.READY)
_NOT_KNOWN = Day(Presence.OUT, None, None, timedelta(), timedelta())


class Workplace:
    """Everything one operator works with in one programme.

    Args:
        ctx: the operator's session.
        programme: what is called for.
        data_folder: of this station.
        schedule: runs jobs in order, away from the window's thread.
        listeners: hear what became durable, settled or failed.
        show_number: gets the digits to dial by hand, None when the call is over.
        on_sound: gets levels and faults of the recording, on a thread of the recorder.
        device: microphone by name, None for the default.
        practice: the room in which nothing counts, which is closed with the workplace; None for live calls.
        several: whether there are other programmes to call for.
        shift_test: whether the sound is to be tested when the shift begins.
        sender: carries to a server what is kept on this station first; None where the database is here.
        held, case: what the session was opened with while the server was gone, and the case it goes on with.
        phone: account by which this station calls; None where numbers are dialled by hand.
        on_phone: gets what the telephone tells, on a thread of the recorder.
        is_told: whether the server tells of whoever listens to the call by itself.
        is_relieved: whether the operator works at another station since, as far as the server has told.
    """

    def __init__(
        self,
        ctx: Context,
        programme: LoadedProgramme,
        *,
        data_folder: Path,
        schedule: Callable[[Job], None],
        listeners: Listeners,
        show_number: Callable[[str | None], None],
        on_sound: OnSound,
        device: str | None = None,
        practice: PracticeRoom | None = None,
        several: bool = False,
        shift_test: bool = False,
        sender: Sender | None = None,
        held: InHand | None = None,
        case: Assignment | None = None,
        phone: PhoneAccount | None = None,
        on_phone: OnPhone = lambda news: None,
        is_told: Callable[[], bool] = lambda: False,
        is_relieved: Callable[[], bool] = lambda: False,
    ) -> None:
        self.practice, self.several, self.sender = practice, several, sender
        self.ctx, self._is_relieved = ctx, is_relieved
        self._case, self._is_offline = case, held is not None
        self._shift_test = shift_test
        self._day: date | None = None
        self.programme = programme
        self.script = Script.of(programme.programme)
        self._folder = recordings.folder(data_folder)
        self._data_folder = data_folder
        self.pause_seconds = 0 if phone is None else phone.pause_seconds
        """After an outcome was stored until the next case is dialled by itself, 0 for never."""
        self._on_phone = on_phone
        self._line = LineNews(False)
        self._trial: Ears | None = None
        self._trial_call = 0
        self.phone: sip.SipDialler | None = None
        self.trouble: CatiError | None = None
        """Why something of this place does not work, of which the operator is to know."""
        self._proposals: Proposals = {}
        self.sharing: Sharing | None = None
        if phone is None:
            self.recorder = RecorderProcess(on_sound, on_news=self._recorder_tells)
        else:

            def sound(event: Level | Fault) -> None:
                if self._trial is not None:
                    self._trial.hear(event)
                on_sound(event)

            self.recorder = RecorderProcess(sound, command=sip.COMMAND, on_news=self._recorder_tells)
            self.phone = sip.SipDialler(self.recorder, phone, show_number)
            self._read_proposals(data_folder)
        public = keys.recording_public(ctx, programme.id) if held is None else held.recording_public
        if sender is not None:
            sender.told = listeners.sent
            # Who shares this computer's database sits at this computer.
            tell = listeners.listened if programme.programme.settings.listening_told else None
            self.sharing = Sharing(ctx, self.recorder, is_told, tell)
        self._written = self._writing(public)
        self.runner = CallRunner(
            ctx,
            programme,
            script=self.script,
            dialler=self.phone or ManualDialler(show_number),
            recorder=self.recorder,
            writing=self._written,
            recording_public=public,
            folder=self._folder,
            schedule=schedule,
            listeners=listeners,
            device=device,
            free=self.free_bytes,
        )

    def _writing(self, recording_public: bytes) -> Writing:
        if self.sender is None:
            return ThroughServices(self.ctx, self.programme, DatabaseAnswerLog(self.ctx))
        return ThroughOutbox(self.ctx, self.programme, self.sender, recording_public=recording_public)

    def _read_proposals(self, data_folder: Path) -> None:
        try:
            self._proposals = station_phone.proposals(data_folder)
        except CatiError as wrong:
            self.trouble = wrong

    def _recorder_tells(self, words: dict[str, object]) -> None:
        if words["is"] != "shared":
            self._phone_tells(words)
        elif self.sharing is not None:
            self.sharing.hear(words)

    def _phone_tells(self, words: dict[str, object]) -> None:
        news = news_of(words)
        is_old = isinstance(news, CallNews) and self.phone is not None and news.call != self.phone.call
        if isinstance(news, LineNews):
            self._line = news
        if self._trial is not None and isinstance(news, CallNews) and news.call == self._trial_call:
            self._trial.tell(news)
        elif news is not None and not is_old:
            self._on_phone(news)

    def test_call_due(self) -> bool:
        """Whether a test call is to be offered before work begins (reads the disk)."""
        if self.phone is None:
            return False
        today = local_day(self.ctx.clock.now())
        return station_phone.is_test_due(self._data_folder, self.ctx.actor.login, today)

    def test_call(self, ears: Ears) -> Told:
        """Call the station's test number by the telephone in use, between calls (blocks for its length).

        Raises:
            CatiError: ``phone_busy``; as `trial_calls.account_for_test`.
        """
        account = trial_calls.account_for_test(self.ctx, self._data_folder)
        if self.phone is None or self._trial is not None or self.runner.call.phase not in _BETWEEN:
            raise CatiError(
                "phone_busy", N_("A call is under way. Nobody else was called. End it first, then try again.")
            )
        self._trial, self._trial_call = ears, self.phone.call + 1
        try:
            made = trial_calls.call_by(self.phone, account, ears, self._line)
        finally:
            self._trial = None
        return trial_calls.noted(self.ctx, self._data_folder, account, made)

    def proposal(self, end: CallNews) -> str:
        """The outcome that is proposed for a call nobody answered; "" for none."""
        return proposed(self._proposals, end)

    @property
    def unsent(self) -> int:
        """How many writes are kept on this station and not on the server yet."""
        return len(self.sender.outbox) if self.sender is not None else 0

    @property
    def is_line_down(self) -> bool:
        """Whether they wait because the line to the server is down."""
        return self.sender is not None and self.sender.is_down

    @property
    def clock_ahead(self) -> timedelta | None:
        """How far this computer's clock is ahead of the server's; None where there is none."""
        clock = self.ctx.clock
        return clock.ahead if isinstance(clock, ServerClock) else None

    def arrive(self) -> None:
        """Clock in unless that was done, and note what a stopped station left behind.

        Where the session was opened without the server, that is done when it is back; see `claim`.
        """
        if self._is_offline:
            return
        recordings.note_left_behind(self.ctx, self._folder)
        self._be_in()

    def _be_in(self) -> None:
        """Clock in, or end the break, unless the operator is in already."""
        if self.sender is not None:
            # That somebody went home, yesterday or an hour ago, may still be on its way.
            self.sender.is_through(ON_ITS_WAY_SECONDS)
        match attendance.today(self.ctx).presence:
            case Presence.OUT:
                attendance.clock_in(self.ctx)
            case Presence.BREAK:
                attendance.end_break(self.ctx)
        self._day = local_day(self.ctx.clock.now())

    @property
    def is_new_day(self) -> bool:
        """Whether the place was left open over midnight: nobody is clocked in on the new day yet."""
        return self._day is not None and local_day(self.ctx.clock.now()) != self._day

    def begin_day(self) -> None:
        """Clock in for the day that began since, when something is done on it (blocks on the database)."""
        if self.is_new_day:
            self._be_in()

    def claim(self) -> Assignment | None:
        """The next case (blocks on the database); after a power cut first the one that was in hand.

        Raises:
            CatiError: as `CallRunner.claim`.
        """
        if self._case is not None:
            case, self._case = self._case, None
            return case
        found = self._ask()
        self._come_back()
        return found

    @property
    def is_day_unknown(self) -> bool:
        """Whether the session was opened without the server, and what was done today is not known yet."""
        return self._is_offline

    def _come_back(self) -> None:
        """What `arrive` left open is done once the server is there."""
        if self._is_offline:
            self._is_offline = False
            self.arrive()

    def _ask(self) -> Assignment | None:
        try:
            found = self.runner.claim()
        except CatiError as refused:
            self._note(refused)
            raise
        self._note(None)
        return found

    def _note(self, refused: CatiError | None) -> None:
        if self.sender is not None:
            self.sender.note(refused)

    def sound_test_due(self) -> bool:
        """Whether the sound is still to be tested today (blocks on the database)."""
        return self._shift_test and not self._is_offline and sound_tests.due(self.ctx)

    def sound_booth(self) -> SoundBooth:
        """Where the sound is tested, between calls."""
        return SoundBooth(self.recorder, self.runner.device)

    def note_sound(self, heard: Heard | None, reason: str) -> None:
        """Write down that the sound was tested, or why not.

        Args:
            heard: how the voice was heard, None when nothing was recorded.
            reason: why the test was skipped; empty when it was passed.
        """
        if reason or heard is None:
            sound_tests.skip(self.ctx, heard, reason)
        else:
            sound_tests.passed(self.ctx, heard)

    def is_shut_out(self) -> bool:
        """Whether nobody else is called from here: another version, login closed, work elsewhere."""
        try:
            return stations.is_relieved(self.ctx)
        except CatiError as refused:
            return refused.code in SHUT_OUT

    def take_break(self) -> None:
        """Begin a break; nothing of a working day that goes on at another station."""
        if self._is_relieved():
            return
        self.begin_day()
        attendance.start_break(self.ctx)

    def come_back(self) -> None:
        """End the break; one that lasted over midnight ended with its day."""
        if self._is_relieved():
            return
        if self.is_new_day:
            self._be_in()
        else:
            attendance.end_break(self.ctx)

    def today(self) -> Today:
        """The operator's day so far (blocks on the database)."""
        settings = self.programme.programme.settings
        zone = ZoneInfo(settings.timezone)
        now = self.ctx.clock.now().astimezone(zone)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        stretches = {
            (start, end)
            for group in self.programme.programme.groups
            for start, end in takewhile(
                lambda stretch: stretch[0] < midnight + timedelta(days=1),
                openings(settings, group.code, midnight),
            )
        }
        if self._is_offline and self.sender is not None and self.sender.has_greeted and not self.unsent:
            self._come_back()
        if self._is_offline:
            return Today(now, (), tuple(sorted(stretches)), _NOT_KNOWN, ())
        return Today(
            now,
            calls.my_day(self.ctx, self.programme, now.date()),
            tuple(sorted(stretches)),
            attendance.today(self.ctx),
            appointments.own(self.ctx, self.programme),
            users.languages_spoken(self.ctx, self.programme),
            attendance.colleagues(self.ctx, self.programme),
        )

    def next_due(self) -> datetime | None:
        """When there will be a case (aware, UTC); None when nothing waits."""
        return queue.next_due(self.ctx, self.programme)

    def own_appointments(self) -> tuple[Agreed, ...]:
        """The operator's own, earliest first."""
        return appointments.own(self.ctx, self.programme)

    def everybodys_appointments(self) -> tuple[Agreed, ...]:
        """All that are still to be kept, earliest first."""
        return appointments.everybodys(self.ctx, self.programme)

    def move_appointment(self, one: Agreed, at: datetime) -> None:
        """Agree on another time (aware) for an own appointment."""
        appointments.move(self.ctx, self.programme, one, at)

    def cancel_appointment(self, one: Agreed) -> None:
        """Give an own appointment up."""
        appointments.cancel(self.ctx, one)

    def last_minute(self) -> Stretch | None:
        """What was recorded last of the call in hand, marked in the recording too; None where nothing was."""
        attempt_id = self.runner.call.attempt_id
        found = self.recorder.lately(attempt_id, LATELY_MS) if attempt_id else None
        if found is not None:
            self.recorder.mark("complaint", item="")
        return found

    def send(
        self,
        kind: Kind,
        text: str,
        *,
        case_id: int | None = None,
        attempt_id: str | None = None,
        stretch: Stretch | None = None,
    ) -> int:
        """Lay words before the supervisor; gives the number of the message."""
        return messages.send(
            self.ctx,
            self.programme,
            kind,
            text,
            case_id=case_id,
            attempt_id=attempt_id,
            stretch=stretch,
        )

    def sent(self, since: datetime) -> tuple[Message, ...]:
        """What the operator sent to the supervisor since a moment (aware), with what was answered."""
        return messages.mine(self.ctx, self.programme, since)

    def notices(self) -> tuple[Notice, ...]:
        """What supervisors wrote and this operator has not read; read from now on."""
        return notices.take(self.ctx)

    def refreshed(self) -> LoadedProgramme:
        """The programme as it stands now, such as after fieldwork was closed elsewhere."""
        return programmes.get(self.ctx, self.programme.programme.code)

    def free_bytes(self) -> int:
        """Space left for recordings."""
        return recordings.free_bytes(self._folder)

    def leave(self) -> bool:
        """Clock out; a new day on which nothing was done needs no clocking, and none that goes on elsewhere.

        Returns:
            Whether the database knows it; else this station keeps it until it is sent.
        """
        return True if self.is_new_day or self._is_relieved() else self._written.go_home()

    @property
    def refusal(self) -> CatiError | None:
        """Why what is kept here could not be sent when it was tried last; None while it can."""
        return self.sender.refusal if self.sender is not None else None

    @property
    def is_login_closed(self) -> bool:
        """Whether what is kept here waits because the bureau has closed the operator's login."""
        return self.refusal is not None and self.refusal.code == "login_closed"

    def sign(self, pledge: Pledge, password: str) -> None:
        """Sign the pledge of confidentiality of this programme."""
        clearances.sign(self.ctx, self.programme, pledge, password)

    def close(self) -> None:
        """End the recorder's process; a recording that runs is ended properly, one of practice deleted."""
        self.recorder.close()
        if self.sharing is not None:
            self.sharing.close()
        if self.sender is not None:
            self.sender.told = lambda: None
        if self.practice is not None:
            self.practice.close()
