"""What is wrong with phone lists: the rows that cannot be used, and the list of them to send back."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.frames import PROBLEM_LABELS, RowProblem
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right
from cati.files.aside import written_aside
from cati.files.frame_problems import ProblemLine, write_problems
from cati.services import audit
from cati.services.context import Context
from cati.services.frames import POOL, listing, sealed_place
from cati.store import frames as store
from cati.store.frames import StoredFrame


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that is not used, as its list has it.

    Attributes:
        number: row of the sheet, from 1.
        code: one of `RowProblem`.
        cells: the phone cells as text.
    """

    number: int
    code: str
    name: str
    cells: tuple[str, ...]
    remark: str


def problem_numbers(ctx: Context, programme: LoadedProgramme, frame: StoredFrame) -> array[int]:
    """Which rows of a list are not used, for `rejected_rows` to be asked about some at a time.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``.
    """
    ctx.actor.require(Right.IMPORT_FRAMES)
    ctx.keys.contact_key(programme.id)
    with ctx.database.read() as connection:
        return store.problem_numbers(connection, frame.id)


def rejected_rows(
    ctx: Context, programme: LoadedProgramme, frame: StoredFrame, numbers: Sequence[int] | None = None
) -> list[RejectedRow]:
    """The rows of a list that are not used, so that the unit can be told which to mend.

    Args:
        ctx: somebody who may import, and holds the contact key.
        programme: whose.
        frame: the list.
        numbers: only these rows of the sheet, a few hundred at most; None for all.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``.
    """
    ctx.actor.require(Right.IMPORT_FRAMES)
    key = ctx.keys.contact_key(programme.id)
    with ctx.database.read() as connection:
        rows = store.problems_of(connection, frame.id, numbers)
    place = sealed_place(frame.sha256, frame.group)
    found = []
    for number, code, sealed in rows:
        name, remark, *cells = json.loads(key.open(sealed, bound_to=place + str(number).encode()))
        found.append(RejectedRow(number, code, name, tuple(cells), remark))
    return found


def export_problems(ctx: Context, programme: LoadedProgramme, unit: str | None, path: Path) -> int:
    """Write what is wrong with the lists in force of a unit, to be sent back to it; gives how many rows.

    A sheet for each list that has rejected rows: row of the sheet, reason, and the cells as they were handed
    in. The file is there whole or not at all.

    Args:
        ctx: somebody who may import and may export people, and holds the contact key.
        programme: whose.
        unit: its code, None for the public pool.
        path: an .xlsx file.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``, ``no_problems``, ``file_not_written``.
    """
    ctx.actor.require(Right.EXPORT_IDENTITY)
    frames = [f for f in listing(ctx, programme) if f.current and f.unit == unit and f.rows > f.accepted]
    if not frames:
        raise CatiError(
            "no_problems",
            N_("All rows of these lists can be used: there is nothing to send back. Nothing was written."),
        )
    labels = {group.code: group.label for group in programme.programme.listed}
    lists = {
        labels.get(frame.group or "", _("Public pool")): [
            ProblemLine(row.number, _(PROBLEM_LABELS[RowProblem(row.code)]), row.name, row.cells, row.remark)
            for row in rejected_rows(ctx, programme, frame)
        ]
        for frame in frames
    }
    count = sum(map(len, lists.values()))
    with written_aside(path) as (aside,):
        write_problems(aside, lists)
        with ctx.database.write() as connection:
            what = f"unit {unit}" if unit else POOL
            audit.record(ctx, connection, "export_problems", what, rows=count)
    return count
