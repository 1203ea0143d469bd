"""What is decided by hand about one case: set aside, brought back, given to somebody, reopened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from cati.domain.queue import CaseState
from cati.store import places
from cati.store.claim_sqlite import take_person
from cati.store.engine import Connection
from cati.store.queue_postgres import call
from cati.store.quotas import serve_again
from cati.store.settlement import lock_case
from cati.store.statements import any_row
from cati.store.tables import attempts, case_steps, cases, users

_TO = users.alias("to")


@dataclass(frozen=True, slots=True)
class SteeredCase:
    """What decides whether a case can be steered.

    Attributes:
        cell_id, person_id: row numbers.
        held_by: name of who has it on the desk; None when nobody has.
        disposition: of its last attempt, or what it ended with.
    """

    id: int
    cell_id: int
    person_id: int
    state: CaseState
    held_by: str | None
    disposition: str | None


@dataclass(frozen=True, slots=True)
class CaseStep:
    """One decision: ``aside``, ``back``, ``give`` or ``reopen``; `to` is the name of who was given it."""

    kind: str
    reason: str
    at: datetime
    name: str
    to: str | None


def lock(connection: Connection, programme_id: int, case_id: int) -> SteeredCase | None:
    """A case of a programme, which nobody else changes until the transaction ends."""
    of_programme = select(cases.c.id).where(cases.c.id == case_id, cases.c.programme_id == programme_id)
    if connection.scalar(of_programme) is None:
        return None
    lock_case(connection, case_id)
    row = connection.execute(
        select(
            cases.c.id,
            cases.c.cell_id,
            cases.c.person_id,
            cases.c.state,
            users.c.name.label("held_by"),
            cases.c.disposition,
        )
        .outerjoin(users, users.c.id == cases.c.held_by)
        .where(cases.c.id == case_id)
    ).one()
    return SteeredCase(**{**row._mapping, "state": CaseState(row.state)})


def set_aside(connection: Connection, case: SteeredCase) -> None:
    """Let nobody get a case that waits; a firm appointment keeps its place in the quota."""
    if connection.dialect.name == "postgresql":
        call(connection, "set_case_aside", case=case.id)
    else:
        _become(connection, case, state=int(CaseState.ASIDE))


def bring_back(connection: Connection, case: SteeredCase) -> None:
    """Put a case that was set aside back where it waited."""
    if connection.dialect.name == "postgresql":
        call(connection, "bring_case_back", case=case.id)
        return
    waiting = connection.execute(
        select(cases.c.attempts, cases.c.appointment, cases.c.position).where(cases.c.id == case.id)
    ).one()
    if waiting.appointment is not None:
        state = CaseState.APPOINTMENT
    else:
        state = CaseState.CALLBACK if waiting.attempts else CaseState.FRESH
    _become(connection, case, state=int(state))
    if state is CaseState.FRESH:
        places.look_from(connection, case.cell_id, waiting.position)
    serve_again(connection, case.cell_id)
    places.park_if_full(connection, case.cell_id)


def give(
    connection: Connection, case: SteeredCase, user_id: int, *, not_before: datetime, until: datetime
) -> bool:
    """Let only one operator get a case for a while; False when its person belongs to another case.

    Args:
        connection: a write transaction that holds `lock`.
        case: it waits, or was set aside.
        user_id: who is to call; no longer barred from it.
        not_before: when it is due, unless an appointment says when.
        until: afterwards anybody may get it, unless it is an appointment.
    """
    if connection.dialect.name == "postgresql":
        given = {"case": case.id, "to": user_id, "not_before": not_before, "until": until}
        return bool(call(connection, "give_case", **given)[0])
    if not take_person(connection, case.person_id, case.id):
        return False
    agreed = connection.scalar(select(cases.c.appointment).where(cases.c.id == case.id))
    if agreed is None:
        waits = {"state": int(CaseState.CALLBACK), "not_before": not_before, "owner_until": until}
    else:
        waits = {"state": int(CaseState.APPOINTMENT), "owner_until": None}
    barred = connection.scalar(select(cases.c.barred_id).where(cases.c.id == case.id))
    _become(connection, case, owner_id=user_id, barred_id=None if barred == user_id else barred, **waits)
    places.park_if_full(connection, case.cell_id)
    return True


def add_step(
    connection: Connection,
    case_id: int,
    kind: str,
    *,
    reason: str,
    at: datetime,
    by: int,
    to: int | None = None,
) -> None:
    """Write down what was decided about a case."""
    row = {"case_id": case_id, "kind": kind, "reason": reason, "at": at, "user_id": by, "to_id": to}
    connection.execute(insert(case_steps).values(row))


def steps_of(connection: Connection, case_id: int) -> tuple[CaseStep, ...]:
    """All that was decided about a case, the oldest first."""
    rows = connection.execute(
        select(case_steps.c.kind, case_steps.c.reason, case_steps.c.at, users.c.name, _TO.c.name)
        .join(users, users.c.id == case_steps.c.user_id)
        .outerjoin(_TO, _TO.c.id == case_steps.c.to_id)
        .where(case_steps.c.case_id == case_id)
        .order_by(case_steps.c.id)
    )
    return tuple(CaseStep(*row) for row in rows)


def is_given(connection: Connection, case_id: int, user_id: int) -> bool:
    """Whether a case was given to a user and nobody has dialled it since."""
    last = connection.execute(
        select(case_steps.c.to_id, case_steps.c.at)
        .where(case_steps.c.case_id == case_id, case_steps.c.kind == "give")
        .order_by(case_steps.c.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None or last.to_id != user_id:
        return False
    since = any_row().where(attempts.c.case_id == case_id, attempts.c.dialled_at > last.at)
    return not connection.scalar(select(since))


def _become(connection: Connection, case: SteeredCase, **values: Any) -> None:
    # What a station still writes about an earlier lease is known as late by the epoch.
    changed = update(cases).where(cases.c.id == case.id).values(epoch=cases.c.epoch + 1, **values)
    connection.execute(changed)
