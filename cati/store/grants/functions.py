"""Who may call which function of the server."""

from __future__ import annotations

from cati.domain.users import Role
from cati.store.grants.rules import ALL, BUREAU, CALLERS, CLERK, LEADERS, OPERATOR, SUPERVISOR

FUNCTIONS: dict[str, tuple[Role, ...]] = {
    # Conditions of the grants call these.
    **dict.fromkeys(
        (
            "me",
            "writer",
            "vouched",
            "proven",
            "at_hand",
            "in_hand",
            "held_entries",
            "held_persons",
            "interviews_at_hand",
            "open_interviews",
            "may_answer",
            "lock_of",
            "admit",
            "hear_station",
            "take_place",
        ),
        ALL,
    ),
    **dict.fromkeys(
        (
            "enrol",
            "vouch",
            "claim_case",
            "settle_case",
            "hand_over_case",
            "give_back_case",
            "close_held_case",
            "cut_off_attempts",
            "extend_lease",
            "lease_lapsed",
            "reap_cases",
            "begin_attempt",
            "note_attempt",
            "holds_case",
            "hold_for_call_back",
            "move_appointment",
            "cancel_appointment",
            "outlook",
            "cases_of_number",
            "settled_state",
            "standing_of",
            "cell_of",
            "refused_by",
            "hold_for_write",
            "at_work",
            "full_units",
        ),
        CALLERS,
    ),
    "clears": (*CALLERS, CLERK),
    # Who takes late work over notes what the respondent wished in it.
    **dict.fromkeys(("lock_case", "note_wish"), (OPERATOR, SUPERVISOR, BUREAU)),
    **dict.fromkeys(
        (
            "set_case_aside",
            "bring_case_back",
            "give_case",
            "call_case_again",
            "withdraw_interview",
            "count_interview_again",
            "exclude_interview",
            "pause_cell",
            "offer_again",
            "store_held_work",
            "settle_held_work",
            "resume_held_work",
        ),
        LEADERS,
    ),
    **dict.fromkeys(("release_cases", "serve_cell"), (BUREAU,)),
}
"""Which functions whose members may call."""
