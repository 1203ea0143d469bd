"""Quotas: how full every cell is, what it has left, and what is to be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.attendance import LOCAL
from cati.domain.programmes import in_language
from cati.domain.queue import CaseState
from cati.domain.users import Right
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.field.tab import CasesOf
from cati.gui.form import labelled
from cati.gui.office.following import Following
from cati.gui.office.office import Office
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.office.words import short_count
from cati.gui.quotas.board import CellBoard
from cati.gui.quotas.detail import DetailPaper, why_no_pool
from cati.gui.quotas.heat import Block, HeatRow
from cati.gui.quotas.margins import MarginSheet
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.surface import Tag
from cati.gui.widgets.text import Part, Strong, Text

if TYPE_CHECKING:
    from cati.services.quotas import CellDetail, CellProgress

REFRESH_MS = 10_000
# With fewer cases left than this for each interview that is missing, a cell is likely to run dry.
CASES_PER_INTERVIEW = 2


@dataclass(frozen=True, slots=True)
class _Filter:
    series: str
    group: str
    state: str
    over: bool

    def leaves_out(self, unit_series: str, cell: CellProgress) -> bool:
        states = {
            "short": is_short(cell, over=self.over),
            "open": cell.completed < cell.quota,
            "full": is_full(cell),
        }
        return bool(
            (self.series and unit_series != self.series)
            or (self.group and cell.group != self.group)
            or (self.state and not states[self.state])
        )


def is_full(cell: CellProgress) -> bool:
    """Whether nothing is missing."""
    return cell.completed >= cell.quota


def is_short(cell: CellProgress, *, over: bool = False) -> bool:
    """Whether the list is likely to run dry before the quota is reached; `over`: fieldwork has ended."""
    missing = cell.quota - cell.completed
    return missing > 0 if over else missing > 0 and cell.left < CASES_PER_INTERVIEW * missing


class QuotasPage(Place):
    """The map of all cells, two series side by side, and the chosen cell explained."""

    mode = Mode.QUOTAS

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__(office, keys)
        self._cells: tuple[CellProgress, ...] = ()
        self._short = Tag("", "warn", "warn_s", "warning", None, 13)
        self._short.hide()
        self._updated = Text(size=13, ink="ink2")
        self._by_series = Segments(_("Series"), slides=True)
        self._by_group = Segments(_("Group"))
        self._by_state = Segments(_("Show"))
        self._by_series.chosen.connect(self._turn_to)
        for segments in (self._by_group, self._by_state):
            segments.chosen.connect(lambda _code: self._draw())
        self._section = Text(size=13, ink="ink2")
        self._section.hide()
        filters = row(
            *(Text(_("Series"), 13, "ink2"), self._by_series, 6),
            *(Text(_("Group"), 13, "ink2"), self._by_group, 6),
            *(Text(_("Show"), 13, "ink2"), self._by_state, None, self._section),
            gap=6,
        )
        self.detail = DetailPaper(keys, office.may(Right.OPEN_SUPPLEMENT))
        self.board = CellBoard(self.detail)
        self.board.moved.connect(self._explain)
        self.board.turned.connect(self._show_section)
        self.setLayout(column(filters, (self.board, 1), gap=8, margins=(16, 9, 16, 9)))
        self._detailed: CellProgress | None = None
        self.following = Following(
            self, office, frozenset({"floor"}), lambda _kinds: self.refresh(), REFRESH_MS
        )

    # ---- the frame asks --------------------------------------------------------------------------

    def summary(self) -> str | Sequence[Part]:
        """Figures of the whole programme, once they are read."""
        if not self._cells:
            return ""
        done = sum(cell.completed for cell in self._cells)
        wanted = sum(cell.quota for cell in self._cells)
        held = sum(cell.reserved for cell in self._cells)
        left = sum(cell.left for cell in self._cells)
        full = sum(is_full(cell) for cell in self._cells)
        rest = _(" / {wanted:,} · {held:,} places held · {left:,} cases left · {full} cells full")
        return (
            _("Completed "),
            Strong(f"{done:,}"),
            rest.format(wanted=wanted, held=held, left=left, full=full),
        )

    def marks(self) -> Sequence[QWidget]:
        """How many cells will not reach their quota, and when that was looked up."""
        return self._short, self._updated

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """Walk over the cells."""
        found: dict[str, Callable[..., Any]] = {"quota_move": self.board.walk}
        if self.office.may(Right.SEE_NUMBERS):
            found["quota_cases"] = self._see_cases
        if self.office.may(Right.OPEN_SUPPLEMENT):
            found |= {"quota_supplement": self._ask_supplement, "quota_release": self._ask_release}
        if self.office.may(Right.SET_UP_PROGRAMME):
            found["quota_margins"] = self._look_at_margins
        if self.office.may(Right.STEER):
            found["quota_pause"] = self._ask_pause
        return found

    def arrive(self, about: object = None) -> None:
        """Follow the calling while shown."""
        # The frame shows each mark that it is given.
        self._short.setVisible(any(is_short(cell, over=self._over) for cell in self._cells))
        self.following.start()

    def depart(self) -> None:
        """Nobody looks any more."""
        self.following.stop()

    def refresh(self) -> None:
        """Read the cells anew."""
        from cati.services import quotas

        loaded, session = self.office.programme, self.office.session
        if loaded is not None:
            self.following.ask(lambda: quotas.cells(session, loaded), self._take)

    # ---- what is shown ---------------------------------------------------------------------------

    def _take(self, cells: tuple[CellProgress, ...]) -> None:
        self._cells = cells
        self._name_filters()
        self._draw()
        now = self.office.session.clock.now().astimezone(LOCAL)
        self._updated.set_text(_("as of {time}").format(time=f"{now:%H:%M}"))
        short = sum(is_short(cell, over=self._over) for cell in cells)
        said = _("{count} cells stay short") if self._over else _("{count} cells will run short")
        self._short.set_text(said.format(count=short))
        self._short.setVisible(bool(short))
        self.head_changed.emit()

    def _name_filters(self) -> None:
        assert self.office.programme is not None
        programme = self.office.programme.programme
        everything = Segment("", _("All"))
        self._by_series.set_segments([everything, *(Segment(name, name) for name in self._units())])
        groups = [Segment(g.code, in_language(g.labels, language(), g.label)) for g in programme.groups]
        self._by_group.set_segments([everything, *groups])
        states = {
            "short": (_("short {count}") if self._over else _("will run short {count}")).format(
                count=sum(is_short(cell, over=self._over) for cell in self._cells)
            ),
            "open": _("open {count}").format(count=sum(not is_full(cell) for cell in self._cells)),
            "full": _("full {count}").format(count=sum(map(is_full, self._cells))),
        }
        self._by_state.set_segments([everything, *(Segment(c, w) for c, w in states.items())])

    def _units(self) -> dict[str, list[str]]:
        """Codes of the units by series; of those nobody is called about only where that is true of all."""
        assert self.office.programme is not None
        called = {cell.unit for cell in self._cells}
        found: dict[str, list[str]] = {}
        for unit in self.office.programme.programme.units:
            if not called or unit.code in called:
                found.setdefault(unit.series, []).append(unit.code)
        return found

    def _draw(self) -> None:
        assert self.office.programme is not None
        programme, over, series = self.office.programme.programme, self._over, self._units()
        by_cell = {(cell.unit, cell.group): cell for cell in self._cells}
        chosen = _Filter(self._by_series.code, self._by_group.code, self._by_state.code, over)
        heads = [
            f"{in_language(group.labels, language(), group.label)} {short_count(group.quota)}"
            for group in programme.groups
        ]
        rows = {}
        for unit in programme.units:
            found = [by_cell.get((unit.code, group.code)) for group in programme.groups]
            blocks = [
                None if cell is None else _block(cell, chosen.leaves_out(unit.series, cell), over=over)
                for cell in found
            ]
            there = [cell for cell in found if cell is not None]
            rows[unit.code] = _line(unit.name, blocks, there, over=over)
        self.board.show_units(series, heads, rows)
        self._explain()

    def _turn_to(self, series: str) -> None:
        self._draw()
        self.board.turn_to(series)

    def _show_section(self) -> None:
        number, count = self.board.section
        words = _("section {number} of {count} · PgUp PgDn")
        self._section.set_text(words.format(number=number, count=count))
        self._section.setVisible(count > 1)

    @property
    def _over(self) -> bool:
        """Whether fieldwork has ended: then what is missing stays so, and nothing is to be done about it."""
        loaded = self.office.programme
        return loaded is not None and loaded.state in ("closed", "retired")

    # ---- the chosen cell -------------------------------------------------------------------------

    def _chosen(self) -> CellProgress | None:
        """The cell under the mark; None also where nobody is called."""
        at, loaded = self.board.chosen, self.office.programme
        if at is None or loaded is None or at[1] >= len(loaded.programme.groups):
            return None
        wanted = (at[0], loaded.programme.groups[at[1]].code)
        return next((cell for cell in self._cells if (cell.unit, cell.group) == wanted), None)

    def _explain(self) -> None:
        from cati.services import quotas

        cell, loaded, session = self._chosen(), self.office.programme, self.office.session
        if cell is None or loaded is None or cell == self._detailed:
            return
        self.office.ask(self, lambda: quotas.detail(session, loaded, cell), self._show_detail)

    def _show_detail(self, found: CellDetail) -> None:
        cell = found.progress
        if cell != self._chosen():
            return
        self._detailed = cell
        loaded = self.office.programme
        assert loaded is not None
        unit = next(unit for unit in loaded.programme.units if unit.code == cell.unit)
        group = next(group for group in loaded.programme.groups if group.code == cell.group)
        name = in_language({"zh": unit.name, **unit.labels}, language())
        over = _("fieldwork has ended") if self._over else ""
        self.detail.show_cell(f"{name} · {in_language(group.labels, language(), group.label)}", found, over)
        if self.office.may(Right.OPEN_SUPPLEMENT):
            self.keys.set_off("quota_supplement", over or why_no_pool(found))
            reserve = found.states.get(CaseState.RESERVE, 0)
            self.keys.set_off("quota_release", over or ("" if reserve else _("no reserve")))
        if self.office.may(Right.STEER):
            self.keys.set_off("quota_pause", over)
            self.keys.set_flag("quota_pause", cell.paused)
            self.keys.set_words("quota_pause", _("Go on in this cell") if cell.paused else "")

    # ---- what is done about it -------------------------------------------------------------------

    def _done(self, sentence: str) -> None:
        self.office.tell(sentence)
        self._detailed = None
        self.refresh()

    def _look_at_margins(self) -> None:
        if self.office.programme is not None:
            MarginSheet(self, self.office.programme)

    def _see_cases(self) -> None:
        cell = self._chosen()
        if cell is not None:
            self.office.go("field", CasesOf(cell.unit, cell.group))

    def _ask_supplement(self) -> None:
        from cati.services import supplements

        cell, loaded, session = self._chosen(), self.office.programme, self.office.session
        if cell is None or loaded is None:
            return

        def added(count: int) -> str:
            words = ngettext("{count} person was added.", "{count} people were added.", count)
            return words.format(count=count)

        self._ask_reason(
            _("Open the public pool for {unit}, {group}").format(unit=cell.unit_name, group=cell.group_label),
            _(
                "People of the public pool fill the places that are missing, marked as such; their share "
                "stands beside the score."
            ),
            _("Open it"),
            lambda reason: supplements.open_supplement(session, loaded, cell.unit, cell.group, reason),
            added,
        )

    def _ask_release(self) -> None:
        from cati.services import supplements

        cell, loaded, session = self._chosen(), self.office.programme, self.office.session
        if cell is None or loaded is None:
            return

        def released(count: int) -> str:
            words = ngettext("{count} person was released.", "{count} people were released.", count)
            return words.format(count=count)

        self._ask_reason(
            _("Release the next batch of {unit}, {group}").format(
                unit=cell.unit_name, group=cell.group_label
            ),
            _("A batch follows by itself when a cell has nobody fresh left; before that it needs a reason."),
            _("Release it"),
            lambda reason: supplements.release_replicate(session, loaded, cell.unit, cell.group, reason),
            released,
        )

    def _ask_pause(self) -> None:
        from cati.services import quotas

        cell, loaded, session = self._chosen(), self.office.programme, self.office.session
        if cell is None or loaded is None:
            return
        pausing = not cell.paused
        title = _("Pause {unit}, {group}") if pausing else _("Let {unit}, {group} go on")
        self._ask_reason(
            title.format(unit=cell.unit_name, group=cell.group_label),
            _("Nobody is called in this cell for now; interviews under way are finished.") if pausing else "",
            _("Pause it") if pausing else _("Go on calling"),
            lambda reason: quotas.pause(session, loaded, cell, pausing, reason),
            lambda _changed: _("This cell is paused.") if pausing else _("Calling goes on in this cell."),
        )

    def _ask_reason(
        self,
        title: str,
        words: str,
        button: str,
        work: Callable[[str], Any],
        done: Callable[[Any], str],
    ) -> None:
        """Ask why, carry it out, and say what `done` makes of what came of it."""
        reason = LineField(_("Reason"))

        def confirmed() -> None:
            typed = reason.text()
            self.office.ask(self, lambda: work(typed), carried_out, question.refuse)

        def carried_out(result: Any) -> None:
            question.leave()
            self._done(done(result))

        question = Question(self, title, words, [labelled(reason)], button, confirmed)


def _block(cell: CellProgress, dim: bool, *, over: bool) -> Block:
    full, short = is_full(cell), is_short(cell, over=over)
    if over and not full:
        missing = _("{count} short").format(count=short_count(cell.quota - cell.completed))
        return Block(cell.completed, cell.quota, missing, short, full, dim)
    rest = (
        _("full")
        if full
        else _("paused")
        if cell.paused
        else _("{count} left").format(count=short_count(cell.left))
        if cell.left
        else _("none left")
    )
    return Block(cell.completed, cell.quota, rest, short, full, dim)


def _line(
    name: str, blocks: Sequence[Block | None], cells: Sequence[CellProgress], *, over: bool = False
) -> HeatRow:
    done, wanted = sum(cell.completed for cell in cells), sum(cell.quota for cell in cells)
    reachable = sum(min(cell.quota, cell.completed + cell.left) for cell in cells)
    trouble = any(is_short(cell, over=over) for cell in cells)
    if done >= wanted:
        words = _("full")
    elif over:
        words = _("ended at {done}/{wanted}").format(done=short_count(done), wanted=short_count(wanted))
    elif all(cell.left == 0 or is_full(cell) for cell in cells):
        words = _("used up, ends at {done}/{wanted}").format(
            done=short_count(done), wanted=short_count(wanted)
        )
    elif trouble and reachable < wanted:
        words = _("may end at {done}/{wanted}").format(
            done=short_count(reachable), wanted=short_count(wanted)
        )
    elif trouble:
        words = _("{count} to go, scarce").format(count=short_count(wanted - done))
    else:
        words = _("{count} to go, enough").format(count=short_count(wanted - done))
    return HeatRow(name, tuple(blocks), done, words, trouble, done >= wanted)
