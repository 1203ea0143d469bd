"""Complete interviews as a workbook, people masked unless the right to see them is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum
from math import isfinite
from pathlib import Path
from zoneinfo import ZoneInfo

from cati.domain.contacts import Contact, masked
from cati.domain.programmes import LoadedProgramme, Programme
from cati.domain.users import Right
from cati.files.aside import written_aside
from cati.files.exports import Cell, new_workbook
from cati.sealing.contacts import ContactKey
from cati.services import audit
from cati.services.context import Context
from cati.services.scoring import refuse_while_open
from cati.store import exports as store
from cati.store.exports import ExportedInterview

FIRST = ("unit", "group", "disposition")
LAST = (
    "interview",
    "operator",
    "started",
    "ended",
    "seconds",
    "language",
    "source",
    "late",
    "off_path",
    "number",
)
NAME = "name"
"""Heading of the last column when identities are shown."""

VERDICT = ("excluded_because", "excluded_by", "excluded_at")
"""Headings that the sheet of excluded interviews has besides."""

UNASKED = ("note", "calculate")
"""Types of questions nobody answers."""

NUMBERS = ("integer", "decimal")


class Identity(StrEnum):
    """What of a person an export shows."""

    MASKED = "masked"
    """The number as 138****1234."""
    FULL = "full"
    """Name and number; by right, and written down."""


def export_interviews(
    ctx: Context,
    programme: LoadedProgramme,
    path: Path,
    *,
    identity: Identity = Identity.MASKED,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Write all complete interviews, one row each; gives how many.

    Those that a review excluded stand apart, in a sheet of their own with reason, who and when. Cells hold
    the names of choices. Headings are the same in every language. The file is there whole or not at all.

    Args:
        ctx: somebody who may export and holds the contact key.
        programme: whose.
        path: an .xlsx file.
        identity: whether people are masked.
        progress: gets interviews written and in all.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``, ``fieldwork_open``, ``file_not_written``.
    """
    ctx.actor.require(Right.EXPORT)
    if identity is Identity.FULL:
        ctx.actor.require(Right.EXPORT_IDENTITY)
    key = ctx.keys.contact_key(programme.id)
    definition = programme.programme
    asked = [question.name for question in definition.questions if question.type not in UNASKED]
    heading = [*FIRST, *asked, *LAST, *([NAME] if identity is Identity.FULL else [])]
    with written_aside(path, private=True) as (aside,):
        with ctx.database.read() as connection:
            refuse_while_open(connection, programme)
            total = store.count_complete(connection, programme.id)
            found = _counted(store.complete_interviews(connection, programme.id), total, progress)
            rows = _rows(found, definition, asked, key, identity)
            out = store.complete_interviews(connection, programme.id, excluded=True)
            out_rows = _rows(out, definition, asked, key, identity, verdict=True)
            with new_workbook(aside) as book:
                written = book.add_sheet("interviews", heading, rows)
                left_out = book.add_sheet("excluded", [*heading, *VERDICT], out_rows)
        with ctx.database.write() as connection:
            audit.record(
                ctx, connection, "export", f"programme:{programme.id}", rows=written,
                excluded=left_out, identity=str(identity),
            )  # fmt: skip
    return written


def _counted(
    found: Iterator[ExportedInterview], total: int, progress: Callable[[int, int], None]
) -> Iterator[ExportedInterview]:
    progress(0, total)
    for done, interview in enumerate(found, start=1):
        yield interview
        if done % 200 == 0 or done == total:
            progress(done, total)


def _rows(
    found: Iterator[ExportedInterview],
    programme: Programme,
    asked: list[str],
    key: ContactKey,
    identity: Identity,
    *,
    verdict: bool = False,
) -> Iterator[list[Cell]]:
    zone = ZoneInfo(programme.settings.timezone)
    numbers = {question.name for question in programme.questions if question.type in NUMBERS}
    for interview in found:
        contact = Contact.decode(key.open(interview.sealed, bound_to=interview.number_hash))
        given = interview.answers.get
        yield [
            interview.unit,
            interview.group,
            interview.disposition,
            *[_number(given(name)) if name in numbers else given(name) for name in asked],
            interview.id,
            interview.operator,
            _local(interview.started_at, zone),
            _local(interview.ended_at, zone),
            _seconds(interview),
            interview.language,
            interview.source,
            "late" if interview.late else "",
            "; ".join(f"{item}={value}" for item, value in sorted(interview.off_path.items())),
            *_identity(contact, identity),
            *(_verdict(interview, zone) if verdict else ()),
        ]


def _verdict(interview: ExportedInterview, zone: ZoneInfo) -> tuple[Cell, ...]:
    return interview.verdict_reason, interview.verdict_by, _local(interview.verdict_at, zone)


def _identity(contact: Contact, identity: Identity) -> list[Cell]:
    number = contact.number.e164
    if identity is Identity.FULL:
        return [number.removeprefix("+86"), contact.name]
    return [masked(number)]


def _number(value: str | None) -> Cell:
    """A number as a number, so that it can be summed; anything else stays the text it is."""
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        return value
    return number if isfinite(number) else value


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _seconds(interview: ExportedInterview) -> Cell:
    if interview.ended_at is None:
        return None
    return round((interview.ended_at - interview.started_at).total_seconds())
