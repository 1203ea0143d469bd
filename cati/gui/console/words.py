"""What the console says of people, numbers, times and reasons: the same words on every screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.call import Call
from cati.domain.contacts import masked
from cati.domain.dispositions import HANDED_OVER
from cati.domain.interview import Answers, Facts, Outcome, Piece, Script
from cati.domain.ports import LEAST_FREE_BYTES
from cati.domain.programmes import Programme, Settings, in_language
from cati.domain.queue import Assignment, Closed, Effort, Reason, next_opening, why_closed
from cati.domain.respondents import surname
from cati.domain.times import clock
from cati.gui.widgets.day import clock_time
from cati.gui.widgets.text import Part, Strong

WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))

# Why this person is next: word in the tag, outline, and the rule in one sentence.
REASONS = {
    Reason.RESUME: (N_("Cut off before"), "again", N_("What was begun is finished first")),
    Reason.GIVEN: (N_("Given to you"), "again", N_("The supervisor asks you to call this person")),
    Reason.OWN_APPOINTMENT: (N_("Your appointment"), "calendar", N_("Your own appointments come first")),
    Reason.APPOINTMENT: (
        N_("An appointment"),
        "calendar",
        N_("Agreed with a colleague who cannot call now"),
    ),
    Reason.CALLBACK: (N_("Call again"), "again", N_("Its rest after the last attempt is over")),
    Reason.INCOMING: (N_("Calls back"), "phone", N_("The respondent is on the line")),
    Reason.FRESH: (N_("By lot"), "right", N_("The list that lacks most is next; the order is drawn by lot")),
}


_HANDED_OVER = (N_("Handed over"), "again", N_("A colleague asks that somebody else goes on at once"))


def reason_words(case: Assignment) -> tuple[str, str, str]:
    """Why this person is next: as `REASONS`, but for whom a colleague handed over."""
    due = case.reason in (Reason.RESUME, Reason.CALLBACK)
    handed = due and case.history and case.history[-1].disposition == HANDED_OVER
    return _HANDED_OVER if handed else REASONS[case.reason]


def unit_name(programme: Programme, case: Assignment) -> str:
    """The unit of a case as it is called in the language in use."""
    return name_of_unit(programme, case.unit_code)


def name_of_unit(programme: Programme, code: str) -> str:
    """A unit as it is called in the language in use; in Chinese as lists name it."""
    unit = programme.unit(code)
    return in_language(unit.labels, language(), unit.name) if language() == "en" else unit.name


def group_name(programme: Programme, case: Assignment) -> str:
    """The group as it is called in the language in use."""
    names = {group.code: in_language(group.labels, language(), group.label) for group in programme.groups}
    return names.get(case.group_code, case.group_label)


def person(case: Assignment) -> str:
    """Whom to ask for: no list tells whether it is a man or a woman."""
    family = surname(case.contact.name)
    return _("Mr/Ms {surname}").format(surname=family) if family else _("the owner of the number")


def grouped(digits: str) -> str:
    """Digits in groups as they are read aloud: 138 0000 1234, 0898 8800 1234."""
    lead = "0 " if len(digits) == 12 and digits.startswith("01") else ""
    rest = digits.removeprefix("0") if lead else digits
    if len(rest) == 11 and rest.startswith("1"):
        return f"{lead}{rest[:3]} {rest[3:7]} {rest[7:]}"
    fours: list[str] = []
    while len(rest) > 4:
        rest, last = rest[:-4], rest[-4:]
        fours.insert(0, last)
    return " ".join([rest, *fours])


def hidden(call: Call) -> str:
    """The number as this screen may show it before it is dialled: 138 **** 1234."""
    plain = masked(call.phone.e164)
    stars = plain.count("*")
    if not stars:
        return plain
    head, tail = plain.split("*" * stars)
    return f"{head} {'*' * stars} {tail}"


def local(moment: datetime, settings: Settings) -> datetime:
    """A moment in the programme's own time."""
    return moment.astimezone(ZoneInfo(settings.timezone))


def weekday(day: date) -> str:
    """The short name of a weekday."""
    return _(WEEKDAYS[day.weekday()])


def day_words(day: date, today: date) -> str:
    """Today, or weekday and date."""
    if day == today:
        return _("today")
    return _("{month}/{day} {weekday}").format(month=day.month, day=day.day, weekday=weekday(day))


def moment_words(moment: datetime, settings: Settings) -> str:
    """Date, weekday and time in the programme's own time."""
    there = local(moment, settings)
    pattern = _("{month}/{day} {weekday} {time}")
    return pattern.format(month=there.month, day=there.day, weekday=weekday(there), time=clock_time(there))


