"""What a report says, read back from its file."""

from __future__ import annotations

from pathlib import Path

import docx
import python_calamine

ALIKE = "≈"


def finals(path: Path) -> dict[str, tuple[str, str]]:
    """Final score and composite of every unit, by the name the report gives it, from the tables that rank."""
    found: dict[str, tuple[str, str]] = {}
    for table in docx.Document(str(path)).tables:
        heading, *rows = [[cell.text for cell in row.cells] for row in table.rows]
        if heading[:3] == ["Rank", "Unit", "Final score"]:
            composite = heading.index("Composite")
            found |= {row[1]: (row[2].removesuffix(ALIKE).strip(), row[composite]) for row in rows}
    return found


def table(path: Path, first: str) -> list[list[str]]:
    """The rows of the table whose first heading is this."""
    for one in docx.Document(str(path)).tables:
        if one.rows[0].cells[0].text == first:
            return [[cell.text for cell in row.cells] for row in one.rows[1:]]
    raise LookupError(first)


def rows_of(path: Path, sheet: str) -> list[list[object]]:
    """All rows of a sheet, the heading first."""
    return [
        list(row) for row in python_calamine.load_workbook(str(path)).get_sheet_by_name(sheet).to_python()
    ]
