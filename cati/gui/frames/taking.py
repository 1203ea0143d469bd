"""Taking files in, one after the other, beside everything else: each comes in whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.domain.frames import FrameReport, PoolReport
from cati.domain.list_words import finding_words
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right
from cati.gui.office.unlocking import LOCKED
from cati.gui.tasks import Job
from cati.gui.widgets.rows import Cell, Column

if TYPE_CHECKING:
    from cati.services.context import Context


@dataclass(frozen=True)
class Taken:
    """What became of one file.

    Attributes:
        file: its name.
        words: what came in, or why nothing did.
        ok: whether it came in.
        locked: where it lies, if nothing but a password keeps it out.
    """

    file: str
    words: str
    ok: bool
    locked: Path | None = None


def take_in(
    session: Context,
    programme: LoadedProgramme,
    files: Sequence[Path],
    pool: bool,
    job: Job,
    taken: list[Taken],
    passwords: Sequence[str] = (),
) -> None:
    """Import files; runs in a thread of its own.

    Args:
        session: of whoever imports.
        programme: where to.
        files: in this order.
        pool: whether they are the list of the public.
        job: told how far it is; a stop leaves what is being imported out, and what came in before in.
        taken: gets what became of each file, also when the job is stopped.
        passwords: are tried on those that are protected.
    """
    from cati.services import exemptions, frames

    take = frames.import_pool if pool else frames.import_frame
    for done, file in enumerate(files):
        job.step(done / len(files), file.name)

        def tell(rows: int, total: int, done: int = done, name: str = file.name) -> None:
            job.step((done + rows / max(total, 1)) / len(files), name)

        try:
            report = take(session, programme, file, tell, passwords=passwords)
        except CatiError as error:
            locked = file if error.code in LOCKED else None
            taken.append(Taken(file.name, str(error), False, locked))
        else:
            taken.append(Taken(file.name, _words(report), True))
    if session.actor.may(Right.ADJUST):
        # That only proposes, or takes a proposal back: the bureau confirms or waives it.
        exemptions.propose_for_lists(session, programme)


def _words(report: FrameReport | PoolReport) -> str:
    if isinstance(report, PoolReport):
        pattern = _("{accepted:,} of {rows:,} usable, {also:,} of them in lists of units too")
        return pattern.format(accepted=report.accepted, rows=report.rows, also=report.also_in_unit_lists)
    pattern = _("{group} {accepted:,} of {rows:,} usable")
    parts = [
        pattern.format(group=label, accepted=one.accepted, rows=one.rows)
        for label, one in report.lists.items()
    ]
    for label, one in report.lists.items():
        parts += [f"{label}: {words}" for words in finding_words(one.findings)]
    if report.late:
        parts.append(_("late list"))
    if report.undated and report.unread:
        words = _("“{text}” is no date of handing in: whether the list is late is not known")
        parts.append(words.format(text=report.unread))
    elif report.undated:
        parts.append(_("no date of handing in: whether the list is late is not known"))
    return f"{report.unit}: {_('; ').join(parts)}"


def columns() -> tuple[Column, ...]:
    """Headings of the table of files."""
    return (Column("file", _("File"), 200, grows=1), Column("words", _("Result"), 300, grows=3))


def cells(one: Taken) -> tuple[Cell | str, ...]:
    """A line of the table."""
    if one.ok:
        return Cell(one.file, icon="tick"), one.words
    return Cell(one.file, "warn", True, "warning"), Cell(one.words, "warn")
