"""One exchange and one telephone at it, taken in turn by tests: to start them takes half a second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rig.exchange import Exchange, an_exchange
from tests.rig.pulse import Pulse
from tests.telephony.handset import Handset


@pytest.fixture(scope="session")
def exchange() -> Iterator[Exchange]:
    with an_exchange() as opened:
        yield opened


@pytest.fixture(scope="session")
def _telephone(_pulse_server: Pulse, exchange: Exchange) -> Iterator[Handset]:
    with pytest.MonkeyPatch.context() as surroundings:
        for name, value in _pulse_server.environment.items():
            surroundings.setenv(name, value)
        made = Handset(exchange)
        made.line()
    yield made
    made.close()


@pytest.fixture
def handset(_telephone: Handset, pulse: Pulse) -> Iterator[Handset]:
    """A telephone that the exchange knows, not in a call; it is given back so."""
    _telephone.forget()
    yield _telephone
    _telephone.put_back()
