"""What may be decided about a list: withdrawn, its lateness settled, its problems sent back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cati.base.i18n import translate as _
from cati.domain.list_checks import AREAS, SIZE
from cati.domain.programmes import FOLLOW_UP, MAIL, LoadedProgramme
from cati.gui.form import labelled
from cati.gui.frames.lists import ListLine
from cati.gui.office.files import choose_target
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.widgets.chooser import Chooser
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column
from cati.gui.widgets.segments import Segment
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.follow_up import FollowUp
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

    def write_addresses(self, line: ListLine | None) -> None:
        """Write the addresses of everybody who is mailed to about a unit."""
        if line is None or line.list_kind != MAIL or line.current is None:
            self._office.say(_("Nobody of this list is written to."))
            return
        choose_target(
            self._page,
            _("Addresses for letters"),
            ["Excel (*.xlsx)"],
            f"{line.title}.xlsx",
            lambda path: self._write_addresses(line, path),
        )

    def _write_addresses(self, line: ListLine, path: Path) -> None:
        from cati.services import mailing

        session, loaded, unit = self._office.session, self._loaded(), line.unit or ""

        def tell(count: int) -> None:
            self._office.tell(_("{file} was written: {count} rows.").format(file=path.name, count=count))

        self._office.start(self._page, lambda _job: mailing.write_labels(session, loaded, path, unit), tell)

    def exempt(self, line: ListLine | None) -> None:
        """Write down what a list need not meet, or take that back where it is written down."""
        if line is None or line.unit is None or line.group is None:
            return
        if line.wanting:
            self._grant(line, line.unit, line.group)
        elif line.exemptions:
            self._lift(line, line.unit, line.group)
        else:
            self._office.say(_("This list meets what is asked for."))

    def _grant(self, line: ListLine, unit: str, group: str) -> None:
        from cati.services import exemptions

        session, loaded, kinds = self._office.session, self._loaded(), line.wanting
        by, document, reason = (LineField(words) for words in (_("Granted by"), _("Document"), _("Reason")))

        def grant(facts: dict[str, str]) -> None:
            for kind in kinds:
                exemptions.grant(session, loaded, unit, group, kind, **facts)

        def answer() -> None:
            if question.form.filled_in(by, document, reason):
                facts = {"granted_by": by.text(), "document": document.text(), "reason": reason.text()}
                question.wait(_("being stored"))
                self._office.ask(question, partial(grant, facts), done, question.refuse)

        def done(_result: object) -> None:
            question.leave()
            self._page.refresh()

        told = {SIZE: _("smallest size"), AREAS: _("covering all areas")}
        question = Question(
            self._page,
            _("Exempt this list?"),
            _("{list}: {kinds}. Points only proposed for it are waived.").format(
                list=line.title, kinds=_(", ").join(told[kind] for kind in kinds)
            ),
            [labelled(by), labelled(document, _("its number")), labelled(reason)],
            _("Exempt"),
            answer,
        )
        question.left.connect(self._forget)
        self.question = question

    def _lift(self, line: ListLine, unit: str, group: str) -> None:
        from cati.services import exemptions

        session, loaded, kinds = self._office.session, self._loaded(), [one.kind for one in line.exemptions]

        def lift(reason: str) -> None:
            for kind in kinds:
                exemptions.lift(session, loaded, unit, group, kind, reason)

        self._ask(
            _("End the exemption?"),
            _("{list} then has to meet what is asked for.").format(list=line.title),
            "",
            _("End exemption"),
            lift,
        )

    def follow_up(self, line: ListLine | None) -> None:
        """Take the people who gave opinions in an earlier programme, after asking which."""
        from cati.services import programmes

        if line is None or line.list_kind != FOLLOW_UP:
            self._office.say(_("Units hand in this list: nobody of last year is taken."))
            return
        session = self._office.session
        self._office.ask(self._page, lambda: programmes.listing(session), self._ask_which)

    def _ask_which(self, found: Sequence[LoadedProgramme]) -> None:
        from cati.services import follow_up

        session, loaded = self._office.session, self._loaded()
        others = [one for one in found if one.id != loaded.id and one.state != "retired"]
        if not others:
            self._office.say(_("There is no other programme here whose people are still known."))
            return
        which = Chooser(_("Programme"), [Segment(o.programme.code, o.programme.title) for o in others], 420)

        def answer() -> None:
            code = which.code
            question.wait(_("being stored"))
            self._office.ask(question, lambda: follow_up.take(session, loaded, code), done, question.refuse)

        def done(taken: Sequence[FollowUp]) -> None:
            question.leave()
            count = sum(one.report.accepted for one in taken)
            self._office.tell(
                _("People taken: {count}; lists: {lists}.").format(count=count, lists=len(taken))
            )
            self._page.refresh()

        question = Question(
            self._page,
            _("Take the people of an earlier programme?"),
            _("Whoever gave an opinion there and may be called again, for all units. Nobody sees a number."),
            [Holder(column(Text(_("Programme"), 14, "ink2"), which, gap=4))],
            _("Take"),
            answer,
        )
        question.left.connect(self._forget)
        self.question = question

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
