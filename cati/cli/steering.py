"""Commands that decide about one case, and that write to operators."""

from __future__ import annotations

import click

from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import group, option
from cati.domain.attendance import LOCAL
from cati.services import attendance, notices, steering
from cati.services.keys import unknown_user


@group()
def steer() -> None:
    """One case: set it aside, bring it back, give it to somebody, reopen it."""


@steer.command()
@click.argument("number", type=int)
@option("--reason", required=True, help="Kept with the case.")
@click.pass_obj
def aside(session: Session, number: int, reason: str) -> None:
    """Let nobody call a case that waits."""
    steering.set_aside(session.ctx, session.programme, number, reason)
    click.echo(_("Case {number} is set aside.").format(number=number))


@steer.command()
@click.argument("number", type=int)
@option("--reason", required=True, help="Kept with the case.")
@click.pass_obj
def back(session: Session, number: int, reason: str) -> None:
    """Bring a case back that was set aside."""
    steering.bring_back(session.ctx, session.programme, number, reason)
    click.echo(_("Case {number} waits again.").format(number=number))


@steer.command()
@click.argument("number", type=int)
@click.argument("user")
@option("--reason", required=True, help="Kept with the case.")
@click.pass_obj
def give(session: Session, number: int, user: str, reason: str) -> None:
    """Give a case to the operator USER for a day."""
    steering.give(session.ctx, session.programme, number, _row_of(session, user), reason)
    click.echo(_("Case {number} is given to {user}.").format(number=number, user=user))


@steer.command()
@click.argument("number", type=int)
@option("--reason", required=True, help="Kept with the case.")
@click.pass_obj
def reopen(session: Session, number: int, reason: str) -> None:
    """Have a case called again that ended without an interview."""
    steering.reopen(session.ctx, session.programme, number, reason)
    click.echo(_("Case {number} is called again.").format(number=number))


@group()
def notice() -> None:
    """What is written to operators."""


@notice.command()
@click.argument("words")
@option("--to", "user", metavar="USER", help="Only to this operator; else to all.")
@click.pass_obj
def send(session: Session, words: str, user: str | None) -> None:
    """Write to all operators, or to one."""
    to = _row_of(session, user) if user is not None else None
    notices.send(session.ctx, words, to=to)
    if to is None or attendance.is_at_work(session.ctx, to):
        click.echo(_("Sent. It stands in their windows within half a minute."))
    else:
        click.echo(_("Sent. Not at work now: it is shown at the next sign-in, within twelve hours."))


@notice.command("list")
@json_option
@click.pass_obj
def list_(session: Session, in_json: bool) -> None:
    """List what was written today, and how many have read it."""
    found = notices.of_today(session.ctx)
    if in_json:
        as_json(
            [
                {
                    "at": one.at.isoformat(),
                    "by": one.name,
                    "to": one.to,
                    "words": one.text,
                    "reads": one.reads,
                }
                for one in found
            ]
        )
        return
    for one in found:
        to = one.to or _("all operators")
        click.echo(f"{one.at.astimezone(LOCAL):%H:%M}  {one.name} → {to}  {one.reads}  {one.text}")


def _row_of(session: Session, login: str) -> int:
    for user in steering.operators(session.ctx):
        if user.login == login:
            return user.user_id
    raise unknown_user(login)


COMMANDS = {"steer": steer, "notice": notice}
