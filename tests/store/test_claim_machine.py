"""Both engines and a model in Python, moved in step: the same people in the same order, no place too many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import insert, select

from cati.domain.queue import WAITING, CaseState, Settlement
from cati.store import queue as store
from cati.store import quotas, settlement, steering
from cati.store import tables as t
from cati.store.engine import Database
from tests.store.queue_floor import LEASE, START, Floor, floor
from tests.store.queue_model import Key, Model, ModelCell

OPERATORS = st.integers(1, 3)
MINUTES = st.integers(0, 40)
CELLS = st.integers(0, 3)
LANGUAGES = st.sampled_from(["海南话", "黎语"])
SPEAKS = {1: (), 2: ("海南话",), 3: ("海南话", "黎语")}
FACTOR = 1
Hand = tuple[Key, int, int]
"""What an operator believes to hold: case, epoch, operator."""

OUTCOMES = st.one_of(
    st.sampled_from(
        [
            Settlement("complete", "complete"),
            Settlement("no_opinion", "complete"),
            Settlement("final", "refusal_final"),
        ]
    ),
    st.builds(
        Settlement,
        kind=st.just("callback"),
        disposition=st.just("busy"),
        not_before=MINUTES.map(lambda m: START + timedelta(minutes=m)),
        owner_id=st.none() | OPERATORS,
        owner_until=st.none() | MINUTES.map(lambda m: START + timedelta(minutes=m)),
        barred_id=st.none() | OPERATORS,
        language=st.none() | LANGUAGES,
    ),
    st.builds(
        Settlement,
        kind=st.just("appointment"),
        disposition=st.just("appointment"),
        not_before=MINUTES.map(lambda m: START + timedelta(minutes=m)),
        owner_id=st.none() | OPERATORS,
        owner_until=st.none() | MINUTES.map(lambda m: START + timedelta(minutes=m)),
        firm=st.booleans(),
    ),
)


class QueueMachine(RuleBasedStateMachine):
    """Three operators on four cells of two groups."""

    databases: tuple[Database, Database]

    def __init__(self) -> None:
        super().__init__()
        self.floors: list[Floor] = []
        self.model = Model([])
        self.hands: list[Hand] = []
        self.dialled: list[Hand] = []
        self.people: list[list[int]] = []

    @initialize(
        quotas=st.lists(st.integers(1, 3), min_size=4, max_size=4),
        cases=st.lists(st.integers(0, 4), min_size=4, max_size=4),
        reserve=st.lists(st.integers(0, 3), min_size=4, max_size=4),
    )
    def set_up(self, quotas: list[int], cases: list[int], reserve: list[int]) -> None:
        self.model = Model([ModelCell(index % 2, quota) for index, quota in enumerate(quotas)], speaks=SPEAKS)
        self.floors = [
            floor(database, quotas=quotas, cases=cases, reserve=reserve, groups=2)
            for database in self.databases
        ]
        person = 0
        for cell, number in enumerate(cases):
            for position in range(number):
                self.model.add(cell, person, reserve=position >= number - reserve[cell])
                person += 1
        for made in self.floors:
            with made.database.read() as connection:
                self.people.append(list(connection.scalars(select(t.persons.c.id).order_by(t.persons.c.id))))

    @rule(
        operator=OPERATORS,
        groups=st.frozensets(st.integers(0, 1)) | st.just(frozenset({0, 1})),
        full=st.just(frozenset[int]()) | st.frozensets(CELLS),
    )
    def claim(self, operator: int, groups: frozenset[int], full: frozenset[int]) -> None:
        expected = self.model.claim(operator, groups, FACTOR, full)
        for made in self.floors:
            found = made.claim(
                operator, groups=sorted(groups), factor=FACTOR, languages=SPEAKS[operator], full=sorted(full)
            )
            got = None if found is None else (self.key_of(made, found.case_id), found.reason)
            assert got == expected
        if expected is not None:
            key = expected[0]
            self.hands.append((key, self.model.cases[key].epoch, operator))

    def key_of(self, made: Floor, case_id: int) -> Key:
        return next((cell, row.index(case_id)) for cell, row in enumerate(made.cases) if case_id in row)

    @precondition(lambda self: self.live_hands())
    @rule(data=st.data())
    def dial(self, data: st.DataObject) -> None:
        hand = data.draw(st.sampled_from(self.live_hands()))
        key = hand[0]
        self.model.cases[key].dialled = True
        self.dialled.append(hand)
        for made in self.floors:
            made.dial(made.cases[key[0]][key[1]])

    @precondition(lambda self: self.dialled)
    @rule(data=st.data(), outcome=OUTCOMES, keep=st.booleans())
    def settle(self, data: st.DataObject, outcome: Settlement, keep: bool) -> None:
        """Also with epochs long gone, and, when a hand is kept, twice."""
        hand = data.draw(st.sampled_from(self.dialled))
        key, epoch, operator = hand
        if not keep:
            self.dialled.remove(hand)
        expected = self.model.settle(key, epoch, operator, outcome)
        for made in self.floors:
            result = made.settle(made.cases[key[0]][key[1]], epoch, self.with_ids(made, outcome), operator)
            assert result.fate is expected

    def with_ids(self, made: Floor, outcome: Settlement) -> Settlement:
        ids = {number: made.operators[number - 1] for number in (1, 2, 3)}
        return replace(
            outcome,
            owner_id=ids.get(outcome.owner_id or 0),
            barred_id=ids.get(outcome.barred_id or 0),
        )

    @precondition(lambda self: self.hands)
    @rule(data=st.data())
    def hand_over(self, data: st.DataObject) -> None:
        key, epoch, operator = data.draw(st.sampled_from(self.hands))
        expected = self.model.hand_over(key, epoch, operator)
        for made in self.floors:
            with made.database.write() as connection:
                given = store.hand_over(
                    connection,
                    case_id=made.cases[key[0]][key[1]],
                    epoch=epoch,
                    user_id=made.operators[operator - 1],
                    now=made.now,
                )
            assert given == expected

    @precondition(lambda self: self.hands)
    @rule(data=st.data())
    def heartbeat(self, data: st.DataObject) -> None:
        key, epoch, operator = data.draw(st.sampled_from(self.hands))
        held = self.model.owns(key, epoch, operator)
        if held:
            self.model.cases[key].lease_until = self.model.now + LEASE
        for made in self.floors:
            with made.database.write() as connection:
                beaten = store.heartbeat(
                    connection,
                    case_id=made.cases[key[0]][key[1]],
                    epoch=epoch,
                    user_id=made.operators[operator - 1],
                    until=made.now + LEASE,
                )
            assert (beaten is not None) == held

    @precondition(lambda self: self.live_calls())
    @rule(data=st.data())
    def begin_interview(self, data: st.DataObject) -> None:
        key, epoch, operator = data.draw(st.sampled_from(self.live_calls()))
        case = self.model.cases[key]
        if case.begun:
            return
        case.begun = True
        for made in self.floors:
            name = f"{key[0]}-{key[1]}"
            with made.database.write() as connection:
                connection.execute(
                    insert(t.interviews).values(
                        id=name,
                        case_id=made.cases[key[0]][key[1]],
                        cell_id=made.cells[key[0]],
                        state="open",
                        started_at=made.now,
                        user_id=made.operators[operator - 1],
                    )
                )
                connection.execute(
                    insert(t.answers).values(
                        id=name,
                        interview_id=name,
                        seq=1,
                        epoch=epoch,
                        item="q1",
                        value="x",
                        user_id=made.operators[operator - 1],
                        at=made.now,
                    )
                )

    def live_hands(self) -> list[Hand]:
        return [hand for hand in self.hands if self.model.owns(*hand)]

    def live_calls(self) -> list[Hand]:
        return [hand for hand in self.dialled if self.model.owns(*hand)]

    @precondition(lambda self: self.live_hands())
    @rule(data=st.data())
    def station_falls_silent(self, data: st.DataObject) -> None:
        key, _, _ = data.draw(st.sampled_from(self.live_hands()))
        case = self.model.cases[key]
        assert case.lease_until is not None
        case.lease_until -= LEASE
        for made in self.floors:
            made.age(made.cases[key[0]][key[1]])

    @rule()
    def reap(self) -> None:
        expected = self.model.reap()
        assert [made.reap() for made in self.floors] == [expected, expected]

    @rule(minutes=st.integers(1, 20))
    def time_passes(self, minutes: int) -> None:
        self.model.now += timedelta(minutes=minutes)
        for made in self.floors:
            made.now = self.model.now

    @rule(cell=CELLS, paused=st.booleans())
    def pause(self, cell: int, paused: bool) -> None:
        self.model.cells[cell].paused = paused
        for made in self.floors:
            made.pause(cell, paused)

    @rule(cell=CELLS, count=st.integers(1, 2))
    def release(self, cell: int, count: int) -> None:
        expected = self.model.release(cell, count)
        for made in self.floors:
            with made.database.write() as connection:
                assert quotas.release(connection, made.cells[cell], count) == expected

    @rule(cell=CELLS, reserve=st.booleans(), data=st.data())
    def supplement(self, cell: int, reserve: bool, data: st.DataObject) -> None:
        """A new person, or one that is a case elsewhere already."""
        known = len(self.people[0])
        person = data.draw(st.integers(0, known))
        mine = {c.person for k, c in self.model.cases.items() if k[0] == cell}
        if person in mine:
            person = known
        self.model.add(cell, person, reserve=reserve)
        self.model.cells[cell].exhausted = False
        for made, people in zip(self.floors, self.people, strict=True):
            if person == known:
                people.append(made.person())
            made.add_cases(cell, [people[person]], reserve=int(reserve), source="pool")
            with made.database.write() as connection:
                quotas.serve_again(connection, made.cells[cell])

    # ---- decided by hand

    def in_state(self, *states: CaseState, dialled: bool = False) -> list[Key]:
        cases = self.model.cases.items()
        return [key for key, case in cases if case.state in states and (case.dialled or not dialled)]

    def ended(self) -> list[Key]:
        return self.in_state(CaseState.CLOSED, CaseState.COMPLETE, dialled=True)

    @precondition(lambda self: self.in_state(*WAITING))
    @rule(data=st.data())
    def set_aside(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self.in_state(*WAITING)))
        self.model.set_aside(self.model.cases[key])
        for made in self.floors:
            with made.steered(key) as (connection, case):
                steering.set_aside(connection, case)

    @precondition(lambda self: self.in_state(CaseState.ASIDE))
    @rule(data=st.data())
    def bring_back(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self.in_state(CaseState.ASIDE)))
        self.model.bring_back(self.model.cases[key])
        for made in self.floors:
            with made.steered(key) as (connection, case):
                steering.bring_back(connection, case)

    @precondition(lambda self: self.in_state(*WAITING, CaseState.ASIDE))
    @rule(data=st.data(), operator=OPERATORS)
    def give(self, data: st.DataObject, operator: int) -> None:
        key = data.draw(st.sampled_from(self.in_state(*WAITING, CaseState.ASIDE)))
        until = self.model.now + LEASE
        expected = self.model.give(self.model.cases[key], operator, until)
        for made in self.floors:
            with made.steered(key) as (connection, case):
                user_id = made.operators[operator - 1]
                given = steering.give(connection, case, user_id, not_before=made.now, until=until)
            assert given == expected

    @precondition(lambda self: self.ended())
    @rule(data=st.data(), barred=st.none() | OPERATORS)
    def call_again(self, data: st.DataObject, barred: int | None) -> None:
        key = data.draw(st.sampled_from(self.ended()))
        expected = self.model.call_again(self.model.cases[key], barred)
        for made in self.floors:
            with made.steered(key) as (connection, case):
                barred_id = None if barred is None else made.operators[barred - 1]
                done = settlement.call_again(connection, case.id, not_before=made.now, barred_id=barred_id)
            assert done == expected

    @precondition(lambda self: self.ended())
    @rule(data=st.data(), again=st.booleans())
    def withdraw(self, data: st.DataObject, again: bool) -> None:
        key = data.draw(st.sampled_from(self.ended()))
        expected = self.model.withdraw(self.model.cases[key], again=again)
        for made in self.floors:
            with made.steered(key) as (connection, case):
                assert settlement.withdraw(connection, case.id, now=made.now, again=again) == expected

    @precondition(lambda self: self.in_state(CaseState.CLOSED, *WAITING, dialled=True))
    @rule(data=st.data())
    def count_again(self, data: st.DataObject) -> None:
        """A person whose interview was excluded meanwhile stands anywhere but on a desk."""
        key = data.draw(st.sampled_from(self.in_state(CaseState.CLOSED, *WAITING, dialled=True)))
        expected = self.model.count_again(self.model.cases[key])
        for made in self.floors:
            with made.steered(key) as (connection, case):
                assert settlement.bring_back(connection, case.id) == expected

    # ---- what always holds

    @invariant()
    def both_engines_stand_where_the_model_stands(self) -> None:
        for made in self.floors:
            with made.database.read() as connection:
                case_rows = {r.id: r for r in connection.execute(select(t.cases))}
                cell_rows = {r.id: r for r in connection.execute(select(t.cells))}
            for index, cell in enumerate(self.model.cells):
                row = cell_rows[made.cells[index]]
                assert (
                    row.completed,
                    row.reserved,
                    row.overshoot,
                    row.watermark,
                    row.exhausted,
                ) == (cell.completed, cell.reserved, cell.overshoot, cell.watermark, cell.exhausted)
            assert len(case_rows) == len(self.model.cases)
            for key, case in self.model.cases.items():
                row = case_rows[made.cases[key[0]][key[1]]]
                self.compare(made, row, case)

    def compare(self, made: Floor, row: Any, case: Any) -> None:
        state = row.state
        if state == CaseState.PARKED:
            # Put aside, which nobody may notice: there is no place it could be called for.
            assert not self.model.cells[case.key[0]].place
            assert not row.reserves
            state = CaseState.APPOINTMENT if row.appointment else CaseState.CALLBACK
        numbers = {user: number for number, user in enumerate(made.operators, 1)}
        assert (
            state,
            row.epoch,
            numbers.get(row.held_by),
            row.lease_until,
            row.reserves,
            row.appointment,
            row.language,
            numbers.get(row.barred_id),
        ) == (
            case.state,
            case.epoch,
            case.holder,
            case.lease_until,
            case.reserves,
            case.appointment,
            case.language,
            case.barred,
        )
        if state in (CaseState.CALLBACK, CaseState.APPOINTMENT):
            assert (row.not_before, numbers.get(row.owner_id), row.owner_until) == (
                case.not_before,
                case.owner,
                case.owner_until,
            )

    @invariant()
    def places_add_up(self) -> None:
        for index, cell in enumerate(self.model.cells):
            of_cell = [c for k, c in self.model.cases.items() if k[0] == index]
            assert cell.reserved == sum(c.reserves for c in of_cell)
            assert cell.completed + cell.reserved <= cell.quota
            finished = sum(c.state is CaseState.COMPLETE for c in of_cell)
            assert cell.completed + cell.overshoot == finished

    @invariant()
    def a_person_is_called_in_one_case_only(self) -> None:
        called = [c for c in self.model.cases.values() if c.was_held]
        assert len({c.person for c in called}) == len(called)

    def teardown(self) -> None:
        for made in self.floors:
            made.clear()


@pytest.fixture
def databases(sqlite_url: str, postgres_url: str) -> Iterator[tuple[Database, Database]]:
    opened = (Database(sqlite_url), Database(postgres_url))
    yield opened
    for database in opened:
        database.close()


@pytest.mark.long
def test_both_engines_hand_out_the_same_people_as_the_model(databases: tuple[Database, Database]) -> None:
    class Machine(QueueMachine):
        pass

    Machine.databases = databases
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
