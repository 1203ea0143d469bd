"""Everything in a file that does not fit, told at once."""

from __future__ import annotations

from collections.abc import Hashable
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
    _again: dict[Hashable, list[int]] = field(default_factory=dict)

    def add(
        self, sheet: str, row: int, message: str, *, same: Hashable | None = None, **params: object
    ) -> None:
        """Note a fault.

        Args:
            sheet, row: where.
            message: msgid of a sentence with ``{name}`` fields.
            same: what all faults have in common of which the first is told, and then only how many there are.
            params: of the message.
        """
        self.count += 1
        if same in self._again:
            self._again[same][1] += 1
        elif len(self.shown) < MOST_SHOWN:
            if same is not None:
                self._again[same] = [len(self.shown), 0]
            place = _("{sheet}, row {row}").format(sheet=sheet, row=row)
            self.shown.append(f"{place}: {_(message).format(**params)}")

    def refuse(self) -> None:
        """Refuse the file if anything was noted.

        Raises:
            CatiError: ``file_problems``.
        """
        if self.count:
            told, more = list(self.shown), 0
            for place, times in self._again.values():
                if times:
                    words = _("{fault} The same in other places: {count}.")
                    told[place] = words.format(fault=told[place], count=times)
                    more += times
            raise CatiError(
                "file_problems",
                N_("{file} was not taken; things to put right: {count}. Nothing was changed.\n{list}"),
                file=self.file,
                count=self.count,
                list="\n".join([*told, *(["…"] if self.count > len(told) + more else [])]),
            )
