"""Commands that look after a station: doctor, backup, restore, report."""

from __future__ import annotations

from pathlib import Path

import click

from cati import bootstrap
from cati.base.clock import SystemClock
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.cli.session import Session, as_json, json_option, progress
from cati.cli.texts import command, option
from cati.domain.findings import Health, needs_a_person

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


@command()
@option("--send", is_flag=True, help="Send it now.")
@option("--again", is_flag=True, help="After the server was restored: send the last days once more.")
@json_option
@click.pass_obj
def outbox(session: Session, send: bool, again: bool, in_json: bool) -> None:
    """Show how much of this station's work is not on the server yet, or send it."""
    folder = session.settings.data_folder
    sent = bootstrap.send_all(folder, session.ctx, again=again) if send or again else 0
    waiting = bootstrap.count_waiting(folder, SystemClock())
    if in_json:
        as_json({"sent": sent, "waiting": waiting})
        return
    if send or again:
        click.echo(ngettext("{count} entry sent", "{count} entries sent", sent).format(count=sent))
    words = ngettext("{count} entry waits on this station", "{count} entries wait on this station", waiting)
    click.echo(words.format(count=waiting))


HEALTH = {Health.WELL: N_("well"), Health.LOOK: N_("see to it"), Health.FAULT: N_("fault")}
"""What states are called, to be translated."""


@command()
@json_option
@click.pass_obj
def doctor(session: Session, in_json: bool) -> None:
    """Examine sound, fonts, database, clock, space and files; ends with 1 when a person has to see to it."""
    # Where somebody signs in for it, a password may be asked for.
    with progress(_("Examining"), quiet=in_json or session.login is not None) as show:
        found = bootstrap.examine(session.settings, show, (lambda: session.ctx) if session.login else None)
    if in_json:
        as_json(
            [
                {
                    "check": one.check,
                    "health": str(one.health),
                    "code": one.code,
                    "sentence": one.sentence,
                    "advice": one.advice,
                }
                for one in found
            ]
        )
    else:
        for one in found:
            state = _(HEALTH[one.health])
            click.echo(f"{state}\t{one.sentence}" + (f"\n\t→ {one.advice}" if one.advice else ""))
    if needs_a_person(found):
        raise click.exceptions.Exit(1)


@command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def report(session: Session, file: Path) -> None:
    """Write log, versions, settings and findings into FILE.zip, without names, numbers or answers."""
    with progress(_("Examining"), quiet=False) as show:
        bootstrap.write_report(session.settings, file, show)
    click.echo(
        _("{file} is written. It holds no database, no recording, no name and no number.").format(file=file)
    )


COMMANDS = {"doctor": doctor, "report": report, "backup": backup, "restore": restore, "outbox": outbox}
"""By name, for the main group."""
