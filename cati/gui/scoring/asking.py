"""What is asked at the scores: points, a score of another channel, a file of them, approval, closing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from cati.base.errors import CatiError
from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.deductions import basis_words
from cati.domain.hotline import is_for_tickets
from cati.domain.names import channel_words, ground_words
from cati.domain.programmes import AdjustmentRule, LoadedProgramme, Programme, Unit, in_language
from cati.domain.undecided import Undecided
from cati.gui.form import labelled
from cati.gui.office.files import file_row
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.adjustments import StoredAdjustment

Done = Callable[[], Any]


def _named(words: str, segments: Segments) -> Holder:
    return Holder(column(Text(words, 14, "ink2", wrap=True), row(segments, None), gap=4))


def open_rules(programme: Programme) -> list[AdjustmentRule]:
    """The grounds on which points are given by hand; others are counted for tickets."""
    return [rule for rule in programme.adjustments if not is_for_tickets(programme, rule.code)]


def ask_points(
    place: Place, loaded: LoadedProgramme, unit: Unit, known: Sequence[StoredAdjustment], done: Done
) -> Question:
    """Decide on points that were proposed for a unit, else propose or confirm some."""
    waiting = next((a for a in known if a.state == "proposed"), None)
    if waiting is not None:
        return _ask_decision(place, loaded, unit, waiting, done)
    first = next(iter(open_rules(loaded.programme)), None)
    counting = next((a for a in known if a.state == "confirmed"), None)
    code = LineField(_("Ground"))
    points = LineField(_("Points, with a minus to take them"))
    if counting is not None:
        code.setText(counting.code)
        points.setText(counting.points)
    elif first is not None:
        code.setText(first.code)
        points.setText(str(first.points))
    reason = LineField(_("Reason: the evidence, and how the work was affected"))
    less = LineField(_("Where it is less than the ground gives: why"))
    ways = [Segment("", _("propose")), Segment("confirm", _("confirm at once"))]
    if counting is not None:
        ways.append(Segment("waive", _("waive what counts")))
    state = Segments(_("State"), ways)
    session = place.office.session

    def answer() -> None:
        if state.code == "waive" and asked.form.filled_in(code, reason):
            ground, why = code.text(), reason.text()
            asked.send(lambda: _waive(session, loaded, unit.code, known, ground, why), lambda _made: done())
        elif state.code != "waive" and asked.form.filled_in(code, points, reason):
            given = (code.text(), points.text(), reason.text(), bool(state.code), less.text())
            asked.send(lambda: _adjust(session, loaded, unit.code, *given), lambda _made: done())

    lead = in_language(first.rules, language(), first.rule) if first is not None else ""
    parts = [labelled(reason), Holder(row((labelled(code), 1), (labelled(points), 1), gap=12)),
             labelled(less), _named(_("State"), state)]  # fmt: skip
    asked = Question(place, _("Points for {unit}").format(unit=unit.name), lead, parts, _("Store"), answer)
    return asked


def _adjust(
    session: Any, loaded: LoadedProgramme, unit: str, code: str, points: str, reason: str, confirm: bool,
    less: str,
) -> Any:  # fmt: skip
    from cati.services import adjustments

    try:
        exact = Decimal(points.replace("−", "-").strip())
    except InvalidOperation as error:
        raise CatiError(
            "points_no_number",
            N_("“{text}” is no number of points. Nothing was changed. Type a number such as -5."),
            text=points,
        ) from error
    return adjustments.adjust(session, loaded, unit, code, exact, reason, confirm=confirm, less=less)


def _waive(
    session: Any, loaded: LoadedProgramme, unit: str, known: Sequence[StoredAdjustment], ground: str, why: str
) -> Any:
    from cati.services import adjustments

    counting = [a for a in known if a.state == "confirmed" and ground.strip() in _names(loaded, a.code)]
    problem = counting[0].problem if counting else ""
    return adjustments.settle(session, loaded, unit, ground, why, confirm=False, problem=problem)


def _names(loaded: LoadedProgramme, code: str) -> tuple[str, ...]:
    return code, ground_words(loaded.programme, code)


def _ask_decision(
    place: Place, loaded: LoadedProgramme, unit: Unit, waiting: StoredAdjustment, done: Done
) -> Question:
    reason = LineField(_("How the work was affected, or what excuses it"))
    choice = Segments(_("Decision"), (Segment("confirm", _("confirm")), Segment("", _("waive"))))
    session = place.office.session

    def answer() -> None:
        from cati.services import adjustments

        if asked.form.filled_in(reason):
            words, confirm = reason.text(), bool(choice.code)
            asked.send(
                lambda: adjustments.settle(
                    session, loaded, unit.code, waiting.code, words, confirm=confirm, problem=waiting.problem
                ),
                lambda _made: done(),
            )

    lead = _("Proposed: {points} points. {reason}").format(points=waiting.points, reason=waiting.reason)
    why = basis_words(loaded.programme, waiting.basis)
    about = [part for part in (waiting.problem, why) if part]
    lead = " · ".join([lead, *about])
    ground = ground_words(loaded.programme, waiting.code)
    title = _("Decide on “{code}” of {unit}").format(code=ground, unit=unit.name)
    parts = [labelled(reason), _named(_("Decision"), choice)]
    asked = Question(place, title, lead, parts, _("Store"), answer)
    return asked


def _channels(loaded: LoadedProgramme) -> list[Segment]:
    programme = loaded.programme
    return [Segment(c.code, channel_words(programme, c.code)) for c in programme.other_channels]


def ask_score(
    place: Place, loaded: LoadedProgramme, unit: Unit, known: Decimal | None, done: Done
) -> Question:
    """Enter the score of a unit in a channel that is not made of interviews."""
    field = LineField(_("Score from 0 to 100; empty takes it away"))
    field.setText("" if known is None else str(known))
    field.selectAll()
    which = Segments(_("Channel"), _channels(loaded))
    session = place.office.session

    def answer() -> None:
        from cati.services import channels

        channel, text = which.code, field.text()
        asked.send(
            lambda: channels.enter_score(session, loaded, channel, unit.code, text),
            lambda _made: done(),
        )

    title = _("Score of {unit}").format(unit=unit.name)
    asked = Question(place, title, "", [labelled(field), _named(_("Channel"), which)], _("Store"), answer)
    return asked


def ask_file(place: Place, loaded: LoadedProgramme, done: Callable[[int], Any]) -> Question:
    """Take the scores of a channel from a file."""
    field = LineField(_("File (.csv or .xlsx) with the columns unit and score"))
    which = Segments(_("Channel"), _channels(loaded))
    session = place.office.session

    def answer() -> None:
        from cati.services import channels

        if asked.form.filled_in(field):
            channel, path = which.code, Path(field.text().strip()).expanduser()
            asked.send(lambda: channels.set_channel(session, loaded, channel, path), done)

    lead = _(
        "All or nothing: one fault in the file and nothing is changed. What the channel had is replaced."
    )
    asked = Question(
        place,
        _("Scores of another channel"),
        lead,
        [file_row(place, field, "*.csv", "*.xlsx"), _named(_("Channel"), which)],
        _("Take over"),
        answer,
    )
    return asked


def ask_approval(place: Place, loaded: LoadedProgramme, undecided: Undecided, done: Done) -> Question:
    """Write down that a second body approves the scores, with or without what nobody has decided on."""
    body, signer = LineField(_("Body that approves")), LineField(_("Signed by"))
    parts: list[QWidget] = [labelled(body), labelled(signer)]
    without: Segments | None = None
    if undecided:
        choices = (Segment("", _("decide on them first")), Segment("without", _("approve without them")))
        without = Segments(_("Undecided"), choices)
        words = _("Not decided, and without effect on the scores: {what}").format(what=undecided.words())
        parts.append(_named(words, without))
    session = place.office.session

    def answer() -> None:
        from cati.services import scoring

        if asked.form.filled_in(body, signer):
            given, known = (body.text(), signer.text()), without is not None and bool(without.code)
            asked.send(
                lambda: scoring.sign_off(session, loaded, *given, without_undecided=known),
                lambda _made: done(),
            )

    lead = _(
        "The approval holds for the scores as they are now. If one changes later, this is said beside it."
    )
    asked = Question(place, _("Approve the scores"), lead, parts, _("Approve"), answer)
    return asked


def ask_closing(place: Place, loaded: LoadedProgramme, missing: int, done: Callable[[Any], Any]) -> Question:
    """Confirm that nobody is to be called any more."""
    session = place.office.session

    def answer() -> None:
        from cati.services import programmes

        code = loaded.programme.code
        asked.send(lambda: programmes.close_fieldwork(session, code, without_interviews=undrawn), done)

    undrawn = loaded.state == "setup"
    lead = _(
        "Nobody is called any more, and it cannot be opened again. Scores and interviews may be seen then."
    )
    if missing > 0:
        words = ngettext("{count} interview is missing.", "{count} interviews are missing.", missing)
        lead = f"{words.format(count=missing)} {lead}"
    if undrawn and loaded.programme.has_interviews:
        unheard = _("No draw was held: what the telephone was to give has no score.")
        lead = f"{unheard} {lead}"
    asked = Question(place, _("Close fieldwork?"), lead, [], _("Close fieldwork"), answer, irreversible=True)
    return asked
