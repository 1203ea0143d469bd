"""What keys do in the manual, and in help during a call; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import MOVES, Action, Group, Mode, in_modes

CALLING = in_modes(Mode.DIALLING, Mode.QUESTION, Mode.DISPOSITION, Mode.APPOINTMENT, Mode.HAND_OVER)
"""Where somebody may be on the line: help takes no key that the call needs."""

_HERE = in_modes(Mode.MANUAL)

MANUAL_ACTIONS: tuple[Action, ...] = (
    Action("open_manual", N_("Manual"), ("F1",), in_modes(Mode.HELP), Group.MOVE),
    Action("close_help", N_("Close the help"), ("Esc",), in_modes(Mode.HELP), Group.MOVE),
    Action(
        "help_scroll",
        N_("Read on in the help"),
        ("Shift+PgUp", "Shift+PgDown"),
        CALLING,
        repeats=True,
        cap="Shift PgUp PgDn",
    ),
    Action("manual_read", N_("Read on"), MOVES, _HERE, Group.FUNCTION, repeats=True, cap="↑ ↓"),
    Action(
        "manual_chapter",
        N_("Chapter before, after"),
        ("Alt+Up", "Alt+Down"),
        _HERE,
        Group.FUNCTION,
        cap="Alt ↑ ↓",
    ),
    Action("manual_find", N_("Search"), ("F4",), _HERE, Group.FUNCTION),
    Action("manual_hit", N_("Next place, last place"), ("F3", "Shift+F3"), _HERE, Group.FUNCTION, cap="F3"),
    Action("manual_back", N_("Chapter read before"), ("Alt+Left",), _HERE, Group.MOVE),
    Action("manual_leave", N_("Leave the manual"), ("Esc", "F1"), _HERE, Group.MOVE, cap="Esc"),
)
