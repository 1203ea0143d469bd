"""Where recordings and running calls are heard: opened by right, played, drawn, and every listening noted."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cati.audio.container import SUFFIX, damaged
from cati.audio.playback import Player, State, Voice
from cati.audio.reader import Marker
from cati.audio.tape import Piece, Tape
from cati.audio.waveform import Peaks, fill
from cati.base.errors import CatiError
from cati.domain.programmes import LoadedProgramme
from cati.services import listening, recordings, review
from cati.services.context import Context
from cati.services.recordings import Kept, StoredRecording
from cati.services.review import Sound
from cati.station.archive_mover import Reading
from cati.station.archive_place import Address, ArchivePlace, Step
from cati.station.overhearing import Overhearing

__all__ = ["Hearing", "ListeningRoom", "Marker", "State", "Voice"]

CLOSE_SECONDS = 2.0
FETCHED = "fetched"
"""Folder of what was brought back from the archive, for as long as it is open."""


@dataclass
class Hearing:
    """One interview's recordings, opened.

    Attributes:
        player: plays them; quit it when done.
        peaks: their picture, empty until `draw`.
        let_go: what was fetched for it is not wanted any more; twice does nothing.
    """

    tape: Tape
    player: Player
    peaks: Peaks
    let_go: Callable[[], None] = lambda: None

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
        self.let_go()


@dataclass
class _Files:
    """Where the recordings of an interview lie, and what was fetched for them."""

    paths: list[Path]
    fetched: list[Path] = field(default_factory=list)
    faults: list[CatiError] = field(default_factory=list)

    def remove(self) -> None:
        for file in self.fetched:
            # Elsewhere than on Linux it stays while a player still has it; the next start removes it.
            with suppress(OSError):
                file.unlink(missing_ok=True)


class ListeningRoom:
    """Opens recordings for one session.

    Args:
        ctx: of somebody who may listen.
        folder: the station's recordings.
        reading: told what is open here.
        archive: where recordings are that are not here; None without one.
        fetched: folder for those while they are open.
    """

    def __init__(
        self,
        ctx: Context,
        folder: Path,
        reading: Reading | None = None,
        archive: Address | None = None,
        fetched: Path | None = None,
    ) -> None:
        self._ctx, self._folder = ctx, folder
        self._reading, self._archive = reading or Reading(), archive
        self._fetched = fetched or folder.with_name(FETCHED)
        self._players: list[Player] = []
        self._overhearing: Overhearing | None = None

    @property
    def fetches(self) -> bool:
        """Whether opening may take as long as a file takes to come from the archive."""
        return self._archive is not None

    def open(self, sounds: Sequence[Sound], tell: Callable[[float], None] = lambda _share: None) -> Hearing:
        """Open the recordings of an interview (blocks on database and disk); the audit log keeps who did.

        What is not here is fetched from the archive and stays until it is closed. What is on another station,
        or gone, is silent and named in the faults.

        Args:
            sounds: its recordings.
            tell: gets the share that was fetched, 0 to 1; may raise to stop.

        Raises:
            CatiError: ``not_allowed``, or that the user holds no recording key.
        """
        ids = [sound.recording_id for sound in sounds]
        self._reading.begin(*ids)
        try:
            released = [recordings.release(self._ctx, one, "listen") for one in ids]
            files = self._files([found for found, _key in released], tell)
        except BaseException:
            self._reading.end(*ids)
            raise
        pieces = [
            Piece(found.id, file, key, sound.start_ms, sound.duration_ms)
            for sound, (found, key), file in zip(sounds, released, files.paths, strict=True)
        ]
        tape = Tape(pieces)
        tape.faults += files.faults
        player = Player(tape, lambda start, end: self._note(tape, start, end))
        player.start()
        self._players = [*(other for other in self._players if other.is_alive()), player]
        return Hearing(tape, player, Peaks(tape.channels, tape.duration_ms), self._letting_go(ids, files))

    def overhear(self, programme: LoadedProgramme, operator_id: int) -> Overhearing:
        """Listen to the call that an operator is in (blocks on the database); the audit log knows it first.

        Args:
            programme: in hand.
            operator_id: row number of the operator.

        Raises:
            CatiError: as `cati.services.listening.begin`.
        """
        if self._overhearing is not None:
            self._overhearing.close()
        made = Overhearing(self._ctx, listening.begin(self._ctx, programme, operator_id))
        self._overhearing = made
        made.start()
        return made

    def _files(self, wanted: Sequence[StoredRecording], tell: Callable[[float], None]) -> _Files:
        """Where each lies; those that are not here are fetched."""
        here = [self._folder / found.file for found in wanted]
        absent = [n for n, file in enumerate(here) if not file.is_file()]
        files = _Files(here)
        if not absent or self._archive is None:
            return files
        known = {k.id: k for k in recordings.whereabouts(self._ctx, [wanted[n].id for n in absent])}
        total = sum(kept.size or 0 for kept in known.values() if kept.sha256) or 1
        done = 0

        def step(size: int) -> None:
            nonlocal done
            done += size
            tell(min(1.0, done / total))

        try:
            with closing(ArchivePlace(self._archive)) as place:
                for number in absent:
                    kept = known.get(wanted[number].id)
                    if kept is not None and kept.sha256 is not None:
                        self._fetch(place, kept, files, number, step)
        except CatiError as fault:
            files.faults.append(fault)
        except BaseException:
            # Whoever waited gave up.
            files.remove()
            raise
        return files

    def _fetch(self, place: ArchivePlace, kept: Kept, files: _Files, number: int, step: Step) -> None:
        target = self._fetched / f"{uuid.uuid4()}{SUFFIX}"
        files.fetched.append(target)
        content = place.fetch(kept.file, target, step)
        if content is None:
            return
        files.paths[number] = target
        if content.sha256 != kept.sha256:
            files.faults.append(damaged(Path(kept.file).name))

    def _letting_go(self, ids: Sequence[str], files: _Files) -> Callable[[], None]:
        open_ = [True]

        def let_go() -> None:
            if open_:
                open_.clear()
                self._reading.end(*ids)
                files.remove()

        return let_go

    def _note(self, tape: Tape, start_ms: int, end_ms: int) -> None:
        for recording, first, last in tape.recorded(start_ms, end_ms):
            review.listened(self._ctx, recording, first, last)

    def close(self) -> None:
        """Stop whatever is heard, and wait until it is noted."""
        if self._overhearing is not None:
            self._overhearing.close()
        for player in self._players:
            player.quit()
        for player in self._players:
            player.join(CLOSE_SECONDS)
