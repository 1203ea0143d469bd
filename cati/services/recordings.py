"""Recording files: noting them, and handing them out by right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.ports import RecordingSummary
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right
from cati.services import audit
from cati.services.context import Context
from cati.store import recordings as store
from cati.store.recordings import Kept as Kept
from cati.store.recordings import Known as Known
from cati.store.recordings import LeftBehind
from cati.store.recordings import StoredRecording as StoredRecording


def register(ctx: Context, *, recording_id: str, attempt_id: str, file: str, at: datetime) -> None:
    """Commit that a file is about to be written, so that it is known even if the station stops.

    Args:
        file: path below the station's recordings folder.
    """
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.write() as connection:
        store.register(
            connection,
            recording_id=recording_id,
            attempt_id=attempt_id,
            file=file,
            station=ctx.actor.station,
            at=at,
        )


def finish(ctx: Context, summary: RecordingSummary) -> None:
    """Commit what a file became."""
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.write() as connection:
        store.finish(
            connection,
            recording_id=summary.recording_id,
            duration_ms=summary.duration_ms,
            size=summary.size,
            channels=summary.channels,
            complete=summary.complete,
            problem=summary.problem or ("silent" if summary.silent else None),
        )
        if summary.speech is not None:
            store.note_speech(connection, summary.recording_id, summary.speech)


def unfinished(ctx: Context) -> tuple[LeftBehind, ...]:
    """This station's files whose end was never noted, as after a power cut."""
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.read() as connection:
        return store.unfinished(connection, ctx.actor.station)


def whereabouts(ctx: Context, ids: Sequence[str]) -> tuple[Kept, ...]:
    """Where recordings lie; on a floor an operator is told of the own ones.

    Raises:
        CatiError: ``not_allowed``.
    """
    _require_keeping(ctx)
    with ctx.database.read() as connection:
        return store.kept(connection, ids)


def note_archived(ctx: Context, recording_id: str, *, place: str, size: int, sha256: str) -> None:
    """Commit that a file lies in the archive and was read back there; once it is noted it stays so.

    Args:
        place: the archive's address without secrets.
        size: bytes.
        sha256: hexadecimal.

    Raises:
        CatiError: ``not_allowed``; ``archived_otherwise`` when it is noted with another content.
    """
    _require_keeping(ctx)
    with ctx.database.write() as connection:
        at = ctx.now(connection)
        store.note_archived(connection, recording_id, place=place, size=size, sha256=sha256, at=at)
        found = store.kept(connection, [recording_id])
        if not found or found[0].sha256 != sha256:
            raise CatiError(
                "archived_otherwise",
                N_(
                    "The recording {id} is noted as archived with another content. Its file was kept here. "
                    "Have both examined: “cati recording verify”."
                ),
                id=recording_id,
            )


def to_verify(ctx: Context) -> tuple[tuple[Known, ...], dict[int, bytes]]:
    """All recordings, and of the programmes whose key the user holds the one that opens them.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.LISTEN)
    with ctx.database.read() as connection:
        found = store.known(connection)
    held: dict[int, bytes] = {}
    for programme_id in sorted({one.programme_id for one in found}):
        try:
            held[programme_id] = ctx.keys.recording_private(programme_id)
        except CatiError:
            # Then what stands in the open is all there is to see.
            continue
    return found, held


def note_verified(ctx: Context, place: str, *, files: int, faults: int) -> None:
    """The audit log keeps that recordings were scrubbed, and how many were not as they should be.

    Args:
        place: address without secrets.
        files, faults: how many.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.LISTEN)
    with ctx.database.write() as connection:
        station = f"station {ctx.actor.station}"
        audit.record(ctx, connection, "recordings_verified", station, place=place, files=files, faults=faults)


def note_place(ctx: Context, place: str) -> None:
    """The audit log keeps that a station's recordings go to an archive from now on.

    Args:
        place: its address without secrets; empty for none.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.MANAGE_USERS)
    with ctx.database.write() as connection:
        audit.record(ctx, connection, "archive_place", f"station {ctx.actor.station}", place=place)


def _require_keeping(ctx: Context) -> None:
    if not may_archive(ctx):
        ctx.actor.require(Right.INTERVIEW)


def may_archive(ctx: Context) -> bool:
    """Whether somebody's session may put recordings into the archive."""
    return ctx.actor.may(Right.LISTEN) or ctx.actor.may(Right.INTERVIEW)


def listing(ctx: Context, programme: LoadedProgramme) -> tuple[StoredRecording, ...]:
    """All recordings of a programme, oldest first.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.LISTEN)
    with ctx.database.read() as connection:
        return store.of_programme(connection, programme.id)


def release(
    ctx: Context, prefix: str, purpose: str, start_ms: int = 0, end_ms: int | None = None
) -> tuple[StoredRecording, bytes]:
    """One recording and the private key that opens it; the audit log keeps who asked and what for.

    Args:
        prefix: the beginning of its id, at least 4 characters.
        purpose: ``listen`` or ``export``.
        start_ms, end_ms: of the stretch that is wanted; all of it by default.

    Raises:
        CatiError: ``not_allowed``, ``recording_unknown``, ``recording_ambiguous``, or that the user
            holds no recording key.
    """
    ctx.actor.require(Right.LISTEN)
    with ctx.database.write() as connection:
        found = store.find(connection, prefix) if len(prefix) >= 4 else ()
        if not found:
            raise CatiError(
                "recording_unknown",
                N_("No recording begins with {id}. “cati recording list” shows those there are."),
                id=prefix,
            )
        if len(found) > 1:
            raise CatiError(
                "recording_ambiguous",
                N_("Several recordings begin with {id}. Give more of the id."),
                id=prefix,
            )
        key = ctx.keys.recording_private(found[0].programme_id)
        stretch = {"from_ms": start_ms, "to_ms": end_ms}
        told = {name: ms for name, ms in stretch.items() if ms}
        audit.record(ctx, connection, f"recording_{purpose}", f"recording {found[0].id}", **told)
        return found[0], key
