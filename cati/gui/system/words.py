"""What entries of the audit log are called."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _

ACTIONS = {
    "add_user": N_("User added"),
    "add_wish": N_("Number put on the list"),
    "adjust": N_("Points adjusted"),
    "attendance_back": N_("Break ended"),
    "attendance_break": N_("Break begun"),
    "attendance_corrected": N_("Attendance corrected"),
    "attendance_in": N_("Clocked in"),
    "attendance_out": N_("Clocked out"),
    "back_up": N_("Database copied"),
    "call_back": N_("Caller's case opened"),
    "cancel_appointment": N_("Appointment cancelled"),
    "case_settled": N_("Case settled"),
    "change_password": N_("Own password changed"),
    "close_fieldwork": N_("Fieldwork closed"),
    "commit_draw": N_("Draw committed"),
    "contacts_searched": N_("Contacts searched"),
    "copy_programme": N_("Programme copied"),
    "disable_user": N_("User disabled"),
    "enable_user": N_("User enabled"),
    "enter_score": N_("Score entered"),
    "export": N_("Exported"),
    "export_problems": N_("Problems exported"),
    "grant_keys": N_("Keys granted"),
    "hold_draw": N_("Draw held"),
    "import_frame": N_("List imported"),
    "import_pool": N_("Public pool imported"),
    "init": N_("First user made"),
    "load_programme": N_("Programme loaded"),
    "message_sent": N_("Message sent"),
    "message_settled": N_("Message settled"),
    "move_appointment": N_("Appointment moved"),
    "open_supplement": N_("Public pool opened"),
    "pass_practice": N_("Practice test passed"),
    "pause_cell": N_("Cell paused"),
    "print": N_("Printed"),
    "recording_export": N_("Recording exported"),
    "recording_heard": N_("Recording heard"),
    "recording_listen": N_("Recording opened"),
    "recover": N_("Recovered with the recovery key"),
    "refused_undialled": N_("Closed undialled: refused before"),
    "release_replicate": N_("Cases released"),
    "reset_password": N_("Password reset"),
    "restore": N_("Database restored"),
    "resume_cell": N_("Cell resumed"),
    "reveal_draw": N_("Draw revealed"),
    "retire": N_("Programme retired"),
    "review": N_("Verdict given"),
    "review_mark": N_("Place marked"),
    "set_channel": N_("Channel entered"),
    "set_languages": N_("Languages set"),
    "set_roles": N_("Roles set"),
    "settle_adjustment": N_("Adjustment settled"),
    "sign_in": N_("Signed in"),
    "sign_in_refused": N_("Sign-in refused"),
    "sign_pledge": N_("Pledge signed"),
    "sign_off": N_("Scores signed off"),
    "sign_out": N_("Signed out"),
    "simulated_operators": N_("Simulated operators made"),
    "sound_test_passed": N_("Sound test passed"),
    "sound_test_skipped": N_("Sound test skipped"),
    "void_draw": N_("Draw voided"),
    "waive_practice": N_("Excused from the practice test"),
    "withdraw_frame": N_("List withdrawn"),
    "withdraw_wish": N_("Number taken off the list"),
}
"""By action, to be translated."""


def action_words(action: str) -> str:
    """What was done, in words; what an older or newer program called otherwise is told by its code."""
    return _(ACTIONS[action]) if action in ACTIONS else _("other: {action}").format(action=action)
