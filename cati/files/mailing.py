"""Addresses for envelopes and letters, as a word processor's mail merge reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from cati.base.i18n import translate as _
from cati.domain.contacts import MailAddress
from cati.files.exports import new_workbook

_LONGEST_NAME = 26
_NOT_IN_NAMES = str.maketrans("", "", "[]:*?/\\'")
_WIDTHS = (8, 14, 60, 12, 40, 20)


def write_addresses(path: Path, sheets: Mapping[tuple[str, str], Sequence[MailAddress]]) -> None:
    """Write an .xlsx file with a sheet for each unit, and for each group where there are several.

    Args:
        path: where to; an existing file is replaced.
        sheets: who is mailed to, by names of unit and group.

    Raises:
        OSError: it could not be written.
    """
    heading = (_("No."), _("Name"), _("Address"), _("Postcode"), _("Unit"), _("Group"))
    taken: Counter[str] = Counter()
    with new_workbook(path) as book:
        for (unit, group), people in sheets.items():
            name = unit.translate(_NOT_IN_NAMES)[:_LONGEST_NAME]
            taken[name] += 1
            rows = (
                (number, one.name, one.address, one.postcode, unit, group)
                for number, one in enumerate(people, 1)
            )
            book.add_sheet(
                name if taken[name] == 1 else f"{name}({taken[name]})", heading, rows, widths=_WIDTHS
            )
