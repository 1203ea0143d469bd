"""What scores are made of: answers counted by cell, finished scores of other channels, adjustments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, delete, func, insert, select, true, update

from cati.store.engine import Connection
from cati.store.reviews import in_scores
from cati.store.statements import any_row, change_one
from cati.store.tables import (
    adjustments,
    cases,
    cells,
    channel_scores,
    frames,
    groups,
    interviews,
    programmes,
    responses,
    supplements,
    units,
    users,
)


@dataclass(frozen=True, slots=True)
class CellSize:
    """Who could be drawn for a cell: entries of its list, and of the public pool if that was opened."""

    id: int
    unit: str
    group: str
    population: int


@dataclass(frozen=True, slots=True)
class StoredAdjustment:
    """Points proposed for a unit (by code).

    Attributes:
        points: an exact decimal as text.
        problem: number of the problem they are for, empty where the ground counts once.
        basis: how they come about, as `cati.domain.deductions.Basis` keeps it; empty where they were given,
            `BY_LISTS` where they follow from the lists in force.
        document: number of the document that waives them, or empty.
    """

    id: int
    unit: str
    code: str
    points: str
    reason: str
    state: str
    problem: str = ""
    basis: str = ""
    document: str = ""


def cell_sizes(connection: Connection, programme_id: int) -> tuple[CellSize, ...]:
    """All cells of a programme, by position of unit and group."""
    pool = connection.scalar(
        select(func.coalesce(func.sum(frames.c.accepted), 0)).where(
            frames.c.programme_id == programme_id, frames.c.unit_id.is_(None), frames.c.current
        )
    )
    rows = connection.execute(
        select(
            cells.c.id,
            units.c.code,
            groups.c.code,
            func.coalesce(frames.c.accepted, 0),
            any_row().where(supplements.c.cell_id == cells.c.id),
        )
        .join(units, units.c.id == cells.c.unit_id)
        .join(groups, groups.c.id == cells.c.group_id)
        .outerjoin(
            frames,
            and_(
                frames.c.unit_id == cells.c.unit_id, frames.c.group_id == cells.c.group_id, frames.c.current
            ),
        )
        .where(cells.c.programme_id == programme_id)
        .order_by(units.c.position, groups.c.position)
    )
    return tuple(
        CellSize(cell, unit, group, listed + (pool if supplemented else 0))
        for cell, unit, group, listed, supplemented in rows
    )


def patterns(
    connection: Connection, cell_id: int, items: Sequence[str], *, accepted_only: bool = False
) -> Iterator[tuple[tuple[str | None, ...], str, int]]:
    """How a cell's complete interviews answered the items, interviews that answered alike taken together.

    Those that a review excluded are left out.

    Args:
        connection: any transaction.
        cell_id: key of the cell.
        items: names, in the order wanted; an answer off the path is left out.
        accepted_only: take only interviews that a review has accepted.

    Returns:
        Answers in the order of the items (None: not asked), source of the case (list or pool), interviews.
    """
    for row in connection.execute(_patterns(tuple(items), accepted_only), {"cell": cell_id}):
        source, *given, times = row
        yield tuple(given), source, times


def simulated_interviews(connection: Connection, programme_id: int, *, accepted_only: bool = False) -> int:
    """How many of the interviews that `patterns` takes were led by nobody, with invented respondents.

    Args:
        connection: any transaction.
        programme_id: key of the programme.
        accepted_only: see `patterns`.
    """
    counted = (
        select(func.count())
        .select_from(interviews)
        .join(users, and_(users.c.id == interviews.c.user_id, users.c.simulated == true()))
        .join(cells, cells.c.id == interviews.c.cell_id)
        .where(
            cells.c.programme_id == programme_id,
            interviews.c.state == "complete",
            in_scores(accepted_only),
        )
    )
    return int(connection.scalar(counted) or 0)


@lru_cache(maxsize=8)
def _patterns(items: tuple[str, ...], accepted_only: bool) -> Select[Any]:
    """The statement of `patterns`: the same for all cells of a programme.

    Items are picked in the columns and not in the join: there each would cost a search of its own.
    """
    answers = [
        func.max(case((responses.c.item == item, responses.c.value))).label(f"answer_{place}")
        for place, item in enumerate(items)
    ]
    one = (
        select(cases.c.source, *answers)
        .select_from(interviews)
        .join(cases, cases.c.id == interviews.c.case_id)
        .outerjoin(
            responses, and_(responses.c.interview_id == interviews.c.id, responses.c.on_path == true())
        )
        .where(
            interviews.c.cell_id == bindparam("cell"),
            interviews.c.state == "complete",
            in_scores(accepted_only),
        )
        .group_by(interviews.c.id, cases.c.source)
    ).subquery()
    alike = [one.c.source, *(one.c[f"answer_{place}"] for place in range(len(items)))]
    return select(*alike, func.count()).group_by(*alike)


@dataclass(frozen=True, slots=True)
class ScoredInterview:
    """An interview that counts; group is a code, the answer the name of one to the item asked about."""

    interview_id: str
    case_id: int
    group: str
    operator: str
    ended_at: datetime
    answer: str | None


def interviews_of(
    connection: Connection,
    programme_id: int,
    unit: str,
    group: str = "",
    item: str = "",
    *,
    accepted_only: bool = False,
) -> tuple[ScoredInterview, ...]:
    """The interviews about a unit that `patterns` takes, the first ended first.

    Args:
        connection: any transaction.
        programme_id: key of the programme.
        unit: code.
        group: code; empty means all.
        item: whose answers are wanted.
        accepted_only: see `patterns`.
    """
    given = and_(
        responses.c.interview_id == interviews.c.id, responses.c.item == item, responses.c.on_path == true()
    )
    query = (
        select(
            interviews.c.id,
            interviews.c.case_id,
            groups.c.code,
            users.c.name,
            interviews.c.ended_at,
            responses.c.value,
        )
        .join(cells, cells.c.id == interviews.c.cell_id)
        .join(units, units.c.id == cells.c.unit_id)
        .join(groups, groups.c.id == cells.c.group_id)
        .join(users, users.c.id == interviews.c.user_id)
        .outerjoin(responses, given)
        .where(
            cells.c.programme_id == programme_id,
            units.c.code == unit,
            interviews.c.state == "complete",
            in_scores(accepted_only),
        )
        .order_by(interviews.c.ended_at, interviews.c.id)
    )
    if group:
        query = query.where(groups.c.code == group)
    return tuple(ScoredInterview(*row) for row in connection.execute(query))


def set_channel_scores(
    connection: Connection,
    programme_id: int,
    channel: str,
    scores: Mapping[int, str],
    *,
    at: datetime,
    by: int,
) -> None:
    """Put the finished scores (exact decimals) of a channel in place of all it had, by key of the unit."""
    connection.execute(
        delete(channel_scores).where(
            channel_scores.c.programme_id == programme_id, channel_scores.c.channel == channel
        )
    )
    connection.execute(
        insert(channel_scores),
        [
            {
                "programme_id": programme_id,
                "channel": channel,
                "unit_id": unit_id,
                "score": score,
                "set_at": at,
                "set_by": by,
            }
            for unit_id, score in scores.items()
        ],
    )


def put_channel_score(
    connection: Connection,
    programme_id: int,
    channel: str,
    unit_id: int,
    score: str | None,
    *,
    at: datetime,
    by: int,
) -> None:
    """Put the finished score (exact decimal) of one unit in place of any it had; None takes it away."""
    connection.execute(
        delete(channel_scores).where(channel_scores.c.channel == channel, channel_scores.c.unit_id == unit_id)
    )
    if score is not None:
        connection.execute(
            insert(channel_scores).values(
                programme_id=programme_id,
                channel=channel,
                unit_id=unit_id,
                score=score,
                set_at=at,
                set_by=by,
            )
        )


def finished_scores(connection: Connection, programme_id: int) -> dict[tuple[str, str], str]:
    """The finished scores (exact decimals) by codes of channel and unit."""
    rows = connection.execute(
        select(channel_scores.c.channel, units.c.code, channel_scores.c.score)
        .join(units, units.c.id == channel_scores.c.unit_id)
        .where(channel_scores.c.programme_id == programme_id)
    )
    return {(channel, unit): score for channel, unit, score in rows}


def stored_adjustments(connection: Connection, programme_id: int) -> tuple[StoredAdjustment, ...]:
    """All adjustments of a programme, by unit and code."""
    rows = connection.execute(
        select(
            adjustments.c.id,
            units.c.code,
            adjustments.c.code,
            adjustments.c.points,
            adjustments.c.reason,
            adjustments.c.state,
            adjustments.c.problem,
            adjustments.c.basis,
            adjustments.c.document,
        )
        .join(units, units.c.id == adjustments.c.unit_id)
        .where(adjustments.c.programme_id == programme_id)
        .order_by(units.c.position, adjustments.c.code, adjustments.c.problem)
    )
    return tuple(StoredAdjustment(*tuple(row)) for row in rows)


def undecided(connection: Connection, programme_id: int) -> int:
    """How many proposals of points nobody has decided on."""
    open_ = (adjustments.c.programme_id == programme_id, adjustments.c.state == "proposed")
    return connection.scalar(select(func.count()).select_from(adjustments).where(*open_)) or 0


def put_adjustment(
    connection: Connection,
    programme_id: int,
    unit_id: int,
    *,
    code: str,
    points: str,
    reason: str,
    state: str,
    at: datetime,
    by: int,
    problem: str = "",
    basis: str = "",
) -> None:
    """Store an adjustment in place of the unit's for that problem or, without one, on that ground."""
    settled = {"settled_at": at, "settled_by": by} if state != "proposed" else {}
    same = (adjustments.c.problem == problem) if problem else (adjustments.c.code == code)
    connection.execute(
        delete(adjustments).where(
            adjustments.c.unit_id == unit_id, same, (adjustments.c.problem != "") == bool(problem)
        )
    )
    connection.execute(
        insert(adjustments).values(
            programme_id=programme_id,
            unit_id=unit_id,
            code=code,
            points=points,
            reason=reason,
            state=state,
            problem=problem,
            basis=basis,
            proposed_at=at,
            proposed_by=by,
            **settled,
        )
    )


