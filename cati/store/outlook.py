"""What waits in the queue, for whoever finds nothing in it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select, text

from cati.domain.queue import ClaimRequest
from cati.store import queue_postgres
from cati.store.engine import Connection
from cati.store.statements import any_row
from cati.store.tables import cases, cells, groups

_c, _q = cases.c, cells.c


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
    if connection.dialect.name == "postgresql":
        waiting = queue_postgres.outlook(connection, request)
        return tuple(GroupOutlook(row.code, row.fresh, row.due) for row in waiting)
    place = _q.completed + _q.reserved < _q.quota
    of_group = _q.group_id == groups.c.id
    mine = or_(_c.barred_id.is_(None), _c.barred_id != request.user_id)
    fresh = any_row().where(
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
    return any_row().where(_c.cell_id == _q.id, text(f"cases.state = {state}"), *conditions)


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
