"""Signals of an interview that a supervisor ought to hear: pure rules, each with its threshold and reason.

A signal is no verdict. It says what the program saw, and where in the recording that can be heard.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cati.domain.interview import READ, VARIABLE
from cati.domain.programmes import Programme, in_language
from cati.domain.recordings import DECLINED

CHARACTERS_PER_SECOND = 5.0
"""Chinese read aloud to be understood: 300 characters a minute, the upper end of broadcast news."""
WORDS_PER_SECOND = 2.7
"""English read aloud: 160 words a minute."""
UNREAD_SHARE = 1 / 3
"""Answered within this share of the reading time, a question was not read: nobody reads at 900 a minute."""
CUT_SHARE = 2 / 3
"""Within this share it was answered before its end: 450 characters a minute are not understood."""
IDENTICAL_LEAST = 8
"""So many items with one and the same answer; with fewer that is common among satisfied people."""
SILENCE_SECONDS = 20
"""Longer than it takes to think about an answer, or to fetch a pair of glasses."""
RECORDED_SHARE = 0.8
"""Less of the conversation than this in the recording: more is missing than a redial or a late start."""

MARK_BEFORE_MS, MARK_AFTER_MS = 5_000, 3_000
"""Who marks a place has just heard what is meant."""

_CJK = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]+")


class SignalKind(StrEnum):
    """What was seen, the gravest first."""

    COMPLAINT = "complaint"
    """The respondent complained: what was said before."""
    UNREAD = "unread"
    """Answered faster than the question can be read out."""
    CUT_SHORT = "cut_short"
    """Answered before it was read to the end."""
    NOT_RECORDED = "not_recorded"
    INCOMPLETE = "incomplete"
    """A recording has no end, lost sound, or is much shorter than the conversation."""
    MUTE = "mute"
    """A recording holds nothing but silence."""
    PROMPTED = "prompted"
    """The operator noted that somebody told the respondent what to say."""
    SILENCE = "silence"
    """Nobody said anything for long."""
    DECLINED = "declined"
    """The respondent did not want to be recorded for a while."""
    LATE = "late"
    """Settled when the case had already gone back to the queue."""
    IDENTICAL = "identical"
    """All items have the same answer."""
    MARKED = "marked"
    """Somebody who reviewed marked the place."""


@dataclass(frozen=True, slots=True)
class Signal:
    """Something to be heard before deciding.

    Attributes:
        items: questions it concerns, in the order asked.
        start_ms: where it can be heard on the interview's line of time; None when nowhere.
        end_ms: where it ends, > `start_ms`.
        numbers: figures its sentence needs, by name.
        note, by: words and name of who marked the place, or took the complaint down.
        own: whoever looks marked it.
    """

    kind: SignalKind
    items: tuple[str, ...] = ()
    start_ms: int | None = None
    end_ms: int | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    by: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """One answer event.

    Attributes:
        value: None when the answer was taken back.
        attempt: in which it was given.
        place_ms: on the interview's line of time; None when nothing was recorded then.
    """

    item: str
    value: str | None
    at: datetime
    attempt: str | None = None
    place_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation of the interview.

    Attributes:
        attempt: its attempt.
        begun_at, ended_at: aware; the end is None when the station stopped in it.
        recorded_ms: how much sound there is of it.
        problems: of its recordings, as the recorder noted them; "unended" for one without an end.
        prompted: the operator noted that somebody prompts.
        simulated: made up; it never had a recording.
    """

    attempt: str
    begun_at: datetime
    ended_at: datetime | None
    recorded_ms: int = 0
    recordings: int = 0
    problems: tuple[str, ...] = ()
    prompted: bool = False
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class ItemTime:
    """How long a question took.

    Attributes:
        value: the answer that holds.
        seconds: from the moment it was shown to the answer; the longest time where it was asked twice.
            None when that is not known.
        start_ms, end_ms: where asked and where answered, on the interview's line of time.
    """

    item: str
    value: str
    seconds: float | None
    start_ms: int | None
    end_ms: int | None


def reading_seconds(text: str) -> float:
    """How long a text takes to be read aloud so that it is understood, in seconds."""
    plain = unicodedata.normalize("NFKC", text)
    return len(_CJK.findall(plain)) / CHARACTERS_PER_SECOND + len(_WORD.findall(plain)) / WORDS_PER_SECOND


def reading_times(programme: Programme, unit: str, language: str) -> dict[str, float]:
    """How long each evaluated question that is read aloud takes, in seconds.

    Args:
        programme: its questionnaire.
        unit: name of the unit, filled into the questions; other variables count as nothing.
        language: of the interview.
    """
    found = {}
    for question in programme.items:
        if question.script != "read":
            continue
        known = {"unit": unit, "item": in_language(question.short, language, "")}
        text = VARIABLE.sub(
            lambda hit, known=known: known.get(hit[1], ""),  # type: ignore[misc]
            in_language(question.labels, language),
        )
        found[question.name] = reading_seconds(text)
    return found


def item_times(given: Sequence[Given], talks: Sequence[Talk]) -> tuple[ItemTime, ...]:
    """How long each answered question took, in the order in which they were first asked.

    A question is shown when the one before it was answered, the first when somebody answered the telephone.

    Args:
        given: answer events in their order.
        talks: the conversations.
    """
    begun = {talk.attempt: talk.begun_at for talk in talks}
    before: Given | None = None
    held: dict[str, str | None] = {}
    seconds: dict[str, float] = {}
    places: dict[str, tuple[int | None, int | None]] = {}
    for event in given:
        same = before is not None and before.attempt == event.attempt
        since = before.at if same and before is not None else begun.get(event.attempt or "")
        held[event.item] = event.value
        if since is not None:
            used = (event.at - since).total_seconds()
            seconds[event.item] = max(used, seconds.get(event.item, 0.0))
        if event.item not in places or places[event.item][1] is None:
            start = before.place_ms if same and before is not None else None
            if start is None and event.place_ms is not None and since is not None:
                start = max(0, event.place_ms - round((event.at - since).total_seconds() * 1000))
            places[event.item] = (start, event.place_ms)
        before = event
    return tuple(
        ItemTime(item, value, seconds.get(item), *places[item])
        for item, value in held.items()
        if value is not None
    )


