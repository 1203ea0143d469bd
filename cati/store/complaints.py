"""Complaints about units, taken on the supervision line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, select, update

from cati.store.engine import Connection
from cati.store.tables import complaints, units, users

_c = complaints.c


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint about a unit (by code).

    Attributes:
        heard_on: the day it was made.
        taken_by: name of the user who took it.
        named: whether the caller gave a name; it is sealed.
        state: open, verified or unfounded.
        evidence: what showed so; empty while it is open.
    """

    id: int
    unit: str
    heard_on: date
    said: str
    taken_by: str
    named: bool
    state: str
    evidence: str


def listing(connection: Connection, programme_id: int) -> tuple[Complaint, ...]:
    """All complaints, in the order in which they came."""
    rows = connection.execute(
        select(
            _c.id,
            units.c.code,
            _c.heard_on,
            _c.said,
            users.c.name,
            _c.caller.is_not(None),
            _c.state,
            _c.evidence,
        )
        .join(units, units.c.id == _c.unit_id)
        .join(users, users.c.id == _c.user_id)
        .where(_c.programme_id == programme_id)
        .order_by(_c.id)
    )
    return tuple(Complaint(*tuple(row)) for row in rows)


def unsettled(connection: Connection, programme_id: int) -> int:
    """How many complaints nobody has settled."""
    open_ = (_c.programme_id == programme_id, _c.state == "open")
    return connection.scalar(select(func.count()).select_from(complaints).where(*open_)) or 0


def add(
    connection: Connection,
    programme_id: int,
    unit_id: int,
    *,
    heard_on: date,
    said: str,
    caller: bytes | None,
    at: datetime,
    by: int,
) -> int:
    """Store a complaint; gives its key."""
    added = connection.execute(
        insert(complaints).values(
            programme_id=programme_id,
            unit_id=unit_id,
            heard_on=heard_on,
            said=said,
            caller=caller,
            at=at,
            user_id=by,
            state="open",
            evidence="",
        )
    )
    assert added.inserted_primary_key is not None
    return int(added.inserted_primary_key[0])


def caller(connection: Connection, complaint_id: int) -> bytes | None:
    """Who made a complaint, sealed; None where nobody gave a name."""
    sealed: bytes | None = connection.scalar(select(_c.caller).where(_c.id == complaint_id))
    return sealed


def reopen(connection: Connection, complaint_id: int) -> None:
    """Let a settled complaint be open again."""
    connection.execute(
        update(complaints)
        .where(_c.id == complaint_id, _c.state != "open")
        .values(state="open", evidence="", settled_at=None, settled_by=None)
    )


def settle(
    connection: Connection, complaint_id: int, *, state: str, evidence: str, at: datetime, by: int
) -> bool:
    """Settle an open complaint; False when it is settled already."""
    done = connection.execute(
        update(complaints)
        .where(_c.id == complaint_id, _c.state == "open")
        .values(state=state, evidence=evidence, settled_at=at, settled_by=by)
    )
    return done.rowcount == 1
