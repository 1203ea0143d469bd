"""Rosters of representatives as they are handed in, and the list on which those who come sign."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain import phones
from cati.domain.representatives import Representative
from cati.files.exports import new_workbook
from cati.files.faults import Faults
from cati.files.tables import read_hashed_table

COLUMNS: dict[str, Sequence[str]] = {
    "name": ("姓名", "代表姓名"),
    "organisation": ("单位", "工作单位", "所在单位", "单位名称"),
    "post": ("职务", "职务职级"),
    "phone": ("手机号码", "手机", "手机号", "联系电话", "移动电话", "电话"),
}
"""Columns of a roster, with the headings they also go by."""


def read_roster(path: Path, local_area_code: str) -> tuple[str, list[tuple[int, Representative]]]:
    """The people of a roster with their rows, and the hexadecimal SHA-256 of the file; all or nothing.

    Args:
        path: .csv or .xlsx with the columns name, organisation, post and phone.
        local_area_code: of landlines written without one.

    Raises:
        CatiError: ``file_problems`` with everything to put right, ``roster_empty``, and what
            `read_hashed_table` refuses.
    """
    faults = Faults(path.name)
    digest, rows = read_hashed_table(path, COLUMNS)
    found: dict[str, tuple[int, Representative]] = {}
    for row in rows:
        cells = row.cells
        number = phones.normalise(cells["phone"], local_area_code, mobile_only=False)
        if not cells["name"]:
            faults.add(path.stem, row.number, N_("there is no name."))
        elif not isinstance(number, tuple):
            faults.add(path.stem, row.number, N_("there is no usable phone number."))
        elif number[0].e164 in found:
            earlier = found[number[0].e164][0]
            message = N_("the phone number stands in row {earlier} already.")
            faults.add(path.stem, row.number, message, earlier=earlier)
        else:
            e164 = number[0].e164
            person = Representative(cells["name"], cells["organisation"], cells["post"], e164)
            found[e164] = row.number, person
    faults.refuse()
    if not found:
        raise CatiError(
            "roster_empty",
            N_("{file} names nobody. Nothing was changed. It needs a row for each person."),
            file=path.name,
        )
    return digest, list(found.values())


def write_sign_in(
    path: Path, lists: Sequence[tuple[str, Sequence[Sequence[str]]]], heading: Sequence[str]
) -> None:
    """Write the list on which representatives sign, a sheet for each roster.

    Args:
        path: an .xlsx file; an existing one is replaced.
        lists: name of a roster and its rows.
        heading: of the columns.

    Raises:
        OSError: it could not be written.
    """
    with new_workbook(path) as book:
        for name, rows in lists:
            book.add_sheet(name[:31] or _("representatives"), heading, rows, widths=(8, 14, 30, 22, 20, 20))
