"""A sound test: a sentence is really recorded and played back, beeps are to be counted; nothing is kept."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from cati.audio.levels import loudness
from cati.audio.playback import Playable, Player
from cati.audio.recorder import RecorderProcess
from cati.audio.tape import Piece, Tape
from cati.audio.tones import Beeps
from cati.base.errors import CatiError
from cati.domain.sound import Heard, judged
from cati.sealing.keys import new_pair

FEWEST_BEEPS, MOST_BEEPS = 2, 5
CLOSE_SECONDS = 2.0


class SoundBooth:
    """Records and plays through the very parts that calls are recorded and heard with.

    Args:
        recorder: of the station; no recording runs.
        device: the microphone by name, None for the system's.
        owned: the recorder ends with the booth; else it listens on.
        play: plays something from its beginning; by default on the loudspeaker.
    """

    def __init__(
        self,
        recorder: RecorderProcess,
        device: str | None,
        *,
        owned: bool = False,
        play: Callable[[Playable], Player] | None = None,
    ) -> None:
        self._recorder, self._owned = recorder, owned
        self._begin_playing = play or _played
        self.device = device
        self._folder = TemporaryDirectory(prefix="cati-sound-")
        self._keys = new_pair()
        self._recording, self._running = "", False
        self._tape: Tape | None = None
        self._player: Player | None = None

    def microphones(self) -> tuple[str, ...]:
        """The microphones there are, by name (waits for the answer)."""
        return tuple(device.name for device in self._recorder.devices())

    def listen(self, device: str | None) -> None:
        """Show the levels of a microphone, and record with that one."""
        self.device = device
        self._recorder.monitor(device, chosen=True)

    def record(self) -> None:
        """Begin to record; what was recorded before is gone."""
        self.hush()
        self._tape = None
        self._recording = str(uuid.uuid4())
        self._recorder.start(
            path=self._file,
            recording_id=self._recording,
            attempt_id="sound test",
            public_key=self._keys.public,
            started_at=datetime.now(UTC),
            device=self.device,
        )
        self._running = True

    @property
    def _file(self) -> Path:
        return Path(self._folder.name) / f"{self._recording}.crec"

    def stop(self) -> Heard:
        """End the recording and say how the voice is heard (waits for the recorder)."""
        made = self._recorder.stop()
        self._running = False
        if made is None or made.path is None or not made.duration_ms:
            return Heard.MISSING
        piece = Piece(self._recording, made.path, self._keys.private, 0, made.duration_ms)
        self._tape = Tape([piece])
        heard = judged(loudness(self._tape.stream()))
        # Where a microphone went away, silence was put in its place.
        return Heard.MISSING if heard is Heard.SILENT and made.problem else heard

    def play_back(self) -> None:
        """Let the recorded voice be heard."""
        if self._tape is not None:
            self._play(self._tape)

    def beep(self) -> int:
        """Let some beeps be heard; how many there are."""
        count = random.randint(FEWEST_BEEPS, MOST_BEEPS)  # nobody has to be kept from guessing
        self._play(Beeps(count))
        return count

    @property
    def playing(self) -> bool:
        """Whether something is being heard."""
        return self._player is not None and self._player.state.playing

    @property
    def fault(self) -> CatiError | None:
        """Why nothing could be heard."""
        return self._player.state.fault if self._player is not None else None

    def hush(self) -> None:
        """Stop playing."""
        if self._player is not None:
            self._player.quit()
            self._player = None

    def close(self) -> None:
        """End what runs and destroy what was recorded."""
        player = self._player
        self.hush()
        if player is not None:
            player.join(CLOSE_SECONDS)
        if self._running:
            self._recorder.stop()
        if self._owned:
            self._recorder.close()
        self._folder.cleanup()

    def _play(self, what: Playable) -> None:
        self.hush()
        self._player = self._begin_playing(what)


def _played(what: Playable) -> Player:
    player = Player(what, lambda _start, _end: None)
    player.start()
    player.play(0)
    return player
