"""What keys do at the lists; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import Action, Group, Mode, in_modes

_HERE = in_modes(Mode.FRAMES)

FRAME_ACTIONS: tuple[Action, ...] = (
    Action("frames_add", N_("Import files"), ("O",), _HERE),
    Action("frames_pool", N_("Public pool"), ("G",), _HERE),
    Action("frames_filter", N_("Show others"), ("F",), _HERE, Group.FUNCTION),
    Action("frames_export", N_("Problem list"), ("E",), _HERE),
    Action("frames_confirm", N_("Confirm lateness"), ("C",), _HERE),
    Action("frames_waive", N_("Waive lateness"), ("V",), _HERE),
    Action("frames_withdraw", N_("Withdraw"), ("W",), _HERE),
    Action("frames_register", N_("Register"), ("R",), _HERE),
    Action("frames_exempt", N_("Exempt, or take that back"), ("X",), _HERE),
    Action("frames_mailing", N_("Addresses for letters"), ("M",), _HERE),
    Action("frames_follow", N_("People of last year"), ("L",), _HERE),
    Action("frames_wishes", N_("Numbers not to be called"), ("N",), _HERE, Group.FUNCTION),
    Action("frames_back", N_("Back to the lists"), ("Esc",), _HERE, Group.MOVE),
)
