"""The demonstration: ready to call from the first minute, with people who do not exist."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.base import paths
from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.contacts import Phone
from cati.domain.phones import of_row
from cati.files.programmes import load_workbook
from cati.services import programmes, queue, quotas, users
from cati.station import demo
from cati.station.invented import people
from cati.store.engine import Database
from tests.station.office import START

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_somebody_can_be_called_at_once_at_any_hour(sqlite_url: str, hour: int, tmp_path: Path) -> None:
    now = START.replace(year=2031, hour=hour)
    with closing(Database(sqlite_url)) as database:
        ctx, _recovery = users.init(
            database, VirtualClock(now), login=demo.LOGIN, name="demo", password=demo.PASSWORD, station="pc"
        )
        steps: list[tuple[int, int]] = []
        made = demo.make(ctx, lambda *step: steps.append(step))
        loaded = programmes.get(ctx)
        assert (made.programme, made.login, loaded.state) == ("yazhou-2023", demo.LOGIN, "drawn")
        assert made.cases == sum(cell.left for cell in quotas.cells(ctx, loaded))
        assert len(quotas.cells(ctx, loaded)) == 68
        assert steps[-1] == (36, 36)
        assert loaded.programme.settings.fieldwork_start == now.date()
        found = queue.claim_next(ctx, loaded)
        assert found is not None
        assert found.contact.phones
        with pytest.raises(CatiError) as refused:
            demo.make(ctx)
        assert refused.value.code == "programme_in_use"


def test_the_lists_of_the_demonstration_are_in_time_and_large_enough() -> None:
    today = START.date()
    programme = demo.moved_to(load_workbook(paths.resources() / "programmes" / demo.WORKBOOK), today)
    assert all(day == today - timedelta(days=6) for day in programme.settings.deadlines.values())
    for group in programme.groups:
        assert demo.LIST_SIZES[group.code] >= group.quota * 2


@given(st.text(max_size=20), st.integers(0, 200))
def test_invented_people_are_all_different_and_the_same_again(seed: str, count: int) -> None:
    found = people(seed, count)
    assert len(found) == len({number for _, number in found}) == count
    assert people(seed, count) == found


def test_invented_numbers_are_usable() -> None:
    for name, number in people("x", 300):
        assert 2 <= len(name) <= 3
        assert of_row([number], "0898", mobile_only=True) == (Phone(f"+86{number}"),)
