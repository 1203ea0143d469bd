"""Ballots keyed twice in the window: who keyed which, what was keyed, and what a third look found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from cati.domain.ballots import Ballots, Line, packed
from cati.domain.keying import NOT_KEYED, KeyedBallot, Keying
from cati.store.engine import Connection
from cati.store.tables import keyed_ballots, keyed_lines, keyed_looks, keyings, units

_k, _b, _l = keyings.c, keyed_ballots.c, keyed_lines.c


def open_keying(
    connection: Connection,
    programme_id: int,
    channel: str,
    group: str,
    *,
    ballots: int,
    by_item: bool,
    at: datetime,
    by: int,
) -> int:
    """Store that so many ballots are keyed from now on; gives the key."""
    made = connection.execute(
        insert(keyings).values(
            programme_id=programme_id,
            channel=channel,
            group_code=group,
            ballots=ballots,
            by_item=by_item,
            at=at,
            user_id=by,
        )
    )
    return int(made.inserted_primary_key[0])  # type: ignore[index]


def keyings_of(connection: Connection, programme_id: int) -> tuple[Keying, ...]:
    """All keyings of a programme, the first opened first."""
    rows = connection.execute(
        select(_k.id, _k.channel, _k.group_code, _k.ballots, _k.by_item, _k.at, _k.set_id)
        .where(_k.programme_id == programme_id)
        .order_by(_k.id)
    )
    return tuple(Keying(*tuple(row)) for row in rows)


def give_up_set(connection: Connection, set_id: int) -> None:
    """Let the keying of a withdrawn set go on."""
    connection.execute(update(keyings).where(_k.set_id == set_id).values(set_id=None))


def resize(connection: Connection, keying_id: int, ballots: int) -> None:
    """Store how many papers there are."""
    connection.execute(update(keyings).where(_k.id == keying_id).values(ballots=ballots))


def keep_set(connection: Connection, keying_id: int, set_id: int) -> None:
    """Store what the ballots were taken as."""
    connection.execute(update(keyings).where(_k.id == keying_id).values(set_id=set_id))


def keyed_of(connection: Connection, keying_id: int) -> tuple[KeyedBallot, ...]:
    """Who keyed which ballot, by number and turn."""
    rows = connection.execute(
        select(_b.id, _b.ballot, _b.turn, _b.user_id, _b.done_at)
        .where(_b.keying_id == keying_id)
        .order_by(_b.ballot, _b.turn)
    )
    return tuple(
        KeyedBallot(row.id, row.ballot, row.turn, row.user_id, row.done_at is not None) for row in rows
    )


def begin(connection: Connection, keying_id: int, ballot: int, turn: int, *, at: datetime, by: int) -> int:
    """Store that somebody begins to key a ballot; gives the key."""
    made = connection.execute(
        insert(keyed_ballots).values(keying_id=keying_id, ballot=ballot, turn=turn, user_id=by, begun_at=at)
    )
    return int(made.inserted_primary_key[0])  # type: ignore[index]


def keyed(connection: Connection, keyed_id: int) -> tuple[int, KeyedBallot] | None:
    """One keying of a ballot and the key of what it belongs to; None if there is none."""
    row = connection.execute(
        select(_b.keying_id, _b.id, _b.ballot, _b.turn, _b.user_id, _b.done_at).where(_b.id == keyed_id)
    ).one_or_none()
    if row is None:
        return None
    return row.keying_id, KeyedBallot(row.id, row.ballot, row.turn, row.user_id, row.done_at is not None)


def set_done(connection: Connection, keyed_id: int, at: datetime | None) -> None:
    """Store that a ballot was ended, or with None that it is opened again."""
    connection.execute(update(keyed_ballots).where(_b.id == keyed_id).values(done_at=at))


def put_lines(
    connection: Connection, keyed_id: int, lines: Mapping[str, Line], unit_ids: Mapping[str, int]
) -> None:
    """Store lines by code of the unit in place of those there were; one of which nothing is keyed is none."""
    # Only one person writes into it, one statement after the other.
    known = set(connection.scalars(select(_l.unit_id).where(_l.keyed_id == keyed_id)))
    empty = [unit_ids[unit] for unit, line in lines.items() if set(line) == {NOT_KEYED}]
    if known.intersection(empty):
        connection.execute(delete(keyed_lines).where(_l.keyed_id == keyed_id, _l.unit_id.in_(empty)))
    texts = {unit_ids[unit]: packed(line) for unit, line in lines.items() if unit_ids[unit] not in empty}
    new = [
        {"keyed_id": keyed_id, "unit_id": unit, "answers": text}
        for unit, text in texts.items()
        if unit not in known
    ]
    if new:
        connection.execute(insert(keyed_lines), new)
    for unit, text in texts.items():
        if unit in known:
            connection.execute(
                update(keyed_lines).where(_l.keyed_id == keyed_id, _l.unit_id == unit).values(answers=text)
            )


def lines_of(connection: Connection, keyed_id: int) -> dict[str, Line]:
    """What was keyed of a ballot, by code of the unit."""
    rows = connection.execute(
        select(units.c.code, _l.answers).join(units, units.c.id == _l.unit_id).where(_l.keyed_id == keyed_id)
    )
    return {code: tuple(answers.split(" ")) for code, answers in rows}


def both_of(connection: Connection, keying_id: int) -> tuple[Ballots, Ballots]:
    """First and second keyings of all ballots of which both were ended, units in the programme's order."""
    whole = (
        select(_b.ballot)
        .where(_b.keying_id == keying_id, _b.done_at.is_not(None))
        .group_by(_b.ballot)
        .having(func.count() == 2)
    )
    rows = connection.execute(
        select(_b.turn, _b.ballot, units.c.code, _l.answers)
        .join(keyed_lines, _l.keyed_id == _b.id)
        .join(units, units.c.id == _l.unit_id)
        .where(_b.keying_id == keying_id, _b.ballot.in_(whole))
        .order_by(_b.ballot, units.c.id)
    )
    found: tuple[dict[int, dict[str, Line]], dict[int, dict[str, Line]]] = ({}, {})
    for turn, ballot, unit, answers in rows:
        found[turn - 1].setdefault(ballot, {})[unit] = tuple(answers.split(" "))
    return found


def put_look(
    connection: Connection,
    keying_id: int,
    ballot: int,
    unit_id: int,
    item: int,
    answer: str,
    *,
    at: datetime,
    by: int,
) -> None:
    """Store what the paper says at one place, in place of what was said before."""
    at_place = {"keying_id": keying_id, "ballot": ballot, "unit_id": unit_id, "item": item}
    connection.execute(delete(keyed_looks).where(*(keyed_looks.c[name] == v for name, v in at_place.items())))
    connection.execute(insert(keyed_looks).values(**at_place, answer=answer, at=at, user_id=by))


def looks_of(connection: Connection, keying_id: int) -> dict[tuple[int, str, int], str]:
    """What the paper says, by ballot, unit and place of the item."""
    o = keyed_looks.c
    rows = connection.execute(
        select(o.ballot, units.c.code, o.item, o.answer)
        .join(units, units.c.id == o.unit_id)
        .where(o.keying_id == keying_id)
    )
    return {(ballot, unit, item): answer for ballot, unit, item, answer in rows}
