"""Kill the window at random moments of an interview: no ticked answer is lost, and it goes on where it was.

`SOAK_MOMENTS` says how many moments (100 if not set), `SOAK_SEED` makes a run that failed happen again.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cati.audio.codec import SAMPLE_RATE
from cati.audio.reader import Reader
from cati.base import settings
from cati.base.errors import CatiError
from cati.bootstrap import Station, open_station
from cati.domain.queue import CaseState
from cati.sealing.keyring import Secret
from cati.services import programmes
from tests.flow.station import StationFolder, demo_session
from tests.rig.waiting import wait_until
from tests.rig.window import Window

MOMENTS = int(os.environ.get("SOAK_MOMENTS", "100"))
SEED = int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(10**6))
LATEST_KILL = 6.0
"""Seconds after dialling."""
SCREENING = ("opening", "identity", "recording", "adult")
"""Questions at which another answer than the first would end the interview."""
OPEN = "opinion"
"""A question that is answered in words, which are typed slowly."""
LONGEST_PAUSE = 0.2
"""Seconds between two keys."""
MAY_LOSE = 1.0
"""Seconds at the end of a recording."""
MAY_FORGET = 2.0
"""Seconds of typing."""
WATCHED = str(Path(__file__).with_name("watched_window.py"))


@dataclass
class Screen:
    """What the watched window wrote down: `shown` holds all of it, oldest first."""

    file: Path
    _from: int = 0
    shown: list[dict[str, Any]] = field(default_factory=list)

    def read(self) -> list[dict[str, Any]]:
        """All whole lines so far."""
        if self.file.exists():
            with self.file.open("rb") as lines:
                lines.seek(self._from)
                for line in lines:
                    if not line.endswith(b"\n"):
                        break
                    self._from += len(line)
                    self.shown.append(json.loads(line))
        return self.shown

    @property
    def now(self) -> dict[str, Any]:
        """What is on the screen."""
        return self.read()[-1] if self.read() else {}

    def wait_phase(self, *phases: str) -> dict[str, Any]:
        """Wait until the window is in one of these phases with nothing under way."""
        wait_until(
            lambda: self.now.get("phase") in phases and not self.now.get("committing"),
            f"the window to be {' or '.join(phases)}, not {self.now}",
            40,
        )
        return self.now


class Killer(threading.Thread):
    """Kills a window at its own moment, whatever is going on there.

    Args:
        process: of the window.
        after: seconds from now.
        with_recorder: kill the recorder too, as a power cut does; else it finds its window gone.
    """

    def __init__(self, process: int, after: float, with_recorder: bool) -> None:
        super().__init__()
        self._process, self._after, self._with_recorder = process, after, with_recorder
        self.at = 0.0
        self.recorders: list[int] = []

    def run(self) -> None:
        threading.Event().wait(self._after)
        children = Path(f"/proc/{self._process}/task/{self._process}/children").read_text("ascii")
        self.recorders = [int(child) for child in children.split()]
        self.at = time.time()
        os.kill(self._process, signal.SIGKILL)
        for recorder in self.recorders if self._with_recorder else ():
            os.kill(recorder, signal.SIGKILL)


@dataclass
class Killed:
    """What was on a window's screen when it was killed (at `at`, seconds since 1970) and what was stored.

    Attributes:
        screen: all that it showed, oldest first.
        stored: answers of the interview on screen, by item.
    """

    at: float
    screen: list[dict[str, Any]]
    stored: dict[str, str]

    @property
    def last(self) -> dict[str, Any]:
        """What stood there last."""
        return self.screen[-1]

    def typed(self) -> str:
        """What had stood in the field long enough to come back; the question was shown to the end."""
        said = ""
        for shown in self.screen:
            if (shown.get("interview"), shown.get("question")) != (self.last.get("interview"), OPEN):
                said = ""
            elif shown["at"] <= self.at - MAY_FORGET:
                said = shown["typed"]
        return said

    def ticked(self) -> dict[str, str]:
        """The answers of the case on screen that had their tick, by item."""
        found: dict[str, str] = {}
        for shown in self.screen:
            if shown.get("interview") == self.last.get("interview"):
                found |= {item: shown["answers"][item] for item in shown.get("ticked") or ()}
        return found


@dataclass
class Tally:
    """What a run came to."""

    moments: int = 0
    ticked: int = 0
    on_question: int = 0
    typed: int = 0
    same_question: int = 0
    recordings: int = 0
    longest_loss: float = 0.0


@pytest.fixture
def station(tmp_path: Path) -> StationFolder:
    """The demonstration, ready to call."""
    given = settings.load({"data_folder": str(tmp_path / "data"), "language": "en"})
    made = open_station(given, demonstration=True, tell=lambda done, total: None)
    assert isinstance(made, Station)
    made.close()
    return StationFolder(given.data_folder)


@pytest.mark.usefixtures("pulse", "x_display")
def test_no_ticked_answer_is_lost_and_every_recording_plays(station: StationFolder, tmp_path: Path) -> None:
    print(f"SOAK_SEED={SEED}")
    chance, tally = random.Random(SEED), Tally()
    with station.opened() as opened:
        ctx = demo_session(opened)
        key = ctx.keys.secret(programmes.get(ctx).id, Secret.RECORDING)
    before: Killed | None = None
    for nth in range(MOMENTS):
        before = one_moment(station, chance, tmp_path / f"screen-{nth}.jsonl", before, tally)
        check_ticks(before, tally)
        check_recording(station, before, key, tally)
        tally.moments += 1
    print(tally)
    assert tally.on_question >= MOMENTS // 3
    assert tally.same_question >= MOMENTS // 4
    assert tally.recordings >= MOMENTS // 4


def one_moment(
    station: StationFolder, chance: random.Random, file: Path, before: Killed | None, tally: Tally
) -> Killed:
    """Open the window, see that it goes on where it was killed, and kill it during an interview."""
    screen = Screen(file)
    window = Window(station.folder, (sys.executable, WATCHED, str(file)), CATI_LANGUAGE="en")
    try:
        screen.wait_phase("door")
        window.press("Return")
        # Whoever had answered all that must be answered is not called again: only the outcome is asked.
        ready = screen.wait_phase("ready", "wrap_up")
        assert station.count("recordings", "size is null") == 0
        if before is not None:
            check_return(station, before, ready)
        killer = Killer(window.process.pid, chance.uniform(0.05, LATEST_KILL), chance.random() < 0.5)
        killer.start()
        interview(window, screen, chance)
        killer.join()
    finally:
        window.kill()
    wait_until(lambda: not any(map(is_alive, killer.recorders)), "the recorder to end", 15)
    shown = screen.read()
    if before is not None:
        check_question(before, shown, tally)
    return Killed(killer.at, shown, stored_answers(station, shown[-1].get("interview")))


def interview(window: Window, screen: Screen, chance: random.Random) -> None:
    """Press what the screen asks for until the window is gone, now quickly, now slowly."""
    pause = threading.Event()
    while window.is_open():
        key = key_for(screen.now, chance)
        if key:
            window.press(key)
        pause.wait(chance.uniform(0, LONGEST_PAUSE))


def key_for(shown: dict[str, Any], chance: random.Random) -> str:
    """The key an operator would press next; empty while something is under way."""
    if shown.get("committing"):
        return ""
    match shown["phase"], shown.get("question"):
        case (("ready" | "dialling" | "wrap_up"), _):
            return "Return"
        case "connected", None:
            return "F10"
        case "connected", question if question in SCREENING:
            return "1"
        case "connected", question if question == OPEN:
            return chance.choice("abcdefgh") if chance.random() < 0.95 else "Return"
        case "connected", _:
            return chance.choice(shown["keys"]) if shown["keys"] else "Return"
        case _:
            return ""


def stored_answers(station: StationFolder, interview: str | None) -> dict[str, str]:
    """The answers of an interview that hold."""
    return dict(
        station.rows("select item, value from answers where interview_id = ? order by seq", interview)
    )


def check_ticks(killed: Killed, tally: Tally) -> None:
    """Every answer that had its tick is stored as it was given."""
    ticked = killed.ticked()
    lost = {item: value for item, value in ticked.items() if killed.stored.get(item) != value}
    assert lost == {}, f"{killed.last} had these ticked, and they are not stored"
    tally.ticked += len(ticked)
    tally.on_question += killed.last.get("question") is not None


def check_return(station: StationFolder, before: Killed, ready: dict[str, Any]) -> None:
    """The case that was on the desk is handed to its operator again with its answers."""
    case = before.last.get("case")
    if case is None or ready["case"] != case:
        # It was settled at that moment, or nothing was on the desk: then nobody holds it any more.
        held = station.rows("select id from cases where state = ?", int(CaseState.HELD))
        assert held == [(ready["case"],)]
        return
    if before.stored:
        assert ready["answers"] == before.stored


def check_question(before: Killed, shown: list[dict[str, Any]], tally: Tally) -> None:
    """Connected again, the same question stands there in the same words."""
    first = next((line for line in shown if line.get("question") is not None), None)
    if first is None or first["interview"] != before.last.get("interview"):
        return
    assert first["question"] not in before.stored
    said = before.typed()
    if said:
        assert (first["question"], first["typed"][: len(said)]) == (OPEN, said), "typed words are lost"
        tally.typed += 1
    if before.last["question"] is not None and before.stored == before.last["answers"]:
        assert (first["question"], first["words"]) == (before.last["question"], before.last["words"])
        tally.same_question += 1


def check_recording(station: StationFolder, killed: Killed, key: bytes, tally: Tally) -> None:
    """The recording that ran then plays up to a second before the kill."""
    found = station.rows(
        "select id, attempt_id, file, started_at from recordings where size is null order by started_at"
    )
    if not found:
        return
    _recording, attempt, file, started = found[-1]
    starts = [seconds(started)] + [
        seconds(at) - offset / 1000
        for at, offset in station.rows(
            "select at, offset_ms from answers where attempt_id = ? and offset_ms is not null", attempt
        )
    ]
    path = station.folder / "recordings" / file
    lasted = played(path, key) if path.exists() else 0.0
    lost = killed.at - max(starts) - lasted
    tally.longest_loss = max(tally.longest_loss, lost)
    tally.recordings += 1
    assert lost <= MAY_LOSE, f"{path.name}: {lasted:.2f} s of it play, {lost:.2f} s are lost"


def played(path: Path, key: bytes) -> float:
    """Seconds that can be decoded from a file that may have no end."""
    try:
        with Reader(path, key) as reader:
            return len(reader.read(0, reader.duration_ms)) / SAMPLE_RATE
    except CatiError:
        # Killed before its header was written: nothing of it plays.
        return 0.0


def seconds(stored: str) -> float:
    """A stored moment as seconds since 1970."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC).timestamp()


def is_alive(process: int) -> bool:
    """Whether a process still runs; a killed one that nobody has waited for does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
