"""Recording files as the database knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, update

from cati.domain.ports import Speech
from cati.store.engine import Connection
from cati.store.statements import change_one, insert_once
from cati.store.tables import archived, attempts, cases, cells, groups, recordings, speech, units, users

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class StoredRecording:
    """One recording file.

    Attributes:
        file: path below the recordings folder of its station.
        duration_ms: None until the file is ended.
        unit, group: codes in the programme.
        operator: name on screens of who made the call.
    """

    id: str
    attempt_id: str
    programme_id: int
    file: str
    station: str
    started_at: datetime
    duration_ms: int | None
    complete: bool
    problem: str | None
    case_id: int
    unit: str
    group: str
    operator: str


class LeftBehind(NamedTuple):
    """A recording without an end, and its file below the recordings folder."""

    id: str
    file: str


class Kept(NamedTuple):
    """A recording file, and where it is known to lie.

    Attributes:
        file: path below a recordings folder, and below the archive's place.
        ended: what became of it is noted.
        size: bytes, None where that is not noted.
        place: the archive's address without secrets; None while it is not there.
        sha256: of the file as it was put there.
    """

    id: str
    file: str
    station: str
    ended: bool
    complete: bool
    size: int | None
    place: str | None
    sha256: str | None


def register(
    connection: Connection, *, recording_id: str, attempt_id: str, file: str, station: str, at: datetime
) -> None:
    """Note that a file is being written; noting it twice changes nothing."""
    row = {
        "id": recording_id,
        "attempt_id": attempt_id,
        "file": file,
        "station": station,
        "started_at": at,
    }
    connection.execute(insert_once(connection, recordings), row)


def finish(
    connection: Connection,
    *,
    recording_id: str,
    duration_ms: int,
    size: int,
    channels: int,
    complete: bool,
    problem: str | None,
) -> None:
    """Note what a file became."""
    became = update(recordings).where(recordings.c.id == recording_id)
    values = {"duration_ms": duration_ms, "size": size, "channels": channels}
    change_one(connection, became.values(complete=complete, problem=problem, **values))


def note_speech(connection: Connection, recording_id: str, told: Speech) -> None:
    """Note who spoke how much; noting it twice changes nothing."""
    operator, *respondent = told.talk_ms
    row = {
        "recording_id": recording_id,
        "length_ms": told.length_ms,
        "operator_ms": operator,
        "respondent_ms": respondent[0] if respondent else None,
        "silence_ms": told.silence_ms,
        "overlap_ms": told.overlap_ms,
        "longest_pause_ms": told.longest_pause_ms,
        "answers": told.answers,
        "answers_unspoken": told.answers_unspoken,
    }
    connection.execute(insert_once(connection, speech), row)


def speech_of(connection: Connection, ids: Sequence[str]) -> tuple[Speech, ...]:
    """What is told of the speech in these recordings, by their ids; those it is not told of are left out."""
    query = select(speech).where(speech.c.recording_id.in_(ids)).order_by(speech.c.recording_id)
    return tuple(
        Speech(
            length_ms=row.length_ms,
            talk_ms=tuple(ms for ms in (row.operator_ms, row.respondent_ms) if ms is not None),
            silence_ms=row.silence_ms,
            overlap_ms=row.overlap_ms,
            longest_pause_ms=row.longest_pause_ms,
            answers=row.answers,
            answers_unspoken=row.answers_unspoken,
        )
        for row in connection.execute(query)
    )


def _kept() -> Select[Any]:
    return (
        select(
            recordings.c.id,
            recordings.c.file,
            recordings.c.station,
            recordings.c.duration_ms.is_not(None),
            recordings.c.complete,
            func.coalesce(archived.c.size, recordings.c.size),
            archived.c.place,
            archived.c.sha256,
        )
        .outerjoin(archived, archived.c.recording_id == recordings.c.id)
        .order_by(recordings.c.id)
    )


def kept(connection: Connection, ids: Sequence[str]) -> tuple[Kept, ...]:
    """Where recordings lie, by their ids; those that are not known are left out."""
    found: list[Kept] = []
    for first in range(0, len(ids), _AT_ONCE):
        query = _kept().where(recordings.c.id.in_(ids[first : first + _AT_ONCE]))
        found += (Kept(*row) for row in connection.execute(query))
    return tuple(found)


class Known(NamedTuple):
    """A recording file, and whose key opens it."""

    kept: Kept
    programme_id: int


def known(connection: Connection) -> tuple[Known, ...]:
    """All recordings, where they lie and their programmes, by id."""
    query = _kept().add_columns(cases.c.programme_id)
    query = query.join(attempts, attempts.c.id == recordings.c.attempt_id)
    found = connection.execute(query.join(cases, cases.c.id == attempts.c.case_id))
    return tuple(Known(Kept(*row[:-1]), row[-1]) for row in found)


def note_archived(
    connection: Connection, recording_id: str, *, place: str, size: int, sha256: str, at: datetime
) -> None:
    """Note that a file lies in the archive; noting it twice changes nothing."""
    row = {"recording_id": recording_id, "place": place, "size": size, "sha256": sha256, "at": at}
    connection.execute(insert_once(connection, archived), row)


def _query() -> Select[Any]:
    return (
        select(
            recordings.c.id,
            recordings.c.attempt_id,
            cases.c.programme_id,
            recordings.c.file,
            recordings.c.station,
            recordings.c.started_at,
            recordings.c.duration_ms,
            recordings.c.complete,
            recordings.c.problem,
            cases.c.id,
            units.c.code,
            groups.c.code,
            users.c.name,
        )
        .join(attempts, attempts.c.id == recordings.c.attempt_id)
        .join(cases, cases.c.id == attempts.c.case_id)
        .join(cells, cells.c.id == cases.c.cell_id)
        .join(units, units.c.id == cells.c.unit_id)
        .join(groups, groups.c.id == cells.c.group_id)
        .join(users, users.c.id == attempts.c.user_id)
    )


def find(connection: Connection, prefix: str) -> tuple[StoredRecording, ...]:
    """Recordings whose id begins with `prefix`, at most two (enough to see that it is not unique)."""
    query = _query().where(recordings.c.id.startswith(prefix, autoescape=True)).limit(2)
    return tuple(StoredRecording(*row) for row in connection.execute(query))


def of_programme(connection: Connection, programme_id: int) -> tuple[StoredRecording, ...]:
    """All recordings of a programme, oldest first."""
    query = _query().where(cases.c.programme_id == programme_id)
    return tuple(StoredRecording(*row) for row in connection.execute(query.order_by(recordings.c.started_at)))


def unfinished(connection: Connection, station: str) -> tuple[LeftBehind, ...]:
    """Recordings of a station whose end was never noted, as after a power cut."""
    # Whose they are may be out of hand by now.
    query = select(recordings.c.id, recordings.c.file).where(
        recordings.c.station == station, recordings.c.duration_ms.is_(None)
    )
    return tuple(LeftBehind(*row) for row in connection.execute(query))
