"""One case with its whole history on one card."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.domain.programmes import in_language
from cati.domain.queue import WAITING, CaseState
from cati.domain.times import clock
from cati.domain.users import Right
from cati.gui.actions import Keys
from cati.gui.field import words
from cati.gui.field.history import Happening, happenings
from cati.gui.field.steer import ask_to_give, ask_to_steer, steer_words
from cati.gui.field.tab import Tab
from cati.gui.office.office import Office
from cati.gui.office.words import grouped
from cati.gui.widgets.button import Button
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Cell, Column, Table
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.browse import CaseCard

FACTS = 11


def _columns() -> Sequence[Column]:
    return (
        Column("at", _("Time"), 124),
        Column("what", _("What"), 100),
        Column("who", _("Who"), 90),
        Column("told", _("Details"), 120, grows=1),
    )


def _cells(one: Happening) -> Sequence[Cell | str]:
    return words.moment(one.at, seconds=True), one.what, one.who, one.told


class CardTab(Tab):
    """Facts at the left, the history as a list at the right."""

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__(office, keys)
        self._card: CaseCard | None = None
        self._case_id = 0
        self._title, self._where = Text(size=18, bold=True), Text(size=14, wrap=True)
        self._names = [Text(size=13, ink="ink2", wrap=True, width=100) for _nth in range(FACTS)]
        self._values = [Text(size=14, wrap=True) for _nth in range(FACTS)]
        self._ticket = Text(size=12, ink="ink2", mono=True, wrap=True)
        self._review = Button(_("Review its interview"), "F6", height=32)
        self._review.clicked.connect(lambda: keys.trigger("field_review"))
        self._steers = office.may(Right.STEER)
        self._steer = Button(_("Set aside"), "F9", height=32)
        self._give = Button(_("Give to somebody"), "F10", height=32)
        self._steer.clicked.connect(lambda: keys.trigger("field_steer"))
        self._give.clicked.connect(lambda: keys.trigger("field_give"))
        self.history = Table(_("History"), _columns(), _cells, lambda one: one.name, _("Nobody called yet"))
        facts = column(
            self._title,
            self._where,
            *(row(name, (value, 1), gap=8) for name, value in zip(self._names, self._values, strict=True)),
            self._ticket,
            None,
            self._review,
            self._steer,
            self._give,
            gap=3,
            margins=(14, 10, 14, 10),
        )
        paper = Surface(facts, width=360)
        self._steer.setVisible(self._steers)
        self._give.setVisible(self._steers)
        self.setLayout(row(paper, (Surface(column(self.history, margins=(6, 4, 6, 6))), 1), gap=12))

    def show_case(self, case_id: int) -> None:
        """Read a case and show it."""
        self._case_id, self._card = case_id, None
        self.refresh()

    # ---- the place asks --------------------------------------------------------------------------

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """Walk the history; hear the interview."""
        walk = {name: self.history.handlers()[name] for name in ("table_move",)}
        steer = {"field_steer": self._ask_to_steer, "field_give": self._ask_to_give} if self._steers else {}
        return walk | {"field_review": self._go_to_review} | steer

    def arrive(self) -> None:
        """The history has the keys."""
        self.history.setFocus()
        self._allow_review()
        self._allow_steering()

    def refresh(self) -> None:
        """Read it anew."""
        from cati.services import browse

        loaded, session, case_id = self.office.programme, self.office.session, self._case_id
        if loaded is not None and case_id:
            self.office.ask(self, lambda: browse.card(session, loaded, case_id), self._take)

    def _take(self, card: CaseCard) -> None:
        case = card.stored.case
        if case.id != self._case_id:
            return
        self._card = card
        self._title.set_text(_("Case {number}").format(number=case.id))
        self._where.set_text(f"{case.unit} · {self._group(case.group)}")
        facts = list(_facts(card))
        for nth, (name, value) in enumerate(zip(self._names, self._values, strict=True)):
            name.setVisible(nth < len(facts))
            value.setVisible(nth < len(facts))
            if nth < len(facts):
                name.set_text(facts[nth][0])
                value.set_text(facts[nth][1])
        self._ticket.set_text(_("Ticket {ticket}").format(ticket=grouped(card.stored.origin.ticket)))
        self.history.show_rows(happenings(card))
        self._allow_review()
        self._allow_steering()

    def _group(self, label: str) -> str:
        assert self.office.programme is not None
        groups = self.office.programme.programme.groups
        found = next((group for group in groups if group.label == label), None)
        return in_language(found.labels, language(), label) if found is not None else label

    # ---- its interview ---------------------------------------------------------------------------

    def _allow_review(self) -> None:
        reason = ""
        if not self.office.may(Right.LISTEN):
            reason = _("you may not listen")
        elif self._card is None or not self._card.stored.interviews:
            reason = _("no interview yet")
        self._review.set_off(reason)
        self.keys.set_off("field_review", reason)

    def depart(self) -> None:
        """Other tabs have a reason of their own."""
        for name in ("field_review", "field_steer", "field_give"):
            self.keys.set_off(name, "")

    def _go_to_review(self) -> None:
        assert self._card is not None
        self.office.go("review", self._card.stored.interviews[-1].id)

    # ---- what is decided about it ----------------------------------------------------------------

    def _allow_steering(self) -> None:
        if not self._steers:
            return
        state = self._card.stored.case.state if self._card is not None else None
        said = steer_words(state)
        self._steer.set_words(said or _("Set aside"))
        self.keys.set_words("field_steer", said)
        self._off(self._steer, "field_steer", "" if said else _("it does not wait"))
        waits = state in (*WAITING, CaseState.ASIDE)
        self._off(self._give, "field_give", "" if waits else _("it does not wait"))

    def _off(self, button: Button, name: str, reason: str) -> None:
        button.set_off(reason)
        self.keys.set_off(name, reason)

    def _ask_to_steer(self) -> None:
        assert self._card is not None
        ask_to_steer(self.place(), self.office, self._case_id, self._card.stored.case.state, self.refresh)

    def _ask_to_give(self) -> None:
        ask_to_give(self.place(), self.office, self._case_id, self.refresh)


def _facts(card: CaseCard) -> Iterator[tuple[str, str]]:
    case, origin = card.stored.case, card.stored.origin
    if card.name or card.number:
        yield _("Person"), f"{card.name} {card.number}".strip()
    state = (_(words.STATES[case.state]), words.outcome_words(case.disposition))
    yield _("State"), " · ".join(part for part in state if part)
    yield _("Place"), _("{place} in its cell").format(place=case.position)
    where = _("{file}, version {version}, row {row}")
    yield _("List"), where.format(file=origin.file, version=origin.version, row=origin.row)
    if case.pool:
        yield _("Source"), _("public-pool supplement")
    if case.state is CaseState.HELD:
        desk = _("{name}, station {station}, until {time}")
        yield (
            _("Held by"),
            desk.format(name=origin.holder, station=origin.station, time=clock(origin.lease_until)),
        )
    if case.not_before is not None:
        kind = {"firm": _("firm appointment"), "soft": _("provisional appointment")}.get(
            case.appointment or "", ""
        )
        yield _("Next call"), " · ".join(part for part in (words.moment(case.not_before), kind) if part)
    if origin.owner:
        yield _("Called by"), origin.owner
    if origin.barred:
        yield _("Not again by"), origin.barred
    if origin.language:
        yield _("Language"), origin.language
    yield _("Changed hands"), str(origin.epoch)
