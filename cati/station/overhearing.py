"""A running call as a supervisor hears it: fetched piece by piece, opened, played, and never kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

import numpy as np

from cati.audio import levels, sharing
from cati.audio.codec import BLOCK_FRAMES, Samples
from cati.audio.playback import PortAudioSpeaker, Speaker, Voice, mix
from cati.audio.sharing import Piece
from cati.base import logging
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.services import listening
from cati.services.context import Context
from cati.services.listening import Begun
from cati.telephony.voices import BLOCK_BYTES, Ear

FETCH_SECONDS = 0.1
SILENCE_SECONDS = 10.0
"""When the operator's station has given nothing for so long, listening ends."""
MOST_BEHIND_BLOCKS = 25
"""Blocks of 20 ms that may wait for the loudspeaker: what is heard never falls further behind than that."""
CLOSE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Overheard:
    """How listening stands.

    Attributes:
        on: it goes on.
        is_heard: sound has come.
        levels: of operator and respondent, 0 to 1; one where one was recorded.
        fault: why it ended, if not because the call did or the listener wanted it.
    """

    on: bool = True
    is_heard: bool = False
    levels: tuple[float, ...] = ()
    fault: CatiError | None = None


class Overhearing(threading.Thread):
    """One call listened to; `state` may be read from any thread.

    Args:
        ctx: of somebody who may hear interviews.
        begun: what the audit log knows of already.
        make_speaker: opens a loudspeaker; called in a thread of its own.
        fetch_seconds, silence_seconds: see the constants.
    """

    def __init__(
        self,
        ctx: Context,
        begun: Begun,
        make_speaker: Callable[[], Speaker] = PortAudioSpeaker,
        *,
        fetch_seconds: float = FETCH_SECONDS,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        super().__init__(name="overhearing", daemon=True)
        self.begun = begun
        self._ctx, self._fetch_seconds, self._silence_seconds = ctx, fetch_seconds, silence_seconds
        self._halt = threading.Event()
        self._deaf = threading.Event()
        self._ear = Ear(self._hears, make_speaker, MOST_BEHIND_BLOCKS)
        self._meter = levels.LevelMeter()
        self._rest = b""
        self.state = Overheard()

    @property
    def operator(self) -> str:
        """Name of who is listened to."""
        return self.begun.operator

    @property
    def since(self) -> datetime:
        """When it began (aware)."""
        return self.begun.at

    def quit(self) -> None:
        """Listen no more; waits for nothing."""
        self._halt.set()

    def close(self) -> None:
        """Listen no more, and wait until that is noted."""
        self.quit()
        self.join(CLOSE_SECONDS)

    def run(self) -> None:
        """Fetch and play until the call, the right or the wish to hear it ends."""
        fault: CatiError | None = None
        self._ear.start()
        try:
            pieces = self._pieces()
            first = next(pieces, None)
            if first is not None:
                for samples in sharing.decoded(chain((first,), pieces), first.channels):
                    self._play(samples)
        except CatiError as refused:
            fault = refused
        finally:
            self._ear.close()
            fault = self._noted() or fault
            self.state = replace(self.state, on=False, levels=(), fault=fault)

    def _hears(self, there: bool) -> None:
        if not there:
            self._deaf.set()

    def _noted(self) -> CatiError | None:
        try:
            listening.end(self._ctx, self.begun.id)
        except CatiError as refused:
            # Whoever listens next has it noted.
            logging.info("listening_not_ended", code=refused.code)
            return refused
        return None

    def _pieces(self) -> Iterator[Piece]:
        """What comes, in order, until the last one."""
        heard_of, last = time.monotonic(), 0
        while not self._halt.is_set():
            found = listening.take(self._ctx, self.begun.id, last)
            if found is None:
                return
            if self._deaf.is_set():
                raise _no_speaker()
            if not found:
                if time.monotonic() - heard_of > self._silence_seconds:
                    raise _nothing_comes(self.operator)
                self._halt.wait(self._fetch_seconds)
                continue
            heard_of = time.monotonic()
            for seq, sealed in found:
                last = seq
                piece = sharing.opened(self.begun.key, self.begun.id, seq, sealed)
                if piece is not None and piece.last:
                    return
                if piece is not None:
                    yield piece

    def _play(self, samples: Samples) -> None:
        for start in range(0, len(samples), BLOCK_FRAMES):
            found = self._meter.feed(samples[start : start + BLOCK_FRAMES])
            if found is not None:
                heights = tuple(levels.meter(one.peak) for one in found)
                self.state = replace(self.state, is_heard=True, levels=heights)
        sound = self._rest + np.ascontiguousarray(mix(samples, Voice.BOTH)).tobytes()
        whole = len(sound) // BLOCK_BYTES * BLOCK_BYTES
        for begin in range(0, whole, BLOCK_BYTES):
            self._ear.hear(sound[begin : begin + BLOCK_BYTES])
        self._rest = sound[whole:]


def _no_speaker() -> CatiError:
    return CatiError(
        "no_speaker_to_listen",
        N_("No loudspeaker or headset can be used, so listening was ended. Plug one in, then listen again."),
    )


def _nothing_comes(operator: str) -> CatiError:
    return CatiError(
        "nothing_to_hear",
        N_(
            "The station of {operator} gives no sound, so listening was ended. Its line to the server may be "
            "down. The call and its recording go on."
        ),
        operator=operator,
    )
