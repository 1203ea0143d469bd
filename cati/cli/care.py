"""Commands that look after a station: backup, restore."""

from __future__ import annotations

from pathlib import Path

import click

from cati import bootstrap
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import command, option

MB = 1_000_000


@command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@option("--recordings", is_flag=True, help="Copy the recordings too that are not in the folder yet.")
@json_option
@click.pass_obj
def backup(session: Session, folder: Path | None, recordings: bool, in_json: bool) -> None:
    """Copy the database into FOLDER, by default “backups” in the data folder."""
    made, sounds = bootstrap.back_up(session.opened, folder, with_recordings=recordings)
    if in_json:
        as_json(
            {
                "file": str(made.file),
                "size": made.size,
                "recordings": {"count": sounds.count, "size": sounds.size, "copied": sounds.copied},
            }
        )
        return
    click.echo(_("{file}: {size:.1f} MB").format(file=made.file, size=made.size / MB))
    words = ngettext(
        "{count} recording, {size:.1f} MB, of which {copied} copied now",
        "{count} recordings, {size:.1f} MB, of which {copied} copied now",
        sounds.count,
    )
    click.echo(words.format(count=sounds.count, size=sounds.size / MB, copied=sounds.copied))


@command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def restore(session: Session, file: Path) -> None:
    """Put the copy FILE in the place of the database, which is kept aside."""
    old = bootstrap.restore(session.settings, file)
    click.echo(_("The database is the copy {file} now.").format(file=file))
    if old is not None:
        click.echo(_("The one before lies in {file}.").format(file=old))


COMMANDS = {"backup": backup, "restore": restore}
"""By name, for the main group."""
