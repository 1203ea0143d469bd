"""Interviews to review: which ones, and what is known of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import TypeVar

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain import review as rules
from cati.domain.ports import Speech
from cati.domain.programmes import LoadedProgramme
from cati.domain.review import Verdict
from cati.domain.signals import (
    Given,
    ItemTime,
    Signal,
    Talk,
    complained,
    item_times,
    reading_times,
    signals,
)
from cati.domain.speech import summed
from cati.domain.users import Right
from cati.services import audit
from cati.services.context import Context
from cati.services.reasons import given_words
from cati.store import messages, recordings
from cati.store import reviews as store
from cati.store.engine import Connection
from cati.store.messages import Message
from cati.store.reviews import AnswerRow, Reviewed, SoundRow, StoredMark, StoredVerdict, TalkRow

__all__ = [
    "Choice",
    "Listed",
    "Mark",
    "ReviewFile",
    "Reviewed",
    "Sound",
    "add_mark",
    "listened",
    "look_up",
    "worklist",
]

FINISHED = ("complete", "no_opinion", "duplicate")
"""States of interviews that are listed for review."""
OTHERS = ("partial", "break_off", "ended")
"""States of interviews that can be looked for besides."""
LISTED = 5_000
"""Interviews looked at in one listing: the newest; those before them come up as these are decided."""

Row = TypeVar("Row", AnswerRow, TalkRow, SoundRow)


class Choice(StrEnum):
    """Which interviews are wanted."""

    OPEN = "open"
    """No verdict yet, or a second one is asked for; those with signals first."""
    SIGNALS = "signals"
    """As open, but only with signals."""
    SAMPLE = "sample"
    """As open, of the share by lot in which every operator is heard."""
    SECOND = "second"
    """A second opinion is asked for."""
    ALL = "all"
    """Everything, also unfinished interviews and those decided on."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One recording and its place on the interview's line of time.

    Attributes:
        file: path below the recordings folder of its station.
        start_ms, duration_ms: its stretch; the recordings of an interview follow each other.
        channels: 1 (only the operator) or 2; None when that is not known.
    """

    recording_id: str
    file: str
    station: str
    started_at: datetime
    start_ms: int
    duration_ms: int
    channels: int | None
    complete: bool
    problem: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list.

    Attributes:
        sampled: it belongs to the share in which every operator is heard.
    """

    interview: Reviewed
    signals: tuple[Signal, ...]
    sampled: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A place that somebody who reviews marked.

    Attributes:
        place_ms: on the interview's line of time.
        own: whoever looks made it.
    """

    place_ms: int
    note: str
    name: str
    own: bool


@dataclass(frozen=True, slots=True)
class ReviewFile:
    """All that is known of one interview.

    Attributes:
        times: its answers in the order asked, with how long each took.
        reading: how long each evaluated question takes to read, in seconds.
        notes: what the operator wrote, of each conversation.
        history: verdicts, oldest first.
        marks: places marked by who reviewed, in the order of the line of time.
        speech: who spoke how much in all of its recordings; None where that is not known of each.
    """

    interview: Reviewed
    times: tuple[ItemTime, ...]
    reading: Mapping[str, float]
    sounds: tuple[Sound, ...]
    signals: tuple[Signal, ...]
    notes: tuple[str, ...]
    history: tuple[StoredVerdict, ...]
    marks: tuple[Mark, ...] = ()
    speech: Speech | None = None

    @property
    def duration_ms(self) -> int:
        """Length of all recordings together."""
        return sum(sound.duration_ms for sound in self.sounds)


def worklist(ctx: Context, programme: LoadedProgramme, choice: Choice = Choice.OPEN) -> tuple[Listed, ...]:
    """The interviews to review, those with signals first, then the oldest.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.LISTEN)
    states = (*FINISHED, *OTHERS) if choice is Choice.ALL else FINISHED
    with ctx.database.read() as connection:
        undecided = choice is not Choice.ALL
        found = store.listing(connection, programme.id, states, undecided=undecided, limit=LISTED)
        sampled = rules.sample(store.by_operator(connection, programme.id, FINISHED))
        evidence = _evidence(connection, programme, found)
    lines = [Listed(it, evidence[it.interview_id].signals, it.interview_id in sampled) for it in found]
    kept = [line for line in lines if _wanted(line, choice)]
    if choice is Choice.ALL:
        return tuple(reversed(kept))
    # Sorted keeps the order of time within each part.
    return tuple(sorted(kept, key=lambda line: (line.interview.verdict is None, not line.signals)))


def _wanted(line: Listed, choice: Choice) -> bool:
    match choice:
        case Choice.SIGNALS:
            return bool(line.signals)
        case Choice.SAMPLE:
            return line.sampled
        case Choice.SECOND:
            return line.interview.verdict == Verdict.SECOND
        case _:
            return True


