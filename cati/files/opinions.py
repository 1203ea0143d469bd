"""Opinions in words: taken from a file, sent to a unit as a workbook, and that workbook's replies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.frames import find_unit
from cati.domain.programmes import Unit
from cati.domain.replies import Answer, AnswerState
from cati.files.exports import as_os_error, harmless
from cati.files.tables import TableRow, read_hashed_table

WORDS: Mapping[str, Sequence[str]] = {
    "unit": ("单位", "被评单位", "单位名称", "被评议单位"),
    "opinion": ("意见", "意见建议", "意见、建议", "意见和建议"),
}
BUNDLE, NUMBER, OPINION, CODE, STATE, RESULT, ANSWERED = (
    "批次",
    "序号",
    "意见",
    "类别",
    "办理情况",
    "办理结果",
    "答复时间",
)
HEADING = (BUNDLE, NUMBER, OPINION, CODE, STATE, RESULT, ANSWERED)
"""Of a bundle: units answer it in Chinese, whatever language the program speaks."""
WIDTHS = (18, 6, 48, 14, 11, 48, 12)
"""Of its columns, in characters."""
LONGEST_HEADER = 120
"""Characters of a page's header: a workbook holds 255, marks included."""
LINE_HIGH, LEAST_LINES = 15, 3
"""Points of a line; so many lines a row has at least, for something is to be written into it."""

REPLIES: Mapping[str, Sequence[str]] = {
    BUNDLE: (),
    NUMBER: (),
    STATE: (),
    RESULT: (),
    ANSWERED: (),
}
STATES: Mapping[str, AnswerState] = {
    "已办结": AnswerState.DONE,
    "正在办理": AnswerState.DOING,
    "列入计划": AnswerState.PLANNED,
    "不予采纳": AnswerState.DECLINED,
}
"""What a unit may say of an opinion, as it is written in the workbook."""

MOST_TOLD = 20
LONGEST = 4000
"""Characters of an opinion or a result."""
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")


@dataclass(frozen=True, slots=True)
class WordsFile:
    """Opinions of a file: its name, the hexadecimal SHA-256 of its bytes, unit (code) and words of each."""

    name: str
    sha256: str
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RepliesFile:
    """Replies of a file: mark of the bundle they belong to, answers and rows of the sheet by number."""

    name: str
    sha256: str
    bundle: str
    answers: Mapping[int, Answer]
    rows: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class BundleLine:
    """One opinion as it is sent: its number, its words, what it is about."""

    number: int
    text: str
    about: str


class _Wrong(Exception):
    """What is wrong with a row, in words."""


def read_words(path: Path, units: Sequence[Unit]) -> WordsFile:
    """Read opinions that were written down elsewhere, all of them or nothing.

    Args:
        path: .xlsx or .csv with a row for each; see `WORDS`.
        units: of the programme, by name, alias or code.

    Raises:
        CatiError: ``opinions_problems`` with rows and reasons, ``opinions_missing``, and what
            `read_hashed_table` refuses.
    """
    sha256, rows = read_hashed_table(path, WORDS)
    codes = {unit.code: unit for unit in units}
    found, problems = [], []
    for row in rows:
        text, words = row.cells["unit"], row.cells["opinion"]
        unit = codes.get(text) or find_unit(units, text)
        if unit is None:
            problem = _("the programme has no unit “{text}”.").format(text=text)
        elif not words:
            problem = _("there are no words.")
        elif len(words) > LONGEST:
            problem = _("it is longer than {most} characters.").format(most=LONGEST)
        else:
            found.append((unit.code, words))
            continue
        problems.append(_("row {row}: {problem}").format(row=row.number, problem=problem))
    _refuse(path, problems)
    if not found:
        raise _missing(path)
    return WordsFile(path.name, sha256, tuple(found))


