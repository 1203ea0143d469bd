"""What a report says, read back from its file."""

from __future__ import annotations

from pathlib import Path

import docx

ALIKE = "≈"


def finals(path: Path) -> dict[str, tuple[str, str]]:
    """Final score and composite of every unit, by the name the report gives it, from the tables that rank."""
    found: dict[str, tuple[str, str]] = {}
    for table in docx.Document(str(path)).tables:
        heading, *rows = [[cell.text for cell in row.cells] for row in table.rows]
        if heading[:3] == ["Rank", "Unit", "Final score"]:
            found |= {row[1]: (row[2].removesuffix(ALIKE).strip(), row[4]) for row in rows}
    return found