def look_up(ctx: Context, programme: LoadedProgramme, interview_id: str) -> ReviewFile:
    """All that is known of one interview.

    Raises:
        CatiError: ``not_allowed``, ``interview_unknown``.
    """
    ctx.actor.require(Right.LISTEN)
    with ctx.database.read() as connection:
        found = one(connection, programme, interview_id)
        evidence = _evidence(connection, programme, (found,))[interview_id]
        history = store.history(connection, interview_id)
        marks = store.marks(connection, interview_id)
        told = recordings.speech_of(connection, [sound.recording_id for sound in evidence.sounds])
    return ReviewFile(
        found,
        evidence.times,
        evidence.reading,
        evidence.sounds,
        evidence.signals,
        evidence.notes,
        history,
        _placed(ctx, marks, evidence.sounds),
        summed(told) if told and len(told) == len(evidence.sounds) else None,
    )


def interview_of(ctx: Context, recording_id: str) -> str:
    """The interview that a recording is of.

    Raises:
        CatiError: ``not_allowed``; ``call_goes_on`` as long as its call has no end.
    """
    ctx.actor.require(Right.LISTEN)
    with ctx.database.read() as connection:
        found = store.interview_of(connection, recording_id)
    if found is None:
        raise CatiError(
            "call_goes_on",
            N_("The call is still going on, or its end has not come yet. Its recording is heard afterwards."),
        )
    return found


def add_mark(
    ctx: Context, programme: LoadedProgramme, interview_id: str, place_ms: int, note: str = ""
) -> tuple[Mark, ...]:
    """Mark a place of an interview for whoever hears it next; marks are kept, nothing else is changed.

    Args:
        ctx: somebody who reviews.
        programme: whose interview.
        interview_id: which.
        place_ms: on its line of time.
        note: a few words, or empty.

    Returns:
        All marks of the interview.

    Raises:
        CatiError: ``not_allowed``, ``interview_unknown``, ``mark_nowhere``, ``words_too_long``.
    """
    ctx.actor.require(Right.REVIEW)
    note = given_words(note)
    with ctx.database.write() as connection:
        found = one(connection, programme, interview_id)
        sounds = _evidence(connection, programme, (found,))[interview_id].sounds
        sound = next(
            (s for s in reversed(sounds) if s.start_ms <= place_ms <= s.start_ms + s.duration_ms), None
        )
        if sound is None:
            raise CatiError(
                "mark_nowhere",
                N_("Nothing was recorded there. Nothing was marked. Choose a place with sound."),
            )
        store.add_mark(
            connection,
            interview_id,
            recording_id=sound.recording_id,
            offset_ms=place_ms - sound.start_ms,
            note=note,
            user_id=ctx.actor.user_id,
            at=ctx.now(connection),
        )
        marks = store.marks(connection, interview_id)
        audit.record(ctx, connection, "review_mark", f"interview {interview_id}", place_ms=place_ms)
    return _placed(ctx, marks, sounds)


def _placed(ctx: Context, marks: Iterable[StoredMark], sounds: Iterable[Sound]) -> tuple[Mark, ...]:
    starts = {sound.recording_id: sound.start_ms for sound in sounds}
    found = (
        Mark(starts[m.recording_id] + m.offset_ms, m.note, m.name, m.user_id == ctx.actor.user_id)
        for m in marks
        if m.recording_id in starts
    )
    return tuple(sorted(found, key=lambda mark: mark.place_ms))


