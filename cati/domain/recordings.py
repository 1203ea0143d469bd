"""What can be wrong with a recording, in words."""

from __future__ import annotations

from collections.abc import Mapping

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _

DECLINED = "declined"
"""The respondent did not want to be recorded: the recording ended there, as it should."""

PROBLEMS: Mapping[str, str] = {
    "no_device": N_("no microphone"),
    "late_device": N_("microphone found late"),
    "device_lost": N_("microphone lost meanwhile"),
    "silent": N_("silent"),
    "frames_lost": N_("gaps"),
    "one_sided": N_("one voice missing"),
    "disk": N_("disk full"),
    "file_exists": N_("not written"),
    "recorder_died": N_("recorder stopped"),
    "cut_off": N_("cut off"),
    "missing": N_("file missing"),
    "damaged": N_("file damaged"),
    DECLINED: N_("recording declined"),
}
"""By the code that is noted with the recording."""


def problem_words(problem: str | None) -> str:
    """What is wrong with a recording; empty for nothing."""
    return _(PROBLEMS.get(problem, problem)) if problem else ""
