"""The draw: frame published, parts committed and revealed, cases made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain import draws as rules
from cati.domain.draws import PUBLIC_NAME, Draw, FrameRow, Party, VoidDraw
from cati.domain.programme_json import plan, plan_hash
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import CaseState
from cati.domain.users import Right
from cati.files.aside import written_aside
from cati.services import audit, draw_frames
from cati.services.context import Context
from cati.services.reasons import given_reason
from cati.services.supplements import held_draw
from cati.store import draws as store
from cati.store import frames as frame_store
from cati.store.draws import DrawnCell, ListedEntry, NewCase, StoredDraw
from cati.store.engine import Connection

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
    """What a draw gave: its two files, and cases by cell (``unit code/group code``)."""

    certificate: Path
    frame: Path
    cases: Mapping[str, int]


def status(ctx: Context, programme: LoadedProgramme) -> DrawStatus | None:
    """How far the draw of a programme is, None before it was begun.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        draw = store.live_draw(connection, programme.id)
    return None if draw is None else _status(draw)


def commit(
    ctx: Context, programme: LoadedProgramme, commits: Mapping[str, str], public_name: str = PUBLIC_NAME
) -> DrawStatus:
    """Freeze the lists, fix the frame's hash, which is to be published now, and take the commitments.

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
        out: folder of the two files.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``, ``no_draw``, ``draw_held``, ``not_revealed``,
            ``frame_changed``, ``draw_text``, ``file_not_written``.
    """
    ctx.actor.require(Right.DRAW)
    with (
        written_aside(out / CERTIFICATE, out / FRAME) as (certificate, frame),
        ctx.database.write() as connection,
    ):
        frame_store.lock_programme(connection, programme.id)
        drawn = _hold(ctx, connection, programme, public_value, certificate, frame)
    return HeldDraw(out / CERTIFICATE, out / FRAME, drawn)


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
        out: folder of certificate and frame.
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
    with (
        written_aside(out / CERTIFICATE, out / FRAME) as (certificate, frame),
        ctx.database.write() as connection,
    ):
        _commit(ctx, connection, programme, committed, public_name)
        begun = _committed(connection, programme)
        for name, part in named.items():
            _reveal(ctx, connection, programme, begun, name, part)
        drawn = _hold(ctx, connection, programme, public, certificate, frame)
    return HeldDraw(out / CERTIFICATE, out / FRAME, drawn)


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


def write_files(ctx: Context, programme: LoadedProgramme, out: Path) -> tuple[Path, Path]:
    """Write certificate and frame of a held draw again, byte for byte.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``, ``no_draw``, ``file_not_written``.
    """
    ctx.actor.require(Right.DRAW)
    with (
        written_aside(out / CERTIFICATE, out / FRAME) as (certificate, frame),
        ctx.database.read() as connection,
    ):
        held = held_draw(connection, programme)
        assert held.certificate is not None
        certificate.write_bytes(held.certificate)
        draw_frames.write(draw_frames.rows(ctx, connection, programme), frame)
    return out / CERTIFICATE, out / FRAME


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
    if frame_store.frozen(connection, programme.id):
        raise CatiError(
            "draw_begun",
            N_(
                "This programme has a draw already. Nothing was changed. If it was held, V at the draw "
                "(Ctrl+4) or “cati draw write” writes its files once more; else void it first."
            ),
        )
    digest, count = hashlib.sha256(), 0
    for line in rules.frame_lines(row for _, row in draw_frames.rows(ctx, connection, programme)):
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
        plan_hash=plan_hash(programme.programme),
        public_name=public_name,
        parties=parties,
        at=ctx.now(connection),
    )
    begun = _committed(connection, programme)
    audit.record(
        ctx, connection, "commit_draw", f"draw:{begun.id}", frame_hash=begun.frame_hash,
        parties=[party.name for party in parties],
    )  # fmt: skip
    return _status(begun)


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
) -> dict[str, int]:
    """Hold the draw, its files written to these paths; gives the number of cases by cell."""
    public_value = rules.checked_text(public_value, N_("The public value"))
    begun = _committed(connection, programme)
    seed = rules.seed(begun.parties, begun.public_name, public_value)
    cells = store.drawn_cells(connection, programme.id)
    planned = plan_hash(programme.programme)
    listed: dict[str, tuple[int, int]] = {}
    rows: list[tuple[str, str, str]] = []
    digest = draw_frames.write(_noted(draw_frames.rows(ctx, connection, programme), listed, rows), frame)
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
            plan(programme.programme),
            begun.parties,
            begun.public_name,
            public_value,
            begun.frame_hash,
            _stamp(begun.created_at),
            _stamp(now),
            order,
            tuple(_given_up(draw) for draw in store.void_draws(connection, programme.id)),
        )
    )
    certificate.write_bytes(text)
    store.add_cases(connection, programme.id, _drawn_cases(programme, seed, cells, order, listed))
    store.keep_held(
        connection, programme.id, begun.id, public_value=public_value, seed=seed, certificate=text, at=now,
        by=ctx.actor.user_id,
    )  # fmt: skip
    drawn = {cell: len(entries) for cell, entries in order.items()}
    audit.record(
        ctx, connection, "hold_draw", f"draw:{begun.id}", seed=seed, cases=sum(drawn.values()),
        certificate=hashlib.sha256(text).hexdigest(),
    )  # fmt: skip
    return drawn


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


def _drawn_cases(
    programme: LoadedProgramme,
    seed: str,
    cells: tuple[DrawnCell, ...],
    order: Mapping[str, list[str]],
    listed: Mapping[str, tuple[int, int]],
) -> Iterator[NewCase]:
    factor, planned = programme.programme.settings.replicate_factor, plan_hash(programme.programme)
    for cell in cells:
        released = cell.quota * factor
        for position, entry in enumerate(order[cell.name], start=1):
            entry_id, person_id = listed[entry]
            yield NewCase(
                cell_id=cell.id,
                entry_id=entry_id,
                person_id=person_id,
                ticket=rules.ticket(seed, planned, cell.name, entry),
                position=position,
                source="list",
                state=CaseState.FRESH if position <= released else CaseState.RESERVE,
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
    draw = store.live_draw(connection, programme.id)
    if draw is None:
        raise CatiError(
            "no_draw", N_("No draw was begun. Nothing was changed. Take the parties' commitments first.")
        )
    if draw.state == "held":
        raise CatiError(
            "draw_held",
            N_(
                "The draw was held already. Nothing was changed; its certificate stands. V at the draw "
                "(Ctrl+4) or “cati draw write” writes its files once more."
            ),
        )
    return draw


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
