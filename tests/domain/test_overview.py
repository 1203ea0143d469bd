"""Where a programme stands: stages, the next step, what is missing, and the forecast."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from cati.domain.overview import (
    CellFacts,
    DrawFacts,
    Facts,
    FieldFacts,
    ListFacts,
    ReviewFacts,
    ScoreFacts,
    Standing,
    overview,
)
from cati.domain.programmes import Programme
from cati.domain.users import RIGHTS, Right, Role
from tests.services.fieldwork import evaluation

TODAY = date(2024, 2, 21)
BUREAU = RIGHTS[Role.BUREAU]
CELLS = (
    CellFacts("区教育局", "管理对象", 1, 2, 9),
    CellFacts("区教育局", "服务对象", 1, 3, 9),
    CellFacts("区总工会", "管理对象", 0, 2, 9),
    CellFacts("区总工会", "服务对象", 0, 3, 9),
)


def programme(**settings: Any) -> Programme:
    made = evaluation()
    days = {
        "fieldwork_start": date(2024, 2, 10),
        "fieldwork_end": date(2024, 3, 5),
        "expires": date(2024, 3, 31),
    }
    return replace(made, settings=replace(made.settings, **(days | settings)))


def facts(state: str = "drawn", by_day: Mapping[date, int] | None = None, **parts: Any) -> Facts:
    usual: dict[str, Any] = {
        "programme": programme(),
        "state": state,
        "today": TODAY,
        "lists": ListFacts(4, 4, 40, 36, 0, 0, True),
        "draw": DrawFacts("held", date(2024, 1, 30), 2, (), 36, "8f3c"),
        "field": FieldFacts(CELLS, by_day or {}, 0, 0),
        "review": ReviewFacts(0, 0, 0, 0, None),
        "scores": ScoreFacts({}, (), ()),
    }
    return Facts(**(usual | parts))


def step(given: Facts, rights: frozenset[Right] = BUREAU) -> str:
    found = overview(given, rights).next_step
    return "" if found is None else found.code


def test_lists_come_first_then_the_draw_step_by_step() -> None:
    empty = facts("setup", lists=ListFacts(4, 1, 9, 8, 0, 0, False), draw=DrawFacts())
    first = overview(empty, BUREAU).next_step
    assert first is not None
    assert (first.code, first.place, first.count, first.on) == (
        "import_lists",
        "frames",
        3,
        date(2024, 1, 25),
    )
    assert step(facts("setup", draw=DrawFacts())) == "begin_draw"
    waiting = facts("setup", draw=DrawFacts("committed", TODAY, 2, ("区委组织部",)))
    assert overview(waiting, BUREAU).next_step.names == ("区委组织部",)  # type: ignore[union-attr]
    assert step(facts("setup", draw=DrawFacts("committed", TODAY, 2))) == "hold_draw"


def test_a_dry_cell_comes_before_the_speed_and_the_speed_before_the_review() -> None:
    dry = (replace(CELLS[0], left=0), *CELLS[1:])
    slow = {TODAY - timedelta(days=n): 0 for n in range(1, 8)}
    old = ReviewFacts(2, 0, 0, 0, TODAY - timedelta(days=3))
    found = overview(facts(field=FieldFacts(dry, slow, 0, 0), review=old), BUREAU).next_step
    assert found is not None
    assert (found.code, found.names) == ("supplement", ("区教育局 管理对象 1/2",))
    followed = (replace(dry[0], takes_pool=False), *CELLS[1:])
    assert step(facts(field=FieldFacts(followed, slow, 0, 0), review=old)) == "speed_up"
    assert step(facts(by_day=slow, review=old)) == "speed_up"
    fast = {TODAY - timedelta(days=1): 7}
    assert step(facts(by_day=fast, review=old)) == "review"
    assert step(facts(by_day=fast)) == "go_on"


def test_fieldwork_that_is_full_or_over_is_to_be_closed() -> None:
    full = tuple(replace(cell, completed=cell.quota) for cell in CELLS)
    assert step(facts(field=FieldFacts(full, {}, 0, 0))) == "close_full"
    over = facts(today=date(2024, 3, 6))
    found = overview(over, BUREAU).next_step
    assert found is not None
    assert (found.code, found.count) == ("close_late", 8)


def test_where_nobody_is_called_other_opinions_are_wanted_and_then_the_end() -> None:
    made = programme()
    unasked = replace(made, channels=tuple(c for c in made.channels if c.kind != "phone"))
    assert unasked.quota == 0
    wanted = facts("setup", programme=unasked, draw=DrawFacts(), scores=ScoreFacts({"公开评价": 2}, (), ()))
    assert step(wanted) == "enter_scores"
    assert step(replace(wanted, scores=ScoreFacts({"公开评价": 0}, (), ()))) == "close_unasked"


def test_after_fieldwork_channels_points_approval_report_and_retiring_follow() -> None:
    closed = facts("closed", scores=ScoreFacts({"公开评价": 2}, ("区教育局",), ("区总工会",)))
    assert step(closed) == "enter_scores"
    closed = replace(closed, scores=replace(closed.scores, missing={"公开评价": 0}))
    decide = overview(closed, BUREAU).next_step
    assert decide is not None
    assert (decide.code, decide.names) == ("decide_points", ("区总工会", "区教育局"))
    closed = replace(closed, scores=ScoreFacts({}, (), ()))
    assert step(closed) == "sign_off"
    closed = replace(closed, scores=ScoreFacts({}, (), (), "区委组织部"))
    assert step(closed) == "report"
    assert step(replace(closed, reported_on=TODAY)) == "retire"
    assert step(replace(closed, state="retired")) == ""


def test_nobody_is_told_to_do_what_he_may_not() -> None:
    fast = {TODAY - timedelta(days=1): 70}
    dry = facts(field=FieldFacts((replace(CELLS[0], left=0),), fast, 0, 1))
    assert step(dry, RIGHTS[Role.SUPERVISOR]) == "go_on"
    assert step(dry, RIGHTS[Role.OBSERVER]) == "go_on"
    pending = facts("closed", scores=ScoreFacts({"公开评价": 2}, ("区教育局",), ()))
    watched = overview(pending, RIGHTS[Role.OBSERVER])
    assert watched.next_step is None
    assert watched.open_matters == ()
    # What the bureau has to do first does not leave a supervisor without anything.
    heard = replace(pending, review=ReviewFacts(5, 2, 0, 0, TODAY - timedelta(days=4)))
    assert step(heard) == "enter_scores"
    assert step(heard, RIGHTS[Role.SUPERVISOR]) == "review"


def test_the_next_step_is_not_said_twice_and_what_holds_up_comes_first() -> None:
    given = facts(
        scores=ScoreFacts({"公开评价": 2}, ("区教育局",), ()),
        review=ReviewFacts(5, 2, 0, 0, TODAY - timedelta(days=4)),
        field=FieldFacts(CELLS, {TODAY - timedelta(days=1): 9}, 0, 1),
    )
    found = overview(given, BUREAU)
    assert found.next_step is not None
    assert found.next_step.code == "review"
    assert [m.code for m in found.open_matters] == ["decide_points", "soon_dry", "enter_scores"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("setup", ("under_way", "waiting", "waiting", "waiting", "locked", "waiting")),
        ("drawn", ("done", "done", "under_way", "under_way", "locked", "waiting")),
        ("closed", ("done", "done", "done", "done", "under_way", "waiting")),
    ],
)
def test_every_stage_says_how_far_it_is(state: str, expected: tuple[str, ...]) -> None:
    draw = DrawFacts() if state == "setup" else DrawFacts("held")
    review = ReviewFacts(0, 0, 0, 0, None) if state == "setup" else ReviewFacts(3, 3, 0, 0, None)
    found = overview(facts(state, draw=draw, review=review), BUREAU).stages
    assert tuple(standing for _name, standing in found) == tuple(Standing(word) for word in expected)


def test_the_forecast_takes_the_speed_of_the_last_seven_days_of_calling() -> None:
    # Ten are wanted, two are done; of the seven days before today one is closed and two had one each.
    closed = (TODAY - timedelta(days=2), TODAY + timedelta(days=1))
    by_day = {TODAY - timedelta(days=7): 1, TODAY - timedelta(days=1): 1, TODAY: 0}
    found = overview(facts(by_day=by_day, programme=programme(closed_days=closed)), BUREAU).forecast
    assert found.average == pytest.approx(2 / 6)
    # Eight to go take 24 days of calling, from today, one day without.
    assert found.finish == TODAY + timedelta(days=24)
    assert found.in_time is False
    # From today to 5 March there are 14 days, one of them closed.
    assert found.needed == 1
    assert found.line[0] == (date(2024, 2, 9), 0)
    assert found.line[-1] == (TODAY, 2)


def test_without_a_day_of_calling_nothing_is_foretold() -> None:
    found = overview(facts(today=date(2024, 2, 10)), BUREAU).forecast
    assert (found.average, found.finish, found.in_time) == (None, None, None)
    assert found.needed == 1


def test_fast_enough_is_in_time() -> None:
    by_day = {TODAY - timedelta(days=n): 1 for n in range(1, 8)}
    found = overview(facts(by_day=by_day), BUREAU).forecast
    assert (found.average, found.finish, found.in_time) == (1.0, TODAY + timedelta(days=7), True)


def test_the_calendar_is_in_the_order_of_days() -> None:
    found = overview(facts(), BUREAU).calendar
    assert [(m.code, m.past) for m in found] == [
        ("lists", True),
        ("fieldwork_start", True),
        ("fieldwork_end", False),
        ("expires", False),
    ]
