"""The rows of one list that cannot be used, each beside what stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cati.base.i18n import translate as _
from cati.domain.frames import PROBLEM_LABELS, RowProblem
from cati.domain.programmes import LoadedProgramme
from cati.gui.frames.lists import ListLine
from cati.gui.office.office import Office
from cati.gui.widgets.layouts import column
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Table
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.frame_problems import RejectedRow
    from cati.services.frames import StoredFrame


class ProblemView(Surface):
    """A table of them; the cells are unsealed in the worker, a page at a time.

    Args:
        office: session and worker.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._title, self._file = Text(size=17, bold=True), Text(size=14, ink="ink2", elide=True)
        self.table = Table(
            _("Problems"),
            (
                Column("row", _("Row"), 60, figure=True),
                Column("reason", _("What is wrong"), 210, grows=1),
                Column("name", _("Name"), 110, grows=1),
                Column("phones", _("Phone number"), 170, grows=1),
                Column("remark", _("Remark"), 120, grows=2, gives_way=1),
            ),
            _cells,
            nothing=_("Being read"),
        )
        head = column(self._title, self._file, gap=2)
        super().__init__(column(head, (self.table, 1), gap=8, margins=(14, 12, 8, 8)))

    def show_list(self, loaded: LoadedProgramme, line: ListLine, frame: StoredFrame) -> None:
        """Show what is wrong with a list.

        Args:
            loaded: the programme.
            line: the list.
            frame: its version in force.
        """
        from cati.services import frame_problems

        session = self._office.session
        pattern = _("{list}: {count:,} rows that cannot be used")
        self._title.set_text(pattern.format(list=line.title, count=frame.rows - frame.accepted))
        self._file.set_text(frame.file)
        self.table.show_rows(())

        def fetch(numbers: Sequence[int]) -> list[RejectedRow | None]:
            found = frame_problems.rejected_rows(session, loaded, frame, list(numbers))
            by_number = {one.number: one for one in found}
            return [by_number.get(number) for number in numbers]

        self._office.ask(
            self,
            lambda: frame_problems.problem_numbers(session, loaded, frame),
            lambda numbers: self.table.show_pages(numbers, fetch, self._office.ask),
        )


def _cells(one: RejectedRow) -> tuple[Cell | str, ...]:
    reason = _(PROBLEM_LABELS[RowProblem(one.code)])
    phones = " / ".join(filter(None, one.cells))
    return str(one.number), Cell(reason, "warn", icon="warning"), one.name, phones, one.remark
