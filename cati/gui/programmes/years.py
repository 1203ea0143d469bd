"""From one year to the next: a programme is copied, and the finished one is retired with a certificate."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.copying import CLOSED_DAYS, DEADLINE, TITLE, next_code, proposals
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right
from cati.gui.form import labelled
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.office.words import MILESTONES
from cati.gui.printing.offer import headed, offer
from cati.gui.printing.paper import Paper
from cati.gui.programmes.retired_paper import retired_part
from cati.gui.widgets.button import Button
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.copying import Copy
    from cati.services.retiring import Certificate, Foreseen, Retirement

CERTIFICATES = "certificates"
"""Folder of the data folder that certificates of retirement are written to."""
ACROSS = 2
_ACTIONS = frozenset({"programme_copy", "programme_retire", "programme_certificate"})
_NAMES = {TITLE: N_("Title"), CLOSED_DAYS: N_("Days without calling")}


def _name(proposal: str) -> str:
    """What a title or day that has to be decided is called."""
    plain = proposal.removeprefix(DEADLINE)
    words = _NAMES.get(plain) or MILESTONES.get(plain)
    return _(words) if words else plain


class Years(QObject):
    """What the programme's place asks and does beyond this year.

    Args:
        place: lies under the questions.

    Attributes:
        copying, printing: buttons for the place; shown while they do something.
    """

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._place, self._office = place, place.office
        self.copying = Button(_("Copy to next year"), "C", height=32)
        self.copying.clicked.connect(lambda: place.keys.trigger("programme_copy"))
        self.printing = Button(_("Print the certificate"), "Ctrl+P", height=32)
        self.printing.clicked.connect(lambda: place.keys.trigger("programme_certificate"))

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """What its actions do, as far as the programme in hand lets them."""
        loaded = self._office.programme
        found: dict[str, Callable[..., Any]] = {}
        if loaded is None:
            return found
        if self._office.may(Right.SET_UP_PROGRAMME):
            found["programme_copy"] = self._ask_copy
            if loaded.state == "closed":
                found["programme_retire"] = self._foresee
        if loaded.state == "retired":
            found["programme_certificate"] = self._print
        return found

    def follow(self) -> None:
        """The programme in hand is another one, or stands otherwise."""
        bound = self.handlers()
        self.copying.setVisible("programme_copy" in bound)
        self.printing.setVisible("programme_certificate" in bound)
        if self._place.isVisible():
            self._place.keys.unbind(*(_ACTIONS - bound.keys()))
            self._place.keys.bind_all(bound)

    def _loaded(self) -> LoadedProgramme:
        assert self._office.programme is not None
        return self._office.programme

    # ---- next year -------------------------------------------------------------------------------

    def _ask_copy(self) -> None:
        programme = self._loaded().programme
        code = LineField(_("Code of the programme"))
        code.setText(next_code(programme.code))
        fields = {
            name: LineField(_name(name), hint=_("none") if name == CLOSED_DAYS else "")
            for name in proposals(programme)
        }
        for name, proposed in proposals(programme).items():
            fields[name].setText(proposed)
        asked = [(labelled(one), 1) for one in (code, *fields.values())]
        rows = [row(*asked[at : at + ACROSS], gap=12) for at in range(0, len(asked), ACROSS)]
        question = Question(
            self._place,
            _("Copy to next year"),
            _(
                "Units, groups, questionnaire and weights are taken over. Lists, draw, interviews, scores, "
                "names and numbers are not. The bureau's list of refusals holds for every programme."
            ),
            [Holder(column(*rows, gap=10))],
            _("Copy it"),
            lambda: self._copy(question, code, fields),
            width=760,
        )
        code.setFocus()

    def _copy(self, question: Question, code: LineField, fields: dict[str, LineField]) -> None:
        from cati.services import copying

        session, old = self._office.session, self._loaded().programme.code
        chosen = {name: field.text() for name, field in fields.items()}
        new = code.text().strip()
        question.wait(_("one moment"))

        def made(copy: Copy) -> None:
            question.leave()
            self._office.take(copy.programme)
            self._place.refresh()
            words = _(
                "{programme} was made. Of the bureau's list {refusals} refuse, {again} may be called again."
            )
            self._office.tell(words.format(programme=new, refusals=copy.refusals, again=copy.call_again))

        self._office.ask(self, lambda: copying.copy(session, old, new, chosen), made, question.refuse)

    # ---- the end ---------------------------------------------------------------------------------

    def _foresee(self) -> None:
        from cati.services import retiring

        session, code = self._office.session, self._loaded().programme.code
        self._office.ask(self, lambda: retiring.foresee(session, code), self._ask_retire)

    def _ask_retire(self, found: Foreseen) -> None:
        from cati.services import retiring

        code = self._loaded().programme.code
        typed = LineField(_("Type {code} to destroy its names and numbers").format(code=code))
        count = ngettext(
            "{count:,} name with its phone number and {problems:,} sealed rows of lists are destroyed.",
            "{count:,} names with their phone numbers and {problems:,} sealed rows of lists are destroyed.",
            found.contacts,
        ).format(count=found.contacts, problems=found.problems)
        if found.representatives:
            words = ngettext(
                " So is {count:,} representative.",
                " So are {count:,} representatives.",
                found.representatives,
            )
            count += words.format(count=found.representatives)
        kept = [Text(f"· {_(sentence)}", 14, "ink2", wrap=True) for sentence in retiring.KEPT]
        question = Question(
            self._place,
            _("Retire {code}").format(code=code),
            count + " " + _("Nobody, with no key, reads them again. It cannot be taken back."),
            [Holder(column(*kept, gap=3)), labelled(typed)],
            _("Destroy them and write the certificate"),
            lambda: self._retire(question, typed.text()),
            irreversible=True,
            width=680,
        )

    def _retire(self, question: Question, typed: str) -> None:
        from cati.services import retiring

        session, code, folder = self._office.session, self._loaded().programme.code, self._folder()
        question.wait(_("names and numbers are being destroyed; large lists take some minutes"))

        def retired(done: Retirement) -> None:
            question.leave()
            self._office.take(done.programme)
            self._place.refresh()
            self._tell(done)

        self._office.start(
            self, lambda _job: retiring.retire(session, code, typed, folder), retired, question.refuse
        )

    def _tell(self, done: Retirement) -> None:
        count = done.destroyed.contacts
        facts = ngettext("{count:,} contact destroyed.", "{count:,} contacts destroyed.", count)
        where = _("The certificate is {file}. Delete backups made before: they still hold the contacts.")

        def print_it() -> None:
            question.leave()
            self._print()

        question = Question(
            self._place,
            _("{code} is retired").format(code=done.programme.programme.code),
            f"{facts.format(count=count)} {where.format(file=done.certificate)}",
            [],
            _("Print the certificate"),
            print_it,
            width=620,
        )

    def _folder(self) -> Path:
        return self._office.settings.data_folder / CERTIFICATES

    def _print(self) -> None:
        from cati.services import retiring

        session, code, folder = self._office.session, self._loaded().programme.code, self._folder()
        read = partial(retiring.certificate, session, code, folder)
        self._office.ask(self, read, self._offer)

    def _offer(self, found: Certificate) -> None:
        from cati.services.prints import Print

        office = self._office

        def make() -> Paper:
            part = retired_part(found)
            return headed(office, part.title, [part])

        subject = f"retirement {found.programme}"
        offer(self._place, Print.RETIREMENT, subject, f"{found.programme}-retired", make)
