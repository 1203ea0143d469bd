"""What keys do at the quotas; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import Action, Group, Mode, in_modes

_HERE = in_modes(Mode.QUOTAS)

QUOTA_ACTIONS: tuple[Action, ...] = (
    Action(
        "quota_move",
        N_("Move"),
        ("Up", "Down", "Left", "Right"),
        _HERE,
        Group.FUNCTION,
        repeats=True,
        cap="↑↓←→",
    ),
)
