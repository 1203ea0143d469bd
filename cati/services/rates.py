"""Fieldwork indicators: outcome rates of the whole, by unit, group, operator or day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from zoneinfo import ZoneInfo

from cati.domain.dispositions import DISPOSITIONS, PastAttempt, final_code
from cati.domain.programmes import LoadedProgramme
from cati.domain.rates import Counts, Rates, category, rates
from cati.domain.users import Right
from cati.services.context import Context
from cati.store import rates as store
from cati.store.rates import TriedCase


class By(StrEnum):
    """What the cases are told apart by."""

    PROGRAMME = "programme"
    UNIT = "unit"
    GROUP = "group"
    OPERATOR = "operator"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class RateLine:
    """The rates of one unit, group, operator or day; `name` is empty for the whole programme."""

    name: str
    rates: Rates


def indicators(ctx: Context, programme: LoadedProgramme, by: By = By.PROGRAMME) -> tuple[RateLine, ...]:
    """Outcome rates, in the order of the programme, of names, or of days.

    A case counts once in every line, by the outcome of those of its attempts that belong to the line: all
    of them for programme, unit and group, where a released case never dialled counts as not attempted;
    the operator's own, or the day's (local), for those. An attempt whose outcome is still open is left out.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    zone = ZoneInfo(programme.programme.settings.timezone)
    found: dict[str, list[str]] = defaultdict(list)
    with ctx.database.read() as connection:
        for _case, rows in groupby(store.tried(connection, programme.id), key=lambda row: row.case_id):
            for name, code in _placed(list(rows), by, zone):
                found[name].append(code)
    names = sorted(found) if by in (By.OPERATOR, By.DAY) else list(found)
    return tuple(RateLine(name, rates(Counts.of(found[name]))) for name in names)


def today(ctx: Context, programme: LoadedProgramme) -> RateLine | None:
    """The line of `indicators` for this day, read from its calls alone; None while none has an outcome."""
    ctx.actor.require(Right.SEE_PROGRESS)
    zone = ZoneInfo(programme.programme.settings.timezone)
    codes: list[str] = []
    with ctx.database.read() as connection:
        day = ctx.now(connection).astimezone(zone).date()
        start = datetime.combine(day, time(), zone)
        rows = store.tried(connection, programme.id, (start, start + timedelta(days=1)))
        for _case, attempts in groupby(rows, key=lambda row: row.case_id):
            codes += [code for _name, code in _placed(list(attempts), By.DAY, zone)]
    return RateLine(day.isoformat(), rates(Counts.of(codes))) if codes else None


def outcomes(ctx: Context, programme: LoadedProgramme) -> dict[str, int]:
    """How many cases ended in each outcome, by its code; "" are those that were never dialled."""
    ctx.actor.require(Right.SEE_PROGRESS)
    found: Counter[str] = Counter()
    with ctx.database.read() as connection:
        for _case, rows in groupby(store.tried(connection, programme.id), key=lambda row: row.case_id):
            tries = list(rows)
            history = _history(tries)
            found[final_code(history) if history else tries[0].closed_as or ""] += 1
    return dict(found)


def _placed(rows: list[TriedCase], by: By, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """Line and category for each line a case belongs to."""
    first = rows[0]
    settled = [row for row in rows if row.at is not None and row.disposition is not None]
    match by:
        case By.PROGRAMME | By.UNIT | By.GROUP:
            name = {By.PROGRAMME: "", By.UNIT: first.unit, By.GROUP: first.group}[by]
            if not settled and first.closed_as is not None:
                yield name, DISPOSITIONS[first.closed_as].category
            else:
                yield name, category(_history(settled))
        case By.OPERATOR | By.DAY:
            parts: dict[str, list[TriedCase]] = defaultdict(list)
            for row in settled:
                assert row.at is not None
                key = row.operator or "" if by is By.OPERATOR else f"{row.at.astimezone(zone):%Y-%m-%d}"
                parts[key].append(row)
            for name, part in parts.items():
                yield name, category(_history(part))


def _history(rows: Iterable[TriedCase]) -> list[PastAttempt]:
    return [PastAttempt(row.at, row.disposition) for row in rows if row.at and row.disposition]
