"""Scores of a programme whose fieldwork is closed, and the table of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from typing import Any

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.hotline_scores import HotlineScore
from cati.domain.programmes import BALLOT_KINDS, LoadedProgramme
from cati.domain.ranking import Adjustment, ChannelScore, UnitScore, ranking
from cati.domain.score_plan import ScorePlan, score_plan
from cati.domain.scoring import Collected, Note, OpinionScore, Working, opinion_score, working
from cati.domain.undecided import Undecided
from cati.domain.users import Right
from cati.domain.weighing import Pattern
from cati.services import audit, hotline, indicators, register
from cati.services.context import Context
from cati.store import ballots as ballot_store
from cati.store import complaints as complaint_store
from cati.store import draws as draw_store
from cati.store import releases
from cati.store import scoring as store
from cati.store import web as web_store
from cati.store.engine import Connection
from cati.store.releases import SignOff


def score(ctx: Context, programme: LoadedProgramme) -> list[UnitScore]:
    """The scores and ranks of all units, in the programme's order.

    Raises:
        CatiError: ``not_allowed``, ``fieldwork_open``.
    """
    ctx.actor.require(Right.SEE_SCORES)
    with ctx.database.read() as connection:
        refuse_while_open(connection, programme)
        return scored(connection, programme, score_plan(programme.programme))


def scored(connection: Connection, programme: LoadedProgramme, plan: ScorePlan) -> list[UnitScore]:
    """The scores and ranks of all units by a plan, in the programme's order."""
    finished = {
        place: Fraction(text) for place, text in store.finished_scores(connection, programme.id).items()
    }
    finished |= indicators.scores(connection, programme)
    by_hotline = hotline.scores(connection, programme)
    for place, found in by_hotline.items():
        finished.pop(place, None)
        if found.score is not None:
            finished[place] = found.score
    lines = ranking(
        plan,
        _heard(connection, programme, plan),
        finished,
        _confirmed(connection, programme),
        exempt={place for place, found in by_hotline.items() if found.nothing_applies},
    )
    return [replace(line, notes=(*line.notes, *_hotline_notes(line.unit.code, by_hotline))) for line in lines]


def _hotline_notes(unit: str, found: Mapping[tuple[str, str], HotlineScore]) -> list[Note]:
    return [note for (_channel, of), score in found.items() if of == unit for note in score.notes]


@dataclass(frozen=True, slots=True)
class Board:
    """All that is shown of scores.

    Attributes:
        lines: of all units, in the programme's order.
        sign_off: the approval that holds, None without one.
        changed: whether the scores are others than those that were approved.
        simulated: how many of the interviews behind them were made up by a simulation.
        undecided: what nobody has decided on; it counts nowhere.
    """

    plan: ScorePlan
    lines: tuple[UnitScore, ...]
    sign_off: SignOff | None
    changed: bool
    simulated: int
    undecided: Undecided


def board(ctx: Context, programme: LoadedProgramme) -> Board:
    """The scores with how they are made and who approved them.

    Raises:
        CatiError: ``not_allowed``, ``fieldwork_open``.
    """
    lines = tuple(score(ctx, programme))
    with ctx.database.read() as connection:
        signed = releases.last_sign_off(connection, programme.id)
        accepted = programme.programme.settings.accepted_only
        simulated = store.simulated_interviews(connection, programme.id, accepted_only=accepted)
        open_ = _undecided(ctx, connection, programme)
    changed = signed is not None and signed.sha256 != digest(lines)
    return Board(score_plan(programme.programme), lines, signed, changed, simulated, open_)


