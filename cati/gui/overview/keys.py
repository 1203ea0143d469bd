"""What keys do at the overview; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import Action, Group, Mode, in_modes

_HERE = in_modes(Mode.OVERVIEW)
MATTER_KEYS = tuple("ABCDEFGH")

OVERVIEW_ACTIONS: tuple[Action, ...] = (
    Action("next_step", N_("Do the next step"), ("Enter",), _HERE, Group.FUNCTION),
    Action("open_matter", N_("Open what is missing"), MATTER_KEYS, _HERE, Group.FUNCTION, cap="A–H"),
)