def drop_adjustment(connection: Connection, adjustment_id: int) -> None:
    """Take points away that nobody has decided on."""
    connection.execute(delete(adjustments).where(adjustments.c.id == adjustment_id))


def settle_adjustment(
    connection: Connection,
    adjustment_id: int,
    *,
    state: str,
    reason: str,
    document: str,
    at: datetime,
    by: int,
) -> None:
    """Confirm or waive a proposed adjustment; the document is what waives it, or empty."""
    settled = update(adjustments).where(adjustments.c.id == adjustment_id)
    change_one(
        connection,
        settled.values(state=state, reason=reason, document=document, settled_at=at, settled_by=by),
    )


def late_units(connection: Connection, programme_id: int) -> tuple[str, ...]:
    """Codes of the units one of whose lists in force came late, in the programme's order."""
    return tuple(
        connection.scalars(
            select(units.c.code)
            .where(
                units.c.programme_id == programme_id,
                any_row().where(frames.c.unit_id == units.c.id, frames.c.current, frames.c.late),
            )
            .order_by(units.c.position)
        )
    )


def lock_scores(connection: Connection, programme_id: int) -> None:
    """Let nobody else set scores or adjustments of a programme until the transaction ends."""
    connection.execute(select(programmes.c.id).where(programmes.c.id == programme_id).with_for_update())
