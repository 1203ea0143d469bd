"""What keys do at the exports; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import MOVES, Action, Group, Mode, in_modes

_HERE = in_modes(Mode.EXPORTS)

EXPORT_ACTIONS: tuple[Action, ...] = (
    Action("export_start", N_("Export"), ("Enter",), _HERE, Group.FUNCTION),
    Action("export_what", N_("What"), ("W",), _HERE, Group.FUNCTION),
    Action("export_people", N_("People"), ("P",), _HERE, Group.FUNCTION),
    Action("export_format", N_("Format"), ("O",), _HERE, Group.FUNCTION),
    Action("export_for", N_("For whom"), ("F",), _HERE, Group.FLAG),
    Action("export_file", N_("File"), ("L",), _HERE, Group.FLAG),
    Action("export_move", N_("Choose a line"), MOVES, _HERE, repeats=True, cap="↑ ↓"),
    Action("export_stop", N_("Stop"), ("Esc",), _HERE, Group.MOVE),
)
