"""Everything in a file that does not fit, told at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _

MOST_SHOWN = 30
"""So many faults of a file are told one by one."""


@dataclass(slots=True)
class Faults:
    """Faults of one file; the first `MOST_SHOWN` are kept in words, all are counted."""

    file: str
    count: int = 0
    shown: list[str] = field(default_factory=list)

    def add(self, sheet: str, row: int, message: str, **params: object) -> None:
        """Note a fault; `message` is the msgid of a sentence with ``{name}`` fields."""
        self.count += 1
        if len(self.shown) < MOST_SHOWN:
            place = _("{sheet}, row {row}").format(sheet=sheet, row=row)
            self.shown.append(f"{place}: {_(message).format(**params)}")

    def refuse(self) -> None:
        """Refuse the file if anything was noted.

        Raises:
            CatiError: ``file_problems``.
        """
        if self.count:
            raise CatiError(
                "file_problems",
                N_("{file} was not taken; things to put right: {count}. Nothing was changed.\n{list}"),
                file=self.file,
                count=self.count,
                list="\n".join([*self.shown, *(["…"] if self.count > len(self.shown) else [])]),
            )
