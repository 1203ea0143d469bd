"""Who has signed the pledge of confidentiality and passed the practice test, by programme."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from cati.domain.clearances import Clearance, Clearing
from cati.store.engine import Connection
from cati.store.statements import insert_once
from cati.store.tables import clearances


def add(
    connection: Connection,
    *,
    programme_id: int,
    user_id: int,
    kind: Clearing,
    at: datetime,
    detail: Mapping[str, Any],
) -> bool:
    """Note that a user has done something; False when that stands already, which is left as it is."""
    row = {
        "programme_id": programme_id,
        "user_id": user_id,
        "kind": str(kind),
        "at": at,
        "detail": dict(detail),
    }
    return connection.execute(insert_once(connection, clearances), row).rowcount == 1


def kinds(connection: Connection, programme_id: int, user_id: int) -> frozenset[Clearing]:
    """What a user has done."""
    found = connection.scalars(
        select(clearances.c.kind).where(
            clearances.c.programme_id == programme_id, clearances.c.user_id == user_id
        )
    )
    return frozenset(Clearing(kind) for kind in found)


def done_by(connection: Connection, programme_id: int) -> dict[int, set[Clearing]]:
    """By user what they have done, without when and how."""
    query = select(clearances.c.user_id, clearances.c.kind).where(clearances.c.programme_id == programme_id)
    done: dict[int, set[Clearing]] = {}
    for row in connection.execute(query):
        done.setdefault(row.user_id, set()).add(Clearing(row.kind))
    return done


def everybodys(connection: Connection, programme_id: int) -> dict[int, dict[Clearing, Clearance]]:
    """By user what they have done."""
    query = select(clearances).where(clearances.c.programme_id == programme_id)
    done: dict[int, dict[Clearing, Clearance]] = {}
    for row in connection.execute(query):
        kind = Clearing(row.kind)
        done.setdefault(row.user_id, {})[kind] = Clearance(kind, row.at, row.detail)
    return done
