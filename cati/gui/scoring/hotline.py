"""The 12345 hotline over the ranking: figures adopted and recomputed by unit, and its files taken in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.adjusting import state_words
from cati.domain.hotline_scores import PARTS, RATES, Figures, HotlineLine, shown_figure
from cati.domain.names import ground_words
from cati.domain.programmes import LoadedProgramme
from cati.domain.ranking import shown
from cati.domain.report_facts import sentences
from cati.gui.office.files import file_row
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.scoring.claiming import ClaimFields, TurnDownFields, Work
from cati.gui.scoring.lines import NONE
from cati.gui.theme import px
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, row
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.table import Table
from cati.gui.widgets.table_parts import HEAD
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.adjustments import StoredAdjustment
    from cati.services.hotline import HotlineBoard, Taken
    from cati.services.hotline_claims import DecidedClaim

WIDTH = 1090
ROW = 24
MOST_ROWS = 5
MOST_CLAIMS = 4
"""Claims of a unit that are told, the newest; the command line tells all."""
MOST_TICKETS = 5
"""Numbers of tickets that are told behind one difference; the command line tells all."""
FIGURES = (*RATES, "unresolved")
TICKETS, ADOPTED, FOLLOW_UP = "tickets", "adopted", "follow_up"
CLAIM, TURN_DOWN = "claim", "turn_down"


class HotlineSheet:
    """Lies over the scores: a line for each unit, what is behind the chosen one, a file or a claim to take.

    Args:
        place: the scores.
        loaded: a programme with a channel of the hotline.
        found: what is known now.
        changed: is called after a file was taken.
    """

    def __init__(
        self, place: Place, loaded: LoadedProgramme, found: HotlineBoard, changed: Callable[[], Any]
    ) -> None:
        self._place, self._loaded, self._changed = place, loaded, changed
        self.table = Table(
            _("Hotline"), _columns(), _cells, lambda line: line.unit.code, most_row=ROW, least_row=ROW
        )
        self.table.setMinimumHeight(px(HEAD) + px(ROW) * min(len(found.lines), MOST_ROWS))
        self.behind = Text(size=13, wrap=True)
        self._until = Text(size=13, ink="ink2", wrap=True)
        self.file = LineField(_("File (.csv or .xlsx)"))
        self.which = Segments(
            _("What to take"),
            (
                Segment(TICKETS, _("tickets")),
                Segment(ADOPTED, _("figures")),
                Segment(FOLLOW_UP, _("follow-up")),
                Segment(CLAIM, _("claim points")),
                Segment(TURN_DOWN, _("turn a claim down")),
            ),
            slides=True,
        )
        self.claims: dict[str, ClaimFields | TurnDownFields] = {
            CLAIM: ClaimFields(),
            TURN_DOWN: TurnDownFields(),
        }
        self._from_file = file_row(place, self.file, "*.csv", "*.xlsx")
        chosen = Holder(row(self.which, None))
        parts = [self.table, self.behind, self._until, chosen, self._from_file, *self.claims.values()]
        lead = _("What is adopted scores. Tickets only say where they give other figures: these are marked.")
        self.question = Question(
            place, _("12345 hotline"), lead, parts, _("Take over"), self._take, width=WIDTH
        )
        self.question.form.set_scant(True)
        self.table.chosen.connect(self._show_behind)
        self.which.chosen.connect(lambda _code: self._follow())
        self._follow()
        self.show(found)

    def _follow(self) -> None:
        for code, fields in self.claims.items():
            fields.setVisible(self.which.code == code)
        self._from_file.setVisible(self.which.code not in self.claims)

    def show(self, found: HotlineBoard) -> None:
        """Show what is known now."""
        self._known = found.claims
        self.table.show_rows(found.lines)
        words = [ngettext("{count:,} ticket", "{count:,} tickets", found.tickets).format(count=found.tickets)]
        if found.appeals_until is not None:
            words.append(_("appeals against these figures until {day}").format(day=found.appeals_until))
        self._until.set_text(" · ".join(words))
        self._show_behind(self.table.current())

    def _show_behind(self, line: HotlineLine | None) -> None:
        self.behind.set_text("" if line is None else behind_words(self._loaded, line, self._known))

    def _take(self) -> None:
        claims, form = self.claims.get(self.which.code), self.question.form
        if not form.filled_in(*(claims.needed if claims else (self.file,))):
            return
        session, loaded, which = self._place.office.session, self._loaded, self.which.code
        if claims:
            try:
                work = claims.work(session, loaded)
            except CatiError as refusal:
                self.question.refuse(refusal)
                return
            self.question.wait(_("one moment"))
            self._place.office.ask(
                self._place, lambda: _settled(session, loaded, work), self._claimed, self.question.refuse
            )
            return
        path = Path(self.file.text().strip()).expanduser()
        self.question.wait(_("one moment"))
        self._place.office.ask(
            self._place, lambda: _taken(session, loaded, which, path), self._finish, self.question.refuse
        )

    def _claimed(self, result: tuple[StoredAdjustment, HotlineBoard]) -> None:
        made, found = result
        self.question.form.go(_("Take over"))
        self.question.form.hush_complaint()
        self.claims[self.which.code].clear()
        unit = self._loaded.programme.unit(made.unit)
        words = _("{unit}: {points} points proposed.")
        if made.state == "waived":
            words = _("{unit}: no points are left on this ground.")
        self._place.office.tell(words.format(unit=unit.name, points=made.points))
        self.show(found)
        self._changed()

    def _finish(self, result: tuple[Taken, HotlineBoard]) -> None:
        taken, found = result
        self.question.form.go(_("Take over"))
        self.question.form.hush_complaint()
        self.file.clear()
        words = {
            TICKETS: ngettext("{count} ticket taken.", "{count} tickets taken.", taken.count),
            ADOPTED: ngettext(
                "Figures of {count} unit adopted; they score.",
                "Figures of {count} units adopted; they score.",
                taken.count,
            ),
            FOLLOW_UP: ngettext(
                "Follow-up of {count} unit taken.", "Follow-up of {count} units taken.", taken.count
            ),
        }
        told = words[self.which.code].format(count=taken.count)
        self._place.office.tell(sentences([told, taken.replaced_words()]))
        self.show(found)
        self._changed()


def _taken(session: Any, loaded: LoadedProgramme, which: str, path: Path) -> tuple[Taken, HotlineBoard]:
    from cati.services import hotline

    take = {
        TICKETS: hotline.import_tickets,
        ADOPTED: hotline.adopt,
        FOLLOW_UP: hotline.take_follow_up,
    }[which]
    return take(session, loaded, path), hotline.board(session, loaded)


def _settled(session: Any, loaded: LoadedProgramme, work: Work) -> tuple[StoredAdjustment, HotlineBoard]:
    from cati.services import hotline

    return work(), hotline.board(session, loaded)


def _columns() -> list[Column]:
    return [
        Column("unit", _("Unit"), 150, grows=1),
        Column("tickets", _("Tickets"), 50, figure=True, gives_way=2),
        *(Column(name, _heading(name), 104, grows=1, figure=True) for name in RATES),
        Column("unresolved", _heading("unresolved"), 80, figure=True, gives_way=1),
        Column("follow_up", _heading("follow_up"), 76, figure=True, gives_way=3),
        Column("points", _heading("points"), 104, figure=True),
    ]


def _named(figure: str) -> str:
    return _(PARTS[figure])


def _heading(figure: str) -> str:
    words = _named(figure)
    return words[:1].upper() + words[1:]


def _cells(line: HotlineLine) -> Sequence[Cell | str]:
    differing = {one.figure for one in line.differences}
    follow_up = NONE
    if line.follow_up is not None:
        follow_up = f"{line.follow_up.failed}/{line.follow_up.followed}"
    points = NONE
    if line.score is not None and line.score.score is not None:
        points = f"{shown(line.score.earned)} / {float(line.score.possible):g}"
    return [
        line.unit.name,
        str(line.tickets),
        *(_figure(line, name, name in differing) for name in FIGURES),
        follow_up,
        _marked(points, "points" in differing),
    ]


def _figure(line: HotlineLine, name: str, differs: bool) -> Cell | str:
    """The adopted figure, and the recomputed one after it where it differs; else what tickets give."""
    found: Figures = line.recomputed if line.adopted is None else line.adopted
    words = shown_figure(name, getattr(found, name))
    if line.adopted is None:
        return Cell(words, "ink2") if line.tickets else NONE
    if not differs:
        return words
    other = shown_figure(name, getattr(line.recomputed, name))
    return _marked(f"{words.removesuffix('%')} ≠ {other}", True)


def _marked(words: str, differs: bool) -> Cell | str:
    return Cell(words, "warn", True, "warning") if differs else words


def behind_words(loaded: LoadedProgramme, line: HotlineLine, claims: Sequence[DecidedClaim]) -> str:
    """How a unit's points come about, the tickets behind what differs, and the claims that are its own."""
    said = [line.unit.name]
    if line.score is not None:
        for part in line.score.parts:
            if part.rate is not None:
                said.append(
                    _("{figure} {rate}: {earned} of {possible} points").format(
                        figure=_named(part.name),
                        rate=shown_figure(part.name, part.rate),
                        earned=shown(part.earned),
                        possible=f"{float(part.possible):g}",
                    )
                )
    words = " · ".join(said)
    notes = [] if line.score is None else [str(note) for note in line.score.notes]
    behind = [
        _("{figure}: adopted {adopted}, from tickets {recomputed}").format(
            figure=_named(one.figure),
            adopted=shown_figure(one.figure, one.adopted),
            recomputed=shown_figure(one.figure, one.recomputed),
        )
        + (f" ({_few(one.tickets)})" if one.tickets else "")
        for one in line.differences
    ]
    claimed = [_claim_words(loaded, one) for one in claims if one.claim.unit == line.unit.code]
    before = ["…"] if len(claimed) > MOST_CLAIMS else []
    told = _("; ").join([*before, *claimed[-MOST_CLAIMS:]])
    mine = [_("Claimed: {claims}").format(claims=told)] if told else []
    return "\n".join([words, *notes, *behind, *mine])


def _claim_words(loaded: LoadedProgramme, one: DecidedClaim) -> str:
    said = one.claim
    return _("{ticket} {ground} {points}: {state}").format(
        ticket=said.number,
        ground=ground_words(loaded.programme, said.ground),
        points=said.points,
        state=state_words(one.state, Decimal(said.points)),
    )


def _few(tickets: Sequence[str]) -> str:
    told = _(", ").join(tickets[:MOST_TICKETS])
    return f"{told} …" if len(tickets) > MOST_TICKETS else told
