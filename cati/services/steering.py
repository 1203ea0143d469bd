"""What a supervisor decides by hand about one case: set aside, bring back, give to somebody, reopen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import WAITING, CaseState
from cati.domain.users import Right, Role
from cati.services import audit
from cati.services.context import Context
from cati.services.queue import refuse_outside_fieldwork
from cati.services.reasons import given_reason
from cati.store import settlement, users
from cati.store import steering as store
from cati.store.engine import Connection
from cati.store.steering import CaseStep as CaseStep
from cati.store.steering import SteeredCase

KEEPS = timedelta(days=1)
"""How long only that operator gets a case who was given it."""

FOR_GOOD = ("refusal_final", "person_taken")
"""Ends that nobody may undo: a respondent's word, and a person who belongs to another case."""

Decision = Callable[[Connection, SteeredCase, datetime], None]


def set_aside(ctx: Context, programme: LoadedProgramme, case_id: int, reason: str) -> None:
    """Let nobody call a case that waits, until it is brought back.

    Args:
        ctx: somebody who may steer calling.
        programme: whose case.
        case_id: its number.
        reason: why; kept with the case.

    Raises:
        CatiError: ``not_allowed``, ``reason_missing``, ``words_too_long``, ``unknown_case``,
            ``case_on_desk``, ``case_not_waiting``, and as `refuse_outside_fieldwork`.
    """

    def decide(connection: Connection, case: SteeredCase, _now: datetime) -> None:
        _refuse_unless(case, case.state in WAITING)
        store.set_aside(connection, case)

    _steer(ctx, programme, case_id, "aside", reason, decide)


def bring_back(ctx: Context, programme: LoadedProgramme, case_id: int, reason: str) -> None:
    """Put a case that was set aside back where it waited; arguments and errors as for `set_aside`."""

    def decide(connection: Connection, case: SteeredCase, _now: datetime) -> None:
        _refuse_unless(case, case.state is CaseState.ASIDE)
        store.bring_back(connection, case)

    _steer(ctx, programme, case_id, "back", reason, decide)


def give(ctx: Context, programme: LoadedProgramme, case_id: int, user_id: int, reason: str) -> None:
    """Let one operator call a case: next for a day, or at its time when one was agreed.

    Args:
        ctx, programme, case_id, reason: as for `set_aside`.
        user_id: row number of an active operator who speaks what the respondent speaks.

    Raises:
        CatiError: as `set_aside`, and ``no_operator``, ``person_elsewhere``.
    """

    def decide(connection: Connection, case: SteeredCase, now: datetime) -> None:
        _refuse_unless(case, case.state in (*WAITING, CaseState.ASIDE))
        require_operator(connection, user_id)
        if not store.give(connection, case, user_id, not_before=now, until=now + KEEPS):
            raise person_elsewhere()

    _steer(ctx, programme, case_id, "give", reason, decide, to=user_id)


def reopen(ctx: Context, programme: LoadedProgramme, case_id: int, reason: str) -> None:
    """Have a case called again that ended without an interview.

    Args:
        ctx, programme, case_id, reason: as for `set_aside`.

    Raises:
        CatiError: as `set_aside`, and ``ended_for_good`` for who is never to be called again.
    """

    def decide(connection: Connection, case: SteeredCase, now: datetime) -> None:
        if case.state is CaseState.CLOSED and case.disposition in FOR_GOOD:
            raise CatiError(
                "ended_for_good",
                N_(
                    "This case has ended for good: nobody calls this person in it again. Nothing was changed."
                ),
            )
        _refuse_unless(case, case.state is CaseState.CLOSED)
        settlement.call_again(connection, case.id, not_before=now, barred_id=None)

    _steer(ctx, programme, case_id, "reopen", reason, decide)


class Operator(NamedTuple):
    """Somebody who may be given a case: row number, login and name."""

    user_id: int
    login: str
    name: str


def operators(ctx: Context) -> tuple[Operator, ...]:
    """Everybody who could be given a case or written to, by name.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.STEER)
    with ctx.database.read() as connection:
        people = users.everybody(connection)
    found = (
        Operator(user.id, user.login, user.name)
        for user in people
        if user.active and Role.OPERATOR in user.roles
    )
    return tuple(sorted(found, key=lambda one: (one.name, one.user_id)))


def require_operator(connection: Connection, user_id: int) -> None:
    """Refuse somebody who does not call anybody.

    Raises:
        CatiError: ``no_operator``.
    """
    if not any(
        user.id == user_id and user.active and Role.OPERATOR in user.roles
        for user in users.everybody(connection)
    ):
        raise CatiError(
            "no_operator", N_("That user does not call anybody. Nothing was changed. Choose an operator.")
        )


def _steer(
    ctx: Context,
    programme: LoadedProgramme,
    case_id: int,
    kind: str,
    reason: str,
    decide: Decision,
    *,
    to: int | None = None,
) -> None:
    ctx.actor.require(Right.STEER)
    reason = given_reason(reason)
    with ctx.database.write() as connection:
        refuse_outside_fieldwork(connection, programme)
        now = ctx.now(connection)
        case = store.lock(connection, programme.id, case_id)
        if case is None:
            raise CatiError("unknown_case", N_("There is no such case. Nothing was changed."))
        decide(connection, case, now)
        by = ctx.actor.user_id
        store.add_step(connection, case_id, kind, reason=reason, at=now, by=by, to=to)
        audit.record(ctx, connection, f"case_{kind}", f"case {case_id}", reason=reason)


def person_elsewhere() -> CatiError:
    """The refusal where a person belongs to another case."""
    return CatiError(
        "person_elsewhere",
        N_("The person of this case is called for another unit. Nothing was changed."),
    )


def refuse_on_desk(case: SteeredCase) -> None:
    """Refuse to decide on a case that somebody is calling.

    Raises:
        CatiError: ``case_on_desk``.
    """
    if case.state is CaseState.HELD:
        raise CatiError(
            "case_on_desk",
            N_("{name} has this case on the desk. Nothing was changed. Wait until the call has ended."),
            name=case.held_by or "",
        )


def _refuse_unless(case: SteeredCase, fits: bool) -> None:
    refuse_on_desk(case)
    if not fits:
        raise CatiError(
            "case_not_waiting",
            N_("This case does not stand so that this could be done with it. Nothing was changed."),
        )
