"""Files that leave the program: what, for whom, people masked or not, and every one of them written down."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.attendance import local_day
from cati.domain.exports import AFTER_FIELDWORK, FORMATS, PERSONAL, RIGHTS, Format, Identity, What
from cati.domain.programmes import LoadedProgramme
from cati.domain.report import programme_report
from cati.domain.users import Right
from cati.files.aside import written_aside
from cati.files.docx import write_paper
from cati.files.exports import write_csv, write_workbook
from cati.files.sav import write_sav
from cati.files.scores import write_scores
from cati.services import audit, reports, scoring
from cati.services.context import Context
from cati.services.export_tables import NAMES, Progress, tables
from cati.services.export_variables import variables
from cati.store import releases
from cati.store.engine import Connection
from cati.store.releases import Released

__all__ = ["Identity", "Released", "export", "export_interviews", "format_of", "listing"]

BLOCK = 1 << 20


def export(
    ctx: Context,
    programme: LoadedProgramme,
    what: What,
    path: Path,
    *,
    recipient: str = "",
    identity: Identity = Identity.MASKED,
    progress: Progress = lambda done, total: None,
) -> Released:
    """Write one export; the file is there whole or not at all, and only its owner may read it.

    Interviews that a review excluded stand apart, with reason, who and when. Cells hold the names of choices.
    Headings are the same in every language. A .csv or .sav has one file for each table, the later ones with
    the table's name in theirs. A .sav holds numbers for choices, with labels in the language in use.

    Args:
        ctx: somebody with the rights of `cati.domain.exports.RIGHTS`.
        programme: whose.
        what: it holds.
        path: its ending says the format.
        recipient: for whom it is, in words; needed when people are shown.
        identity: whether people are masked.
        progress: gets rows written and in all; what it raises stops the export, and nothing is left.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``, ``fieldwork_open``, ``format_unknown``,
            ``format_not_for_this``, ``recipient_missing``, ``contacts_destroyed``, ``file_not_written``; of
            reports what `reports.approved` refuses.
    """
    for right in RIGHTS[what]:
        ctx.actor.require(right)
    if identity is Identity.FULL:
        ctx.actor.require(Right.EXPORT_IDENTITY)
    form = format_of(what, path)
    recipient = " ".join(recipient.split())
    if identity is Identity.FULL and not recipient:
        raise CatiError(
            "recipient_missing",
            N_(
                "Names and numbers leave the program only for a named body or person. Nothing "
                "was written. Say for whom."
            ),
        )
    targets = _targets(what, form, path)
    with written_aside(*targets, private=True) as asides:
        rows = _write(ctx, programme, what, form, asides, identity, progress)
        shown = identity if what in PERSONAL else Identity.MASKED
        with ctx.database.write() as connection:
            return note(
                ctx, connection, programme, what, form, shown, recipient, path.name, rows, digest(asides)
            )


def export_interviews(
    ctx: Context,
    programme: LoadedProgramme,
    path: Path,
    *,
    recipient: str = "",
    identity: Identity = Identity.MASKED,
    progress: Progress = lambda done, total: None,
) -> int:
    """Write all complete interviews, one row each; gives how many count. See `export`."""
    made = export(
        ctx,
        programme,
        What.INTERVIEWS,
        path,
        recipient=recipient,
        identity=identity,
        progress=progress,
    )
    return made.rows


def format_of(what: What, path: Path) -> Format:
    """The format that the ending of a file's name says.

    Raises:
        CatiError: ``format_unknown``, ``format_not_for_this``.
    """
    ending = path.suffix.lower().removeprefix(".")
    known = [str(form) for form in Format]
    if ending not in known:
        raise CatiError(
            "format_unknown",
            N_(
                "The name “{file}” does not say which format is meant. Nothing was written. Let "
                "it end in {endings}."
            ),
            file=path.name,
            endings=", ".join(f".{form}" for form in known),
        )
    if Format(ending) not in FORMATS[what]:
        raise CatiError(
            "format_not_for_this",
            N_("This cannot be exported as .{format}. Nothing was written. Let the name end in {endings}."),
            format=ending,
            endings=", ".join(f".{form}" for form in FORMATS[what]),
        )
    return Format(ending)


def listing(ctx: Context, programme: LoadedProgramme) -> tuple[Released, ...]:
    """All files of a programme that left the program, the newest first.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.EXPORT)
    with ctx.database.read() as connection:
        return releases.exported(connection, programme.id)


def _targets(what: What, form: Format, path: Path) -> tuple[Path, ...]:
    if form in (Format.XLSX, Format.DOCX):
        return (path,)
    rest = NAMES[what][1:]
    return (path, *(path.with_name(f"{path.stem}-{name}{path.suffix}") for name in rest))


def _write(
    ctx: Context,
    programme: LoadedProgramme,
    what: What,
    form: Format,
    asides: Sequence[Path],
    identity: Identity,
    progress: Progress,
) -> int:
    """Write the tables; gives the rows of the first one."""
    if what is What.SCORES:
        board = scoring.board(ctx, programme)
        found = reports.facts(ctx, programme)
        write_scores(asides[0], found, approval_words(board))
        return len(found.lines)
    if what is What.REPORT:
        found = reports.approved(ctx, programme)
        write_paper(asides[0], programme_report(found))
        return len(found.lines)
    with ctx.database.read() as connection:
        if what in AFTER_FIELDWORK:
            scoring.refuse_while_open(connection, programme)
        made = tables(ctx, connection, programme, what, identity, progress)
        match form:
            case Format.XLSX:
                return write_workbook(asides[0], made)[0]
            case Format.CSV:
                return write_csv(asides, made)[0]
            case Format.SAV:
                definition = programme.programme
                return write_sav(asides, made, partial(variables, definition), definition.title)[0]
            case Format.DOCX:
                raise ValueError(what)


def approval_words(found: scoring.Board) -> str:
    """Who approved the scores, and whether they are still the approved ones."""
    signed = found.sign_off
    if signed is None:
        return _("Nobody has approved these scores yet.")
    words = (
        _("{body} ({signer}) approved other scores on {day}: these have changed since.")
        if found.changed
        else _("Approved by {body} ({signer}) on {day}.")
    )
    return words.format(body=signed.body, signer=signed.signer, day=local_day(signed.signed_at).isoformat())


def note(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    what: What,
    form: Format,
    identity: Identity,
    recipient: str,
    file: str,
    rows: int,
    sha256: str,
) -> Released:
    """Write down what leaves the program."""
    now = ctx.now(connection)
    releases.add_export(
        connection,
        programme.id,
        what=str(what),
        format_=str(form),
        identity=str(identity),
        recipient=recipient,
        file=file,
        rows=rows,
        sha256=sha256,
        at=now,
        by=ctx.actor.user_id,
    )
    audit.record(
        ctx, connection, "export", f"programme:{programme.id}", what=str(what), format=str(form), rows=rows,
        identity=str(identity), recipient=recipient, sha256=sha256,
    )  # fmt: skip
    return Released(str(what), str(form), str(identity), recipient, file, rows, sha256, now, ctx.actor.name)


def digest(paths: Sequence[Path]) -> str:
    """Hexadecimal SHA-256 of files, one after the other."""
    whole = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                whole.update(block)
    return whole.hexdigest()
