"""The queue: states of a case, what an operator is handed, what becomes of it, when it may be dialled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, IntEnum, StrEnum
from fractions import Fraction
from math import ceil
from typing import Literal
from zoneinfo import ZoneInfo

from cati.domain.contacts import Contact
from cati.domain.programmes import CallHours, Settings


class CaseState(IntEnum):
    """Where a case stands. The numbers are stored and used in partial indexes: never renumber."""

    FRESH = 0
    """Released, never dialled."""
    HELD = 1
    """On an operator's station under a lease."""
    CALLBACK = 2
    """To be dialled again at or after a time; holds no place in the quota."""
    APPOINTMENT = 3
    """Agreed with the respondent; a firm one holds its place in the quota."""
    COMPLETE = 4
    CLOSED = 5
    """Ended without an interview, or its person was taken by another case."""
    PARKED = 6
    """Waits because its cell is full; comes back when a place falls free."""
    RESERVE = 7
    """Drawn, not yet released."""
    ASIDE = 8
    """Set aside by a supervisor: nobody gets it until it is brought back."""


WAITING = (CaseState.FRESH, CaseState.CALLBACK, CaseState.APPOINTMENT, CaseState.PARKED)
"""A case in one of these waits for an operator."""


class Reason(StrEnum):
    """Why this person is next, in the order in which the queue looks."""

    RESUME = "resume"
    """The operator holds the case, or was cut off in it a moment ago."""
    GIVEN = "given"
    """The supervisor gave the case to this operator."""
    OWN_APPOINTMENT = "own_appointment"
    APPOINTMENT = "appointment"
    CALLBACK = "callback"
    FRESH = "fresh"
    INCOMING = "incoming"
    """The respondent calls; the queue was not asked."""


@dataclass(frozen=True, slots=True)
class ClaimRequest:
    """What an operator asks the queue for.

    Attributes:
        groups: row numbers of the groups that may be called now.
        now: aware; None means the server's time (PostgreSQL only).
        lease: how long the case is held without a heartbeat.
        factor: cases released at a time, per place of a cell's quota, >= 1.
        languages: what the operator speaks beside the questionnaire's own.
        full_units: row numbers of the units of which the operator has a full share (see `share_limit`);
            only what the operator began or agreed in them still comes.
    """

    programme_id: int
    user_id: int
    station: str
    groups: tuple[int, ...]
    now: datetime | None
    lease: timedelta
    factor: int
    languages: tuple[str, ...] = ()
    full_units: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Pick:
    """The case that is next, and why."""

    case_id: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class EarlierAttempt:
    """One earlier dialling of a case, as the operator sees it.

    Attributes:
        disposition: None when the station stopped before there was one.
        operator: name of who dialled.
        connected_seconds: None when nobody answered.
        alternate: which of the entry's numbers was dialled, 0 the first.
    """

    dialled_at: datetime
    disposition: str | None
    operator: str
    connected_seconds: float | None
    note: str
    alternate: int = 0


@dataclass(frozen=True, slots=True)
class StartedInterview:
    """An interview that is to be gone on with.

    Attributes:
        answers: what holds, by item; answers taken back are left out.
        seq: of the last answer event, 0 when there is none.
        attempt_id: of the attempt in which it was given, or where that was dropped the one dialled after it;
            None when none waits for its outcome.
        typed: words that were typed and not entered when the station stopped, by item.
    """

    id: str
    answers: Mapping[str, str]
    seq: int
    attempt_id: str | None = None
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effort:
    """How often and when a case was tried, against what the programme demands before it may end.

    Attributes:
        days: different days of local time.
        evening, weekend: an attempt was made in the evening, on a Saturday or Sunday.
    """

    attempts: int
    days: int
    evening: bool
    weekend: bool
    minimum_attempts: int
    minimum_days: int

    @property
    def enough(self) -> bool:
        """Whether a case nobody reached may end."""
        return (
            self.attempts >= self.minimum_attempts
            and self.days >= self.minimum_days
            and self.evening
            and self.weekend
        )


@dataclass(frozen=True, slots=True)
class Assignment:
    """All the console needs of the case an operator was handed.

    Attributes:
        ticket: of the draw, hexadecimal; `position` is its place in the cell, from 1.
        source: list, or pool for the supplement.
        epoch: of the lease; every write names it.
        appointment: soft or firm, None when there was none; `appointment_at` is its time.
        history: oldest first.
        interview: None when none was begun.
    """

    case_id: int
    programme_id: int
    cell_id: int
    unit_code: str
    unit_name: str
    group_code: str
    group_label: str
    ticket: str
    position: int
    source: str
    epoch: int
    lease_until: datetime
    reason: Reason
    entry_id: int
    contact: Contact
    appointment: str | None
    appointment_at: datetime | None
    history: tuple[EarlierAttempt, ...]
    interview: StartedInterview | None
    effort: Effort


