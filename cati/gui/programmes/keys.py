"""What keys do at the programme; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import Action, Group, Mode, in_modes

_HERE, _PREVIEW = in_modes(Mode.PROGRAMMES), in_modes(Mode.PREVIEW)

PROGRAMME_ACTIONS: tuple[Action, ...] = (
    Action("programme_choose", N_("Load a workbook"), ("O",), _HERE),
    Action("programme_shipped", N_("Shipped programmes"), ("B",), _HERE),
    Action("programme_units", N_("Units from a file"), ("U",), _HERE, Group.FUNCTION),
    Action("programme_template", N_("Blank workbook"), ("N",), _HERE),
    Action("programme_certificate", N_("Print the certificate"), ("Ctrl+P",), _HERE),
    Action("programme_copy", N_("Copy to next year"), ("C",), _HERE),
    Action("programme_preview", N_("Walk through"), ("P",), _HERE),
    Action("programme_sheet", N_("Other sheet"), ("Left", "Right"), _HERE, Group.FUNCTION, cap="← →"),
    Action("programme_back", N_("Go back"), ("Esc",), _HERE, Group.MOVE),
    Action(
        "programme_retire",
        N_("Retire"),
        ("Ctrl+Delete",),
        _HERE,
        Group.LAST,
        irreversible=True,
        cap="Ctrl Del",
    ),
    Action("preview_unit", N_("Other unit"), ("U",), _PREVIEW, Group.FUNCTION),
    Action("preview_group", N_("Other group"), ("G",), _PREVIEW, Group.FUNCTION),
    Action("preview_language", N_("中文 / English"), ("F8",), _PREVIEW, Group.FUNCTION),
    Action("preview_anew", N_("Begin anew"), ("F5",), _PREVIEW, Group.FUNCTION),
    Action("preview_leave", N_("End the preview"), ("Esc",), _PREVIEW, Group.MOVE),
)