def closed_words(settings: Settings, groups: Sequence[str], now: datetime) -> str:
    """Why nobody of these groups may be called now, and from when; empty when calls are allowed."""
    today = local(now, settings).date()
    match why_closed(settings, groups, now):
        case None:
            return ""
        case Closed.EXPIRED:
            assert settings.expires is not None
            pattern = _("the approval ended {day}: nobody may be called any more")
            return pattern.format(day=day_words(settings.expires, today))
        case Closed.OVER:
            assert settings.fieldwork_end is not None
            pattern = _("fieldwork ended {day}: nobody is called any more")
            return pattern.format(day=day_words(settings.fieldwork_end, today))
        case Closed.NOT_BEGUN:
            return _("fieldwork has not begun: {when}").format(when=_opening_words(settings, groups, now))
        case Closed.HOURS:
            return _opening_words(settings, groups, now)


def _opening_words(settings: Settings, groups: Sequence[str], now: datetime) -> str:
    opening = next_opening(settings, groups, now)
    if opening is None:
        return _("dialling for this survey is over")
    start, today = local(opening, settings), local(now, settings).date()
    if start.date() == today:
        return _("may be called from {time}").format(time=clock_time(start))
    return _("may be called {day} from {time}").format(
        day=day_words(start.date(), today), time=clock_time(start)
    )


def effort_words(effort: Effort, short: bool) -> str:
    """What a case that nobody answers still needs before it may end."""
    if short:
        pattern = _("without contact: {attempts} on {days}")
    else:
        pattern = _(
            "without contact a case ends after {attempts} on {days}, one in the evening and one on a weekend"
        )
    return pattern.format(
        attempts=count_attempts(effort.minimum_attempts), days=count_days(effort.minimum_days)
    )


def count_attempts(count: int) -> str:
    """How many times somebody was or is to be dialled."""
    return ngettext("{n} attempt", "{n} attempts", count).format(n=count)


def count_days(count: int) -> str:
    """On how many days."""
    return ngettext("{n} day", "{n} days", count).format(n=count)


def parts(pieces: Sequence[Piece], ink: str | None = None) -> tuple[Part, ...]:
    """A text of the questionnaire with its piped words strong."""
    return tuple(Strong(piece.text, ink) if piece.piped else piece.text for piece in pieces)


def free_space(free: int) -> str:
    """Room left for recordings."""
    return _("{size} GB free for recordings").format(size=gigabytes(free))


def gigabytes(free: int) -> str:
    """Room in GB, rounded down; with one decimal where that matters."""
    tenths = free // 100_000_000
    return str(tenths // 10) if tenths >= 100 else f"{tenths // 10}.{tenths % 10}"


def room_words(free: int) -> str:
    """Why nobody may be dialled with so little room for recordings; empty when there is enough."""
    if free >= LEAST_FREE_BYTES:
        return ""
    pattern = _("only {size} GB free for recordings, dialling needs {least} GB: have space freed")
    return pattern.format(size=gigabytes(free), least=LEAST_FREE_BYTES // 10**9)


def answered_words(outcome: Outcome) -> str:
    """How many items have an answer, by the count that decides what becomes of the interview."""
    if not outcome.items:
        return _("No item was asked")
    words = _("Answered {done} / {count}").format(done=outcome.answered, count=outcome.items)
    if not outcome.refused:
        return words
    declined = _("declined {count}").format(count=outcome.refused)
    return f"{words} · {declined}"


def screened_words(
    script: Script, name: str, facts: Facts, answers: Answers, spoken: str = ""
) -> tuple[bool, str]:
    """What the screening found: True with its name where a gate was passed, else what was answered.

    Args:
        script, name, facts, answers: see `Script`.
        spoken: language of the questionnaire's words; empty for the one in use.
    """
    short = script.short(name, spoken or language())
    if script.lets_on(name, facts, answers):
        return True, short
    said = script.answer_label(name, answers[name], spoken or language()) or _("left blank")
    return False, _("{what}: {said}").format(what=short, said=said)


def answer_words(script: Script, name: str, value: str, spoken: str = "") -> str:
    """An answer as it is listed: its key and its words; see `screened_words` for `spoken`."""
    question = script.question(name)
    if question.type == "note":
        return _("read out")
    if not value:
        return _("left blank")
    choice = script.programme.choices.get(question.list_name, ())
    keys = [c.key for c in choice if c.name in value.split() and c.key]
    words = script.answer_label(name, value, spoken or language())
    return f"{' '.join(keys)}  {words}" if keys else words


def kept_words(at: datetime, *, closed: bool) -> str:
    """What whoever goes home reads while the server cannot be told of it.

    Args:
        at: when that is (aware).
        closed: the bureau has closed the login.
    """
    said = _(
        "You are signed out. That you went home at {time} is kept on this station and sent by itself as soon "
        "as anybody signs in here, as is all that was ticked."
    ).format(time=clock(at))
    return _("The bureau has closed this login. {rest}").format(rest=said) if closed else said


def unclocked_words() -> str:
    """What whoever goes home reads where neither the server nor this station could write it down."""
    return _(
        "You are signed out, but the server could not be told that you clocked out. Tell the supervisor, "
        "who puts your working day right. What is ticked is safe."
    )
