"""The draw: frame published, parts committed and revealed, cases made."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain import draws as rules
from cati.domain.draws import PUBLIC_NAME, Draw, FrameRow, Party, VoidDraw
from cati.domain.programme_json import plan, plan_hash
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import CaseState
from cati.domain.users import Right
from cati.files.aside import written_aside
from cati.services import audit, draw_frames, drawn_lists
from cati.services.context import Context
from cati.services.reasons import given_reason
from cati.services.supplements import held_draws
from cati.store import draws as store
from cati.store import frames as frame_store
from cati.store import quotas
from cati.store.draws import DrawnCell, ListedEntry, NewCase, StoredDraw
from cati.store.engine import Connection
from cati.store.frames import StoredFrame

CERTIFICATE = "certificate.json"
FRAME = "frame.csv"


@dataclass(frozen=True, slots=True)
class DrawStatus:
    """How far a draw is.

    Attributes:
        state: committed or held.
        published: when the frame hash was published, aware UTC.
        waiting: names of the parties that have not revealed.
    """

    state: str
    frame_hash: str
    plan_hash: str
    published: datetime
    public_name: str
    parties: tuple[str, ...]
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldDraw:
    """What a draw gave.

    Attributes:
        certificate, frame: its two files.
        cases: how many by cell (``unit code/group code``).
        passed_over: so many people of lists that came later had a case already, and keep it.
    """

    certificate: Path
    frame: Path
    cases: Mapping[str, int]
    passed_over: int = 0


def status(ctx: Context, programme: LoadedProgramme) -> DrawStatus | None:
    """How far the last draw of a programme is, None before one was begun.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        draws = store.live_draws(connection, programme.id)
    return _status(draws[-1]) if draws else None


def commit(
    ctx: Context, programme: LoadedProgramme, commits: Mapping[str, str], public_name: str = PUBLIC_NAME
) -> DrawStatus:
    """Freeze the lists, fix the frame's hash, which is to be published now, and take the commitments.

    Once a draw was held, the next one takes the lists that came later, of cells that had none, and no other.

    Args:
        ctx: somebody who may draw and holds the contact key.
        programme: whose lists.
        commits: by name of the party, SHA-256 of name and part as `rules.commitment` makes it.
        public_name: which public value will be taken, such as an index of a day to come.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``, ``draw_begun``, ``no_frames``, and what
            `rules.checked_parties` refuses.
    """
    ctx.actor.require(Right.DRAW)
    parties = rules.checked_parties(Party(name, digest) for name, digest in commits.items())
    with ctx.database.write() as connection:
        return _commit(ctx, connection, programme, parties, public_name)


def reveal(ctx: Context, programme: LoadedProgramme, party: str, part: str) -> DrawStatus:
    """Take a party's part, if that is what it committed to.

    Raises:
        CatiError: ``not_allowed``, ``no_draw``, ``draw_held``, ``party_unknown``, ``reveal_differs``.
    """
    ctx.actor.require(Right.DRAW)
    with ctx.database.write() as connection:
        frame_store.lock_programme(connection, programme.id)
        draw = _committed(connection, programme)
        _reveal(ctx, connection, programme, draw, party, part)
        return _status(_committed(connection, programme))


def hold(ctx: Context, programme: LoadedProgramme, public_value: str, out: Path) -> HeldDraw:
    """Hold the draw: write certificate and frame, make the cases, and release each cell's first ones.

    Args:
        ctx: somebody who may draw and holds the contact key.
        programme: what for.
        public_value: the value named when the parties committed, as it was published.
        out: folder of the two files; those of a later draw lie in a folder of their own in it.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``, ``no_draw``, ``draw_held``, ``not_revealed``,
            ``frame_changed``, ``draw_text``, ``file_not_written``.
    """
    ctx.actor.require(Right.DRAW)
    out = _own_folder(ctx, programme, out)
    with (
        written_aside(out / CERTIFICATE, out / FRAME) as (certificate, frame),
        ctx.database.write() as connection,
    ):
        frame_store.lock_programme(connection, programme.id)
        drawn, passed_over = _hold(ctx, connection, programme, public_value, certificate, frame)
    return HeldDraw(out / CERTIFICATE, out / FRAME, drawn, passed_over)


