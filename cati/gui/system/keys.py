"""What keys do at the system; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import Action, Group, Mode, in_modes

_HERE = in_modes(Mode.SYSTEM)

SYSTEM_ACTIONS: tuple[Action, ...] = (
    Action("system_tab", N_("Next tab"), ("F7", "Shift+F7"), _HERE, Group.FUNCTION, cap="F7"),
    Action("user_add", N_("Add a user"), ("A",), _HERE),
    Action("user_roles", N_("Roles"), ("R",), _HERE),
    Action("user_languages", N_("Languages"), ("L",), _HERE),
    Action("user_password", N_("Reset the password"), ("P",), _HERE),
    Action("user_keys", N_("Grant missing keys"), ("G",), _HERE),
    Action("user_excuse", N_("Excuse from the practice test"), ("X",), _HERE),
    Action("user_disable", N_("Disable or enable"), ("D",), _HERE),
    Action("back_up", N_("Back up now"), ("B",), _HERE),
    Action("restore", N_("Put a copy back"), ("Z",), _HERE),
    Action("phone_set", N_("Set the telephone"), ("E",), _HERE),
    Action("phone_unlock", N_("Give the password"), ("U",), _HERE),
    Action("phone_test", N_("Test call"), ("T",), _HERE),
    Action("phone_forget", N_("Dial by hand"), ("F",), _HERE),
    Action("audit_verify", N_("Verify the chain"), ("V",), _HERE),
    Action("audit_copy", N_("Copy the daily head"), ("C",), _HERE),
    Action("audit_head", N_("Export the daily head"), ("H",), _HERE),
)
