"""The command that exports interviews."""

from __future__ import annotations

from pathlib import Path

import click

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.cli.session import Session, progress
from cati.cli.texts import command, option
from cati.services import exports as service
from cati.services.exports import Identity


@command()
@click.argument("workbook", type=click.Path(dir_okay=False, path_type=Path))
@option(
    "--identity",
    type=click.Choice([str(i) for i in Identity]),
    default=str(Identity.MASKED),
    show_default=True,
    help="What is shown of people; full only by right, and written down.",
)
@click.pass_obj
def export(session: Session, workbook: Path, identity: str) -> None:
    """Write all complete interviews into a workbook, one row each."""
    with progress(_("Writing"), quiet=False) as show:
        count = service.export_interviews(
            session.ctx, session.programme, workbook, identity=Identity(identity), progress=show
        )
    words = ngettext("{file} written, {count} interview.", "{file} written, {count} interviews.", count)
    click.echo(words.format(file=workbook, count=count))


COMMANDS = {"export": export}
"""By name, for the main group."""
