"""Figures of the hotline by unit: what the platform computed, and last year's tickets followed up."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Generic, TypeVar

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.frames import find_unit
from cati.domain.hotline_scores import Adopted, FollowUp
from cati.domain.programmes import Unit
from cati.files.tables import TableRow, read_hashed_table
from cati.files.tickets import TOTALS, refuse_problems

T = TypeVar("T")

UNIT: Mapping[str, Sequence[str]] = {"unit": ("承办单位", "单位", "被评单位", "单位名称", "办理单位")}
ADOPTED: Mapping[str, Sequence[str]] = {
    **UNIT,
    "on_time": ("按时率", "按时办结率"),
    "satisfied": ("处理满意率", "满意率"),
    "resolved": ("诉求解决率", "综合解决率", "解决率"),
}
ADOPTED_OPTIONAL: Mapping[str, Sequence[str]] = {
    "unresolved": ("抽查未解决", "自治区抽查未解决", "申诉未通过", "申诉未通过量"),
    "points": ("得分", "考评得分", "总分"),
}
FOLLOWED: Mapping[str, Sequence[str]] = {
    **UNIT,
    "followed": ("跟踪问效量", "跟踪量"),
    "failed": ("申诉未通过量", "申诉未通过"),
}
RATES = ("on_time", "satisfied", "resolved")
MOST_POINTS = 10
"""Seven for the three rates and three for the follow-up."""


@dataclass(frozen=True, slots=True)
class FigureFile(Generic[T]):
    """Figures by code of the unit, with name and hexadecimal SHA-256 of the file."""

    name: str
    sha256: str
    figures: Mapping[str, T]


class _Wrong(Exception):
    """What is wrong with a cell, in words."""


def read_adopted(path: Path, units: Sequence[Unit]) -> FigureFile[Adopted]:
    """Read the platform's own figures, all of them or nothing.

    Cells that Excel shows as percent hold shares; a file that has only numbers up to 1 is read so.

    Args:
        path: .xlsx or .csv; see `ADOPTED`.
        units: of the programme.

    Raises:
        CatiError: ``tickets_problems``, ``hotline_figures_missing``, and what `read_hashed_table` refuses.
    """
    sha256, rows = read_hashed_table(path, ADOPTED, ADOPTED_OPTIONAL)
    given = [row.cells[name] for row in rows for name in RATES if row.cells["unit"] not in TOTALS]
    shares = bool(any(given)) and all(re.fullmatch(r"(0(\.\d+)?|1(\.0+)?)?", text) for text in given)

    def read(row: TableRow) -> Adopted:
        on_time, satisfied, resolved = (_rate(row.cells[name], shares) for name in RATES)
        points = row.cells["points"]
        return Adopted(
            on_time,
            satisfied,
            resolved,
            _count(row.cells["unresolved"] or "0"),
            _number(points, MOST_POINTS) if points else None,
        )

    return FigureFile(path.name, sha256, _by_unit(path, rows, units, read))


def read_follow_up(path: Path, units: Sequence[Unit]) -> FigureFile[FollowUp]:
    """Read how many of last year's unresolved tickets were followed up, and how many appeals failed.

    Args:
        path: .xlsx or .csv; see `FOLLOWED`.
        units: of the programme.

    Raises:
        CatiError: ``tickets_problems``, ``hotline_figures_missing``, and what `read_hashed_table` refuses.
    """
    sha256, rows = read_hashed_table(path, FOLLOWED)

    def read(row: TableRow) -> FollowUp:
        followed, failed = _count(row.cells["followed"]), _count(row.cells["failed"])
        if failed > followed:
            message = _("{failed} appeals failed of {followed} tickets that were followed up.")
            raise _Wrong(message.format(failed=failed, followed=followed))
        return FollowUp(followed, failed)

    return FigureFile(path.name, sha256, _by_unit(path, rows, units, read))


def _by_unit(
    path: Path, rows: Sequence[TableRow], units: Sequence[Unit], read: Callable[[TableRow], T]
) -> dict[str, T]:
    found: dict[str, T] = {}
    problems: list[str] = []
    codes = {unit.code: unit for unit in units}
    for row in rows:
        text = row.cells["unit"]
        if text in TOTALS:
            continue
        unit = codes.get(text) or find_unit(units, text)
        try:
            if unit is None:
                raise _Wrong(_("the programme has no unit “{text}”.").format(text=text))
            if unit.code in found:
                raise _Wrong(_("{unit} stands in an earlier row already.").format(unit=unit.name))
            found[unit.code] = read(row)
        except _Wrong as wrong:
            problems.append(_("row {row}: {problem}").format(row=row.number, problem=wrong))
    refuse_problems(path, problems)
    if not found:
        raise CatiError(
            "hotline_figures_missing",
            N_("{file} holds no figures. Nothing was changed. It needs one row for each unit."),
            file=path.name,
        )
    return found


def _rate(text: str, shares: bool) -> Decimal | None:
    """A rate in percent; nothing, or a dash, is no rate."""
    if text in ("", "-", "—", "/", "n/a"):
        return None
    if shares:
        return _number(text, 1).scaleb(2)
    if not text.endswith("%") and 0 < _number(text, 100) <= 1:
        message = _("“{text}” stands among percentages: write 96 or 96%, not 0.96.")
        raise _Wrong(message.format(text=text))
    return _number(text.removesuffix("%"), 100)


def _number(text: str, most: int) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not (number.is_finite() and 0 <= number <= most):
        raise _Wrong(_("“{text}” is no number from 0 to {most}.").format(text=text, most=most))
    return number


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,6}", text):
        raise _Wrong(_("“{text}” must be a whole number, 0 or more.").format(text=text))
    return int(text)
