"""Rosters of representatives, their people sealed, and their draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from cati.store.engine import Connection
from cati.store.tables import roster_draws, roster_members, rosters

_r, _m, _d = rosters.c, roster_members.c, roster_draws.c


@dataclass(frozen=True, slots=True)
class StoredMember:
    """One person of a roster.

    Attributes:
        roster: code.
        row: of the list.
        place: in the order of the draw, None before it, and for who was drawn from another roster.
        absent_for: why the person does not come, empty if nothing is known of that.
    """

    id: int
    roster: str
    row: int
    number_hash: bytes
    sealed: bytes | None
    place: int | None
    absent_for: str


def put_roster(
    connection: Connection,
    programme_id: int,
    code: str,
    *,
    file: str,
    sha256: str,
    members: Sequence[tuple[int, bytes, bytes]],
    at: datetime,
    by: int,
) -> None:
    """Store a roster in place of the one before.

    Args:
        connection: a transaction that writes.
        programme_id: whose.
        code: of the roster.
        file: name of the file.
        sha256: of the file, in hex.
        members: row, keyed hash of the number, and the sealed person.
        at: aware UTC.
        by: key of the user.
    """
    known = select(_r.id).where(_r.programme_id == programme_id, _r.code == code)
    connection.execute(delete(roster_members).where(_m.roster_id.in_(known)))
    connection.execute(delete(rosters).where(_r.programme_id == programme_id, _r.code == code))
    made = connection.execute(
        insert(rosters).values(
            programme_id=programme_id, code=code, file=file[:255], sha256=sha256, at=at, user_id=by
        )
    )
    key = int(made.inserted_primary_key[0])  # type: ignore[index]
    connection.execute(
        insert(roster_members),
        [
            {"roster_id": key, "row": row, "number_hash": number_hash, "sealed": sealed}
            for row, number_hash, sealed in members
        ],
    )


def files_of(connection: Connection, programme_id: int) -> Mapping[str, str]:
    """SHA-256 (hex) of the file each roster was taken from, by code."""
    rows = connection.execute(select(_r.code, _r.sha256).where(_r.programme_id == programme_id))
    return {row.code: row.sha256 for row in rows}


def members(connection: Connection, programme_id: int) -> tuple[StoredMember, ...]:
    """All people of all rosters, by roster and row."""
    rows = connection.execute(
        select(_m.id, _r.code, _m.row, _m.number_hash, _m.sealed, _m.place, _m.absent_for)
        .join(rosters, _r.id == _m.roster_id)
        .where(_r.programme_id == programme_id)
        .order_by(_r.code, _m.row)
    )
    return tuple(StoredMember(*row[:6], row.absent_for or "") for row in rows)


def keep_draw(
    connection: Connection,
    programme_id: int,
    places: Mapping[int, int],
    *,
    certificate: bytes,
    frame: bytes,
    at: datetime,
    by: int,
) -> None:
    """Store a held draw: the place of each member by key, and its two files."""
    for member, place in places.items():
        connection.execute(update(roster_members).where(_m.id == member).values(place=place))
    connection.execute(
        insert(roster_draws).values(
            programme_id=programme_id, certificate=certificate, frame=frame, held_at=at, held_by=by
        )
    )


def held_draw(connection: Connection, programme_id: int) -> tuple[bytes, bytes] | None:
    """Certificate and frame of the draw, None before it was held."""
    row = connection.execute(
        select(_d.certificate, _d.frame).where(_d.programme_id == programme_id)
    ).one_or_none()
    return None if row is None else (row.certificate, row.frame)


def set_absent(connection: Connection, member_id: int, reason: str, *, at: datetime, by: int) -> None:
    """Store that somebody does not come."""
    connection.execute(
        update(roster_members).where(_m.id == member_id).values(absent_for=reason, absent_at=at, absent_by=by)
    )
