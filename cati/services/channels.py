"""Finished scores of channels that are computed elsewhere, such as ballots on paper."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from unicodedata import normalize

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.frames import find_unit
from cati.domain.names import channel_choice, channel_name
from cati.domain.programmes import Channel, LoadedProgramme, Programme, Unit
from cati.domain.users import Right
from cati.files.tables import TableRow, read_table
from cati.services import audit
from cati.services.context import Context
from cati.store import ballots as ballot_store
from cati.store import frames as frame_store
from cati.store import hotline as hotline_store
from cati.store import scoring as store
from cati.store import web as web_store
from cati.store.engine import Connection

COLUMNS: dict[str, Sequence[str]] = {
    "unit": ("单位", "被评单位", "单位名称", "报送单位"),
    "score": ("得分", "分数", "成绩", "评分"),
}
"""Columns of a file of scores, with the headings they also go by."""

LOWEST, HIGHEST = Decimal(0), Decimal(100)


def set_channel(ctx: Context, programme: LoadedProgramme, channel: str, path: Path) -> int:
    """Take the scores of a channel from a file, all or nothing, in place of any it had; gives how many units.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        channel: code of a channel that is not made of interviews.
        path: .csv or .xlsx with the columns unit (name or code) and score (0 to 100).

    Raises:
        CatiError: ``not_allowed``, ``channel_unknown``, ``channel_computed``, ``channel_has_ballots``,
            ``channel_has_opinions``, ``channel_adopted``, ``scores_missing``, ``score_unit_unknown``,
            ``score_unit_twice``, ``score_not_number``, ``score_out_of_range``, and what `read_table` refuses.
    """
    ctx.actor.require(Right.ADJUST)
    one = _refuse_channel(programme.programme, channel)
    channel = one.code
    scores = _scores(programme.programme, path)
    with ctx.database.write() as connection:
        store.lock_scores(connection, programme.id)
        _refuse_counted(connection, programme, channel)
        _refuse_adopted(connection, programme, one)
        keys = frame_store.unit_ids(connection, programme.id)
        store.set_channel_scores(
            connection,
            programme.id,
            channel,
            {keys[code]: str(score) for code, score in scores.items()},
            at=ctx.now(connection),
            by=ctx.actor.user_id,
        )
        audit.record(ctx, connection, "set_channel", f"channel:{channel}", units=len(scores), file=path.name)
    return len(scores)


def enter_score(
    ctx: Context, programme: LoadedProgramme, channel: str, unit: str, text: str
) -> Decimal | None:
    """Take the finished score of one unit in a channel by hand, in place of any it had.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        channel: code of a channel that is not made of interviews.
        unit: code of the unit.
        text: 0 to 100; empty takes the score away.

    Raises:
        CatiError: ``not_allowed``, ``channel_unknown``, ``channel_computed``, ``channel_has_ballots``,
            ``channel_has_opinions``, ``channel_adopted``, ``typed_score_wrong``.
    """
    ctx.actor.require(Right.ADJUST)
    one = _refuse_channel(programme.programme, channel)
    channel = one.code
    score = _typed(text)
    found = programme.programme.unit(unit)
    with ctx.database.write() as connection:
        store.lock_scores(connection, programme.id)
        _refuse_counted(connection, programme, channel)
        _refuse_adopted(connection, programme, one)
        store.put_channel_score(
            connection,
            programme.id,
            channel,
            frame_store.unit_ids(connection, programme.id)[found.code],
            None if score is None else str(score),
            at=ctx.now(connection),
            by=ctx.actor.user_id,
        )
        audit.record(
            ctx, connection, "enter_score", f"channel:{channel}", unit=found.code,
            score="" if score is None else score,
        )  # fmt: skip
    return score


def finished(ctx: Context, programme: LoadedProgramme) -> dict[tuple[str, str], Decimal]:
    """The finished scores there are, by codes of channel and unit.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.ADJUST)
    with ctx.database.read() as connection:
        found = store.finished_scores(connection, programme.id)
    return {place: Decimal(text) for place, text in found.items()}


def without_score(ctx: Context, programme: LoadedProgramme, channel: str) -> tuple[Unit, ...]:
    """The units that have no finished score in a channel yet, in the order of the programme.

    Raises:
        CatiError: ``not_allowed``, ``channel_unknown``, ``channel_computed``.
    """
    one = _refuse_channel(programme.programme, channel)
    channel = one.code
    known = {unit for of, unit in finished(ctx, programme) if of == channel}
    return tuple(u for u in programme.programme.units if one.is_about(u) and u.code not in known)


