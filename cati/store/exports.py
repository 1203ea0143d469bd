"""Complete interviews as they go into a file, read cell by cell."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, bindparam, case, cast, func, literal, select

from cati.store.engine import Connection
from cati.store.tables import (
    attempts,
    cases,
    cells,
    contacts,
    groups,
    interviews,
    persons,
    recordings,
    responses,
    reviews,
    speech,
    units,
    users,
)

_OFF_PATH = "~"
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class ExportedInterview:
    """One complete interview.

    Attributes:
        unit, group: name and label as people read them.
        answers: by item, those on the path.
        off_path: answers that were given and that the path no longer asks.
        source: list, or pool for the supplement.
        number_hash, sealed: the entry's contact; nothing is sealed any more once contacts are destroyed.
        verdict_reason, verdict_by, verdict_at: of the last verdict; None without one.
    """

    id: str
    unit: str
    group: str
    disposition: str
    answers: Mapping[str, str]
    off_path: Mapping[str, str]
    operator: str
    started_at: datetime
    ended_at: datetime | None
    language: str
    late: bool
    source: str
    number_hash: bytes
    sealed: bytes | None
    verdict_reason: str | None = None
    verdict_by: str | None = None
    verdict_at: datetime | None = None


def count_complete(connection: Connection, programme_id: int, *, excluded: bool = False) -> int:
    """How many complete interviews a programme has, without or only those that a review excluded."""
    found = connection.scalar(
        select(func.count())
        .select_from(interviews)
        .join(cells, cells.c.id == interviews.c.cell_id)
        .where(
            cells.c.programme_id == programme_id,
            interviews.c.state == "complete",
            interviews.c.excluded == excluded,
        )
    )
    return int(found or 0)


def complete_interviews(
    connection: Connection, programme_id: int, *, excluded: bool = False
) -> Iterator[ExportedInterview]:
    """The complete interviews by unit, group and time, read as they are taken.

    Args:
        connection: any transaction.
        programme_id: whose.
        excluded: only those that a review excluded, instead of all others.
    """
    in_order = connection.execute(
        select(cells.c.id, units.c.name, groups.c.label)
        .join(units, units.c.id == cells.c.unit_id)
        .join(groups, groups.c.id == cells.c.group_id)
        .where(cells.c.programme_id == programme_id)
        .order_by(units.c.position, groups.c.position)
    ).all()
    statement = _of_cell(connection)
    for cell, unit, group in in_order:
        for row in connection.execute(
            statement, {"cell": cell, "excluded": excluded}, execution_options={"yield_per": _BATCH}
        ):
            interview_id, disposition, document, *facts = row
            answers, off_path = _split(document)
            yield ExportedInterview(interview_id, unit, group, disposition or "", answers, off_path, *facts)


@dataclass(frozen=True, slots=True)
class ExportedAttempt:
    """One dialling; unit and group as people read them; the speech in its recordings where that is told."""

    unit: str
    group: str
    case_id: int
    number: int
    operator: str
    station: str
    dialled_at: datetime
    connected_at: datetime | None
    ended_at: datetime | None
    disposition: str | None
    incoming: bool
    prompted: bool
    late: bool
    simulated: bool
    recorded_ms: int | None
    operator_ms: int | None
    respondent_ms: int | None
    silence_ms: int | None
    overlap_ms: int | None
    longest_pause_ms: int | None
    answers_unspoken: int | None


def count_attempts(connection: Connection, programme_id: int) -> int:
    """How many diallings a programme has."""
    found = connection.scalar(
        select(func.count())
        .select_from(attempts)
        .join(cases, cases.c.id == attempts.c.case_id)
        .where(cases.c.programme_id == programme_id)
    )
    return int(found or 0)


def all_attempts(connection: Connection, programme_id: int) -> Iterator[ExportedAttempt]:
    """All diallings by time, read as they are taken."""
    told = (
        select(
            recordings.c.attempt_id,
            func.sum(speech.c.length_ms).label("recorded_ms"),
            func.sum(speech.c.operator_ms).label("operator_ms"),
            func.sum(speech.c.respondent_ms).label("respondent_ms"),
            func.sum(speech.c.silence_ms).label("silence_ms"),
            func.sum(speech.c.overlap_ms).label("overlap_ms"),
            func.max(speech.c.longest_pause_ms).label("longest_pause_ms"),
            func.sum(speech.c.answers_unspoken).label("answers_unspoken"),
        )
        .join(speech, speech.c.recording_id == recordings.c.id)
        .group_by(recordings.c.attempt_id)
        .subquery()
    )
    rows = connection.execute(
        select(
            units.c.name,
            groups.c.label,
            cases.c.id,
            attempts.c.number,
            users.c.name,
            attempts.c.station,
            attempts.c.dialled_at,
            attempts.c.connected_at,
            attempts.c.ended_at,
            attempts.c.disposition,
            attempts.c.incoming,
            attempts.c.prompted,
            attempts.c.late,
            attempts.c.simulated,
            told.c.recorded_ms,
            told.c.operator_ms,
            told.c.respondent_ms,
            told.c.silence_ms,
            told.c.overlap_ms,
            told.c.longest_pause_ms,
            told.c.answers_unspoken,
        )
        .outerjoin(told, told.c.attempt_id == attempts.c.id)
        .join(cases, cases.c.id == attempts.c.case_id)
        .join(cells, cells.c.id == cases.c.cell_id)
        .join(units, units.c.id == cells.c.unit_id)
        .join(groups, groups.c.id == cells.c.group_id)
        .join(users, users.c.id == attempts.c.user_id)
        .where(cases.c.programme_id == programme_id)
        .order_by(attempts.c.dialled_at, attempts.c.id),
        execution_options={"yield_per": _BATCH},
    )
    for row in rows:
        yield ExportedAttempt(*tuple(row))


def _of_cell(connection: Connection) -> Any:
    key = case((responses.c.on_path, responses.c.item), else_=literal(_OFF_PATH) + responses.c.item)
    answers = (
        select(_json_object(connection, key, responses.c.value))
        .where(responses.c.interview_id == interviews.c.id)
        .scalar_subquery()
    )
    judges = users.alias("judges")
    # What excluded it: an opinion that is only asked for excludes nothing.
    last = (
        select(func.max(reviews.c.id))
        .where(reviews.c.interview_id == interviews.c.id, reviews.c.verdict != "second")
        .correlate(interviews)
        .scalar_subquery()
    )
    return (
        select(
            interviews.c.id,
            cases.c.disposition,
            answers,
            users.c.name,
            interviews.c.started_at,
            interviews.c.ended_at,
            interviews.c.language,
            interviews.c.late,
            cases.c.source,
            persons.c.number_hash,
            contacts.c.sealed,
            reviews.c.reason,
            judges.c.name,
            reviews.c.at,
        )
        .join(cases, cases.c.id == interviews.c.case_id)
        .join(users, users.c.id == interviews.c.user_id)
        .join(persons, persons.c.id == cases.c.person_id)
        .outerjoin(contacts, contacts.c.entry_id == cases.c.entry_id)
        .outerjoin(reviews, reviews.c.id == last)
        .outerjoin(judges, judges.c.id == reviews.c.user_id)
        .where(
            interviews.c.cell_id == bindparam("cell"),
            interviews.c.state == "complete",
            interviews.c.excluded == bindparam("excluded"),
        )
        .order_by(interviews.c.ended_at, interviews.c.id)
    )


def _json_object(connection: Connection, key: Any, value: Any) -> ColumnElement[str]:
    """One JSON text of many pairs: a row for each interview instead of one for each answer."""
    if connection.dialect.name == "sqlite":
        return func.json_group_object(key, value, type_=Text())
    return cast(func.json_object_agg(key, value), Text())


def _split(document: str | None) -> tuple[dict[str, str], dict[str, str]]:
    answers: dict[str, str] = json.loads(document) if document else {}
    off_path = {item[1:]: answers.pop(item) for item in [i for i in answers if i.startswith(_OFF_PATH)]}
    return answers, off_path
