"""Tables written as files of SPSS (.sav), with labels of variables and values and with user-missing values.

The format wants whole columns and their widths beforehand, so a table is held in memory, equal texts once.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from cati.base.i18n import translate as _
from cati.files.exports import Cell, Table

if TYPE_CHECKING:
    import pandas as pd

LONGEST_NAME = 64
"""Bytes of a variable's name."""

WIDEST = 32_767
"""Bytes of a text that SPSS can hold."""

_LITTLE = 1_000_000
"""With fewer bytes free the disk is full."""

_RESERVED = frozenset(["ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"])
_NOT_IN_NAMES = re.compile(r"[^\w.@#$]+")
_MOMENT = "%Y-%m-%d %H:%M:%S"


class Kind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"
    """Day and time as ``2024-02-21 10:00:00``, or nothing."""
    CHOICE = "choice"
    """The name of one choice, or nothing."""
    CHOICES = "choices"
    """Names of choices, separated by blanks; becomes one variable of 0 and 1 for each choice."""


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a variable: its number and what it means."""

    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Variable:
    """What a column means.

    Attributes:
        label: in words.
        codes: of CHOICE and CHOICES, by the name that stands in the cells.
        missing: of CHOICE: lowest and highest number of each range that is user-missing; at most three
            single numbers, or one range and one number.
        ordered: whether the codes are steps of a scale.
    """

    label: str
    kind: Kind = Kind.TEXT
    codes: Mapping[str, Code] = field(default_factory=dict)
    missing: tuple[tuple[int, int], ...] = ()
    ordered: bool = False


@dataclass(slots=True)
class _Column:
    """A column of the file."""

    variable: str
    label: str
    values: pd.Series[Any]
    format: str
    measure: str
    labels: Mapping[float, str] = field(default_factory=dict)
    missing: tuple[tuple[int, int], ...] = ()


def write_sav(
    paths: Sequence[Path],
    tables: Iterable[Table],
    variables: Callable[[Sequence[str]], Sequence[Variable]],
    label: str,
) -> list[int]:
    """Write each table as a .sav; gives the rows of each.

    A column with a cell that is not what its variable says is written as the texts that stand in it:
    nothing is left out.

    Args:
        paths: one for each table.
        tables: to be written.
        variables: gives what the columns of a heading mean.
        label: of the files.

    Raises:
        OSError: one could not be written.
    """
    # Late, because few sessions write one, and it takes longer to import than a table to write.
    import pyreadstat

    counts = []
    for path, table in zip(paths, tables, strict=True):
        cells, count = _columns_of(table)
        columns = _described(table.heading, cells, variables(table.heading))
        try:
            _write(path, columns, count, label)
            # The library does not notice when the last bytes of a file do not reach the disk.
            found, _about = pyreadstat.read_sav(path, usecols=[columns[0].variable])
        except pyreadstat.ReadstatError as error:
            raise _refused(path) from error
        if len(found) != count:
            raise _refused(path)
        counts.append(count)
    return counts


def _refused(path: Path) -> OSError:
    """The error of a file that did not come to be; the library does not say why."""
    code = errno.ENOSPC if shutil.disk_usage(path.parent).free < _LITTLE else errno.EIO
    return OSError(code, os.strerror(code))


def _columns_of(table: Table) -> tuple[list[list[Cell]], int]:
    """The cells by column, equal texts held once, and the number of rows."""
    columns: list[list[Cell]] = [[] for _heading in table.heading]
    held: dict[str, str] = {}
    count = 0
    for row in table.rows:
        count += 1
        for at, column in enumerate(columns):
            cell = row[at] if at < len(row) else None
            column.append(held.setdefault(cell, cell) if isinstance(cell, str) else cell)
    return columns, count


def _described(
    headings: Sequence[str], cells: Sequence[list[Cell]], variables: Sequence[Variable]
) -> list[_Column]:
    columns: list[_Column] = []
    taken: set[str] = set()
    for heading, values, variable in zip(headings, cells, variables, strict=True):
        make = _MAKERS[variable.kind]
        try:
            columns += make(heading, variable, values, taken)
        except (ValueError, KeyError):
            columns += _text(heading, variable, values, taken)
    return columns


def _name(heading: str, taken: set[str]) -> str:
    """A name SPSS takes, unlike all that are `taken`, whatever their case; it is taken from now on."""
    name = _NOT_IN_NAMES.sub("_", heading).rstrip("._") or "v"
    if not name[0].isalpha() or name.upper() in _RESERVED:
        name = f"v_{name}"
    number, found = 1, _cut(name, LONGEST_NAME)
    while found.upper() in taken:
        number += 1
        found = f"{_cut(name, LONGEST_NAME - 5)}_{number}"
    taken.add(found.upper())
    return found


def _cut(text: str, longest: int) -> str:
    return text.encode()[:longest].decode(errors="ignore")


def _text(heading: str, variable: Variable, values: Sequence[Cell], taken: set[str]) -> list[_Column]:
    import pandas as pd

    texts = [_cut(_as_text(value), WIDEST) for value in values]
    width = max((len(text.encode()) for text in texts), default=0)
    series = pd.Series(texts, dtype="object")
    return [_Column(_name(heading, taken), variable.label, series, f"A{max(width, 1)}", "nominal")]


def _as_text(value: Cell) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    return "" if value is None else str(value)


def _number(heading: str, variable: Variable, values: Sequence[Cell], taken: set[str]) -> list[_Column]:
    import pandas as pd

    numbers = [None if value in (None, "") else float(_no_text(value)) for value in values]
    series = pd.Series(numbers, dtype="float64")
    whole = all(number is None or number.is_integer() for number in numbers)
    return [_Column(_name(heading, taken), variable.label, series, "F11.0" if whole else "F11.2", "scale")]


def _no_text(value: Cell) -> int | float:
    if isinstance(value, str) or value is None:
        raise ValueError(value)
    return value


def _moment(heading: str, variable: Variable, values: Sequence[Cell], taken: set[str]) -> list[_Column]:
    import pandas as pd

    moments = [datetime.strptime(str(value), _MOMENT) if value else None for value in values]
    series = pd.Series(moments, dtype="datetime64[us]")
    return [_Column(_name(heading, taken), variable.label, series, "DATETIME20", "scale")]


def _choice(heading: str, variable: Variable, values: Sequence[Cell], taken: set[str]) -> list[_Column]:
    import pandas as pd

    codes = variable.codes
    numbers = [codes[str(value)].number if value not in (None, "") else None for value in values]
    widest = max((len(str(code.number)) for code in codes.values()), default=1)
    return [
        _Column(
            _name(heading, taken),
            variable.label,
            pd.Series(numbers, dtype="float64"),
            f"F{widest}.0",
            "ordinal" if variable.ordered else "nominal",
            {float(code.number): code.label for code in codes.values()},
            variable.missing,
        )
    ]


def _choices(heading: str, variable: Variable, values: Sequence[Cell], taken: set[str]) -> list[_Column]:
    import pandas as pd

    chosen = [None if value is None else frozenset(str(value).split()) for value in values]
    unknown = {name for names in chosen if names for name in names} - set(variable.codes)
    if unknown:
        raise KeyError(*unknown)
    said = {0.0: _("not named"), 1.0: _("named")}
    columns = []
    for name, code in variable.codes.items():
        series = pd.Series([None if names is None else name in names for names in chosen], dtype="float64")
        place, label = _name(f"{heading}_{name}", taken), f"{variable.label}: {code.label}"
        columns.append(_Column(place, label, series, "F1.0", "nominal", said))
    return columns


_Maker: TypeAlias = Callable[[str, Variable, Sequence[Cell], set[str]], list[_Column]]
_MAKERS: Mapping[Kind, _Maker] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.MOMENT: _moment,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
}


def _write(path: Path, columns: Sequence[_Column], count: int, label: str) -> None:
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame({column.variable: column.values for column in columns}, index=range(count))
    pyreadstat.write_sav(
        frame,
        path,
        file_label=_cut(label, LONGEST_NAME),
        column_labels={column.variable: column.label for column in columns},
        variable_value_labels={c.variable: dict(c.labels) for c in columns if c.labels},
        missing_ranges={
            c.variable: [low if low == high else {"lo": low, "hi": high} for low, high in c.missing]
            for c in columns
            if c.missing
        },
        variable_format={column.variable: column.format for column in columns},
        variable_measure={column.variable: column.measure for column in columns},
    )
