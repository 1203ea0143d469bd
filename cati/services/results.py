"""The whole set of papers on the results: report and scores of the programme, and a copy for every unit."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from cati.base.i18n import translate as _
from cati.domain.exports import Format, Identity, What
from cati.domain.programmes import LoadedProgramme
from cati.domain.report import programme_report
from cati.domain.report_unit import unit_report
from cati.domain.users import Right
from cati.files.aside import folder_written_aside
from cati.files.docx import write_paper
from cati.files.scores import write_scores, write_tables
from cati.services import exports, reports, scoring
from cati.services.context import Context
from cati.store.releases import Released

UNITS = "units"
"""The folder of the copies of the units."""


def write_results(
    ctx: Context,
    programme: LoadedProgramme,
    folder: Path,
    *,
    recipient: str = "",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Released:
    """Write report and scores of a programme into a folder, and for each unit a copy as .docx and .xlsx.

    The folder is there whole or not at all, and only its owner may look into it. A unit's copy tells its own
    scores, and of the others nothing but the mean.

    Args:
        ctx: somebody who may export scores.
        programme: its scores are approved.
        folder: not there yet, or empty.
        recipient: for whom it is, in words.
        progress: gets files written and in all; what it raises stops the writing, and nothing is left.

    Raises:
        CatiError: ``not_allowed``, ``fieldwork_open``, ``scores_not_approved``, ``scores_changed``,
            ``folder_not_empty``, ``file_not_written``.
    """
    ctx.actor.require(Right.EXPORT)
    known = reports.approved(ctx, programme)
    approval = exports.approval_words(scoring.board(ctx, programme))
    code, total = programme.programme.code, 2 + 2 * len(known.lines)
    names = _("{code}-report.docx").format(code=code), _("{code}-scores.xlsx").format(code=code)
    with folder_written_aside(folder) as aside:
        progress(0, total)
        made = [aside / name for name in names]
        write_paper(made[0], programme_report(known))
        write_scores(made[1], known, approval)
        (aside / UNITS).mkdir()
        for number, line in enumerate(known.lines, start=1):
            progress(len(made), total)
            paper = unit_report(known, line.unit.code)
            name = f"{number:02}-{file_name(line.unit.name)}"
            made += [aside / UNITS / f"{name}.docx", aside / UNITS / f"{name}.xlsx"]
            write_paper(made[-2], paper)
            write_tables(made[-1], paper)
        progress(total, total)
        found = exports.digest(made)
    with ctx.database.write() as connection:
        return exports.note(
            ctx, connection, programme, What.REPORT, Format.DOCX, Identity.MASKED,
            " ".join(recipient.split()), folder.name, len(made), found,
        )  # fmt: skip


def file_name(name: str) -> str:
    """A name as a file can have it on any system."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name).strip(" .")[:60] or "_"
