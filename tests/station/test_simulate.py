"""Simulated fieldwork: fills every quota exactly, and the same seed is the same fieldwork."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.programmes import FOLLOW_UP, Question
from cati.services import follow_ups, opinions, programmes, queue, quotas, supplements
from cati.station import parallel, simulate
from cati.station.simulate import Respondent
from cati.store import tables as t
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.station.office import START, Office, open_office, programme_of

PLAIN = programme_of(units=2, quotas=(3, 4))
AGAIN = Question(
    "again", "select_one", {"zh": "可否回访"}, "yes_no", required=True, relevant="${opinion} != ''"
)
PROGRAMME = replace(
    PLAIN,
    questions=(*PLAIN.questions[:-1], AGAIN, PLAIN.questions[-1]),
    settings=replace(PLAIN.settings, call_again="again=yes"),
)


def office_in(
    database: Database, clock: VirtualClock, folder: Path, list_size: int = 20, pool: int = 60
) -> Office:
    return open_office(database, clock, folder, PROGRAMME, list_size=list_size, pool=pool)


def following_up(database: Database, clock: VirtualClock, folder: Path) -> Office:
    """One group is people who gave opinions the year before; too few are left of them."""
    followed, others = PROGRAMME.groups
    programme = replace(PROGRAMME, groups=(replace(followed, list_kind=FOLLOW_UP), others))
    return open_office(database, clock, folder, programme, list_size=2, pool=60)


def rows(database: Database, query: Any) -> list[tuple[Any, ...]]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def fieldwork(database: Database) -> list[tuple[Any, ...]]:
    """All that was done and said, without the numbers that rows happen to have."""
    a, c = t.attempts.c, t.cases.c
    attempts = rows(
        database,
        select(c.ticket, a.number, a.dialled_at, a.connected_at, a.ended_at, a.disposition)
        .join(t.cases, c.id == a.case_id)
        .order_by(c.ticket, a.number),
    )
    answers = rows(
        database,
        select(c.ticket, t.answers.c.seq, t.answers.c.item, t.answers.c.value, t.answers.c.at)
        .join(t.interviews, t.interviews.c.id == t.answers.c.interview_id)
        .join(t.cases, c.id == t.interviews.c.case_id)
        .order_by(c.ticket, t.answers.c.interview_id, t.answers.c.seq),
    )
    return attempts + answers


def test_every_cell_is_filled_exactly_and_fieldwork_is_closed(furnished: Furnished) -> None:
    office = furnished(office_in)
    told: list[tuple[int, int]] = []
    result = simulate.simulate(
        office.ctx, office.programme, stations=3, seed=1, progress=lambda *step: told.append(step)
    )
    assert (result.interviews, result.cells, result.overshoot) == (14, 4, 0)
    assert [cell.completed for cell in quotas.cells(office.ctx, office.programme)] == [3, 4, 3, 4]
    assert told[-1] == (14, 14)
    assert programmes.get(office.ctx).state == "closed"
    attempts = rows(office.database, select(t.attempts.c.simulated, t.attempts.c.disposition))
    assert len(attempts) == result.attempts
    assert all(simulated and disposition for simulated, disposition in attempts)
    assert rows(office.database, select(t.cases.c.id).where(t.cases.c.reserves)) == []
    # What comes after fieldwork has something to be tried with, and no list of the bureau gets any of it.
    known = follow_ups.foresee(office.ctx, programmes.get(office.ctx))
    said = [one.text for one in opinions.listing(office.ctx, office.programme).opinions]
    assert 14 > len(said) >= known.asked > known.agreed == sum(known.willing.values()) > 0
    assert len(set(said)) > 2
    assert rows(office.database, select(t.wishes.c.id)) == []


@pytest.mark.parametrize("simulation", [simulate.simulate, parallel.simulate])
def test_a_simulation_that_was_stopped_is_taken_up(
    furnished: Furnished, simulation: Callable[..., simulate.Simulated]
) -> None:
    office = furnished(office_in)

    def stop(done: int, total: int) -> None:
        if done >= 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulation(office.ctx, office.programme, stations=3, seed=1, progress=stop)
    result = simulation(office.ctx, office.programme, stations=2, seed=1)
    assert (result.interviews, result.cells, result.overshoot) == (14, 4, 0)
    assert rows(office.database, select(t.cases.c.id).where(t.cases.c.reserves)) == []
    assert programmes.get(office.ctx).state == "closed"


def test_dry_lists_are_supplemented_with_a_reason(furnished: Furnished) -> None:
    office = furnished(office_in, list_size=3)
    result = simulate.simulate(office.ctx, office.programme, stations=2, seed=1)
    assert (result.interviews, result.overshoot) == (14, 0)
    assert result.supplemented
    opened = [cell for cell in quotas.cells(office.ctx, office.programme) if cell.supplement_open]
    assert {f"{cell.unit_name}/{cell.group_label}" for cell in opened} >= set(result.supplemented)
    reasons = {reason for (reason,) in rows(office.database, select(t.supplements.c.reason))}
    assert reasons == {simulate.REASON}
    pool = rows(
        office.database,
        select(t.cases.c.id).where(t.cases.c.source == "pool", t.cases.c.disposition == "complete"),
    )
    assert len(pool) == sum(result.supplemented.values())


def test_whom_a_programme_follows_up_nobody_of_the_pool_stands_for(furnished_file: Furnished) -> None:
    office = furnished_file(following_up)
    with pytest.raises(CatiError) as refused:
        supplements.open_supplement(office.ctx, office.programme, "u1", "g1", "样本库用完")
    assert refused.value.code == "follow_up_without_pool"
    result = simulate.simulate(office.ctx, office.programme, stations=2, seed=1)
    cells = quotas.cells(office.ctx, office.programme)
    assert {cell.group for cell in cells if cell.supplement_open} == {"g2"}
    assert [cell.completed for cell in cells if cell.group == "g2"] == [4, 4]
    assert all(cell.completed <= 2 and cell.dry for cell in cells if cell.group == "g1")
    assert result.cells == 2
    detail = quotas.detail(office.ctx, office.programme, cells[0])
    assert (detail.progress.group, detail.takes_pool) == ("g1", False)


def test_the_same_seed_is_the_same_fieldwork_on_both_engines_and_another_seed_another(
    furnished_file: Furnished, postgres_url: str, tmp_path: Path
) -> None:
    server = Database(postgres_url)
    offices = (
        furnished_file(office_in, list_size=8),
        furnished_file(office_in, list_size=8),
        office_in(server, VirtualClock(START), tmp_path / "server", list_size=8),
    )
    done = []
    for office, seed in zip(offices, (5, 6, 5), strict=True):
        result = simulate.simulate(office.ctx, office.programme, stations=2, seed=seed)
        done.append((result, fieldwork(office.database)))
    server.close()
    here, otherwise, there = done
    assert here == there
    assert here != otherwise


def test_an_invented_person_stays_the_same() -> None:
    people = [Respondent(3, f"{n:064x}") for n in range(300)]
    again = [Respondent(3, f"{n:064x}") for n in range(300)]
    assert [p.line(1) for p in people] == [p.line(1) for p in again]
    lines = {p.line(attempt) for p in people for attempt in (1, 2)}
    assert lines == {"answered", "no_answer", "busy", "unreachable", "machine", "not_in_service"}
    assert {p.leaves() for p in people} == {"", "refusal_final", "wrong_person", "break_off"}
    for person in people:
        dead = {person.line(attempt) == "not_in_service" for attempt in range(1, 6)}
        assert len(dead) == 1, "a number comes into service and goes out of it"


def refusal(office: Office, run: Any = simulate.simulate) -> str:
    with pytest.raises(CatiError) as refused:
        run(office.ctx, programmes.get(office.ctx), stations=1, seed=1)
    assert str(refused.value)
    return refused.value.code


@pytest.mark.parametrize("run", [simulate.simulate, parallel.simulate])
def test_nothing_is_simulated_where_people_were_called(furnished: Furnished, run: Any) -> None:
    office = furnished(office_in)
    operator = office.hire("zhou")
    case = queue.claim_next(operator, office.programme)
    assert case is not None
    with office.database.write() as connection:
        connection.execute(
            t.attempts.insert().values(
                id="a",
                case_id=case.case_id,
                number=1,
                user_id=operator.actor.user_id,
                station="pc",
                epoch=1,
                dialled_at=START,
            )
        )
    assert refusal(office, run) == "programme_is_live"


@pytest.mark.parametrize(("state", "code"), [("setup", "not_drawn"), ("closed", "fieldwork_closed")])
def test_nothing_is_simulated_before_the_draw_or_after_the_end(
    furnished: Furnished, state: str, code: str
) -> None:
    office = furnished(office_in)
    with office.database.write() as connection:
        connection.execute(update(t.programmes).values(state=state))
    assert refusal(office) == code


def test_a_programme_that_may_not_be_called_any_more_is_not_simulated(furnished: Furnished) -> None:
    office = furnished(office_in)
    loaded = office.settings(expires=date(2024, 1, 1))
    with pytest.raises(CatiError) as refused:
        simulate.simulate(office.ctx, loaded, stations=1, seed=1)
    assert refused.value.code == "no_call_hours"


def test_fieldwork_begins_on_its_day_whatever_the_clock_says(furnished: Furnished) -> None:
    office = furnished(office_in)
    loaded = office.settings(fieldwork_start=date(2024, 3, 4))
    begin = simulate.start_of_fieldwork(loaded, START)
    assert begin == datetime(2024, 3, 4, tzinfo=START.tzinfo)
    assert simulate.start_of_fieldwork(office.programme, START) == START


def test_where_lists_and_pool_run_dry_a_simulation_ends_and_names_the_short_cells(
    furnished_file: Furnished,
) -> None:
    office = furnished_file(office_in, list_size=2, pool=1)
    result = simulate.simulate(office.ctx, office.programme, stations=2, seed=1)
    cells = quotas.cells(office.ctx, office.programme)
    assert result.attempts == len(rows(office.database, select(t.attempts.c.id))) > 0
    assert result.interviews == sum(cell.completed for cell in cells) > 0
    assert result.short == {
        f"{cell.unit_name}/{cell.group_label}": cell.quota - cell.completed
        for cell in cells
        if cell.completed < cell.quota
    }
    assert result.cells + len(result.short) == 4
    assert sum(result.short.values()) >= 14 - 9  # of eight people on lists and one of the pool
    assert programmes.get(office.ctx).state == "closed"


def test_a_simulation_ends_when_the_last_day_of_calling_passes(
    furnished_file: Furnished, clock: VirtualClock
) -> None:
    office = furnished_file(office_in)
    clock.move_to(START.replace(hour=23, minute=58))
    last_day = office.settings(fieldwork_end=START.date())
    result = simulate.simulate(office.ctx, last_day, stations=1, seed=1)
    assert 0 < result.attempts < 10
    assert sum(result.short.values()) == 14 - result.interviews


def test_a_queue_that_will_never_move_ends_the_simulation(furnished_file: Furnished) -> None:
    office = furnished_file(office_in)
    with office.database.write() as connection:
        connection.execute(update(t.cases).values(state=8))
    assert simulate.next_moment(office.ctx, office.programme) is None
    seconds = multiprocessing.Value("d", START.timestamp())
    at_once = partial(parallel._supervise, office.ctx, office.programme, parallel.SharedClock(seconds))
    assert at_once([], None, lambda _done, _total: None) == 0


def test_time_moves_on_even_when_a_case_is_due_and_nobody_may_have_it(furnished: Furnished) -> None:
    office = furnished(office_in)
    assert simulate.next_moment(office.ctx, office.programme) == START + timedelta(minutes=1)


def test_stations_that_call_at_once_fill_every_cell_exactly(furnished: Furnished) -> None:
    office = furnished(office_in, 4)
    told: list[tuple[int, int]] = []
    result = parallel.simulate(
        office.ctx, office.programme, stations=2, seed=1, progress=lambda *step: told.append(step)
    )
    assert (result.interviews, result.cells, result.overshoot) == (14, 4, 0)
    assert [cell.completed for cell in quotas.cells(office.ctx, office.programme)] == [3, 4, 3, 4]
    assert told[-1] == (14, 14)
    operators = rows(office.database, select(t.attempts.c.user_id).distinct())
    assert len(operators) == 2
    held = rows(office.database, select(t.persons.c.case_id).where(t.persons.c.case_id.is_not(None)))
    assert len(held) == len(set(held))


def test_a_simulated_station_that_fails_ends_the_simulation(furnished: Furnished) -> None:
    office = furnished(office_in)
    with office.database.write() as connection:
        # No process can open a contact.
        connection.execute(update(t.contacts).values(sealed=b"not sealed by the programme's key"))
    with pytest.raises((CatiError, RuntimeError)):
        parallel.simulate(office.ctx, office.programme, stations=1, seed=1)
    assert programmes.get(office.ctx).state == "drawn"
