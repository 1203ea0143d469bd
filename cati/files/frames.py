"""Phone lists in Excel workbooks and .csv files: where their headings are, and their rows one by one."""

from __future__ import annotations

import hashlib
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Protocol

import python_calamine

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.frames import ListRow, Titles, fold, fold_short, read_titles
from cati.domain.phones import clean_text
from cati.files.csv import is_csv, read_rows, read_text
from cati.files.limits import LIMITS, Limits, being_read, read_file, workbook_of
from cati.files.tables import refuse_without

HEADING_ROWS = 15
"""The headings stand within this many rows."""

NAME, MOBILE, OFFICE, AREA_CODE, REMARK = "name", "mobile", "office", "area_code", "remark"
SERIAL, ADDRESS, POSTCODE = "serial", "address", "postcode"
_HEADINGS = {
    NAME: "姓名 名字 人员姓名 联系人 联系人姓名 办事人 办事人姓名 name",
    MOBILE: "手机 手机号 手机号码 联系手机 移动电话 移动电话号码"
    " 联系电话 联系电话号码 联系方式 电话 电话号码 mobile phone",
    OFFICE: "办公电话 办公电话号码 办公室电话 单位电话 固定电话 座机 固话",
    AREA_CODE: "区号 电话区号",
    REMARK: "备注 remark",
    SERIAL: "序号",
    ADDRESS: "单位 工作单位 单位地址 地址 具体地址 详细地址 通讯地址 address",
    POSTCODE: "邮政编码 邮编",
}
_KIND_OF_HEADING = {word: kind for kind, words in _HEADINGS.items() for word in words.split()}
_TOTAL = re.compile(r"(?:合计|总计)")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a list has what: columns from 0, -1 for one it does not have."""

    phones: tuple[int, ...]
    name: int
    area_code: int
    remark: int
    serial: int = -1
    address: int = -1
    postcode: int = -1


class ListSheet(Protocol):
    """A sheet of rows of one width, which may be read any number of times."""

    name: str

    @property
    def last_row(self) -> int:
        """The last row with anything in it, from 1; 0 when there is none."""
        ...

    def iter_rows(self) -> Iterator[Sequence[object]]:
        """The rows from the first, blank ones too."""
        ...


class _ExcelSheet:
    """A sheet of a workbook."""

    def __init__(self, sheet: python_calamine.CalamineSheet) -> None:
        self.name = sheet.name
        self.iter_rows = sheet.iter_rows
        # The reader's own `total_height` is one less.
        self.last_row = sheet.end[0] + 1 if sheet.end else 0


class _CsvSheet:
    """A .csv file as the sheet it was saved from, called as the file is."""

    def __init__(self, path: Path, text: str) -> None:
        self.name = path.stem
        self._path, self._text = path, text
        self.last_row, self._width = 0, 0
        for number, row in enumerate(read_rows(path, text), 1):
            if any(row):
                self.last_row, self._width = number, max(self._width, len(row))

    def iter_rows(self) -> Iterator[Sequence[object]]:
        """The rows, the short ones filled up."""
        for row in read_rows(self._path, self._text):
            yield row + [""] * (self._width - len(row)) if len(row) < self._width else row


class PhoneList:
    """One sheet with a phone list.

    Attributes:
        sheet: its name.
        titles: what stands above the headings.
        columns: where it has what; a list of addresses may have no phones.
        height: sheet rows below the headings, blank ones too.
    """

    def __init__(self, sheet: ListSheet, titles: Titles, columns: Columns, first_row: int) -> None:
        self.sheet = sheet.name
        self.titles = titles
        self.columns = columns
        self.height = sheet.last_row - first_row + 1
        self._first_row = first_row
        self._read = sheet.iter_rows

    def rows(self) -> Iterator[ListRow]:
        """The rows in order; blank ones and a line of totals are none."""
        columns = self.columns
        # A slice gives one cell as a sequence too, and costs less than asking for columns by a loop.
        first, many = next(iter(columns.phones), 0), len(columns.phones)
        phones = itemgetter(*columns.phones) if many > 1 else itemgetter(slice(first, first + many))
        name, area_code, remark = columns.name, columns.area_code, columns.remark
        serial, address, postcode = columns.serial, columns.address, columns.postcode
        below = itertools.islice(self._read(), self._first_row - 1, None)
        for number, row in enumerate(below, self._first_row):
            # A list starts with a serial number: then the row is neither blank nor a total.
            if row[0].__class__ is not float and _is_no_row(row):
                continue
            yield ListRow(
                number,
                row[name] if name >= 0 else "",
                phones(row),
                row[area_code] if area_code >= 0 else "",
                row[remark] if remark >= 0 else "",
                row[serial] if serial >= 0 else "",
                row[address] if address >= 0 else "",
                row[postcode] if postcode >= 0 else "",
            )


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file of phone lists.

    Attributes:
        name: of the file, without folders.
        sha256: of its bytes, hexadecimal.
        lists: one for each sheet that has anything in it, in their order.
    """

    name: str
    sha256: str
    lists: tuple[PhoneList, ...]


