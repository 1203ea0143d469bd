"""Commands on the telephone of this station: set, show, call, forget."""

from __future__ import annotations

from pathlib import Path

import click

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option, password_in
from cati.cli.texts import group, option
from cati.domain.dispositions import DISPOSITIONS
from cati.domain.phone import CODECS, RING_SECONDS, PhoneAccount, Transport
from cati.domain.proposals import proposed
from cati.station import phone as station

NOT_CONNECTED = 1


@group()
def phone() -> None:
    """The telephone in the program: its account at an exchange, and test calls."""


@phone.command("set")
@option("--server", required=True, metavar="HOST[:PORT]", help="The exchange.")
@option("--user", required=True, help="The telephone's name there, often its extension.")
@option("--secret-file", metavar="FILE", help="File that holds the telephone's password; nothing prompts.")
@option("--transport", type=click.Choice(list(Transport)), default=Transport.UDP, help="How to reach it.")
@option("--authority", default="", metavar="FILE", help="Certificates by which it proves its name, for TLS.")
@option("--encrypted", is_flag=True, help="Make calls only with an encrypted voice (SRTP); needs TLS.")
@option("--codec", "codecs", multiple=True, type=click.Choice(CODECS), help="Best first; by default all.")
@option("--outside", default="", metavar="DIGITS", help="Dialled before every number to get a line out.")
@option("--ring", type=int, default=RING_SECONDS, metavar="SECONDS", help="How long it may ring.")
@option("--address", default="", help="Of this computer that is used for calls; by default any.")
@click.pass_obj
def set_(
    session: Session,
    server: str,
    user: str,
    secret_file: str | None,
    transport: str,
    authority: str,
    encrypted: bool,
    codecs: tuple[str, ...],
    outside: str,
    ring: int,
    address: str,
) -> None:
    """Keep the account by which this station calls, its password for the signed-in user alone."""
    ctx = session.ctx
    question = _("The telephone's password at the exchange")
    secret = password_in(secret_file) if secret_file else click.prompt(question, hide_input=True)
    if authority:
        authority = str(Path(authority).absolute())
    account = PhoneAccount(
        server,
        user,
        secret,
        Transport(transport),
        codecs or CODECS,
        encrypted,
        authority,
        outside,
        ring,
        address,
    )
    station.keep_account(session.settings.data_folder, account, ctx.actor.login, ctx.keys)
    click.echo(_("Kept. Try it: cati phone call NUMBER"))


@phone.command()
@json_option
@click.pass_obj
def show(session: Session, in_json: bool) -> None:
    """Show the account of this station, without its password."""
    account = station.known_account(session.settings.data_folder)
    if account is None:
        click.echo("null" if in_json else _("Numbers are dialled by hand on this station."))
        return
    facts = {
        "server": account.server,
        "user": account.user,
        "transport": str(account.transport),
        "codecs": list(account.codecs),
        "encrypted": account.encrypted,
        "authority": account.authority,
        "outside": account.outside,
        "ring_seconds": account.ring_seconds,
    }
    if in_json:
        as_json(facts)
        return
    for name, value in facts.items():
        click.echo(f"{name}\t{', '.join(value) if isinstance(value, list) else value}")


@phone.command()
@click.pass_obj
def forget(session: Session) -> None:
    """Forget the account: numbers are dialled by hand again."""
    station.forget_account(session.settings.data_folder)
    click.echo(_("Numbers are dialled by hand on this station."))


@phone.command()
@click.argument("number")
@option("--seconds", type=float, default=10.0, help="How long to talk.")
@json_option
@click.pass_context
def call(context: click.Context, number: str, seconds: float, in_json: bool) -> None:
    """Call NUMBER for a test, such as a telephone beside you; nothing is recorded."""
    session: Session = context.obj
    folder = session.settings.data_folder
    account = station.own_account(folder, session.ctx.actor.login, session.ctx.keys)
    if account is None:
        raise CatiError(
            "phone_none",
            N_("This station has no telephone. Nobody was called. Give it an account: cati phone set"),
        )
    made = station.call_once(account, number, seconds)
    outcome = "" if made.answered or made.call is None else proposed(station.proposals(folder), made.call)
    if in_json:
        as_json(
            {
                "registered": made.line.registered,
                "shown": made.line.shown or account.user,
                "answered": made.answered,
                "heard": made.heard,
                "code": made.call.code if made.call else made.line.code,
                "cause": made.call.cause if made.call else None,
                "codec": made.call.codec if made.call else "",
                "encrypted": made.call.secure if made.call else False,
                "proposed": outcome,
            }
        )
    else:
        _tell(made, account, outcome)
    context.exit(0 if made.answered else NOT_CONNECTED)


def _tell(made: station.Trial, account: PhoneAccount, outcome: str) -> None:
    line, end = made.line, made.call
    if not line.registered:
        pattern = _("The exchange did not let this telephone in: {code} {reason}")
        click.echo(pattern.format(code=line.code or "", reason=line.reason).strip())
        return
    shown = line.shown or account.user
    click.echo(_("The exchange shows this number to whoever is called: {number}").format(number=shown))
    if end is None:
        click.echo(_("The exchange did not answer the call."))
    elif made.answered:
        voice = _("encrypted") if end.secure else _("not encrypted")
        heard = _("the other side was heard") if made.heard else _("nothing was heard of the other side")
        pattern = _("Answered; {codec}, {voice}; {heard}.")
        click.echo(pattern.format(codec=end.codec, voice=voice, heard=heard))
    else:
        said = f"{end.code}" if end.cause is None else f"{end.code}, Q.850 {end.cause}"
        words = _(DISPOSITIONS[outcome].label) if outcome else _("no outcome proposed")
        click.echo(_("Not connected ({said}): {outcome}").format(said=said, outcome=words))


COMMANDS = {"phone": phone}
"""By name, for the main group."""
