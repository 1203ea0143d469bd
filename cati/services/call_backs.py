"""Respondents who call: their case is opened by their number."""

from __future__ import annotations

from datetime import datetime, timedelta

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.dispositions import CALLS_BACK
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import Assignment, CaseState, Pick, Reason
from cati.domain.users import Right
from cati.services import audit, clearances, stations
from cati.services.calls import refuse_out_of_season
from cati.services.context import Context
from cati.services.queue import LEASE, assignment_of, refuse_outside_fieldwork
from cati.services.wishes import typed_number
from cati.store import calls as call_store
from cati.store import queue as store
from cati.store import settlement
from cati.store.call_backs import NumberCase, cases_of_number
from cati.store.engine import Connection


def open_case(
    ctx: Context,
    programme: LoadedProgramme,
    number: str,
    *,
    instead: Assignment | None = None,
    lease: timedelta = LEASE,
) -> Assignment:
    """Hold the case of a respondent who calls, whenever that is, and give all the console needs.

    Only somebody who was dialled before can be opened, so that nobody can pick whom to interview; of
    everybody else it is said that the number is unknown. Nothing of the number is stored.

    Args:
        ctx: the operator who answers the call.
        programme: in hand.
        number: as typed.
        instead: the case in hand that was not dialled; it goes back to where it stood.
        lease: how long the case stays with a station that falls silent.

    Raises:
        CatiError: ``number_invalid``; ``call_back_unknown``, ``call_back_complete``, ``call_back_full``,
            ``call_back_held``, ``call_back_ended``, ``call_back_paused``, ``call_back_barred``, each with
            what to say to the caller; ``not_drawn``, ``fieldwork_closed``, ``no_contact_key``, and as
            `refuse_out_of_season`, `clearances.require` and `stations.require_place`. The case in hand is
            then still in hand.
    """
    ctx.actor.require(Right.INTERVIEW)
    hashed = ctx.keys.contact_key(programme.id).number_hash(typed_number(programme, number))
    with ctx.database.write() as connection:
        now = ctx.now(connection)
        refuse_outside_fieldwork(connection, programme)
        stations.require_place(ctx, connection, now)
        clearances.require(connection, programme, ctx.actor.user_id)
        found = _found(ctx, connection, programme, hashed, now)
        refuse_out_of_season(programme, now, begun=found.disposition == "partial")
        held = settlement.hold_for_call_back(
            connection,
            found.case_id,
            user_id=ctx.actor.user_id,
            station=ctx.actor.station,
            until=now + lease,
        )
        if not held:
            raise CatiError(
                "call_back_full",
                N_(
                    "For this unit and group enough people have answered. Thank the caller for calling: no "
                    "more answers are needed."
                ),
            )
        call_store.cut_off(connection, found.case_id)
        audit.record(ctx, connection, "call_back", f"case {found.case_id}")
        opened = assignment_of(ctx, connection, programme, Pick(found.case_id, Reason.INCOMING))
    if instead is not None and instead.case_id != opened.case_id:
        _give_back(ctx, instead)
    return opened


def _give_back(ctx: Context, case: Assignment) -> None:
    """In a transaction of its own: no two cells are locked in one."""
    with ctx.database.write() as connection:
        if store.holds(connection, case.case_id, case.epoch, ctx.actor.user_id):
            store.give_back(connection, case.case_id, ctx.now(connection))


def _found(
    ctx: Context, connection: Connection, programme: LoadedProgramme, hashed: bytes, now: datetime
) -> NumberCase:
    """The case of a number that may be opened; the one that was dialled, if the number has several."""
    user_id = ctx.actor.user_id
    known = cases_of_number(connection, programme.id, hashed, user_id, now)
    dialled = [case for case in known if case.attempts and not case.taken]
    if not dialled:
        raise CatiError(
            "call_back_unknown",
            N_(
                "Nobody was called at this number. Nothing was stored. Ask the caller on which number our "
                "call came in, or give the bureau's hotline."
            ),
        )
    settlement.lock_case(connection, dialled[0].case_id)
    again = cases_of_number(connection, programme.id, hashed, user_id, now)
    case = next(one for one in again if one.case_id == dialled[0].case_id)
    refusal = _refusal(case)
    if refusal is not None:
        raise refusal
    return case


def _refusal(case: NumberCase) -> CatiError | None:
    """Why a case may not be opened, in words for the caller."""
    if case.state is CaseState.COMPLETE or case.disposition == "complete":
        return CatiError(
            "call_back_complete",
            N_("This person has been interviewed already. Thank the caller: nothing more is needed."),
        )
    if case.state is CaseState.CLOSED and case.disposition not in CALLS_BACK:
        return CatiError(
            "call_back_ended",
            N_("This case has ended without an interview and stays so. Thank the caller for calling."),
        )
    if case.busy:
        return CatiError(
            "call_back_held",
            N_("A colleague has this case in hand. Ask the caller to wait for that colleague's call."),
        )
    if case.paused:
        return CatiError(
            "call_back_paused",
            N_("Interviews of this unit and group are paused. Ask the caller to call again later."),
        )
    if case.barred:
        return CatiError(
            "call_back_barred",
            N_("You are not to interview this person. Let a colleague take the call."),
        )
    return None
