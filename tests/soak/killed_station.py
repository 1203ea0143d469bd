"""A station of a floor whose operator works on whatever becomes of the line, in a process that is killed."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import TypeVar
from unittest.mock import patch

from cati.base import settings
from cati.base.errors import CatiError
from cati.bootstrap import Station, open_station
from cati.domain.call import Phase
from cati.station import workplace
from cati.station.runner import CallRunner, Listeners
from cati.station.workplace import Workplace
from tests.station.desk import ANSWERS, Recorder
from tests.station.office import PASSWORD

Made = TypeVar("Made")
PAUSE = 0.02
"""Seconds until an operator tries again what was refused."""


class SilentRecorder(Recorder):
    """Takes the place of the recorder's process."""

    def __init__(self, _on_event: object, **_options: object) -> None:
        super().__init__()

    def close(self) -> None:
        """There is nothing to close."""


def ticks(folder: Path) -> Path:
    """Where each tick is written down as interview and number."""
    return folder / "ticks"


def work_on(url: str, folder: Path, login: str, seed: int, at_work: Event, pace: float = 0.0) -> None:
    """Interview one person after the other until killed.

    Args:
        at_work: is set when the first is in hand.
        pace: seconds that each answer takes.
    """
    patch.object(workplace, "RecorderProcess", SilentRecorder).start()
    chosen = settings.load({"data_folder": str(folder), "database": url, "station": f"pc-{login}"})
    station = _opened(chosen)
    session = _tried(lambda: station.sign_in(login, PASSWORD))
    file = os.open(ticks(folder), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def tick(seq: int) -> None:
        # Without a question in between, a tick is of the interview in hand.
        os.write(file, f"{place.runner.call.interview_id} {seq}\n".encode())

    place = _tried(
        lambda: station.workplace(
            session,
            schedule=lambda job: job(),
            listeners=Listeners(saved=tick),
            show_number=lambda _number: None,
            on_sound=lambda _sound: None,
        )
    )
    chance = random.Random(seed)
    arrived = False
    while True:
        try:
            if not arrived:
                place.arrive()
                arrived = True
            _interview(place, chance, at_work, pace)
        except CatiError:
            _pause()


def _opened(chosen: settings.Settings) -> Station:
    found = _tried(lambda: open_station(chosen, demonstration=False, tell=lambda _done, _total: None))
    assert isinstance(found, Station)
    return found


def _tried(step: Callable[[], Made]) -> Made:
    """What a step gives, tried again as long as the server is away."""
    while True:
        try:
            return step()
        except CatiError:
            _pause()


def _pause() -> None:
    threading.Event().wait(PAUSE)


def _interview(place: Workplace, chance: random.Random, at_work: Event, pace: float) -> None:
    runner = place.runner
    if _is_in(runner, Phase.IDLE):
        case = place.claim()
        if case is None:
            os._exit(1)  # there was nobody left to be called
        runner.take(case)
        at_work.set()
    while _is_in(runner, Phase.READY):
        runner.dial()
        if _is_in(runner, Phase.READY):
            _pause()
    if _is_in(runner, Phase.DIALLING):
        runner.connect()
        for value in ANSWERS[len(runner.call.answers) :]:
            if not pace and chance.random() < 0.05:
                runner.redial()
                while _is_in(runner, Phase.WRAP_UP):
                    _pause()
                    runner.redial()
                runner.connect()
            runner.answer(value)
            threading.Event().wait(pace)
    runner.settle("complete")


def _is_in(runner: CallRunner, phase: Phase) -> bool:
    return runner.call.phase is phase
