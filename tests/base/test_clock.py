"""Times that do not jump when a computer's clock does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cati.base.clock import ServerClock, Steady
from tests.rig.restless import RestlessClock

START = datetime(2024, 2, 21, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_a_stretch_goes_on_from_its_beginning_whatever_the_clock_is_set_to(by: timedelta) -> None:
    clock = RestlessClock(START)
    steady = Steady(clock)
    clock.advance(10)
    clock.set(by)
    clock.advance(5)
    assert steady.now() == START + timedelta(seconds=15)


class Computer(ServerClock):
    """A clock of a station whose computer's own is in the test's hand."""

    def __init__(self, own: RestlessClock) -> None:
        super().__init__()
        self._own = own

    def own(self) -> datetime:
        return self._own.now()

    def monotonic(self) -> float:
        return self._own.monotonic()


@pytest.mark.parametrize("ahead", [timedelta(), 2 * HOUR, -timedelta(days=400)])
def test_a_station_tells_its_servers_time_and_how_far_its_own_clock_is_ahead(ahead: timedelta) -> None:
    own = RestlessClock(START + ahead)
    clock = Computer(own)
    assert (clock.now(), clock.ahead) == (own.now(), None)

    def server() -> datetime:
        own.advance(0.4)  # there
        answer = START + timedelta(seconds=0.4)
        own.advance(0.4)  # and back
        return answer

    clock.ask(server)
    assert clock.ahead == ahead
    own.set(-HOUR)
    own.advance(1)
    assert clock.now() == START + timedelta(seconds=1.8)
    clock.ask(lambda: START + timedelta(seconds=1.8))
    assert clock.ahead == ahead - HOUR
