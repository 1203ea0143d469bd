"""More people to call: the next cases of a list, and the public pool when a list has run dry."""

from __future__ import annotations

import heapq

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain import draws as rules
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import CaseState
from cati.domain.users import Right
from cati.services import audit
from cati.services.context import Context
from cati.services.draw_frames import entry_id
from cati.services.reasons import given_reason
from cati.store import draws as store
from cati.store import frames as frame_store
from cati.store import quotas
from cati.store.draws import DrawnCell, NewCase, StoredDraw
from cati.store.engine import Connection


def release_replicate(ctx: Context, programme: LoadedProgramme, unit: str, group: str, reason: str) -> int:
    """Release the next cases of a cell, in the order of their tickets; gives how many there were.

    Args:
        ctx: somebody who may open supplements.
        programme: whose.
        unit: code of the unit.
        group: code of the group.
        reason: why before the cell asks for them by itself; kept with the cell.

    Raises:
        CatiError: ``not_allowed``, ``not_drawn``, ``cell_unknown``, ``reason_missing``, ``words_too_long``.
    """
    ctx.actor.require(Right.OPEN_SUPPLEMENT)
    reason = given_reason(reason)
    with ctx.database.write() as connection:
        held_draw(connection, programme)
        cell = _cell(connection, programme, unit, group)
        factor = programme.programme.settings.replicate_factor
        released = quotas.release(connection, cell.id, cell.quota * factor)
        if released:
            now, by = ctx.now(connection), ctx.actor.user_id
            quotas.add_step(connection, cell.id, "release", reason=reason, at=now, by=by, released=released)
        audit.record(
            ctx, connection, "release_replicate", _subject(programme, cell), reason=reason, cases=released
        )
    return released


def open_supplement(ctx: Context, programme: LoadedProgramme, unit: str, group: str, reason: str) -> int:
    """Let the public pool fill a cell whose list has run dry; gives how many cases were added.

    They come in the order of their tickets, which anybody can compute: the pool stands in frame.csv. Persons
    who have a case anywhere are passed over. The cases are marked, and so is each interview of them.

    Args:
        ctx: somebody who may open supplements.
        programme: whose.
        unit: code of the unit.
        group: code of the group.
        reason: why, kept with the supplement.

    Raises:
        CatiError: ``not_allowed``, ``not_drawn``, ``cell_unknown``, ``reason_missing``,
            ``fieldwork_closed``, ``follow_up_without_pool``, ``cell_full``, ``cell_not_dry``,
            ``pool_used_up``.
    """
    ctx.actor.require(Right.OPEN_SUPPLEMENT)
    reason = given_reason(reason)
    with ctx.database.write() as connection:
        frame_store.lock_programme(connection, programme.id)
        held = held_draw(connection, programme)
        cell = _cell(connection, programme, unit, group)
        _refuse_unless_dry(connection, programme, cell)
        factor = programme.programme.settings.replicate_factor
        new = _from_pool(connection, programme, held, cell, factor * (cell.quota - cell.completed))
        if not new:
            raise CatiError(
                "pool_used_up",
                N_(
                    "Nobody is left in the public pool for {unit}, {group}. Nothing was changed; the cell "
                    "stays short."
                ),
                unit=cell.unit_name,
                group=cell.group_label,
            )
        added = store.add_cases(connection, programme.id, new)
        now, by = ctx.now(connection), ctx.actor.user_id
        store.add_supplement(connection, cell.id, reason=reason, cases_added=added, at=now, by=by)
        audit.record(
            ctx, connection, "open_supplement", _subject(programme, cell), reason=reason, cases=added,
            missing=cell.quota - cell.completed,
        )  # fmt: skip
    return added


def _from_pool(
    connection: Connection, programme: LoadedProgramme, held: StoredDraw, cell: DrawnCell, count: int
) -> list[NewCase]:
    """The next cases of a cell from the public pool: the smallest tickets among persons without a case."""
    assert held.seed is not None
    seed, code = held.seed, programme.programme.code
    tickets = (
        (
            rules.ticket(seed, held.plan_hash, cell.name, entry_id(code, None, None, version, row)),
            entry,
            person,
        )
        for entry, person, version, row in store.pool_without_case(connection, programme.id)
    )
    first = store.last_position(connection, cell.id) + 1
    return [
        NewCase(cell.id, entry, person, ticket, position, "pool", CaseState.FRESH)
        for position, (ticket, entry, person) in enumerate(heapq.nsmallest(count, tickets), start=first)
    ]


def _refuse_unless_dry(connection: Connection, programme: LoadedProgramme, cell: DrawnCell) -> None:
    if store.programme_state(connection, programme.id) == "closed":
        raise CatiError(
            "fieldwork_closed", N_("Fieldwork is closed: nobody is called any more. Nothing was changed.")
        )
    if not programme.programme.group(cell.group).takes_pool:
        raise CatiError(
            "follow_up_without_pool",
            N_(
                "{group} are people who gave opinions the year before, and the public pool has none of them. "
                "It was not opened for {unit}; the cell stays short."
            ),
            unit=cell.unit_name,
            group=cell.group_label,
        )
    if cell.completed >= cell.quota:
        raise CatiError(
            "cell_full",
            N_("{unit}, {group} has all its interviews. The public pool was not opened."),
            unit=cell.unit_name,
            group=cell.group_label,
        )
    left = store.unfinished(connection, cell.id)
    if left:
        raise CatiError(
            "cell_not_dry",
            N_(
                "The list of {unit}, {group} is not used up: {left} cases are not final. "
                "The public pool was not opened. Call these first."
            ),
            unit=cell.unit_name,
            group=cell.group_label,
            left=left,
        )


def held_draw(connection: Connection, programme: LoadedProgramme) -> StoredDraw:
    """The draw that was held, of all lists that were there then.

    Raises:
        CatiError: ``not_drawn``.
    """
    return held_draws(connection, programme)[0]


def held_draws(connection: Connection, programme: LoadedProgramme) -> tuple[StoredDraw, ...]:
    """The draw that was held, and those of lists that came later.

    Raises:
        CatiError: ``not_drawn``.
    """
    held = tuple(one for one in store.live_draws(connection, programme.id) if one.state == "held")
    if not held:
        raise CatiError(
            "not_drawn", N_("The draw has not been held yet. Nothing was changed. Hold it first.")
        )
    return held


def _cell(connection: Connection, programme: LoadedProgramme, unit: str, group: str) -> DrawnCell:
    for cell in store.drawn_cells(connection, programme.id):
        if (cell.unit, cell.group) == (unit, group):
            return cell
    raise CatiError(
        "cell_unknown",
        N_("The programme has no unit {unit} with a group {group}. Nothing was changed. Check the names."),
        unit=unit,
        group=group,
    )


def _subject(programme: LoadedProgramme, cell: DrawnCell) -> str:
    return f"cell:{programme.programme.code}/{cell.name}"
