"""Commands on programmes: load, list, close."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import group, option
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
@json_option
@click.pass_obj
def load(session: Session, workbook: Path, chosen: Sequence[str], in_json: bool) -> None:
    """Load a programme workbook."""
    pairs: dict[str, str] = {}
    for name, value in map(_pair, chosen):
        if name in pairs:
            raise CatiError("set_twice", N_("--set names {name} twice. Nothing was changed."), name=name)
        pairs[name] = value

    def ask(name: str, question: str, proposed: str) -> str:
        answer: str = click.prompt(f"{question} ({name})", default=proposed, err=True)
        return answer

    loaded = service.load_programme(
        session.ctx, workbook, pairs, ask if session.interactive and not in_json else None
    )
    found = loaded.programme
    facts = {
        "programme": found.code,
        "units": len(found.units),
        "cells": len(found.units) * len(found.groups),
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
@click.pass_obj
def close(session: Session) -> None:
    """Close fieldwork: nobody is called any more, and scores may be seen."""
    closed = session.programme
    if closed.state != "closed":
        closed = service.close_fieldwork(session.ctx, closed.programme.code)
    click.echo(_("Fieldwork of {programme} is closed.").format(programme=closed.programme.code))


COMMANDS = {"programme": programme}
"""By name, for the main group."""