def listened(ctx: Context, recording_id: str, start_ms: int, end_ms: int) -> None:
    """Note which stretch of a recording was heard, in milliseconds from its first frame.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.LISTEN)
    with ctx.database.write() as connection:
        audit.record(
            ctx, connection, "recording_heard", f"recording {recording_id}", from_ms=start_ms, to_ms=end_ms
        )


def item_places(
    connection: Connection, ids: Sequence[str], item: str
) -> dict[str, tuple[int | None, int | None]]:
    """Where an item was asked and answered in these interviews, on their lines of time, by their ids."""
    given = _by_interview(store.answer_rows(connection, sorted(ids)))
    talks = _by_interview(store.talk_rows(connection, sorted(ids)))
    sounds = _by_interview(store.sound_rows(connection, sorted(ids)))
    found = {}
    for one, answers in given.items():
        heard = sounds.get(one, ())
        for time in _times(answers, talks.get(one, ()), heard, tuple(_line_of_time(heard))):
            if time.item == item:
                found[one] = (time.start_ms, time.end_ms)
    return found


@dataclass(frozen=True, slots=True)
class _Evidence:
    times: tuple[ItemTime, ...]
    reading: Mapping[str, float]
    sounds: tuple[Sound, ...]
    signals: tuple[Signal, ...]
    notes: tuple[str, ...]


def _evidence(
    connection: Connection, programme: LoadedProgramme, found: Sequence[Reviewed]
) -> dict[str, _Evidence]:
    ids = sorted(one.interview_id for one in found)
    given = _by_interview(store.answer_rows(connection, ids))
    talks = _by_interview(store.talk_rows(connection, ids))
    sounds = _by_interview(store.sound_rows(connection, ids))
    marking = messages.marking(connection, programme.id)
    reading: dict[tuple[str, str], dict[str, float]] = {}
    result = {}
    for one in found:
        about = (one.unit_name, one.language)
        if about not in reading:
            reading[about] = reading_times(programme.programme, *about)
        key = one.interview_id
        result[key] = _weighed(
            one, given.get(key, ()), talks.get(key, ()), sounds.get(key, ()), reading[about], marking
        )
    return result


def _by_interview(rows: Iterable[Row]) -> dict[str, tuple[Row, ...]]:
    return {key: tuple(some) for key, some in groupby(rows, key=lambda row: row.interview_id)}


def _weighed(
    one: Reviewed,
    given: Sequence[AnswerRow],
    talks: Sequence[TalkRow],
    sounds: Sequence[SoundRow],
    reading: Mapping[str, float],
    marking: Sequence[Message],
) -> _Evidence:
    line = tuple(_line_of_time(sounds))
    conversations = _talks(talks, sounds)
    times = _times(given, talks, sounds, line)
    notes = tuple(talk.note for talk in talks if talk.note)
    seen = signals(times, conversations, reading, late=one.late)
    return _Evidence(times, reading, line, (*_complaints(line, marking), *seen), notes)


def _complaints(line: Sequence[Sound], marking: Iterable[Message]) -> Iterator[Signal]:
    """What complaints mark of these recordings."""
    known = {sound.recording_id: sound for sound in line}
    for one in marking:
        sound = known.get(one.stretch.recording_id) if one.stretch is not None else None
        if one.stretch is not None and sound is not None and one.stretch.start_ms < sound.duration_ms:
            end_ms = min(one.stretch.end_ms, sound.duration_ms)
            yield complained(
                sound.start_ms + one.stretch.start_ms, sound.start_ms + end_ms, one.text, one.operator
            )


def _times(
    given: Sequence[AnswerRow], talks: Sequence[TalkRow], sounds: Sequence[SoundRow], line: Sequence[Sound]
) -> tuple[ItemTime, ...]:
    places = list(zip(sounds, line, strict=True))
    events = [Given(a.item, a.value, a.at, a.attempt_id, _place(a, places)) for a in given]
    return item_times(events, _talks(talks, sounds))


def _talks(talks: Sequence[TalkRow], sounds: Sequence[SoundRow]) -> list[Talk]:
    return [_talk(talk, [s for s in sounds if s.attempt_id == talk.attempt_id]) for talk in talks]


def _line_of_time(sounds: Iterable[SoundRow]) -> Iterator[Sound]:
    start = 0
    for s in sounds:
        length = s.duration_ms or 0
        yield Sound(
            s.recording_id, s.file, s.station, s.started_at, start, length, s.channels, s.complete, s.problem
        )
        start += length


def _place(answer: AnswerRow, places: Sequence[tuple[SoundRow, Sound]]) -> int | None:
    """Where an answer was given on the line of time: its offset counts from the file under way then."""
    if answer.offset_ms is None:
        return None
    files = [
        sound for row, sound in places if row.attempt_id == answer.attempt_id and row.started_at <= answer.at
    ]
    return files[-1].start_ms + min(answer.offset_ms, files[-1].duration_ms) if files else None


def _talk(talk: TalkRow, sounds: Sequence[SoundRow]) -> Talk:
    problems = [s.problem for s in sounds if s.problem]
    problems += ["unended" for s in sounds if not s.complete]
    return Talk(
        talk.attempt_id,
        talk.connected_at,
        talk.ended_at,
        sum(s.duration_ms or 0 for s in sounds),
        len(sounds),
        tuple(problems),
        talk.prompted,
        talk.simulated,
    )


def one(connection: Connection, programme: LoadedProgramme, interview_id: str) -> Reviewed:
    """An interview of the programme.

    Raises:
        CatiError: ``interview_unknown``.
    """
    found = store.one(connection, programme.id, interview_id)
    if found is None:
        raise CatiError(
            "interview_unknown",
            N_("There is no interview {id}. Nothing was changed. Choose one from the list."),
            id=interview_id,
        )
    return found
