"""Representatives who fill in ballots: rosters handed in, drawn by lot, and followed by the next ticket."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain import draws as lots
from cati.domain import representatives as rules
from cati.domain.contacts import masked
from cati.domain.draws import PUBLIC_NAME, Draw, FrameRow, Party
from cati.domain.programmes import LoadedProgramme, Roster, in_language
from cati.domain.representatives import Representative
from cati.domain.users import Right
from cati.files.aside import written_aside
from cati.files.representatives import read_roster, write_sign_in
from cati.services import audit
from cati.services.context import Context
from cati.services.draw_frames import nonce
from cati.services.draws import CERTIFICATE, FRAME
from cati.services.reasons import given_reason
from cati.store import representatives as store
from cati.store.engine import Connection
from cati.store.representatives import StoredMember
from cati.store.statements import take_turns


@dataclass(frozen=True, slots=True)
class RosterState:
    """How far one roster is.

    Attributes:
        label: who they are.
        rows: people handed in, 0 before it was.
        coming: of those drawn and not absent, so many are invited.
        absent: drawn people who do not come.
    """

    roster: Roster
    label: str
    rows: int
    coming: int
    absent: int


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


def import_roster(ctx: Context, programme: LoadedProgramme, roster: str, path: Path) -> RosterState:
    """Take a roster, all or nothing, in place of the one before.

    Args:
        ctx: somebody who may import lists and holds the contact key.
        programme: one with rosters.
        roster: its code or label.
        path: see `read_roster`.

    Raises:
        CatiError: ``not_allowed``, ``roster_unknown``, ``rosters_drawn``, ``no_contact_key``, and what
            `read_roster` refuses.
    """
    ctx.actor.require(Right.IMPORT_FRAMES)
    found = _roster(programme, roster)
    key = ctx.keys.contact_key(programme.id)
    digest, people = read_roster(path, programme.programme.settings.local_area_code)
    members = []
    for row, person in people:
        number_hash = key.number_hash(person.number)
        members.append((row, number_hash, key.seal(person.encode(), bound_to=number_hash)))
    with ctx.database.write() as connection:
        _refuse_drawn(connection, programme)
        store.put_roster(
            connection, programme.id, found.code, file=path.name, sha256=digest, members=members,
            at=ctx.now(connection), by=ctx.actor.user_id,
        )  # fmt: skip
        audit.record(
            ctx, connection, "import_roster", f"programme:{programme.id}",
            roster=found.code, file=path.name, sha256=digest, rows=len(members),
        )  # fmt: skip
        return next(one for one in _states(connection, programme) if one.roster == found)


def states(ctx: Context, programme: LoadedProgramme) -> tuple[RosterState, ...]:
    """How far each roster is, in the order of the workbook.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.DRAW)
    with ctx.database.read() as connection:
        return _states(connection, programme)


def draw(
    ctx: Context,
    programme: LoadedProgramme,
    *,
    parties: Mapping[str, str],
    public: str,
    out: Path,
    public_name: str = PUBLIC_NAME,
) -> tuple[RosterState, ...]:
    """Draw the representatives, with all parties in one room, and write certificate and frame.

    The lot is that of the telephone sample, so that `resources/verify_draw.py` computes it again: a ticket is
    the hash of seed, plan, roster and row, and whoever stands in several rosters is drawn from one of them.

    Args:
        ctx: somebody who may draw and holds the contact key.
        programme: one whose rosters were all handed in.
        parties: each party's part by its name, at least two.
        public: the public value named beforehand.
        out: folder of certificate and frame.
        public_name: what the public value is.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``, ``rosters_drawn``, ``rosters_missing``,
            ``too_few_parties``, ``draw_text``, ``file_not_written``.
    """
    ctx.actor.require(Right.DRAW)
    named = {
        lots.checked_text(name, N_("The name of a party")): lots.checked_text(part, N_("The part of a party"))
        for name, part in parties.items()
    }
    checked = lots.checked_parties(Party(n, lots.commitment(n, part)) for n, part in named.items())
    told = tuple(lots.revealed(party, named[party.name]) for party in checked)
    public_name = lots.checked_text(public_name, N_("The name of the public value"))
    public = lots.checked_text(public, N_("The public value"))
    seed = lots.seed(told, public_name, public)
    planned = rules.plan_hash(programme.programme)
    with (
        written_aside(out / CERTIFICATE, out / FRAME) as (certificate, frame),
        ctx.database.write() as connection,
    ):
        take_turns(connection, f"rosters {programme.id}")
        _refuse_drawn(connection, programme)
        known = store.members(connection, programme.id)
        _refuse_short(programme, known)
        rows = _frame(ctx, programme, known)
        frame.write_bytes(b"".join(lots.frame_lines(row for _member, row in rows)))
        cells = [rules.cell(roster) for roster in programme.programme.rosters]
        order = lots.order(seed, planned, [(row.entry, row.cell, row.person) for _m, row in rows], cells)
        at = ctx.now(connection)
        stamp = at.astimezone(UTC).isoformat(timespec="seconds")
        digest = hashlib.sha256(frame.read_bytes()).hexdigest()
        text = lots.certificate(
            Draw(rules.plan(programme.programme), told, public_name, public, digest, stamp, stamp, order)
        )
        certificate.write_bytes(text)
        ids = {row.entry: member.id for member, row in rows}
        places = {ids[name]: n for names in order.values() for n, name in enumerate(names, start=1)}
        store.keep_draw(
            connection, programme.id, places, certificate=text, frame=frame.read_bytes(), at=at,
            by=ctx.actor.user_id,
        )  # fmt: skip
        audit.record(
            ctx, connection, "draw_rosters", f"programme:{programme.id}", seed=seed, rows=len(rows),
            certificate=lots.certificate_digest(text),
        )  # fmt: skip
        return _states(connection, programme)


