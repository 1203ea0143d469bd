"""The queue as it is meant, in plain Python: what both engines are held against."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from cati.domain.queue import CaseState, Fate, Reason, Settlement, has_place, share
from tests.store.queue_floor import LEASE, OWNER_KEEPS, START

Key = tuple[int, int]
"""A case: index of its cell, position in it from 0."""

WAITING = (CaseState.CALLBACK, CaseState.APPOINTMENT)
AFTER = {
    "complete": CaseState.COMPLETE,
    "no_opinion": CaseState.CLOSED,
    "final": CaseState.CLOSED,
    "callback": CaseState.CALLBACK,
    "appointment": CaseState.APPOINTMENT,
}


@dataclass
class ModelCase:
    """A case; `age` orders cases due at the same time; `untouched`: nothing came after its lapse."""

    key: Key
    age: int
    person: int
    state: CaseState
    epoch: int = 0
    holder: int | None = None
    lease_until: datetime | None = None
    not_before: datetime | None = None
    owner: int | None = None
    owner_until: datetime | None = None
    barred: int | None = None
    appointment: str | None = None
    reserves: bool = False
    begun: bool = False
    was_held: bool = False
    dialled: bool = False
    language: str | None = None
    untouched: bool = False


@dataclass
class ModelCell:
    """A cell; the group is an index."""

    group: int
    quota: int
    completed: int = 0
    reserved: int = 0
    overshoot: int = 0
    watermark: int = 0
    exhausted: bool = False
    paused: bool = False

    @property
    def place(self) -> bool:
        return has_place(self.completed, self.reserved, self.quota)


@dataclass
class Model:
    """All cells and cases, and who took whom."""

    cells: list[ModelCell]
    cases: dict[Key, ModelCase] = field(default_factory=dict)
    taken: dict[int, Key] = field(default_factory=dict)
    now: datetime = START
    speaks: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def add(self, cell: int, person: int, *, reserve: bool) -> None:
        key = (cell, len([1 for c, _ in self.cases if c == cell]))
        state = CaseState.RESERVE if reserve else CaseState.FRESH
        self.cases[key] = ModelCase(key, len(self.cases), person, state)

    # ---- claim

    def claim(
        self, operator: int, groups: frozenset[int], factor: int, full: frozenset[int] = frozenset()
    ) -> tuple[Key, Reason] | None:
        """`full`: cells of whose unit the operator has a full share."""
        while True:
            found = self._next(operator, groups, factor, full)
            if found is not None:
                self._hold(found[0], operator)
                return found
            if not self.reap():
                return None

    def _next(
        self, me: int, groups: frozenset[int], factor: int, full: frozenset[int]
    ) -> tuple[Key, Reason] | None:
        held = [c for c in self.cases.values() if c.holder == me and self._resumable(c, groups)]
        if held:
            return min(held, key=lambda c: c.age).key, Reason.RESUME
        due = [(self._reason(c, me), c) for c in self.cases.values() if self._is_due(c, me, groups)]
        agreed = (Reason.RESUME, Reason.OWN_APPOINTMENT)
        due = [(reason, c) for reason, c in due if reason in agreed or c.key[0] not in full]
        if due:
            order = list(Reason)
            reason, best = min(due, key=lambda d: (order.index(d[0]), d[1].not_before or START, d[1].age))
            return best.key, reason
        return self._next_fresh(me, groups, factor, full)

    def _resumable(self, case: ModelCase, groups: frozenset[int]) -> bool:
        assert case.lease_until is not None
        cell = self.cells[case.key[0]]
        return case.lease_until > self.now or (cell.group in groups and not cell.paused)

    def _is_due(self, case: ModelCase, me: int, groups: frozenset[int]) -> bool:
        cell = self.cells[case.key[0]]
        kept = case.owner_until is not None and case.owner_until > self.now and case.owner != me
        return (
            case.state in WAITING
            and case.not_before is not None
            and case.not_before <= self.now
            and cell.group in groups
            and not cell.paused
            and (case.language is None or case.language in self.speaks.get(me, ()))
            and case.barred != me
            and not kept
            and (case.reserves or cell.place)
        )

    def _reason(self, case: ModelCase, me: int) -> Reason:
        if case.state is CaseState.APPOINTMENT:
            return Reason.OWN_APPOINTMENT if case.owner == me else Reason.APPOINTMENT
        cut_off = case.owner == me and case.owner_until is not None and case.owner_until > self.now
        return Reason.RESUME if cut_off else Reason.CALLBACK

    def _next_fresh(
        self, me: int, groups: frozenset[int], factor: int, full: frozenset[int]
    ) -> tuple[Key, Reason] | None:
        passed = set(full)
        while True:
            served = [
                (share(c.completed, c.reserved, c.quota), c.watermark, index)
                for index, c in enumerate(self.cells)
                if c.group in groups and c.place and not (c.exhausted or c.paused) and index not in passed
            ]
            if not served:
                return None
            index = min(served)[2]
            cell = self.cells[index]
            left = self._in_state(index, CaseState.FRESH)
            fresh = [c for c in left if c.barred != me]
            above = [c for c in fresh if c.key[1] + 1 > cell.watermark]
            if not fresh:
                if not self.release(index, cell.quota * factor):
                    passed |= {index}
                    cell.exhausted = not left
                continue
            case = (above or fresh)[0]
            if self.taken.setdefault(case.person, case.key) != case.key:
                case.state = CaseState.CLOSED
                continue
            passed_over = [c for c in left if cell.watermark < c.key[1] + 1 < case.key[1] + 1]
            reached = passed_over[0].key[1] if passed_over else case.key[1] + 1
            cell.watermark = max(cell.watermark, reached)
            return case.key, Reason.FRESH

    def _in_state(self, cell: int, state: CaseState) -> list[ModelCase]:
        return [c for k, c in sorted(self.cases.items()) if k[0] == cell and c.state is state]

    def release(self, cell: int, count: int) -> int:
        found = self._in_state(cell, CaseState.RESERVE)[:count]
        for case in found:
            case.state = CaseState.FRESH
        if found:
            self.cells[cell].exhausted = False
        return len(found)

    def _hold(self, key: Key, operator: int) -> None:
        case = self.cases[key]
        if not case.reserves:
            self.cells[key[0]].reserved += 1
        case.state, case.holder, case.reserves = CaseState.HELD, operator, True
        case.lease_until = self.now + LEASE
        case.epoch += 1
        case.untouched, case.was_held = False, True

    # ---- leases

    def owns(self, key: Key, epoch: int, operator: int) -> bool:
        case = self.cases[key]
        return case.state is CaseState.HELD and case.epoch == epoch and case.holder == operator

    def reap(self) -> int:
        lapsed = [c for c in self.cases.values() if c.lease_until is not None and c.lease_until <= self.now]
        for case in lapsed:
            if not case.dialled:
                self._freshen(case)
                continue
            firm = case.appointment == "firm"
            former = case.holder
            self._let_go(case, CaseState.APPOINTMENT if firm else CaseState.CALLBACK, firm=firm)
            case.epoch += 1
            case.not_before, case.untouched = self.now, True
            if not firm:
                case.owner = case.owner_until = case.appointment = None
            if case.begun:
                case.owner, case.owner_until = former, self.now + OWNER_KEEPS
        return len(lapsed)

    def _freshen(self, case: ModelCase) -> None:
        self._let_go(case, CaseState.FRESH, firm=False)
        case.epoch += 1
        case.untouched = False
        cell = self.cells[case.key[0]]
        cell.watermark, cell.exhausted = min(cell.watermark, case.key[1]), False

    def _let_go(self, case: ModelCase, state: CaseState, *, firm: bool) -> None:
        if case.reserves and not firm:
            self.cells[case.key[0]].reserved -= 1
        case.state, case.reserves = state, firm
        case.holder = case.lease_until = None

    # ---- settlement

    def settle(self, key: Key, epoch: int, operator: int, outcome: Settlement) -> Fate:
        case, cell = self.cases[key], self.cells[key[0]]
        if self.owns(key, epoch, operator):
            self._apply(case, outcome, firm=outcome.firm)
            return Fate.SETTLED
        if outcome.kind == "complete":
            return self._late_complete(case, cell)
        if case.untouched and case.epoch == epoch + 1:
            firm = outcome.firm and (case.reserves or cell.place)
            if firm and not case.reserves:
                cell.reserved += 1
            self._apply(case, outcome, firm=firm)
            case.epoch += 1
            return Fate.LATE_SETTLED
        return Fate.LATE_RECORDED

    def _apply(self, case: ModelCase, outcome: Settlement, *, firm: bool) -> None:
        state = AFTER[outcome.kind]
        waits = state in WAITING
        appointment = state is CaseState.APPOINTMENT
        self._let_go(case, state, firm=appointment and firm)
        if outcome.kind == "complete":
            self.cells[case.key[0]].completed += 1
        case.not_before = (outcome.not_before or self.now) if waits else None
        case.owner = outcome.owner_id if waits else None
        case.owner_until = outcome.owner_until if waits and outcome.owner_id else None
        case.barred = outcome.barred_id or case.barred
        case.appointment = ("firm" if firm else "soft") if appointment else None
        case.language = outcome.language or case.language
        case.untouched = False

    def _late_complete(self, case: ModelCase, cell: ModelCell) -> Fate:
        if case.state is CaseState.COMPLETE:
            return Fate.LATE_DUPLICATE
        counts = case.reserves or cell.place
        self._let_go(case, CaseState.COMPLETE, firm=False)
        case.epoch += 1
        case.not_before = case.owner = case.owner_until = case.appointment = None
        case.untouched = False
        cell.completed += counts
        cell.overshoot += not counts
        return Fate.LATE_COUNTED if counts else Fate.LATE_OVERSHOOT

    def hand_over(self, key: Key, epoch: int, operator: int) -> bool:
        if not self.owns(key, epoch, operator):
            return False
        case = self.cases[key]
        if not case.dialled:
            case.barred = operator
            self._freshen(case)
            return True
        kind = "appointment" if case.appointment else "callback"
        given = Settlement(kind, "", case.not_before, barred_id=operator)  # type: ignore[arg-type]
        self._apply(case, given, firm=case.appointment == "firm")
        return True

    # ---- what is decided by hand

    def set_aside(self, case: ModelCase) -> None:
        case.state = CaseState.ASIDE
        case.epoch += 1

    def bring_back(self, case: ModelCase) -> None:
        cell = self.cells[case.key[0]]
        case.state = CaseState.CALLBACK if case.dialled else CaseState.FRESH
        if case.appointment:
            case.state = CaseState.APPOINTMENT
        elif not case.dialled:
            cell.watermark = min(cell.watermark, case.key[1])
        cell.exhausted = False
        case.epoch += 1

    def give(self, case: ModelCase, operator: int, until: datetime) -> bool:
        if self.taken.setdefault(case.person, case.key) != case.key:
            return False
        case.state = CaseState.APPOINTMENT
        if not case.appointment:
            case.state, case.not_before = CaseState.CALLBACK, self.now
        case.owner, case.owner_until = operator, None if case.appointment else until
        case.barred = None if case.barred == operator else case.barred
        case.epoch += 1
        return True

    def call_again(self, case: ModelCase, barred: int | None) -> bool:
        if case.state is not CaseState.CLOSED:
            return False
        case.state, case.not_before, case.barred = CaseState.CALLBACK, self.now, barred
        case.epoch += 1
        case.untouched = False
        return True

    def withdraw(self, case: ModelCase, *, again: bool) -> bool:
        cell = self.cells[case.key[0]]
        counted = case.state is CaseState.COMPLETE
        if counted or (again and case.state is CaseState.CLOSED):
            case.state = CaseState.CALLBACK if again else CaseState.CLOSED
            case.not_before = self.now if again else None
            case.epoch += 1
            case.untouched = False
        if not counted:
            return False
        if cell.overshoot:
            cell.overshoot -= 1
        else:
            cell.completed -= 1
        cell.exhausted = cell.exhausted and not cell.place
        return cell.place

    def count_again(self, case: ModelCase) -> bool:
        cell = self.cells[case.key[0]]
        if not case.reserves and not cell.place:
            return False
        cell.reserved -= case.reserves
        cell.completed += 1
        case.state, case.reserves = CaseState.COMPLETE, False
        case.not_before = case.owner = case.owner_until = case.appointment = None
        case.epoch += 1
        case.untouched = False
        return True
