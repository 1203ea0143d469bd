"""All that is stored of one case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, literal, select

from cati.store import browse_rows, messages, steering
from cati.store.browse_rows import AttemptRow, CaseRow, RecordingRow
from cati.store.engine import Connection
from cati.store.messages import Message
from cati.store.steering import CaseStep
from cati.store.tables import answers, cases, entries, frames, interviews, reviews, users


@dataclass(frozen=True, slots=True)
class CaseOrigin:
    """Where a case comes from and how it stands with the stations.

    Attributes:
        ticket: of the draw, hexadecimal.
        file, version, row: the list, its version and the row in it.
        epoch: of the lease; it grows whenever the case changes hands.
        holder, owner, barred: names; whose it is now, whose appointment it is, who must not get it.
    """

    ticket: str
    file: str
    version: int
    row: int
    submitted_on: date | None
    language: str | None
    epoch: int
    holder: str | None
    station: str | None
    lease_until: datetime | None
    owner: str | None
    barred: str | None


@dataclass(frozen=True, slots=True)
class InterviewLine:
    """One interview of a case; `answers` counts answer events."""

    id: str
    state: str
    operator: str
    started_at: datetime
    ended_at: datetime | None
    answers: int
    counted: int
    late: bool
    excluded: bool


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """One verdict on an interview of a case."""

    interview_id: str
    verdict: str
    reason: str | None
    note: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredCard:
    """One case with its whole history, each part the oldest first."""

    case: CaseRow
    origin: CaseOrigin
    attempts: tuple[AttemptRow, ...]
    interviews: tuple[InterviewLine, ...]
    recordings: tuple[RecordingRow, ...]
    verdicts: tuple[VerdictLine, ...]
    messages: tuple[Message, ...]
    steps: tuple[CaseStep, ...]


def read(
    connection: Connection, programme_id: int, case_id: int, *, with_contact: bool, with_words: bool
) -> StoredCard | None:
    """A case of a programme; None when there is none of that number.

    Args:
        connection: any.
        programme_id, case_id: row numbers.
        with_contact: its contact with it, sealed.
        with_words: notes, messages and answers to them with it; empty otherwise.
    """
    of_programme = select(cases.c.id).where(cases.c.id == case_id, cases.c.programme_id == programme_id)
    if connection.scalar(of_programme) is None:
        return None
    (case,) = browse_rows.case_rows(connection, [case_id], with_contacts=with_contact)
    assert case is not None
    return StoredCard(
        case=case,
        origin=_origin(connection, case_id),
        attempts=browse_rows.attempts_of(connection, case_id, with_notes=with_words),
        interviews=_interviews(connection, case_id),
        recordings=browse_rows.recordings_of(connection, case_id),
        verdicts=_verdicts(connection, case_id, with_words),
        messages=messages.of_case(connection, case_id, with_words=with_words),
        steps=steering.steps_of(connection, case_id),
    )


def _origin(connection: Connection, case_id: int) -> CaseOrigin:
    holder, owner, barred = (users.alias(name) for name in ("holder", "owner", "barred"))
    query = (
        select(
            cases.c.ticket,
            frames.c.file,
            frames.c.version,
            entries.c.row,
            frames.c.submitted_on,
            cases.c.language,
            cases.c.epoch,
            holder.c.name,
            cases.c.station,
            cases.c.lease_until,
            owner.c.name,
            barred.c.name,
        )
        .join(entries, entries.c.id == cases.c.entry_id)
        .join(frames, frames.c.id == entries.c.frame_id)
        .outerjoin(holder, holder.c.id == cases.c.held_by)
        .outerjoin(owner, owner.c.id == cases.c.owner_id)
        .outerjoin(barred, barred.c.id == cases.c.barred_id)
        .where(cases.c.id == case_id)
    )
    row: Sequence[Any] = connection.execute(query).one()
    return CaseOrigin(*row)


def _interviews(connection: Connection, case_id: int) -> tuple[InterviewLine, ...]:
    events = (
        select(func.count())
        .select_from(answers)
        .where(answers.c.interview_id == interviews.c.id)
        .scalar_subquery()
    )
    query = (
        select(
            interviews.c.id,
            interviews.c.state,
            users.c.name,
            interviews.c.started_at,
            interviews.c.ended_at,
            events,
            interviews.c.counted,
            interviews.c.late,
            interviews.c.excluded,
        )
        .join(users, users.c.id == interviews.c.user_id)
        .where(interviews.c.case_id == case_id)
        .order_by(interviews.c.started_at)
    )
    return tuple(InterviewLine(*row) for row in connection.execute(query))


def _verdicts(connection: Connection, case_id: int, with_words: bool) -> tuple[VerdictLine, ...]:
    query = (
        select(
            reviews.c.interview_id,
            reviews.c.verdict,
            reviews.c.reason,
            reviews.c.note if with_words else literal(""),
            users.c.name,
            reviews.c.at,
        )
        .join(interviews, interviews.c.id == reviews.c.interview_id)
        .join(users, users.c.id == reviews.c.user_id)
        .where(interviews.c.case_id == case_id)
        .order_by(reviews.c.id)
    )
    return tuple(VerdictLine(*row) for row in connection.execute(query))
