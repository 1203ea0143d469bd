"""What the interviews of a programme give."""

from collections.abc import Iterator
from dataclasses import replace
from math import sqrt
from pathlib import Path

import pytest

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Actor, Role
from cati.services import planning
from cati.services.context import Context
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.fieldwork import all_lists, evaluation, with_cells

Bureau = tuple[Context, LoadedProgramme]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


def planned(database: Database, clock: VirtualClock, folder: Path) -> Bureau:
    return with_cells(database, clock, evaluation(quotas=(15, 35)))


def with_lists(database: Database, clock: VirtualClock, folder: Path) -> Bureau:
    ctx, loaded = planned(database, clock, folder)
    all_lists(ctx, loaded)
    return ctx, loaded


def test_what_is_planned_and_what_five_points_take(furnished: Furnished) -> None:
    ctx, loaded = furnished(planned)
    found = planning.plan(ctx, loaded, 5)
    assert (found.groups, found.interviews) == (("管理对象", "服务对象"), (15, 35))
    assert found.share == pytest.approx(1.6448536 * 50 * sqrt(0.09 / 15 + 0.49 / 35))
    assert found.score == pytest.approx(found.share * 30 / 50)
    assert found.needed == (82, 190)
    assert [unit.populations for unit in found.units] == [(None, None), (None, None)]
    assert found.units[0].share == found.share


def test_short_lists_make_figures_surer(furnished: Furnished) -> None:
    ctx, loaded = furnished(with_lists)
    found = planning.plan(ctx, loaded, 5, level=0.95)
    assert found.units[0].populations == (6, 6)
    assert found.units[0].share == 0
    assert found.level == 0.95


def test_a_margin_or_level_that_is_none_and_who_may_not_plan_are_refused(furnished: Furnished) -> None:
    ctx, loaded = furnished(planned)
    for margin, level in ((0, 0.9), (50, 0.9), (5, 1)):
        with pytest.raises(CatiError) as refused:
            planning.plan(ctx, loaded, margin, level)
        assert refused.value.code == "margin_wrong"
    observer = replace(ctx, actor=Actor(ctx.actor.user_id, "o", "O", frozenset({Role.OBSERVER}), "S"))
    with pytest.raises(CatiError) as refused:
        planning.plan(observer, loaded, 5)
    assert refused.value.code == "not_allowed"
