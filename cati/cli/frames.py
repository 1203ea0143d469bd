"""The command that takes in phone lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option, progress
from cati.cli.texts import command, option
from cati.domain.frames import PROBLEM_LABELS, RowProblem
from cati.domain.users import Right
from cati.services import adjustments
from cati.services import frames as service


@command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@option("--pool", is_flag=True, help="The file is the public pool that supplements lists run dry.")
@json_option
@click.pass_obj
def import_(session: Session, files: Sequence[Path], pool: bool, in_json: bool) -> None:
    """Import phone lists: each file wholly or not at all."""
    programme = session.programme
    reports = []
    with progress(_("Importing"), quiet=in_json) as show:
        for done, file in enumerate(files):
            take = service.import_pool if pool else service.import_frame
            report = take(session.ctx, programme, file, _part(show, done, len(files))).as_json()
            reports.append(report)
            if not in_json:
                click.echo(_line(report))
    if any(report.get("late") for report in reports) and session.ctx.actor.may(Right.ADJUST):
        # Lateness only proposes: the bureau confirms or waives it.
        proposed = adjustments.propose_late(session.ctx, programme)
        if proposed and not in_json:
            click.echo(
                _("Adjustments proposed for late lists: {count}. See: cati adjustments").format(
                    count=len(proposed)
                )
            )
    if in_json:
        as_json(reports)


def _part(show: Callable[[int, int], None], done: int, files: int) -> Callable[[int, int], None]:
    """How far one file is, told as part of all of them."""
    return lambda rows, total: show(done * total + rows, files * max(total, 1))


def _line(report: dict[str, object]) -> str:
    lists = report.get("lists", {"": report})
    assert isinstance(lists, dict)
    parts = []
    for group, facts in lists.items():
        rejected = ", ".join(
            f"{_(PROBLEM_LABELS[RowProblem(code)])} {count}" for code, count in facts["rejected"].items()
        )
        part = _("{group} rows accepted: {accepted} of {rows}").format(
            group=group, accepted=facts["accepted"], rows=facts["rows"]
        )
        part += f" ({rejected})" if rejected else ""
        part += " " + _("[short list]") if facts.get("short") else ""
        parts.append(part.strip())
    late = " " + _("[late]") if report.get("late") else ""
    return f"{report['file']}: " + "; ".join(parts) + late


COMMANDS = {"import": import_}
"""By name, for the main group."""
