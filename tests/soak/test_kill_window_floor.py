"""Kill the window of a floor's station at random moments of an interview: no ticked answer is lost.

Each time it is opened again it goes on where it was, and what it kept goes to the server by itself. The line
breaks now and then. `SOAK_MOMENTS` says how many moments (40 if not set), `SOAK_SEED` as elsewhere.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cati.base import settings
from cati.base.clock import SystemClock
from cati.domain.attendance import LOCAL
from cati.domain.ports import AnswerEvent
from cati.domain.sound import Heard
from cati.domain.users import Role
from cati.services import programmes, sessions, sound_tests
from cati.services.context import Context
from cati.station import demo
from cati.station.outbox import FILE, Outbox
from cati.station.sender import Sender, serve
from tests.rig.postgres import Postgres
from tests.rig.proxy import Proxy
from tests.rig.waiting import wait_until
from tests.rig.window import Window
from tests.services.floors import Floor, clear, drop_roles, start_floor
from tests.soak.test_kill_window import (
    LATEST_KILL,
    SEED,
    WATCHED,
    Killed,
    Killer,
    Screen,
    Tally,
    check_question,
    interview,
    is_alive,
)
from tests.station.office import PASSWORD

MOMENTS = int(os.environ.get("SOAK_MOMENTS", "40"))
NAME, STATION = "zhou", "pc-window"


@dataclass
class Place:
    """A floor with one station of which the window is opened.

    Attributes:
        folder: the station's.
        address: of the floor, by a line that breaks.
    """

    floor: Floor
    bureau: Context
    proxy: Proxy
    folder: Path

    @property
    def address(self) -> str:
        return self.proxy.url(self.floor.address)

    @property
    def login(self) -> str:
        return self.floor.login(NAME)

    def stored(self) -> set[tuple[str, int, str, str | None]]:
        """Each answer on the server: interview, number, question, value."""
        with self.bureau.database.read() as connection:
            rows = connection.execute(text("select interview_id, seq, item, value from answers"))
            return {tuple(row) for row in rows}

    def kept(self) -> set[tuple[str, int, str, str | None]]:
        """Each answer on the station."""
        if not (self.folder / FILE).exists():
            return set()
        with closing(Outbox(self.folder, self.bureau.clock.now)) as outbox:
            events = [one.envelope.write for one in outbox.kept()]
        return {(e.interview_id, e.seq, e.item, e.value) for e in events if isinstance(e, AnswerEvent)}

    def one(self, statement: str) -> Any:
        with self.bureau.database.read() as connection:
            return connection.scalar(text(statement))


@pytest.fixture
def place(postgres_server: Postgres, tmp_path: Path) -> Iterator[Place]:
    """A floor with the programme of the demonstration, and somebody who may call."""
    made = start_floor(postgres_server)
    proxy = Proxy(postgres_server.port)
    try:
        bureau = made.enter("bureau")
        today = bureau.clock.now().astimezone(LOCAL).date()
        loaded = programmes.store_programme(bureau, demo.moved_to(demo.definition(), today))
        demo.fill(bureau, loaded, {"managed": 4, "service": 8}, 0)
        operator = made.hire(bureau, NAME, Role.OPERATOR)
        clear(operator, bureau, PASSWORD)
        sound_tests.passed(replace(operator, actor=replace(operator.actor, station=STATION)), Heard.WELL)
        yield Place(made, bureau, proxy, tmp_path / "pc")
    finally:
        proxy.close()
        for session in made.sessions:
            session.database.close()
        postgres_server.drop(made.name)
        for pattern in (f"%-{made.mark}", f"{made.name}%"):
            drop_roles(postgres_server, pattern)


@pytest.mark.usefixtures("pulse", "x_display")
def test_no_ticked_answer_of_a_window_on_a_floor_is_lost(place: Place, tmp_path: Path) -> None:
    print(f"SOAK_SEED={SEED}")
    chance, tally, begun = random.Random(SEED), Tally(), time.monotonic()
    ticked: set[tuple[str, str, str]] = set()
    before: Killed | None = None
    for nth in range(MOMENTS):
        before = one_moment(place, chance, tmp_path / f"screen-{nth}.jsonl", before, tally)
        mine = {(before.last["interview"], item, value) for item, value in before.ticked().items()}
        there = {(which, item, value) for which, _, item, value in place.stored() | place.kept()}
        assert mine <= there, f"{before.last} had ticks that are nowhere"
        ticked |= mine
        tally.moments += 1
    drain(place)
    stored = place.stored()
    assert ticked <= {(which, item, value) for which, _, item, value in stored}
    assert place.kept() <= stored
    assert len({(which, seq) for which, seq, *_ in stored}) == len(stored), "an answer is there twice"
    assert place.one("select count(*) from conflicts") == 0
    complete = place.one("select count(*) from cases where state = 4")
    counted = place.one("select sum(completed) from cells")
    assert (counted, place.one("select sum(overshoot) from cells")) == (complete, 0)
    took = time.monotonic() - begun
    print(f"{MOMENTS} kills in {took:.0f} s: {len(ticked)} ticks, {len(stored)} answers, {complete} complete")
    print(tally)
    assert tally.on_question >= MOMENTS // 3


def one_moment(
    place: Place, chance: random.Random, file: Path, before: Killed | None, tally: Tally
) -> Killed:
    """Open the window, see that it goes on where it was killed, and kill it during an interview."""
    screen = Screen(file)
    command = (sys.executable, WATCHED, str(file), place.login, PASSWORD)
    window = Window(place.folder, command, CATI_LANGUAGE="en", CATI_DB=place.address, CATI_STATION=STATION)
    try:
        screen.wait_phase("door")
        window.press("Return")
        ready = screen.wait_phase("ready", "wrap_up")
        if before is not None:
            check_return(place, before, ready)
        broken = chance.random() < 0.25
        killer = Killer(window.process.pid, chance.uniform(0.05, LATEST_KILL), chance.random() < 0.5)
        killer.start()
        if broken:
            wait_until(lambda: screen.now.get("phase") == "connected" or not window.is_open(), "a call", 60)
            place.proxy.down()
        interview(window, screen, chance)
        killer.join()
    finally:
        window.kill()
        place.proxy.up()
    wait_until(lambda: not any(map(is_alive, killer.recorders)), "the recorder to end", 15)
    shown = screen.read()
    if before is not None:
        check_question(before, shown, tally)
    which = shown[-1].get("interview")
    answers = sorted(
        (seq, item, value) for i, seq, item, value in place.stored() | place.kept() if i == which
    )
    tally.on_question += shown[-1].get("question") is not None
    return Killed(killer.at, shown, {item: value for _, item, value in answers if value is not None})


def check_return(place: Place, before: Killed, ready: dict[str, Any]) -> None:
    """The case that was on the desk is handed to its operator again with its answers."""
    if before.last.get("case") == ready["case"] and before.stored:
        assert ready["answers"] == before.stored
    assert place.one("select count(*) from cases where state = 1") == 1


def drain(place: Place) -> None:
    """What is left on the station goes to the server when its operator signs in there."""
    given = settings.load({"database": place.floor.address, "data_folder": str(place.folder)})
    ctx = sessions.enter_floor(str(given.database), SystemClock(), place.login, PASSWORD, STATION)
    with closing(ctx.database), closing(Outbox(place.folder, ctx.clock.now)) as outbox:
        serve(outbox, ctx)
        sender = Sender(outbox)
        while sender.send_first(ctx):
            pass
        assert len(outbox) == 0
