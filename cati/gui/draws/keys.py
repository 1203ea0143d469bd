"""What keys do at the draw; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import Action, Group, Mode, in_modes

_HERE = in_modes(Mode.DRAWS)
_ROSTERS = in_modes(Mode.ROSTERS)

DRAW_ACTIONS: tuple[Action, ...] = (
    Action("draw_next", N_("Do the next step"), ("Enter",), _HERE),
    Action("draw_check", N_("Check on the spot"), ("V",), _HERE, Group.FUNCTION),
    Action(
        "draw_cell",
        N_("Next unit and group"),
        ("Left", "Right"),
        _HERE,
        Group.FUNCTION,
        repeats=True,
        cap="← →",
    ),
    Action("draw_later", N_("Lists that came later"), ("L",), _HERE, Group.FUNCTION),
    Action("draw_project", N_("Projection on, off"), ("F11",), _HERE, Group.FUNCTION),
    Action("draw_rosters", N_("Representatives"), ("R",), _HERE, Group.FUNCTION),
    Action("draw_void", N_("Void this draw"), ("Ctrl+Delete",), _HERE, Group.LAST, irreversible=True),
    Action("roster_next", N_("Next roster"), ("N",), _ROSTERS, Group.FUNCTION),
    Action("roster_take", N_("Take a roster"), ("O",), _ROSTERS, Group.FLAG),
    Action("roster_draw", N_("Draw the representatives"), ("D",), _ROSTERS, Group.FLAG),
    Action("roster_absent", N_("Absent"), ("A",), _ROSTERS, Group.FLAG),
    Action("roster_write", N_("Write the list"), ("X",), _ROSTERS, Group.FLAG),
    Action("roster_check", N_("Check on the spot"), ("V",), _ROSTERS, Group.FUNCTION),
    Action("roster_back", N_("Back to the draw"), ("Esc",), _ROSTERS, Group.MOVE),
)
