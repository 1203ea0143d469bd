"""What keys do at the ballots; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import MOVES, Action, Group, Mode, in_modes

_HERE, _GRID = in_modes(Mode.BALLOTS), in_modes(Mode.KEYING)

BALLOT_ACTIONS: tuple[Action, ...] = (
    Action("ballot_move", N_("Choose a row"), MOVES, _HERE, repeats=True, cap="↑ ↓"),
    Action("ballot_key", N_("Key"), ("Enter",), _HERE, Group.FUNCTION),
    Action("ballot_look", N_("Third look"), ("L",), _HERE, Group.FLAG),
    Action("ballot_open", N_("Ballots to key"), ("N",), _HERE, Group.FLAG),
    Action("ballot_take", N_("Take as a set"), ("T",), _HERE, Group.FLAG),
    Action("ballot_file", N_("From a file"), ("F",), _HERE, Group.FLAG),
    Action("ballot_form", N_("Keying elsewhere"), ("E",), _HERE, Group.FLAG),
    Action("ballot_sets", N_("Sets taken"), ("W",), _HERE, Group.FLAG),
    # One hand on the number pad.
    Action("tick", N_("Tick"), tuple("1234567890"), _GRID, Group.FUNCTION, cap="0–9"),
    Action("no_tick", N_("No tick"), ("Del", "."), _GRID, Group.FUNCTION, cap="."),
    Action("several_ticks", N_("Several ticks"), ("*", "Shift+*"), _GRID, Group.FUNCTION, cap="*"),
    Action("next_line", N_("Rest of the line blank"), ("+", "Shift++"), _GRID, Group.FUNCTION, cap="+"),
    Action("place_before", N_("The place before"), ("-",), _GRID, Group.FUNCTION, repeats=True),
    Action("take_back", N_("Undo"), ("Backspace", "Ctrl+Z"), _GRID, Group.FLAG, cap="⌫"),
    Action("ballot_number", N_("Another ballot"), ("G",), _GRID, Group.FLAG),
    Action("turn_paper", N_("Lines or columns"), ("O",), _GRID, Group.FLAG),
    Action(
        "grid_move",
        N_("Move in the grid"),
        ("Up", "Down", "Left", "Right"),
        _GRID,
        repeats=True,
        cap="↑ ↓ ← →",
    ),
    Action("end_ballot", N_("End the ballot"), ("Enter",), _GRID, Group.MOVE),
    Action("leave_ballot", N_("Stop here"), ("Esc",), _GRID, Group.MOVE),
)
