"""Claim and lease: who holds which case, until when, and how it is given back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, and_, bindparam, func, select, text, update

from cati.domain.queue import CaseState, ClaimRequest, Fate, Pick, Settlement, share_limit
from cati.store import attendance, claim_postgres, claim_sqlite, places, queue_postgres
from cati.store.calls import cut_off
from cati.store.claim_postgres import Lost
from cati.store.engine import Connection
from cati.store.settlement import LOCKED_CASE, freshen, settle_held
from cati.store.statements import any_row
from cati.store.tables import answers, cases, cells, interviews

_c, _q = cases.c, cells.c
REAP_AT_ONCE = 100
"""Lapsed leases taken back in one transaction."""


def claim(connection: Connection, request: ClaimRequest) -> Pick | Lost | None:
    """Hold the next case for an operator.

    None: there is nothing for that operator now. `Lost.RACE` (PostgreSQL only): commit, then ask again.

    Raises:
        FullShare: where the server counts shares: roll back, then ask with `full_units`.
    """
    if connection.dialect.name == "sqlite":
        return claim_sqlite.claim(connection, request)
    return claim_postgres.claim(connection, request)


# Asked at every claim, so put together once.
_DONE = (
    select(_q.unit_id, func.count().label("number"))
    .join(interviews, interviews.c.cell_id == _q.id)
    .where(
        interviews.c.user_id == bindparam("user"),
        interviews.c.state == "complete",
        ~interviews.c.excluded,
        _q.programme_id == bindparam("programme"),
    )
    .group_by(_q.unit_id)
    .subquery()
)
_DONE_OF_UNITS = (
    select(_DONE.c.unit_id, _DONE.c.number, func.sum(_q.quota).label("quota"))
    .join(cells, _q.unit_id == _DONE.c.unit_id)
    .group_by(_DONE.c.unit_id, _DONE.c.number)
    .order_by(_DONE.c.unit_id)
)


def full_units(connection: Connection, programme_id: int, user_id: int, now: datetime) -> tuple[int, ...]:
    """Row numbers of the units of which an operator has done the full share; see `share_limit`.

    Args:
        connection: any.
        programme_id: row number of the programme.
        user_id: the operator.
        now: aware; who is at work then is counted.
    """
    if connection.dialect.name == "postgresql":
        return queue_postgres.full_units(connection, programme_id, user_id, now)
    operators = len(attendance.at_work(connection, now))
    if operators <= 2:
        return ()
    found = connection.execute(_DONE_OF_UNITS, {"user": user_id, "programme": programme_id})
    return tuple(row.unit_id for row in found if row.number >= share_limit(int(row.quota), operators))


def heartbeat(
    connection: Connection, *, case_id: int, epoch: int, user_id: int, until: datetime
) -> int | None:
    """Extend the lease; gives the programme's row number, None when the lease was lost."""
    if connection.dialect.name == "postgresql":
        return queue_postgres.heartbeat(
            connection, case_id=case_id, epoch=epoch, user_id=user_id, until=until
        )
    held = and_(_c.id == case_id, text("cases.state = 1"), _c.epoch == epoch, _c.held_by == user_id)
    extend = update(cases).where(held).values(lease_until=until).returning(_c.programme_id)
    return connection.execute(extend).scalar_one_or_none()


def holds(connection: Connection, case_id: int, epoch: int, user_id: int) -> bool:
    """Whether an operator holds a case under this epoch; nobody changes that until the transaction ends."""
    if connection.dialect.name == "postgresql":
        return queue_postgres.holds(connection, case_id, epoch, user_id)
    row = connection.execute(LOCKED_CASE, {"case": case_id}).one()
    return bool(row.state == CaseState.HELD and row.epoch == epoch and row.held_by == user_id)


# ---- lapsed leases -------------------------------------------------------------------------------


def lapsed(connection: Connection, programme_id: int, now: datetime) -> bool:
    """Whether a lease of the programme has lapsed and was not taken back yet."""
    if connection.dialect.name == "postgresql":
        return queue_postgres.lapsed(connection, programme_id, now)
    return connection.scalar(select(_c.id).where(*_lapsed(programme_id, now)).limit(1)) is not None


