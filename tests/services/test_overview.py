"""The overview as the database has it."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Actor, Role
from cati.services import ceremony, draws, overview
from cati.services.context import Context
from cati.store import tables
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.fieldwork import (
    add_list,
    all_lists,
    cases_of,
    cell_id,
    close_fieldwork,
    interviewed,
    numbers,
    with_cells,
)

Bureau = tuple[Context, LoadedProgramme]


@pytest.fixture
def bureau(furnished: Furnished) -> Bureau:
    return furnished(set_up)


def set_up(database: Database, clock: VirtualClock, _folder: Path) -> Bureau:
    return with_cells(database, clock)


def judge(ctx: Context, interview: str, verdict: str) -> None:
    with ctx.database.write() as connection:
        connection.execute(
            insert(tables.reviews).values(
                interview_id=interview, verdict=verdict, user_id=ctx.actor.user_id, at=ctx.clock.now()
            )
        )


def test_before_the_draw_lists_are_counted_and_asked_for(bureau: Bureau) -> None:
    ctx, loaded = bureau
    add_list(ctx, loaded, ("u1", "managed"), numbers(0, 5), late=True)
    found = overview.look(ctx, loaded)
    assert (found.facts.lists.here, found.facts.lists.wanted, found.facts.lists.usable) == (1, 4, 5)
    assert (found.facts.lists.late, found.facts.lists.pool) == (1, False)
    assert found.facts.scores.late == ("区教育局",)
    assert found.next_step is not None
    assert (found.next_step.code, found.next_step.count) == ("import_lists", 3)


def test_interviews_are_counted_by_local_day_and_verdicts_as_they_hold(
    bureau: Bureau, clock: VirtualClock, tmp_path: Path
) -> None:
    ctx, loaded = bureau
    all_lists(ctx, loaded)
    draws.draw(ctx, loaded, parties={"a": "1", "b": "2"}, public="3", out=tmp_path / "draw")
    cases = cases_of(ctx, cell_id(ctx, loaded, "u1", "served"))
    first = interviewed(ctx, cases[0], {"item1": "1"})
    judge(ctx, first, "second")
    judge(ctx, first, "accepted")
    # 23:30 in Sanya is still the same day there, and 15:30 in UTC.
    clock.advance(13.5 * 3600)
    second = interviewed(ctx, cases[1], {"item1": "2"})
    judge(ctx, second, "second")
    clock.advance(3600)
    interviewed(ctx, cases[2], {"item1": "2"})
    found = overview.look(ctx, loaded)
    tomorrow = found.facts.today
    assert dict(found.facts.field.by_day) == {tomorrow - timedelta(days=1): 2, tomorrow: 1}
    assert (found.facts.review.complete, found.facts.review.decided) == (3, 1)
    assert found.facts.review.oldest == tomorrow - timedelta(days=1)
    assert found.facts.completed == 3
    assert found.facts.draw.tickets == 24
    assert found.facts.draw.certificate == ceremony.look(ctx, loaded).digest


def test_what_scores_need_is_counted_by_channel(bureau: Bureau) -> None:
    ctx, loaded = bureau
    found = overview.look(ctx, close_fieldwork(ctx, loaded))
    assert found.facts.scores.missing == {"public": 2}
    assert found.next_step is not None
    assert found.next_step.code == "enter_scores"


def test_an_operator_has_no_business_here(bureau: Bureau) -> None:
    ctx, loaded = bureau
    operator = replace(ctx, actor=Actor(ctx.actor.user_id, "o", "o", frozenset({Role.OPERATOR}), "s"))
    with pytest.raises(CatiError, match="may not do this"):
        overview.look(operator, loaded)


def test_days_are_those_of_the_programme(bureau: Bureau) -> None:
    ctx, loaded = bureau
    assert overview.look(ctx, loaded).facts.today == date(2024, 2, 21)