def _typed(text: str) -> Decimal | None:
    text = normalize("NFKC", text).strip()
    if not text:
        return None
    try:
        score = Decimal(text)
    except InvalidOperation:
        score = Decimal("NaN")
    if not (score.is_finite() and LOWEST <= score <= HIGHEST):
        raise CatiError(
            "typed_score_wrong",
            N_("“{text}” is no score from 0 to 100. Nothing was changed. Correct it."),
            text=text,
        )
    return score


def _refuse_adopted(connection: Connection, programme: LoadedProgramme, channel: Channel) -> None:
    """Figures of the hotline score in place of any finished score, which would stand there for nothing."""
    if channel.kind == "hotline" and hotline_store.adopted(connection, programme.id):
        raise CatiError(
            "channel_adopted",
            N_(
                "{channel} is scored by the figures adopted from the hotline. Nothing was changed. "
                "Take other figures instead: Ctrl+8, then H in the office, or “cati hotline adopt”."
            ),
            channel=channel_name(channel),
        )


def known_channel(programme: Programme, code: str) -> Channel:
    """The channel of a code or name.

    Raises:
        CatiError: ``channel_unknown``.
    """
    named = (c for c in programme.channels if code in (c.label, *c.labels.values()))
    channel = next((c for c in programme.channels if c.code == code), None) or next(named, None)
    if channel is None:
        raise CatiError(
            "channel_unknown",
            N_("The programme has no channel {channel}. Nothing was changed. Its channels are {channels}."),
            channel=code,
            channels=_("; ").join(map(channel_choice, programme.channels)),
        )
    return channel


def _refuse_channel(programme: Programme, code: str) -> Channel:
    channel = known_channel(programme, code)
    if channel not in programme.other_channels:
        raise CatiError(
            "channel_computed",
            N_(
                "The scores of {channel} are computed from the interviews, or from other channels, and "
                "cannot be entered. Nothing was changed. Choose another channel."
            ),
            channel=channel_name(channel),
        )
    return channel


def _refuse_counted(connection: Connection, programme: LoadedProgramme, channel: str) -> None:
    if ballot_store.SETS.any_counts(connection, programme.id, channel):
        raise CatiError(
            "channel_has_ballots",
            N_(
                "The scores of {channel} are computed from its ballots. Nothing was changed. Withdraw the "
                "ballots first if finished scores are to count in their place."
            ),
            channel=channel,
        )
    if web_store.SETS.any_counts(connection, programme.id, channel):
        raise CatiError(
            "channel_has_opinions",
            N_(
                "The scores of {channel} are computed from its survey. Nothing was changed. Withdraw what "
                "was taken of it first if finished scores are to count in its place."
            ),
            channel=channel,
        )


def _scores(programme: Programme, path: Path) -> dict[str, Decimal]:
    scores: dict[str, Decimal] = {}
    for row in read_table(path, COLUMNS):
        unit = _unit(programme, row, path)
        if unit.code in scores:
            raise CatiError(
                "score_unit_twice",
                N_(
                    "{file}, row {row}: {unit} stands in an earlier row already. Nothing was "
                    "changed. Keep one of them."
                ),
                file=path.name,
                row=row.number,
                unit=unit.name,
            )
        scores[unit.code] = _score(row, path)
    if not scores:
        raise CatiError(
            "scores_missing",
            N_("{file} holds no scores. Nothing was changed. It needs one row for each unit."),
            file=path.name,
        )
    return scores


def _unit(programme: Programme, row: TableRow, path: Path) -> Unit:
    text = row.cells["unit"]
    by_code = next((u for u in programme.units if u.code == text), None)
    unit = by_code or find_unit(programme.units, text)
    if unit is None:
        raise CatiError(
            "score_unit_unknown",
            N_("{file}, row {row}: the programme has no unit {unit}. Nothing was changed. Correct the name."),
            file=path.name,
            row=row.number,
            unit=text,
        )
    return unit


def _score(row: TableRow, path: Path) -> Decimal:
    text = row.cells["score"]
    try:
        score = Decimal(text)
    except InvalidOperation:
        score = Decimal("NaN")
    if not score.is_finite():
        raise CatiError(
            "score_not_number",
            N_("{file}, row {row}: “{text}” is no number. Nothing was changed. Write a score from 0 to 100."),
            file=path.name,
            row=row.number,
            text=text,
        )
    if not LOWEST <= score <= HIGHEST:
        raise CatiError(
            "score_out_of_range",
            N_("{file}, row {row}: {text} is not between 0 and 100. Nothing was changed. Correct the score."),
            file=path.name,
            row=row.number,
            text=text,
        )
    return score
