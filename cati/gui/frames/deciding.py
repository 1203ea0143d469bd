"""What may be decided about a list: withdrawn, its lateness settled, its problems sent back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cati.base.i18n import translate as _
from cati.domain.programmes import LoadedProgramme
from cati.gui.form import labelled
from cati.gui.frames.lists import ListLine
from cati.gui.office.files import choose_target
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.widgets.fields import LineField

if TYPE_CHECKING:
    from cati.services.frames import StoredFrame

LATE_RULE = "late"
"""Code of the rule that lateness falls under."""


def is_last(line: ListLine, frames: Sequence[StoredFrame]) -> bool:
    """Whether the version in force came with the last file of its unit."""
    from cati.services import frame_versions

    frame = line.current
    return frame is not None and frame in frame_versions.last_import(frames, frame)


class Decisions:
    """Asks for what a decision needs, has it done in the worker, and lets the page look again.

    Args:
        page: what the decisions are about lies in it.
    """

    def __init__(self, page: Place) -> None:
        self._page, self._office = page, page.office
        self.question: Question | None = None

    def leave(self) -> None:
        """A question left open is not asked any more."""
        if self.question is not None:
            self.question.leave()

    def _ask(self, title: str, lead: str, hint: str, button: str, decide: Callable[[str], Any]) -> None:
        """Ask why, and do it in the worker; an error stands in the question, which stays."""
        field = LineField(_("Reason"))

        def answer() -> None:
            if question.form.filled_in(field):
                question.wait(_("being stored"))
                self._office.ask(question, partial(decide, field.text()), done, question.refuse)

        def done(_result: object) -> None:
            question.leave()
            self._page.refresh()

        question = Question(self._page, title, lead, [labelled(field, hint)], button, answer)
        question.left.connect(self._forget)
        self.question = question

    def _forget(self) -> None:
        self.question = None

    def _loaded(self) -> LoadedProgramme:
        assert self._office.programme is not None
        return self._office.programme

    def export(self, line: ListLine | None) -> None:
        """Write what is wrong with the lists of a unit, to be sent back to it."""
        frame = line.current if line is not None else None
        if line is None or frame is None:
            return
        name = _("Problems of {unit}").format(unit=line.unit_name)
        choose_target(
            self._page,
            _("Problem list"),
            ["Excel (*.xlsx)"],
            f"{name}.xlsx",
            lambda path: self._write(line, path),
        )

    def _write(self, line: ListLine, path: Path) -> None:
        from cati.services import frame_problems

        session, loaded = self._office.session, self._loaded()

        def tell(count: int) -> None:
            self._office.tell(_("{file} was written: {count} rows.").format(file=path.name, count=count))

        self._office.start(
            self._page, lambda _job: frame_problems.export_problems(session, loaded, line.unit, path), tell
        )

    def withdraw(self, line: ListLine | None, frames: Sequence[StoredFrame]) -> None:
        """Take back the file a list came in with, after asking why."""
        from cati.services import frame_versions

        frame = line.current if line is not None else None
        if line is None or frame is None:
            return
        if not is_last(line, frames):
            self._office.say(_("Only the last file of a unit can be withdrawn."))
            return
        session, loaded = self._office.session, self._loaded()
        together = len(frame_versions.last_import(frames, frame))
        lead = _(
            "All {count} lists of {file} go out of force; the versions before them, if any, are in force "
            "again. It stays on record with the reason."
        ).format(count=together, file=frame.file)
        if line.proposal is not None and line.proposal.state == "confirmed":
            lead += " " + _("Points confirmed for lateness stay until they are waived (V).")
        self._ask(
            _("Withdraw {file}?").format(file=frame.file),
            lead,
            _("what was wrong with it"),
            _("Withdraw"),
            lambda reason: frame_versions.withdraw(session, loaded, frame, reason),
        )

    def settle(self, line: ListLine | None, confirm: bool) -> None:
        """Confirm or waive the points proposed for a unit, after asking how the work was affected."""
        from cati.services import adjustments

        proposal = line.proposal if line is not None else None
        if line is None or proposal is None or line.unit is None:
            self._office.say(_("Nothing was proposed for this unit: its lists are not late."))
            return
        unit, session, loaded = line.unit, self._office.session, self._loaded()
        title = (
            _("Confirm {points} points for {unit}?") if confirm else _("Waive {points} points for {unit}?")
        )
        self._ask(
            title.format(points=proposal.points.replace("-", "−"), unit=line.unit_name),
            _("Being late alone takes no points: what counts is how the work was affected."),
            _("how the work was affected") if confirm else _("why they are waived"),
            _("Confirm") if confirm else _("Waive"),
            lambda reason: adjustments.settle(session, loaded, unit, LATE_RULE, reason, confirm=confirm),
        )
