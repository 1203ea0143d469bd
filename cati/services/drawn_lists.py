"""Which lists a draw takes and freezes, which cells have none, and which lists may still come.

A cell whose list was not there when the lists were drawn from is not lost: its list may come later and gets
a draw of its own, with parts of its own. A list that was drawn from never changes any more.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeAlias

from cati.base.errors import CatiError
from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.programmes import Group, LoadedProgramme, Programme, Unit, in_language
from cati.domain.users import Right
from cati.services.context import Context
from cati.store import draws as store
from cati.store import frames as frame_store
from cati.store.engine import Connection
from cati.store.frames import StoredFrame

ListPlace: TypeAlias = tuple[str | None, str | None]
"""Codes of the unit and group a list is of; None for the public pool."""

PUBLIC: ListPlace = (None, None)
"""The public pool: what its rows are drawn with is told at the draw, so that none may come after it."""


def unlisted(ctx: Context, programme: LoadedProgramme) -> tuple[tuple[Unit, Group], ...]:
    """The cells that would be drawn without a list if the draw was begun now; none once it was begun.

    Where there is no list at all, nothing is drawn, and none is told.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        if store.live_draws(connection, programme.id) or not _in_force(connection, programme):
            return ()
        return unlisted_in(connection, programme)


def unlisted_in(connection: Connection, programme: LoadedProgramme) -> tuple[tuple[Unit, Group], ...]:
    """The cells that have no list in force."""
    there = {(frame.unit, frame.group) for frame in _in_force(connection, programme)}
    cells = programme.programme.cells
    return tuple((unit, group) for unit, group in cells if (unit.code, group.code) not in there)


def cells_named(programme: Programme, cells: Sequence[tuple[Unit, Group]]) -> str:
    """Cells in words: each group, and which units of it; a group that lacks all of them says so."""
    tongue, said = language(), []
    for group in programme.groups:
        lacking = [unit for unit, of in cells if of == group]
        if lacking:
            every = sum(group.is_of(unit) for unit in programme.units)
            names = "、".join(in_language({"zh": unit.name, **unit.labels}, tongue) for unit in lacking)
            if len(lacking) == every > 1:
                names = _("all {count} units ({names})").format(count=every, names=names)
            said.append(f"{in_language(group.labels, tongue, group.label)}：{names}")
    return "；".join(said)


def waiting(connection: Connection, programme: LoadedProgramme) -> tuple[StoredFrame, ...]:
    """The lists in force that no held draw has taken: all before the first one, then those that came later.

    Those a draw under way has taken are among them: it is held only if they are what it took.
    """
    drawn, in_force = store.drawn(connection, programme.id), _in_force(connection, programme)
    if all(draw.state != "held" for draw in store.live_draws(connection, programme.id)):
        return in_force
    called = {(unit.code, group.code) for unit, group in programme.programme.cells}
    return tuple(one for one in in_force if one.id not in drawn and (one.unit, one.group) in called)


def frozen_places(ctx: Context, programme: LoadedProgramme) -> frozenset[ListPlace]:
    """Of what no list comes in any more and none is withdrawn, the public pool among them.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        return frozen_in(connection, programme)


def frozen_in(connection: Connection, programme: LoadedProgramme) -> frozenset[ListPlace]:
    """As `frozen_places`, inside a transaction."""
    places: set[ListPlace] = {(unit.code, group.code) for unit, group in programme.programme.lists}
    places |= {PUBLIC}
    if not _may_come(connection, programme):
        return frozenset(places)
    if not store.live_draws(connection, programme.id):
        return frozenset()
    drawn = store.drawn(connection, programme.id)
    taken = {(f.unit, f.group) for f in frame_store.stored_frames(connection, programme.id) if f.id in drawn}
    return frozenset({PUBLIC, *taken})


def refuse_if_frozen(
    connection: Connection, programme: LoadedProgramme, places: Collection[ListPlace]
) -> None:
    """Refuse to change lists that a draw has frozen.

    Raises:
        CatiError: ``frames_frozen``.
    """
    frozen = [place for place in places if place in frozen_in(connection, programme)]
    if not frozen:
        return
    if store.drawn(connection, programme.id) and _may_come(connection, programme):
        units = {unit.code: unit for unit in programme.programme.units}
        cells = [(units[unit], programme.programme.group(group)) for unit, group in frozen if unit and group]
        raise CatiError(
            "frames_frozen",
            N_(
                "The draw took these lists and has frozen them: {lists}. Nothing was changed. Only lists "
                "that were not there at the draw may still come, in files of their own."
            ),
            lists=cells_named(programme.programme, cells) if cells else _("public pool"),
        )
    raise CatiError(
        "frames_frozen",
        N_(
            "The phone lists are frozen, because the draw has begun. Nothing was imported. "
            "Only if the draw is voided can lists be handed in again."
        ),
    )


def _may_come(connection: Connection, programme: LoadedProgramme) -> bool:
    """Whether any list may come: nothing is being drawn, and fieldwork is not closed."""
    draws = store.live_draws(connection, programme.id)
    open_in = ("setup", "drawn") if draws else ("setup",)
    state = store.programme_state(connection, programme.id)
    return state in open_in and all(draw.state == "held" for draw in draws)


def _in_force(connection: Connection, programme: LoadedProgramme) -> tuple[StoredFrame, ...]:
    return tuple(one for one in frame_store.stored_frames(connection, programme.id) if one.current)
