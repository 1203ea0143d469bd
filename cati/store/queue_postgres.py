"""Cases, leases and places on PostgreSQL, moved by the functions of migrations/versions/0015_floor.py.

Whoever calls them is told by the session where everybody signs in to the server as themselves; only the
owner of the tables acts for the user that is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Integer,
    Interval,
    LargeBinary,
    Row,
    Text,
    TextClause,
    bindparam,
    text,
)
from sqlalchemy.types import TypeEngine

from cati.domain.queue import CaseState, ClaimRequest, Fate, Settlement, SettleResult
from cati.domain.writes import Begun
from cati.store.engine import Connection
from cati.store.types import Moment

_TYPES: dict[type, TypeEngine[Any]] = {
    bool: Boolean(),
    int: BigInteger(),
    str: Text(),
    datetime: Moment(),
    timedelta: Interval(),
    bytes: LargeBinary(),
}
_ARRAYS: dict[str, TypeEngine[Any]] = {
    "languages": ARRAY(Text),
    "full": ARRAY(BigInteger),
    "numbers": ARRAY(LargeBinary),
}
_WHOLE = frozenset({"epoch", "alternate", "most", "unsent", "ahead"})
"""Names of what PostgreSQL calls an integer."""
_NULLS: dict[str, type] = {
    "user": int,
    "not_before": datetime,
    "owner": int,
    "owner_until": datetime,
    "barred": int,
    "language": str,
    "disposition": str,
    "verifier": str,
    "told_at": datetime,
    "oldest": datetime,
    "ahead": int,
    "attempt": str,
    "became": str,
}
"""Of what type an argument is that may be missing."""


def call(connection: Connection, function: str, beside: str = "", /, **given: Any) -> Row[Any]:
    """The one row that a function of the database gives.

    Args:
        connection: to PostgreSQL.
        function: its name.
        beside: a table of one row, which is given after what the function gives.
        given: its arguments, in their order.
    """
    return connection.execute(_statement(function, _kinds(given), beside), given).one()


def _kinds(given: dict[str, Any]) -> tuple[tuple[str, type], ...]:
    return tuple((name, _NULLS.get(name) or type(value)) for name, value in given.items())


@cache
def _statement(function: str, kinds: tuple[tuple[str, type], ...], beside: str = "") -> TextClause:
    arguments = ", ".join(f":{name}" for name, _ in kinds)
    bound = [bindparam(name, type_=_type(name, kind)) for name, kind in kinds]
    rest = f", {beside}" if beside else ""
    return text(f"select * from {function}({arguments}){rest}").bindparams(*bound)


def _type(name: str, kind: type) -> TypeEngine[Any]:
    return Integer() if name in _WHOLE else _ARRAYS.get(name) or _TYPES[kind]


def told(outcome: Settlement) -> dict[str, Any]:
    """What becomes of a case, as the arguments of a function that settles it, in their order."""
    return {
        "kind": outcome.kind,
        "disposition": outcome.disposition,
        "not_before": outcome.not_before,
        "owner": outcome.owner_id,
        "owner_until": outcome.owner_until,
        "firm": outcome.firm,
        "barred": outcome.barred_id,
        "language": outcome.language,
    }


def settle(
    connection: Connection, *, case_id: int, epoch: int, user_id: int, now: datetime, outcome: Settlement
) -> SettleResult:
    """As `cati.store.queue.settle`."""
    done = call(
        connection,
        "settle_case",
        case=case_id,
        epoch=epoch,
        user=user_id,
        now=now,
        **told(outcome),
    )
    return SettleResult(Fate(done.o_fate), CaseState(done.o_state))


def begin(
    connection: Connection,
    *,
    attempt_id: str,
    case_id: int,
    epoch: int,
    user_id: int,
    station: str,
    alternate: int,
    at: datetime,
    simulated: bool,
    incoming: bool,
) -> int | None:
    """As `cati.store.calls.begin`."""
    (number,) = call(
        connection,
        "begin_attempt",
        attempt=attempt_id,
        case=case_id,
        epoch=epoch,
        user=user_id,
        station=station,
        alternate=alternate,
        at=at,
        simulated=simulated,
        incoming=incoming,
    )
    return None if number is None else int(number)


def note_attempt(connection: Connection, begun: Begun, user_id: int, station: str) -> bool:
    """Add an attempt whose telephone has rung already; False when its lease was lost meanwhile.

    What others do in the case then stays as it is. Only a server is ever silent while somebody is called.
    """
    (in_time,) = call(
        connection,
        "note_attempt",
        attempt=begun.attempt_id,
        case=begun.case_id,
        epoch=begun.epoch,
        user=user_id,
        station=station,
        alternate=begun.alternate,
        at=begun.at,
        simulated=begun.simulated,
        incoming=begun.incoming,
    )
    return bool(in_time)


def cut_off(connection: Connection, case_id: int) -> None:
    """As `cati.store.calls.cut_off`."""
    call(connection, "cut_off_attempts", case=case_id)


def heartbeat(
    connection: Connection, *, case_id: int, epoch: int, user_id: int, until: datetime
) -> int | None:
    """As `cati.store.queue.heartbeat`."""
    (programme,) = call(connection, "extend_lease", case=case_id, epoch=epoch, user=user_id, until=until)
    return None if programme is None else int(programme)


def holds(connection: Connection, case_id: int, epoch: int, user_id: int) -> bool:
    """As `cati.store.queue.holds`."""
    return bool(call(connection, "holds_case", case=case_id, epoch=epoch, user=user_id)[0])


def lapsed(connection: Connection, programme_id: int, now: datetime) -> bool:
    """As `cati.store.queue.lapsed`."""
    return bool(call(connection, "lease_lapsed", programme=programme_id, now=now)[0])


def reap(connection: Connection, programme_id: int, now: datetime, owner_keeps: timedelta, most: int) -> int:
    """As `cati.store.queue.reap`; at most `most` cases."""
    return int(
        call(connection, "reap_cases", programme=programme_id, now=now, owner_keeps=owner_keeps, most=most)[0]
    )


def lock_case(connection: Connection, case_id: int) -> CaseState:
    """As `cati.store.queue.lock_case`."""
    return CaseState(call(connection, "lock_case", case=case_id)[0])


def hold_for_call_back(
    connection: Connection, case_id: int, user_id: int, station: str, until: datetime
) -> bool:
    """As `cati.store.queue.hold_for_call_back`."""
    return bool(
        call(connection, "hold_for_call_back", case=case_id, user=user_id, station=station, until=until)[0]
    )


def move_appointment(connection: Connection, case_id: int, user_id: int, at: datetime) -> bool:
    """As `cati.store.queue.move_appointment`."""
    return bool(call(connection, "move_appointment", case=case_id, user=user_id, at=at)[0])


def cancel_appointment(connection: Connection, case_id: int, user_id: int) -> bool:
    """As `cati.store.queue.cancel_appointment`."""
    return bool(call(connection, "cancel_appointment", case=case_id, user=user_id)[0])


def hand_over(connection: Connection, *, case_id: int, epoch: int, user_id: int, now: datetime) -> bool:
    """As `cati.store.queue.hand_over`."""
    return bool(call(connection, "hand_over_case", case=case_id, epoch=epoch, user=user_id, now=now)[0])


def give_back(connection: Connection, case_id: int, now: datetime) -> None:
    """As `cati.store.queue.give_back`."""
    call(connection, "give_back_case", case=case_id, now=now)


def close_held(connection: Connection, case_id: int, disposition: str, now: datetime) -> None:
    """As `cati.store.queue.close_held`."""
    call(connection, "close_held_case", case=case_id, disposition=disposition, now=now)


def outlook(connection: Connection, request: ClaimRequest) -> Sequence[Row[Any]]:
    """As `cati.store.queue.outlook`: code, fresh and due of each group."""
    given = {
        "programme": request.programme_id,
        "user": request.user_id,
        "languages": list(request.languages),
        "full": list(request.full_units),
    }
    return connection.execute(_statement("outlook", _kinds(given)), given).all()


def full_units(connection: Connection, programme_id: int, user_id: int, now: datetime) -> tuple[int, ...]:
    """As `cati.store.queue.full_units`."""
    (full,) = call(connection, "full_units", programme=programme_id, user=user_id, now=now)
    return tuple(full)


def at_work(connection: Connection, now: datetime) -> Sequence[Row[Any]]:
    """As `cati.store.attendance.at_work`: user_id and event of each."""
    given = {"now": now}
    return connection.execute(_statement("at_work", _kinds(given)), given).all()


def cases_of_number(
    connection: Connection, programme_id: int, number: bytes, user_id: int, now: datetime
) -> Sequence[Row[Any]]:
    """As `cati.store.call_backs.cases_of_number`, its fields by name."""
    given = {"programme": programme_id, "number": number, "user": user_id, "now": now}
    return connection.execute(_statement("cases_of_number", _kinds(given)), given).all()


def settled_state(
    connection: Connection, attempt_id: str, disposition: str, ended_at: datetime
) -> CaseState | None:
    """As `cati.store.calls.settled_state`."""
    (state,) = call(
        connection, "settled_state", attempt=attempt_id, disposition=disposition, ended_at=ended_at
    )
    return None if state is None else CaseState(state)
