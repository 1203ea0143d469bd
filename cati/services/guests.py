"""Who was drawn to fill in ballots: those invited, those absent, and the list they sign."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain import representatives as rules
from cati.domain.contacts import masked
from cati.domain.programmes import LoadedProgramme
from cati.domain.representatives import Representative
from cati.domain.users import Right
from cati.files.aside import written_aside
from cati.files.representatives import write_sign_in
from cati.services import audit
from cati.services.context import Context
from cati.services.reasons import given_reason
from cati.services.representatives import RosterState, not_drawn, roster_label, roster_of, states_in
from cati.store import representatives as store
from cati.store.engine import Connection
from cati.store.statements import take_turns


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who was drawn.

    Attributes:
        ticket: place in the order of the draw, from 1.
        comes: whether the person is invited now.
        absent_for: why not, empty for who is invited.
    """

    roster: str
    label: str
    ticket: int
    person: Representative
    comes: bool
    absent_for: str


@dataclass(frozen=True, slots=True)
class Rosters:
    """All rosters of a programme.

    Attributes:
        states: of each roster, in the order of the workbook.
        held: whether they were drawn.
        guests: who was drawn; nobody for whom names are not to be seen.
    """

    states: tuple[RosterState, ...]
    held: bool
    guests: tuple[Guest, ...]


def look(ctx: Context, programme: LoadedProgramme) -> Rosters:
    """How far each roster is, and who was drawn for whom names may be seen.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``.
    """
    ctx.actor.require(Right.DRAW)
    with ctx.database.read() as connection:
        held = store.held_draw(connection, programme.id) is not None
        named = held and ctx.actor.may(Right.EXPORT_IDENTITY)
        found = _guests(ctx, connection, programme) if named else ()
        return Rosters(states_in(connection, programme), held, found)


def drawn(ctx: Context, programme: LoadedProgramme) -> tuple[Guest, ...]:
    """Who was drawn: those invited and those absent, by roster and ticket.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``, ``rosters_not_drawn``.
    """
    ctx.actor.require(Right.EXPORT_IDENTITY)
    with ctx.database.read() as connection:
        return _guests(ctx, connection, programme)


def note_absent(
    ctx: Context, programme: LoadedProgramme, roster: str, ticket: int, reason: str
) -> Guest | None:
    """Note that somebody who is invited does not come; gives who follows, None when the roster is used up.

    Args:
        ctx: somebody who may draw and holds the contact key.
        programme: one whose representatives were drawn.
        roster: code or label.
        ticket: of the person.
        reason: kept with it.

    Raises:
        CatiError: ``not_allowed``, ``reason_missing``, ``roster_unknown``, ``rosters_not_drawn``,
            ``ticket_not_invited``, ``no_contact_key``.
    """
    ctx.actor.require(Right.DRAW)
    found, reason = roster_of(programme, roster), given_reason(reason)
    with ctx.database.write() as connection:
        take_turns(connection, f"rosters {programme.id}")
        before = _guests(ctx, connection, programme)
        now = {guest.ticket for guest in before if guest.roster == found.code and guest.comes}
        if ticket not in now:
            raise CatiError(
                "ticket_not_invited",
                N_("Ticket {ticket} of {roster} is not invited. Nothing was changed. Invited are: {known}."),
                ticket=ticket,
                roster=roster_label(programme, found),
                known="、".join(map(str, sorted(now))),
            )
        [member] = [
            m for m in store.members(connection, programme.id) if (m.roster, m.place) == (found.code, ticket)
        ]
        store.set_absent(connection, member.id, reason, at=ctx.now(connection), by=ctx.actor.user_id)
        follows = next(
            (
                guest
                for guest in _guests(ctx, connection, programme)
                if guest.roster == found.code and guest.comes and guest.ticket not in now
            ),
            None,
        )
        audit.record(
            ctx, connection, "note_absent", f"programme:{programme.id}", roster=found.code, ticket=ticket,
            reason=reason, follows=follows.ticket if follows is not None else 0,
        )  # fmt: skip
        return follows


def write_list(ctx: Context, programme: LoadedProgramme, path: Path, *, numbers: bool = False) -> int:
    """Write the list on which those who come sign; gives how many they are.

    It names no ballot: papers are handed out unnumbered, and numbered in any order when they are collected.

    Args:
        ctx: somebody who may export names and holds the contact key.
        programme: one whose representatives were drawn.
        path: an .xlsx file; an existing one is replaced.
        numbers: with phone numbers, for whoever invites them.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``, ``rosters_not_drawn``, ``file_not_written``.
    """
    coming = [guest for guest in drawn(ctx, programme) if guest.comes]
    heading = [
        _("ticket"),
        _("name"),
        _("organisation"),
        _("post"),
        _("phone") if numbers else _("signature"),
    ]
    lists = [
        (
            roster_label(programme, roster),
            [sign_in_row(guest, numbers) for guest in coming if guest.roster == roster.code],
        )
        for roster in programme.programme.rosters
    ]
    with written_aside(path) as (aside,):
        write_sign_in(aside, lists, heading)
        digest = hashlib.sha256(aside.read_bytes()).hexdigest()
        with ctx.database.write() as connection:
            audit.record(
                ctx, connection, "list_guests", f"programme:{programme.id}",
                file=path.name, sha256=digest, rows=len(coming), numbers=numbers,
            )  # fmt: skip
    return len(coming)


def sign_in_row(guest: Guest, numbers: bool) -> list[str]:
    """A line of the list: ticket, name, organisation, post, and the number or room to sign."""
    person = guest.person
    last = person.number.removeprefix("+86") if numbers else ""
    return [str(guest.ticket), person.name, person.organisation, person.post, last]


def shown_number(person: Representative) -> str:
    """A number as screens show it."""
    return masked(person.number)


def _guests(ctx: Context, connection: Connection, programme: LoadedProgramme) -> tuple[Guest, ...]:
    if store.held_draw(connection, programme.id) is None:
        raise not_drawn()
    key = ctx.keys.contact_key(programme.id)
    known = store.members(connection, programme.id)
    found = []
    for roster in programme.programme.rosters:
        members = {m.place: m for m in known if m.roster == roster.code and m.place is not None}
        coming = rules.invited({place: bool(m.absent_for) for place, m in members.items()}, roster.drawn)
        for place in sorted(members):
            member = members[place]
            if (place in coming or member.absent_for) and member.sealed is not None:
                person = Representative.decode(key.open(member.sealed, bound_to=member.number_hash))
                label = roster_label(programme, roster)
                found.append(Guest(roster.code, label, place, person, place in coming, member.absent_for))
    return tuple(found)
