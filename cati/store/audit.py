"""The audit log: rows are added, never changed."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select

from cati.store.engine import Connection
from cati.store.statements import take_turns
from cati.store.tables import audit


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One thing done, as stored.

    Attributes:
        previous, hash: hexadecimal SHA-256 that chain the entries of a session.
    """

    session_id: str
    seq: int
    at: datetime
    user_id: int | None
    action: str
    subject: str
    detail: dict[str, Any]
    previous: str
    hash: str


_LAST = (
    select(audit.c.seq, audit.c.hash)
    .where(audit.c.session_id == bindparam("session"))
    .order_by(audit.c.seq.desc())
    .limit(1)
)
_ADD = insert(audit)


def last(connection: Connection, session_id: str) -> tuple[int, str] | None:
    """Number and hash of a session's last entry.

    Holds the session's chain until the transaction ends, so two transactions of one session take turns.
    """
    take_turns(connection, session_id)
    row = connection.execute(_LAST, {"session": session_id}).one_or_none()
    return None if row is None else (row.seq, row.hash)


def noted(connection: Connection, action: str) -> bool:
    """Whether something was ever done."""
    return (
        connection.execute(select(audit.c.seq).where(audit.c.action == action).limit(1)).first() is not None
    )


def add(connection: Connection, entry: StoredEntry) -> None:
    """Add an entry."""
    row = {
        "session_id": entry.session_id,
        "seq": entry.seq,
        "at": entry.at,
        "user_id": entry.user_id,
        "action": entry.action,
        "subject": entry.subject,
        "detail": entry.detail,
        "previous": entry.previous,
        "hash": entry.hash,
    }
    connection.execute(_ADD, row)


def by_session(connection: Connection) -> Generator[StoredEntry, None, None]:
    """All entries, chain by chain, in order; read as they are taken. Close it when leaving early."""
    query = select(audit).order_by(audit.c.session_id, audit.c.seq).execution_options(yield_per=1000)
    with connection.execute(query) as rows:
        for row in rows:
            yield StoredEntry(*row)


def heads(connection: Connection, before: datetime) -> list[tuple[str, int, str]]:
    """Session, number and hash of the last entry of each session before a moment, in no order."""
    last = (
        select(audit.c.session_id, func.max(audit.c.seq).label("seq"))
        .where(audit.c.at < before)
        .group_by(audit.c.session_id)
        .subquery()
    )
    query = select(audit.c.session_id, audit.c.seq, audit.c.hash).join(
        last, (audit.c.session_id == last.c.session_id) & (audit.c.seq == last.c.seq)
    )
    return [(row.session_id, row.seq, row.hash) for row in connection.execute(query)]


def newest(connection: Connection, limit: int) -> tuple[StoredEntry, ...]:
    """The last `limit` entries, newest first."""
    rows = connection.execute(
        select(audit).order_by(audit.c.at.desc(), audit.c.session_id, audit.c.seq.desc()).limit(limit)
    )
    return tuple(StoredEntry(*row) for row in rows)


def last_of(connection: Connection, action: str, subject: str) -> StoredEntry | None:
    """The last entry that tells of one thing done to a subject; None when there is none."""
    row = connection.execute(
        select(audit)
        .where(audit.c.action == action, audit.c.subject == subject)
        .order_by(audit.c.at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else StoredEntry(*row)
