"""The computers of the floor on the board: who is there, what is not sent, whose clock is off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.stations import Presence, Station
from cati.domain.times import offset
from cati.gui.field import words
from cati.gui.widgets.table import Cell, Column, Table

if TYPE_CHECKING:
    from cati.services.stations import Stations

STATES: Mapping[Presence, str] = {
    Presence.SILENT: N_("out of touch"),
    Presence.HERE: N_("signed in"),
    Presence.LEFT: N_("signed out"),
}
assert STATES.keys() == set(Presence)


class StationTable(Table):
    """One line for each station, what is to be seen to first."""

    def __init__(self) -> None:
        self._found: Stations | None = None
        super().__init__(
            _("Stations"),
            _columns(),
            self._cells,
            lambda one: one.id,
            _("No station has told of itself today"),
        )

    def show_stations(self, found: Stations) -> None:
        """Show the stations of today."""
        self._found = found
        self.show_rows(found.lines)

    def _cells(self, one: Station) -> Sequence[Cell | str]:
        assert self._found is not None
        now, sign = self._found.now, one.sign
        keeps = one.keeps_work(now)
        unsent = Cell(str(sign.unsent), "warn", True, "warning") if keeps else str(sign.unsent)
        ahead = offset(sign.ahead.total_seconds()) if sign.ahead is not None else ""
        return (
            sign.name,
            _presence_cell(one.presence(now)),
            one.who,
            words.moment(one.since),
            words.moment(one.heard_at, seconds=True),
            unsent,
            words.moment(sign.oldest),
            Cell(ahead, "warn", True, "warning") if one.clock_is_off else Cell(ahead, "ink2"),
            Cell(sign.version, "ink2"),
        )


def _columns() -> Sequence[Column]:
    return (
        Column("name", _("Station"), 80, grows=1),
        Column("state", _("State"), 124),
        Column("who", _("User"), 80, grows=1, gives_way=2),
        Column("since", _("Since"), 96, gives_way=4),
        Column("heard", _("Last heard"), 120, gives_way=3),
        Column("unsent", _("Not sent"), 76, figure=True),
        Column("oldest", _("Oldest"), 96, gives_way=1),
        Column("clock", _("Clock off by"), 96, figure=True),
        Column("version", _("Version"), 64, gives_way=5),
    )


def _presence_cell(presence: Presence) -> Cell:
    ink, box = {
        Presence.SILENT: ("warn", "warn_s"),
        Presence.HERE: ("ok", "ok_s"),
        Presence.LEFT: ("ink2", None),
    }[presence]
    return Cell(_(STATES[presence]), ink, box=box)


def sentence(found: Stations) -> str:
    """What is to be seen to, calmly; empty when nothing is."""
    parts = []
    if found.keeping:
        said = ngettext(
            "{count} station that is not there keeps work that is not sent yet: sign in there once, "
            "and it is sent.",
            "{count} stations that are not there keep work that is not sent yet: sign in there once, "
            "and it is sent.",
            found.keeping,
        )
        parts.append(said.format(count=found.keeping))
    if found.off:
        said = ngettext(
            "The clock of {count} station is off; its times are taken from the server.",
            "The clocks of {count} stations are off; their times are taken from the server.",
            found.off,
        )
        parts.append(said.format(count=found.off))
    return " ".join(parts)