def open_lists(
    path: Path, *, names_needed: bool = True, limits: Limits = LIMITS, passwords: Sequence[str] = ()
) -> ListFile:
    """Open a file of phone lists; its rows are read later, one by one.

    Args:
        path: an .xlsx, .xls or .csv file; it is only read. A .csv file is one list called as the file is.
        names_needed: a list without a column of names is refused.
        limits: what it may hold.
        passwords: are tried if it is protected.

    Raises:
        CatiError: as `read_workbook` and `read_text`, and ``no_list``, ``heading_missing``,
            ``column_missing``, ``too_many_rows``.
    """
    content, sheets = _csv_sheets(path, limits) if is_csv(path) else _excel_sheets(path, limits, passwords)
    lists = tuple(_phone_list(path, sheet, names_needed, limits) for sheet in sheets if sheet.last_row)
    if not lists:
        raise CatiError(
            "no_list",
            N_("{file} has nothing written in it. Nothing was changed. Ask for the list to be sent again."),
            file=path.name,
        )
    return ListFile(path.name, hashlib.sha256(content).hexdigest(), lists)


def _csv_sheets(path: Path, limits: Limits) -> tuple[bytes, list[ListSheet]]:
    content, text = read_text(path, limits)
    return content, [_CsvSheet(path, text)]


def _excel_sheets(path: Path, limits: Limits, passwords: Sequence[str]) -> tuple[bytes, list[ListSheet]]:
    content = read_file(path, limits)
    plain = workbook_of(path, content, limits, passwords)
    sheets: list[ListSheet] = []
    with being_read(path), python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(plain)) as workbook:
        for about in workbook.sheets_metadata:
            if about.typ is python_calamine.SheetTypeEnum.WorkSheet:
                sheets.append(_ExcelSheet(workbook.get_sheet_by_name(about.name)))
    return content, sheets


def _phone_list(path: Path, sheet: ListSheet, names_needed: bool, limits: Limits) -> PhoneList:
    if sheet.last_row > limits.rows:
        raise CatiError(
            "too_many_rows",
            N_("{file}, sheet {sheet}: more than {rows} rows. Nothing was changed. Split the list."),
            file=path.name,
            sheet=sheet.name,
            rows=limits.rows,
        )
    # The headings may have a second line, so one row more than they may start in.
    top = [list(row) for row in itertools.islice(sheet.iter_rows(), HEADING_ROWS + 1)]
    kinds = [[_kind_of(cell) for cell in row] for row in top]
    at = next((i for i, row in enumerate(kinds[:HEADING_ROWS]) if _is_heading(row)), None)
    if at is None:
        named = any(NAME in row for row in kinds[:HEADING_ROWS])
        wanted = ("手机号码",) if named or not names_needed else ("姓名", "手机号码")
        raise heading_missing(path.name, sheet.name, "、".join(wanted))
    titles = read_titles(top[:at])
    headings = kinds[at]
    if at + 1 < len(top) and (MOBILE in kinds[at + 1] or OFFICE in kinds[at + 1]):
        # 联系方式 over 办公电话 and 手机: the lower line says more.
        at += 1
        headings = [below or _unless_phone(above) for above, below in zip(headings, kinds[at], strict=True)]
    elif at and NAME in kinds[at - 1]:
        headings = [below or above for above, below in zip(kinds[at - 1], headings, strict=True)]
    if names_needed and NAME not in headings:
        place = _("{file}, sheet {sheet}").format(file=path.name, sheet=sheet.name)
        refuse_without(place, {"姓名": None}, {"姓名": ()}, at + 1)
    columns = Columns(
        phones=tuple(i for kind in (MOBILE, OFFICE) for i, found in enumerate(headings) if found == kind),
        name=_place(headings, NAME),
        area_code=_place(headings, AREA_CODE),
        remark=_place(headings, REMARK),
        serial=_place(headings, SERIAL),
        address=_place(headings, ADDRESS),
        postcode=_place(headings, POSTCODE),
    )
    return PhoneList(sheet, titles, columns, at + 2)


def _is_heading(kinds: Sequence[str]) -> bool:
    return MOBILE in kinds or OFFICE in kinds or (NAME in kinds and ADDRESS in kinds)


def heading_missing(file: str, sheet: str, column: str = "手机号码") -> CatiError:
    """The refusal of a list that has no heading of a column it needs."""
    return CatiError(
        "heading_missing",
        N_(
            "{file}, sheet {sheet}: no row of headings with {column} in the first {rows} rows. "
            "Nothing was changed. Name the columns above the list, or delete the sheet if it is no list, "
            "and import the file again."
        ),
        file=file,
        sheet=sheet,
        column=column,
        rows=HEADING_ROWS,
    )


def _kind_of(cell: object) -> str:
    """What a column of this heading holds, "" if it is no heading that is known."""
    if not isinstance(cell, str):
        return ""
    for folded in (fold_short(cell), fold(cell)):
        kind = _KIND_OF_HEADING.get(folded.strip("*").rstrip("0123456789一二三"))
        if kind:
            return kind
    return ""


def _unless_phone(kind: str) -> str:
    return "" if kind in (MOBILE, OFFICE) else kind


def _place(headings: Sequence[str], kind: str) -> int:
    return headings.index(kind) if kind in headings else -1


def _is_no_row(row: Sequence[object]) -> bool:
    first = next(filter(None, map(clean_text, row)), "")
    return not first or _TOTAL.match(fold(first)) is not None
