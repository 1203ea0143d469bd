"""Whether somebody can be heard: what a short recording says, and what became of a sound test."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cati.base.i18n import mark as N_

SILENT_PEAK = 8 / 32768
"""A muted or missing microphone gives zeros, or the last bit; a live one in a silent room more."""
QUIET_LOUDNESS = 0.01
"""Speech at the mouth of a headset comes to some 0.05 to 0.2; under this nobody is understood."""
CLIPPED_SHARE = 0.0005
"""So many samples at full scale are heard as crackling."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud a recording is, in shares of full scale.

    Attributes:
        peak: the largest sample.
        speech: root mean square of its loud parts, so that pauses do not count.
        clipped: share of the samples that stand at full scale.
    """

    peak: float
    speech: float
    clipped: float


class Heard(StrEnum):
    """What is to be said of a recorded voice."""

    WELL = "well"
    QUIET = "quiet"
    CLIPPED = "clipped"
    SILENT = "silent"
    MISSING = "missing"

    @property
    def usable(self) -> bool:
        """Whether calls could be made with it."""
        return self not in (Heard.SILENT, Heard.MISSING)


def judged(found: Loudness | None) -> Heard:
    """What is to be said of a recording; None stands for one that got no sound at all."""
    if found is None:
        return Heard.MISSING
    if found.peak <= SILENT_PEAK:
        return Heard.SILENT
    if found.clipped > CLIPPED_SHARE:
        return Heard.CLIPPED
    return Heard.QUIET if found.speech < QUIET_LOUDNESS else Heard.WELL


HEARD_WORDS = {
    Heard.WELL: N_("The microphone hears you well."),
    Heard.QUIET: N_(
        "You are too quiet to be understood. Bring the microphone closer to your mouth, or turn it up in the "
        "system's sound settings."
    ),
    Heard.CLIPPED: N_(
        "You are too loud: the sound is cut off at the top. Move the microphone away, or turn it down in the "
        "system's sound settings."
    ),
    Heard.SILENT: N_(
        "The microphone is silent, as if it were muted. Switch it on at the headset and in the system's "
        "sound settings."
    ),
    Heard.MISSING: N_("No microphone gave any sound. Plug in the headset, or choose another microphone."),
}
"""A sentence for each: what was wrong and what to do."""


class Tested(StrEnum):
    """What became of a sound test."""

    PASSED = "passed"
    SKIPPED = "skipped"
