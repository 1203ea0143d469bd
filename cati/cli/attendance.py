"""The command on working days."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime
from pathlib import Path

import click

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import command, option
from cati.domain.attendance import hours, local_day
from cati.domain.times import clock
from cati.services import attendance as service
from cati.services.attendance import WorkingDay

_MONTH = re.compile(r"\d{4}-\d{1,2}")


class _Month(click.ParamType[date]):
    name = "month"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The first day of a month such as 2024-02."""
        try:
            return datetime.strptime(str(value), "%Y-%m").date()
        except ValueError:
            self.fail(_("“{text}” must be a month such as 2024-02.").format(text=value), param, ctx)


@command()
@click.argument("workbook", required=False, type=click.Path(dir_okay=False, path_type=Path))
@option("--month", type=_Month(), help="Which month, such as 2024-02; this one when left out.")
@json_option
@click.pass_obj
def attendance(session: Session, workbook: Path | None, month: date | None, in_json: bool) -> None:
    """Show the working days of a month, or write them into a workbook."""
    if workbook is not None and _MONTH.fullmatch(workbook.name):
        raise click.UsageError(
            _("“{text}” is a month, not a workbook. To see it: --month {text}").format(text=workbook.name)
        )
    ctx = session.ctx
    first = month or local_day(ctx.clock.now()).replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    if workbook is not None:
        count = service.write_workbook(ctx, first, last, workbook)
        words = ngettext("{file} written, {count} day.", "{file} written, {count} days.", count)
        click.echo(words.format(file=workbook, count=count))
        return
    found = service.days(ctx, first, last)
    if in_json:
        as_json([_facts(day) for day in found])
        return
    for day in found:
        start, end = clock(day.summary.first_in, "--:--"), clock(day.last_out, "--:--")
        click.echo(f"{day.day}  {day.name}  {start}–{end}  {hours(day.summary.worked)}")


def _facts(day: WorkingDay) -> dict[str, object]:
    return {
        "day": day.day.isoformat(),
        "user": day.login,
        "name": day.name,
        "first_in": day.summary.first_in.isoformat() if day.summary.first_in else None,
        "last_out": day.last_out.isoformat() if day.last_out else None,
        "worked_minutes": round(day.summary.worked.total_seconds() / 60),
        "break_minutes": round(day.summary.on_break.total_seconds() / 60),
        "open": day.open,
        "corrected": bool(day.changes),
    }


COMMANDS = {"attendance": attendance}
"""By name, for the main group."""
