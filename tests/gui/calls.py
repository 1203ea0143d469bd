"""Calls that have come to their end, made by the call machine itself, for the tests of screens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cati.base import paths
from cati.domain.call import Call, step
from cati.domain.call_events import Answered, Claimed, Connected, Dialled, Ended, Noted
from cati.domain.contacts import Contact, Phone
from cati.domain.interview import Script
from cati.domain.queue import Assignment, EarlierAttempt, Effort, Reason
from cati.domain.respondents import facts
from cati.files.programmes import load_workbook

NOW = datetime(2024, 2, 21, 10, 47, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Wednesday morning in fieldwork."""


@lru_cache
def script() -> Script:
    """The shipped questionnaire."""
    return Script.of(load_workbook(paths.resources() / "programmes" / "yazhou-2023.xlsx"))


def case(history: Sequence[EarlierAttempt] = ()) -> Assignment:
    """A case of an invented person."""
    return Assignment(
        case_id=7,
        programme_id=1,
        cell_id=3,
        unit_code="u21",
        unit_name="区教育局",
        group_code="service",
        group_label="服务对象",
        ticket="ab" * 32,
        position=1,
        source="list",
        epoch=4,
        lease_until=NOW + timedelta(minutes=2),
        reason=Reason.FRESH,
        entry_id=11,
        contact=Contact("陈某", (Phone("+8613800000000"),)),
        appointment=None,
        appointment_at=None,
        history=tuple(history),
        interview=None,
        effort=Effort(len(history), 0, False, False, 5, 3),
    )


def unanswered(history: Sequence[EarlierAttempt] = ()) -> Call:
    """A call that nobody answered."""
    held = case(history)
    call, _effects = step(Call(), Claimed(held, script(), facts(script().programme, held)))
    call, _effects = step(call, Dialled("attempt-1", NOW))
    call, _effects = step(call, Ended(NOW))
    return call


def answered(count: int, note: str = "") -> Call:
    """A call in which the first answer was given to so many questions, then the line was closed."""
    held = case()
    call, _effects = step(Call(), Claimed(held, script(), facts(script().programme, held)))
    call, _effects = step(call, Dialled("attempt-1", NOW))
    call, _effects = step(call, Connected("interview-1", "recording-1", NOW))
    for nth in range(count):
        if call.shown is None:
            break
        call, _effects = step(call, Answered(f"event-{nth}", call.shown, _first(call), NOW))
    call, _effects = step(call, Noted(note))
    call, _effects = step(call, Ended(NOW + timedelta(seconds=48)))
    return call


def _first(call: Call) -> str:
    assert call.shown is not None
    question = script().question(call.shown)
    if question.type.startswith("select"):
        return script().offers(call.shown, call.facts, "zh")[0].name
    return "read" if question.type == "note" else ""
