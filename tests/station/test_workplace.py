"""An operator's place: arrives, works, takes a break, leaves; and sees the own day."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path

import pytest

from cati.base.clock import VirtualClock
from cati.domain.attendance import Presence
from cati.domain.call import Phase
from cati.domain.programmes import CallHours
from cati.services import programmes, recordings
from cati.station.runner import Job, Listeners
from cati.station.workplace import Workplace
from cati.store.board import tallies
from cati.store.engine import Database
from tests.rig.pulse import Pulse
from tests.station.desk import ANSWERS
from tests.station.office import START, Office, open_office, programme_of


@dataclass
class Seat:
    """A workplace whose effects are carried out when `work` says so."""

    office: Office
    clock: VirtualClock
    workplace: Workplace
    shown: list[str | None]
    jobs: deque[Job]

    def work(self) -> None:
        while self.jobs:
            self.jobs.popleft()()

    def call(self, disposition: str, answers: int = 0, seconds: int = 0) -> None:
        runner = self.workplace.runner
        found = runner.claim()
        assert found is not None
        runner.take(found)
        runner.dial()
        if disposition != "busy":
            runner.connect()
        for value in ANSWERS[:answers]:
            runner.answer(value)
        self.clock.advance(seconds)
        runner.end()
        when = self.clock.now() + timedelta(hours=2) if disposition == "appointment" else None
        runner.settle(disposition, not_before=when)
        self.work()


@pytest.fixture
def seat(sqlite_url: str, tmp_path: Path, pulse: Pulse) -> Iterator[Seat]:
    clock = VirtualClock(START)
    shown: list[str | None] = []
    jobs: deque[Job] = deque()
    with closing(Database(sqlite_url)) as database:
        office = open_office(database, clock, tmp_path, programme_of(quotas=(4,)), list_size=8)
        with closing(
            Workplace(
                office.hire("zhou"),
                office.programme,
                data_folder=tmp_path / "data",
                schedule=jobs.append,
                listeners=Listeners(),
                show_number=shown.append,
                on_sound=lambda _: None,
            )
        ) as workplace:
            yield Seat(office, clock, workplace, shown, jobs)


def test_a_day_of_attendance(seat: Seat) -> None:
    place = seat.workplace
    assert place.today().presence.presence is Presence.OUT
    place.arrive()
    assert place.today().presence.presence is Presence.IN
    place.arrive()
    place.take_break()
    assert place.today().presence.presence is Presence.BREAK
    place.come_back()
    place.take_break()
    place.arrive()
    assert place.today().presence.presence is Presence.IN
    place.leave()
    assert place.today().presence.presence is Presence.OUT


@pytest.mark.parametrize("begin", ["begin_day", "take_break"])
def test_a_place_left_open_over_night_is_clocked_in_by_what_is_done_next(seat: Seat, begin: str) -> None:
    place = seat.workplace
    place.arrive()
    place.begin_day()
    seat.clock.advance(24 * 3600)
    assert place.today().presence.presence is Presence.OUT
    getattr(place, begin)()
    day = place.today().presence
    assert (day.first_in, day.presence) == (
        seat.clock.now(),
        Presence.IN if begin == "begin_day" else Presence.BREAK,
    )
    place.leave()
    assert place.today().presence.presence is Presence.OUT


def test_a_break_over_night_ends_in_a_new_day_and_who_did_nothing_on_it_just_leaves(seat: Seat) -> None:
    place = seat.workplace
    place.arrive()
    place.take_break()
    seat.clock.advance(24 * 3600)
    place.come_back()
    assert place.today().presence.presence is Presence.IN
    seat.clock.advance(24 * 3600)
    place.leave()
    assert place.today().presence.first_in is None


def test_the_day_counts_what_was_done(seat: Seat) -> None:
    assert seat.workplace.today().mean_seconds is None
    seat.call("complete", answers=6, seconds=300)
    seat.call("complete", answers=6, seconds=100)
    seat.call("refusal")
    seat.call("busy")
    seat.call("appointment")
    today = seat.workplace.today()
    assert [a.disposition for a in today.attempts] == [
        "complete",
        "complete",
        "refusal",
        "busy",
        "appointment",
    ]
    assert (today.completed, today.refused, today.mean_seconds) == (2, 1, 200.0)
    assert [agreed.at for agreed in today.appointments] == [seat.clock.now() + timedelta(hours=2)]
    seat.clock.advance(24 * 3600)
    assert seat.workplace.today().attempts == ()


def test_an_interview_continued_over_several_calls_is_as_long_as_all_of_them(seat: Seat) -> None:
    runner = seat.workplace.runner
    found = runner.claim()
    assert found is not None
    runner.take(found)
    runner.dial()
    runner.connect()
    for value in ANSWERS[:3]:
        runner.answer(value)
    seat.clock.advance(60)
    runner.redial()
    seat.clock.advance(30)
    runner.connect()
    for value in ANSWERS[3:]:
        runner.answer(value)
    seat.clock.advance(120)
    runner.settle("complete")
    seat.work()
    assert seat.workplace.today().mean_seconds == 180.0
    start = seat.clock.now() - timedelta(hours=1)
    with seat.office.ctx.database.read() as connection:
        (tally,) = tallies(connection, seat.office.programme.id, start, seat.clock.now()).values()
    assert tally.seconds == pytest.approx(180, abs=0.01)


def test_the_number_is_shown_while_it_is_to_be_dialled(seat: Seat) -> None:
    runner = seat.workplace.runner
    found = runner.claim()
    assert found is not None
    runner.take(found)
    runner.dial()
    seat.work()
    assert seat.shown == [found.contact.number.e164.removeprefix("+86")]
    runner.end()
    seat.work()
    assert seat.shown[-1] is None
    assert runner.call.phase is Phase.WRAP_UP


def test_the_hours_of_today_are_those_of_all_groups(seat: Seat) -> None:
    hours = (
        CallHours(("g1",), tuple(range(7)), time(9), time(12)),
        CallHours((), tuple(range(7)), time(14), time(20, 30)),
    )
    seat.workplace.programme = seat.office.settings(call_hours=hours)
    assert [(start.hour, end.hour) for start, end in seat.workplace.today().hours] == [(9, 12)]


def test_what_waits_and_how_the_programme_stands_is_known(seat: Seat) -> None:
    assert seat.workplace.next_due() == seat.clock.now()
    assert seat.workplace.refreshed().state == "drawn"
    programmes.close_fieldwork(seat.office.ctx, "small")
    assert seat.workplace.refreshed().state == "closed"
    assert seat.workplace.free_bytes() > 0


def test_a_call_leaves_a_recording_that_is_noted(seat: Seat) -> None:
    seat.call("complete", answers=6)
    (noted,) = recordings.listing(seat.office.ctx, seat.office.programme)
    assert noted.duration_ms is not None
    assert noted.complete
