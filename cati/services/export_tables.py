"""The tables of each export, read as they are written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from fractions import Fraction
from typing import TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from cati.domain.exports import Identity, What
from cati.domain.programmes import LoadedProgramme
from cati.domain.rates import Counts, Rates
from cati.files.exports import Cell, Table
from cati.sealing.contacts import ContactKey
from cati.services import export_interviews, frame_problems, rates
from cati.services.context import Context
from cati.store import audit as audit_store
from cati.store import exports as store
from cati.store import frames as frame_store
from cati.store.engine import Connection

T = TypeVar("T")
Progress: TypeAlias = Callable[[int, int], None]
"""Told rows written, and rows in all."""

EACH = 200
"""Rows after which progress is told."""

NAMES: dict[What, tuple[str, ...]] = {
    What.INTERVIEWS: ("interviews", "excluded"),
    What.ATTEMPTS: ("attempts",),
    What.RATES: ("rates",),
    What.PROBLEMS: ("problems",),
    What.AUDIT: ("audit",),
}
"""Names of the tables of each export."""


SPEECH = ("recorded_s", "operator_s", "respondent_s", "silence_s", "overlap_s", "longest_pause_s")
"""Of the speech in a call's recordings, in seconds; empty where it was not told."""


def tables(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    what: What,
    identity: Identity,
    progress: Progress,
) -> Iterator[Table]:
    """The tables of an export, one after the other."""
    match what:
        case What.INTERVIEWS:
            return _interviews(ctx, connection, programme, identity, progress)
        case What.ATTEMPTS:
            return _attempts(connection, programme, progress)
        case What.RATES:
            return _rates(ctx, programme)
        case What.PROBLEMS:
            return _problems(ctx, connection, programme, identity, progress)
        case What.AUDIT:
            return _audit(connection, programme)
        case What.SCORES | What.REPORT:
            raise ValueError(what)


def _counted(found: Iterator[T], total: int, progress: Progress) -> Iterator[T]:
    progress(0, total)
    for done, one in enumerate(found, start=1):
        yield one
        if done % EACH == 0 or done == total:
            progress(done, total)


def _key(ctx: Context, programme: LoadedProgramme, identity: Identity) -> ContactKey | None:
    """What opens the contacts; None where they were destroyed and nobody asks to see them."""
    if programme.state == "retired" and identity is Identity.MASKED:
        return None
    return ctx.keys.contact_key(programme.id)


def _interviews(
    ctx: Context, connection: Connection, programme: LoadedProgramme, identity: Identity, progress: Progress
) -> Iterator[Table]:
    key, definition = _key(ctx, programme, identity), programme.programme
    heading = export_interviews.heading(definition, identity)
    total = store.count_complete(connection, programme.id)
    found = _counted(store.complete_interviews(connection, programme.id), total, progress)
    kept, left_out = NAMES[What.INTERVIEWS]
    yield Table(kept, heading, export_interviews.rows(found, definition, key, identity))
    out = store.complete_interviews(connection, programme.id, excluded=True)
    rows = export_interviews.rows(out, definition, key, identity, verdict=True)
    yield Table(left_out, [*heading, *export_interviews.VERDICT], rows)


def _attempts(connection: Connection, programme: LoadedProgramme, progress: Progress) -> Iterator[Table]:
    zone = ZoneInfo(programme.programme.settings.timezone)
    heading = (
        "unit", "group", "case", "attempt", "operator", "station", "dialled", "connected", "ended",
        "disposition", "incoming", "prompted", "late", "simulated", *SPEECH, "answers_unspoken",
    )  # fmt: skip
    total = store.count_attempts(connection, programme.id)

    def rows() -> Iterator[list[Cell]]:
        for one in _counted(store.all_attempts(connection, programme.id), total, progress):
            times = (
                export_interviews.local(at, zone) for at in (one.dialled_at, one.connected_at, one.ended_at)
            )
            flags = (int(flag) for flag in (one.incoming, one.prompted, one.late, one.simulated))
            who = (one.unit, one.group, one.case_id, one.number, one.operator, one.station)
            told = (one.recorded_ms, one.operator_ms, one.respondent_ms, one.silence_ms, one.overlap_ms)
            seconds = (None if ms is None else int(ms) / 1000 for ms in (*told, one.longest_pause_ms))
            unspoken = None if one.answers_unspoken is None else int(one.answers_unspoken)
            yield [*who, *times, one.disposition, *flags, *seconds, unspoken]

    yield Table(NAMES[What.ATTEMPTS][0], heading, rows())


def _rates(ctx: Context, programme: LoadedProgramme) -> Iterator[Table]:
    counts = [field.name for field in fields(Counts)]
    shares = [field.name for field in fields(Rates) if field.name != "counts"]

    def rows() -> Iterator[list[Cell]]:
        for by in rates.By:
            for line in rates.indicators(ctx, programme, by):
                numbers: list[Cell] = [getattr(line.rates.counts, name) for name in counts]
                yield [str(by), line.name, *numbers, *(_share(getattr(line.rates, name)) for name in shares)]

    yield Table(NAMES[What.RATES][0], ["by", "name", *counts, *shares], rows())


def _share(value: Fraction | None) -> Cell:
    return None if value is None else round(float(value), 6)


def _problems(
    ctx: Context, connection: Connection, programme: LoadedProgramme, identity: Identity, progress: Progress
) -> Iterator[Table]:
    names = {unit.code: unit.name for unit in programme.programme.units}
    labels = {group.code: group.label for group in programme.programme.groups}
    found = [frame for frame in frame_store.stored_frames(connection, programme.id) if frame.current]
    full = identity is Identity.FULL
    if full:
        _key(ctx, programme, identity)

    def rows() -> Iterator[list[Cell]]:
        for done, frame in enumerate(found):
            progress(done, len(found))
            place: Sequence[Cell] = (names.get(frame.unit or ""), labels.get(frame.group or ""), frame.file)
            if full:
                for row in frame_problems.rejected_rows(ctx, programme, frame):
                    yield [*place, row.number, row.code, " | ".join((row.name, *row.cells, row.remark))]
            else:
                for number, code, _sealed in frame_store.problems_of(connection, frame.id):
                    yield [*place, number, code]

    heading = ["unit", "group", "file", "row", "problem", *(["cells"] if full else [])]
    yield Table(NAMES[What.PROBLEMS][0], heading, rows())


def _audit(connection: Connection, programme: LoadedProgramme) -> Iterator[Table]:
    zone = ZoneInfo(programme.programme.settings.timezone)
    heading = ("session", "seq", "at", "user", "action", "subject", "detail", "previous", "hash")

    def rows() -> Iterator[list[Cell]]:
        for one in audit_store.by_session(connection):
            detail = json.dumps(one.detail, ensure_ascii=False, sort_keys=True)
            at = export_interviews.local(one.at, zone)
            yield [
                one.session_id,
                one.seq,
                at,
                one.user_id,
                one.action,
                one.subject,
                detail,
                one.previous,
                one.hash,
            ]

    yield Table(NAMES[What.AUDIT][0], heading, rows())
