"""The steps of the ceremony as they are asked: commitments, reveals, the public value, giving it up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.draws import typed_commitments
from cati.domain.programmes import LoadedProgramme
from cati.gui.draws.asking import WIDTH, ask_parties
from cati.gui.form import labelled
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.widgets.fields import LineField

if TYPE_CHECKING:
    from cati.services.ceremony import Ceremony


class Steps:
    """Asks for what the next step needs and carries it out; what is wrong is said, and the question stays.

    Args:
        place: the draw; questions lie over it.
        folder: where certificate and frame are written.
    """

    def __init__(self, place: Place, folder: Callable[[], Path]) -> None:
        self._place, self._folder = place, folder

    def commit(self, found: Ceremony) -> None:
        """Take the commitments, after a plain yes where cells would be drawn without a list."""
        from cati.services import drawn_lists

        cells = found.missing if found.lists and not found.number else ()
        if not cells:
            self._ask_commitments()
            return

        def agreed() -> None:
            question.leave()
            self._ask_commitments()

        title = ngettext("{count} cell has no list", "{count} cells have no list", len(cells))
        question = Question(
            self._place,
            title.format(count=len(cells)),
            _(
                "Nobody is drawn in them: {cells}. Esc goes back, to import what is missing first. Lists of "
                "these cells that come after the draw get a draw of their own."
            ).format(cells=drawn_lists.cells_named(self._loaded.programme, cells)),
            [],
            _("Draw without them"),
            agreed,
            width=WIDTH,
        )

    def _ask_commitments(self) -> None:
        from cati.services import draws

        loaded, session = self._loaded, self._place.office.session

        def send(question: Question, lines: list[tuple[str, str]], public: str) -> None:
            self._send(question, lambda: draws.commit(session, loaded, typed_commitments(lines), public))

        ask_parties(
            self._place,
            _("The parties commit"),
            _(
                "Each party types a number nobody else knows, or brings its hash. Only the hash is kept; the "
                "lists are frozen and their hash is published now. Two parties at least."
            ),
            _("Its part, or the hash it brought"),
            _("such as a stock index of a day to come"),
            _("Freeze the lists and publish their hash"),
            send,
        )

    def reveal(self, found: Ceremony) -> None:
        """Take the part of the next party."""
        from cati.services import draws

        loaded, session, party = self._loaded, self._place.office.session, found.waiting[0]
        part = LineField(_("Part of {party}").format(party=party))
        question = Question(
            self._place,
            _("{party} reveals").format(party=party),
            _("It is taken only if it is what was committed to. Whoever does not reveal voids the draw."),
            [labelled(part)],
            _("Reveal"),
            lambda: self._send(question, partial(draws.reveal, session, loaded, party, part.text())),
        )

    def hold(self, found: Ceremony) -> None:
        """Take the public value, from which the order follows."""
        from cati.services import draws

        loaded, session, folder = self._loaded, self._place.office.session, self._folder()
        value = LineField(found.public_name)
        question = Question(
            self._place,
            _("The public value"),
            _("As it was published. The order follows from it at once and is never changed again."),
            [labelled(value)],
            _("Draw"),
            lambda: self._send(question, partial(draws.hold, session, loaded, value.text(), folder)),
        )

    def void(self) -> None:
        """Give the draw up that is under way."""
        from cati.services import draws

        loaded, session = self._loaded, self._place.office.session
        reason = LineField(_("Reason"))
        question = Question(
            self._place,
            _("Void this draw"),
            _("Nothing is drawn; lists may change again, and a new draw begins from the start."),
            [labelled(reason)],
            _("Void it"),
            lambda: self._send(question, partial(draws.void, session, loaded, reason.text())),
            irreversible=True,
        )

    @property
    def _loaded(self) -> LoadedProgramme:
        assert self._place.office.programme is not None
        return self._place.office.programme

    def _send(self, question: Question, work: Callable[[], Any]) -> None:
        question.send(work, lambda _done: self._reload())

    def _reload(self) -> None:
        """The programme may stand elsewhere now."""
        from cati.services import programmes

        place, code, session = self._place, self._loaded.programme.code, self._place.office.session

        def taken(loaded: LoadedProgramme) -> None:
            place.office.take(loaded)
            place.refresh()

        place.office.ask(place, lambda: programmes.get(session, code), taken)
