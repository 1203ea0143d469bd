"""Claim, lease, settlement: what happens to a case and to the place it holds in its cell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, and_, bindparam, case, exists, func, literal_column, or_, select, text, update

from cati.domain.queue import CaseState, ClaimRequest, Fate, Pick, Settlement, SettleResult, share_limit
from cati.store import claim_postgres, claim_sqlite
from cati.store.calls import cut_off
from cati.store.claim_postgres import Lost
from cati.store.claim_sqlite import take_person
from cati.store.engine import Connection
from cati.store.quotas import serve_again
from cati.store.tables import answers, cases, cells, groups, interviews

_c, _q = cases.c, cells.c
REAP_AT_ONCE = 100
"""Lapsed leases taken back in one transaction."""


def claim(connection: Connection, request: ClaimRequest) -> Pick | Lost | None:
    """Hold the next case for an operator.

    None: there is nothing for that operator now. `Lost.RACE` (PostgreSQL only): commit, then ask again.
    """
    if connection.dialect.name == "sqlite":
        return claim_sqlite.claim(connection, request)
    return claim_postgres.claim(connection, request)


def full_units(connection: Connection, programme_id: int, user_id: int, operators: int) -> tuple[int, ...]:
    """Row numbers of the units of which an operator has done the full share; see `share_limit`.

    Args:
        connection: any.
        programme_id: row number of the programme.
        user_id: the operator.
        operators: how many are at work.
    """
    if operators <= 2:
        return ()
    done = (
        select(_q.unit_id, func.count().label("number"))
        .join(interviews, interviews.c.cell_id == _q.id)
        .where(
            interviews.c.user_id == user_id,
            interviews.c.state == "complete",
            ~interviews.c.excluded,
            _q.programme_id == programme_id,
        )
        .group_by(_q.unit_id)
        .subquery()
    )
    found = connection.execute(
        select(done.c.unit_id, done.c.number, func.sum(_q.quota).label("quota"))
        .join(cells, _q.unit_id == done.c.unit_id)
        .group_by(done.c.unit_id, done.c.number)
        .order_by(done.c.unit_id)
    )
    return tuple(row.unit_id for row in found if row.number >= share_limit(int(row.quota), operators))


def heartbeat(
    connection: Connection, *, case_id: int, epoch: int, user_id: int, until: datetime
) -> int | None:
    """Extend the lease; gives the programme's row number, None when the lease was lost."""
    held = and_(_c.id == case_id, text("cases.state = 1"), _c.epoch == epoch, _c.held_by == user_id)
    extend = update(cases).where(held).values(lease_until=until).returning(_c.programme_id)
    return connection.execute(extend).scalar_one_or_none()


def holds(connection: Connection, case_id: int, epoch: int, user_id: int) -> bool:
    """Whether an operator holds a case under this epoch; nobody changes that until the transaction ends."""
    row = connection.execute(_LOCKED_CASE, {"case": case_id}).one()
    return bool(row.state == CaseState.HELD and row.epoch == epoch and row.held_by == user_id)


# ---- lapsed leases -------------------------------------------------------------------------------


def lapsed(connection: Connection, programme_id: int, now: datetime) -> bool:
    """Whether a lease of the programme has lapsed and was not taken back yet."""
    return connection.scalar(select(_c.id).where(*_lapsed(programme_id, now)).limit(1)) is not None


