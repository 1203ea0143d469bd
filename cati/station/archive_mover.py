"""Moves finished recordings of a station into the archive, while the operator works.

A recording goes in steps, each of which may be cut and done again: written there under a partial name, read
back, given its name, noted in the database, removed here. It is never removed before the database says that
it lies there with the size and the hash that the file has here.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cati.audio.container import SUFFIX
from cati.base import logging
from cati.base.errors import CatiError, reason_of
from cati.base.i18n import mark as N_
from cati.services import recordings
from cati.services.context import Context
from cati.services.recordings import Kept
from cati.station.archive_place import Address, ArchivePlace, Content, content_of

PAUSE_SECONDS = 60.0
"""How long after a look at the folder it looks again."""
STOP_SECONDS = 5.0
_OF_ONE = frozenset({"archive_differs", "archive_other", "archived_otherwise"})
"""What is wrong with one file alone: the others go on."""
_NICE = 15


class Reading:
    """The recordings that somebody has open here: their files stay."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count: Counter[str] = Counter()

    def begin(self, *ids: str) -> None:
        """They are wanted from now on."""
        with self._lock:
            self._count.update(ids)

    def end(self, *ids: str) -> None:
        """They are wanted no longer, by whoever began."""
        with self._lock:
            self._count.subtract(ids)

    @contextmanager
    def free(self, recording_id: str) -> Iterator[bool]:
        """Whether nobody has one open; while this lasts nobody opens any."""
        with self._lock:
            yield self._count[recording_id] <= 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How it stands with a station's recordings.

    Attributes:
        place: the archive's address; empty while there is none.
        waiting: finished recordings that are still here.
        waiting_bytes: their size.
        moved: how many went since the station was opened.
        others: files that this session may not move: a colleague's, on a floor.
        fault: why it does not go on, if it does not.
    """

    place: str = ""
    waiting: int = 0
    waiting_bytes: int = 0
    moved: int = 0
    others: int = 0
    fault: CatiError | None = None


class Mover:
    """Moves what is finished; one for each data folder.

    Args:
        ctx: of whoever is signed in.
        folder: the station's recordings.
        where: the archive.
        reading: what is open here.
    """

    def __init__(self, ctx: Context, folder: Path, where: Address, reading: Reading) -> None:
        self._ctx, self._folder, self._where, self._reading = ctx, folder, where, reading
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.progress = Progress(where.url)

    # ---- in the background -----------------------------------------------------------------------

    def start(self) -> None:
        """Move again and again, on a thread that lets all others go first, until told to stop."""
        self._thread = threading.Thread(target=self._serve, name="archive", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Move no more; what is under way is begun anew another time."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _serve(self) -> None:
        if sys.platform == "linux":
            # There a thread has a rank of its own.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        while not self._stop.is_set():
            try:
                self.move_all()
            except CatiError as refused:
                logging.info("archive_waits", code=refused.code)
            except Exception as fault:  # nobody's work hangs on it: it is tried again
                logging.fault("archive", fault)
            self._stop.wait(PAUSE_SECONDS)

    # ---- once ------------------------------------------------------------------------------------

    def look(self) -> Progress:
        """See what waits (blocks on disk and database).

        Raises:
            CatiError: as `recordings.whereabouts`.
        """
        self._waiting()
        return self.progress

    def _waiting(self) -> list[tuple[Path, Kept]]:
        here = {file.stem: file for file in sorted(self._folder.rglob(f"*{SUFFIX}"))}
        known = {kept.id: kept for kept in recordings.whereabouts(self._ctx, list(here))}
        found = [
            (file, known[name])
            for name, file in here.items()
            if name in known
            and known[name].ended
            # Whatever lies elsewhere than it was recorded was put there by somebody.
            and file == self._folder / known[name].file
        ]
        size = sum(file.stat().st_size for file, _kept in found)
        others = len(here) - len(known)
        self.progress = replace(self.progress, waiting=len(found), waiting_bytes=size, others=others)
        return found

    def move_all(self, tell: Callable[[int, int], None] = lambda _done, _all: None) -> Progress:
        """Move everything that is finished.

        What is open here is put there and stays here too, until the next time.

        Args:
            tell: gets files done and files in all.

        Raises:
            CatiError: ``archive_away``, ``archive_stopped`` and what the database refuses; what went until
                then is gone from here. What is wrong with single files is the progress's `fault`.
        """
        found = self._waiting()
        self.progress = replace(self.progress, fault=None)
        try:
            if found:
                with closing(ArchivePlace(self._where)) as place:
                    for number, (file, kept) in enumerate(found):
                        tell(number, len(found))
                        self._move(place, file, kept)
                tell(len(found), len(found))
        except CatiError as refused:
            self.progress = replace(self.progress, fault=refused)
            raise
        return self.progress

    def _move(self, place: ArchivePlace, file: Path, kept: Kept) -> None:
        try:
            here = content_of(file)
            if place.put(file, kept.file, self._hold_back) != here:
                raise _differs(kept.file)
            recordings.note_archived(self._ctx, kept.id, place=place.name, size=here.size, sha256=here.sha256)
            gone = self._let_go(file, kept.id, here)
        except OSError as refused:
            fault = _unreadable(file.name, refused)
            self.progress = replace(self.progress, fault=fault)
            return
        except CatiError as refused:
            if refused.code not in _OF_ONE:
                raise
            self.progress = replace(self.progress, fault=refused)
            return
        if gone:
            now = self.progress
            size = max(0, now.waiting_bytes - here.size)
            self.progress = replace(now, waiting=now.waiting - 1, waiting_bytes=size, moved=now.moved + 1)

    def _let_go(self, file: Path, recording_id: str, content: Content) -> bool:
        with self._reading.free(recording_id) as free:
            if not free or content_of(file) != content:
                return False
            file.unlink()
        logging.info("recording_archived", recording_id=recording_id, bytes=content.size)
        return True

    def _hold_back(self, size: int) -> None:
        """Wait after each piece so long that no more goes in a second than may."""
        rate = self._where.rate * 1024
        if self._stop.wait(size / rate if rate else 0):
            raise CatiError("archive_stopped", N_("Moving recordings into the archive was stopped."))


def _differs(file: str) -> CatiError:
    return CatiError(
        "archive_other",
        N_(
            "In the archive lies another file by the name {file}. It was left as it is, and the recording "
            "was kept here. Have both examined: “cati recording verify”."
        ),
        file=file,
    )


def _unreadable(file: str, refused: OSError) -> CatiError:
    return CatiError(
        "archive_unread",
        N_("The recording {file} cannot be read or removed here ({reason}). Have the disk examined."),
        file=file,
        reason=reason_of(refused),
    )