def draw(
    ctx: Context,
    programme: LoadedProgramme,
    *,
    parties: Mapping[str, str],
    public: str,
    out: Path,
    public_name: str = PUBLIC_NAME,
) -> HeldDraw:
    """Commit, reveal and hold at once, with all parties in one room.

    Args:
        ctx: somebody who may draw and holds the contact key.
        programme: what for.
        parties: each party's part by its name, in the order in which they commit.
        public: the public value.
        out: folder of certificate and frame, as `hold` takes it.
        public_name: what the public value is.

    Raises:
        CatiError: what `commit`, `reveal` and `hold` refuse; then nothing was changed.
    """
    ctx.actor.require(Right.DRAW)
    named = {
        rules.checked_text(name, N_("The name of a party")): rules.checked_text(
            part, N_("The part of a party")
        )
        for name, part in parties.items()
    }
    committed = rules.checked_parties(Party(n, rules.commitment(n, part)) for n, part in named.items())
    out = _own_folder(ctx, programme, out)
    with (
        written_aside(out / CERTIFICATE, out / FRAME) as (certificate, frame),
        ctx.database.write() as connection,
    ):
        _commit(ctx, connection, programme, committed, public_name)
        begun = _committed(connection, programme)
        for name, part in named.items():
            _reveal(ctx, connection, programme, begun, name, part)
        drawn, passed_over = _hold(ctx, connection, programme, public, certificate, frame)
    return HeldDraw(out / CERTIFICATE, out / FRAME, drawn, passed_over)


def void(ctx: Context, programme: LoadedProgramme, reason: str) -> None:
    """Give up a draw that was begun and not held, as when a party fails to reveal; lists may change again.

    Raises:
        CatiError: ``not_allowed``, ``no_draw``, ``draw_held``, ``reason_missing``.
    """
    ctx.actor.require(Right.DRAW)
    reason = given_reason(reason)
    with ctx.database.write() as connection:
        frame_store.lock_programme(connection, programme.id)
        begun = _committed(connection, programme)
        store.void(connection, begun.id)
        audit.record(ctx, connection, "void_draw", f"draw:{begun.id}", reason=reason)


def write_files(ctx: Context, programme: LoadedProgramme, out: Path, number: int = 0) -> tuple[Path, Path]:
    """Write certificate and frame of a held draw again, byte for byte.

    Args:
        ctx: somebody who may draw and holds the contact key.
        programme: whose.
        out: folder of the draw's files.
        number: 0 for the programme's draw, from 1 on for those of lists that came later.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``, ``not_drawn``, ``file_not_written``.
    """
    ctx.actor.require(Right.DRAW)
    out = folder_of(out, number)
    with (
        written_aside(out / CERTIFICATE, out / FRAME) as (certificate, frame),
        ctx.database.read() as connection,
    ):
        held = held_draws(connection, programme)[number]
        assert held.certificate is not None
        certificate.write_bytes(held.certificate)
        lists = store.lists_of(connection, held.id)
        draw_frames.write(draw_frames.rows(ctx, connection, programme, lists), frame)
    return out / CERTIFICATE, out / FRAME


