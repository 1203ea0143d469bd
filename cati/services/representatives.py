"""Representatives who fill in ballots: rosters handed in, drawn by lot, and followed by the next ticket."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain import draws as lots
from cati.domain import representatives as rules
from cati.domain.draws import PUBLIC_NAME, Draw, FrameRow, Party
from cati.domain.programmes import LoadedProgramme, Roster, in_language
from cati.domain.representatives import Representative
from cati.domain.users import Right
from cati.files.aside import written_aside
from cati.files.representatives import read_roster
from cati.services import audit
from cati.services.ceremony import computed_again
from cati.services.context import Context
from cati.services.draw_frames import nonce
from cati.services.draws import CERTIFICATE, FRAME
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


def import_roster(ctx: Context, programme: LoadedProgramme, roster: str, path: Path) -> RosterState:
    """Take a roster, all or nothing, in place of the one before.

    Args:
        ctx: somebody who may import lists and holds the contact key.
        programme: one with rosters.
        roster: its code or label.
        path: see `read_roster`.

    Raises:
        CatiError: ``not_allowed``, ``roster_unknown``, ``rosters_drawn``, ``roster_file_twice``,
            ``no_contact_key``, and what `read_roster` refuses.
    """
    ctx.actor.require(Right.IMPORT_FRAMES)
    found = roster_of(programme, roster)
    key = ctx.keys.contact_key(programme.id)
    digest, people = read_roster(path, programme.programme.settings.local_area_code)
    members = []
    for row, person in people:
        number_hash = key.number_hash(person.number)
        members.append((row, number_hash, key.seal(person.encode(), bound_to=number_hash)))
    with ctx.database.write() as connection:
        _refuse_drawn(connection, programme)
        _refuse_twice(connection, programme, found, path, digest)
        store.put_roster(
            connection, programme.id, found.code, file=path.name, sha256=digest, members=members,
            at=ctx.now(connection), by=ctx.actor.user_id,
        )  # fmt: skip
        audit.record(
            ctx, connection, "import_roster", f"programme:{programme.id}",
            roster=found.code, file=path.name, sha256=digest, rows=len(members),
        )  # fmt: skip
        return next(one for one in states_in(connection, programme) if one.roster == found)


def states(ctx: Context, programme: LoadedProgramme) -> tuple[RosterState, ...]:
    """How far each roster is, in the order of the workbook.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.DRAW)
    with ctx.database.read() as connection:
        return states_in(connection, programme)


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
        return states_in(connection, programme)


def write_files(ctx: Context, programme: LoadedProgramme, out: Path) -> tuple[Path, Path]:
    """Write certificate and frame of the held draw again, byte for byte.

    Raises:
        CatiError: ``not_allowed``, ``rosters_not_drawn``, ``file_not_written``.
    """
    ctx.actor.require(Right.DRAW)
    with ctx.database.read() as connection:
        held = store.held_draw(connection, programme.id)
    if held is None:
        raise not_drawn()
    with written_aside(out / CERTIFICATE, out / FRAME) as (certificate, frame):
        certificate.write_bytes(held[0])
        frame.write_bytes(held[1])
    return out / CERTIFICATE, out / FRAME


def check(ctx: Context, programme: LoadedProgramme, out: Path) -> str:
    """Write the files of the held draw and compute it again; see `ceremony.computed_again`.

    Raises:
        CatiError: as `write_files`.
    """
    write_files(ctx, programme, out)
    return computed_again(out)


def states_in(connection: Connection, programme: LoadedProgramme) -> tuple[RosterState, ...]:
    """How far each roster is; see `states`."""
    known = store.members(connection, programme.id)
    found = []
    for roster in programme.programme.rosters:
        members = [m for m in known if m.roster == roster.code]
        places = {m.place: bool(m.absent_for) for m in members if m.place is not None}
        found.append(
            RosterState(
                roster,
                roster_label(programme, roster),
                len(members),
                len(rules.invited(places, roster.drawn)),
                sum(places.values()),
            )
        )
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


def roster_label(programme: LoadedProgramme, roster: Roster) -> str:
    """What a roster is called in the programme's own language."""
    return in_language(roster.labels, programme.programme.default_language, roster.code)


def _refuse_twice(
    connection: Connection, programme: LoadedProgramme, roster: Roster, path: Path, digest: str
) -> None:
    """One file is not two rosters: who stands on it would be drawn for the wrong body."""
    for other in programme.programme.rosters:
        if other != roster and store.files_of(connection, programme.id).get(other.code) == digest:
            raise CatiError(
                "roster_file_twice",
                N_(
                    "{file} was taken as the roster {other} already. Nothing was changed. Choose the file of "
                    "{roster}, or take the right one for {other} first."
                ),
                file=path.name,
                other=roster_label(programme, other),
                roster=roster_label(programme, roster),
            )


def roster_of(programme: LoadedProgramme, text: str) -> Roster:
    """The roster of a code or label.

    Raises:
        CatiError: ``roster_unknown``.
    """
    known = programme.programme.rosters
    found = next((one for one in known if text.strip() in (one.code, *one.labels.values())), None)
    if found is None:
        raise CatiError(
            "roster_unknown",
            N_("The programme has no roster “{text}”. Nothing was changed. There are: {known}."),
            text=text,
            known="、".join(roster_label(programme, one) for one in known) or "—",
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
                roster=roster_label(programme, roster),
                count=count,
                drawn=roster.drawn,
            )


def not_drawn() -> CatiError:
    """The refusal before the draw."""
    return CatiError(
        "rosters_not_drawn", N_("No representatives were drawn yet. Nothing was changed. Draw them first.")
    )
