"""Programmes with their units, groups and cells."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, insert, literal, not_, or_, select, update

from cati.domain.programme_json import from_json, plan_hash, to_json
from cati.domain.programmes import LoadedProgramme, Programme
from cati.domain.queue import hours_of, last_day
from cati.store.engine import Connection
from cati.store.frames import group_ids
from cati.store.statements import any_row, change_one
from cati.store.tables import (
    adjustments,
    ballot_sets,
    call_hours,
    cells,
    channel_scores,
    complaints,
    draws,
    filings,
    frames,
    groups,
    hand_ins,
    hotline_figures,
    hotline_follow_ups,
    hotline_tickets,
    indicator_points,
    list_exemptions,
    problems,
    programmes,
    units,
    web_sets,
)


def add(connection: Connection, programme: Programme, at: datetime, by: int) -> int:
    """Store a new programme, in set-up, with all its cells; gives its key.

    The public half of its recording key is still empty: whoever adds it makes the key in the same
    transaction.
    """
    added = connection.execute(
        insert(programmes).values(
            code=programme.code,
            state="setup",
            recording_public=b"",
            **_definition(programme, at, by),
        )
    )
    assert added.inserted_primary_key is not None
    programme_id = int(added.inserted_primary_key[0])
    _add_parts(connection, programme_id, programme)
    return programme_id


def replace(connection: Connection, programme_id: int, programme: Programme, at: datetime, by: int) -> None:
    """Store another version of a programme that is not `in_use`, under the same key and with its secrets."""
    for table in (cells, call_hours, groups, units):
        connection.execute(delete(table).where(table.c.programme_id == programme_id))
    changed = update(programmes).where(programmes.c.id == programme_id)
    change_one(connection, changed.values(**_definition(programme, at, by)))
    _add_parts(connection, programme_id, programme)


def in_use(connection: Connection, programme_id: int) -> bool:
    """Whether anything hangs on units and groups, such as lists, a draw, scores, ballots or tickets."""
    used = [
        any_row().where(table.c.programme_id == programme_id)
        for table in (
            frames,
            draws,
            channel_scores,
            ballot_sets,
            web_sets,
            adjustments,
            hotline_tickets,
            hotline_figures,
            hotline_follow_ups,
            hand_ins,
            complaints,
            problems,
            indicator_points,
            filings,
            list_exemptions,
        )
    ]
    state = any_row().where(programmes.c.id == programme_id, programmes.c.state != "setup")
    return bool(connection.scalar(select(or_(state, *used))))


def by_code(connection: Connection, code: str) -> LoadedProgramme | None:
    """The programme of that code."""
    row = connection.execute(_loaded().where(programmes.c.code == code)).one_or_none()
    return None if row is None else _of(row)


def everything(connection: Connection) -> tuple[LoadedProgramme, ...]:
    """All programmes, the last one loaded first."""
    rows = connection.execute(_loaded().order_by(programmes.c.loaded_at.desc(), programmes.c.id.desc()))
    return tuple(_of(row) for row in rows)


def lock(connection: Connection, code: str) -> None:
    """Let nobody else change the programme of that code until the transaction ends."""
    connection.execute(select(literal(1)).where(programmes.c.code == code).with_for_update())


def close(connection: Connection, programme_id: int, at: datetime, *, undrawn: bool = False) -> bool:
    """End a programme's fieldwork; False when it is in another state.

    Args:
        connection: a transaction that writes.
        programme_id: which.
        at: aware UTC.
        undrawn: also where no draw was begun, since nobody is to be called.
    """
    ready = programmes.c.state == "drawn"
    if undrawn:
        begun = any_row().where(draws.c.programme_id == programme_id, draws.c.state != "void")
        ready = or_(ready, and_(programmes.c.state == "setup", not_(begun)))
    done = connection.execute(
        update(programmes).where(programmes.c.id == programme_id, ready).values(state="closed", closed_at=at)
    )
    return done.rowcount == 1


def _definition(programme: Programme, at: datetime, by: int) -> dict[str, Any]:
    settings = programme.settings
    return {
        "definition": to_json(programme),
        "plan_hash": plan_hash(programme),
        "loaded_at": at,
        "loaded_by": by,
        "timezone": settings.timezone,
        "calling_from": settings.fieldwork_start,
        "calling_until": last_day(settings),
        "closed_days": [day.isoformat() for day in settings.closed_days],
        "replicate_factor": settings.replicate_factor,
    }


def _add_parts(connection: Connection, programme_id: int, programme: Programme) -> None:
    connection.execute(
        insert(units),
        [
            {
                "programme_id": programme_id,
                "code": unit.code,
                "name": unit.name,
                "series": unit.series,
                "position": position,
            }
            for position, unit in enumerate(programme.units)
        ],
    )
    if not programme.groups:
        # Nobody is telephoned.
        return
    connection.execute(
        insert(groups),
        [
            {"programme_id": programme_id, "code": group.code, "label": group.label, "position": position}
            for position, group in enumerate(programme.listed)
        ],
    )
    _add_hours(connection, programme_id, programme)
    quotas = {(unit.code, group.code): group.quota for unit, group in programme.cells}
    pairs = connection.execute(
        select(units.c.id, groups.c.id, units.c.code, groups.c.code)
        .join(groups, groups.c.programme_id == units.c.programme_id)
        .where(units.c.programme_id == programme_id)
        .order_by(units.c.position, groups.c.position)
    )
    new = [
        {"programme_id": programme_id, "unit_id": unit_id, "group_id": group_id, "quota": quotas[codes]}
        for unit_id, group_id, *codes_ in pairs
        if (codes := tuple(codes_)) in quotas
    ]
    if new:
        connection.execute(insert(cells), new)


def _add_hours(connection: Connection, programme_id: int, programme: Programme) -> None:
    hours = [
        {
            "programme_id": programme_id,
            "group_id": group_id,
            "weekday": weekday,
            "starts": stretch.start,
            "ends": stretch.end,
        }
        for code, group_id in group_ids(connection, programme_id).items()
        for stretch in hours_of(programme.settings, code)
        for weekday in stretch.weekdays
    ]
    if hours:
        connection.execute(insert(call_hours), hours)


def _loaded() -> Any:
    return select(programmes.c.id, programmes.c.definition, programmes.c.state, programmes.c.loaded_at)


def _of(row: Row[Any]) -> LoadedProgramme:
    return LoadedProgramme(row.id, from_json(row.definition), row.state, row.loaded_at)
