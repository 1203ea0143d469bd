"""Under the sound: play, where it stands, how fast, and whom one hears."""

from __future__ import annotations

from PySide6.QtCore import Signal

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.signal_words import clock
from cati.gui.actions import Keys
from cati.gui.review.folding import Folding
from cati.gui.review.listening import SPEEDS, VOICES
from cati.gui.widgets.button import Button
from cati.gui.widgets.keycap import KeyCap
from cati.gui.widgets.layouts import row
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.text import Text

_VOICES = dict(zip(VOICES, (N_("both"), N_("operator"), N_("respondent")), strict=True))


class PlayBar(Folding):
    """A row of controls; each says its key.

    Signals:
        speed_chosen: a speed.
        voice_chosen: one of `VOICES`.
    """

    speed_chosen = Signal(float)
    voice_chosen = Signal(str)

    def __init__(self, keys: Keys) -> None:
        self._play = Button(_("Play"), "Space", size=14, height=34, icon="play")
        self._play.clicked.connect(lambda: keys.trigger("review_play"))
        self._clock, self._whole = Text(size=20, bold=True), Text(size=14, ink="ink2")
        self._speeds = Segments(_("Speed"), [Segment(f"{speed:g}", f"{speed:g}×") for speed in SPEEDS])
        self._voices = Segments(_("Whom to hear"), [Segment(code, _(w)) for code, w in _VOICES.items()])
        self._jumps = (
            *(KeyCap("← →"), Text(_("± 5 s"), 13)),
            *(KeyCap("PgUp PgDn"), Text(_("± question"), 13)),
            *(KeyCap("M"), Text(_("mark"), 13)),
        )
        super().__init__(
            row(self._play, self._clock, self._whole, 6, *self._jumps, gap=6),
            row(
                *(None, Text(_("Speed"), 13, "ink2"), self._speeds, KeyCap("["), KeyCap("]"), 4),
                *(Text(_("Hear"), 13, "ink2"), self._voices, KeyCap("L")),
                gap=6,
            ),
        )
        self._speeds.chosen.connect(lambda code: self.speed_chosen.emit(float(code)))
        self._voices.chosen.connect(self.voice_chosen)

    def show_place(self, playing: bool, place_ms: int, duration_ms: int) -> None:
        """Where it stands."""
        self._play.set_words(_("Pause") if playing else _("Play"))
        self._play.set_icon("pause" if playing else "play")
        self._clock.set_text(clock(place_ms))
        self._whole.set_text(f"/ {clock(duration_ms)}")

    def show_choice(self, speed: float, voice: str) -> None:
        """How fast, and whom one hears."""
        self._speeds.choose(f"{speed:g}")
        self._voices.choose(voice)

    def set_off(self, reason: str) -> None:
        """Nothing can be heard, and why; empty when it can."""
        self._play.setEnabled(not reason)
        self._play.setToolTip(reason)
        for part in (self._speeds, self._voices):
            part.setEnabled(not reason)

    def next_voice(self) -> None:
        """Hear the next one."""
        self._voices.step()

    def change_speed(self, faster: bool) -> None:
        """The next speed up or down."""
        place = [f"{speed:g}" for speed in SPEEDS].index(self._speeds.code) + (1 if faster else -1)
        if 0 <= place < len(SPEEDS):
            self._speeds.choose(f"{SPEEDS[place]:g}")
