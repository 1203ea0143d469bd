"""Outcomes of an attempt: their codes, keys, labels, and what follows from each.

Codes are those of telephone surveys in AAPOR, Standard Definitions (2023); temporary outcomes
(an appointment, a busy line) carry the code they would have if nothing else ever happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from cati.base.i18n import mark as N_
from cati.domain.interview import Outcome
from cati.domain.programmes import RetryRules, Settings
from cati.domain.queue import EVENING, OWNER_KEEPS, Settlement, effort, hours_of, next_attempt


class Section(StrEnum):
    """By what happened: the three columns of the dispositions screen, and those no operator picks."""

    NOT_CONNECTED = "not_connected"
    NO_INTERVIEW = "no_interview"
    BEGUN = "begun"
    SYSTEM = "system"


class Follow(StrEnum):
    """What happens to the case."""

    COMPLETE = "complete"
    AGAIN = "again"
    """Dialled again after the disposition's own delay."""
    APPOINTMENT = "appointment"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Disposition:
    """One outcome.

    Attributes:
        code: stored name.
        aapor: code of the standard.
        key: key on the dispositions screen, "" if no operator picks it.
        category: its letter in the outcome rates: I, P, R, NC, O, UH, UO or NE.
        label: msgid of what the operator reads.
        contact: the right person was reached.
    """

    code: str
    aapor: str
    key: str
    section: Section
    follow: Follow
    category: str
    label: str
    contact: bool = False


def _table() -> tuple[Disposition, ...]:
    s, f = Section, Follow
    return (
        Disposition("no_answer", "3.13", "1", s.NOT_CONNECTED, f.AGAIN, "UH", N_("No answer")),
        Disposition("busy", "3.12", "2", s.NOT_CONNECTED, f.AGAIN, "UH", N_("Busy")),
        Disposition(
            "unreachable", "3.16", "3", s.NOT_CONNECTED, f.AGAIN, "UH", N_("Switched off, out of reach")
        ),
        Disposition(
            "not_in_service", "4.31", "4", s.NOT_CONNECTED, f.FINAL, "NE", N_("Number not in service")
        ),
        Disposition("machine", "3.14", "5", s.NOT_CONNECTED, f.AGAIN, "UH", N_("Fax, voice mail")),
        Disposition(
            "appointment",
            "2.21",
            "6",
            s.NO_INTERVIEW,
            f.APPOINTMENT,
            "NC",
            N_("Call again at a set time"),
            True,
        ),
        Disposition(
            "inconvenient", "2.21", "7", s.NO_INTERVIEW, f.AGAIN, "NC", N_("Not now, no time set"), True
        ),
        Disposition("refusal", "2.11", "8", s.NO_INTERVIEW, f.FINAL, "R", N_("Refused"), True),
        Disposition(
            "refusal_final", "2.11", "9", s.NO_INTERVIEW, f.FINAL, "R", N_("Refused, never call again"), True
        ),
        Disposition(
            "recording_refused",
            "2.11",
            "0",
            s.NO_INTERVIEW,
            f.FINAL,
            "R",
            N_("Does not agree to recording"),
            True,
        ),
        Disposition(
            "wrong_person",
            "4.41",
            "Q",
            s.NO_INTERVIEW,
            f.FINAL,
            "NE",
            N_("Not this person's number"),
        ),
        Disposition(
            "language", "2.33", "W", s.NO_INTERVIEW, f.AGAIN, "O", N_("Does not understand Mandarin"), True
        ),
        Disposition("silent", "3.21", "E", s.NO_INTERVIEW, f.AGAIN, "UO", N_("Hung up at once, no voice")),
        Disposition("business", "4.51", "R", s.NO_INTERVIEW, f.FINAL, "NE", N_("Switchboard, not a person")),
        Disposition("complete", "1.1", "C", s.BEGUN, f.COMPLETE, "I", N_("Interview complete"), True),
        Disposition(
            "partial", "1.2", "P", s.BEGUN, f.AGAIN, "P", N_("Stopped half-way, to be continued"), True
        ),
        Disposition(
            "break_off", "2.12", "B", s.BEGUN, f.FINAL, "R", N_("Broken off, not to be continued"), True
        ),
        Disposition(
            "handed_over", "2.36", "H", s.BEGUN, f.AGAIN, "O", N_("A colleague goes on with it"), True
        ),
        Disposition(
            "not_eligible", "4.70", "X", s.BEGUN, f.FINAL, "NE", N_("Not eligible by the screening"), True
        ),
        Disposition(
            "dropped", "2.12", "", s.SYSTEM, f.AGAIN, "R", N_("Line dropped, dialled again at once"), True
        ),
        Disposition(
            "interrupted", "2.36", "", s.SYSTEM, f.AGAIN, "O", N_("Station stopped during the call"), True
        ),
        Disposition(
            "dialling_cut_off",
            "3.90",
            "",
            s.SYSTEM,
            f.AGAIN,
            "UO",
            N_("Station stopped before anybody was heard"),
        ),
        Disposition(
            "person_taken", "4.70", "", s.SYSTEM, f.FINAL, "NE", N_("This person belongs to another case")
        ),
    )