def write_bundle(
    path: Path, *, mark: str, unit: str, title: str, bureau: str, due_on: date, lines: Iterable[BundleLine]
) -> int:
    """Write the workbook a unit is to answer; gives how many opinions are in it.

    Args:
        path: an .xlsx file; an existing one is replaced.
        mark: of the bundle, in every row: by it and the number replies are found.
        unit: its name.
        title: of the programme.
        bureau: who sends it.
        due_on: last day to answer.
        lines: in the order of their numbers.

    Raises:
        OSError: it could not be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    listed = list(lines)
    day = f"{due_on.year}年{due_on.month}月{due_on.day}日"
    notes = (
        ("评价方案", title),
        ("被评单位", unit),
        ("发出单位", bureau),
        ("批次", mark),
        ("意见条数", f"{len(listed)} 条"),
        ("答复期限", day),
        (
            "填写说明",
            f"{STATE}从下拉框选：{'、'.join(STATES)}；{RESULT}写明办理过程和结果；{ANSWERED}写日期。",
        ),
        ("", f"请勿改动{BUNDLE}、{NUMBER}两栏，逐条答复后将本表发回。意见来自匿名受访者，不得追查。"),
    )
    book = xlsxwriter.Workbook(str(path))
    try:
        _write_lines(book, mark, listed, f"{title}　{unit}　{mark}　答复期限：{day}")
        words = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("说明")
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 1, 70)
        for row, pair in enumerate((("项目", "内容"), *notes)):
            sheet.set_row(row, LINE_HIGH * _lines(pair[1], 70))
            for column, text in enumerate(pair):
                sheet.write_string(row, column, harmless(text), words)
    finally:
        try:
            book.close()
        except XlsxWriterException as error:
            raise as_os_error(error) from error
    return len(listed)


def _write_lines(book: Any, mark: str, lines: Sequence[BundleLine], header: str) -> None:
    """The sheet that is filled in and sent back: on paper in landscape, its heading on every page."""
    plain = {"border": 1, "valign": "top"}
    heading = book.add_format({**plain, "bold": True, "bg_color": "#DDE8F7", "align": "center"})
    fixed, wrapped = book.add_format(plain), book.add_format({**plain, "text_wrap": True})
    dated = book.add_format({**plain, "num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("意见")
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&L{header[:LONGEST_HEADER].replace('&', '&&')}&R&P / &N")
    for column, (name, width) in enumerate(zip(HEADING, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, heading)
    for row, line in enumerate(lines, start=1):
        # Not every program that opens it makes rows as high as their words.
        sheet.set_row(
            row, LINE_HIGH * max(LEAST_LINES, _lines(line.text, WIDTHS[2]), _lines(line.about, WIDTHS[3]))
        )
        sheet.write_string(row, 0, harmless(mark), fixed)
        sheet.write_number(row, 1, line.number, fixed)
        sheet.write_string(row, 2, harmless(line.text), wrapped)
        sheet.write_string(row, 3, harmless(line.about), wrapped)
        for column, form in ((4, wrapped), (5, wrapped), (6, dated)):
            sheet.write_blank(row, column, None, form)
    choice = {"validate": "list", "source": list(STATES), "ignore_blank": True}
    sheet.data_validation(1, 4, max(1, len(lines)), 4, choice)


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column of so many characters; a Chinese one is two wide."""
    wide = (sum(2 if east_asian_width(letter) in "WF" else 1 for letter in part) for part in text.split("\n"))
    return sum(max(1, -(-units // (width - 2))) for units in wide)


def read_replies(path: Path) -> RepliesFile:
    """Read a bundle that a unit sent back; rows without an answer are left out.

    Args:
        path: .xlsx or .csv.

    Raises:
        CatiError: ``opinions_problems`` with rows and reasons, ``replies_missing``, and what
            `read_hashed_table` refuses.
    """
    sha256, rows = read_hashed_table(path, REPLIES)
    answers: dict[int, Answer] = {}
    places: dict[int, int] = {}
    problems: list[str] = []
    marks = [row.cells[BUNDLE] for row in rows]
    for row in rows:
        try:
            if row.cells[BUNDLE] != marks[0]:
                raise _Wrong(_("it is of another bundle than the rows above."))
            number = row.cells[NUMBER]
            if not re.fullmatch(r"[1-9]\d{0,6}", number):
                raise _Wrong(_("“{text}” is no number of an opinion.").format(text=number))
            if int(number) in places:
                raise _Wrong(_("number {number} stands in a row above already.").format(number=number))
            places[int(number)] = row.number
            answer = _answer(row)
            if answer is not None:
                answers[int(number)] = answer
        except _Wrong as wrong:
            problems.append(_("row {row}: {problem}").format(row=row.number, problem=wrong))
    _refuse(path, problems)
    if not answers:
        raise CatiError(
            "replies_missing",
            N_("{file} answers no opinion. Nothing was changed. Let the unit fill in its columns."),
            file=path.name,
        )
    return RepliesFile(path.name, sha256, marks[0], answers, places)


def refuse_rows(path: Path, problems: Sequence[tuple[int, str]]) -> None:
    """Refuse a file by its rows that do not fit.

    Raises:
        CatiError: ``opinions_problems``.
    """
    _refuse(path, [_("row {row}: {problem}").format(row=row, problem=text) for row, text in problems])


def _answer(row: TableRow) -> Answer | None:
    state, result, day = (row.cells[name] for name in (STATE, RESULT, ANSWERED))
    if not (state or result or day):
        return None
    if state not in STATES:
        message = _("{column}: “{text}” must be one of {known}.")
        raise _Wrong(message.format(column=STATE, text=state, known="、".join(STATES)))
    if not result:
        raise _Wrong(_("{column} is empty.").format(column=RESULT))
    if len(result) > LONGEST:
        raise _Wrong(_("it is longer than {most} characters.").format(most=LONGEST))
    return Answer(STATES[state], result, _day(day))


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        year, month, day = map(int, _DAY.fullmatch(text).groups())  # type: ignore[union-attr]
        return date(year, month, day)
    except (AttributeError, ValueError):
        raise _Wrong(_("“{text}” is no date such as 2024-11-18.").format(text=text)) from None


def _refuse(path: Path, problems: Sequence[str]) -> None:
    if problems:
        raise CatiError(
            "opinions_problems",
            N_("{file} was not taken; rows to put right: {count}. Nothing was changed.\n{list}"),
            file=path.name,
            count=len(problems),
            list="\n".join([*problems[:MOST_TOLD], *(["…"] if len(problems) > MOST_TOLD else [])]),
            problems=tuple(problems),
        )


def _missing(path: Path) -> CatiError:
    return CatiError(
        "opinions_missing",
        N_("{file} holds no opinions. Nothing was changed. It needs one row for each."),
        file=path.name,
    )
