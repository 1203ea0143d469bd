"""What was taken over the scores or the ballots: every set, whether it counts, and its withdrawal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.domain.names import channel_words
from cati.domain.programmes import LoadedProgramme, Programme, in_language
from cati.gui.form import labelled
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.scoring.lines import NONE
from cati.gui.theme import px
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.table import Table
from cati.gui.widgets.table_parts import HEAD

if TYPE_CHECKING:
    from cati.services.sets import SetKind

WIDTH = 1000
ROW, MOST_ROWS = 24, 12


class TakenSet(NamedTuple):
    """A set of ballots or of opinions.

    Attributes:
        kind: which of both.
        stored: the set.
        size: how many ballots or opinions.
    """

    kind: SetKind[Any]
    stored: Any
    size: int


def look_at_sets(place: Place, loaded: LoadedProgramme, changed: Callable[[], Any]) -> None:
    """Show all sets of ballots and surveys, unless none was taken, which is said.

    Args:
        place: lies under it.
        loaded: whose.
        changed: is called after one was withdrawn.
    """
    session = place.office.session

    def read() -> list[TakenSet]:
        from cati.services import ballots, sets, web

        papers = sets.taken(session, loaded, ballots.SETS)
        surveys = sets.taken(session, loaded, web.SETS)
        found = [TakenSet(ballots.SETS, one, one.ballots) for one in papers]
        found += [TakenSet(web.SETS, one, one.opinions) for one in surveys]
        return sorted(found, key=lambda one: one.stored.at, reverse=True)

    def show(found: list[TakenSet]) -> None:
        if found:
            SetsSheet(place, loaded, found, changed)
        else:
            place.office.tell(_("No ballots and no survey were taken yet."))

    place.office.ask(place, read, show)


class SetsSheet:
    """A line for each set, the last taken first, and the reason for which the chosen one is withdrawn.

    Args:
        place, loaded, changed: see `look_at_sets`.
        found: the sets.
    """

    def __init__(
        self, place: Place, loaded: LoadedProgramme, found: Sequence[TakenSet], changed: Callable[[], Any]
    ) -> None:
        self._place, self._loaded, self._changed = place, loaded, changed
        zone = ZoneInfo(loaded.programme.settings.timezone)
        self.table = Table(
            _("Sets taken"),
            (
                Column("number", _("Set no."), 50, figure=True),
                Column("channel", _("Channel"), 150, grows=1),
                Column("file", _("File"), 180, grows=1),
                Column("count", _("Papers or opinions"), 110, figure=True),
                Column("void", _("Void"), 70, figure=True, gives_way=2),
                Column("at", _("When"), 100),
                Column("by", _("By"), 90, gives_way=1),
                Column("state", _("State"), 170, grows=1),
            ),
            lambda one: _cells(loaded.programme, zone, one),
            lambda one: (one.kind.name, one.stored.id),
            most_row=ROW,
            least_row=ROW,
        )
        self.table.setMinimumHeight(px(HEAD) + px(ROW) * min(len(found), MOST_ROWS) + 4)
        self.reason = LineField(_("Reason"))
        lead = _(
            "A withdrawn set counts no more and stays stored; its file may be taken again, and keying of "
            "its papers goes on. A withdrawal is logged and not taken back."
        )
        width = min(WIDTH, (place.width() - px(24)) * 100 // px(100))
        self.question = Question(
            place,
            _("Sets taken"),
            lead,
            [self.table, labelled(self.reason, _("for which the chosen set is withdrawn"))],
            _("Withdraw"),
            self._withdraw,
            width=width,
        )
        self.table.show_rows(found)

    def _withdraw(self) -> None:
        from cati.services import sets

        one: TakenSet | None = self.table.current()
        if one is None or not self.question.form.filled_in(self.reason):
            return
        session, loaded, reason = self._place.office.session, self._loaded, self.reason.text()
        number = one.stored.id
        self.question.send(
            lambda: sets.withdraw(session, loaded, one.kind, number, reason), lambda _set: self._tell(number)
        )

    def _tell(self, number: int) -> None:
        self._place.office.tell(_("Set {number} counts no more.").format(number=number))
        self._changed()


def _cells(programme: Programme, zone: ZoneInfo, one: TakenSet) -> Sequence[Cell | str]:
    stored = one.stored
    if stored.withdrawn_for:
        state = Cell(_("withdrawn: {reason}").format(reason=stored.withdrawn_for), "ink2")
    else:
        state = Cell(_("counts"), "ok", icon="tick")
    return [
        str(stored.id),
        _channel(programme, stored.channel, getattr(stored, "group", "")),
        stored.file or _("keyed in the window"),
        f"{one.size:,}",
        f"{stored.void:,}" if stored.void else NONE,
        f"{stored.at.astimezone(zone):%m-%d %H:%M}",
        stored.by,
        state,
    ]


def _channel(programme: Programme, code: str, group: str) -> str:
    """A channel, and who filled its ballots in where it tells groups apart."""
    groups = next((c.groups for c in programme.channels if c.code == code), ())
    who = next((in_language(g.labels, language(), g.code) for g in groups if g.code == group), "")
    return " · ".join(filter(None, (channel_words(programme, code), who)))
