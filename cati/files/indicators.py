"""Points for indicators as collectors hand them in, and how far teams say the indicators are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.frames import find_unit, fold, read_titles
from cati.domain.indicators import Progress
from cati.domain.programmes import Indicator, Programme, Unit
from cati.files.exports import as_os_error
from cati.files.tables import TableRow, column_place, read_hashed_sheets, read_hashed_table, refuse_without
from cati.files.tickets import refuse_problems

POINTS: Mapping[str, Sequence[str]] = {
    "indicator": ("指标", "指标名称", "二级指标名称"),
    "points": ("得分", "分数"),
}
POINTS_OPTIONAL: Mapping[str, Sequence[str]] = {"unit": ("单位", "被评单位", "单位名称")}
PROGRESS: Mapping[str, Sequence[str]] = {
    "indicator": ("指标名称", "indicator"),
    "progress": ("指标工作进展情况", "工作进展情况", "progress"),
    "problems": ("存在的问题", "problems"),
    "next_steps": ("下一步整改措施及完成时限", "next_steps"),
}
"""Columns of annex 4 of Xiang'an 2023."""
HEAD_WITHIN = 15
_TEAM = re.compile(r"填报组队\s*:\s*(.*?)\s*(?:填报人|填报时间|$)")


@dataclass(frozen=True, slots=True)
class PointsFile:
    """Points by codes of unit and indicator, with name and hexadecimal SHA-256 of the file."""

    name: str
    sha256: str
    points: Mapping[tuple[str, str], Decimal]


@dataclass(frozen=True, slots=True)
class ProgressFile:
    """What a team reports, by code of the indicator.

    Attributes:
        filed_on: the 填报时间, None if it names no day.
    """

    name: str
    sha256: str
    team: str
    filed_on: date | None
    lines: Mapping[str, Progress]


def read_points(path: Path, programme: Programme) -> PointsFile:
    """Read the points of units, all of them or nothing.

    Args:
        path: .xlsx or .csv; see `POINTS`. The unit may be left out where there is only one.
        programme: whose indicators.

    Raises:
        CatiError: ``tickets_problems``, and what `read_hashed_table` refuses.
    """
    sha256, rows = read_hashed_table(path, POINTS, POINTS_OPTIONAL)
    names = {name: one for one in programme.indicators for name in (fold(one.code), fold(one.label))}
    found: dict[tuple[str, str], Decimal] = {}
    problems: list[str] = []
    for row in rows:
        unit, indicator = _unit(row, programme.units), names.get(fold(row.cells["indicator"]))
        points = _points(row.cells["points"], indicator)
        if unit is None:
            problem = _("the programme has no unit “{text}”.").format(text=row.cells["unit"])
        elif indicator is None:
            problem = _("there is no indicator “{text}”.").format(text=row.cells["indicator"])
        elif points is None:
            problem = _("“{text}” is no number from 0 to {most}.").format(
                text=row.cells["points"], most=indicator.points
            )
        elif (unit.code, indicator.code) in found:
            problem = _("{name} stands in an earlier row already.").format(name=indicator.label)
        else:
            found[unit.code, indicator.code] = points
            continue
        problems.append(_("row {row}: {problem}").format(row=row.number, problem=problem))
    refuse_problems(path, problems)
    return PointsFile(path.name, sha256, found)


def _unit(row: TableRow, units: Sequence[Unit]) -> Unit | None:
    text = row.cells["unit"]
    if not text and len(units) == 1:
        return units[0]
    return next((unit for unit in units if unit.code == text), None) or find_unit(units, text)


def _points(text: str, indicator: Indicator | None) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    most = indicator.points if indicator is not None else number
    return number if number.is_finite() and 0 <= number <= most else None


