"""From a score down to the answers it is made of, for whoever may hear interviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from cati.base.i18n import language
from cati.domain.behind import ChannelBehind, GroupBehind, ItemBehind, channel_behind
from cati.domain.programmes import LoadedProgramme
from cati.domain.ranking import UnitScore
from cati.domain.score_plan import named_in, score_plan
from cati.domain.users import Right
from cati.services import review, scoring
from cati.services.adjustments import given_unit
from cati.services.context import Context
from cati.store import scoring as store


@dataclass(frozen=True, slots=True)
class UnitBehind:
    """A unit's scores with what is behind them."""

    line: UnitScore
    channels: tuple[ChannelBehind, ...]


@dataclass(frozen=True, slots=True)
class InterviewBehind:
    """One interview behind a score.

    Attributes:
        group: code.
        answer: name of the answer to the item asked about; None where it was not asked.
        asked_ms, answered_ms: where that was, on the line of time of the interview's recordings; None where
            it was not recorded.
    """

    interview_id: str
    case_id: int
    group: str
    operator: str
    ended_at: datetime
    answer: str | None
    asked_ms: int | None
    answered_ms: int | None


def unit_behind(ctx: Context, programme: LoadedProgramme, unit: str) -> UnitBehind:
    """What is behind the scores of a unit (code or name), with names in the language in use.

    Raises:
        CatiError: ``not_allowed``, ``fieldwork_open``, ``unit_not_found``.
    """
    _require(ctx)
    definition = named_in(programme.programme, language().split("_")[0])
    plan = score_plan(definition)
    code = given_unit(programme, unit).code
    with ctx.database.read() as connection:
        scoring.refuse_while_open(connection, programme)
        lines = scoring.scored(connection, programme, plan)
        line = next(one for one in lines if one.unit.code == code)
        collected = {
            channel: found
            for channel, of, found in scoring.collected_by(connection, programme, plan, code)
            if of == code
        }
    return UnitBehind(
        line,
        tuple(
            channel_behind(
                definition,
                scoring.plan_of(plan, channel.code),
                channel,
                code,
                line.channels[channel.code],
                collected.get(channel.code),
            )
            for channel in plan.channels
            if not channel.series or line.unit.series in channel.series
        ),
    )


def interviews_behind(
    ctx: Context, programme: LoadedProgramme, unit: str, group: str = "", item: str = ""
) -> tuple[InterviewBehind, ...]:
    """The interviews of which a unit's score is made, the first ended first.

    Args:
        ctx: somebody who may see scores and hear interviews.
        programme: whose.
        unit: code or name.
        group: code; empty means all.
        item: name of the question whose answers are wanted; empty gives none.

    Raises:
        CatiError: ``not_allowed``, ``fieldwork_open``.
    """
    _require(ctx)
    code = given_unit(programme, unit).code
    accepted = programme.programme.settings.accepted_only
    with ctx.database.read() as connection:
        scoring.refuse_while_open(connection, programme)
        found = store.interviews_of(connection, programme.id, code, group, item, accepted_only=accepted)
        places = review.item_places(connection, [one.interview_id for one in found], item)
    return tuple(
        InterviewBehind(
            one.interview_id,
            one.case_id,
            one.group,
            one.operator,
            one.ended_at,
            one.answer,
            *places.get(one.interview_id, (None, None)),
        )
        for one in found
    )


def _require(ctx: Context) -> None:
    ctx.actor.require(Right.SEE_SCORES)
    ctx.actor.require(Right.LISTEN)


def as_json(found: UnitBehind) -> dict[str, Any]:
    """What is behind a unit's scores, as scripts read it."""
    return {
        "unit": found.line.unit.name,
        "final": _number(found.line.final),
        "channels": {
            channel.code: {
                "score": _number(channel.score),
                "n": channel.n,
                "groups": {group.code or "all": _group(group) for group in channel.groups},
            }
            for channel in found.channels
        },
    }


def _group(group: GroupBehind) -> dict[str, Any]:
    return {
        "score": _number(group.score),
        "n": group.n,
        "items": {item.name: _item(item) for item in group.items},
    }


def _item(item: ItemBehind) -> dict[str, Any]:
    answers = {one.name: one.count for one in item.answers}
    return {"score": _number(item.score), "n": item.n, "answers": answers}


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
