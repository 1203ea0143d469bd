"""Messages from operators to the supervisor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, literal, select, update

from cati.domain.messages import Kind, Stretch
from cati.store.engine import Connection
from cati.store.statements import any_row
from cati.store.tables import cases, cells, groups, messages, units, users

_SETTLERS = users.alias("settlers")


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        case_id, unit, group: of the case it is about; None where it is about none.
        operator: name of who sent it.
        settled_by: name of who settled it; None while it waits.
        again: whether it was settled so that the person is called once more; None where that was not asked.
        stretch: of a recording, that it marks; None where it marks none.
    """

    id: int
    kind: Kind
    case_id: int | None
    unit: str | None
    group: str | None
    text: str
    operator_id: int
    operator: str
    station: str
    at: datetime
    settled_at: datetime | None
    settled_by: str | None
    answer: str
    again: bool | None
    stretch: Stretch | None = None


def add(
    connection: Connection,
    *,
    programme_id: int,
    kind: Kind,
    text: str,
    user_id: int,
    station: str,
    at: datetime,
    case_id: int | None = None,
    attempt_id: str | None = None,
    stretch: Stretch | None = None,
) -> int:
    """Add a message; gives its row number."""
    row: dict[str, Any] = {
        "programme_id": programme_id,
        "kind": str(kind),
        "case_id": case_id,
        "attempt_id": attempt_id,
        "text": text,
        "user_id": user_id,
        "station": station,
        "at": at,
    }
    if stretch is not None:
        row |= {
            "recording_id": stretch.recording_id,
            "from_ms": stretch.start_ms,
            "to_ms": stretch.end_ms,
        }
    return int(connection.execute(insert(messages).values(row).returning(messages.c.id)).scalar_one())


def waiting(connection: Connection, programme_id: int) -> tuple[Message, ...]:
    """What nobody settled yet, the oldest first."""
    query = _query().where(messages.c.programme_id == programme_id, messages.c.settled_at.is_(None))
    return _messages(connection, query)


def count_waiting(connection: Connection, programme_id: int) -> int:
    """How many nobody settled yet."""
    open_ones = messages.c.programme_id == programme_id, messages.c.settled_at.is_(None)
    return connection.execute(select(func.count()).select_from(messages).where(*open_ones)).scalar_one()


def sent_by(connection: Connection, programme_id: int, user_id: int, since: datetime) -> tuple[Message, ...]:
    """What a user sent since a moment, the oldest first."""
    # Where a case belongs that the user called is told, though the case is shown no more.
    asked = connection.dialect.name == "postgresql"
    query = _query(cell=func.cell_of(messages.c.case_id) if asked else cases.c.cell_id).where(
        messages.c.programme_id == programme_id, messages.c.user_id == user_id, messages.c.at >= since
    )
    return _messages(connection, query)


def of_case(connection: Connection, case_id: int, *, with_words: bool) -> tuple[Message, ...]:
    """All messages about a case, the oldest first; text and answer are empty unless they are asked for."""
    return _messages(connection, _query(with_words=with_words).where(messages.c.case_id == case_id))


def find(connection: Connection, programme_id: int, message_id: int) -> Message | None:
    """A message of a programme."""
    query = _query().where(messages.c.programme_id == programme_id, messages.c.id == message_id)
    return next(iter(_messages(connection, query)), None)


def marking(connection: Connection, programme_id: int) -> tuple[Message, ...]:
    """All of a programme that mark something of a recording, the oldest first."""
    marked = messages.c.programme_id == programme_id, messages.c.recording_id.is_not(None)
    return _messages(connection, _query().where(*marked))


def attempt_of(connection: Connection, message_id: int) -> str | None:
    """The attempt that a message is about."""
    return connection.scalar(select(messages.c.attempt_id).where(messages.c.id == message_id))


def was_asked(connection: Connection, case_id: int, kind: Kind) -> bool:
    """Whether something of this kind was ever laid before the supervisor about a case."""
    found = any_row().where(messages.c.case_id == case_id, messages.c.kind == str(kind))
    return bool(connection.scalar(select(found)))


def decided(connection: Connection, programme_id: int, since: datetime, most: int) -> tuple[Message, ...]:
    """What was settled since a moment, the latest first, and no more than so many."""
    query = _query().where(messages.c.programme_id == programme_id, messages.c.settled_at >= since)
    latest = query.order_by(None).order_by(messages.c.settled_at.desc(), messages.c.id.desc())
    return _messages(connection, latest.limit(most))


def settle(
    connection: Connection,
    message_id: int,
    *,
    user_id: int,
    at: datetime,
    answer: str,
    again: bool | None = None,
) -> bool:
    """Settle a message; False when somebody else did already."""
    changed = connection.execute(
        update(messages)
        .where(messages.c.id == message_id, messages.c.settled_at.is_(None))
        .values(settled_at=at, settled_by=user_id, answer=answer, again=again)
    )
    return changed.rowcount == 1


def settle_otherwise(
    connection: Connection, message_id: int, *, user_id: int, at: datetime, answer: str
) -> bool:
    """Settle once more what was settled so that the person is called; False where it is so no longer.

    Args:
        answer: in place of the first one, which stays where this is empty.
    """
    changed = connection.execute(
        update(messages)
        .where(messages.c.id == message_id, messages.c.again)
        .values(settled_at=at, settled_by=user_id, again=False, **({"answer": answer} if answer else {}))
    )
    return changed.rowcount == 1


def _query(*, with_words: bool = True, cell: ColumnElement[int] = cases.c.cell_id) -> Select[Any]:
    return (
        select(
            messages.c.id,
            messages.c.kind,
            messages.c.case_id,
            units.c.name.label("unit"),
            groups.c.label.label("group"),
            messages.c.text if with_words else literal("").label("text"),
            messages.c.user_id.label("operator_id"),
            users.c.name.label("operator"),
            messages.c.station,
            messages.c.at,
            messages.c.settled_at,
            _SETTLERS.c.name.label("settled_by"),
            messages.c.answer if with_words else literal("").label("answer"),
            messages.c.again,
            messages.c.recording_id,
            messages.c.from_ms,
            messages.c.to_ms,
        )
        .join(users, users.c.id == messages.c.user_id)
        .outerjoin(_SETTLERS, _SETTLERS.c.id == messages.c.settled_by)
        .outerjoin(cases, cases.c.id == messages.c.case_id)
        .outerjoin(cells, cells.c.id == cell)
        .outerjoin(units, units.c.id == cells.c.unit_id)
        .outerjoin(groups, groups.c.id == cells.c.group_id)
        .order_by(messages.c.at, messages.c.id)
    )


def _messages(connection: Connection, query: Select[Any]) -> tuple[Message, ...]:
    return tuple(_message(dict(row._mapping)) for row in connection.execute(query))


def _message(facts: dict[str, Any]) -> Message:
    place = tuple(facts.pop(name) for name in ("recording_id", "from_ms", "to_ms"))
    # The column holds the kind's plain name.
    facts["kind"] = Kind(facts["kind"])
    return Message(**facts, stretch=None if place[0] is None else Stretch(*place))
