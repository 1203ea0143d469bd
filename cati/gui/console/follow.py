"""What follows from each outcome of a call, in the words of the dispositions screen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.call import Call
from cati.domain.dispositions import (
    DISPOSITIONS,
    NUMBER_ENDS,
    Disposition,
    Follow,
    PastAttempt,
    next_number,
    settlement,
)
from cati.domain.programmes import Settings
from cati.gui.console.words import day_words, local
from cati.gui.widgets.day import clock_time


class Consequence(NamedTuple):
    """Outline and words of what happens to the case."""

    icon: str
    words: str


_ENDS = {
    "refusal_final": N_("case ends, never called again"),
    "recording_refused": N_("explain once first · case ends"),
}
# Rests that depend on nothing but the outcome need no clock time.
_NEAR = timedelta(hours=4)


def consequence(call: Call, code: str, settings: Settings, now: datetime) -> Consequence:
    """What would follow from an outcome now, by the rules that settle it.

    Args:
        call: the one that has ended.
        code: the outcome.
        settings: of the programme.
        now: aware.
    """
    outcome = DISPOSITIONS[code]
    match outcome.follow:
        case Follow.COMPLETE:
            return Consequence("tick", _("case ends"))
        case Follow.APPOINTMENT:
            return Consequence("calendar", _("called as agreed"))
        case Follow.FINAL if code in NUMBER_ENDS and _another_number(call, code, now):
            return Consequence("again", _("called at the other number"))
        case Follow.FINAL:
            return Consequence("end", _(_ENDS.get(code, N_("case ends"))))
        case Follow.AGAIN:
            return _again(call, outcome, settings, now)


def _another_number(call: Call, code: str, now: datetime) -> bool:
    assert call.assignment is not None
    past = [
        PastAttempt(one.dialled_at, one.disposition or "interrupted", one.alternate)
        for one in call.assignment.history
    ]
    numbers = len(call.assignment.contact.phones)
    return next_number([*past, PastAttempt(now, code, call.alternate)], numbers) is not None


def _again(call: Call, outcome: Disposition, settings: Settings, now: datetime) -> Consequence:
    assert call.assignment is not None
    past = [
        PastAttempt(attempt.dialled_at, attempt.disposition)
        for attempt in call.assignment.history
        if attempt.disposition is not None
    ]
    settled = settlement(
        outcome.code,
        history=[*past, PastAttempt(now, outcome.code)],
        settings=settings,
        group=call.assignment.group_code,
        now=now,
        user_id=0,
    )
    if settled.kind == "final":
        return Consequence("end", _("tried enough · case ends"))
    assert settled.not_before is not None
    if outcome.code == "partial":
        days = settings.retry.partial_days
        today = local(now, settings).date()
        ends = [day for day in (settings.fieldwork_end, settings.expires) if day is not None]
        last = min(ends, default=today + timedelta(days))
        if last < today + timedelta(days):
            # Nobody is called after the last day, not even to finish.
            return Consequence("again", _("goes on until {day}").format(day=day_words(last, today)))
        return Consequence(
            "again", ngettext("goes on within {n} day", "goes on within {n} days", days).format(n=days)
        )
    words = _rest(settled.not_before, settings, now)
    if settled.barred_id is not None:
        words = _("{when} by a colleague").format(when=words)
    return Consequence("again", words)


def _rest(until: datetime, settings: Settings, now: datetime) -> str:
    rest = until - now
    if rest < timedelta(minutes=1):
        return _("again at once")
    hours, minutes = divmod(round(rest.total_seconds() / 60), 60)
    if rest < _NEAR and not minutes and hours:
        return ngettext("again in {n} hour", "again in {n} hours", hours).format(n=hours)
    if rest < _NEAR and not hours and minutes:
        return ngettext("again in {n} minute", "again in {n} minutes", minutes).format(n=minutes)
    days, spare = divmod(rest, timedelta(days=1))
    if not spare:
        return ngettext("again in {n} day", "again in {n} days", days).format(n=days)
    there = local(until, settings)
    day = day_words(there.date(), local(now, settings).date())
    return _("again {day} {time}").format(day=day, time=clock_time(there))
