"""Representatives at the draw: their rosters, the lot, who was drawn, who does not come and who follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.contacts import masked
from cati.domain.draws import typed_parts
from cati.domain.programmes import LoadedProgramme
from cati.gui.ballots.paper import print_sign_in
from cati.gui.draws.asking import ask_parties
from cati.gui.form import labelled
from cati.gui.office.files import choose_target, file_row
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Table
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.guests import Guest, Rosters
    from cati.services.representatives import RosterState

FILES = ("*.xlsx", "*.csv")
SIGN, CALL = "sign", "call"
_AFTER = ("roster_absent", "roster_write", "roster_check")
"""Actions that need the draw."""


class RosterView(Holder):
    """One roster at a time: how far it is, and who was drawn of it.

    Args:
        place: the draw; questions lie over it.
        folder: where certificate and frame are written.
        leave: goes back to the ceremony.
    """

    def __init__(self, place: Place, folder: Callable[[], Path], leave: Callable[[], Any]) -> None:
        self._place, self._folder, self._leave = place, folder, leave
        self._found: Rosters | None = None
        self.which = Segments(_("Roster"), slides=True)
        self.which.chosen.connect(lambda _code: self._draw())
        self._told = Text(size=14, wrap=True)
        self._checked = Text(size=14, bold=True, wrap=True)
        self.table = Table(
            _("Representatives"), _columns(), _cells, lambda one: one.ticket, _("Nobody is drawn yet.")
        )
        head = row(Text(_("Representatives"), 20, bold=True), self.which, None, gap=16)
        sheet = Surface(column((self.table, 1), margins=(10, 8, 10, 8)))
        super().__init__(column(head, self._told, self._checked, (sheet, 1), gap=8, margins=(16, 12, 16, 12)))
        self._checked.hide()

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """What its keys do for who may draw."""
        return {
            "roster_next": self.which.step,
            "roster_take": self._ask_file,
            "roster_draw": self._ask_lot,
            "roster_absent": self._ask_absent,
            "roster_write": self._ask_writing,
            "roster_check": self._check,
            "roster_back": self._leave,
            "table_move": self.table.walk,
        }

    def print_list(self) -> None:
        """Print the list they sign."""
        print_sign_in(self._place)

    def refresh(self) -> None:
        """Read everything anew."""
        from cati.services import guests

        loaded, session = self._loaded(), self._place.office.session
        self._place.office.ask(self._place, lambda: guests.look(session, loaded), self._take)

    def _loaded(self) -> LoadedProgramme:
        assert self._place.office.programme is not None
        return self._place.office.programme

    # ---- what is shown ---------------------------------------------------------------------------

    def _take(self, found: Rosters) -> None:
        self._found = found
        self.which.set_segments([_segment(state, found.held) for state in found.states])
        keys = self._place.keys
        drawn, undrawn = _("the draw was held"), _("nothing was drawn yet")
        for name in ("roster_take", "roster_draw"):
            keys.set_off(name, drawn if found.held else "")
        for name in _AFTER:
            keys.set_off(name, "" if found.held else undrawn)
        if self.isVisible():
            keys.set_off("print", "" if found.held else undrawn)
        self._draw()

    def _state(self) -> RosterState | None:
        states = self._found.states if self._found is not None else ()
        return next((one for one in states if one.roster.code == self.which.code), None)

    def _draw(self) -> None:
        state, found = self._state(), self._found
        if state is None or found is None:
            return
        if found.held:
            words = _(
                "{coming} of {drawn} are invited, {absent} absent. Whoever is absent is followed by the next "
                "ticket. Papers are handed out unnumbered."
            )
        elif state.rows:
            words = _(
                "{rows} people handed in, {listed} foreseen; {drawn} of them are drawn when all rosters are "
                "here. A roster taken again replaces this one."
            )
        else:
            words = _("Not handed in yet: {listed} people are foreseen, {drawn} of them are drawn.")
        self._told.set_text(
            words.format(
                coming=state.coming, drawn=state.roster.drawn, absent=state.absent,
                rows=state.rows, listed=state.roster.listed,
            )
        )  # fmt: skip
        self.table.show_rows([one for one in found.guests if one.roster == state.roster.code])

    # ---- what is asked ---------------------------------------------------------------------------

    def _ask_file(self) -> None:
        from cati.services import representatives

        state = self._state()
        if state is None:
            return
        loaded, session, code = self._loaded(), self._place.office.session, state.roster.code
        file = LineField(_("File (.csv or .xlsx)"))

        def answer() -> None:
            if asked.form.filled_in(file):
                path = Path(file.text().strip()).expanduser()
                asked.send(
                    lambda: representatives.import_roster(session, loaded, code, path),
                    lambda _state: self.refresh(),
                )

        asked = Question(
            self._place,
            _("Roster: {roster}").format(roster=state.label),
            _("Name, organisation, post and phone number of each person. All or nothing."),
            [file_row(self._place, file, *FILES)],
            _("Take over"),
            answer,
        )

    def _ask_lot(self) -> None:
        from cati.services import representatives

        loaded, session, folder = self._loaded(), self._place.office.session, self._folder()

        def send(asked: Question, lines: list[tuple[str, str]], public: str) -> None:
            asked.send(
                lambda: representatives.draw(
                    session, loaded, parties=typed_parts(lines), public=public, out=folder
                ),
                lambda _states: self.refresh(),
            )

        ask_parties(
            self._place,
            _("Draw the representatives"),
            _(
                "All parties are in the room and type their parts at once; two at least. The order follows "
                "and is never changed again. Whoever stands on several rosters is drawn from one of them."
            ),
            _("Its part, a number nobody else knows"),
            _("named beforehand, published since"),
            _("Draw the representatives"),
            send,
        )

    def _ask_absent(self) -> None:
        from cati.services import guests

        one: Guest | None = self.table.current()
        if one is None or not one.comes:
            self._place.office.say(_("Choose somebody who is invited."))
            return
        loaded, session, guest = self._loaded(), self._place.office.session, one
        reason = LineField(_("Reason"))

        def answer() -> None:
            if asked.form.filled_in(reason):
                words = reason.text()
                asked.send(
                    lambda: guests.note_absent(session, loaded, guest.roster, guest.ticket, words),
                    self._tell_who_follows,
                )

        asked = Question(
            self._place,
            _("{name} does not come").format(name=guest.person.name),
            _("The next ticket of {roster} follows at once; this is not taken back.").format(
                roster=guest.label
            ),
            [labelled(reason)],
            _("Note as absent"),
            answer,
        )

    def _tell_who_follows(self, follows: Guest | None) -> None:
        self.refresh()
        if follows is None:
            self._place.office.say(_("Nobody is left on this roster."))
            return
        person = follows.person
        self._place.office.tell(
            _("Ticket {ticket} follows: {name}, {organisation}, {phone}.").format(
                ticket=follows.ticket, name=person.name, organisation=person.organisation,
                phone=masked(person.number),
            )
        )  # fmt: skip

    def _ask_writing(self) -> None:
        which = Segments(
            _("For what"),
            (Segment(SIGN, _("to be signed")), Segment(CALL, _("to invite them: with phone numbers"))),
        )

        def answer() -> None:
            numbers = which.code == CALL
            asked.leave()
            proposed = f"{self._loaded().programme.code}-{'invite' if numbers else 'sign-in'}.xlsx"
            choose_target(
                self._place,
                _("List of representatives"),
                ["Excel (*.xlsx)"],
                proposed,
                lambda path: self._write(path, numbers),
            )

        lead = _("A sheet for each roster. That it was written, and whether with numbers, is logged.")
        parts = [Holder(row(which, None))]
        asked = Question(self._place, _("List of representatives"), lead, parts, _("Choose a file"), answer)

    def _write(self, path: Path, numbers: bool) -> None:
        from cati.services import guests

        loaded, session = self._loaded(), self._place.office.session

        def tell(count: int) -> None:
            words = ngettext("{count} person; {file} written.", "{count} people; {file} written.", count)
            self._place.office.tell(words.format(count=count, file=path.name))

        self._place.office.start(
            self._place, lambda _job: guests.write_list(session, loaded, path, numbers=numbers), tell
        )

    def _check(self) -> None:
        from cati.services import representatives

        loaded, session, folder = self._loaded(), self._place.office.session, self._folder()
        self.show_check(_("computing it again …"))
        self._place.office.start(
            self._place,
            lambda _job: representatives.check(session, loaded, folder),
            lambda said: self.show_check(*_verdict(said, folder)),
        )

    def show_check(self, words: str, ink: str = "ink2") -> None:
        """Say what the check found; nothing for no words."""
        self._checked.set_ink(ink)
        self._checked.set_text(words)
        self._checked.setVisible(bool(words))


def _verdict(said: str, folder: Path) -> tuple[str, str]:
    if said == "OK":
        words = _("Computed again: the same order.") + " " + _("Files in {folder}").format(folder=folder)
        return words, "ok"
    return _("The check found a difference: {difference}").format(difference=said), "stop"


def _segment(state: RosterState, held: bool) -> Segment:
    figures = (state.coming, state.roster.drawn) if held else (state.rows, state.roster.listed)
    return Segment(state.roster.code, f"{state.label} {figures[0]}/{figures[1]}")


def _columns() -> list[Column]:
    return [
        Column("ticket", _("Ticket"), 60, figure=True),
        Column("name", _("Name"), 110, grows=1),
        Column("organisation", _("Organisation"), 200, grows=2),
        Column("post", _("Post"), 130, grows=1, gives_way=1),
        Column("phone", _("Phone"), 130),
        Column("state", _("State"), 200, grows=1),
    ]


def _cells(one: Guest) -> Sequence[Cell | str]:
    person = one.person
    if one.comes:
        state = Cell(_("invited"), "ok", icon="tick")
    else:
        state = Cell(_("absent: {reason}").format(reason=one.absent_for), "warn", icon="warning")
    return [
        str(one.ticket), Cell(person.name, bold=one.comes), person.organisation, person.post,
        masked(person.number), state,
    ]  # fmt: skip