def complained(start_ms: int, end_ms: int, note: str, by: str) -> Signal:
    """What was said before a complaint was taken down.

    Args:
        start_ms, end_ms: on the interview's line of time.
        note: what it is about.
        by: name of the operator.
    """
    return Signal(SignalKind.COMPLAINT, (), start_ms, end_ms, {"place": end_ms / 1000}, note, by)


def signals(
    times: Sequence[ItemTime],
    talks: Sequence[Talk],
    reading: Mapping[str, float],
    *,
    late: bool = False,
) -> tuple[Signal, ...]:
    """All that the records of an interview show, the gravest first.

    Args:
        times: of `item_times`.
        talks: its conversations.
        reading: of `reading_times`; only these questions are measured and compared.
        late: it was settled under a lapsed lease.
    """
    return (
        *_hurried(times, reading),
        *_recordings(talks),
        *([Signal(SignalKind.PROMPTED)] if any(talk.prompted for talk in talks) else ()),
        *([Signal(SignalKind.LATE)] if late else ()),
        *_identical([time for time in times if time.item in reading]),
    )


def _pace(time: ItemTime, reading: Mapping[str, float]) -> SignalKind | None:
    usual = reading.get(time.item)
    if usual is None or time.seconds is None or time.value == READ:
        return None
    if time.seconds < usual * UNREAD_SHARE:
        return SignalKind.UNREAD
    return SignalKind.CUT_SHORT if time.seconds < usual * CUT_SHARE else None


def _hurried(times: Sequence[ItemTime], reading: Mapping[str, float]) -> list[Signal]:
    """Questions answered too fast, neighbours of one kind taken together."""
    runs: list[tuple[SignalKind, list[ItemTime]]] = []
    last: SignalKind | None = None
    for time in times:
        pace = _pace(time, reading)
        if pace is not None and pace is last:
            runs[-1][1].append(time)
        elif pace is not None:
            runs.append((pace, [time]))
        last = pace
    found = []
    for kind, run in runs:
        numbers = {
            "seconds": sum(time.seconds or 0.0 for time in run),
            "reading": sum(reading[time.item] for time in run),
        }
        start, end = _stretch(run)
        found.append(Signal(kind, tuple(time.item for time in run), start, end, numbers))
    return sorted(found, key=lambda signal: (list(SignalKind).index(signal.kind), -len(signal.items)))


def _stretch(run: Sequence[ItemTime]) -> tuple[int | None, int | None]:
    start, end = run[0].start_ms, run[-1].end_ms
    return (start, end) if start is not None and end is not None and end > start else (None, None)


def _recordings(talks: Sequence[Talk]) -> list[Signal]:
    real = [talk for talk in talks if not talk.simulated]
    problems = {problem for talk in real for problem in talk.problems}
    found = []
    if any(talk.recordings == 0 for talk in real):
        found.append(Signal(SignalKind.NOT_RECORDED))
    spoken = sum((talk.ended_at - talk.begun_at).total_seconds() for talk in real if talk.ended_at)
    recorded = sum(talk.recorded_ms for talk in real if talk.ended_at) / 1000
    wished = DECLINED in problems
    short = not wished and any(talk.recordings for talk in real) and recorded < spoken * RECORDED_SHARE
    if short or problems - {"silent", DECLINED}:
        found.append(Signal(SignalKind.INCOMPLETE, numbers={"recorded": recorded, "spoken": spoken}))
    if "silent" in problems:
        found.append(Signal(SignalKind.MUTE))
    if wished:
        found.append(Signal(SignalKind.DECLINED))
    return found


def _identical(items: Sequence[ItemTime]) -> list[Signal]:
    if len(items) < IDENTICAL_LEAST or len({time.value for time in items}) > 1:
        return []
    start, end = _stretch(items)
    return [Signal(SignalKind.IDENTICAL, tuple(time.item for time in items), start, end)]


def silences(loud: Sequence[bool], step_ms: int, *, least_seconds: float = SILENCE_SECONDS) -> list[Signal]:
    """Where nobody said anything for long.

    Args:
        loud: for each step of the recording, whether anything was to be heard in any channel.
        step_ms: length of a step, > 0.
        least_seconds: shorter pauses are no signal.
    """
    found, quiet = [], 0
    for place, heard in enumerate([*loud, True]):
        if not heard:
            quiet += 1
            continue
        if quiet * step_ms >= least_seconds * 1000:
            start = (place - quiet) * step_ms
            numbers = {"seconds": quiet * step_ms / 1000}
            found.append(Signal(SignalKind.SILENCE, (), start, place * step_ms, numbers))
        quiet = 0
    return found


def marked(place_ms: int, note: str, by: str, own: bool) -> Signal:
    """A place that somebody marked, as a signal that is heard from shortly before it.

    Args:
        place_ms: on the interview's line of time.
        note: in words, or empty.
        by: who marked it.
        own: whoever looks did.
    """
    start, end = max(0, place_ms - MARK_BEFORE_MS), place_ms + MARK_AFTER_MS
    return Signal(SignalKind.MARKED, (), start, end, {"place": place_ms / 1000}, note, by, own)
