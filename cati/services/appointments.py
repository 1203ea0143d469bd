"""Appointments: who is to be called when, and what an operator changes of the own ones and of anybody's."""

from __future__ import annotations

from datetime import datetime

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain import queue as rules
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right
from cati.services import audit
from cati.services.context import Context
from cati.store import assignments
from cati.store import settlement as store
from cati.store.assignments import Agreed

__all__ = ["Agreed", "cancel", "everybodys", "move", "own"]


def own(ctx: Context, programme: LoadedProgramme) -> tuple[Agreed, ...]:
    """The operator's own appointments that are still to be kept, earliest first."""
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.read() as connection:
        return assignments.agreed(connection, programme.id, ctx.actor.user_id)


def everybodys(ctx: Context, programme: LoadedProgramme) -> tuple[Agreed, ...]:
    """All appointments that are still to be kept, earliest first."""
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.read() as connection:
        return assignments.agreed(connection, programme.id)


def move(ctx: Context, programme: LoadedProgramme, one: Agreed, at: datetime) -> None:
    """Agree on another time for an own appointment, or for one that anybody may keep.

    Args:
        ctx: whose it is, or any operator.
        programme: in hand.
        one: the appointment.
        at: aware, to come, in the call hours of its group.

    Raises:
        CatiError: ``appointment_closed``, ``appointment_gone``.
    """
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.write() as connection:
        now = ctx.now(connection)
        if at <= now or not rules.open_groups(programme.programme.settings, (one.group_code,), at):
            raise CatiError(
                "appointment_closed",
                N_("Nobody is called at that time. The appointment was left as it is. Choose another time."),
            )
        if not store.move_appointment(connection, one.case_id, ctx.actor.user_id, at):
            raise _gone()
        audit.record(ctx, connection, "move_appointment", f"case {one.case_id}")


def cancel(ctx: Context, one: Agreed) -> None:
    """Give an appointment up that is the operator's or anybody's.

    The person is called at that time or later by anybody, unpromised.

    Raises:
        CatiError: ``appointment_gone``.
    """
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.write() as connection:
        if not store.cancel_appointment(connection, one.case_id, ctx.actor.user_id):
            raise _gone()
        audit.record(ctx, connection, "cancel_appointment", f"case {one.case_id}")


def _gone() -> CatiError:
    return CatiError(
        "appointment_gone",
        N_(
            "This appointment is no longer yours: it was kept, or it is somebody else's now. "
            "Nothing was changed. Look at the appointments again."
        ),
    )
