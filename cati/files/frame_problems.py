"""What is wrong with phone lists, written for the unit that handed them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from cati.base.i18n import translate as _
from cati.files.exports import Cell, new_workbook

_LONGEST_NAME = 28
_NOT_IN_NAMES = str.maketrans("", "", "[]:*?/\\'")
_WIDTHS = (10, 34, 14, 26, 30)


class ProblemLine(NamedTuple):
    """A row that cannot be used.

    Attributes:
        number: row of the sheet it stands in, from 1.
        reason: in words.
        phones: its phone cells as text.
    """

    number: int
    reason: str
    name: str
    phones: Sequence[str]
    remark: str


def write_problems(path: Path, lists: Mapping[str, Sequence[ProblemLine]]) -> None:
    """Write an .xlsx file with a sheet for each list.

    Args:
        path: where to; an existing file is replaced.
        lists: by what they are called.

    Raises:
        OSError: it could not be written.
    """
    heading = (_("Row"), _("What is wrong"), _("Name"), _("Phone number"), _("Remark"))
    with new_workbook(path) as book:
        for label, lines in lists.items():
            name = label.translate(_NOT_IN_NAMES)[:_LONGEST_NAME]
            book.add_sheet(name, heading, map(_cells, lines), widths=_WIDTHS)


def _cells(line: ProblemLine) -> tuple[Cell, ...]:
    phones = " / ".join(filter(None, line.phones))
    return line.number, line.reason, line.name, phones, line.remark
