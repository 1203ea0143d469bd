"""What can be wrong with a recording, in words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext

DECLINED = "declined"
"""The respondent did not want to be recorded: the recording ended there, as it should."""


class Defect(StrEnum):
    """What can be wrong with a recording's file where it is kept."""

    MISSING = "missing"
    DAMAGED = "damaged"
    CHANGED = "changed"
    EXCHANGED = "exchanged"
    KEY = "key"
    NEWER = "newer"
    FOREIGN = "foreign"
    PARTIAL = "partial"


DEFECTS: Mapping[Defect, str] = {
    Defect.MISSING: N_("missing"),
    Defect.DAMAGED: N_("damaged"),
    Defect.CHANGED: N_("not the content that was archived"),
    Defect.EXCHANGED: N_("holds another recording"),
    Defect.KEY: N_("sealed to another key, or its beginning is damaged"),
    Defect.NEWER: N_("of a newer version of the program"),
    Defect.FOREIGN: N_("no recording that is known"),
    Defect.PARTIAL: N_("left half-way by an attempt to archive it"),
}
"""In words, to be translated."""

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


def archive_lines(moved: int, waiting: int, waiting_bytes: int, others: int) -> list[str]:
    """How it stands with a station's recordings and the archive, in sentences.

    Args:
        moved, waiting: recordings.
        waiting_bytes: size of those that wait.
        others: files that whoever asks may not move.
    """
    lines = []
    if moved:
        lines.append(
            ngettext("{count} recording was archived.", "{count} recordings were archived.", moved).format(
                count=moved
            )
        )
    size = waiting_bytes / 1_000_000
    waits = ngettext(
        "{count} recording ({size:.1f} MB) waits here.",
        "{count} recordings ({size:.1f} MB) wait here.",
        waiting,
    )
    lines.append(waits.format(count=waiting, size=size) if waiting else _("No recording waits here."))
    if others:
        colleagues = ngettext(
            "{count} file is a colleague's: it goes when that one or the bureau signs in here.",
            "{count} files are colleagues': they go when those or the bureau sign in here.",
            others,
        )
        lines.append(colleagues.format(count=others))
    return lines


def scrub_lines(files: int, size: int, opened: int, faults: int) -> list[str]:
    """What was examined and found, in sentences.

    Args:
        files: recordings that were read.
        size: their bytes.
        opened: how many of them with their key.
        faults: how many files are not as they should be.
    """
    read = ngettext(
        "{count} recording ({size:.1f} MB) was read.", "{count} recordings ({size:.1f} MB) were read.", files
    ).format(count=files, size=size / 1_000_000)
    lines = [read]
    if opened < files:
        closed = files - opened
        lines.append(
            ngettext(
                "Of {count} only what stands in the open was examined: its key is not yours.",
                "Of {count} only what stands in the open was examined: their keys are not yours.",
                closed,
            ).format(count=closed)
        )
    wrong = ngettext(
        "{count} file is not as it should be.", "{count} files are not as they should be.", faults
    )
    lines.append(wrong.format(count=faults) if faults else _("All is as it was recorded."))
    return lines
