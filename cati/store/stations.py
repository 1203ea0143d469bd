"""What the server knows of each station."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select, text, union_all

from cati.domain.stations import Seen, Sign, Station
from cati.store import queue_postgres
from cati.store.engine import Connection
from cati.store.tables import station_users, stations, users


def hear(
    connection: Connection,
    station_id: str,
    user_id: int,
    sign: Sign,
    *,
    comes: bool = False,
    goes: bool = False,
    told_at: datetime | None = None,
) -> tuple[datetime, str | None]:
    """Note a station's sign of life on a server, and give its time and the version of its schema.

    Args:
        station_id: uuid that the station has chosen.
        user_id: who is signed in there.
        sign: what it tells.
        comes, goes: the session begins, or ends.
        told_at: instead of the server's time, where the clock is virtual.
    """
    ahead = None if sign.ahead is None else round(sign.ahead / timedelta(milliseconds=1))
    heard = queue_postgres.call(
        connection,
        "hear_station",
        "alembic_version",
        station=station_id,
        user=user_id,
        told_at=told_at,
        name=sign.name,
        version=sign.version,
        unsent=sign.unsent,
        oldest=sign.oldest,
        # A clock that is years off does not fit; how many does not matter.
        ahead=None if ahead is None else max(-(2**31), min(ahead, 2**31 - 1)),
        comes=comes,
        goes=goes,
    )
    now, schema = tuple(heard)
    assert isinstance(now, datetime)
    return now, schema


def heard_since(connection: Connection, moment: datetime) -> tuple[Station, ...]:
    """All stations that were heard since a moment, and those that keep entries; by name."""
    found = connection.execute(
        select(stations, users.c.name.label("who"))
        .join(users, users.c.id == stations.c.user_id)
        .where(or_(stations.c.heard_at >= moment, stations.c.unsent > 0))
        .order_by(stations.c.name, stations.c.id)
    )
    return tuple(
        Station(
            row.id,
            Sign(
                row.name,
                row.version,
                row.unsent,
                row.oldest_unsent_at,
                None if row.ahead_ms is None else timedelta(milliseconds=row.ahead_ms),
            ),
            row.who,
            row.signed_in_at,
            row.left_at,
            row.heard_at,
        )
        for row in found
    )


def seen(connection: Connection) -> dict[int, Seen]:
    """When each user was heard of last by way of a station, by row number; nobody where there are none."""
    there = select(stations.c.user_id, stations.c.heard_at, stations.c.left_at.label("until_at"))
    before = select(station_users.c.user_id, station_users.c.heard_at, station_users.c.until_at)
    told = union_all(there, before).subquery()
    return {
        row.user_id: Seen(row.heard_at, row.until_at)
        for row in connection.execute(select(told).order_by(told.c.heard_at))
    }


RESTORED = "cati restored "
"""How the comment on a database made of a copy begins; the last moment that the copy knew follows."""
MARGIN = timedelta(hours=1)
"""So far the clock of a station may have been off."""
_SERVER = text(
    "select s.system_identifier || '/' || c.timeline_id || '/' || d.oid, "
    "shobj_description(d.oid, 'pg_database') from pg_database d, pg_control_system() s, "
    "pg_control_checkpoint() c where d.datname = current_database()"
)


def server(connection: Connection) -> tuple[str, datetime | None]:
    """What tells this database of a server from the one it was before, and until when it is the same.

    Nothing for an embedded one, which nobody sends anything to.
    """
    if connection.dialect.name == "sqlite":
        return "", None
    name, comment = connection.execute(_SERVER).one()
    known = comment is not None and comment.startswith(RESTORED)
    return name, datetime.fromisoformat(comment.removeprefix(RESTORED)) - MARGIN if known else None
