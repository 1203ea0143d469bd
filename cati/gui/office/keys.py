"""What keys do in the office; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import MOVES, OFFICE, Action, Group, Mode, in_modes
from cati.gui.ballots.keys import BALLOT_ACTIONS
from cati.gui.draws.keys import DRAW_ACTIONS
from cati.gui.exports.keys import EXPORT_ACTIONS
from cati.gui.field.keys import FIELD_ACTIONS
from cati.gui.frames.keys import FRAME_ACTIONS
from cati.gui.opinions.keys import OPINION_ACTIONS
from cati.gui.overview.keys import OVERVIEW_ACTIONS
from cati.gui.programmes.keys import PROGRAMME_ACTIONS
from cati.gui.quotas.keys import QUOTA_ACTIONS
from cati.gui.review.keys import REVIEW_ACTIONS
from cati.gui.scoring.keys import SCORE_ACTIONS
from cati.gui.system.keys import SYSTEM_ACTIONS

PLACE_KEYS = tuple(f"Ctrl+{digit}" for digit in "1234567890BO")

# There F5 and the keys after it play what is to be heard.
_HEARING = in_modes(Mode.REVIEW, Mode.VERDICT)
# Places with lists of rows.
TABLES = in_modes(
    Mode.FIELD, Mode.FRAMES, Mode.PROGRAMMES, Mode.SYSTEM, Mode.REVIEW_LIST, Mode.BEHIND, Mode.ROSTERS
)
# Places with something to print.
PRINTS = in_modes(Mode.FIELD, Mode.DRAWS, Mode.ROSTERS, Mode.BALLOTS)
TABLE_ACTIONS: tuple[Action, ...] = (
    Action("table_move", N_("Choose a row"), MOVES, TABLES, Group.FUNCTION, repeats=True, cap="↑ ↓"),
    Action("table_open", N_("Open"), ("Enter",), TABLES, Group.FUNCTION),
    Action("table_order", N_("Sort"), ("S",), TABLES, Group.FUNCTION),
    Action("table_turn", N_("Last first"), ("Shift+S",), TABLES),
)

_ASK = in_modes(Mode.ASK)
ASK_ACTIONS: tuple[Action, ...] = (
    Action("ask_answer", N_("Confirm"), ("Enter",), _ASK, Group.FUNCTION),
    Action("ask_leave", N_("Go back"), ("Esc",), _ASK, Group.MOVE),
    Action("ask_irreversible", N_("Confirm for good"), ("Ctrl+Enter",), _ASK, Group.LAST, irreversible=True),
)

OFFICE_ACTIONS: tuple[Action, ...] = (
    Action("office_place", N_("Go to a place"), PLACE_KEYS, OFFICE, cap="Ctrl 0–9 B O"),
    Action("look_again", N_("Refresh"), ("F5",), OFFICE - _HEARING - in_modes(Mode.KEYING), Group.FUNCTION),
    Action("print", N_("Print"), ("Ctrl+P",), PRINTS, Group.FUNCTION),
    Action("sign_out", N_("Sign out"), ("Ctrl+Q",), OFFICE, Group.MOVE),
    *TABLE_ACTIONS,
    *ASK_ACTIONS,
    *OVERVIEW_ACTIONS,
    *FRAME_ACTIONS,
    *DRAW_ACTIONS,
    *PROGRAMME_ACTIONS,
    *QUOTA_ACTIONS,
    *REVIEW_ACTIONS,
    *FIELD_ACTIONS,
    *SCORE_ACTIONS,
    *BALLOT_ACTIONS,
    *OPINION_ACTIONS,
    *EXPORT_ACTIONS,
    *SYSTEM_ACTIONS,
)