def write_files(ctx: Context, programme: LoadedProgramme, out: Path) -> tuple[Path, Path]:
    """Write certificate and frame of the held draw again, byte for byte.

    Raises:
        CatiError: ``not_allowed``, ``rosters_not_drawn``, ``file_not_written``.
    """
    ctx.actor.require(Right.DRAW)
    with ctx.database.read() as connection:
        held = store.held_draw(connection, programme.id)
    if held is None:
        raise _not_drawn()
    with written_aside(out / CERTIFICATE, out / FRAME) as (certificate, frame):
        certificate.write_bytes(held[0])
        frame.write_bytes(held[1])
    return out / CERTIFICATE, out / FRAME


def guests(ctx: Context, programme: LoadedProgramme) -> tuple[Guest, ...]:
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
    found, reason = _roster(programme, roster), given_reason(reason)
    with ctx.database.write() as connection:
        take_turns(connection, f"rosters {programme.id}")
        before = _guests(ctx, connection, programme)
        now = {guest.ticket for guest in before if guest.roster == found.code and guest.comes}
        if ticket not in now:
            raise CatiError(
                "ticket_not_invited",
                N_("Ticket {ticket} of {roster} is not invited. Nothing was changed. Invited are: {known}."),
                ticket=ticket,
                roster=_label(programme, found),
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
    coming = [guest for guest in guests(ctx, programme) if guest.comes]
    heading = [
        _("ticket"),
        _("name"),
        _("organisation"),
        _("post"),
        _("phone") if numbers else _("signature"),
    ]
    lists = [
        (
            _label(programme, roster),
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


def _states(connection: Connection, programme: LoadedProgramme) -> tuple[RosterState, ...]:
    known = store.members(connection, programme.id)
    found = []
    for roster in programme.programme.rosters:
        members = [m for m in known if m.roster == roster.code]
        places = {m.place: bool(m.absent_for) for m in members if m.place is not None}
        found.append(
            RosterState(
                roster,
                _label(programme, roster),
                len(members),
                len(rules.invited(places, roster.drawn)),
                sum(places.values()),
            )
        )
    return tuple(found)


def _guests(ctx: Context, connection: Connection, programme: LoadedProgramme) -> tuple[Guest, ...]:
    if store.held_draw(connection, programme.id) is None:
        raise _not_drawn()
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
                label = _label(programme, roster)
                found.append(Guest(roster.code, label, place, person, place in coming, member.absent_for))
    return tuple(found)


def _frame(
    ctx: Context, programme: LoadedProgramme, known: tuple[StoredMember, ...]
) -> list[tuple[StoredMember, FrameRow]]:
    """What is published of every person of every roster: nothing that says who it is."""
    key, seen = ctx.keys.contact_key(programme.id), dict[bytes, str]()
    rosters = {roster.code: roster for roster in programme.programme.rosters}
    rows = []
    for member in known:
        if member.roster in rosters and member.sealed is not None:
            roster = rosters[member.roster]
            name = rules.entry(programme.programme.code, roster, member.row)
            person = Representative.decode(key.open(member.sealed, bound_to=member.number_hash))
            hidden = lots.entry_name(name, person.number, nonce(key, name))
            same = seen.setdefault(member.number_hash, str(len(seen) + 1))
            rows.append((member, FrameRow(name, rules.cell(roster), hidden, same)))
    return rows


def _label(programme: LoadedProgramme, roster: Roster) -> str:
    return in_language(roster.labels, programme.programme.default_language, roster.code)


def _roster(programme: LoadedProgramme, text: str) -> Roster:
    known = programme.programme.rosters
    found = next((one for one in known if text.strip() in (one.code, *one.labels.values())), None)
    if found is None:
        raise CatiError(
            "roster_unknown",
            N_("The programme has no roster “{text}”. Nothing was changed. There are: {known}."),
            text=text,
            known="、".join(_label(programme, one) for one in known) or "—",
        )
    return found


def _refuse_drawn(connection: Connection, programme: LoadedProgramme) -> None:
    if store.held_draw(connection, programme.id) is not None:
        raise CatiError(
            "rosters_drawn",
            N_("The representatives are drawn already. Nothing was changed; the certificate stands."),
        )


def _refuse_short(programme: LoadedProgramme, known: tuple[StoredMember, ...]) -> None:
    if not programme.programme.rosters:
        raise CatiError("roster_unknown", N_("The programme has no rosters. Nothing was drawn."))
    for roster in programme.programme.rosters:
        count = sum(member.roster == roster.code for member in known)
        if count < roster.drawn:
            raise CatiError(
                "rosters_missing",
                N_("{roster} names {count} of at least {drawn} people. Nothing was drawn. Import it first."),
                roster=_label(programme, roster),
                count=count,
                drawn=roster.drawn,
            )


def _not_drawn() -> CatiError:
    return CatiError(
        "rosters_not_drawn", N_("No representatives were drawn yet. Nothing was changed. Draw them first.")
    )