OWNER_KEEPS = timedelta(minutes=15)
"""How long only one operator gets a case: who was cut off in it, or to whom it was handed over."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a case.

    Attributes:
        disposition: of the case from now on.
        not_before: earliest time of the next attempt; a callback without one is due at once.
        owner_id: whose appointment it is; until `owner_until` nobody else gets it.
        barred_id: who must not get it again.
        firm: an appointment that keeps its place in the quota.
        language: only who speaks it gets the case from now on; None leaves that as it is.
    """

    kind: Literal["complete", "no_opinion", "callback", "appointment", "final"]
    disposition: str
    not_before: datetime | None = None
    owner_id: int | None = None
    owner_until: datetime | None = None
    barred_id: int | None = None
    firm: bool = False
    language: str | None = None


class Fate(StrEnum):
    """What a settlement did."""

    SETTLED = "settled"
    """In time."""
    LATE_SETTLED = "late_settled"
    """The lease had lapsed, but nobody had taken the case since: it was settled all the same."""
    LATE_COUNTED = "late_counted"
    """A complete interview after the lease lapsed, kept and counted in the quota."""
    LATE_OVERSHOOT = "late_overshoot"
    """A complete interview after the lease lapsed, kept although its cell was full."""
    LATE_DUPLICATE = "late_duplicate"
    """A second complete interview of one case: kept, but it must not count."""
    LATE_RECORDED = "late_recorded"
    """The case had gone on without this operator and was left as it is."""


@dataclass(frozen=True, slots=True)
class SettleResult:
    """What a settlement did, and the state the case was given (in a full cell it may be parked at once)."""

    fate: Fate
    state: CaseState

    @property
    def late(self) -> bool:
        """Whether the lease had lapsed."""
        return self.fate is not Fate.SETTLED


# ---- places of a cell ----------------------------------------------------------------------------


def has_place(completed: int, reserved: int, quota: int) -> bool:
    """Whether one more case of a cell may be begun: completed and reserved never exceed the quota."""
    return completed + reserved < quota


def share(completed: int, reserved: int, quota: int) -> float:
    """How full a cell is, 0 to 1; the least full cell is served first. `quota` >= 1."""
    return (completed + reserved) * 1.0 / quota


LARGEST_SHARE = Fraction(1, 5)
"""No operator interviews more than this of one unit, where there are enough operators."""


def share_limit(quota: int, operators: int) -> int:
    """How many interviews of one unit one operator may do: max(20 %, 2 ÷ operators) of them, rounded up.

    Args:
        quota: interviews wanted of the unit.
        operators: at work; with one or two there is no limit.
    """
    if operators <= 2:
        return quota
    return ceil(quota * max(LARGEST_SHARE, Fraction(2, operators)))


# ---- call hours ----------------------------------------------------------------------------------

_WEEKDAYS = (0, 1, 2, 3, 4, 5)
DEFAULT_HOURS = (
    CallHours((), _WEEKDAYS, time(9), time(12)),
    CallHours((), _WEEKDAYS, time(14), time(20, 30)),
    CallHours((), (6,), time(10), time(12)),
    CallHours((), (6,), time(14), time(20, 30)),
)
"""When a programme may call that says nothing else."""

EVENING = time(18)
"""From here on an attempt counts as made in the evening."""

HORIZON_DAYS = 400
"""How far ahead an opening is looked for."""


def hours_of(settings: Settings, group: str) -> tuple[CallHours, ...]:
    """The call hours of a group: those that name it, else those for every group, else the default ones."""
    named = tuple(h for h in settings.call_hours if group in h.groups)
    general = tuple(h for h in settings.call_hours if not h.groups)
    return named or general or DEFAULT_HOURS


class Closed(Enum):
    """Why nobody may be called at a moment."""

    EXPIRED = "expired"
    OVER = "over"
    NOT_BEGUN = "not_begun"
    HOURS = "hours"


def season_closed(settings: Settings, now: datetime) -> Closed | None:
    """Why nobody may be called all day at an (aware) moment; None on a day of fieldwork.

    The approval (有效期止) counts before the days of fieldwork; the last day of either is one of calling.
    """
    day = _local(settings, now).date()
    if settings.expires is not None and day > settings.expires:
        return Closed.EXPIRED
    if settings.fieldwork_end is not None and day > settings.fieldwork_end:
        return Closed.OVER
    if settings.fieldwork_start is not None and day < settings.fieldwork_start:
        return Closed.NOT_BEGUN
    return None


def why_closed(settings: Settings, groups: Iterable[str], now: datetime) -> Closed | None:
    """Why nobody in these groups may be called at an (aware) moment; None when somebody may."""
    season = season_closed(settings, now)
    return season or (None if open_groups(settings, groups, now) else Closed.HOURS)