DISPOSITIONS: dict[str, Disposition] = {d.code: d for d in _table()}
"""All outcomes by code, in the order of the screen."""


def by_key(key: str) -> Disposition | None:
    """The outcome an operator picks with a key of the dispositions screen."""
    return next((d for d in DISPOSITIONS.values() if d.key and d.key == key.upper()), None)


def untrue(code: str, *, connected: bool, spoken: bool, outcome: Outcome | None) -> str | None:
    """Why an outcome cannot be what came of a call, as a msgid; None when it can.

    Args:
        code: one an operator may choose.
        connected: the telephone was answered, be it by a machine that only sounded like somebody.
        spoken: somebody has answered a question in this call, or has called themselves.
        outcome: how far the interview has come, None without one.
    """
    if outcome is not None and outcome.state == "complete":
        return None if code == "complete" else N_("The interview is complete")
    if code == "complete":
        return N_("Questions are still unanswered")
    begun = outcome is not None and outcome.answered > 0
    if code in ("partial", "break_off") and not begun:
        return N_("No question has been answered")
    if DISPOSITIONS[code].section is Section.NOT_CONNECTED:
        return N_("Somebody answered") if spoken else None
    if not connected and code != "silent":
        return N_("Nobody answered")
    if code == "not_eligible" and outcome is not None and outcome.screened:
        return N_("The screening was passed")
    return None


def delay(code: str, retry: RetryRules) -> timedelta:
    """How long a case rests after an outcome that is followed by another attempt."""
    if code == "busy":
        return timedelta(minutes=retry.busy_minutes)
    if code == "silent":
        return timedelta(days=retry.silent_days)
    if code in ("dropped", "interrupted", "dialling_cut_off", "handed_over", "partial"):
        # A dropped line is dialled at once, and so is whom a colleague goes on with; whoever stopped half-way
        # is called again as soon as hours allow, and within the days the programme gives.
        return timedelta(0) if code != "partial" else timedelta(minutes=retry.no_answer_minutes)
    return timedelta(minutes=retry.no_answer_minutes)


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """What of an earlier attempt decides about the next: when (aware), its outcome, which number."""

    at: datetime
    disposition: str
    alternate: int = 0


NUMBER_ENDS = frozenset({"not_in_service", "wrong_person", "business"})
"""Outcomes that tell of a number that it is of no use; the person may have another one."""


def next_number(history: Sequence[PastAttempt], numbers: int) -> int | None:
    """Which of an entry's `numbers` is dialled first, 0 the main one; None when none is of use."""
    useless = {past.alternate for past in history if past.disposition in NUMBER_ENDS}
    return next((place for place in range(numbers) if place not in useless), None)


def non_contact_final(history: Sequence[PastAttempt], settings: Settings, group: str) -> bool:
    """Whether a case nobody reached has been tried enough to end.

    Enough means at least `minimum_attempts` attempts over `minimum_days` days of the retry rules, one
    of them in the evening and one on a weekend day, all in local time; evening and weekend only where
    the group's call hours have them (staff lists are called in office hours). A case in which the
    right person was ever reached never ends this way.
    """
    if any(DISPOSITIONS[past.disposition].contact for past in history):
        return False
    tried = effort(settings, [past.at for past in history])
    hours = hours_of(settings, group)
    return (
        tried.attempts >= tried.minimum_attempts
        and tried.days >= tried.minimum_days
        and (tried.evening or not any(h.end > EVENING for h in hours))
        and (tried.weekend or not any(day >= 5 for h in hours for day in h.weekdays))
    )


CALLS_BACK = frozenset(
    {code for code, found in DISPOSITIONS.items() if found.section is Section.NOT_CONNECTED}
    - {"not_in_service"}
) | {"silent", "refusal", "break_off", "partial", "inconvenient", "appointment", "language", "handed_over"}
"""Outcomes a case may have ended with that is opened again when the respondent calls."""

RANK = ("complete", "partial", "refusal_final", "recording_refused", "refusal", "break_off")


