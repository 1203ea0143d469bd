"""What keys do in the office; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import OFFICE, Action, Group
from cati.gui.quotas.keys import QUOTA_ACTIONS

PLACE_KEYS = tuple(f"Ctrl+{digit}" for digit in "1234567890")

OFFICE_ACTIONS: tuple[Action, ...] = (
    Action("office_place", N_("Go to a place"), PLACE_KEYS, OFFICE, cap="Ctrl 0–9"),
    Action("look_again", N_("Look again"), ("F5",), OFFICE, Group.FUNCTION),
    Action("sign_out", N_("Sign out"), ("Ctrl+Q",), OFFICE, Group.MOVE),
    *QUOTA_ACTIONS,
)
