"""What the supervisor's board is read from: held cases and the attempts of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select, text

from cati.domain.board import REFUSALS, Held, Unknown
from cati.store.browse import FAULTY, OVER
from cati.store.calls import interview_length
from cati.store.engine import Connection
from cati.store.statements import any_row
from cati.store.tables import (
    attempts,
    cases,
    cells,
    conflicts,
    groups,
    interviews,
    recordings,
    stations,
    units,
)

_PLACE = (units.c.name.label("unit"), groups.c.label.label("group"))
_PLACED = (
    cases.join(cells, cells.c.id == cases.c.cell_id)
    .join(units, units.c.id == cells.c.unit_id)
    .join(groups, groups.c.id == cells.c.group_id)
)
"""Cases with what `_PLACE` names."""
_ASKED = (
    select(func.max(interviews.c.started_at))
    .where(interviews.c.case_id == cases.c.id, interviews.c.state == "open")
    .scalar_subquery()
)
_CALL = (cases.c.id, *_PLACE, attempts.c.dialled_at, _ASKED.label("asked_at"))
"""What is told of a call under way."""


@dataclass(frozen=True, slots=True)
class Tally:
    """An operator's attempts of a day.

    Attributes:
        unheard: conversations without a recording, and with one that has a problem.
        seconds: mean length of complete interviews over all their calls; None without any.
        last_end: when the last attempt ended; None when none has.
    """

    calls: int
    completes: int
    refusals: int
    unheard: int
    seconds: float | None
    last_end: datetime | None


def held_cases(connection: Connection, programme_id: int, now: datetime) -> dict[int, Held]:
    """Cases under a lease that has not lapsed, by the row number of who holds them."""
    mine = and_(
        attempts.c.case_id == cases.c.id,
        attempts.c.number == cases.c.attempts,
        attempts.c.epoch == cases.c.epoch,
    )
    query = (
        select(cases.c.held_by, cases.c.station, attempts.c.ended_at, *_CALL)
        .select_from(_PLACED)
        .outerjoin(attempts, mine)
        .where(text("cases.state = 1"), cases.c.programme_id == programme_id, cases.c.lease_until > now)
    )
    return {
        row.held_by: Held(
            row.id,
            row.unit,
            row.group,
            row.station or "",
            row.dialled_at,
            row.ended_at is not None,
            row.asked_at,
        )
        for row in connection.execute(query)
    }


def lapsed_calls(connection: Connection, programme_id: int, start: datetime) -> dict[int, Held]:
    """Calls that go on though the hold on their case has lapsed, by the row number of who is in them.

    That is so of the last attempt of somebody who has not signed in anew since, as long as it has no end.

    Args:
        start: of the day.
    """
    later = attempts.alias("later")
    query = (
        select(attempts.c.user_id, attempts.c.station, *_CALL)
        .select_from(_PLACED)
        .join(attempts, attempts.c.case_id == cases.c.id)
        .join(
            stations,
            and_(
                stations.c.user_id == attempts.c.user_id,
                stations.c.left_at.is_(None),
                stations.c.signed_in_at <= attempts.c.dialled_at,
            ),
        )
        .where(
            cases.c.programme_id == programme_id,
            attempts.c.dialled_at >= start,
            attempts.c.ended_at.is_(None),
            ~any_row().where(
                later.c.user_id == attempts.c.user_id,
                later.c.dialled_at >= start,
                later.c.dialled_at > attempts.c.dialled_at,
            ),
        )
    )
    return {
        row.user_id: Held(row.id, row.unit, row.group, row.station, row.dialled_at, False, row.asked_at)
        for row in connection.execute(query)
    }


def unknown_calls(connection: Connection, programme_id: int, since: datetime) -> dict[int, Unknown]:
    """Calls that go on though the server lacks them, by the row number of who is in them.

    Their beginning was taken by a restore, so what comes of them is set aside; neither there nor among the
    attempts they have an end, and nobody else was dialled after them.

    Args:
        since: something was set aside of them after that.
    """
    later, ended, lately = attempts.alias("later"), conflicts.alias("ended"), conflicts.alias("lately")
    last = func.max(conflicts.c.received_at)
    query = (
        select(
            conflicts.c.user_id,
            conflicts.c.case_id,
            *_PLACE,
            func.max(conflicts.c.station).label("station"),
            func.min(conflicts.c.written_at).label("since"),
            last.label("until"),
        )
        .select_from(_PLACED)
        .join(conflicts, conflicts.c.case_id == cases.c.id)
        .outerjoin(attempts, attempts.c.id == conflicts.c.attempt_id)
        .where(
            conflicts.c.programme_id == programme_id,
            conflicts.c.attempt_id.in_(select(lately.c.attempt_id).where(lately.c.received_at >= since)),
            attempts.c.ended_at.is_(None),
            ~any_row().where(
                ended.c.attempt_id == conflicts.c.attempt_id, ended.c.kind.in_(("end", "close"))
            ),
            ~any_row().where(
                later.c.user_id == conflicts.c.user_id, later.c.dialled_at > conflicts.c.written_at
            ),
        )
        .group_by(
            conflicts.c.user_id, conflicts.c.attempt_id, conflicts.c.case_id, units.c.name, groups.c.label
        )
        .order_by(last)
    )
    return {
        row.user_id: Unknown(row.case_id, row.unit, row.group, row.station, row.since, row.until)
        for row in connection.execute(query)
    }


def tallies(connection: Connection, programme_id: int, start: datetime, end: datetime) -> Mapping[int, Tally]:
    """Attempts in [start, end) by the row number of who dialled."""
    sound = any_row().where(recordings.c.attempt_id == attempts.c.id)
    talked = and_(
        attempts.c.connected_at.is_not(None),
        attempts.c.ended_at.is_not(None),
        ~attempts.c.simulated,
        attempts.c.disposition != "recording_refused",
    )
    unheard = or_(and_(talked, ~sound), sound.where(FAULTY, OVER))
    complete = attempts.c.disposition == "complete"
    query = (
        select(
            attempts.c.user_id,
            func.count().label("calls"),
            func.sum(case((complete, 1), else_=0)).label("completes"),
            func.sum(case((attempts.c.disposition.in_(sorted(REFUSALS)), 1), else_=0)).label("refusals"),
            func.sum(case((unheard, 1), else_=0)).label("unheard"),
            func.avg(case((complete, interview_length(connection)))).label("seconds"),
            func.max(attempts.c.ended_at).label("last_end"),
        )
        .join(cases, cases.c.id == attempts.c.case_id)
        .where(
            cases.c.programme_id == programme_id,
            attempts.c.dialled_at >= start,
            attempts.c.dialled_at < end,
        )
        .group_by(attempts.c.user_id)
    )
    return {
        row.user_id: Tally(
            row.calls,
            int(row.completes),
            int(row.refusals),
            int(row.unheard),
            float(row.seconds) if row.seconds is not None else None,
            row.last_end,
        )
        for row in connection.execute(query)
    }
