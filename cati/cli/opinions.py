"""Commands on opinions in words: coded, sent to the units, answered, followed up."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import group, option
from cati.domain.hiding import words_of
from cati.domain.opinions import CodeStep, StepKind
from cati.domain.programmes import in_language
from cati.domain.replies import STATE_WORDS
from cati.services import follow_ups, opinion_bundles
from cati.services import opinions as service
from cati.services.opinions import Opinion

FILE = click.Path(path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])


@group()
def opinions() -> None:
    """What people said in words: sorted by codes, sent to the units without anybody's name, and answered."""


@opinions.command("list")
@option("--unit", default="", help="Code of a unit.")
@option("--code", default="", help="Only those of this code.")
@option("--uncoded", is_flag=True, help="Only those that nobody coded yet.")
@json_option
@click.pass_obj
def list_(session: Session, unit: str, code: str, uncoded: bool, in_json: bool) -> None:
    """Show opinions as their units get to see them, and how far two coders agree."""
    found = service.listing(session.ctx, session.programme)
    shown = [
        one
        for one in found.opinions
        if unit in ("", one.unit) and (not code or code in one.codes) and not (uncoded and one.by)
    ]
    if in_json:
        as_json([_facts(one) for one in shown])
        return
    for one in shown:
        name = session.programme.programme.unit(one.unit).name
        click.echo(f"{one.id}\t{name}\t{','.join(one.codes) or '-'}\t{one.shown}")
    told = found.agreement
    if told.both:
        kappa = _("n/a") if told.kappa is None else f"{float(told.kappa):.2f}"
        words = _("Coded twice: {both}; the same: {same}; kappa {kappa}.")
        click.echo(words.format(both=told.both, same=told.same, kappa=kappa))


@opinions.command("import")
@click.argument("channel")
@click.argument("file", type=FILE)
@click.pass_obj
def import_(session: Session, channel: str, file: Path) -> None:
    """Take opinions that came otherwise than in interviews: a unit and its opinion in each row."""
    count = service.take_words(session.ctx, session.programme, channel, file)
    words = ngettext("{count} opinion taken.", "{count} opinions taken.", count)
    click.echo(words.format(count=count))


@opinions.command()
@click.argument("number", type=int)
@click.argument("codes", nargs=-1)
@option("--second", is_flag=True, help="As another coder, to see how far both agree.")
@click.pass_obj
def code(session: Session, number: int, codes: tuple[str, ...], second: bool) -> None:
    """Say what an opinion is about, in place of what was said before; no code takes it back."""
    held = service.code(session.ctx, session.programme, number, codes, second=second)
    click.echo(", ".join(held) or _("No code."))


@opinions.command()
@click.argument("number", type=int)
@click.argument("words", nargs=-1)
@click.pass_obj
def hide(session: Session, number: int, words: tuple[str, ...]) -> None:
    """Hide more words of an opinion from its unit, beside what is hidden; none shows all of it."""
    known = next(
        (o for o in service.listing(session.ctx, session.programme).opinions if o.id == number), None
    )
    # Whoever hides a name does not mean to show the number that was found beside it.
    before = words_of(known.text, known.hidden) if known is not None and words else ()
    service.hide(session.ctx, session.programme, number, [*before, *words])
    (one,) = (o for o in service.listing(session.ctx, session.programme).opinions if o.id == number)
    click.echo(one.shown)


@opinions.command()
@option("--add", nargs=2, metavar="CODE LABEL", help="Add a code.")
@option("--rename", nargs=2, metavar="CODE LABEL", help="Call a code otherwise.")
@option("--merge", nargs=2, metavar="CODE INTO", help="Let a code mean another one.")
@option("--retire", metavar="CODE", help="Give a code no more; where it was given it stays.")
@option("--restore", metavar="CODE", help="Give a code again.")
@option("--history", is_flag=True, help="Show how the list was changed.")
@click.pass_obj
def codes(
    session: Session,
    add: tuple[str, str] | None,
    rename: tuple[str, str] | None,
    merge: tuple[str, str] | None,
    retire: str | None,
    restore: str | None,
    history: bool,
) -> None:
    """Show the list of codes, or change it."""
    steps = [
        *(CodeStep(kind, pair[0], label=pair[1]) for kind, pair in _labelled(add, rename)),
        *([CodeStep(StepKind.MERGE, merge[0], into=merge[1])] if merge else []),
        *([CodeStep(StepKind.RETIRE, retire)] if retire else []),
        *([CodeStep(StepKind.RESTORE, restore)] if restore else []),
    ]
    for step in steps:
        service.change_codes(session.ctx, session.programme, step)
    if history:
        for taken in service.history(session.ctx, session.programme):
            step = taken.step
            said = "\t".join((str(step.kind), step.code, step.into or step.label))
            click.echo(f"{taken.at:%Y-%m-%d %H:%M}\t{taken.by}\t{said}")
        return
    for one in service.listing(session.ctx, session.programme).book.values():
        state = (
            _("means {code}").format(code=one.into)
            if one.into
            else _("no longer given")
            if one.retired
            else ""
        )
        click.echo(f"{one.code}\t{in_language(one.labels, 'zh')}\t{state}".rstrip())


