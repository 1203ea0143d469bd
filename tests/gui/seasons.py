"""A demonstration some way on: interviews as calling leaves them, other channels' scores, late lists."""

from __future__ import annotations

import random
import uuid
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import insert, select, update

from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import CaseState
from cati.domain.users import Role
from cati.services import keying, programmes, users
from cati.services.context import Context
from cati.store import frames as frame_store
from cati.store import scoring, tables
from tests.services.cleared import cleared


def interviewed(ctx: Context, each: int = 4, days: int = 7) -> LoadedProgramme:
    """Store `each` complete interviews of every cell, spread over the last `days`."""
    loaded = programmes.get(ctx)
    lot = random.Random(7)
    now = ctx.clock.now()
    names = {
        item.name: [c.name for c in loaded.programme.choices[item.list_name]]
        for item in loaded.programme.items
    }
    made, given = [], []
    with ctx.database.write() as connection:
        for cell in connection.scalars(select(tables.cells.c.id)).all():
            cases = connection.scalars(
                select(tables.cases.c.id)
                .where(tables.cases.c.cell_id == cell)
                .order_by(tables.cases.c.position)
                .limit(each)
            ).all()
            for nth, case in enumerate(cases):
                ended = now - timedelta(days=nth * days / each, minutes=cell)
                made.append(
                    {
                        "id": str(uuid.UUID(int=lot.getrandbits(128))),
                        "case_id": case,
                        "cell_id": cell,
                        "state": "complete",
                        "counted": len(names),
                        "started_at": ended - timedelta(minutes=5),
                        "ended_at": ended,
                        "user_id": ctx.actor.user_id,
                    }
                )
                given += [
                    {
                        "interview_id": made[-1]["id"],
                        "item": item,
                        "value": lot.choice(choices[:4]),
                        "on_path": True,
                    }
                    for item, choices in names.items()
                ]
            connection.execute(
                update(tables.cases)
                .where(tables.cases.c.id.in_(cases))
                .values(state=int(CaseState.COMPLETE), disposition="complete")
            )
            connection.execute(
                update(tables.cells)
                .where(tables.cells.c.id == cell)
                .values(completed=len(cases), watermark=each)
            )
        connection.execute(insert(tables.interviews), made)
        connection.execute(insert(tables.responses), given)
    return loaded


def with_public_scores(ctx: Context, but: int = 0) -> None:
    """Give all units but the last `but` a finished score of the channel that is no phone."""
    loaded = programmes.get(ctx)
    lot = random.Random(11)
    channel = next(c.code for c in loaded.programme.channels if c.kind != "phone")
    units = loaded.programme.units[: len(loaded.programme.units) - but]
    with ctx.database.write() as connection:
        keys = frame_store.unit_ids(connection, loaded.id)
        scores = {keys[unit.code]: f"{lot.uniform(82, 95):.2f}" for unit in units}
        scoring.set_channel_scores(
            connection, loaded.id, channel, scores, at=ctx.clock.now(), by=ctx.actor.user_id
        )


def with_ballots_to_key(ctx: Context) -> None:
    """Let the representatives' ballots be keyed: one of three is keyed twice, with a difference."""
    loaded = programmes.get(ctx)
    opened = keying.open_keying(ctx, loaded, "public", 3)
    made = users.add_user(ctx, "clerk", "clerk", {Role.CLERK}, "long enough 1")
    clerk = replace(ctx, actor=replace(ctx.actor, user_id=made.id, roles=frozenset({Role.CLERK})))
    cleared(clerk)
    for who, answer in ((ctx, "satisfied"), (clerk, "-")):
        desk = keying.take_in_hand(who, loaded, opened.id)
        assert desk is not None
        lines = {unit.code: (answer, *"-" * (len(desk.items) - 1)) for unit in desk.units}
        keying.finish(who, loaded, desk, lines)


def with_late_lists(ctx: Context, count: int = 2) -> None:
    """Let one list of each of the first units be late."""
    with ctx.database.write() as connection:
        units = connection.scalars(
            select(tables.units.c.id).order_by(tables.units.c.position).limit(count)
        ).all()
        connection.execute(update(tables.frames).where(tables.frames.c.unit_id.in_(units)).values(late=True))


def closed(ctx: Context) -> LoadedProgramme:
    """A whole season whose fieldwork is closed."""
    interviewed(ctx)
    with_public_scores(ctx)
    with_late_lists(ctx)
    return programmes.close_fieldwork(ctx, programmes.get(ctx).programme.code)
