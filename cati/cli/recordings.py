"""Commands on recordings: list, export."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from cati import bootstrap
from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import group, option
from cati.domain.recordings import problem_words
from cati.domain.times import length
from cati.services import recordings as service


@group()
def recording() -> None:
    """Recordings: list, export by right."""


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
@click.argument("id_", metavar="ID")
@option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="WAV file to write.")
@click.pass_obj
def export(session: Session, id_: str, out: Path) -> None:
    """Decrypt a recording into a WAV file; the audit log keeps who did."""
    seconds, whole = bootstrap.export_recording(session.opened, session.ctx, id_, out)
    click.echo(_("{file} written, {seconds} s.").format(file=out, seconds=f"{seconds:.1f}"))
    if not whole:
        click.echo(_("This recording was cut off while it was made: its end is missing."), err=True)


COMMANDS = {"recording": recording}
"""By name, for the main group."""
