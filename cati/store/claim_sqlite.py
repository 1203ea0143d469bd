"""The next case on SQLite: statements inside the one write transaction there can be at a time.

The order is that of the function `claim_case` on PostgreSQL, statement by statement. States are literals,
because only then does SQLite use the partial indexes.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BindParameter,
    Row,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    text,
    union_all,
    update,
)

from cati.domain.queue import ClaimRequest, Pick, Reason
from cati.store.engine import Connection
from cati.store.quotas import release
from cati.store.tables import cases, cells, persons
from cati.store.types import Moment

_c, _q = cases.c, cells.c
_PROGRAMME: BindParameter[int] = bindparam("programme")
_ME: BindParameter[int] = bindparam("me")
_NOW = bindparam("now", type_=Moment())
_OPEN = _q.group_id.in_(bindparam("groups", expanding=True))
_SPOKEN = or_(_c.language.is_(None), _c.language.in_(bindparam("languages", expanding=True)))
_NOT_FULL = _q.unit_id.not_in(bindparam("full", expanding=True))
_PLACE = _q.completed + _q.reserved < _q.quota
_WAITING = text("cases.state in (2, 3)")


def _branch(rank: int, *conditions: Any, order: tuple[Any, ...]) -> Select[Any]:
    found = (
        select(_c.id, _c.cell_id, _c.reserves, literal_column(str(rank)).label("rank"))
        .join(cells, _q.id == _c.cell_id)
        .where(*conditions)
        .order_by(*order)
        .limit(1)
    ).subquery(f"branch_{rank}")
    return select(found)


def _due(rank: int, *conditions: Any) -> Select[Any]:
    return _branch(
        rank,
        _WAITING,
        *conditions,
        _c.not_before <= _NOW,
        or_(_c.barred_id.is_(None), _c.barred_id != _ME),
        _OPEN,
        ~_q.paused,
        _SPOKEN,
        or_(_c.reserves, _PLACE),
        order=(_c.not_before, _c.id),
    )


_UNOWNED = or_(_c.owner_until.is_(None), _c.owner_until <= _NOW, _c.owner_id == _ME)
_RANKS = (Reason.RESUME, Reason.RESUME, Reason.OWN_APPOINTMENT, Reason.APPOINTMENT, Reason.CALLBACK)

# Whoever is named in a case is looked up by that alone: the programme is asked of the cell, so that the
# index of due cases is no candidate.
_DUE = union_all(
    _branch(
        0,
        text("cases.state = 1"),
        _c.held_by == _ME,
        _q.programme_id == _PROGRAMME,
        or_(_c.lease_until > _NOW, and_(_OPEN, ~_q.paused)),
        order=(_c.id,),
    ),
    _due(
        1,
        text("cases.state = 2"),
        _c.owner_id == _ME,
        _c.owner_until > _NOW,
        _q.programme_id == _PROGRAMME,
    ),
    _due(2, text("cases.state = 3"), _c.owner_id == _ME, _q.programme_id == _PROGRAMME),
    _due(
        3,
        text("cases.state = 3"),
        _c.programme_id == _PROGRAMME,
        or_(_c.owner_id.is_(None), and_(_c.owner_id != _ME, _UNOWNED)),
        _NOT_FULL,
    ),
    _due(4, text("cases.state = 2"), _c.programme_id == _PROGRAMME, _UNOWNED, _NOT_FULL),
).subquery("due")
_FIRST_DUE = select(_DUE).order_by(_DUE.c.rank).limit(1)

_LEAST_FULL = (
    select(_q.id, _q.watermark, _q.quota)
    .where(
        _q.programme_id == _PROGRAMME,
        ~_q.exhausted,
        _PLACE,
        _OPEN,
        ~_q.paused,
        _NOT_FULL,
        _q.id.not_in(bindparam("passed", expanding=True)),
    )
    .order_by((_q.completed + _q.reserved) * literal_column("1.0") / _q.quota, _q.watermark, _q.id)
    .limit(1)
).subquery("least_full")


def _next_fresh(*conditions: Any) -> Any:
    fresh = cases.alias("fresh")
    return (
        select(fresh.c.id)
        .where(
            fresh.c.cell_id == _LEAST_FULL.c.id,
            text("fresh.state = 0"),
            or_(fresh.c.barred_id.is_(None), fresh.c.barred_id != _ME),
            *(c(fresh) for c in conditions),
        )
        .order_by(fresh.c.position)
        .limit(1)
        .scalar_subquery()
    )


# The watermark only saves work: a fresh case below it is found too, when there is none above.
_FRESH = select(_LEAST_FULL, _c.id.label("case_id"), _c.position, _c.person_id).select_from(
    _LEAST_FULL.outerjoin(
        cases,
        _c.id
        == func.coalesce(
            _next_fresh(lambda fresh: fresh.c.position > _LEAST_FULL.c.watermark), _next_fresh()
        ),
    )
)

_TAKE_PERSON = (
    update(persons)
    .where(
        persons.c.id == bindparam("person"),
        or_(persons.c.case_id.is_(None), persons.c.case_id == bindparam("case")),
    )
    .values(case_id=bindparam("case"))
)
_PERSON_TAKEN = (
    update(cases)
    .where(_c.id == bindparam("case"))
    .values(state=literal_column("5"), disposition=literal_column("'person_taken'"))
)
# A fresh case that was passed for its operator's sake stays above the watermark.
_PASSED = (
    select(func.min(_c.position) - literal_column("1"))
    .where(
        _c.cell_id == _q.id,
        text("cases.state = 0"),
        _c.position > _q.watermark,
        _c.position < bindparam("reached"),
    )
    .correlate(cells)
    .scalar_subquery()
)
_RESERVE = (
    update(cells)
    .where(_q.id == bindparam("cell"))
    .values(
        reserved=_q.reserved + literal_column("1"),
        watermark=func.max(_q.watermark, func.coalesce(_PASSED, bindparam("reached"))),
    )
)
_EXHAUSTED = update(cells).where(_q.id == bindparam("cell")).values(exhausted=literal_column("1"))
# What is left may be for others only.
_ANY_FRESH = (
    select(_c.id).where(_c.cell_id == bindparam("cell"), text("cases.state = 0")).limit(literal_column("1"))
)
_HOLD = (
    update(cases)
    .where(_c.id == bindparam("case"))
    .values(
        state=literal_column("1"),
        held_by=_ME,
        station=bindparam("at_station"),
        lease_until=bindparam("until", type_=Moment()),
        epoch=_c.epoch + literal_column("1"),
        reserves=literal_column("1"),
    )
)


def claim(connection: Connection, request: ClaimRequest) -> Pick | None:
    """Hold the next case for an operator; None when there is nothing for that operator now.

    The transaction must have been begun with BEGIN IMMEDIATE.
    """
    facts = {
        "programme": request.programme_id,
        "me": request.user_id,
        "now": request.now,
        "groups": request.groups or (0,),
        "languages": request.languages or ("",),
        "full": request.full_units or (0,),
    }
    due = connection.execute(_FIRST_DUE, facts).one_or_none()
    if due is not None:
        if not due.reserves:
            connection.execute(_RESERVE, {"cell": due.cell_id, "reached": 0})
        return _hold(connection, request, due.id, _RANKS[due.rank])
    passed = [0]
    while (fresh := connection.execute(_FRESH, facts | {"passed": passed}).one_or_none()) is not None:
        if fresh.case_id is None:
            _refill(connection, request, fresh, passed)
        elif take_person(connection, fresh.person_id, fresh.case_id):
            connection.execute(_RESERVE, {"cell": fresh.id, "reached": fresh.position})
            return _hold(connection, request, fresh.case_id, Reason.FRESH)
        else:
            connection.execute(_PERSON_TAKEN, {"case": fresh.case_id})
    return None


def take_person(connection: Connection, person_id: int, case_id: int) -> bool:
    """Let a person belong to a case (on either engine); False when another case has taken the person."""
    return connection.execute(_TAKE_PERSON, {"person": person_id, "case": case_id}).rowcount == 1


def _refill(connection: Connection, request: ClaimRequest, cell: Row[Any], passed: list[int]) -> None:
    """Release the next replicate of a cell that has no fresh case for the operator; else pass or mark it."""
    if release(connection, cell.id, cell.quota * request.factor):
        return
    if connection.scalar(_ANY_FRESH, {"cell": cell.id}) is not None:
        passed.append(cell.id)
    else:
        connection.execute(_EXHAUSTED, {"cell": cell.id})


def _hold(connection: Connection, request: ClaimRequest, case_id: int, reason: Reason) -> Pick:
    assert request.now is not None
    connection.execute(
        _HOLD,
        {
            "case": case_id,
            "me": request.user_id,
            "at_station": request.station,
            "until": request.now + request.lease,
        },
    )
    return Pick(case_id, reason)
