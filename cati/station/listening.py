"""Where recordings of this station are heard: opened by right, played, drawn, and every listening noted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cati.audio.playback import Player, State, Voice
from cati.audio.reader import Marker
from cati.audio.tape import Piece, Tape
from cati.audio.waveform import Peaks, fill
from cati.base.errors import CatiError
from cati.services import recordings, review
from cati.services.context import Context
from cati.services.review import Sound

__all__ = ["Hearing", "ListeningRoom", "Marker", "State", "Voice"]

CLOSE_SECONDS = 2.0


@dataclass
class Hearing:
    """One interview's recordings, opened.

    Attributes:
        player: plays them; quit it when done.
        peaks: their picture, empty until `draw`.
    """

    tape: Tape
    player: Player
    peaks: Peaks

    @property
    def channels(self) -> int:
        """1 when only the operator's microphone was recorded, else 2."""
        return self.tape.channels

    @property
    def complete(self) -> bool:
        """Whether every recording is there and whole."""
        return self.tape.complete

    @property
    def faults(self) -> Sequence[CatiError]:
        """What keeps some of it from being heard."""
        return self.tape.faults

    @property
    def audible(self) -> bool:
        """Whether there is anything to hear."""
        return self.tape.audible

    def places(self, kind: str) -> list[int]:
        """Where something of a kind was noted while recording, in milliseconds."""
        return [place for place, noted in self.tape.markers if noted == kind]

    def draw(self, tell: Callable[[float], None]) -> None:
        """Fill the picture (takes a while).

        Args:
            tell: gets the share done, 0 to 1; may raise to stop.
        """
        fill(self.peaks, self.tape.stream(), tell)

    def close(self) -> None:
        """Stop playing."""
        self.player.quit()


class ListeningRoom:
    """Opens recordings for one session.

    Args:
        ctx: of somebody who may listen.
        folder: the station's recordings.
    """

    def __init__(self, ctx: Context, folder: Path) -> None:
        self._ctx, self._folder = ctx, folder
        self._players: list[Player] = []

    def open(self, sounds: Sequence[Sound]) -> Hearing:
        """Open the recordings of an interview (blocks on database and disk); the audit log keeps who did.

        What is on another station, or gone, is silent and named in the faults.

        Raises:
            CatiError: ``not_allowed``, or that the user holds no recording key.
        """
        pieces = []
        for sound in sounds:
            found, key = recordings.release(self._ctx, sound.recording_id, "listen")
            pieces.append(Piece(found.id, self._folder / found.file, key, sound.start_ms, sound.duration_ms))
        tape = Tape(pieces)
        player = Player(tape, lambda start, end: self._note(tape, start, end))
        player.start()
        self._players = [*(other for other in self._players if other.is_alive()), player]
        return Hearing(tape, player, Peaks(tape.channels, tape.duration_ms))

    def _note(self, tape: Tape, start_ms: int, end_ms: int) -> None:
        for recording, first, last in tape.recorded(start_ms, end_ms):
            review.listened(self._ctx, recording, first, last)

    def close(self) -> None:
        """Stop whatever plays, and wait until it is noted."""
        for player in self._players:
            player.quit()
        for player in self._players:
            player.join(CLOSE_SECONDS)
