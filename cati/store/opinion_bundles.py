"""Bundles of opinions that were sent to units, and what the units replied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, select

from cati.domain.replies import Answer, AnswerState
from cati.store.engine import Connection
from cati.store.statements import any_row
from cati.store.tables import (
    opinion_bundle_lines,
    opinion_bundles,
    opinion_replies,
    units,
    users,
)

_b, _l, _r = opinion_bundles.c, opinion_bundle_lines.c, opinion_replies.c


@dataclass(frozen=True, slots=True)
class StoredBundle:
    """A workbook that was sent; `unit` is its code, `by` the login of who sent it."""

    id: int
    number: int
    unit: str
    due_on: date
    file: str
    sha256: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class SentLine:
    """One opinion of a bundle as it was sent, and what came back.

    Attributes:
        number: in its bundle.
        answer: the last one, None while there is none.
        first_received: day on which the first answer was handed in, None while there is none.
    """

    bundle: StoredBundle
    number: int
    opinion: int
    text: str
    answer: Answer | None
    first_received: date | None

    @property
    def late(self) -> bool:
        """Whether its first answer was handed in after the day it was due."""
        return self.first_received is not None and self.first_received > self.bundle.due_on


def next_number(connection: Connection, programme_id: int) -> int:
    """The number the next bundle of a programme gets."""
    most = connection.scalar(select(func.max(_b.number)).where(_b.programme_id == programme_id))
    return int(most or 0) + 1


def add_bundle(
    connection: Connection,
    programme_id: int,
    unit_id: int,
    lines: Mapping[int, tuple[int, str]],
    *,
    number: int,
    due_on: date,
    file: str,
    sha256: str,
    at: datetime,
    by: int,
) -> None:
    """Store a bundle: by number of the line, the opinion and its words as they were sent."""
    key = connection.execute(
        insert(opinion_bundles)
        .values(
            programme_id=programme_id, unit_id=unit_id, number=number, due_on=due_on, file=file,
            sha256=sha256, at=at, user_id=by,
        )
        .returning(_b.id)
    ).scalar_one()  # fmt: skip
    rows = [
        {"bundle_id": key, "number": line, "opinion_id": opinion_id, "text": words}
        for line, (opinion_id, words) in lines.items()
    ]
    connection.execute(insert(opinion_bundle_lines), rows)


def bundles(connection: Connection, programme_id: int) -> tuple[StoredBundle, ...]:
    """All bundles of a programme, the first sent first."""
    rows = connection.execute(
        select(_b.id, _b.number, units.c.code, _b.due_on, _b.file, _b.sha256, _b.at, users.c.login)
        .join(units, units.c.id == _b.unit_id)
        .join(users, users.c.id == _b.user_id)
        .where(_b.programme_id == programme_id)
        .order_by(_b.number)
    )
    return tuple(StoredBundle(*tuple(row)) for row in rows)


def lines(connection: Connection, programme_id: int) -> tuple[SentLine, ...]:
    """All opinions that were sent, by bundle and number."""
    known = {one.id: one for one in bundles(connection, programme_id)}
    first: dict[tuple[int, int], date] = {}
    last: dict[tuple[int, int], Answer] = {}
    replies = connection.execute(
        select(_r.bundle_id, _r.number, _r.state, _r.result, _r.answered_on, _r.received_on)
        .join(opinion_bundles, _b.id == _r.bundle_id)
        .where(_b.programme_id == programme_id)
        .order_by(_r.id)
    )
    for bundle_id, number, state, result, answered_on, received_on in replies:
        place = bundle_id, number
        first[place] = min(first.get(place, received_on), received_on)
        last[place] = Answer(AnswerState(state), result, answered_on)
    rows = connection.execute(
        select(_l.bundle_id, _l.number, _l.opinion_id, _l.text)
        .join(opinion_bundles, _b.id == _l.bundle_id)
        .where(_b.programme_id == programme_id)
        .order_by(_b.number, _l.number)
    )
    return tuple(
        SentLine(known[key], number, opinion, text, last.get((key, number)), first.get((key, number)))
        for key, number, opinion, text in rows
    )


def overdue(connection: Connection, programme_id: int, today: date) -> list[tuple[str, date, int]]:
    """Code of the unit, last day and number of the opinions of each bundle that nobody answered by then."""
    answered = any_row().where(_r.bundle_id == _l.bundle_id, _r.number == _l.number)
    rows = connection.execute(
        select(units.c.code, _b.due_on, func.count())
        .select_from(opinion_bundle_lines)
        .join(opinion_bundles, _b.id == _l.bundle_id)
        .join(units, units.c.id == _b.unit_id)
        .where(_b.programme_id == programme_id, _b.due_on < today, ~answered)
        .group_by(_b.id, units.c.code, _b.due_on)
        .order_by(_b.id)
    )
    return [(code, due, count) for code, due, count in rows]


def add_replies(
    connection: Connection,
    bundle_id: int,
    answers: Sequence[tuple[int, Answer]],
    *,
    received_on: date,
    file: str,
    sha256: str,
    at: datetime,
    by: int,
) -> None:
    """Store what a unit answered, by number of the line."""
    rows = [
        {
            "bundle_id": bundle_id,
            "number": number,
            "state": str(answer.state),
            "result": answer.result,
            "answered_on": answer.answered_on,
            "received_on": received_on,
            "file": file,
            "sha256": sha256,
            "at": at,
            "user_id": by,
        }
        for number, answer in answers
    ]
    connection.execute(insert(opinion_replies), rows)
