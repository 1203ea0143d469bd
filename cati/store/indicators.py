"""Points for indicators, and how far teams say they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import delete, insert, select

from cati.domain.indicators import Progress
from cati.store.engine import Connection
from cati.store.tables import filings, indicator_points, units

_i, _f = indicator_points.c, filings.c


@dataclass(frozen=True, slots=True)
class Filing:
    """What a team reported by one day: lines by code of the indicator, with the 填报时间."""

    filed_on: date | None
    lines: Mapping[str, Progress]


def points(connection: Connection, programme_id: int) -> dict[str, dict[str, Decimal]]:
    """Points by codes of unit and indicator."""
    found: dict[str, dict[str, Decimal]] = {}
    rows = connection.execute(
        select(units.c.code, _i.indicator, _i.points)
        .join(units, units.c.id == _i.unit_id)
        .where(_i.programme_id == programme_id)
    )
    for unit, indicator, text in rows:
        found.setdefault(unit, {})[indicator] = Decimal(text)
    return found


def put_points(
    connection: Connection,
    programme_id: int,
    given: Mapping[tuple[str, str], Decimal],
    unit_ids: Mapping[str, int],
    *,
    at: datetime,
    by: int,
) -> int:
    """Put points by codes of unit and indicator in place of what these had; gives how many had some."""
    gone = 0
    for unit, indicator in given:
        mine = _i.unit_id == unit_ids[unit], _i.indicator == indicator
        gone += connection.execute(delete(indicator_points).where(*mine)).rowcount
    if given:
        connection.execute(
            insert(indicator_points),
            [
                {
                    "programme_id": programme_id,
                    "unit_id": unit_ids[unit],
                    "indicator": indicator,
                    "points": str(value),
                    "set_at": at,
                    "set_by": by,
                }
                for (unit, indicator), value in given.items()
            ],
        )
    return gone


def filed(connection: Connection, programme_id: int) -> dict[tuple[str, str], Filing]:
    """What teams reported, by code of the item and team."""
    found: dict[tuple[str, str], tuple[date | None, dict[str, Progress]]] = {}
    rows = connection.execute(
        select(_f.item, _f.team, _f.filed_on, _f.indicator, _f.progress, _f.problems, _f.next_steps).where(
            _f.programme_id == programme_id
        )
    )
    for item, team, filed_on, indicator, *said in rows:
        found.setdefault((item, team), (filed_on, {}))[1][indicator] = Progress(*said)
    return {key: Filing(*known) for key, known in found.items()}


def put_filing(
    connection: Connection,
    programme_id: int,
    item: str,
    team: str,
    filing: Filing,
    *,
    at: datetime,
    by: int,
) -> int:
    """Put what a team reports by one day in place of what it reported; gives how many lines that were."""
    mine = _f.programme_id == programme_id, _f.item == item, _f.team == team
    gone = connection.execute(delete(filings).where(*mine)).rowcount
    connection.execute(
        insert(filings),
        [
            {
                "programme_id": programme_id,
                "item": item,
                "team": team,
                "indicator": indicator,
                "filed_on": filing.filed_on,
                "progress": said.progress,
                "problems": said.problems,
                "next_steps": said.next_steps,
                "set_at": at,
                "set_by": by,
            }
            for indicator, said in filing.lines.items()
        ],
    )
    return gone
