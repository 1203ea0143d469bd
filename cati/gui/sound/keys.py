"""What keys do in the sound test; part of the one action table."""

from __future__ import annotations

from cati.base.i18n import mark as N_
from cati.gui.action import Action, Group, Mode, in_modes

_HERE, _SKIPPING = in_modes(Mode.SOUND), in_modes(Mode.SOUND_SKIP)
_RECORDING = in_modes(Mode.SOUND_RECORDING)

SOUND_ACTIONS: tuple[Action, ...] = (
    Action("sound_next", N_("Go on"), ("Enter",), _HERE | _RECORDING | _SKIPPING, Group.FUNCTION),
    Action("sound_digit", N_("Choose"), tuple("123456789"), _HERE, cap="1–9"),
    Action("sound_play", N_("Hear it again"), ("P",), _HERE, Group.FUNCTION),
    Action("sound_again", N_("Speak again"), ("R",), _HERE, Group.FUNCTION),
    Action("sound_skip", N_("Skip the test"), ("Esc",), _HERE, Group.MOVE),
    Action("sound_stop", N_("End the recording"), ("Esc",), _RECORDING, Group.MOVE),
    Action("sound_back", N_("Back to the test"), ("Esc",), _SKIPPING, Group.MOVE),
    Action("sound_test", N_("Sound test"), ("Ctrl+L",), in_modes(Mode.READY, Mode.BREAK)),
)
