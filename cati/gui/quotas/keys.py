"""What keys do at the quotas; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import Action, Group, Mode, in_modes

_HERE = in_modes(Mode.QUOTAS)

QUOTA_ACTIONS: tuple[Action, ...] = (
    Action(
        "quota_move",
        N_("Move"),
        ("Up", "Down", "Left", "Right", "PgUp", "PgDown"),
        _HERE,
        Group.FUNCTION,
        repeats=True,
        cap="↑↓←→",
    ),
    Action("quota_cases", N_("See its cases"), ("Enter",), _HERE, Group.FUNCTION),
    Action("quota_supplement", N_("Open the public pool"), ("B",), _HERE, Group.FUNCTION),
    Action("quota_release", N_("Release the next batch"), ("R",), _HERE, Group.FUNCTION),
    Action("quota_margins", N_("Margins"), ("M",), _HERE, Group.FUNCTION),
    Action("quota_pause", N_("Pause this cell"), ("Space",), _HERE, Group.FLAG),
)
