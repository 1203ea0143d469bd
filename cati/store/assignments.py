"""Reading all that belongs to one case which an operator was handed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, or_, select

from cati.domain.contacts import Contact
from cati.domain.queue import CaseState, EarlierAttempt, StartedInterview
from cati.sealing.contacts import ContactKey
from cati.store import interviews as interview_store
from cati.store.engine import Connection
from cati.store.tables import (
    answers,
    attempts,
    cases,
    cells,
    contacts,
    groups,
    interviews,
    persons,
    units,
    users,
)


@dataclass(frozen=True, slots=True)
class HeldCase:
    """A case with its cell and its contact, still sealed; `number_hash` is what the seal is bound to."""

    case_id: int
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
    appointment: str | None
    not_before: datetime | None
    entry_id: int
    sealed: bytes
    number_hash: bytes

    @property
    def contact(self) -> SealedContact:
        """Whom it is about."""
        return SealedContact(self.sealed, self.number_hash)


@dataclass(frozen=True, slots=True)
class SealedContact:
    """The contact of a case; `number_hash` is what the seal is bound to."""

    sealed: bytes
    number_hash: bytes

    def opened(self, key: ContactKey) -> Contact:
        """The contact, by the programme's key."""
        return Contact.decode(key.open(self.sealed, bound_to=self.number_hash))


_CONTACT = (
    select(contacts.c.sealed, persons.c.number_hash)
    .join(cases, cases.c.entry_id == contacts.c.entry_id)
    .join(persons, persons.c.id == cases.c.person_id)
    .where(cases.c.id == bindparam("case"))
)
_HELD = (
    select(
        cases.c.id.label("case_id"),
        cases.c.cell_id,
        units.c.code.label("unit_code"),
        units.c.name.label("unit_name"),
        groups.c.code.label("group_code"),
        groups.c.label.label("group_label"),
        cases.c.ticket,
        cases.c.position,
        cases.c.source,
        cases.c.epoch,
        cases.c.lease_until,
        cases.c.appointment,
        cases.c.not_before,
        cases.c.entry_id,
        contacts.c.sealed,
        persons.c.number_hash,
    )
    .join(cells, cells.c.id == cases.c.cell_id)
    .join(units, units.c.id == cells.c.unit_id)
    .join(groups, groups.c.id == cells.c.group_id)
    .join(contacts, contacts.c.entry_id == cases.c.entry_id)
    .join(persons, persons.c.id == cases.c.person_id)
    .where(cases.c.id == bindparam("case"))
)
_EARLIER = (
    select(
        attempts.c.dialled_at,
        attempts.c.connected_at,
        attempts.c.ended_at,
        attempts.c.disposition,
        attempts.c.note,
        attempts.c.alternate,
        users.c.name.label("operator"),
    )
    .join(users, users.c.id == attempts.c.user_id)
    .where(attempts.c.case_id == bindparam("case"))
    .order_by(attempts.c.number)
)
_STARTED = (
    select(interviews.c.id)
    .where(interviews.c.case_id == bindparam("case"), interviews.c.state.in_(("open", "partial")))
    .order_by(interviews.c.started_at.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Agreed:
    """One appointment.

    Attributes:
        at: when, aware UTC.
        firm: it keeps its place of the quota.
        owner_id: whose it is, None when anybody is to call; `owner` is the name.
    """

    at: datetime
    unit_code: str
    unit_name: str
    group_code: str
    case_id: int = 0
    firm: bool = False
    owner_id: int | None = None
    owner: str = ""


def agreed(connection: Connection, programme_id: int, user_id: int | None = None) -> tuple[Agreed, ...]:
    """Appointments that are still to be kept, earliest first; of one user, or of everybody."""
    query = (
        select(
            cases.c.not_before,
            units.c.code,
            units.c.name,
            groups.c.code.label("group_code"),
            cases.c.id,
            cases.c.appointment,
            cases.c.owner_id,
            users.c.name.label("owner"),
        )
        .join(cells, cells.c.id == cases.c.cell_id)
        .join(units, units.c.id == cells.c.unit_id)
        .join(groups, groups.c.id == cells.c.group_id)
        .outerjoin(users, users.c.id == cases.c.owner_id)
        .where(cases.c.programme_id == programme_id, cases.c.state == int(CaseState.APPOINTMENT))
        .order_by(cases.c.not_before, cases.c.id)
    )
    if user_id is not None:
        query = query.where(cases.c.owner_id == user_id)
    return tuple(
        Agreed(
            row.not_before,
            row.code,
            row.name,
            row.group_code,
            row.id,
            row.appointment == "firm",
            row.owner_id,
            row.owner or "",
        )
        for row in connection.execute(query)
    )


_WAITS = case((or_(attempts.c.ended_at.is_(None), attempts.c.disposition == "complete"), attempts.c.id))
_ANSWERED_IN = (
    select(_WAITS)
    .select_from(answers.outerjoin(attempts, attempts.c.id == answers.c.attempt_id))
    .where(answers.c.interview_id == bindparam("interview"))
    .order_by(answers.c.seq.desc())
    .limit(1)
)
_LAST_ATTEMPT = (
    select(_WAITS).where(attempts.c.case_id == bindparam("case")).order_by(attempts.c.number.desc()).limit(1)
)


def held_case(connection: Connection, case_id: int) -> HeldCase:
    """A case that is held."""
    return HeldCase(**connection.execute(_HELD, {"case": case_id}).one()._mapping)


def contact_of(connection: Connection, case_id: int) -> SealedContact:
    """Whom a case is about."""
    return SealedContact(*tuple(connection.execute(_CONTACT, {"case": case_id}).one()))


def earlier_attempts(connection: Connection, case_id: int) -> tuple[EarlierAttempt, ...]:
    """All attempts of a case, oldest first."""
    return tuple(
        EarlierAttempt(
            row.dialled_at,
            row.disposition,
            row.operator,
            (row.ended_at - row.connected_at).total_seconds() if row.connected_at and row.ended_at else None,
            row.note,
            row.alternate,
        )
        for row in connection.execute(_EARLIER, {"case": case_id})
    )


def started_interview(connection: Connection, case_id: int) -> StartedInterview | None:
    """The interview of a case that was begun and not finished, None when there is none."""
    interview_id = connection.scalar(_STARTED, {"case": case_id})
    if interview_id is None:
        return None
    seq, held = interview_store.latest_answers(connection, interview_id)
    attempt_id = connection.scalar(_ANSWERED_IN, {"interview": interview_id})
    if seq and attempt_id is None:  # dropped, and dialled once more
        attempt_id = connection.scalar(_LAST_ATTEMPT, {"case": case_id})
    typed = interview_store.typed_words(connection, interview_id)
    return StartedInterview(interview_id, held, seq, attempt_id, typed)
