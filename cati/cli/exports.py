"""Commands on exports."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.cli.session import Session, as_json, json_option, progress
from cati.cli.texts import command, option
from cati.domain.exports import Format, Identity, What
from cati.services import exports as service


@command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@option(
    "--what",
    type=click.Choice([str(w) for w in What]),
    default=str(What.INTERVIEWS),
    show_default=True,
    help="What is written.",
)
@option(
    "--format",
    "form",
    type=click.Choice([str(f) for f in Format]),
    help="The file's format; otherwise the ending of its name says it.",
)
@option("--for", "recipient", default="", help="For whom it is; needed when people are shown.")
@option(
    "--identity",
    type=click.Choice([str(i) for i in Identity]),
    default=str(Identity.MASKED),
    show_default=True,
    help="What is shown of people; full only by right, and written down.",
)
@click.pass_obj
def export(session: Session, file: Path, what: str, form: str | None, recipient: str, identity: str) -> None:
    """Write all complete interviews, or something else, into a file; every export is written down."""
    if form is not None and file.suffix.lower() != f".{form}":
        file = file.with_name(f"{file.name}.{form}")
    with progress(_("Writing"), quiet=False) as show:
        made = service.export(
            session.ctx,
            session.programme,
            What(what),
            file,
            recipient=recipient,
            identity=Identity(identity),
            progress=show,
        )
    if What(what) is What.INTERVIEWS:
        words = ngettext(
            "{file} written, {count} interview.", "{file} written, {count} interviews.", made.rows
        )
    else:
        words = ngettext("{file} written, {count} row.", "{file} written, {count} rows.", made.rows)
    click.echo(words.format(file=file, count=made.rows))


@command("exports")
@json_option
@click.pass_obj
def exports_(session: Session, in_json: bool) -> None:
    """List every file that left the program, the newest first."""
    found = service.listing(session.ctx, session.programme)
    if in_json:
        as_json([{**asdict(one), "at": one.at.isoformat()} for one in found])
        return
    zone = ZoneInfo(session.programme.programme.settings.timezone)
    for one in found:
        at = one.at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        click.echo(
            f"{at}\t{one.by}\t{one.what}.{one.format}\t{one.identity}\t{one.rows}\t{one.recipient}\t{one.sha256}"
        )


COMMANDS = {"export": export, "exports": exports_}
"""By name, for the main group."""
