"""A test call by the station's telephone, and the password with which somebody may call by it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.gui.actions import Keys
from cati.gui.form import labelled
from cati.gui.over import Over
from cati.gui.tasks import Tasks
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.text import Strong, Text

if TYPE_CHECKING:
    from cati.services.context import Context
    from cati.station.trial_calls import Ears, Told
    from cati.station.workplace import Workplace

Calls = Callable[["Ears"], "Told"]
"""Makes the call in a thread of its own, and tells of it."""


def by_workplace(place: Workplace) -> Calls:
    """The call by the telephone in use there."""

    def call(ears: Ears) -> Told:
        return place.test_call(ears)

    return call


def by_itself(session: Context, folder: Path) -> Calls:
    """The call by a telephone that is started for it.

    Args:
        session: of whoever gave the password.
        folder: of the station's data.
    """

    def call(ears: Ears) -> Told:
        from cati.station import trial_calls

        return trial_calls.test_call(session, folder, ears)

    return call


def ask_test_call(screen: QWidget, keys: Keys, tasks: Tasks, call: Calls) -> Over:
    """Offer a test call over a screen; leaving it ends the call, and so does Enter after one that went well.

    Args:
        screen: see `Over`.
        keys: of the window.
        tasks: of the window.
        call: makes it.
    """
    said, icon = Text(size=16, wrap=True, line_height=120), Icon("tick", "ok", 20)
    result = Holder(row(column(4, icon, None, gap=0), (said, 1), gap=10))
    result.hide()
    calls: list[Ears] = []
    went_well = False

    def answer() -> None:
        from cati.station.trial_calls import Ears

        if went_well:
            question.leave()
            return
        ears = Ears()
        calls.append(ears)
        result.hide()
        question.wait(_("calling; Esc ends it"))
        tasks.start(question, lambda _job: call(ears), told, refused)

    def told(of: Told) -> None:
        nonlocal went_well
        went_well = of.well
        before, shown, after = "\n".join(of.sentences).partition(of.shown)
        said.set_text((before, Strong(shown), after))
        icon.set_icon(*(("tick", "ok") if of.well else ("warning", "warn")))
        result.show()
        question.form.go(_("Done") if of.well else _("Call once more"))

    def refused(error: CatiError) -> None:
        question.refuse(error)

    def hang_up() -> None:
        for ears in calls:
            ears.stop()

    question = Over(
        screen,
        keys,
        _("Test call"),
        _(
            "The station's test number is called, never a respondent; nothing is recorded. Answer that "
            "telephone, say something, and compare the number that it shows."
        ),
        [result],
        _("Make the test call"),
        answer,
        width=620,
    )
    question.destroyed.connect(lambda: hang_up())
    question.left.connect(hang_up)
    return question


def ask_secret(
    screen: QWidget, keys: Keys, tasks: Tasks, session: Context, folder: Path, then: Callable[[], Any]
) -> Over:
    """Ask for the telephone's password over a screen.

    Args:
        screen: see `Over`.
        keys: of the window.
        tasks: of the window.
        session: of whoever is to call by it.
        folder: of the station's data.
        then: called when it is kept.
    """
    field = LineField(_("The telephone's password at the exchange"), secret=True)

    def answer() -> None:
        from cati.station import phone

        if not question.form.filled_in(field):
            return
        question.wait(_("One moment"))
        secret = field.text()
        tasks.run(question, lambda: phone.give_secret(session, folder, secret), kept, question.refuse)

    def kept(_none: None) -> None:
        question.leave()
        then()

    lead = _("It is kept on this station so that only you can use it.")
    parts = [labelled(field)]
    question = Over(screen, keys, _("The telephone's password"), lead, parts, _("Keep"), answer)
    return question
