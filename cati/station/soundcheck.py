"""Whether this station hears and can be heard: a short listening to the microphone, and the loudspeaker."""

from __future__ import annotations

import queue
import time

from cati.audio.playback import loudspeaker
from cati.audio.recorder import Fault, Level, RecorderProcess
from cati.base.i18n import mark as N_
from cati.domain.findings import Finding, Health

LISTEN_SECONDS = 1.0
OPEN_SECONDS = 5.0
"""How long a microphone may take to give its first sound."""


def microphone(chosen: str | None) -> Finding:
    """Listen for a moment; nothing is recorded.

    Args:
        chosen: name of the station's microphone, None for the system's.
    """
    heard: queue.SimpleQueue[Level | Fault] = queue.SimpleQueue()
    recorder = RecorderProcess(heard.put)
    try:
        names = [device.name for device in recorder.devices()]
        if not names:
            return _found(
                "no_microphone",
                N_("No microphone was found."),
                N_("Plug in the headset. Without it calls can be made but are not recorded."),
            )
        if chosen is not None and chosen not in names:
            return _found(
                "microphone_gone",
                N_("The chosen microphone “{name}” is not there."),
                N_("Plug it in, or choose another with Ctrl+M before the first call."),
                name=chosen,
            )
        recorder.monitor(chosen)
        level = _loudest(heard)
    finally:
        recorder.close()
    if level is None:
        return _found(
            "microphone_dead",
            N_("The microphone gives no sound at all."),
            N_("Unplug it and plug it in again; see that no other program holds it."),
        )
    if level <= 0:
        return _found(
            "microphone_silent",
            N_("The microphone is silent, as if it were muted."),
            N_("Switch it on at the headset and in the system's sound settings."),
        )
    percent = round(level * 100)
    said = N_("The microphone hears: its level reached {percent} of 100 in a short recording.")
    return Finding("microphone", Health.WELL, "microphone_heard", said, facts={"percent": percent})


def loudspeaker_found() -> Finding:
    """Whether there is a loudspeaker to listen to recordings with."""
    if loudspeaker() is None:
        return Finding(
            "loudspeaker",
            Health.LOOK,
            "no_loudspeaker",
            N_("No loudspeaker or headphones were found."),
            N_("Plug in the headset; recordings cannot be heard without it."),
        )
    return Finding("loudspeaker", Health.WELL, "loudspeaker_found", N_("There is a loudspeaker."))


def _found(code: str, message: str, cure: str, **facts: str) -> Finding:
    return Finding("microphone", Health.LOOK, code, message, cure, facts)


def _loudest(heard: queue.SimpleQueue[Level | Fault]) -> float | None:
    """The highest level within a moment after the first one; None when no sound came."""
    until, loudest = time.monotonic() + OPEN_SECONDS, None
    while (rest := until - time.monotonic()) > 0:
        try:
            event = heard.get(timeout=rest)
        except queue.Empty:
            break
        if isinstance(event, Level):
            if loudest is None:
                until, loudest = time.monotonic() + LISTEN_SECONDS, event.peak
            loudest = max(loudest, event.peak)
        elif event.kind in ("no_device", "device_lost", "recorder_died"):
            return None
    return loudest
