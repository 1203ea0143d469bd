"""Commands on programmes: load, list, close, copy, retire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option, password_in
from cati.cli.texts import group, option
from cati.services import copying, retiring
from cati.services import programmes as service

STATES = {
    "setup": N_("in preparation"),
    "drawn": N_("in the field"),
    "closed": N_("closed"),
    "retired": N_("retired"),
}
"""What the states of a programme are called, to be translated."""


@group()
def programme() -> None:
    """Programmes: load a workbook, list, close fieldwork."""


@programme.command()
@click.argument("workbook", type=click.Path(path_type=Path))
@option("--set", "chosen", multiple=True, metavar="NAME=VALUE", help="An open setting of the workbook.")
@option("--password-file", "password_file", help="File with the password of a protected workbook.")
@option(
    "--units",
    "units_file",
    type=click.Path(path_type=Path),
    help="File (.csv or .xlsx) with units beside those of the workbook: name, series.",
)
@json_option
@click.pass_obj
def load(
    session: Session,
    workbook: Path,
    chosen: Sequence[str],
    password_file: str | None,
    units_file: Path | None,
    in_json: bool,
) -> None:
    """Load a programme workbook."""
    passwords = [password_in(password_file)] if password_file is not None else []
    pairs: dict[str, str] = {}
    for name, value in map(_pair, chosen):
        if name in pairs:
            raise CatiError("set_twice", N_("--set names {name} twice. Nothing was changed."), name=name)
        pairs[name] = value

    def ask(name: str, question: str, proposed: str) -> str:
        answer: str = click.prompt(f"{question} ({name})", default=proposed, err=True)
        return answer

    loaded = service.load_programme(
        session.ctx,
        workbook,
        pairs,
        ask if session.interactive and not in_json else None,
        passwords=passwords,
        units_file=units_file,
    )
    found = loaded.programme
    facts = {
        "programme": found.code,
        "units": len(found.units),
        "cells": len(found.cells),
        "quota": found.quota,
        "assumed": dict(found.settings.assumed),
    }
    if in_json:
        as_json(facts)
        return
    click.echo(
        _("Programme {programme} loaded. Units: {units}, cells: {cells}, quota: {quota}.").format(**facts)
    )
    for name, value in found.settings.assumed.items():
        click.echo(_("  assumed: {name} = {value}").format(name=name, value=value))


@programme.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def template(session: Session, file: Path) -> None:
    """Write an empty programme workbook to FILE (.xlsx), with notes and lists to choose from."""
    service.write_template(session.ctx, file)
    click.echo(str(file))


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise CatiError(
            "set_malformed", N_("--set wants NAME=VALUE; “{text}” is not. Nothing was changed."), text=text
        )
    return name.strip(), value


@programme.command("list")
@json_option
@click.pass_obj
def list_(session: Session, in_json: bool) -> None:
    """List the programmes of the database."""
    found = service.listing(session.ctx)
    if in_json:
        as_json(
            [{"programme": p.programme.code, "title": p.programme.title, "state": p.state} for p in found]
        )
        return
    for p in found:
        click.echo(f"{p.programme.code}\t{_(STATES[p.state])}\t{p.programme.title}")


@programme.command()
@option(
    "--without-interviews", is_flag=True, help="Close it though no draw was held: nobody is to be called."
)
@click.pass_obj
def close(session: Session, without_interviews: bool) -> None:
    """Close fieldwork: nobody is called any more, and scores may be seen."""
    closed = session.programme
    if closed.state != "closed":
        code = closed.programme.code
        closed = service.close_fieldwork(session.ctx, code, without_interviews=without_interviews)
    click.echo(_("Fieldwork of {programme} is closed.").format(programme=closed.programme.code))


@programme.command()
@click.argument("code")
@option(
    "--set",
    "chosen",
    multiple=True,
    metavar="NAME=VALUE",
    help="A title or day of the new programme; closed_days=- for none.",
)
@json_option
@click.pass_obj
def copy(session: Session, code: str, chosen: Sequence[str], in_json: bool) -> None:
    """Make next year's programme CODE from this one: no lists, no draw, no contacts."""

    def ask(name: str, proposed: str) -> str:
        answer: str = click.prompt(name, default=proposed, err=True)
        return answer

    made = copying.copy(
        session.ctx,
        session.programme.programme.code,
        code,
        dict(_pair(text) for text in chosen),
        ask if session.interactive and not in_json else None,
    )
    if in_json:
        as_json(
            {
                "programme": code,
                "decided": dict(made.decided),
                "refusals": made.refusals,
                "call_again": made.call_again,
            }
        )
        return
    click.echo(_("Programme {programme} made.").format(programme=code))
    for name, value in made.decided.items():
        click.echo(f"  {name} = {value}")
    words = _("Nobody was copied. On the bureau's list {refusals} refuse, {again} may be called again.")
    click.echo(words.format(refusals=made.refusals, again=made.call_again))


@programme.command()
@option("--confirm", "typed", metavar="CODE", help="The programme's code once more; it cannot be taken back.")
@option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Folder of the certificate.",
)
@json_option
@click.pass_obj
def retire(session: Session, typed: str | None, out: Path, in_json: bool) -> None:
    """Destroy the names and numbers of a closed programme, and write a certificate; for good."""
    code = session.programme.programme.code
    if typed is None and session.interactive and not in_json:
        typed = click.prompt(_("Type {code} to destroy its names and numbers").format(code=code), err=True)
    done = retiring.retire(session.ctx, code, typed or "", out)
    if in_json:
        as_json(
            {
                "programme": code,
                "certificate": str(done.certificate),
                "sha256": done.sha256,
                "destroyed": asdict(done.destroyed),
            }
        )
        return
    words = _("{programme} is retired: {count} contacts destroyed. Certificate: {file}, SHA-256 {hash}.")
    click.echo(
        words.format(programme=code, count=done.destroyed.contacts, file=done.certificate, hash=done.sha256)
    )
    for sentence in retiring.KEPT:
        click.echo("  " + _(sentence))


COMMANDS = {"programme": programme}
"""By name, for the main group."""
