"""Both voices of a call: the operator's on the way out, the respondent's on the way to the ear."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

import numpy as np

from cati.audio.codec import BLOCK_FRAMES, Samples
from cati.audio.playback import PortAudioSpeaker, Speaker

BLOCK_BYTES = 2 * BLOCK_FRAMES
SILENCE = bytes(BLOCK_BYTES)
# Microphones give their sound in lumps of 50 ms; the line takes 20 ms at a time.
_AHEAD_BLOCKS = 3
_MOST_BLOCKS = 12
_EAR_BLOCKS = 10
RETRY_SECONDS = 0.5
"""How often to look for a loudspeaker that is not there."""


class Mouth:
    """What the microphone heard and the line has not taken yet; one thread gives, one takes."""

    def __init__(self) -> None:
        self.muted = False
        self._blocks: deque[bytes] = deque(maxlen=_MOST_BLOCKS)
        self._rest = b""
        self._is_flowing = False

    def give(self, samples: Samples) -> None:
        """Take frames × 1."""
        sound = self._rest + samples.tobytes()
        whole = len(sound) // BLOCK_BYTES * BLOCK_BYTES
        self._blocks.extend(sound[start : start + BLOCK_BYTES] for start in range(0, whole, BLOCK_BYTES))
        self._rest = sound[whole:]

    def take(self) -> bytes:
        """The next block for the line; silence where the microphone gave none, or is muted."""
        self._is_flowing = bool(self._blocks) if self._is_flowing else len(self._blocks) >= _AHEAD_BLOCKS
        block = self._blocks.popleft() if self._is_flowing else SILENCE
        return SILENCE if self.muted else block


class Ear(threading.Thread):
    """Plays what comes from the line on the loudspeaker; waits for it in a thread of its own.

    One that is missing, or goes away, is looked for until it comes.

    Args:
        tell: called in that thread with False when there is none, and with True when one is there again;
            never after `close`. Returns at once.
        make_speaker: opens it.
        most_blocks: that may wait to be heard; beyond that the oldest are dropped.
    """

    def __init__(
        self,
        tell: Callable[[bool], None],
        make_speaker: Callable[[], Speaker] = PortAudioSpeaker,
        most_blocks: int = _EAR_BLOCKS,
    ) -> None:
        super().__init__(name="ear", daemon=True)
        self._tell, self._make_speaker = tell, make_speaker
        self._is_there = True
        self._changed = threading.Condition()
        self._blocks: deque[bytes] = deque(maxlen=most_blocks)
        self._is_over = False

    def hear(self, block: bytes) -> None:
        """Take the next block; does not wait."""
        with self._changed:
            self._blocks.append(block)
            self._changed.notify()

    def close(self) -> None:
        """Let the loudspeaker go; what was not heard yet is dropped."""
        with self._changed:
            self._is_over = True
            self._changed.notify()

    def run(self) -> None:
        """Play until closed."""
        while not self._is_over:
            try:
                self._play()
            except OSError:
                self._note(False)
                with self._changed:
                    self._changed.wait_for(lambda: self._is_over, RETRY_SECONDS)

    def _play(self) -> None:
        speaker = self._make_speaker()
        try:
            while (block := self._next()) is not None:
                speaker.write(np.frombuffer(block, np.int16).reshape(-1, 1))
                self._note(True)
        finally:
            speaker.close()

    def _note(self, there: bool) -> None:
        with self._changed:
            if there != self._is_there and not self._is_over:
                self._is_there = there
                self._tell(there)

    def _next(self) -> bytes | None:
        with self._changed:
            self._changed.wait_for(lambda: self._blocks or self._is_over)
            return None if self._is_over else self._blocks.popleft()


def side_by_side(operator: bytes, respondent: bytes) -> Samples:
    """Two blocks of the same moment as frames × 2."""
    return np.stack([np.frombuffer(operator, np.int16), np.frombuffer(respondent, np.int16)], axis=1)