def final_code(history: Sequence[PastAttempt]) -> str:
    """The outcome of the whole case from all its attempts.

    An interview outweighs a refusal, a refusal every other contact, a contact every attempt that
    reached nobody; among equals the later one holds (AAPOR 2023, final disposition codes).
    """
    if not history:
        raise ValueError("a case without attempts has no outcome")
    codes = [past.disposition for past in history]
    for code in RANK:
        if code in codes:
            return code
    reached = [c for c in codes if DISPOSITIONS[c].contact and DISPOSITIONS[c].section is not Section.SYSTEM]
    return (reached or codes)[-1]


def settlement(
    code: str,
    *,
    history: Sequence[PastAttempt],
    settings: Settings,
    group: str,
    now: datetime,
    user_id: int,
    alone: bool = False,
    no_opinion: bool = False,
    not_before: datetime | None = None,
    mine: bool = True,
    firm: bool = True,
    language: str | None = None,
    spoken: bool = True,
    numbers: int = 1,
    colleague: int | None = None,
) -> Settlement:
    """What becomes of a case by the outcome of its latest attempt.

    Args:
        code: the outcome.
        history: all attempts of the case with this one last.
        alone: there is no other operator to whom a case could go.
        no_opinion: complete, but with fewer counted answers than the programme's minimum.
        not_before: agreed time, for an appointment.
        language: what the respondent speaks, where the questionnaire's language was not understood.
        numbers: how many the entry has; the case goes on while one of them may be of use.
        colleague: who alone gets it for a while, where it was handed over; None for anybody.
        spoken: some operator speaks it; if not, the case has ended unless the supervisor finds somebody.
    """
    retry = settings.retry
    match DISPOSITIONS[code].follow:
        case Follow.COMPLETE:
            return Settlement("no_opinion" if no_opinion else "complete", code)
        case Follow.FINAL if code in NUMBER_ENDS and (left := next_number(history, numbers)) is not None:
            # One that was dialled before rests as after any attempt that reached nobody.
            dialled = any(past.alternate == left for past in history)
            rest = timedelta(minutes=retry.no_answer_minutes if dialled else 0)
            return Settlement("callback", code, not_before=now + rest)
        case Follow.FINAL:
            return Settlement("final", final_code(history))
        case Follow.APPOINTMENT:
            return Settlement(
                "appointment",
                code,
                not_before=not_before,
                owner_id=user_id if mine else None,
                firm=firm,
            )
        case Follow.AGAIN if language and not spoken:
            return Settlement("final", final_code(history), language=language)
        case Follow.AGAIN:
            ended = non_contact_final(history, settings, group)
            if ended or _partial_lapsed(history, retry, now):
                return Settlement("final", final_code(history))
            if code == HANDED_OVER:
                return Settlement(
                    "callback",
                    code,
                    not_before=now - FIRST_IN_LINE,
                    owner_id=colleague,
                    owner_until=now + OWNER_KEEPS if colleague is not None else None,
                    barred_id=None if alone else user_id,
                    language=language,
                )
            earliest = now + delay(code, retry)
            reached = any(DISPOSITIONS[past.disposition].contact for past in history)
            tried = [past.at for past in history]
            spread = None if reached else next_attempt(settings, group, tried, earliest)
            return Settlement(
                "callback",
                code,
                not_before=spread or earliest,
                barred_id=user_id if code in FOR_ANOTHER and not alone else None,
                language=language,
            )


def _partial_lapsed(history: Sequence[PastAttempt], retry: RetryRules, now: datetime) -> bool:
    """Whether the days in which an interview stopped half-way may be finished are over."""
    begun = [past.at for past in history if past.disposition == "partial"]
    return bool(begun) and now - min(begun) > timedelta(days=retry.partial_days)


UNSETTLED = frozenset({"dropped", "interrupted", "dialling_cut_off"})
"""Outcomes of an attempt with which its case did not leave the station."""

HANDED_OVER = "handed_over"
FIRST_IN_LINE = timedelta(days=7)
"""Whose interview is handed over waits on the line or for a call at once: due before all other callbacks,
which stand in the order of the times from which they are due."""

SOFT_REFUSAL = "refusal"
"""Ends its case, unless the supervisor lets somebody else try once more."""

FOR_ANOTHER = frozenset({"silent", "language", "handed_over"})
"""Outcomes after which another operator shall try."""

PARTIAL_SHARE = Fraction(1, 2)
"""From this share of answered items on an unfinished interview is partial, below it a break-off."""


def interview_state(settled: Settlement, outcome: Outcome) -> str:
    """What an interview has become: complete, no_opinion, partial, break_off or ended (never begun)."""
    if settled.kind in ("complete", "no_opinion"):
        return settled.kind
    if outcome.state == "ended" or outcome.answered == 0:
        return "ended"
    if settled.kind in ("callback", "appointment"):
        return "partial"
    return "partial" if outcome.share_answered >= PARTIAL_SHARE else "break_off"
