"""What keys do at the review; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import Action, Group, Mode, in_modes

_HERE = in_modes(Mode.REVIEW, Mode.VERDICT)
_LOOKING = in_modes(Mode.REVIEW)
_DECIDING = in_modes(Mode.VERDICT)
_LIST = in_modes(Mode.REVIEW_LIST)
HEAR_KEYS = tuple(f"F{number}" for number in range(5, 13))
"""The signals' keys, in their order."""

REVIEW_ACTIONS: tuple[Action, ...] = (
    Action("review_list", N_("Interview list"), ("F2",), _LOOKING, Group.FUNCTION),
    Action("review_play", N_("Play"), ("Space",), _HERE, Group.FUNCTION),
    Action("review_hear_item", N_("Hear from here"), ("Enter",), _LOOKING, Group.FUNCTION),
    Action("review_jump", N_("5 s back, on"), ("Left", "Right"), _HERE, repeats=True, cap="← →"),
    Action(
        "review_item",
        N_("question back, on"),
        ("PgUp", "PgDown"),
        _HERE,
        repeats=True,
        cap="PgUp PgDn",
    ),
    Action("review_row", N_("Choose a question"), ("Up", "Down"), _HERE, repeats=True, cap="↑ ↓"),
    Action("review_speed", N_("Slower, faster"), ("[", "]"), _HERE, cap="[ ]"),
    Action("review_voice", N_("Whom to hear"), ("L",), _HERE),
    Action("review_zoom", N_("Wider, closer"), ("-", "="), _HERE, repeats=True, cap="- ="),
    Action("review_hear", N_("Hear a signal"), HEAR_KEYS, _HERE, cap="F5–F12"),
    Action("review_mark", N_("Mark this place"), ("M",), _HERE),
    Action("review_verdict", N_("Verdict"), tuple("AXBS"), _HERE, cap="A X B S"),
    Action("review_turn", N_("Interview before, after"), ("Alt+Left", "Alt+Right"), _LOOKING, cap="Alt ← →"),
    Action("review_reason", N_("Reason"), tuple("123456789"), _DECIDING, cap="1–9"),
    Action("review_note", N_("Note on the verdict"), ("F4",), _DECIDING, Group.FUNCTION),
    Action("review_store", N_("Store, next one"), ("Enter",), _DECIDING),
    Action("review_take_back", N_("Take the verdict back"), ("Esc",), _DECIDING, Group.MOVE),
    Action("review_back", N_("Back to the score"), ("Esc",), _LOOKING, Group.MOVE),
    Action("review_filter", N_("Which ones"), ("F3",), _LIST, Group.FUNCTION),
    Action("review_find", N_("Find"), ("F4",), _LIST, Group.FUNCTION),
    Action("review_leave_list", N_("Back to the interview"), ("Esc", "F2"), _LIST, Group.MOVE, cap="Esc"),
)
