"""What supervisors write to operators, and who has read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, insert, or_, select

from cati.store.engine import Connection
from cati.store.statements import any_row
from cati.store.tables import notice_reads, notices, users

_TO = users.alias("to")


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice; `name` wrote it, `to` is whom it is for (None: all), `reads` how many have read it."""

    id: int
    text: str
    at: datetime
    name: str
    to: str | None
    reads: int


_READS = (
    select(func.count())
    .select_from(notice_reads)
    .where(notice_reads.c.notice_id == notices.c.id)
    .scalar_subquery()
)
_ALL = (
    select(notices.c.id, notices.c.text, notices.c.at, users.c.name, _TO.c.name, _READS)
    .join(users, users.c.id == notices.c.user_id)
    .outerjoin(_TO, _TO.c.id == notices.c.to_id)
)


def add(connection: Connection, text: str, *, to: int | None, at: datetime, by: int) -> int:
    """Write a notice to one user, or to all; gives its row number."""
    row = {"text": text, "to_id": to, "at": at, "user_id": by}
    return int(connection.execute(insert(notices).values(row).returning(notices.c.id)).scalar_one())


def since(connection: Connection, moment: datetime) -> tuple[Notice, ...]:
    """All notices since a moment, the newest first."""
    rows = connection.execute(_ALL.where(notices.c.at >= moment).order_by(notices.c.id.desc()))
    return tuple(Notice(*row) for row in rows)


def unread(connection: Connection, user_id: int, moment: datetime) -> tuple[Notice, ...]:
    """What a user has not read since a moment, the oldest first; nobody is shown what they wrote to all."""
    read = any_row().where(notice_reads.c.notice_id == notices.c.id, notice_reads.c.user_id == user_id)
    to_all = and_(notices.c.to_id.is_(None), notices.c.user_id != user_id)
    rows = connection.execute(
        _ALL.where(notices.c.at >= moment, or_(notices.c.to_id == user_id, to_all), ~read).order_by(
            notices.c.id
        )
    )
    return tuple(Notice(*row) for row in rows)


def mark_read(connection: Connection, notice_id: int, user_id: int, at: datetime) -> None:
    """Note that a user has read a notice; twice changes nothing."""
    read = any_row().where(notice_reads.c.notice_id == notice_id, notice_reads.c.user_id == user_id)
    if not connection.scalar(select(read)):
        connection.execute(insert(notice_reads).values(notice_id=notice_id, user_id=user_id, at=at))
