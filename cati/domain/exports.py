"""What can be exported, in which formats, and what it shows of people."""

from __future__ import annotations

from enum import StrEnum

from cati.domain.users import Right


class What(StrEnum):
    """What is exported."""

    INTERVIEWS = "interviews"
    SCORES = "scores"
    REPORT = "report"
    """Of the programme; `cati.services.results` writes it with the copies of the units."""
    ATTEMPTS = "attempts"
    RATES = "rates"
    PROBLEMS = "problems"
    """Rows of phone lists that could not be used."""
    AUDIT = "audit"


class Format(StrEnum):
    """How it is written; the value ends the file's name."""

    XLSX = "xlsx"
    CSV = "csv"
    SAV = "sav"
    DOCX = "docx"


class Identity(StrEnum):
    """What of a person an export shows."""

    MASKED = "masked"
    """The number as 138****1234."""
    FULL = "full"
    """Name and number; by right, and written down."""


FORMATS: dict[What, tuple[Format, ...]] = {
    What.INTERVIEWS: (Format.XLSX, Format.CSV, Format.SAV),
    What.SCORES: (Format.XLSX,),
    What.REPORT: (Format.DOCX,),
    What.ATTEMPTS: (Format.XLSX, Format.CSV),
    What.RATES: (Format.XLSX, Format.CSV),
    What.PROBLEMS: (Format.XLSX, Format.CSV),
    What.AUDIT: (Format.XLSX, Format.CSV),
}
"""The formats each can be had in."""

PERSONAL = frozenset({What.INTERVIEWS, What.PROBLEMS})
"""What can show people."""

AFTER_FIELDWORK = frozenset({What.INTERVIEWS, What.SCORES, What.REPORT})
"""What nobody may have while fieldwork is open."""

RIGHTS: dict[What, tuple[Right, ...]] = {
    What.INTERVIEWS: (Right.EXPORT,),
    What.SCORES: (Right.EXPORT, Right.SEE_SCORES),
    What.REPORT: (Right.EXPORT, Right.SEE_SCORES),
    What.ATTEMPTS: (Right.EXPORT,),
    What.RATES: (Right.EXPORT, Right.SEE_PROGRESS),
    What.PROBLEMS: (Right.EXPORT, Right.IMPORT_FRAMES),
    What.AUDIT: (Right.EXPORT, Right.MANAGE_USERS),
}
"""What somebody needs to have each."""
