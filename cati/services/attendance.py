"""Clocking in and out and taking breaks: everybody for themselves, so no right is asked."""

from __future__ import annotations

from cati.domain.attendance import Day, Event, Step, after, bounds, local_day, summarise
from cati.services import audit
from cati.services.context import Context
from cati.store import attendance as store
from cati.store import users as user_store


def clock_in(ctx: Context) -> Day:
    """Begin working.

    Raises:
        CatiError: ``attendance_in`` or ``attendance_break`` when the day is on already.
    """
    return _step(ctx, Step.IN)


def start_break(ctx: Context) -> Day:
    """Begin a break.

    Raises:
        CatiError: ``attendance_out`` or ``attendance_break``.
    """
    return _step(ctx, Step.BREAK)


def end_break(ctx: Context) -> Day:
    """Come back from a break.

    Raises:
        CatiError: ``attendance_out`` or ``attendance_in``.
    """
    return _step(ctx, Step.BACK)


def clock_out(ctx: Context) -> Day:
    """Stop working, from a break too.

    Raises:
        CatiError: ``attendance_out``.
    """
    return _step(ctx, Step.OUT)


def today(ctx: Context) -> Day:
    """The actor's working day so far; a day nobody clocked out of ended at midnight."""
    with ctx.database.read() as connection:
        now = ctx.now(connection)
        return summarise(store.events(connection, ctx.actor.user_id, *bounds(local_day(now))), now)


def _step(ctx: Context, step: Step) -> Day:
    with ctx.database.write() as connection:
        user_store.hold(connection, ctx.actor.user_id)
        now = ctx.now(connection)
        events = store.events(connection, ctx.actor.user_id, *bounds(local_day(now)))
        after(summarise(events, now).presence, step)
        event = Event(step, now)
        store.add(connection, ctx.actor.user_id, event, ctx.actor.station)
        audit.record(ctx, connection, f"attendance_{step}", f"user {ctx.actor.user_id}")
        return summarise((*events, event), now)
