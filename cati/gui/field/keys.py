"""What keys do in the field; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import Action, Group, Mode, in_modes

_HERE = in_modes(Mode.FIELD)

FIELD_ACTIONS: tuple[Action, ...] = (
    Action(
        "field_tab",
        N_("Next tab"),
        ("F7", "Shift+F7"),
        _HERE,
        Group.FUNCTION,
        cap="F7",
    ),
    Action("field_rates", N_("Rates by"), ("F2",), _HERE, Group.FUNCTION),
    Action("field_side", N_("Messages"), ("F3",), _HERE, Group.FUNCTION),
    Action("field_decided", N_("Decided messages"), ("Shift+F3",), _HERE),
    Action("field_search", N_("Search"), ("F4",), _HERE, Group.FUNCTION),
    Action("field_review", N_("Review its interview"), ("F6",), _HERE, Group.FUNCTION),
    Action("field_again", N_("Once more, by somebody else"), ("F8",), _HERE, Group.FLAG),
    Action("field_steer", N_("Set aside"), ("F9",), _HERE, Group.FLAG),
    Action("field_give", N_("Give to somebody"), ("F10",), _HERE, Group.FLAG),
    Action("field_write", N_("Write to operators"), ("F11",), _HERE, Group.FLAG),
    Action("field_listen", N_("Listen"), ("L",), _HERE, Group.FLAG),
    Action("field_excuse", N_("Excuse"), ("F12",), _HERE, Group.FLAG),
    Action("attendance_month", N_("Another month"), ("M", "Shift+M"), _HERE, Group.FUNCTION, cap="M"),
    Action("attendance_write", N_("Export the month"), ("X",), _HERE, Group.FUNCTION),
    Action("field_back", N_("Go back"), ("Esc",), _HERE, Group.MOVE),
)