def reap(connection: Connection, programme_id: int, now: datetime, *, owner_keeps: timedelta) -> int:
    """Take cases back whose lease has lapsed; gives how many.

    One that was never dialled is fresh again, in its old order. Others are due at once; one with an
    unfinished interview goes only to its former holder for `owner_keeps`, and an attempt without an outcome
    was cut off. A firm appointment keeps its place, any other case gives it back. At most `REAP_AT_ONCE` at
    a time.
    """
    if connection.dialect.name == "postgresql":
        return queue_postgres.reap(connection, programme_id, now, owner_keeps, REAP_AT_ONCE)
    begun = any_row().where(
        interviews.c.case_id == _c.id,
        interviews.c.state == "open",
        any_row().where(answers.c.interview_id == interviews.c.id),
    )
    found = connection.execute(
        select(cases, begun.label("begun"))
        .where(*_lapsed(programme_id, now))
        # Cells are locked one after the other: always in the same order.
        .order_by(_c.cell_id, _c.id)
        .limit(REAP_AT_ONCE)
        .with_for_update(skip_locked=True, of=cases)
    ).all()
    for row in found:
        if not row.attempts and not row.begun:
            freshen(connection, row)
            continue
        cut_off(connection, row.id)
        firm = row.appointment == "firm"
        values: dict[str, Any] = {
            "state": int(CaseState.APPOINTMENT if firm else CaseState.CALLBACK),
            "not_before": now,
            "reserves": firm,
            "epoch": _c.epoch + 1,
            "held_by": None,
            "lease_until": None,
        }
        # The station stays: it tells that nothing has happened to the case since.
        if not firm:
            values |= {"appointment": None, "owner_id": None, "owner_until": None}
        if row.begun:
            values |= {"owner_id": row.held_by, "owner_until": now + owner_keeps}
        connection.execute(update(cases).where(_c.id == row.id).values(values))
        if not firm:
            places.move(connection, row.cell_id, reserved=-1)
            places.unpark(connection, row.cell_id)
    return len(found)


def _lapsed(programme_id: int, now: datetime) -> tuple[Any, ...]:
    return (text("cases.state = 1"), _c.programme_id == programme_id, _c.lease_until <= now)


_PAUSED = select(_q.paused).join(cases, _c.cell_id == _q.id).where(_c.id == bindparam("case"))


def is_paused(connection: Connection, case_id: int) -> bool:
    """Whether nobody is called in the cell of a case for now."""
    return bool(connection.scalar(_PAUSED, {"case": case_id}))


def hand_over(connection: Connection, *, case_id: int, epoch: int, user_id: int, now: datetime) -> bool:
    """Give a held case back for any other operator, as it was before; False when the lease was lost."""
    if connection.dialect.name == "postgresql":
        return queue_postgres.hand_over(connection, case_id=case_id, epoch=epoch, user_id=user_id, now=now)
    row = connection.execute(LOCKED_CASE, {"case": case_id}).one()
    if row.state != CaseState.HELD or row.epoch != epoch or row.held_by != user_id:
        return False
    cut_off(connection, case_id)
    _give_back(connection, row, now, barred_id=user_id)
    return True


def give_back(connection: Connection, case_id: int, now: datetime) -> None:
    """Give a held case back as if it had not been claimed."""
    if connection.dialect.name == "postgresql":
        queue_postgres.give_back(connection, case_id, now)
        return
    row = connection.execute(LOCKED_CASE, {"case": case_id}).one()
    _give_back(connection, row, now, owner_id=row.owner_id, owner_until=row.owner_until)


def _give_back(connection: Connection, row: Row[Any], now: datetime, **whose: Any) -> None:
    if not row.attempts:
        freshen(connection, row, barred_id=whose.get("barred_id") or row.barred_id)
        return
    kind: Literal["appointment", "callback"] = "appointment" if row.appointment else "callback"
    firm = row.appointment == "firm"
    given = Settlement(kind, row.disposition, not_before=row.not_before, firm=firm, **whose)
    settle_held(connection, row, now, given, Fate.SETTLED)
