"""Somebody calls from one station at a time: at a second one one is told, and may take the place over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import select

from cati import bootstrap
from cati.base import settings
from cati.base.errors import CatiError
from cati.domain.attendance import Presence
from cati.domain.call import Phase
from cati.domain.stations import SHUT
from cati.services import attendance, stations
from cati.services.context import Context
from cati.station.runner import Listeners
from cati.station.workplace import Workplace
from cati.store import tables as t
from tests.rig.waiting import wait_until
from tests.services.floors import Floor, operator
from tests.station.office import PASSWORD


class Desk:
    """A station of the floor, and what its window was told."""

    def __init__(self, made: Floor, folder: Path, name: str) -> None:
        chosen = {"database": made.address, "data_folder": str(folder / name), "station": name}
        opened = bootstrap.open_station(settings.load(chosen), demonstration=False, tell=lambda *_done: None)
        assert isinstance(opened, bootstrap.Station)
        self.station, self.made, self.told = opened, made, list[str]()
        assert opened._line is not None
        # However slow the machine is, when it was heard last is what the test says.
        opened._line.presence._sign_seconds = 3600.0
        opened.listen(
            lambda what, _programme: self.told.append(what), lambda _live: None, lambda _at, _why: None
        )

    def sit(self, login: str, *, take_over: bool = False) -> Workplace:
        """Sign in, and wait until the server knows it."""
        self.told.clear()
        self.session = self.station.sign_in(login, PASSWORD, take_over=take_over)
        wait_until(lambda: "floor" in self.told, "the station to be heard")
        self.told.clear()
        place = self.station.workplace(
            self.session,
            schedule=lambda job: job(),
            listeners=Listeners(fault=lambda _error: None),
            show_number=lambda _number: None,
            on_sound=lambda _sound: None,
        )
        place.arrive()
        return place


@pytest.fixture
def desks(made: Floor, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    with ExitStack() as open_now:
        both = Desk(made, tmp_path, "pc-a"), Desk(made, tmp_path, "pc-b")
        for one in both:
            open_now.enter_context(closing(one.station))
        yield both


def refused(place: Workplace) -> CatiError:
    with pytest.raises(CatiError) as told:
        place.claim()
    return told.value


def refusal(place: Workplace) -> str:
    return refused(place).code


def dial(place: Workplace) -> int:
    case = place.claim()
    assert case is not None
    place.runner.take(case)
    place.runner.dial()
    assert place.runner.call.phase is Phase.DIALLING
    return case.case_id


def end(place: Workplace) -> None:
    place.runner.end()
    place.runner.settle("no_answer")
    assert place.sender is not None
    assert place.sender.is_through(30)


def test_of_two_stations_of_one_operator_one_calls_and_the_other_is_told(
    made: Floor, bureau: Context, desks: tuple[Desk, Desk]
) -> None:
    ctx, login, (a, b) = operator(made, bureau, "zhao"), made.login("zhao"), desks
    first = a.sit(login)
    dial(first)
    with pytest.raises(CatiError) as held:
        b.station.sign_in(login, PASSWORD)
    assert held.value.code == "signed_in_elsewhere"
    assert "pc-a" in str(held.value)
    assert not first._is_relieved()
    # The window that is relieved is told at once; nobody is called from two while a call is under way.
    second = b.sit(login, take_over=True)
    wait_until(lambda: SHUT in a.told, "the first window to be told")
    assert refusal(second) == "call_elsewhere"
    end(first)
    assert refusal(first) == "place_taken"
    dial(second)
    # What it had not dialled yet it does not dial any more, and its going is not the end of the day.
    assert first.leave()
    first.close()
    a.station.sign_out(a.session)
    assert attendance.today(ctx).presence is Presence.IN
    with made.server.connect(made.name) as keeper:
        keeper.execute("update stations set heard_at = now() - interval '1 minute' where name = 'pc-b'")
    # A station that has fallen silent stands in nobody's way, and is told when it is there again.
    again = a.sit(login)
    wait_until(lambda: SHUT in b.told, "the silent window to be told")
    assert refusal(again) == "call_elsewhere"
    end(second)
    dial(again)
    assert stations.is_relieved(second.ctx)
    # Where the newer window works is told as long as it is heard.
    assert "pc-a" in str(refused(second))
    with made.server.connect(made.name) as keeper:
        keeper.execute("update stations set heard_at = now() - interval '1 minute' where name = 'pc-a'")
    assert (refusal(second), "(" in str(refused(second))) == ("place_taken", False)
    with bureau.database.read() as connection:
        noted = connection.scalars(select(t.audit.c.detail).where(t.audit.c.action == "take_place")).all()
    assert [one["before"] for one in noted] == ["pc-a"]