def undecided(ctx: Context, programme: LoadedProgramme) -> Undecided:
    """What would be left as it is if the scores were approved now.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.ADJUST)
    with ctx.database.read() as connection:
        return _undecided(ctx, connection, programme)


def _undecided(ctx: Context, connection: Connection, programme: LoadedProgramme) -> Undecided:
    """As `undecided`; of complaints and the register only for whoever decides on them."""
    points = store.undecided(connection, programme.id)
    if not ctx.actor.may(Right.ADJUST):
        return Undecided(points)
    complaints = complaint_store.unsettled(connection, programme.id)
    return Undecided(points, complaints, len(register.overdue(register.look_in(ctx, connection, programme))))


def explain(ctx: Context, programme: LoadedProgramme, unit: str, channel: str = "") -> Working | None:
    """How the score of one unit (code) from what people answered comes about; None where nobody was asked.

    Args:
        ctx: somebody who may see scores.
        programme: whose.
        unit: code.
        channel: code; empty means the interviews, or in a programme without any the first channel in which
            people answered.

    Raises:
        CatiError: ``not_allowed``, ``fieldwork_open``.
    """
    ctx.actor.require(Right.SEE_SCORES)
    plan = score_plan(programme.programme)
    with ctx.database.read() as connection:
        refuse_while_open(connection, programme)
        # The interviews come first.
        for code, of, collected in collected_by(connection, programme, plan, unit):
            if of == unit and channel in ("", code):
                return working(plan_of(plan, code), unit, collected)
    return None


def sign_off(
    ctx: Context, programme: LoadedProgramme, body: str, signer: str, *, without_undecided: bool = False
) -> SignOff:
    """Write down that a second body approved the scores as they are now.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        body: which approves; not the bureau that evaluates.
        signer: who signs for it.
        without_undecided: whether it knows that points, complaints and overdue hand-ins nobody has decided
            on do not count.

    Raises:
        CatiError: ``not_allowed``, ``fieldwork_open``, ``signer_missing``, ``signs_for_itself``,
            ``scores_incomplete``, ``matters_undecided``.
    """
    ctx.actor.require(Right.ADJUST)
    body, signer = " ".join(body.split()), " ".join(signer.split())
    if not (0 < len(body) <= 200 and 0 < len(signer) <= 64):
        raise CatiError(
            "signer_missing",
            N_(
                "Scores are approved by a body and somebody who signs for it. Nothing was changed. Name both."
            ),
        )
    if body == programme.programme.settings.bureau:
        raise CatiError(
            "signs_for_itself",
            N_("{body} evaluates and cannot approve its own scores. Nothing was changed. Name another body."),
            body=body,
        )
    lines = score(ctx, programme)
    if missing := [line.unit.name for line in lines if line.final is None]:
        raise CatiError(
            "scores_incomplete",
            N_(
                "{count} units have no final score yet, such as {unit}. Nothing was changed. "
                "Enter what is missing first."
            ),
            count=len(missing),
            unit=missing[0],
        )
    with ctx.database.write() as connection:
        open_ = _undecided(ctx, connection, programme)
        if open_ and not without_undecided:
            raise CatiError(
                "matters_undecided",
                N_(
                    "Nobody has decided on this yet: {what}. Nothing was changed. Decide first (P at the "
                    "scores, R at the lists), or say that the scores are approved without it (“cati "
                    "approve --without-undecided”)."
                ),
                what=open_.words(),
            )
        found, now = digest(lines), ctx.now(connection)
        releases.add_sign_off(
            connection, programme.id, body=body, signer=signer, sha256=found, at=now, by=ctx.actor.user_id
        )
        audit.record(
            ctx, connection, "sign_off", f"programme:{programme.id}", body=body, signer=signer, scores=found,
            undecided=open_.points, complaints=open_.complaints, overdue=open_.overdue,
        )  # fmt: skip
    return SignOff(body, signer, found, now, ctx.actor.name)


def digest(lines: Sequence[UnitScore]) -> str:
    """Hexadecimal SHA-256 over the exact scores: what somebody approves, to the last place."""
    facts = [
        [
            line.unit.code,
            {code: str(channel.score) for code, channel in line.channels.items()},
            [[a.code, str(a.points)] for a in line.adjustments],
            str(line.final),
            line.rank,
        ]
        for line in lines
    ]
    return sha256(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def refuse_while_open(connection: Connection, programme: LoadedProgramme) -> None:
    """Refuse while people are still being called: nobody sees interim results.

    Raises:
        CatiError: ``fieldwork_open``.
    """
    if draw_store.programme_state(connection, programme.id) not in ("closed", "retired"):
        raise CatiError(
            "fieldwork_open",
            N_(
                "Fieldwork is still open, and nobody may see interim results. Nothing was written. "
                "Close fieldwork first: Ctrl+8, then Ctrl+L in the office, or “cati programme close”."
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
    behind = channel.behind
    if behind is None:
        return found
    return found | {
        "n": behind.n,
        "interval": None if behind.interval is None else list(behind.interval),
        "differs_from_next": channel.differs_from_next,
        "supplement_share": _number(behind.supplement_share),
        "not_counted": {answer: float(share) for answer, share in behind.shares.items()},
        "items": {
            name: {"score": _number(item.score), "n": item.n, "answers": dict(item.answers)}
            for name, item in behind.items.items()
        },
    }


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _heard(
    connection: Connection, programme: LoadedProgramme, plan: ScorePlan
) -> dict[tuple[str, str], OpinionScore]:
    """What people answered, by codes of channel and unit."""
    return {
        (channel, unit): opinion_score(plan_of(plan, channel), unit, collected)
        for channel, unit, collected in collected_by(connection, programme, plan)
    }


def plan_of(plan: ScorePlan, channel: str) -> ScorePlan:
    """The plan with the items and groups of a channel (code)."""
    found = next(c for c in plan.channels if c.code == channel)
    return plan if found.kind == "phone" else plan.of_channel(found)


def collected_by(
    connection: Connection, programme: LoadedProgramme, plan: ScorePlan, only: str = ""
) -> Iterator[tuple[str, str, dict[str, Collected]]]:
    """Codes of channel and unit with what people answered there, by group.

    Of interviews and surveys on the web those about one unit are in memory at a time.

    Args:
        connection: any transaction.
        programme: whose.
        plan: how it is scored.
        only: code of the one unit whose interviews and surveys are wanted; empty means all.
    """
    if plan.phone is not None:
        names = [item.name for item in plan.items]
        accepted = programme.programme.settings.accepted_only
        by_unit: dict[str, list[store.CellSize]] = {}
        for cell in store.cell_sizes(connection, programme.id):
            if only in ("", cell.unit):
                by_unit.setdefault(cell.unit, []).append(cell)
        for unit, cells in by_unit.items():
            found = {c.group: _collected(connection, c, names, accepted) for c in cells}
            yield plan.phone.code, unit, found
    for channel in plan.channels:
        if channel.kind in BALLOT_KINDS:
            ballots = ballot_store.collected(connection, programme.id, channel.code)
            for unit, by_group in ballots.items():
                yield channel.code, unit, {g: Collected(patterns) for g, patterns in by_group.items()}
        elif channel.kind == "web":
            for unit in sorted(web_store.SETS.units_heard(connection, programme.id).get(channel.code, ())):
                if only in ("", unit):
                    said = web_store.collected(connection, programme.id, channel.code, unit)
                    yield channel.code, unit, {g: Collected(patterns) for g, patterns in said.items()}


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
            made = Adjustment(a.code, Fraction(a.points), a.reason, a.problem, a.basis)
            found.setdefault(a.unit, []).append(made)
    return found
