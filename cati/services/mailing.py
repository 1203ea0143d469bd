"""Questionnaires by mail: to whom they go, and how many came back. No answer is linked to an address."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.contacts import MailAddress
from cati.domain.programmes import Group, LoadedProgramme, Unit
from cati.domain.users import Right
from cati.files.aside import written_aside
from cati.files.mailing import write_addresses
from cati.services import adjustments, audit
from cati.services.context import Context
from cati.store import frames as frame_store
from cati.store import mailing as store


@dataclass(frozen=True, slots=True)
class Mailed:
    """How many questionnaires go to people of a group about a unit, and how many ballots came back."""

    unit: Unit
    group: Group
    addresses: int
    returned: int


def progress(ctx: Context, programme: LoadedProgramme) -> tuple[Mailed, ...]:
    """Addresses and ballots of every unit that has people who are mailed to.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    groups = {group.code for group in programme.programme.mailed}
    with ctx.database.read() as connection:
        frames = {
            (f.unit, f.group): f.accepted
            for f in frame_store.stored_frames(connection, programme.id)
            if f.current
        }
        back = store.returned(connection, programme.id, groups)
    return tuple(
        Mailed(unit, group, frames.get((unit.code, group.code), 0), back.get((unit.code, group.code), 0))
        for unit, group in programme.programme.lists
        if group.code in groups
    )


def write_labels(ctx: Context, programme: LoadedProgramme, path: Path, unit: str = "") -> int:
    """Write the addresses questionnaires are mailed to, a sheet for each unit; gives how many.

    Args:
        ctx: somebody who may export people, and holds the contact key.
        programme: whose.
        path: an .xlsx file; it is there whole or not at all.
        unit: name or code of the only unit wanted; empty for all.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``, ``unit_not_found``, ``nobody_mailed``,
            ``file_not_written``.
    """
    ctx.actor.require(Right.EXPORT_IDENTITY)
    only = adjustments.given_unit(programme, unit) if unit else None
    sheets = _addresses(ctx, programme, only)
    if not sheets:
        raise CatiError(
            "nobody_mailed",
            N_("There are no addresses to write: no list of people who are mailed to is in force."),
        )
    count = sum(map(len, sheets.values()))
    with written_aside(path) as (aside,):
        write_addresses(aside, sheets)
        with ctx.database.write() as connection:
            subject = f"unit:{only.code}" if only else f"programme:{programme.id}"
            audit.record(ctx, connection, "export_mailing", subject, rows=count)
    return count


def _addresses(
    ctx: Context, programme: LoadedProgramme, only: Unit | None
) -> dict[tuple[str, str], list[MailAddress]]:
    """The addresses by names of unit and group."""
    key = ctx.keys.contact_key(programme.id)
    mailed = {group.code: group for group in programme.programme.mailed}
    found: dict[tuple[str, str], list[MailAddress]] = {}
    with ctx.database.read() as connection:
        for frame in frame_store.stored_frames(connection, programme.id):
            if frame.current and frame.group in mailed and (only is None or frame.unit == only.code):
                place = programme.programme.unit(frame.unit or "").name, mailed[frame.group].label
                rows = frame_store.mail_entries_of(connection, frame.id)
                found[place] = [
                    MailAddress.decode(key.open(sealed, bound_to=person)) for _row, person, sealed in rows
                ]
    return {place: people for place, people in found.items() if people}
