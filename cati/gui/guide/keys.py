"""What keys do in the guide; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import Action, Group, Mode, in_modes

_HERE = in_modes(Mode.GUIDE)

GUIDE_ACTIONS: tuple[Action, ...] = (
    Action("guide_next", N_("Go on"), ("Enter",), _HERE, Group.FUNCTION),
    Action("guide_choose", N_("Choose"), tuple("123456789"), _HERE, cap="1–9"),
    Action("guide_files", N_("Choose from the disk"), ("Ctrl+O",), _HERE, Group.FUNCTION),
    Action("guide_back", N_("Step back"), ("Alt+Left",), _HERE, Group.MOVE),
)
