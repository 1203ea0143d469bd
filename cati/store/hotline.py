"""Tickets of the 12345 hotline, the figures adopted from it, follow-ups, claims of points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Table, delete, func, insert, select, update

from cati.domain.hotline import Appeal, Kind, Outcome, Ticket, Way
from cati.domain.hotline_scores import Adopted, FollowUp
from cati.store.engine import Connection
from cati.store.tables import (
    hotline_claims,
    hotline_figures,
    hotline_follow_ups,
    hotline_tickets,
    units,
)

_t = hotline_tickets.c


@dataclass(frozen=True, slots=True)
class Claim:
    """Points that a unit (code) claims for one ticket on one ground.

    Attributes:
        points: an exact decimal as text.
        turned_down: why it does not count; empty where it does, or is still to be decided on.
    """

    unit: str
    number: str
    ground: str
    points: str
    claimed_on: date
    reason: str
    turned_down: str = ""


def put_tickets(
    connection: Connection, programme_id: int, tickets: Iterable[Ticket], unit_ids: Mapping[str, int]
) -> int:
    """Put tickets in place of all there were; gives how many there were."""
    gone = connection.execute(delete(hotline_tickets).where(_t.programme_id == programme_id)).rowcount
    rows = [
        {
            "programme_id": programme_id,
            "unit_id": unit_ids[t.unit],
            "number": t.number,
            "kind": t.kind,
            "way": t.way,
            "sent_at": t.sent,
            "done_at": t.done,
            "marked": t.marked,
            "satisfied": t.satisfied,
            "sms": t.sms,
            "call": t.call,
            "spot_unresolved": t.spot_unresolved,
            "appeal": t.appeal,
            "appealed_on": t.appealed,
            "extension": t.extension,
            "suspended_at": t.suspended and t.suspended[0],
            "resumed_at": t.suspended and t.suspended[1],
        }
        for t in tickets
    ]
    connection.execute(insert(hotline_tickets), rows)
    return gone


def tickets(connection: Connection, programme_id: int, zone: ZoneInfo) -> tuple[Ticket, ...]:
    """All tickets by number, with their times in a zone."""
    rows = connection.execute(
        select(units.c.code.label("unit"), hotline_tickets)
        .join(units, units.c.id == _t.unit_id)
        .where(_t.programme_id == programme_id)
        .order_by(_t.number)
    )
    return tuple(_ticket(row, zone) for row in rows)


def ticket(connection: Connection, programme_id: int, number: str, zone: ZoneInfo) -> Ticket | None:
    """The ticket of a number, None if there is none."""
    row = connection.execute(
        select(units.c.code.label("unit"), hotline_tickets)
        .join(units, units.c.id == _t.unit_id)
        .where(_t.programme_id == programme_id, _t.number == number)
    ).one_or_none()
    return None if row is None else _ticket(row, zone)


def _ticket(row: Row[Any], zone: ZoneInfo) -> Ticket:
    suspended = None
    if row.suspended_at is not None:
        suspended = (row.suspended_at.astimezone(zone), row.resumed_at.astimezone(zone))
    return Ticket(
        row.number,
        row.unit,
        Kind(row.kind),
        row.sent_at.astimezone(zone),
        row.done_at.astimezone(zone),
        Way(row.way),
        row.marked,
        row.satisfied,
        None if row.sms is None else Outcome(row.sms),
        None if row.call is None else Outcome(row.call),
        row.spot_unresolved,
        None if row.appeal is None else Appeal(row.appeal),
        row.appealed_on,
        row.extension,
        suspended,
    )


def put_adopted(
    connection: Connection,
    programme_id: int,
    figures: Mapping[str, Adopted],
    unit_ids: Mapping[str, int],
    *,
    at: datetime,
    by: int,
) -> int:
    """Put the hotline's own figures by code of the unit in place of all there were; gives how many.

    Figures that are as they were keep the day on which they came, from which on appeals are counted.
    """
    rows = {
        unit: {
            "on_time": _text(f.on_time),
            "satisfied": _text(f.satisfied),
            "resolved": _text(f.resolved),
            "unresolved": f.unresolved,
            "points": _text(f.points),
        }
        for unit, f in figures.items()
    }
    return _put(connection, hotline_figures, programme_id, rows, unit_ids, at, by)


def adopted(connection: Connection, programme_id: int) -> dict[str, Adopted]:
    """The hotline's own figures by code of the unit."""
    f = hotline_figures.c
    rows = connection.execute(
        select(units.c.code, f.on_time, f.satisfied, f.resolved, f.unresolved, f.points)
        .join(units, units.c.id == f.unit_id)
        .where(f.programme_id == programme_id)
    )
    return {
        unit: Adopted(_number(on_time), _number(satisfied), _number(resolved), unresolved, _number(points))
        for unit, on_time, satisfied, resolved, unresolved, points in rows
    }