def read_progress(path: Path, programme: Programme) -> ProgressFile:
    """Read what a team reports on its indicators, all of them or nothing.

    Who filled it in stands on the form and is not read.

    Args:
        path: .xlsx or .csv; title lines with 填报组队 and 填报时间, then the columns of `PROGRESS`.
        programme: whose indicators.

    Raises:
        CatiError: ``column_missing``, ``team_unknown``, ``tickets_problems``, and what
            `read_hashed_sheets` refuses.
    """
    sha256, sheets = read_hashed_sheets(path)
    rows = next((rows for rows in sheets.values() if any(map(any, rows))), [])
    head, places = _head(path, rows)
    titles = read_titles(rows[:head])
    team = _team(path, titles.lines, programme.teams)
    wanted = {fold(one.label): one for one in programme.indicators_of(team)}
    found: dict[str, Progress] = {}
    problems: list[str] = []
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        cells = {name: row[at] if at < len(row) else "" for name, at in places.items()}
        if not cells["indicator"]:
            continue
        indicator = wanted.get(fold(cells["indicator"]))
        if indicator is None:
            problem = _("{team} reports on no indicator “{text}”.").format(team=team, text=cells["indicator"])
        elif indicator.code in found:
            problem = _("{name} stands in an earlier row already.").format(name=indicator.label)
        elif not cells["progress"]:
            problem = _("how far {name} is, is not said.").format(name=indicator.label)
        else:
            found[indicator.code] = Progress(cells["progress"], cells["problems"], cells["next_steps"])
            continue
        problems.append(_("row {row}: {problem}").format(row=number, problem=problem))
    if not problems:
        problems += [
            _("{name} is missing.").format(name=one.label) for one in wanted.values() if one.code not in found
        ]
    refuse_problems(path, problems)
    return ProgressFile(path.name, sha256, team, titles.submitted_on, found)


def _head(path: Path, rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    best: dict[str, int | None] = dict.fromkeys(PROGRESS)
    at = 0
    for number, row in enumerate(rows[:HEAD_WITHIN]):
        places = {name: column_place(row, aliases) for name, aliases in PROGRESS.items()}
        if sum(one is None for one in places.values()) < sum(one is None for one in best.values()):
            best, at = places, number
    by_words = {aliases[0]: best[name] for name, aliases in PROGRESS.items()}
    refuse_without(path.name, by_words, {aliases[0]: aliases for aliases in PROGRESS.values()}, at + 1)
    return at, {name: one for name, one in best.items() if one is not None}


def _team(path: Path, lines: Sequence[str], teams: Sequence[str]) -> str:
    named = next((found[1] for line in lines if (found := _TEAM.search(line.replace("：", ":")))), "")
    team = next((one for one in teams if fold(one) == fold(named)), None)
    if team is None:
        raise CatiError(
            "team_unknown",
            N_("{file}: no team “{team}” reports on indicators. Nothing was changed. Known are: {known}."),
            file=path.name,
            team=named,
            known="、".join(teams),
        )
    return team


def write_form(path: Path, programme: Programme, team: str, due: date | None) -> None:
    """Write the form on which a team reports, with its indicators.

    Args:
        path: an .xlsx file; an existing one is replaced.
        programme: whose indicators.
        team: one of its teams.
        due: the day by which, None without one.

    Raises:
        OSError: it could not be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    book = xlsxwriter.Workbook(str(path))
    try:
        bold = book.add_format({"bold": True, "font_size": 14, "align": "center"})
        head = book.add_format({"bold": True, "border": 1, "text_wrap": True, "align": "center"})
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("工作进度表")
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        for at, width in enumerate((6, 30, 44, 36, 40)):
            sheet.set_column(at, at, width)
        sheet.merge_range(0, 0, 0, 4, f"{programme.title}指标工作进度表", bold)
        sheet.write_string(1, 0, f"填报组队：{team}")
        sheet.write_string(1, 2, "填报人：")
        sheet.write_string(1, 3, "填报时间：    年  月  日")
        sheet.set_row(0, 30)
        sheet.set_row(2, 24)
        sheet.write_row(2, 0, ("序号", *(aliases[0] for aliases in PROGRESS.values())), head)
        indicators = programme.indicators_of(team)
        for number, one in enumerate(indicators, 1):
            # Room to write by hand, and for a name of two lines.
            sheet.set_row(2 + number, 40)
            sheet.write_row(2 + number, 0, (number, one.label, "", "", ""), cell)
        if due is not None:
            day = f"{due.year}年{due.month}月{due.day}日"
            sheet.write_string(3 + len(indicators), 0, f"备注：请于{day}前（含当日）填写完整后报送。")
    finally:
        try:
            book.close()
        except XlsxWriterException as error:
            raise as_os_error(error) from error
