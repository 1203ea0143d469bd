"""What the server knows of each station."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, text, union_all

from cati.domain.stations import Place, Seen, Sign, Station, Strain
from cati.store import queue_postgres
from cati.store.engine import Connection
from cati.store.tables import attempts, station_users, stations, users

_RELIEVED = func.coalesce(stations.c.relieved_at >= stations.c.signed_in_at, False)
_BESIDE = (
    "(select version_num, (select s.relieved_at >= s.signed_in_at from stations s where s.id = :station) "
    "from alembic_version) beside"
)
"""What a station is told beside the time: one row."""
_CALL_AT_MOST = timedelta(days=1)


def hear(
    connection: Connection,
    station_id: str,
    user_id: int,
    sign: Sign,
    *,
    comes: bool = False,
    goes: bool = False,
    told_at: datetime | None = None,
) -> tuple[datetime, str | None, bool]:
    """Note a station's sign of life on a server.

    Returns:
        The server's time, the version of its schema, and whether the user works at another station now.

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
        _BESIDE,
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
        trouble=sign.trouble,
    )
    now, schema, is_relieved = tuple(heard)
    assert isinstance(now, datetime)
    return now, schema, bool(is_relieved) and not comes


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
                row.trouble,
            ),
            row.who,
            row.signed_in_at,
            row.left_at,
            row.heard_at,
        )
        for row in found
    )


def strain(connection: Connection, since: datetime) -> Strain | None:
    """What most of the stations that were heard since a moment tell of a server that takes nothing."""
    many = func.count()
    row = connection.execute(
        select(stations.c.trouble, many.label("stations"), func.sum(stations.c.unsent).label("unsent"))
        .where(stations.c.trouble != "", stations.c.heard_at >= since, stations.c.left_at.is_(None))
        .group_by(stations.c.trouble)
        .order_by(many.desc())
        .limit(1)
    ).one_or_none()
    return Strain(row.trouble, row.stations, int(row.unsent)) if row is not None else None


def seen(connection: Connection) -> dict[int, Seen]:
    """When each user was heard of last by way of a station, by row number; nobody where there are none."""
    there = select(stations.c.user_id, stations.c.heard_at, stations.c.left_at.label("until_at")).where(
        ~_RELIEVED
    )
    before = select(station_users.c.user_id, station_users.c.heard_at, station_users.c.until_at)
    told = union_all(there, before).subquery()
    return {
        row.user_id: Seen(row.heard_at, row.until_at)
        for row in connection.execute(select(told).order_by(told.c.heard_at))
    }


def elsewhere(connection: Connection, station_id: str, user_id: int, since: datetime) -> Place | None:
    """Where else a user is signed in at a station that was heard since a moment; the newest place."""
    found = connection.execute(
        select(stations.c.name, stations.c.signed_in_at)
        .where(_other(station_id, user_id, since), ~_RELIEVED)
        .order_by(stations.c.signed_in_at.desc())
        .limit(1)
    ).first()
    return None if found is None else Place(found.name, found.signed_in_at)


def take_place(connection: Connection, station_id: str, user_id: int, told_at: datetime | None) -> None:
    """A user works at this station from now on and at no other one; the others are told.

    Args:
        told_at: as for `hear`.
    """
    queue_postgres.call(connection, "take_place", station=station_id, user=user_id, told_at=told_at)


def standing(connection: Connection, station_id: str, user_id: int, since: datetime) -> tuple[bool, bool]:
    """Whether a user who signed in at this station works at another one since, and whether others are there.

    Others are stations of this user, heard since a moment, that nobody has left.
    """
    mine = select(stations.c.id).where(stations.c.id == station_id, stations.c.user_id == user_id, _RELIEVED)
    others = select(stations.c.id).where(_other(station_id, user_id, since))
    is_relieved, has_others = connection.execute(select(mine.exists(), others.exists())).one()
    return is_relieved, has_others


def calling_elsewhere(
    connection: Connection, station_id: str, user_id: int, now: datetime, since: datetime
) -> Place | None:
    """At which other station, heard since a moment, a user has a call without an outcome, and since when."""
    under_way = and_(
        attempts.c.user_id == user_id,
        attempts.c.ended_at.is_(None),
        attempts.c.dialled_at > now - _CALL_AT_MOST,
    )
    found = connection.execute(
        select(stations.c.name, attempts.c.dialled_at)
        .join(attempts, attempts.c.station == stations.c.name)
        .where(_other(station_id, user_id, since), under_way)
        .order_by(attempts.c.dialled_at.desc())
        .limit(1)
    ).first()
    return None if found is None else Place(found.name, found.dialled_at)


def _other(station_id: str, user_id: int, since: datetime) -> ColumnElement[bool]:
    """A user's stations but this one, nobody having left, that were heard since a moment."""
    return and_(
        stations.c.user_id == user_id,
        stations.c.id != station_id,
        stations.c.left_at.is_(None),
        stations.c.heard_at >= since,
    )


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
