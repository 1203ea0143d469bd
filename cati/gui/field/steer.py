"""What a supervisor decides about one case or writes to operators: the questions that ask for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cati.base.i18n import translate as _
from cati.domain.queue import WAITING, CaseState
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
    from cati.services.steering import Operator

EVERYBODY = ""


def steer_words(state: CaseState | None) -> str:
    """What the key does with a case that stands so; empty where nothing can be done with it."""
    if state in WAITING:
        return _("Set aside")
    if state is CaseState.ASIDE:
        return _("Back to the queue")
    return _("Call again") if state is CaseState.CLOSED else ""


def ask_to_steer(
    place: Place, office: Office, case_id: int, state: CaseState, done: Callable[[], Any]
) -> None:
    """Ask for the reason, then set a case aside, bring it back or have it called again.

    Args:
        place: the question lies over it.
        office: session, programme and worker.
        case_id: its number.
        state: where it stands; `steer_words` is not empty for it.
        done: called when it was done.
    """
    from cati.services import steering

    loaded, session = office.programme, office.session
    assert loaded is not None
    if state is CaseState.ASIDE:
        work, lead = steering.bring_back, _("It waits again where it waited, and anybody may get it.")
    elif state is CaseState.CLOSED:
        work, lead = steering.reopen, _("The person is called once more, by anybody, from now on.")
    else:
        work, lead = steering.set_aside, _("Nobody gets it until it is brought back.")
    reason = LineField(_("Reason"))

    def answer() -> None:
        why = reason.text()
        office.ask(place, lambda: work(session, loaded, case_id, why), carried_out, question.refuse)

    def carried_out(_nothing: object) -> None:
        question.leave()
        done()

    title = f"{steer_words(state)} · " + _("Case {number}").format(number=case_id)
    question = Question(place, title, lead, [labelled(reason)], steer_words(state), answer)


def ask_to_give(place: Place, office: Office, case_id: int, done: Callable[[], Any]) -> None:
    """Ask to whom a case is to be given and why, and give it; arguments as for `ask_to_steer`."""
    from cati.services import steering

    loaded, session = office.programme, office.session
    assert loaded is not None

    def ask(people: tuple[Operator, ...]) -> None:
        whom = Chooser(_("To whom"), _choices(people), 240)
        reason = LineField(_("Reason"))

        def answer() -> None:
            to, why = int(whom.code or 0), reason.text()
            office.ask(
                place, lambda: steering.give(session, loaded, case_id, to, why), given, question.refuse
            )

        def given(_nothing: object) -> None:
            question.leave()
            done()

        question = Question(
            place,
            _("Give case {number} to an operator").format(number=case_id),
            _("It comes to this operator next, or at the time that was agreed; after a day to anybody."),
            [_named(whom), labelled(reason)],
            _("Give"),
            answer,
        )

    office.ask(place, lambda: steering.operators(session), ask)


def ask_to_write(place: Place, office: Office, to: int | None, done: Callable[[], Any]) -> None:
    """Ask for words to an operator or to all, and send them.

    Args:
        place, office, done: as for `ask_to_steer`.
        to: row number of who is proposed; None for everybody.
    """
    from cati.services import attendance, notices, steering

    session = office.session

    def ask(people: tuple[Operator, ...]) -> None:
        whom = Chooser(_("To whom"), [Segment(EVERYBODY, _("all operators")), *_choices(people)], 240)
        whom.choose(str(to or EVERYBODY))
        words = LineField(_("Words"), hint=_("without names and numbers of respondents"))

        def answer() -> None:
            chosen, text = int(whom.code) if whom.code else None, words.text()

            def work() -> bool:
                notices.send(session, text, to=chosen)
                return chosen is None or attendance.is_at_work(session, chosen)

            office.ask(place, work, sent, question.refuse)

        def sent(at_work: bool) -> None:
            question.leave()
            office.tell(_sent_words(live=office.news.live, at_work=at_work))
            done()

        question = Question(
            place,
            _("Write to operators"),
            _("They read it in a line of their window; a call goes on."),
            [_named(whom), labelled(words)],
            _("Send"),
            answer,
        )

    office.ask(place, lambda: steering.operators(session), ask)


def _sent_words(*, live: bool, at_work: bool) -> str:
    """When it is read: windows that are told of nothing look twice a minute."""
    if not at_work:
        return _("Sent. Not at work now: it is shown at the next sign-in, within twelve hours.")
    if live:
        return _("Sent. It stands in their windows within a second.")
    return _("Sent. It stands in their windows within half a minute.")


def _choices(people: tuple[Operator, ...]) -> list[Segment]:
    return [Segment(str(one.user_id), one.name) for one in people]


def _named(whom: Chooser) -> Holder:
    return Holder(column(Text(_("To whom"), 14, "ink2"), row(whom, None), gap=4))
