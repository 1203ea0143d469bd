"""Excusing somebody from the practice test: whom, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from cati.base.i18n import translate as _
from cati.gui.form import labelled
from cati.gui.office.office import Office
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.widgets.chooser import Chooser
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.segments import Segment
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.clearances import Standing


def ask_to_excuse(place: Place, office: Office, proposed: int | None, done: Callable[[], Any]) -> None:
    """Ask whom of those who have not passed the practice test to excuse, and why, and do so.

    Args:
        place: the question lies over it.
        office: session, programme and worker.
        proposed: row number of who is chosen beforehand, if not passed.
        done: called when it was done.
    """
    from cati.services import clearances

    loaded, session = office.programme, office.session
    assert loaded is not None

    def ask(everybody: Sequence[Standing]) -> None:
        people = {str(one.user_id): one for one in everybody if one.interviews and one.practice is None}
        if not people:
            office.tell(_("Everybody who interviews has passed the practice test or is excused."))
            return
        choices = [Segment(number, f"{one.name} · {one.login}") for number, one in people.items()]
        whom = Chooser(_("Whom"), choices, 300)
        whom.choose(str(proposed))
        reason = LineField(_("Reason"))

        def answer() -> None:
            if question.form.filled_in(reason):
                one = people[whom.code]
                work = partial(clearances.waive, session, loaded, one.login, reason.text())
                office.ask(question, work, lambda _none: excused(one), question.refuse)

        def excused(one: Standing) -> None:
            question.leave()
            unsigned = _("{name} is excused and may call once the pledge is signed.")
            pattern = unsigned if one.pledge is None else _("{name} is excused and may call.")
            office.tell(pattern.format(name=one.name))
            done()

        question = Question(
            place,
            _("Excuse from the practice test"),
            _("For whoever has experience. The pledge of confidentiality is signed all the same."),
            [Holder(column(Text(_("Whom"), 14, "ink2"), row(whom, None), gap=4)), labelled(reason)],
            _("Excuse"),
            answer,
        )

    office.ask(place, lambda: clearances.listing(session, loaded), ask)
