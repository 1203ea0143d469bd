"""What keys do at the opinions; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import MOVES, Action, Group, Mode, in_modes

_HERE = in_modes(Mode.OPINIONS)

OPINION_ACTIONS: tuple[Action, ...] = (
    Action("opinion_move", N_("Choose an opinion"), MOVES, _HERE, repeats=True, cap="↑ ↓"),
    Action("opinion_unit", N_("Unit"), ("Left", "Right"), _HERE, repeats=True, cap="← →"),
    Action("opinion_show", N_("Show"), ("F",), _HERE),
    Action("opinion_of_code", N_("Show one code"), ("K",), _HERE),
    # One hand on the number pad.
    Action("opinion_code", N_("What it is about"), tuple("123456789"), _HERE, Group.FUNCTION, cap="1–9"),
    Action("opinion_more", N_("More codes"), ("0",), _HERE),
    Action("opinion_next", N_("Next uncoded"), ("Enter",), _HERE, Group.FUNCTION),
    Action("opinion_undo", N_("Undo"), ("Backspace", "Ctrl+Z"), _HERE, Group.FUNCTION, cap="⌫"),
    Action("opinion_hide", N_("Hide words"), ("H",), _HERE, Group.FLAG),
    Action("opinion_codes", N_("Codes"), ("C",), _HERE, Group.FLAG),
    Action("opinion_second", N_("Second coder"), ("S",), _HERE),
    Action("opinion_file", N_("From a file"), ("L",), _HERE),
    Action("opinion_send", N_("Send to units"), ("X",), _HERE, Group.MOVE),
    Action("opinion_reply", N_("Take answers"), ("A",), _HERE, Group.MOVE),
    Action("opinion_follow", N_("Next year's list"), ("W",), _HERE, Group.MOVE),
)
