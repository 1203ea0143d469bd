"""Commands on phone lists: take in, show, withdraw, write what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.cli.session import Session, as_json, json_option, progress, text_of
from cati.cli.texts import command, group, option
from cati.domain.attendance import LOCAL
from cati.domain.frames import PROBLEM_LABELS, RowProblem, find_unit
from cati.domain.list_checks import ListFindings
from cati.domain.list_words import finding_words
from cati.domain.programmes import LoadedProgramme, Programme
from cati.domain.users import Right
from cati.services import exemptions, frame_problems, frame_versions
from cati.services import frames as service
from cati.services.frames import StoredFrame


@command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@option("--pool", is_flag=True, help="The file is the public pool that supplements lists run dry.")
@option(
    "--password-file",
    "password_file",
    help="File with the passwords of protected lists, one a line; each is tried.",
)
@json_option
@click.pass_obj
def import_(
    session: Session, files: Sequence[Path], pool: bool, password_file: str | None, in_json: bool
) -> None:
    """Import phone lists: each file wholly or not at all."""
    passwords = text_of(password_file).splitlines() if password_file is not None else []
    programme = session.programme
    reports: list[dict[str, object]] = []
    try:
        with progress(_("Importing"), quiet=in_json) as show:
            for done, file in enumerate(files):
                take = service.import_pool if pool else service.import_frame
                part = _part(show, done, len(files))
                try:
                    report = take(session.ctx, programme, file, part, passwords=passwords).as_json()
                except CatiError as error:
                    # A folder given again: what is here already is said, and the rest is taken in.
                    if error.code != "list_known" or len(files) == 1:
                        raise
                    click.echo(str(error), err=True)
                    continue
                reports.append(report)
                if not in_json:
                    click.echo(_line(report))
    except CatiError:
        if reports:
            _finish(session, programme, reports, in_json)
            _say_what_stays(len(reports))
        raise
    _finish(session, programme, reports, in_json)


def _finish(
    session: Session, programme: LoadedProgramme, reports: Sequence[dict[str, object]], in_json: bool
) -> None:
    """Let the points proposed for lists follow what was imported, and report that."""
    if session.ctx.actor.may(Right.ADJUST):
        # That only proposes: the bureau confirms or waives it.
        proposed = exemptions.propose_for_lists(session.ctx, programme)
        if proposed and not in_json:
            click.echo(
                _("Adjustments proposed for these lists: {count}. See: cati adjustments").format(
                    count=len(proposed)
                )
            )
    if in_json:
        as_json(reports)


def _say_what_stays(count: int) -> None:
    words = ngettext(
        "{count} file was imported and stays so. The next one was refused, and none after it was read:",
        "{count} files were imported and stay so. The next one was refused, and none after it was read:",
        count,
    )
    click.echo(words.format(count=count), err=True)


def _part(show: Callable[[int, int], None], done: int, files: int) -> Callable[[int, int], None]:
    """How far one file is, told as part of all of them."""
    return lambda rows, total: show(done * total + rows, files * max(total, 1))


def _line(report: dict[str, object]) -> str:
    lists = report.get("lists", {"": report})
    assert isinstance(lists, dict)
    parts = []
    for label, facts in lists.items():
        rejected = ", ".join(
            f"{_(PROBLEM_LABELS[RowProblem(code)])} {count}" for code, count in facts["rejected"].items()
        )
        part = _("{group} rows accepted: {accepted} of {rows}").format(
            group=label, accepted=facts["accepted"], rows=facts["rows"]
        )
        part += f" ({rejected})" if rejected else ""
        part += " " + _("[short list]") if facts.get("short") else ""
        part += "".join(f" [{words}]" for words in finding_words(ListFindings.of(facts)))
        parts.append(part.strip())
    late = " " + _("[late]") if report.get("late") else ""
    return f"{report['file']}: " + _("; ").join(parts) + late + _doubt(report)


def _doubt(report: dict[str, object]) -> str:
    if not report.get("undated"):
        return ""
    if report["unread"]:
        words = _("[“{text}” is no date of handing in: whether the list is late is not known]")
        return " " + words.format(text=report["unread"])
    return " " + _("[no date of handing in: whether the list is late is not known]")


@group()
def frames() -> None:
    """Phone lists: show, withdraw, write what is wrong with them."""


@frames.command("list")
@json_option
@click.pass_obj
def list_(session: Session, in_json: bool) -> None:
    """List all versions of all phone lists."""
    found = service.listing(session.ctx, session.programme)
    facts = [
        {
            "unit": frame.unit,
            "group": frame.group,
            "version": frame.version,
            "current": frame.current,
            "submitted": frame.submitted_on.isoformat() if frame.submitted_on else None,
            "received": frame.received_at.isoformat(),
            "rows": frame.rows,
            "accepted": frame.accepted,
            "short": frame.short,
            "late": frame.late,
            "withdrawn": frame.withdrawn_because,
            **frame.findings.as_json(),
        }
        for frame in found
    ]
    if in_json:
        as_json(facts)
        return
    for frame in found:
        click.echo("\t".join(_version(frame, session.programme.programme)))


def _version(frame: StoredFrame, programme: Programme) -> tuple[str, ...]:
    units = {unit.code: unit.name for unit in programme.units}
    groups = {group.code: group.label for group in programme.listed}
    whose = f"{units[frame.unit]}/{groups[frame.group]}" if frame.unit and frame.group else _("public pool")
    stands = _("in use") if frame.current else frame.withdrawn_because or _("replaced")
    marks = [_("[short list]")] * frame.short + [_("[late]")] * frame.late
    marks += [f"[{words}]" for words in finding_words(frame.findings)]
    return (
        whose,
        _("version {number}").format(number=frame.version),
        str(frame.submitted_on or "—"),
        f"{frame.received_at.astimezone(LOCAL):%Y-%m-%d %H:%M}",
        _("{accepted} of {rows} rows accepted").format(accepted=frame.accepted, rows=frame.rows),
        " ".join([stands, *marks]),
    )


@frames.command("withdraw")
@click.argument("unit")
@option("--reason", required=True, help="What was wrong with it.")
@click.pass_obj
def withdraw(session: Session, unit: str, reason: str) -> None:
    """Withdraw the last file of a UNIT, or of the public pool (pool), before the draw."""
    code = _unit_code(session, unit)
    of_unit = [f for f in service.listing(session.ctx, session.programme) if f.current and f.unit == code]
    if not of_unit:
        raise CatiError(
            "frame_none",
            N_(
                "{unit} has no phone list. Nothing was changed. “cati frames list” shows the lists there are."
            ),
            unit=unit,
        )
    newest = max(of_unit, key=lambda frame: frame.id)
    lists = frame_versions.withdraw(session.ctx, session.programme, newest, reason)
    click.echo(_("{file} withdrawn; lists: {count}.").format(file=newest.file, count=len(lists)))


@frames.command("problems")
@click.argument("unit")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def problems(session: Session, unit: str, file: Path) -> None:
    """Write the rows of a UNIT's lists that cannot be used to FILE (.xlsx)."""
    count = frame_problems.export_problems(session.ctx, session.programme, _unit_code(session, unit), file)
    click.echo(_("{file}: {count} rows.").format(file=file, count=count))


def _unit_code(session: Session, text: str) -> str | None:
    """Code of the unit of that name or code; None for the public pool."""
    if text == service.POOL:
        return None
    units = session.programme.programme.units
    found = next((unit for unit in units if unit.code == text), None) or find_unit(units, text)
    if found is None:
        raise CatiError(
            "unit_not_found",
            N_("The programme has no unit {unit}. Nothing was changed. Check the name."),
            unit=text,
        )
    return found.code


COMMANDS = {"import": import_, "frames": frames}
"""By name, for the main group."""
