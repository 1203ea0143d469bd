"""Fieldwork indicators read from attempts, on either engine."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import CaseState
from cati.domain.users import Role
from cati.services import draws, rates, sessions, users
from cati.services.context import Context
from cati.services.rates import By, RateLine
from cati.store import tables
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.fieldwork import all_lists, cases_of, cell_id, with_cells

# 09:00 of a Wednesday in Shanghai.
MORNING = datetime(2024, 2, 21, 1, 0, tzinfo=UTC)
PASSWORD = "a long enough phrase"


@pytest.fixture
def season(furnished: Furnished) -> tuple[Context, LoadedProgramme]:
    return furnished(drawn)


def drawn(database: Database, _clock: VirtualClock, folder: Path) -> tuple[Context, LoadedProgramme]:
    """Two units of two groups, drawn; some cases of each cell are still in reserve."""
    ctx, loaded = with_cells(database, VirtualClock(MORNING))
    all_lists(ctx, loaded)
    parties = {"区统计局": "111111", "区委组织部": "222222"}
    draws.draw(ctx, loaded, parties=parties, public="1", out=folder / "draw")
    return ctx, loaded


def attempted(
    ctx: Context, case: object, *codes: str | None, at: datetime = MORNING, user_id: int | None = None
) -> None:
    """Dial a case once for each outcome, an hour apart; None is still under way."""
    with ctx.database.write() as connection:
        known = connection.scalars(
            select(tables.attempts.c.number).where(tables.attempts.c.case_id == case)
        ).all()
        for nth, code in enumerate(codes, start=len(known) + 1):
            connection.execute(
                insert(tables.attempts).values(
                    id=str(uuid.uuid4()),
                    case_id=case,
                    number=nth,
                    user_id=user_id or ctx.actor.user_id,
                    station="1",
                    epoch=1,
                    dialled_at=at + timedelta(hours=nth),
                    disposition=code,
                )
            )


def released(ctx: Context, loaded: LoadedProgramme, unit: str, group: str) -> list[object]:
    cases = cases_of(ctx, cell_id(ctx, loaded, unit, group))
    return [case["id"] for case in cases if case["state"] != int(CaseState.RESERVE)]


def by_name(lines: tuple[RateLine, ...]) -> dict[str, RateLine]:
    return {line.name: line for line in lines}


def test_a_case_counts_once_by_its_whole_history(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    first, second, third, *_rest = released(ctx, loaded, "u1", "served")
    attempted(ctx, first, "no_answer", "inconvenient", "complete")
    attempted(ctx, second, "refusal", "no_answer")
    attempted(ctx, third, "not_in_service")
    (whole,) = rates.indicators(ctx, loaded)
    counts = whole.rates.counts
    assert (counts.i, counts.r, counts.ne) == (1, 1, 1)
    everybody = sum(len(released(ctx, loaded, u, g)) for u in ("u1", "u2") for g in ("managed", "served"))
    assert counts.uh == everybody - 3
    assert whole.rates.coop1 == Fraction(1, 2)


def test_cases_in_reserve_are_no_part_of_the_fieldwork(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    (whole,) = rates.indicators(ctx, loaded)
    cells = [cell_id(ctx, loaded, u, g) for u in ("u1", "u2") for g in ("managed", "served")]
    states = [case["state"] for cell in cells for case in cases_of(ctx, cell)]
    assert int(CaseState.RESERVE) in states
    assert whole.rates.counts.cases == sum(state != int(CaseState.RESERVE) for state in states)


def test_units_and_groups_stand_in_the_programmes_order(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    attempted(ctx, released(ctx, loaded, "u2", "served")[0], "complete")
    units = rates.indicators(ctx, loaded, By.UNIT)
    assert [line.name for line in units] == ["区教育局", "区总工会"]
    assert [line.rates.counts.i for line in units] == [0, 1]
    groups = rates.indicators(ctx, loaded, By.GROUP)
    assert [line.rates.counts.i for line in groups] == [0, 1]


def test_operators_and_days_count_their_own_attempts(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    other = users.add_user(ctx, "li", "李雪", [Role.OPERATOR], PASSWORD)
    case = released(ctx, loaded, "u1", "managed")[0]
    attempted(ctx, case, "no_answer")
    # 23:30 of the same day in Shanghai is still that day, though the next in no other count.
    attempted(ctx, case, "complete", at=MORNING + timedelta(hours=12.5), user_id=user_id(ctx, other.login))
    operators = by_name(rates.indicators(ctx, loaded, By.OPERATOR))
    assert operators["李雪"].rates.counts.i == 1
    assert operators[ctx.actor.name].rates.counts.uh == 1
    (day,) = rates.indicators(ctx, loaded, By.DAY)
    assert day.name == "2024-02-21"
    assert day.rates.counts.i == 1
    assert day.rates.counts.cases == 1
    # What the board shows of today is the same, whatever was before.
    attempted(ctx, case, "refusal", at=MORNING - timedelta(days=1))
    assert rates.today(ctx, loaded) == day


def test_an_attempt_under_way_has_no_outcome_yet(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    attempted(ctx, released(ctx, loaded, "u1", "managed")[0], None)
    assert rates.indicators(ctx, loaded, By.OPERATOR) == ()
    assert rates.today(ctx, loaded) is None
    (whole,) = rates.indicators(ctx, loaded)
    assert whole.rates.counts.uh == whole.rates.counts.cases


def test_a_case_closed_undialled_counts_as_what_closed_it(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    case = released(ctx, loaded, "u1", "managed")[0]
    with ctx.database.write() as connection:
        connection.execute(
            update(tables.cases)
            .where(tables.cases.c.id == case)
            .values(state=int(CaseState.CLOSED), disposition="person_taken")
        )
    (whole,) = rates.indicators(ctx, loaded)
    assert whole.rates.counts.ne == 1


def test_operators_do_not_see_them(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    users.add_user(ctx, "li", "李雪", [Role.OPERATOR], PASSWORD)
    operator = sessions.sign_in(ctx.database, ctx.clock, "li", PASSWORD, "2")
    with pytest.raises(CatiError) as refused:
        rates.indicators(operator, loaded)
    assert refused.value.code == "not_allowed"


def user_id(ctx: Context, login: str) -> int:
    with ctx.database.read() as connection:
        found = connection.scalar(select(tables.users.c.id).where(tables.users.c.login == login))
    assert found is not None
    return int(found)