def open_groups(settings: Settings, groups: Iterable[str], now: datetime) -> frozenset[str]:
    """The codes among `groups` whose people may be called at this (aware) moment.

    Weekday, closed days and hours are those of the programme's timezone.
    """
    if season_closed(settings, now):
        return frozenset()
    return frozenset(group for group in groups if _in_hours(settings, group, now))


def may_be_dialled(settings: Settings, group: str, now: datetime, *, cut_off: bool = False) -> bool:
    """Whether this (aware) moment is in the call hours of a group, whatever the season says.

    Args:
        settings: of the programme.
        group: code.
        now: aware.
        cut_off: the call just before this one was cut off in its interview: that may be gone on with for as
            long as it is offered to its operator alone, although the hours have ended meanwhile.
    """
    return _in_hours(settings, group, now, OWNER_KEEPS if cut_off else timedelta())


def _in_hours(settings: Settings, group: str, now: datetime, grace: timedelta = timedelta()) -> bool:
    """Whether a moment lies in hours of a group, or not later than `grace` after their end."""
    local = _local(settings, now)
    return local.date() not in settings.closed_days and any(
        local.weekday() in h.weekdays and h.start <= local.time() and (local - grace).time() < h.end
        for h in hours_of(settings, group)
    )


def last_day(settings: Settings) -> date | None:
    """The last day on which anybody is dialled, in local time; None when there is none."""
    return min((day for day in (settings.expires, settings.fieldwork_end) if day is not None), default=None)


def openings(settings: Settings, group: str, after: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches [start, end) in which a group may be called, from `after` on, in local time."""
    zone = ZoneInfo(settings.timezone)
    local = _local(settings, after)
    if settings.fieldwork_start is not None:
        local = max(local, datetime.combine(settings.fieldwork_start, time(), zone))
    last = last_day(settings)
    hours = sorted(hours_of(settings, group), key=lambda h: h.start)
    for ahead in range(HORIZON_DAYS):
        day = local.date() + timedelta(days=ahead)
        if last is not None and day > last:
            return
        if day in settings.closed_days:
            continue
        for h in hours:
            start = datetime.combine(day, h.start, zone)
            end = datetime.combine(day, h.end, zone)
            if day.weekday() in h.weekdays and local < end:
                yield max(start, local), end


def next_opening(settings: Settings, groups: Iterable[str], after: datetime) -> datetime | None:
    """The earliest time, not before `after`, at which one of the groups may be called (aware, UTC).

    None when that never comes, as after the last day of dialling.
    """
    starts = (next(openings(settings, group, after), None) for group in groups)
    found = [opening[0] for opening in starts if opening is not None]
    return min(found).astimezone(UTC) if found else None


def effort(settings: Settings, tried: Sequence[datetime]) -> Effort:
    """What the attempts at these (aware) times amount to in local time."""
    local = [_local(settings, t) for t in tried]
    return Effort(
        attempts=len(local),
        days=len({t.date() for t in local}),
        evening=any(t.time() >= EVENING for t in local),
        weekend=any(t.weekday() >= 5 for t in local),
        minimum_attempts=settings.retry.minimum_attempts,
        minimum_days=settings.retry.minimum_days,
    )


def next_attempt(
    settings: Settings, group: str, tried: Sequence[datetime], earliest: datetime
) -> datetime | None:
    """When a case that nobody was reached in is to be dialled again (aware, UTC).

    It is moved into the group's call hours, and so that the least number of attempts is spread over the
    least number of days: no more attempts a day than that takes, and the last ones in the evening and on
    the weekend if these are still missing and the group's hours have any. `tried` holds the times of all
    attempts so far; `earliest` is the rest after the last one, such as ten minutes after a busy line. None
    when dialling ends before.
    """
    rules, so_far = settings.retry, effort(settings, tried)
    local = _local(settings, earliest)
    today = sum(1 for t in tried if _local(settings, t).date() == local.date())
    if today >= ceil(rules.minimum_attempts / max(1, rules.minimum_days)):
        local = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
    missing = (not so_far.evening) + (not so_far.weekend)
    if missing and rules.minimum_attempts - so_far.attempts <= missing:
        fitting = _first_missing(settings, group, local, so_far)
        if fitting is not None:
            return fitting
    return next_opening(settings, (group,), local)


def _first_missing(settings: Settings, group: str, after: datetime, so_far: Effort) -> datetime | None:
    """The first time the group may be called that is an evening or a weekend the case still lacks."""
    for start, end in openings(settings, group, after):
        if not so_far.weekend and start.weekday() >= 5:
            return start.astimezone(UTC)
        if not so_far.evening and end.time() > EVENING:
            evening = datetime.combine(start.date(), EVENING, start.tzinfo)
            return max(start, evening).astimezone(UTC)
    return None


def _local(settings: Settings, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(settings.timezone))
