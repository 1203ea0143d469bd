"""Whatever dials, the call runner asks it the same and it does the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from cati.domain.ports import Dialler
from cati.telephony.manual import ManualDialler
from tests.rig import exchange as rig
from tests.rig.waiting import wait_until
from tests.station.office import Line

Seen = Callable[[], tuple[list[str], bool]]
"""What a dialler did: the numbers called so far, and whether a call is under way."""


@contextmanager
def manual(_request: pytest.FixtureRequest) -> Iterator[tuple[Dialler, Seen]]:
    shown: list[str | None] = []
    dialler = ManualDialler(shown.append)
    yield dialler, lambda: ([one for one in shown if one], bool(shown and shown[-1]))


@contextmanager
def fake(_request: pytest.FixtureRequest) -> Iterator[tuple[Dialler, Seen]]:
    line = Line()
    yield line, lambda: (line.dialled, line.is_open)


@contextmanager
def softphone(request: pytest.FixtureRequest) -> Iterator[tuple[Dialler, Seen]]:
    exchange, handset = request.getfixturevalue("exchange"), request.getfixturevalue("handset")
    before = len(exchange.calls)

    def seen() -> tuple[list[str], bool]:
        calls = exchange.calls[before:]
        return [call.number for call in calls], any(not call.over for call in calls)

    yield handset.dialler, seen


@pytest.mark.parametrize("kind", [manual, fake, softphone])
def test_a_dialler_calls_hangs_up_and_calls_again(
    kind: Callable[..., object], request: pytest.FixtureRequest
) -> None:
    with kind(request) as (dialler, seen):  # type: ignore[attr-defined]
        dialler.hang_up()  # there is nothing to end
        assert seen() == ([], False)
        for number in (rig.ECHO, rig.RINGS):
            dialler.dial(number)
            wait_until(lambda: seen()[1], "the call")
            dialler.hang_up()
            wait_until(lambda: not seen()[1], "its end")
            dialler.hang_up()  # once more is once too often, and harmless
        assert seen() == ([rig.ECHO, rig.RINGS], False)