def _labelled(
    add: tuple[str, str] | None, rename: tuple[str, str] | None
) -> list[tuple[StepKind, tuple[str, str]]]:
    given = ((StepKind.ADD, add), (StepKind.RENAME, rename))
    return [(kind, pair) for kind, pair in given if pair]


@opinions.command()
@click.argument("folder", type=FILE)
@option("--due", type=DAY, help="Last day to answer, such as 2024-11-18.")
@option("--working-days", type=click.IntRange(1, 250), help="In its place: working days to answer in.")
@option("--unit", "units", multiple=True, help="Code of a unit; else all.")
@json_option
@click.pass_obj
def bundle(
    session: Session,
    folder: Path,
    due: datetime | None,
    working_days: int | None,
    units: tuple[str, ...],
    in_json: bool,
) -> None:
    """Write a workbook of opinions for each unit to answer, without anything that tells who said them."""
    made = opinion_bundles.send(
        session.ctx, session.programme, folder, due_on=_day(due), working_days=working_days, units=units
    )
    if in_json:
        as_json(
            [{"bundle": b.number, "unit": b.unit, "opinions": b.count, "file": str(b.file)} for b in made]
        )
        return
    for one in made:
        words = ngettext("{count} opinion", "{count} opinions", one.count).format(count=one.count)
        click.echo(f"{one.file}\t{words}")


@opinions.command()
@click.argument("file", type=FILE)
@option("--received", type=DAY, help="Day on which the answer came; else today.")
@click.pass_obj
def reply(session: Session, file: Path, received: datetime | None) -> None:
    """Take a workbook that a unit answered and sent back."""
    taken = opinion_bundles.take_replies(session.ctx, session.programme, file, received_on=_day(received))
    name = session.programme.programme.unit(taken.unit).name
    words = ngettext(
        "{unit}: {count} answer taken, {late} late.",
        "{unit}: {count} answers taken, {late} late.",
        taken.count,
    )
    click.echo(words.format(unit=name, count=taken.count, late=taken.late))


@opinions.command()
@json_option
@click.pass_obj
def overdue(session: Session, in_json: bool) -> None:
    """Show what units did not answer in time, and how each of them answers."""
    found = opinion_bundles.sent(session.ctx, session.programme)
    programme = session.programme.programme
    if in_json:
        as_json(
            {
                "units": {
                    unit: {
                        "sent": told.sent, "answered": told.answered, "in_time": told.in_time,
                        "overdue": told.overdue,
                    }
                    for unit, told in found.tallies.items()
                },
                "overdue": [
                    {
                        "bundle": one.bundle.number, "number": one.number, "unit": one.bundle.unit,
                        "due": one.bundle.due_on.isoformat(),
                    }
                    for one in found.overdue
                ],
            }
        )  # fmt: skip
        return
    for unit, told in found.tallies.items():
        words = _("sent {sent}, answered {answered}, in time {in_time}, overdue {overdue}")
        figures = words.format(
            sent=told.sent, answered=told.answered, in_time=told.in_time, overdue=told.overdue
        )
        click.echo(f"{programme.unit(unit).name}\t{figures}")
    for one in found.overdue:
        mark = opinion_bundles.mark_of(session.programme, one.bundle.number)
        click.echo(f"{mark}\t{one.number}\t{one.bundle.due_on}\t{one.text}")


@opinions.command()
@json_option
@click.pass_obj
def replies(session: Session, in_json: bool) -> None:
    """Show what the units answered."""
    found = opinion_bundles.sent(session.ctx, session.programme)
    answered = [(one, one.answer) for one in found.lines if one.answer is not None]
    if in_json:
        as_json(
            [
                {
                    "bundle": one.bundle.number, "number": one.number, "unit": one.bundle.unit,
                    "state": str(answer.state), "result": answer.result, "late": one.late,
                }
                for one, answer in answered
            ]
        )  # fmt: skip
        return
    for one, answer in answered:
        mark = opinion_bundles.mark_of(session.programme, one.bundle.number)
        state = _(STATE_WORDS[answer.state]) + (_(" (late)") if one.late else "")
        click.echo(f"{mark}\t{one.number}\t{state}\t{one.text}\t{answer.result}")


@opinions.command("follow-up")
@json_option
@click.pass_obj
def follow_up(session: Session, in_json: bool) -> None:
    """Show how many of those who gave an opinion a later programme may call again."""
    found = follow_ups.foresee(session.ctx, session.programme)
    if in_json:
        as_json({"asked": found.asked, "agreed": found.agreed, "willing": dict(found.willing)})
        return
    words = _("Gave an opinion: {asked}; agreed to be called again: {agreed}; may be called: {willing}.")
    together = sum(found.willing.values())
    click.echo(words.format(asked=found.asked, agreed=found.agreed, willing=together))
    for unit, count in found.willing.items():
        click.echo(f"{session.programme.programme.unit(unit).name}\t{count}")


def _day(given: datetime | None) -> date | None:
    return None if given is None else given.date()


def _facts(one: Opinion) -> dict[str, object]:
    return {
        "id": one.id,
        "unit": one.unit,
        "channel": one.channel,
        "codes": list(one.codes),
        "coder": one.by,
        "second": list(one.second),
        "text": one.shown,
        "sent": one.sent,
    }


COMMANDS = {"opinions": opinions}
"""By name, for the main group."""
