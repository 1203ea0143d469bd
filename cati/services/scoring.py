"""Scores of a programme whose fieldwork is closed, and the table of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.programmes import LoadedProgramme
from cati.domain.ranking import Adjustment, ChannelScore, UnitScore, ranking
from cati.domain.scoring import Collected, PhoneScore, ScorePlan, phone_score, score_plan
from cati.domain.users import Right
from cati.domain.weighing import Pattern
from cati.files import scores as score_files
from cati.files.aside import written_aside
from cati.services import audit
from cati.services.context import Context
from cati.store import draws as draw_store
from cati.store import scoring as store
from cati.store.engine import Connection


def score(ctx: Context, programme: LoadedProgramme) -> list[UnitScore]:
    """The scores and ranks of all units, in the programme's order.

    Raises:
        CatiError: ``not_allowed``, ``fieldwork_open``.
    """
    ctx.actor.require(Right.SEE_SCORES)
    with ctx.database.read() as connection:
        refuse_while_open(connection, programme)
        plan = score_plan(programme.programme)
        return ranking(
            plan,
            _phone_scores(connection, programme, plan),
            {
                place: Fraction(text)
                for place, text in store.finished_scores(connection, programme.id).items()
            },
            _confirmed(connection, programme),
        )


def write_workbook(ctx: Context, programme: LoadedProgramme, path: Path) -> list[UnitScore]:
    """Write the scores as a workbook of four sheets; gives what was written.

    Raises:
        CatiError: ``not_allowed``, ``fieldwork_open``, ``file_not_written``.
    """
    lines = score(ctx, programme)
    with written_aside(path) as (aside,):
        score_files.write_scores(aside, programme.programme, score_plan(programme.programme), lines)
        with ctx.database.write() as connection:
            audit.record(ctx, connection, "write_scores", f"programme:{programme.id}", units=len(lines))
    return lines


def refuse_while_open(connection: Connection, programme: LoadedProgramme) -> None:
    """Refuse while people are still being called: nobody sees interim results.

    Raises:
        CatiError: ``fieldwork_open``.
    """
    if draw_store.programme_state(connection, programme.id) != "closed":
        raise CatiError(
            "fieldwork_open",
            N_(
                "Fieldwork is still open, and nobody may see interim results. Nothing was written. "
                "Close fieldwork first (cati programme close)."
            ),
        )


def as_json(lines: Sequence[UnitScore]) -> list[dict[str, Any]]:
    """The scores as scripts read them: numbers unrounded, null where there is none."""
    return [
        {
            "unit": line.unit.name,
            "series": line.unit.series,
            "composite": _number(line.composite),
            "adjustments": [
                {"code": a.code, "points": float(a.points), "reason": a.reason} for a in line.adjustments
            ],
            "final": _number(line.final),
            "rank": line.rank,
            "rank_in_series": line.rank_in_series,
            "differs_from_next": line.differs_from_next,
            "channels": {code: _channel(channel) for code, channel in line.channels.items()},
            "notes": [str(note) for note in line.notes],
        }
        for line in lines
    ]


def _channel(channel: ChannelScore) -> dict[str, Any]:
    found: dict[str, Any] = {"score": _number(channel.score), "rank": channel.rank}
    phone = channel.phone
    if phone is None:
        return found
    return found | {
        "n": phone.n,
        "interval": None if phone.interval is None else list(phone.interval),
        "differs_from_next": channel.differs_from_next,
        "supplement_share": _number(phone.supplement_share),
        "not_counted": {answer: float(share) for answer, share in phone.shares.items()},
        "items": {
            name: {"score": _number(item.score), "n": item.n, "answers": dict(item.answers)}
            for name, item in phone.items.items()
        },
    }


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _phone_scores(
    connection: Connection, programme: LoadedProgramme, plan: ScorePlan
) -> dict[str, PhoneScore]:
    """The score of every unit from its interviews; one unit's answers are in memory at a time."""
    if plan.phone is None:
        return {}
    names = [item.name for item in plan.items]
    accepted = programme.programme.settings.accepted_only
    by_unit: dict[str, list[store.CellSize]] = {}
    for cell in store.cell_sizes(connection, programme.id):
        by_unit.setdefault(cell.unit, []).append(cell)
    return {
        unit: phone_score(plan, unit, {c.group: _collected(connection, c, names, accepted) for c in cells})
        for unit, cells in by_unit.items()
    }


def _collected(
    connection: Connection, cell: store.CellSize, names: Sequence[str], accepted_only: bool
) -> Collected:
    patterns: Counter[Pattern] = Counter()
    supplement = 0
    for pattern, source, times in store.patterns(connection, cell.id, names, accepted_only=accepted_only):
        patterns[pattern] += times
        if source == "pool":
            supplement += times
    return Collected(patterns, cell.population, supplement)


def _confirmed(connection: Connection, programme: LoadedProgramme) -> dict[str, list[Adjustment]]:
    found: dict[str, list[Adjustment]] = {}
    for a in store.stored_adjustments(connection, programme.id):
        if a.state == "confirmed":
            found.setdefault(a.unit, []).append(Adjustment(a.code, Fraction(a.points), a.reason))
    return found
