"""An operator's working day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.base.errors import CatiError
from cati.domain.attendance import (
    LOCAL,
    Day,
    Event,
    Presence,
    Step,
    after,
    bounds,
    local_day,
    summarise,
)

NINE = datetime(2024, 2, 21, 9, 0, tzinfo=LOCAL)
POSSIBLE = {
    Presence.OUT: [Step.IN],
    Presence.IN: [Step.BREAK, Step.OUT],
    Presence.BREAK: [Step.BACK, Step.OUT],
}


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def at(*steps: tuple[Step, float]) -> list[Event]:
    return [Event(step, NINE + minutes(when)) for step, when in steps]


@st.composite
def days(draw: st.DrawFn) -> tuple[list[Event], datetime]:
    """Events of one working day that follow each other, and a later moment of the same day."""
    presence, when, events = Presence.OUT, NINE, []
    for _ in range(draw(st.integers(0, 12))):
        step = draw(st.sampled_from(POSSIBLE[presence]))
        when += timedelta(seconds=draw(st.integers(0, 3000)))
        events.append(Event(step, when))
        presence = after(presence, step)
    return events, when + timedelta(seconds=draw(st.integers(0, 3000)))


def test_a_day_with_a_break_is_counted() -> None:
    events = at((Step.IN, 0), (Step.BREAK, 60), (Step.BACK, 75), (Step.OUT, 180))
    assert summarise(events, NINE + minutes(300)) == Day(
        Presence.OUT, NINE + minutes(180), NINE, minutes(165), minutes(15)
    )


def test_time_that_still_runs_counts_up_to_now() -> None:
    events = at((Step.IN, 0), (Step.BREAK, 60))
    day = summarise(events, NINE + minutes(70))
    assert (day.presence, day.since) == (Presence.BREAK, NINE + minutes(60))
    assert (day.worked, day.on_break) == (minutes(60), minutes(10))


def test_a_day_that_has_not_begun_is_empty() -> None:
    assert summarise([], NINE) == Day(Presence.OUT, None, None, timedelta(), timedelta())


def test_the_time_between_two_shifts_is_neither_work_nor_break() -> None:
    events = at((Step.IN, 0), (Step.OUT, 60), (Step.IN, 240), (Step.OUT, 300))
    day = summarise(events, NINE + minutes(400))
    assert (day.first_in, day.worked, day.on_break) == (NINE, minutes(120), timedelta())


def test_a_day_nobody_clocked_out_of_ends_at_midnight() -> None:
    assert summarise(at((Step.IN, 0)), NINE + timedelta(days=2)).worked == timedelta(hours=15)


def test_going_home_from_a_break_ends_the_break() -> None:
    day = summarise(at((Step.IN, 0), (Step.BREAK, 60), (Step.OUT, 90)), NINE + minutes(100))
    assert (day.presence, day.on_break) == (Presence.OUT, minutes(30))


@given(days())
def test_worked_and_break_make_up_the_time_between_in_and_out(day: tuple[list[Event], datetime]) -> None:
    events, now = day
    found = summarise(events, now)
    present = timedelta()
    begun: datetime | None = None
    for event in events:
        if event.step is Step.IN:
            begun = event.at
        elif event.step is Step.OUT:
            assert begun is not None
            present, begun = present + (event.at - begun), None
    present += now - begun if begun is not None else timedelta()
    assert found.worked + found.on_break == present
    assert found.worked >= timedelta()
    assert found.on_break >= timedelta()


@given(days(), st.integers(0, 3000))
def test_later_only_the_present_state_grows(day: tuple[list[Event], datetime], seconds: int) -> None:
    events, now = day
    sooner, later = summarise(events, now), summarise(events, now + timedelta(seconds=seconds))
    grown = timedelta(seconds=seconds)
    assert later.worked - sooner.worked == (grown if sooner.presence is Presence.IN else timedelta())
    assert later.on_break - sooner.on_break == (grown if sooner.presence is Presence.BREAK else timedelta())
    assert (later.presence, later.since, later.first_in) == (sooner.presence, sooner.since, sooner.first_in)


@given(days(), st.data())
def test_a_break_moves_time_from_work_and_loses_none(
    day: tuple[list[Event], datetime], data: st.DataObject
) -> None:
    events, now = day
    if summarise(events, now).presence is not Presence.IN:
        events = (
            [*events, Event(Step.OUT, now)] if summarise(events, now).presence is Presence.BREAK else events
        )
        events = [*events, Event(Step.IN, now)]
    start = now + timedelta(seconds=data.draw(st.integers(0, 600)))
    end = start + timedelta(seconds=data.draw(st.integers(0, 600)))
    without = summarise(events, end)
    taken = summarise([*events, Event(Step.BREAK, start), Event(Step.BACK, end)], end)
    assert taken.on_break - without.on_break == end - start == without.worked - taken.worked


@pytest.mark.parametrize("presence", list(Presence))
@pytest.mark.parametrize("step", list(Step))
def test_a_step_that_is_not_possible_is_refused_by_where_one_is(presence: Presence, step: Step) -> None:
    if step in POSSIBLE[presence]:
        assert after(presence, step) in Presence
        return
    with pytest.raises(CatiError) as refused:
        after(presence, step)
    assert refused.value.code == f"attendance_{presence}"


@pytest.mark.parametrize(
    "events", [at((Step.OUT, 0)), at((Step.IN, 0), (Step.IN, 1)), at((Step.IN, 0), (Step.BACK, 1))]
)
def test_events_out_of_order_are_refused(events: Sequence[Event]) -> None:
    with pytest.raises(CatiError):
        summarise(events, NINE)


def test_a_working_day_is_a_day_in_china() -> None:
    assert local_day(datetime(2024, 2, 20, 15, 59, tzinfo=UTC)) == date(2024, 2, 20)
    assert local_day(datetime(2024, 2, 20, 16, 0, tzinfo=UTC)) == date(2024, 2, 21)
    start, end = bounds(date(2024, 2, 21))
    assert (start.astimezone(UTC), end - start) == (
        datetime(2024, 2, 20, 16, 0, tzinfo=UTC),
        timedelta(days=1),
    )