def adopted_at(connection: Connection, programme_id: int) -> datetime | None:
    """When the hotline's own figures were taken, None if they were not."""
    found = hotline_figures.c
    latest: datetime | None = connection.scalar(
        select(func.max(found.set_at)).where(found.programme_id == programme_id)
    )
    return latest


def put_follow_ups(
    connection: Connection,
    programme_id: int,
    found: Mapping[str, FollowUp],
    unit_ids: Mapping[str, int],
    *,
    at: datetime,
    by: int,
) -> int:
    """Put follow-ups by code of the unit in place of all there were; gives how many there were."""
    rows = {unit: {"followed": f.followed, "failed": f.failed} for unit, f in found.items()}
    return _put(connection, hotline_follow_ups, programme_id, rows, unit_ids, at, by)


def follow_ups(connection: Connection, programme_id: int) -> dict[str, FollowUp]:
    """The follow-ups by code of the unit; empty while none were taken."""
    f = hotline_follow_ups.c
    rows = connection.execute(
        select(units.c.code, f.followed, f.failed)
        .join(units, units.c.id == f.unit_id)
        .where(f.programme_id == programme_id)
    )
    return {unit: FollowUp(followed, failed) for unit, followed, failed in rows}


def put_claim(
    connection: Connection, programme_id: int, unit_id: int, claim: Claim, *, at: datetime, by: int
) -> None:
    """Store a claim of points, in place of the one on the same ticket and ground."""
    connection.execute(delete(hotline_claims).where(*_same(programme_id, claim)))
    connection.execute(
        insert(hotline_claims).values(
            programme_id=programme_id,
            unit_id=unit_id,
            number=claim.number,
            ground=claim.ground,
            points=claim.points,
            claimed_on=claim.claimed_on,
            reason=claim.reason,
            turned_down=claim.turned_down,
            at=at,
            user_id=by,
        )
    )


def turn_down(connection: Connection, programme_id: int, claim: Claim, reason: str) -> None:
    """Say why a claim does not count."""
    connection.execute(update(hotline_claims).where(*_same(programme_id, claim)).values(turned_down=reason))


def _same(programme_id: int, claim: Claim) -> tuple[ColumnElement[bool], ...]:
    c = hotline_claims.c
    return c.programme_id == programme_id, c.number == claim.number, c.ground == claim.ground


def claims(connection: Connection, programme_id: int) -> tuple[Claim, ...]:
    """All claims, in the order in which they came."""
    c = hotline_claims.c
    rows = connection.execute(
        select(units.c.code, c.number, c.ground, c.points, c.claimed_on, c.reason, c.turned_down)
        .join(units, units.c.id == c.unit_id)
        .where(c.programme_id == programme_id)
        .order_by(c.id)
    )
    return tuple(Claim(*tuple(row)) for row in rows)


def _put(
    connection: Connection,
    table: Table,
    programme_id: int,
    rows: Mapping[str, Mapping[str, object]],
    unit_ids: Mapping[str, int],
    at: datetime,
    by: int,
) -> int:
    before = {
        found.unit_id: found._asdict()
        for found in connection.execute(select(table).where(table.c.programme_id == programme_id))
    }
    connection.execute(delete(table).where(table.c.programme_id == programme_id))
    common = {"programme_id": programme_id, "set_at": at, "set_by": by}
    new = []
    for unit, row in rows.items():
        was = before.get(unit_ids[unit], {})
        same = row.items() <= was.items()
        new.append(was if same else {**row, **common, "unit_id": unit_ids[unit]})
    connection.execute(insert(table), new)
    return len(before)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
