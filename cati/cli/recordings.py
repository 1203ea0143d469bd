"""Commands on recordings: list, export."""

from __future__ import annotations

from pathlib import Path

import click

from cati import bootstrap
from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option
from cati.services import recordings as service


@click.group()
def recording() -> None:
    """Recordings: list, export by right."""


@recording.command("list")
@json_option
@click.pass_obj
def list_(session: Session, in_json: bool) -> None:
    """List the recordings of the programme."""
    found = service.listing(session.ctx, session.programme)
    if in_json:
        as_json(
            [
                {
                    "recording": r.id,
                    "attempt": r.attempt_id,
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
        seconds = "?" if r.duration_ms is None else f"{r.duration_ms / 1000:.1f} s"
        click.echo(f"{r.id}  {r.started_at:%Y-%m-%d %H:%M}  {seconds}  {r.problem or ''}".rstrip())


@recording.command()
@click.argument("id_", metavar="ID")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="WAV file to write."
)
@click.pass_obj
def export(session: Session, id_: str, out: Path) -> None:
    """Decrypt a recording into a WAV file; the audit log keeps who did."""
    seconds = bootstrap.export_recording(session.opened, session.ctx, id_, out)
    click.echo(_("{file} written, {seconds} s.").format(file=out, seconds=f"{seconds:.1f}"))


COMMANDS = {"recording": recording}
"""By name, for the main group."""
