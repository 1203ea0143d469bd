"""Commands on the field: today's board, stations, one case, messages."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

import click

from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import command, option
from cati.domain.messages import KIND_LABELS, LateWrite, decision, late_words, said
from cati.domain.stations import Station
from cati.domain.times import offset
from cati.services import board as floor
from cati.services import browse, late_work
from cati.services import messages as service
from cati.services import stations as computers


@command()
@json_option
@click.pass_obj
def board(session: Session, in_json: bool) -> None:
    """Show what every operator does and has done today."""
    lines = floor.today(session.ctx, session.programme)
    if in_json:
        as_json([_plain(dataclasses.asdict(line)) for line in lines])
        return
    for line in lines:
        today = line.today
        counts = f"{today.calls} / {today.completes} / {today.refusals} / {today.unheard}"
        click.echo(
            f"{line.name}  {line.activity}  {_time(line.since)}  {counts}  {line.case_id or ''}".rstrip()
        )


@command()
@json_option
@click.pass_obj
def stations(session: Session, in_json: bool) -> None:
    """Show the computers of a floor: who is there, what is not sent, whose clock is off."""
    found = computers.today(session.ctx)
    if in_json:
        as_json([_station(one, found.now) for one in found.lines])
        return
    for one in found.lines:
        sign, state = one.sign, one.presence(found.now)
        ahead = offset(sign.ahead.total_seconds()) if sign.ahead is not None else "-"
        parts = (
            sign.name,
            str(state),
            one.who,
            _time(one.heard_at),
            str(sign.unsent),
            _time(sign.oldest),
            ahead,
        )
        click.echo("  ".join(parts))


def _station(one: Station, now: datetime) -> dict[str, Any]:
    facts = dataclasses.asdict(one)
    ahead = facts["sign"].pop("ahead")
    seconds = None if ahead is None else ahead.total_seconds()
    return {"state": str(one.presence(now)), "clock_ahead_seconds": seconds, **_plain(facts)}


@command()
@click.argument("number", type=int)
@json_option
@click.pass_obj
def case(session: Session, number: int, in_json: bool) -> None:
    """Show the whole history of one case."""
    card = browse.card(session.ctx, session.programme, number)
    stored = card.stored
    if in_json:
        facts = _plain(dataclasses.asdict(stored))
        for secret in ("sealed", "number_hash"):
            facts["case"].pop(secret)
        as_json({"name": card.name, "number": card.number, **facts})
        return
    one = stored.case
    click.echo(f"{one.id}  {one.unit}/{one.group}  {one.state.name.lower()}  {one.disposition or '-'}")
    for attempt in stored.attempts:
        click.echo(f"  {_time(attempt.dialled_at)}  {attempt.operator}  {attempt.disposition or '-'}")
    for interview in stored.interviews:
        click.echo(
            f"  {_time(interview.started_at)}  {interview.operator}  {interview.id}  {interview.state}"
        )


@command()
@option("--settle", type=int, help="Number of a message to settle.")
@option("--answer", default="", help="What was done about it.")
@option("--again", is_flag=True, help="Of a refusal or late work: the person is called again.")
@option("--after-all", type=int, help="Number of late work to be called again: take it over as yet.")
@option("--decided", is_flag=True, help="Show what was settled in the last three days.")
@option("--take-over", is_flag=True, help="Take all late work over that waits for a decision.")
@json_option
@click.pass_obj
def messages(
    session: Session,
    settle: int | None,
    answer: str,
    again: bool,
    after_all: int | None,
    decided: bool,
    take_over: bool,
    in_json: bool,
) -> None:
    """Show what operators sent to the supervisor and nobody settled, or settle it."""
    if take_over:
        done, left = service.take_over_all(session.ctx, session.programme)
        click.echo(_("taken over: {done}, not yet: {left}").format(done=done, left=left), err=in_json)
    if settle is not None:
        service.settle(session.ctx, session.programme, settle, answer, again=again)
    if after_all is not None:
        service.settle_after_all(session.ctx, session.programme, after_all, answer)
    look = service.decided if decided else service.waiting
    found = look(session.ctx, session.programme)
    late = {one.id: _late(session, one.id) for one in found if one.kind is service.Kind.LATE}
    if in_json:
        as_json([_plain(dataclasses.asdict(one)) | _kept(late.get(one.id, ())) for one in found])
        return
    for one in found:
        parts = (str(one.id), _time(one.at), _(KIND_LABELS[one.kind]), one.operator, str(one.case_id or ""))
        text = _(said(one.kind, one.text)) if one.text else ""
        what = decision(one.kind, one.again)
        told = (one.settled_by or "", _(what) if what else "", one.answer)
        click.echo("  ".join((*parts, text, *filter(None, told))).rstrip())
        for write in late.get(one.id, ()):
            click.echo(f"    {late_words(write, _)}")


def _late(session: Session, message_id: int) -> tuple[LateWrite, ...]:
    language = session.programme.programme.default_language
    return late_work.of_message(session.ctx, session.programme, message_id, language)


def _kept(late: tuple[LateWrite, ...]) -> dict[str, Any]:
    return {"late": [dataclasses.asdict(write) for write in late]} if late else {}


def _time(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at is not None else "-"


def _plain(value: Any) -> Any:
    """What JSON knows: moments as text, tuples as lists, bytes left out by who calls."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value


COMMANDS = {"board": board, "case": case, "messages": messages, "stations": stations}
"""By name, for the main group."""