def held_number(ctx: Context, programme: LoadedProgramme) -> int:
    """How many draws of a programme were held: its own and those of lists that came later.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        return sum(one.state == "held" for one in store.live_draws(connection, programme.id))


def folder_of(out: Path, number: int) -> Path:
    """Where the files of a draw lie: those of lists that came later beside none of another draw."""
    return out / f"later-{number}" if number else out


def _own_folder(ctx: Context, programme: LoadedProgramme, out: Path) -> Path:
    return folder_of(out, held_number(ctx, programme))


# ---- steps of the draw, inside a transaction -----------------------------------------------------


def _commit(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    parties: tuple[Party, ...],
    public_name: str,
) -> DrawStatus:
    public_name = rules.checked_text(public_name, N_("The name of the public value"))
    frame_store.lock_programme(connection, programme.id)
    if store.programme_state(connection, programme.id) in ("closed", "retired"):
        raise CatiError(
            "fieldwork_closed",
            N_("Fieldwork of {programme} is closed already."),
            programme=programme.programme.code,
        )
    before = store.live_draws(connection, programme.id)
    lists = drawn_lists.waiting(connection, programme)
    if any(one.state == "committed" for one in before) or (before and not lists):
        raise CatiError(
            "draw_begun",
            N_(
                "This programme has a draw already. Nothing was changed. If it was held, V at the draw "
                "(Ctrl+4) or “cati draw write” writes its files once more; else void it first."
            ),
        )
    digest, count, taken = hashlib.sha256(), 0, [one.id for one in lists]
    for line in rules.frame_lines(row for _, row in draw_frames.rows(ctx, connection, programme, taken)):
        digest.update(line)
        count += 1
    if count == 1:
        raise CatiError(
            "no_frames", N_("There are no phone lists to draw from. Nothing was changed. Import them first.")
        )
    store.add_draw(
        connection,
        programme.id,
        frame_hash=digest.hexdigest(),
        plan_hash=plan_hash(programme.programme, _cells_of(lists) if before else None),
        public_name=public_name,
        parties=parties,
        lists=taken,
        at=ctx.now(connection),
    )
    begun = _committed(connection, programme)
    audit.record(
        ctx, connection, "commit_draw", f"draw:{begun.id}", frame_hash=begun.frame_hash,
        parties=[party.name for party in parties], later=len(before),
        unlisted=[f"{u.code}/{g.code}" for u, g in drawn_lists.unlisted_in(connection, programme)],
    )  # fmt: skip
    return _status(begun)


def _cells_of(lists: Iterable[StoredFrame]) -> set[str]:
    return {f"{one.unit}/{one.group}" for one in lists}


def _reveal(
    ctx: Context, connection: Connection, programme: LoadedProgramme, begun: StoredDraw, name: str, part: str
) -> None:
    party = next((p for p in begun.parties if p.name == name.strip()), None)
    if party is None:
        raise CatiError(
            "party_unknown",
            N_("{name} has made no commitment in this draw. Nothing was changed. The parties are {parties}."),
            name=name,
            parties="、".join(p.name for p in begun.parties),
        )
    store.keep_reveal(connection, begun.id, rules.revealed(party, part))
    audit.record(ctx, connection, "reveal_draw", f"draw:{begun.id}", party=party.name)


def _hold(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    public_value: str,
    certificate: Path,
    frame: Path,
) -> tuple[dict[str, int], int]:
    """Hold the draw, its files written to these paths; gives cases by cell, and who had one already."""
    public_value = rules.checked_text(public_value, N_("The public value"))
    begun = _committed(connection, programme)
    seed = rules.seed(begun.parties, begun.public_name, public_value)
    first = _first(connection, programme)
    taken = drawn_lists.waiting(connection, programme)
    lists, only = [one.id for one in taken], None if first is None else _cells_of(taken)
    cells = [c for c in store.drawn_cells(connection, programme.id) if only is None or c.name in only]
    planned = plan_hash(programme.programme, only)
    listed: dict[str, tuple[int, int]] = {}
    rows: list[tuple[str, str, str]] = []
    told = draw_frames.rows(ctx, connection, programme, lists)
    digest = draw_frames.write(_noted(told, listed, rows), frame)
    if digest != begun.frame_hash or planned != begun.plan_hash:
        raise CatiError(
            "frame_changed",
            N_(
                "Lists or quotas are not those whose hash was published before the draw. Nothing was drawn. "
                "Void the draw, find out who changed them, and begin again."
            ),
        )
    order = rules.order(seed, planned, rows, [cell.name for cell in cells])
    now = ctx.now(connection)
    text = rules.certificate(
        Draw(
            plan(programme.programme, only),
            begun.parties,
            begun.public_name,
            public_value,
            begun.frame_hash,
            _stamp(begun.created_at),
            _stamp(now),
            order,
            tuple(_given_up(draw) for draw in store.void_draws(connection, programme.id)),
            "" if first is None or first.certificate is None else rules.certificate_digest(first.certificate),
        )
    )
    certificate.write_bytes(text)
    served = frozenset() if first is None else store.with_case(connection, lists)
    tickets = _Tickets(seed, planned, programme.programme.settings.replicate_factor)
    store.add_cases(connection, programme.id, _drawn_cases(connection, tickets, cells, order, listed, served))
    if first is not None:
        for cell in cells:
            quotas.serve_again(connection, cell.id)
    store.keep_held(
        connection, programme.id, begun.id, public_value=public_value, seed=seed, certificate=text, at=now,
        by=ctx.actor.user_id,
    )  # fmt: skip
    drawn = {cell: sum(listed[e][1] not in served for e in entries) for cell, entries in order.items()}
    passed_over = sum(map(len, order.values())) - sum(drawn.values())
    audit.record(
        ctx, connection, "hold_draw", f"draw:{begun.id}", seed=seed, cases=sum(drawn.values()),
        certificate=hashlib.sha256(text).hexdigest(), passed_over=passed_over,
    )  # fmt: skip
    return drawn, passed_over


def _first(connection: Connection, programme: LoadedProgramme) -> StoredDraw | None:
    """The draw that was held before the one under way, of all lists there were then."""
    draw = store.live_draw(connection, programme.id)
    return draw if draw is not None and draw.state == "held" else None


def _given_up(draw: StoredDraw) -> VoidDraw:
    return VoidDraw(
        draw.frame_hash,
        _stamp(draw.created_at),
        tuple(party.name for party in draw.parties),
        tuple(party.name for party in draw.parties if party.reveal is not None),
    )


def _noted(
    frame: Iterator[tuple[ListedEntry, FrameRow]],
    listed: dict[str, tuple[int, int]],
    rows: list[tuple[str, str, str]],
) -> Iterator[tuple[ListedEntry, FrameRow]]:
    """Pass a frame on, noting of every listed entry what the order and the cases need."""
    for entry, row in frame:
        if row.cell:
            listed[row.entry] = (entry.entry_id, entry.person_id)
            rows.append((row.entry, row.cell, row.person))
        yield entry, row


class _Tickets(NamedTuple):
    """What the places of a draw are computed from, and how many times a quota is released at once."""

    seed: str
    plan_hash: str
    factor: int


def _drawn_cases(
    connection: Connection,
    tickets: _Tickets,
    cells: Sequence[DrawnCell],
    order: Mapping[str, list[str]],
    listed: Mapping[str, tuple[int, int]],
    served: Collection[int],
) -> Iterator[NewCase]:
    """The cases of a draw, but for persons who are `served` by one of an earlier draw or the public pool."""
    for cell in cells:
        released = cell.quota * tickets.factor
        called = [entry for entry in order[cell.name] if listed[entry][1] not in served]
        # The public pool may have been opened for a cell before its list came.
        before = store.last_position(connection, cell.id)
        for nth, entry in enumerate(called, start=1):
            entry_id, person_id = listed[entry]
            yield NewCase(
                cell_id=cell.id,
                entry_id=entry_id,
                person_id=person_id,
                ticket=rules.ticket(tickets.seed, tickets.plan_hash, cell.name, entry),
                position=before + nth,
                source="list",
                state=CaseState.FRESH if nth <= released else CaseState.RESERVE,
            )


# ---- what is there -------------------------------------------------------------------------------


def _status(draw: StoredDraw) -> DrawStatus:
    return DrawStatus(
        draw.state,
        draw.frame_hash,
        draw.plan_hash,
        draw.created_at,
        draw.public_name,
        tuple(party.name for party in draw.parties),
        tuple(party.name for party in draw.parties if party.reveal is None),
    )


def _committed(connection: Connection, programme: LoadedProgramme) -> StoredDraw:
    draws = store.live_draws(connection, programme.id)
    if not draws:
        raise CatiError(
            "no_draw", N_("No draw was begun. Nothing was changed. Take the parties' commitments first.")
        )
    if draws[-1].state == "held":
        raise CatiError(
            "draw_held",
            N_(
                "The draw was held already. Nothing was changed; its certificate stands. V at the draw "
                "(Ctrl+4) or “cati draw write” writes its files once more."
            ),
        )
    return draws[-1]


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
