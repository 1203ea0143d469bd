"""What keys do at the scores; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import MOVES, Action, Group, Mode, in_modes

_HERE = in_modes(Mode.SCORES)

SCORE_ACTIONS: tuple[Action, ...] = (
    Action("score_move", N_("Choose a unit"), MOVES, _HERE, repeats=True, cap="↑ ↓"),
    Action("score_working", N_("Working"), ("Enter",), _HERE, Group.FUNCTION),
    Action("score_series", N_("Series"), ("S",), _HERE, Group.FUNCTION),
    Action("score_channel", N_("Channel"), ("C",), _HERE, Group.FUNCTION),
    Action("score_points", N_("Points"), ("P",), _HERE, Group.FLAG),
    Action("score_enter", N_("Enter a score"), ("E",), _HERE, Group.FLAG),
    Action("score_file", N_("From a file"), ("F",), _HERE, Group.FLAG),
    Action("score_hotline", N_("Hotline"), ("H",), _HERE, Group.FLAG),
    Action("score_survey", N_("Survey"), ("W",), _HERE, Group.FLAG),
    Action("score_sets", N_("Sets taken"), ("T",), _HERE, Group.FLAG),
    Action("score_sign", N_("Approve"), ("A",), _HERE, Group.FLAG),
    Action("score_behind", N_("What is behind it"), ("D",), _HERE, Group.FUNCTION),
    Action("score_claims", N_("Claims"), ("K",), _HERE, Group.FUNCTION),
    Action("score_papers", N_("Report and copies"), ("R",), _HERE, Group.MOVE),
    Action("behind_back", N_("One layer back"), ("Esc",), in_modes(Mode.BEHIND), Group.MOVE),
    Action("score_export", N_("Export"), ("X",), _HERE, Group.MOVE),
    Action("score_close", N_("Close fieldwork"), ("Ctrl+L",), _HERE, Group.LAST, irreversible=True),
)
