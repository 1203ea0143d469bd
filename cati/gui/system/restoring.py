"""Putting a copy of the database back: which one, confirmed by typing its day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cati.base.i18n import translate as _
from cati.domain.attendance import LOCAL
from cati.gui.form import labelled
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.widgets.chooser import Chooser
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column
from cati.gui.widgets.segments import Segment
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.station.backups import Backup

MB = 1_000_000


def ask_restore(place: Place, kept: Sequence[Backup]) -> None:
    """Ask which copy takes the database's place, and see to it.

    Args:
        kept: newest first.
    """
    if not kept:
        place.office.say(_("There is no copy of the database yet."))
        return
    copies = {one.file.name: one for one in kept}
    chooser = Chooser(_("Copy"), [Segment(name, _words(one)) for name, one in copies.items()], 440)
    typed = LineField(_("Type the day of this copy, such as {day}").format(day=kept[0].day))

    def answer() -> None:
        chosen = copies[chooser.code]
        if typed.text().strip() != str(chosen.day):
            question.form.complain(_("Type {day} to put this copy back.").format(day=chosen.day))
            return

        def check() -> None:
            from cati.station import backups

            backups.check(chosen.file)

        question.wait(_("the copy is being read"))
        place.office.ask(question, check, lambda _none: go(chosen), question.refuse)

    def go(chosen: Backup) -> None:
        question.leave()
        place.office.restoring.emit(chosen.file)

    question = Question(
        place,
        _("Put a copy back"),
        _(
            "What was written since is not in it: answers, outcomes, users. The present database is kept "
            "beside the copies. Everybody is signed out; recordings stay where they are."
        ),
        [Holder(column(Text(_("Copy"), 14, "ink2"), chooser, gap=4)), labelled(typed)],
        _("Put it in the database's place"),
        answer,
        irreversible=True,
        width=620,
    )


def _words(copy: Backup) -> str:
    kinds = {"daily": _("daily copy"), "replaced": _("set aside when a copy was put back")}
    return _("{time} · {size:.1f} MB · {kind}").format(
        time=f"{copy.at.astimezone(LOCAL):%Y-%m-%d %H:%M}",
        size=copy.size / MB,
        kind=kinds.get(copy.kind, _("before a new version")),
    )