def reap(connection: Connection, programme_id: int, now: datetime, *, owner_keeps: timedelta) -> int:
    """Take cases back whose lease has lapsed; gives how many.

    One that was never dialled is fresh again, in its old order. Others are due at once; one with an
    unfinished interview goes only to its former holder for `owner_keeps`, and an attempt without an outcome
    was cut off. A firm appointment keeps its place, any other case gives it back. At most `REAP_AT_ONCE` at
    a time.
    """
    begun = exists().where(
        interviews.c.case_id == _c.id,
        interviews.c.state == "open",
        exists().where(answers.c.interview_id == interviews.c.id),
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
            _freshen(connection, row)
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
            _move_place(connection, row.cell_id, reserved=-1)
            _unpark(connection, row.cell_id)
    return len(found)


def _lapsed(programme_id: int, now: datetime) -> tuple[Any, ...]:
    return (text("cases.state = 1"), _c.programme_id == programme_id, _c.lease_until <= now)


_LOCKED_CASE = select(cases).where(_c.id == bindparam("case")).with_for_update()
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


# ---- settlement ----------------------------------------------------------------------------------


def settle(
    connection: Connection, *, case_id: int, epoch: int, user_id: int, now: datetime, outcome: Settlement
) -> SettleResult:
    """Settle a case: its state, its place in the cell, its lease.

    A complete interview is kept in any case: after a lapsed lease it counts if its cell has a place, else
    it is listed as overshoot. What else comes late is applied if nobody took the case since, and only
    recorded otherwise.
    """
    row = connection.execute(_LOCKED_CASE, {"case": case_id}).one()
    if row.state == CaseState.HELD and row.epoch == epoch and row.held_by == user_id:
        return _settle(connection, row, now, outcome, Fate.SETTLED)
    if outcome.kind == "complete":
        return _settle_late_complete(connection, row, outcome)
    if row.state != CaseState.HELD and row.station is not None and row.epoch == epoch + 1:
        firm = outcome.firm and outcome.kind == "appointment"
        if firm and not row.reserves and not _take_place(connection, row.cell_id):
            outcome = replace(outcome, firm=False)
        return _settle(connection, row, now, outcome, Fate.LATE_SETTLED)
    return SettleResult(Fate.LATE_RECORDED, CaseState(row.state))


_STATE_AFTER = {
    "complete": CaseState.COMPLETE,
    "no_opinion": CaseState.CLOSED,
    "final": CaseState.CLOSED,
    "callback": CaseState.CALLBACK,
    "appointment": CaseState.APPOINTMENT,
}


def _settle(
    connection: Connection, row: Row[Any], now: datetime, outcome: Settlement, fate: Fate
) -> SettleResult:
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
        _move_place(connection, row.cell_id, reserved=-1, completed=int(completes))
    if row.reserves and not (firm or completes):
        _unpark(connection, row.cell_id)
    else:
        _park_if_full(connection, row.cell_id)
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
        _move_place(connection, row.cell_id, reserved=-1, completed=1)
    elif _take_place(connection, row.cell_id):
        _move_place(connection, row.cell_id, reserved=-1, completed=1)
    else:
        connection.execute(update(cells).where(_q.id == row.cell_id).values(overshoot=_q.overshoot + 1))
        fate = Fate.LATE_OVERSHOOT
    _park_if_full(connection, row.cell_id)
    return SettleResult(fate, CaseState.COMPLETE)


# ---- review --------------------------------------------------------------------------------------


def lock_case(connection: Connection, case_id: int) -> CaseState:
    """Let nobody else change a case until the transaction ends; gives its state."""
    return CaseState(connection.execute(_LOCKED_CASE, {"case": case_id}).one().state)


def disposition(connection: Connection, case_id: int) -> str | None:
    """The outcome of a case so far."""
    found: str | None = connection.scalar(select(_c.disposition).where(_c.id == case_id))
    return found


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
    row = connection.execute(_LOCKED_CASE, {"case": case_id}).one()
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
    free = connection.scalar(_HAS_PLACE, {"cell": row.cell_id}) is not None
    if free:
        serve_again(connection, row.cell_id)
        _unpark(connection, row.cell_id)
    else:
        _park_if_full(connection, row.cell_id)
    return free


def call_again(connection: Connection, case_id: int, *, not_before: datetime, barred_id: int | None) -> bool:
    """Put a case that ended without an interview back into the queue; False when it has not ended so.

    Args:
        connection: a write transaction.
        case_id: the case.
        not_before: earliest time of the next attempt (aware).
        barred_id: who must not get it; None for nobody.
    """
    row = connection.execute(_LOCKED_CASE, {"case": case_id}).one()
    if row.state != CaseState.CLOSED:
        return False
    values = {"state": int(CaseState.CALLBACK), "not_before": not_before, "epoch": row.epoch + 1, **_UNHELD}
    connection.execute(_BECOMES, {"case": case_id, **values, "barred_id": barred_id})
    _park_if_full(connection, row.cell_id)
    return True


def bring_back(connection: Connection, case_id: int) -> bool:
    """Count the interview of a case again; False when its cell has no place for it.

    Args:
        connection: a write transaction that holds `lock_case`.
        case_id: a case that is neither held nor complete.
    """
    row = connection.execute(_LOCKED_CASE, {"case": case_id}).one()
    if not row.reserves and not _take_place(connection, row.cell_id):
        return False
    _move_place(connection, row.cell_id, reserved=-1, completed=1)
    connection.execute(_BECOMES, {"case": case_id, "epoch": row.epoch + 1, **_COMPLETE})
    _park_if_full(connection, row.cell_id)
    return True


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
    row = connection.execute(_LOCKED_CASE, {"case": case_id}).one()
    if not take_person(connection, row.person_id, case_id):
        return False
    if not row.reserves and not _take_place(connection, row.cell_id):
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
    theirs = or_(_c.owner_id == user_id, _c.owner_id.is_(None))
    moved = update(cases).where(_c.id == case_id, text("cases.state = 3"), theirs).values(not_before=at)
    return connection.execute(moved).rowcount == 1


def cancel_appointment(connection: Connection, case_id: int, user_id: int) -> bool:
    """Let the case wait as any other, for anybody; False when no appointment of this user's or anybody's."""
    row = connection.execute(_LOCKED_CASE, {"case": case_id}).one_or_none()
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
        _move_place(connection, row.cell_id, reserved=-1)
        _unpark(connection, row.cell_id)
    else:
        _park_if_full(connection, row.cell_id)
    return True


_PAUSED = select(_q.paused).join(cases, _c.cell_id == _q.id).where(_c.id == bindparam("case"))


def is_paused(connection: Connection, case_id: int) -> bool:
    """Whether nobody is called in the cell of a case for now."""
    return bool(connection.scalar(_PAUSED, {"case": case_id}))


def hand_over(connection: Connection, *, case_id: int, epoch: int, user_id: int, now: datetime) -> bool:
    """Give a held case back for any other operator, as it was before; False when the lease was lost."""
    row = connection.execute(_LOCKED_CASE, {"case": case_id}).one()
    if row.state != CaseState.HELD or row.epoch != epoch or row.held_by != user_id:
        return False
    cut_off(connection, case_id)
    _give_back(connection, row, now, barred_id=user_id)
    return True


def give_back(connection: Connection, case_id: int, now: datetime) -> None:
    """Give a held case back as if it had not been claimed."""
    row = connection.execute(_LOCKED_CASE, {"case": case_id}).one()
    _give_back(connection, row, now, owner_id=row.owner_id, owner_until=row.owner_until)


def close_held(connection: Connection, case_id: int, disposition: str, now: datetime) -> None:
    """End a case that is held; its place is free for others."""
    row = connection.execute(_LOCKED_CASE, {"case": case_id}).one()
    _settle(connection, row, now, Settlement("final", disposition), Fate.SETTLED)


def _give_back(connection: Connection, row: Row[Any], now: datetime, **whose: Any) -> None:
    if not row.attempts:
        _freshen(connection, row, barred_id=whose.get("barred_id") or row.barred_id)
        return
    kind: Literal["appointment", "callback"] = "appointment" if row.appointment else "callback"
    firm = row.appointment == "firm"
    given = Settlement(kind, row.disposition, not_before=row.not_before, firm=firm, **whose)
    _settle(connection, row, now, given, Fate.SETTLED)


def _freshen(connection: Connection, row: Row[Any], **more: Any) -> None:
    """Let a held case that was never dialled be fresh work again, at its old place in the order."""
    values = {"state": int(CaseState.FRESH), "reserves": False, "epoch": row.epoch + 1, **_UNHELD, **more}
    connection.execute(_BECOMES, {"case": row.id, **values})
    connection.execute(_FROM_HERE, {"cell": row.cell_id, "position": row.position})
    _move_place(connection, row.cell_id, reserved=-1)
    _unpark(connection, row.cell_id)


_POSITION = bindparam("position", type_=_q.watermark.type)
# Fresh cases are looked for above the watermark first, and not at all in an exhausted cell.
_FROM_HERE = (
    update(cells)
    .where(_q.id == bindparam("cell"))
    .values(watermark=case((_q.watermark >= _POSITION, _POSITION - 1), else_=_q.watermark), exhausted=False)
)


# ---- places --------------------------------------------------------------------------------------


_CELL = _q.id == bindparam("cell")
_TAKE_PLACE = (
    update(cells).where(_CELL, _q.completed + _q.reserved < _q.quota).values(reserved=_q.reserved + 1)
)
_MOVE_PLACE = (
    update(cells)
    .where(_CELL)
    .values(
        reserved=_q.reserved + bindparam("places", type_=_q.reserved.type),
        completed=_q.completed + bindparam("interviews", type_=_q.completed.type),
    )
)


def _take_place(connection: Connection, cell_id: int) -> bool:
    return connection.execute(_TAKE_PLACE, {"cell": cell_id}).rowcount == 1


def _move_place(connection: Connection, cell_id: int, *, reserved: int, completed: int = 0) -> None:
    connection.execute(_MOVE_PLACE, {"cell": cell_id, "places": reserved, "interviews": completed})


# Callbacks of a cell whose places are all gone would be passed over by every claim: they are put aside.
# While somebody is on the phone for one of the places they stay, or they would come and go with every call.


_HAS_PLACE = select(_q.id).where(_CELL, _q.completed + _q.reserved < _q.quota)
_FULL = select(_q.id).where(
    _CELL,
    _q.completed + _q.reserved >= _q.quota,
    ~exists().where(_c.cell_id == _q.id, text("cases.state = 1")),
)
_PARK = (
    update(cases)
    .where(
        _c.id.in_(
            select(_c.id)
            .where(_c.cell_id == bindparam("cell"), text("cases.state in (2, 3)"), ~_c.reserves)
            .with_for_update(skip_locked=True)
        )
    )
    .values(state=int(CaseState.PARKED))
)
_UNPARK = (
    update(cases)
    .where(_c.cell_id == bindparam("cell"), text("state = 6"))
    .values(state=case((_c.appointment.is_(None), literal_column("2")), else_=literal_column("3")))
)


def _park_if_full(connection: Connection, cell_id: int) -> None:
    if connection.scalar(_FULL, {"cell": cell_id}) is not None:
        connection.execute(_PARK, {"cell": cell_id})


def _unpark(connection: Connection, cell_id: int) -> None:
    connection.execute(_UNPARK, {"cell": cell_id})


# ---- looking ahead -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GroupOutlook:
    """What waits in one group.

    Attributes:
        fresh: there are cases that could be begun as soon as the group may be called.
        due: the earliest time a waiting case could go to the operator, None when none waits.
    """

    group: str
    fresh: bool
    due: datetime | None


def outlook(connection: Connection, request: ClaimRequest) -> tuple[GroupOutlook, ...]:
    """What waits for an operator, by group; whether the group may be called now does not matter."""
    place = _q.completed + _q.reserved < _q.quota
    of_group = _q.group_id == groups.c.id
    mine = or_(_c.barred_id.is_(None), _c.barred_id != request.user_id)
    fresh = exists().where(
        _q.programme_id == request.programme_id,
        of_group,
        place,
        ~_q.paused,
        _q.unit_id.not_in(request.full_units),
        or_(_has_case(0, mine), _has_case(7)),
    )
    found = connection.execute(
        select(groups.c.code, fresh.label("fresh"))
        .where(groups.c.programme_id == request.programme_id)
        .order_by(groups.c.position)
    )
    earliest = _earliest_due(connection, request)
    return tuple(GroupOutlook(row.code, bool(row.fresh), earliest.get(row.code)) for row in found)


def _has_case(state: int, *conditions: Any) -> Any:
    return exists().where(_c.cell_id == _q.id, text(f"cases.state = {state}"), *conditions)


def _earliest_due(connection: Connection, request: ClaimRequest) -> dict[str, datetime]:
    user_id = request.user_id
    reserved_for_another = and_(
        _c.owner_until > _c.not_before, or_(_c.owner_id.is_(None), _c.owner_id != user_id)
    )
    due = case((reserved_for_another, _c.owner_until), else_=_c.not_before)
    found = connection.execute(
        select(groups.c.code, func.min(due, type_=_c.not_before.type).label("due"))
        .select_from(cases.join(cells, _q.id == _c.cell_id).join(groups, groups.c.id == _q.group_id))
        .where(
            _c.programme_id == request.programme_id,
            text("cases.state in (2, 3)"),
            or_(_c.reserves, _q.completed + _q.reserved < _q.quota),
            or_(_c.barred_id.is_(None), _c.barred_id != user_id),
            ~_q.paused,
            or_(_c.language.is_(None), _c.language.in_(request.languages)),
            or_(_c.owner_id == user_id, _q.unit_id.not_in(request.full_units)),
        )
        .group_by(groups.c.code)
    )
    return {row.code: row.due for row in found}
