"""What becomes of a case: settled, taken back, counted or not, and the place it holds in its cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, case, literal_column, or_, select, text, update

from cati.domain.queue import CaseState, Fate, Settlement, SettleResult
from cati.store import places, queue_postgres
from cati.store.claim_sqlite import take_person
from cati.store.engine import Connection
from cati.store.quotas import serve_again
from cati.store.tables import cases, cells

_c, _q = cases.c, cells.c

LOCKED_CASE = select(cases).where(_c.id == bindparam("case")).with_for_update()
_BECOMES = update(cases).where(_c.id == bindparam("case"))
_UNHELD: dict[str, Any] = {"held_by": None, "station": None, "lease_until": None}
_COMPLETE: dict[str, Any] = {
    "state": int(CaseState.COMPLETE),
    "disposition": "complete",
    "not_before": None,
    "owner_id": None,
    "owner_until": None,
    "appointment": None,
    "reserves": False,
    **_UNHELD,
}


def lock_case(connection: Connection, case_id: int) -> CaseState:
    """Let nobody else change a case until the transaction ends; gives its state."""
    if connection.dialect.name == "postgresql":
        return queue_postgres.lock_case(connection, case_id)
    return CaseState(connection.execute(LOCKED_CASE, {"case": case_id}).one().state)


def disposition(connection: Connection, case_id: int) -> str | None:
    """The outcome of a case so far."""
    found: str | None = connection.scalar(select(_c.disposition).where(_c.id == case_id))
    return found


def settle(
    connection: Connection, *, case_id: int, epoch: int, user_id: int, now: datetime, outcome: Settlement
) -> SettleResult:
    """Settle a case: its state, its place in the cell, its lease.

    A complete interview is kept in any case: after a lapsed lease it counts if its cell has a place, else
    it is listed as overshoot. What else comes late is applied if nobody took the case since, and only
    recorded otherwise.
    """
    if connection.dialect.name == "postgresql":
        return queue_postgres.settle(
            connection, case_id=case_id, epoch=epoch, user_id=user_id, now=now, outcome=outcome
        )
    row = connection.execute(LOCKED_CASE, {"case": case_id}).one()
    if row.state == CaseState.HELD and row.epoch == epoch and row.held_by == user_id:
        return settle_held(connection, row, now, outcome, Fate.SETTLED)
    if outcome.kind == "complete":
        return _settle_late_complete(connection, row, outcome)
    if row.state != CaseState.HELD and row.station is not None and row.epoch == epoch + 1:
        firm = outcome.firm and outcome.kind == "appointment"
        if firm and not row.reserves and not places.take(connection, row.cell_id):
            outcome = replace(outcome, firm=False)
        return settle_held(connection, row, now, outcome, Fate.LATE_SETTLED)
    return SettleResult(Fate.LATE_RECORDED, CaseState(row.state))


_STATE_AFTER = {
    "complete": CaseState.COMPLETE,
    "no_opinion": CaseState.CLOSED,
    "final": CaseState.CLOSED,
    "callback": CaseState.CALLBACK,
    "appointment": CaseState.APPOINTMENT,
}


def settle_held(
    connection: Connection, row: Row[Any], now: datetime, outcome: Settlement, fate: Fate
) -> SettleResult:
    """Settle a case whose row is locked, whoever held it; `fate` tells what that is called."""
    state = _STATE_AFTER[outcome.kind]
    firm = state is CaseState.APPOINTMENT and outcome.firm
    waits = state in (CaseState.CALLBACK, CaseState.APPOINTMENT)
    values = {
        "state": int(state),
        "disposition": outcome.disposition,
        "not_before": (outcome.not_before or now) if waits else None,
        "owner_id": outcome.owner_id if waits else None,
        "owner_until": outcome.owner_until if waits and outcome.owner_id else None,
        "barred_id": outcome.barred_id or row.barred_id,
        "appointment": ("firm" if firm else "soft") if state is CaseState.APPOINTMENT else None,
        "language": outcome.language or row.language,
        "reserves": firm,
        "epoch": row.epoch if fate is Fate.SETTLED else row.epoch + 1,
        **_UNHELD,
    }
    connection.execute(_BECOMES, {"case": row.id, **values})
    completes = state is CaseState.COMPLETE
    if row.reserves and not firm:
        places.move(connection, row.cell_id, reserved=-1, completed=int(completes))
    if row.reserves and not (firm or completes):
        places.unpark(connection, row.cell_id)
    else:
        places.park_if_full(connection, row.cell_id)
    return SettleResult(fate, state)


def _settle_late_complete(connection: Connection, row: Row[Any], outcome: Settlement) -> SettleResult:
    if row.state == CaseState.COMPLETE:
        return SettleResult(Fate.LATE_DUPLICATE, CaseState.COMPLETE)
    connection.execute(
        _BECOMES, {"case": row.id, "epoch": row.epoch + 1, **_COMPLETE, "disposition": outcome.disposition}
    )
    fate = Fate.LATE_COUNTED
    if row.reserves:
        # Whoever holds the case now, or its firm appointment, held a place for this very interview.
        places.move(connection, row.cell_id, reserved=-1, completed=1)
    elif places.take(connection, row.cell_id):
        places.move(connection, row.cell_id, reserved=-1, completed=1)
    else:
        connection.execute(update(cells).where(_q.id == row.cell_id).values(overshoot=_q.overshoot + 1))
        fate = Fate.LATE_OVERSHOOT
    places.park_if_full(connection, row.cell_id)
    return SettleResult(fate, CaseState.COMPLETE)


def close_held(connection: Connection, case_id: int, disposition: str, now: datetime) -> None:
    """End a case that is held; its place is free for others."""
    if connection.dialect.name == "postgresql":
        queue_postgres.close_held(connection, case_id, disposition, now)
        return
    row = connection.execute(LOCKED_CASE, {"case": case_id}).one()
    settle_held(connection, row, now, Settlement("final", disposition), Fate.SETTLED)


def freshen(connection: Connection, row: Row[Any], **more: Any) -> None:
    """Let a held case that was never dialled be fresh work again, at its old place in the order."""
    values = {"state": int(CaseState.FRESH), "reserves": False, "epoch": row.epoch + 1, **_UNHELD, **more}
    connection.execute(_BECOMES, {"case": row.id, **values})
    places.look_from(connection, row.cell_id, row.position)
    places.move(connection, row.cell_id, reserved=-1)
    places.unpark(connection, row.cell_id)


# ---- review --------------------------------------------------------------------------------------


_UNCOUNTED = (
    update(cells)
    .where(_q.id == bindparam("cell"))
    .values(
        # An interview beyond the quota moves up into the place that falls free.
        overshoot=case((_q.overshoot > 0, _q.overshoot - 1), else_=literal_column("0")),
        completed=case((_q.overshoot > 0, _q.completed), else_=_q.completed - 1),
    )
)


def withdraw(connection: Connection, case_id: int, *, now: datetime, again: bool) -> bool:
    """Take the interview of a case out of its cell, whose place is then free for others.

    Args:
        connection: a write transaction that holds `lock_case`.
        case_id: a case nobody holds.
        now: when the person may be called again.
        again: the person goes back to the queue; else the case has ended.

    Returns:
        Whether the cell has a place more than before.
    """
    if connection.dialect.name == "postgresql":
        given = {"case": case_id, "now": now, "again": again}
        return bool(queue_postgres.call(connection, "withdraw_interview", **given)[0])
    row = connection.execute(LOCKED_CASE, {"case": case_id}).one()
    counted = row.state == CaseState.COMPLETE
    if counted or (again and row.state == CaseState.CLOSED):
        state = CaseState.CALLBACK if again else CaseState.CLOSED
        connection.execute(
            _BECOMES,
            {
                "case": case_id,
                "state": int(state),
                "not_before": now if again else None,
                "epoch": row.epoch + 1,
                **_UNHELD,
            },
        )
    if not counted:
        return False
    connection.execute(_UNCOUNTED, {"cell": row.cell_id})
    free = places.is_free(connection, row.cell_id)
    if free:
        serve_again(connection, row.cell_id)
        places.unpark(connection, row.cell_id)
    else:
        places.park_if_full(connection, row.cell_id)
    return free


def call_again(connection: Connection, case_id: int, *, not_before: datetime, barred_id: int | None) -> bool:
    """Put a case that ended without an interview back into the queue; False when it has not ended so.

    Args:
        connection: a write transaction.
        case_id: the case.
        not_before: earliest time of the next attempt (aware).
        barred_id: who must not get it; None for nobody.
    """
    if connection.dialect.name == "postgresql":
        given = {"case": case_id, "not_before": not_before, "barred": barred_id}
        return bool(queue_postgres.call(connection, "call_case_again", **given)[0])
    row = connection.execute(LOCKED_CASE, {"case": case_id}).one()
    if row.state != CaseState.CLOSED:
        return False
    values = {"state": int(CaseState.CALLBACK), "not_before": not_before, "epoch": row.epoch + 1, **_UNHELD}
    connection.execute(_BECOMES, {"case": case_id, **values, "barred_id": barred_id})
    places.park_if_full(connection, row.cell_id)
    return True


def bring_back(connection: Connection, case_id: int) -> bool:
    """Count the interview of a case again; False when its cell has no place for it.

    Args:
        connection: a write transaction that holds `lock_case`.
        case_id: a case that is neither held nor complete.
    """
    if connection.dialect.name == "postgresql":
        return bool(queue_postgres.call(connection, "count_interview_again", case=case_id)[0])
    row = connection.execute(LOCKED_CASE, {"case": case_id}).one()
    if not row.reserves and not places.take(connection, row.cell_id):
        return False
    places.move(connection, row.cell_id, reserved=-1, completed=1)
    connection.execute(_BECOMES, {"case": case_id, "epoch": row.epoch + 1, **_COMPLETE})
    places.park_if_full(connection, row.cell_id)
    return True


# ---- call-backs and appointments -----------------------------------------------------------------


def hold_for_call_back(
    connection: Connection, case_id: int, *, user_id: int, station: str, until: datetime
) -> bool:
    """Hold the case of a respondent who calls; False when its person or the last place of its cell is taken.

    Args:
        connection: a write transaction that holds `lock_case`.
        case_id: a case nobody else holds.
        user_id: who answers the call.
        station: where.
        until: end of the lease.
    """
    if connection.dialect.name == "postgresql":
        return queue_postgres.hold_for_call_back(connection, case_id, user_id, station, until)
    row = connection.execute(LOCKED_CASE, {"case": case_id}).one()
    if not take_person(connection, row.person_id, case_id):
        return False
    if not row.reserves and not places.take(connection, row.cell_id):
        return False
    values = {
        "state": int(CaseState.HELD),
        "held_by": user_id,
        "station": station,
        "lease_until": until,
        "epoch": row.epoch + 1,
        "reserves": True,
    }
    connection.execute(_BECOMES, {"case": case_id, **values})
    return True


def move_appointment(connection: Connection, case_id: int, user_id: int, at: datetime) -> bool:
    """Agree on another time; False when it is no waiting appointment of this user or of anybody."""
    if connection.dialect.name == "postgresql":
        return queue_postgres.move_appointment(connection, case_id, user_id, at)
    theirs = or_(_c.owner_id == user_id, _c.owner_id.is_(None))
    moved = update(cases).where(_c.id == case_id, text("cases.state = 3"), theirs).values(not_before=at)
    return connection.execute(moved).rowcount == 1


def cancel_appointment(connection: Connection, case_id: int, user_id: int) -> bool:
    """Let the case wait as any other, for anybody; False when no appointment of this user's or anybody's."""
    if connection.dialect.name == "postgresql":
        return queue_postgres.cancel_appointment(connection, case_id, user_id)
    row = connection.execute(LOCKED_CASE, {"case": case_id}).one_or_none()
    if row is None or row.state != CaseState.APPOINTMENT or row.owner_id not in (user_id, None):
        return False
    values = {
        "state": int(CaseState.CALLBACK),
        "appointment": None,
        "owner_id": None,
        "owner_until": None,
        "reserves": False,
    }
    connection.execute(_BECOMES, {"case": case_id, **values})
    if row.reserves:
        places.move(connection, row.cell_id, reserved=-1)
        places.unpark(connection, row.cell_id)
    else:
        places.park_if_full(connection, row.cell_id)
    return True
