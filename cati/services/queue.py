"""The next person to call, and the lease under which an operator holds the case."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain import queue as rules
from cati.domain.dispositions import PastAttempt, final_code
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import Assignment, ClaimRequest, Pick, Reason
from cati.domain.users import Right
from cati.services import audit, clearances, stations, wishes
from cati.services.calls import refuse_out_of_season
from cati.services.context import Context
from cati.store import assignments, outlook, settlement, steering, users
from cati.store import calls as calls_store
from cati.store import queue as store
from cati.store.claim_postgres import FullShare
from cati.store.draws import programme_state
from cati.store.engine import Connection
from cati.store.frames import group_ids

LEASE = timedelta(seconds=120)
"""How long a case stays with a station that has fallen silent."""
HEARTBEAT_SECONDS = 30
"""How often a station extends its lease."""


class _Nobody(Enum):
    """Somebody was waiting whom this claim did not get: it asks again."""

    YET = 1


def claim_next(ctx: Context, programme: LoadedProgramme, *, lease: timedelta = LEASE) -> Assignment | None:
    """Hold the next case for this operator and give all the console needs; None when there is none now.

    A case whose number is on the list of those not to be called ends here, undialled, as a refusal.

    Raises:
        CatiError: ``not_allowed``; ``not_drawn``, ``fieldwork_closed``, ``approval_expired``,
            ``fieldwork_over`` when nobody may be called; as `clearances.require` and
            `stations.require_place`; ``no_contact_key``, ``no_refusal_key`` without one of the keys (no case
            is held then).
    """
    ctx.actor.require(Right.INTERVIEW)
    given_back: set[int] = set()
    counted = False
    while True:
        try:
            found = _hold_next(ctx, programme, lease, given_back, counted=counted)
        except FullShare:
            counted = True
            continue
        if isinstance(found, Assignment):
            return found
        # What a race or a lapsed lease leaves behind is settled in a transaction of its own.
        if found is None and not _reap(ctx, programme.id):
            return None


def _hold_next(
    ctx: Context, programme: LoadedProgramme, lease: timedelta, given_back: set[int], *, counted: bool
) -> Assignment | _Nobody | None:
    """Ask for the next person once; None where nobody is waiting.

    Args:
        ctx: somebody who interviews.
        programme: the programme.
        lease: how long the case is held.
        given_back: row numbers of cases that this claim has given back; more may be added.
        counted: whether the operator's full shares are told to a server that counts them itself.

    Raises:
        FullShare: they have to be told.
    """
    with ctx.database.write() as connection:
        now = ctx.now(connection)
        request = _request(ctx, connection, programme, now, lease, counted=counted)
        stations.require_place(ctx, connection, now)
        clearances.require(connection, programme, ctx.actor.user_id)
        found = store.claim(connection, request)
        if found is None:
            return None
        if not isinstance(found, Pick):
            return _Nobody.YET
        found = _as_given(ctx, connection, found)
        if found.reason is Reason.RESUME and found.case_id in given_back:
            # It waits for this operator alone, and is due: giving it back again would never end.
            found = Pick(found.case_id, Reason.CALLBACK)
        if found.reason is not Reason.RESUME:
            assignment = assignment_of(ctx, connection, programme, found)
            if not wishes.refuses(ctx, connection, assignment.contact, now):
                return assignment
            _close_undialled(ctx, connection, found.case_id, now)
            return _Nobody.YET
        if calls_store.is_begun(connection, found.case_id, ctx.actor.user_id):
            calls_store.cut_off(connection, found.case_id)
            case = assignment_of(ctx, connection, programme, found)
            if case.interview is not None or not store.is_paused(connection, found.case_id):
                return case
        # Only claimed before, or paused before anybody answered: it stands where it stood.
        store.give_back(connection, found.case_id, now)
        given_back.add(found.case_id)
        return _Nobody.YET


def _as_given(ctx: Context, connection: Connection, found: Pick) -> Pick:
    """Tell a case that waits for this operator alone because it was given from one that was begun."""
    mine = ctx.actor.user_id
    if found.reason is not Reason.RESUME or calls_store.is_begun(connection, found.case_id, mine):
        return found
    return Pick(found.case_id, Reason.GIVEN) if steering.is_given(connection, found.case_id, mine) else found


def _close_undialled(ctx: Context, connection: Connection, case_id: int, now: datetime) -> None:
    """End a case whose number is not to be called as a refusal; it keeps its place in frame and draw."""
    history = (*calls_store.history(connection, case_id), PastAttempt(now, "refusal_final"))
    settlement.close_held(connection, case_id, final_code(history), now)
    audit.record(ctx, connection, "refused_undialled", f"case {case_id}")


def heartbeat(ctx: Context, case_id: int, epoch: int, *, lease: timedelta = LEASE) -> bool:
    """Extend the lease of a case; False when it was lost. Lapsed leases of others are taken back."""
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.write() as connection:
        now = ctx.now(connection)
        programme_id = store.heartbeat(
            connection, case_id=case_id, epoch=epoch, user_id=ctx.actor.user_id, until=now + lease
        )
        others = programme_id is not None and store.lapsed(connection, programme_id, now)
    if programme_id is not None and others:
        _reap(ctx, programme_id)
    return programme_id is not None


def hand_over(ctx: Context, case_id: int, epoch: int) -> bool:
    """Give a held case to any other operator; False when the lease was lost.

    It stands in the audit log: nobody chooses unseen whom to call.
    """
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.write() as connection:
        given = store.hand_over(
            connection,
            case_id=case_id,
            epoch=epoch,
            user_id=ctx.actor.user_id,
            now=ctx.now(connection),
        )
        if given:
            audit.record(ctx, connection, "case_passed_on", f"case {case_id}")
        return given


def next_due(ctx: Context, programme: LoadedProgramme) -> datetime | None:
    """When there will be a case for this operator (aware, UTC), as far as can be known now.

    Now or earlier: there is one already. None: nothing waits, or calling ends before it is due.
    """
    ctx.actor.require(Right.INTERVIEW)
    settings = programme.programme.settings
    with ctx.database.read() as connection:
        now = ctx.now(connection)
        waiting = outlook.outlook(connection, _asks(ctx, connection, programme, now))
    earliest = {group.group: now if group.fresh else group.due for group in waiting}
    times = (rules.next_opening(settings, (group,), max(now, due)) for group, due in earliest.items() if due)
    return min((time for time in times if time is not None), default=None)


def _request(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    now: datetime,
    lease: timedelta,
    *,
    counted: bool,
) -> ClaimRequest:
    settings = programme.programme.settings
    # Before the first day it is only too early: the queue is empty, and `next_due` tells until when.
    if rules.season_closed(settings, now) is not rules.Closed.NOT_BEGUN:
        refuse_out_of_season(programme, now)
    refuse_outside_fieldwork(connection, programme)
    if ctx.database.personal:
        # The server sees for itself which groups are open, what is spoken, and what is full.
        return ClaimRequest(
            programme_id=programme.id,
            user_id=ctx.actor.user_id,
            station=ctx.actor.station,
            groups=(),
            now=now,
            lease=lease,
            factor=settings.replicate_factor,
            full_units=_full_units(ctx, connection, programme, now) if counted else (),
        )
    return _asks(ctx, connection, programme, now, lease)


def refuse_outside_fieldwork(connection: Connection, programme: LoadedProgramme) -> None:
    """Refuse to hand out anybody before the draw and after the end of fieldwork.

    Raises:
        CatiError: ``not_drawn``, ``fieldwork_closed``.
    """
    state = programme_state(connection, programme.id)
    if state == "setup":
        raise CatiError(
            "not_drawn", N_("The draw has not been held yet. Nothing was changed. Hold it first.")
        )
    if state != "drawn":
        raise CatiError(
            "fieldwork_closed", N_("Fieldwork is closed: nobody is called any more. Nothing was changed.")
        )


def _asks(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    now: datetime,
    lease: timedelta = LEASE,
) -> ClaimRequest:
    """What decides who comes next for this operator."""
    settings = programme.programme.settings
    groups = group_ids(connection, programme.id)
    callable_now = rules.open_groups(settings, groups, now)
    return ClaimRequest(
        programme_id=programme.id,
        user_id=ctx.actor.user_id,
        station=ctx.actor.station,
        groups=tuple(sorted(groups[code] for code in callable_now)),
        now=now,
        lease=lease,
        factor=settings.replicate_factor,
        languages=users.languages(connection, ctx.actor.user_id),
        full_units=_full_units(ctx, connection, programme, now),
    )


def _full_units(
    ctx: Context, connection: Connection, programme: LoadedProgramme, now: datetime
) -> tuple[int, ...]:
    return store.full_units(connection, programme.id, ctx.actor.user_id, now)


def assignment_of(ctx: Context, connection: Connection, programme: LoadedProgramme, pick: Pick) -> Assignment:
    """All the console needs of a case just held.

    Raises:
        CatiError: ``no_contact_key``.
    """
    held = assignments.held_case(connection, pick.case_id)
    history = assignments.earlier_attempts(connection, pick.case_id)
    key = ctx.keys.contact_key(programme.id)
    return Assignment(
        case_id=held.case_id,
        programme_id=programme.id,
        cell_id=held.cell_id,
        unit_code=held.unit_code,
        unit_name=held.unit_name,
        group_code=held.group_code,
        group_label=held.group_label,
        ticket=held.ticket,
        position=held.position,
        source=held.source,
        epoch=held.epoch,
        lease_until=held.lease_until,
        reason=pick.reason,
        entry_id=held.entry_id,
        contact=held.contact.opened(key),
        appointment=held.appointment,
        appointment_at=held.not_before if held.appointment else None,
        history=history,
        interview=assignments.started_interview(connection, pick.case_id),
        effort=rules.effort(programme.programme.settings, [past.dialled_at for past in history]),
    )


def _reap(ctx: Context, programme_id: int) -> int:
    with ctx.database.write() as connection:
        return store.reap(connection, programme_id, ctx.now(connection), owner_keeps=rules.OWNER_KEEPS)
