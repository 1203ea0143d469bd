"""Commands on the telephone of this station: set, unlock, show, call, forget."""

from __future__ import annotations

from pathlib import Path

import click

from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option, password_in
from cati.cli.texts import group, option
from cati.domain.phone import CODECS, RING_SECONDS, PhoneAccount, Transport
from cati.domain.proposals import proposed
from cati.station import phone as station
from cati.station import trial_calls

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
@option("--test-number", default="", metavar="DIGITS", help="Telephone of the bureau that test calls ring.")
@option("--pause", type=int, default=0, metavar="SECONDS", help="Until the next case is dialled by itself.")
@option("--test-daily", is_flag=True, help="Offer a test call each day, not only after a change.")
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
    test_number: str,
    test_daily: bool,
    pause: int,
) -> None:
    """Keep the account by which this station calls, its password for the signed-in user alone."""
    ctx = session.ctx
    secret = _secret(secret_file)
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
        test_number,
        test_daily,
        pause,
    )
    station.set_account(ctx, session.settings.data_folder, account)
    click.echo(_("Kept. Try it: cati phone call"))


def _secret(file: str | None) -> str:
    question = _("The telephone's password at the exchange")
    return password_in(file) if file else str(click.prompt(question, hide_input=True))


@phone.command()
@option("--secret-file", metavar="FILE", help="File that holds the telephone's password; nothing prompts.")
@click.pass_obj
def unlock(session: Session, secret_file: str | None) -> None:
    """Give the telephone's password, so that the signed-in user may call by it, too."""
    station.give_secret(session.ctx, session.settings.data_folder, _secret(secret_file))
    click.echo(_("Kept. Try it: cati phone call"))


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
        "test_number": account.test_number,
        "test_daily": account.test_daily,
        "pause_seconds": account.pause_seconds,
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
    station.dial_by_hand(session.ctx, session.settings.data_folder)
    click.echo(_("Numbers are dialled by hand on this station."))


@phone.command()
@option("--seconds", type=float, default=trial_calls.TALK_SECONDS, help="How long to talk.")
@json_option
@click.pass_context
def call(context: click.Context, seconds: float, in_json: bool) -> None:
    """Call the station's test number, such as a telephone beside you; nothing is recorded."""
    session: Session = context.obj
    folder = session.settings.data_folder
    account = trial_calls.account_for_test(session.ctx, folder)
    made = trial_calls.call_aside(account, trial_calls.Ears(), seconds)
    told = trial_calls.noted(session.ctx, folder, account, made)
    if in_json:
        end = None if made.answered else made.call
        outcome = proposed(station.proposals(folder), end) if end is not None else ""
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
        for sentence in told.sentences:
            click.echo(sentence)
    context.exit(0 if made.answered else NOT_CONNECTED)


COMMANDS = {"phone": phone}
"""By name, for the main group."""
