"""Commands on recordings: list, export, archive, verify."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from cati import bootstrap
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option, progress
from cati.cli.texts import group, option
from cati.domain.recordings import DEFECTS, archive_lines, problem_words, scrub_lines
from cati.domain.times import length
from cati.services import messages
from cati.services import recordings as service


@group()
def recording() -> None:
    """Recordings: list, export by right, archive, verify."""


@recording.command("list")
@json_option
@click.pass_obj
def list_(session: Session, in_json: bool) -> None:
    """List the recordings of the programme."""
    programme = session.programme
    found = service.listing(session.ctx, programme)
    units = {unit.code: unit.name for unit in programme.programme.units}
    groups = {group.code: group.label for group in programme.programme.groups}
    if in_json:
        as_json(
            [
                {
                    "recording": r.id,
                    "attempt": r.attempt_id,
                    "unit": units[r.unit],
                    "group": groups[r.group],
                    "case": r.case_id,
                    "operator": r.operator,
                    "started": r.started_at.isoformat(),
                    "seconds": None if r.duration_ms is None else r.duration_ms / 1000,
                    "complete": r.complete,
                    "problem": r.problem,
                }
                for r in found
            ]
        )
        return
    for r in found:
        at = r.started_at.astimezone(ZoneInfo(programme.programme.settings.timezone))
        case = _("case {number}").format(number=f"{r.case_id:04d}")
        parts = (r.id, f"{at:%Y-%m-%d %H:%M}", f"{units[r.unit]}/{groups[r.group]}", case, r.operator)
        click.echo("\t".join((*parts, *_length_and_state(r.duration_ms, r.complete, r.problem))))


def _length_and_state(duration_ms: int | None, complete: bool, problem: str | None) -> tuple[str, str]:
    """Both in words; minutes and seconds."""
    if duration_ms is None:
        return "–", _("not ended")
    played = length(duration_ms / 1000)
    if problem is not None:
        return played, problem_words(problem)
    return played, _("whole") if complete else _("cut off")


@recording.command()
@click.argument("id_", metavar="ID", required=False)
@option("--message", type=int, help="Number of a message instead of ID: what it marks of a recording.")
@option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="WAV or .ogg file to write."
)
@option("--from", "start", default="0", help="Where the stretch begins, in seconds or minutes:seconds.")
@option("--to", "end", help="Where it ends; the recording's end by default.")
@option("--patched", is_flag=True, help="Write silence where the recording is damaged.")
@click.pass_obj
def export(
    session: Session,
    id_: str | None,
    message: int | None,
    out: Path,
    start: str,
    end: str | None,
    patched: bool,
) -> None:
    """Decrypt a recording, or a stretch of it, into a sound file; the audit log keeps who did."""
    if (id_ is None) == (message is None):
        raise click.UsageError(_("Give either the id of a recording or --message."))
    start_ms, end_ms = _milliseconds(start), None if end is None else _milliseconds(end)
    if message is not None:
        marked = messages.stretch_of(session.ctx, session.programme, message)
        id_, start_ms, end_ms = marked.recording_id, marked.start_ms, marked.end_ms
    assert id_ is not None
    done = bootstrap.extract(
        session.ctx,
        session.opened.settings.data_folder,
        id_,
        out,
        start_ms=start_ms,
        end_ms=end_ms,
        patched=patched,
    )
    click.echo(_("{file} written, {seconds} s.").format(file=out, seconds=f"{done.seconds:.1f}"))
    if done.lost:
        places = ", ".join(f"{length(a / 1000)}–{length(b / 1000)}" for a, b in done.lost)
        click.echo(_("Damaged and silent: {places}.").format(places=places), err=True)
    elif not done.whole:
        click.echo(_("This recording was cut off while it was made: its end is missing."), err=True)


def _milliseconds(typed: str) -> int:
    minutes, _colon, seconds = typed.rpartition(":")
    try:
        return round((int(minutes or 0) * 60 + float(seconds)) * 1000)
    except ValueError:
        raise click.UsageError(
            _("“{text}” is no time: write seconds or minutes:seconds.").format(text=typed)
        ) from None


@recording.command()
@click.argument("url", required=False)
@option("--options", type=click.Path(dir_okay=False, path_type=Path), help="JSON file: what opens the place.")
@option(
    "--rate", type=click.IntRange(min=0), default=0, help="KiB a second that may be written; 0: all there is."
)
@option("--none", "stays", is_flag=True, help="Let recordings stay on this station.")
@click.pass_obj
def place(session: Session, url: str | None, options: Path | None, rate: int, stays: bool) -> None:
    """Name the archive that recordings of this station move to.

    URL is a folder's full path, or such as sftp://user@host/path. The options' file holds one JSON object:
    for sftp password or key_filename and, if it is known, host_key, the fingerprint of the key of the server.
    It is kept in the data folder, for its owner alone.
    """
    if (url is None) == (not stays):
        raise click.UsageError(_("Give either an address or --none."))
    where = None if url is None else bootstrap.Address(url, rate, _options(options))
    key = bootstrap.choose_archive(session.opened, session.ctx, where)
    if where is None:
        click.echo(_("Recordings of this station stay here."))
        return
    click.echo(
        _("The archive was tried out: recordings of this station move to {place}.").format(place=where.url)
    )
    if key and "host_key" not in where.options:
        click.echo(_("The server's key is {key}. Compare it with what its keeper says.").format(key=key))


def _options(file: Path | None) -> dict[str, str]:
    if file is None:
        return {}
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise CatiError(
            "archive_options",
            N_("{file} is no JSON object of names and texts, or cannot be read. Nothing was changed."),
            file=str(file),
        )
    return found


@recording.command()
@option("--waiting", is_flag=True, help="Only say what waits.")
@json_option
@click.pass_obj
def archive(session: Session, waiting: bool, in_json: bool) -> None:
    """Move finished recordings of this station into the archive; an open window does so by itself.

    Each is read back there and compared before it is removed here.
    """
    with progress(_("Archiving"), quiet=in_json) as show:
        done = bootstrap.archive_recordings(session.opened, session.ctx, None if waiting else show)
    if in_json:
        as_json(
            {
                "place": done.place,
                "moved": done.moved,
                "waiting": done.waiting,
                "bytes": done.waiting_bytes,
                "others": done.others,
            }
        )
    else:
        for line in archive_lines(done.moved, done.waiting, done.waiting_bytes, done.others):
            click.echo(line)
    if done.fault is not None:
        raise done.fault


@recording.command()
@click.argument("where", required=False)
@json_option
@click.pass_obj
def verify(session: Session, where: str | None, in_json: bool) -> None:
    """Read every recording of an archive and say what is wrong; ends with 1 if anything is.

    WHERE is a folder or an address; without it the archive of this station, or its own folder. Whoever
    holds the recording key examines all of the sound, else what stands in the open.
    """
    with progress(_("Examining"), quiet=in_json) as show:
        found = bootstrap.scrub_recordings(session.opened, session.ctx, where, show)
    if in_json:
        faults = [{"file": one.file, "defect": one.defect, "lost_ms": one.lost} for one in found.faults]
        told = {"place": found.place, "files": found.files, "bytes": found.size, "opened": found.opened}
        as_json({**told, "faults": faults})
    else:
        for one in found.faults:
            lost = ", ".join(f"{length(a / 1000)}–{length(b / 1000)}" for a, b in one.lost)
            click.echo("\t".join((one.file, _(DEFECTS[one.defect]), *([lost] if lost else []))))
        for line in scrub_lines(found.files, found.size, found.opened, len(found.faults)):
            click.echo(line)
    if found.faults:
        raise click.exceptions.Exit(1)


COMMANDS = {"recording": recording}
"""By name, for the main group."""
