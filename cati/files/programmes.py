"""A programme workbook in: everything checked, all problems named at once by sheet, row and column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cati.base.i18n import mark as N_
from cati.domain.programmes import (
    MAIL,
    Choice,
    OpinionCode,
    Programme,
    Question,
    Unit,
)
from cati.files.programme_channels import read_channels, read_rosters
from cati.files.programme_claims import read_claims
from cati.files.programme_groups import check_asked, check_series, read_areas, read_groups
from cati.files.programme_rules import read_adjustments, read_hand_ins, read_indicators, read_relief
from cati.files.programme_settings import (
    Ask,
    fill_in,
    read_call_hours,
    read_settings,
    settings_of,
)
from cati.files.programme_sheets import Problems, Row, Sheet, read_sheets
from cati.files.programme_survey import (
    check_call_again,
    check_names,
    check_opinion_items,
    excluded_names,
    needed_labels,
    offers_not_applicable,
    parts,
    read_choices,
    read_survey,
)
from cati.files.programme_units import add_units, check_number


def load_workbook(
    path: Path | str,
    chosen: Mapping[str, str] | None = None,
    ask: Ask | None = None,
    *,
    passwords: Sequence[str] = (),
    units_file: Path | None = None,
) -> Programme:
    """Read and check a programme workbook.

    Args:
        path: an .xlsx file.
        chosen: settings decided beforehand, by name; they outrank the workbook.
        ask: asked for each setting the document leaves open; None takes the proposed values, which are
            then listed in `Settings.assumed`.
        passwords: are tried if the workbook is protected.
        units_file: units beside those of the workbook, see `add_units`.

    Raises:
        CatiError: ``workbook_problems`` with everything to put right (params["problems"] holds `Problem`s),
            ``setting_unknown``, and what `open_book` and `add_units` refuse.
    """
    path = Path(path)
    problems = Problems()
    sheets = read_sheets(path, problems, passwords)
    # Without its sheets and headings nothing else can be said about a workbook.
    problems.refuse(path.name)
    if units_file is not None:
        add_units(sheets["units"], units_file)
    languages = _languages(sheets)
    values, assumed = read_settings(sheets, chosen or {}, ask, problems)
    fill_in(sheets, values, problems)
    choices = read_choices(sheets["choices"], languages, values, problems)
    questions, card = read_survey(sheets["survey"], choices, languages, problems)
    everybody = read_groups(sheets["groups"], languages, problems)
    groups = tuple(group for group in everybody if group.list_kind != MAIL)
    hours = read_call_hours(sheets.get("call_hours"), {g.code for g in groups}, problems)
    check_call_again(sheets.get("programme"), values, questions, choices, problems)
    check_opinion_items(sheets.get("programme"), values, questions, problems)
    settings = settings_of(values, assumed, hours)
    units, not_applicable = _read_units(sheets["units"], questions, choices, problems)
    check_number(sheets["units"], values, problems)
    check_series(sheets["groups"], everybody, units, problems)
    check_asked(sheets, questions, groups, units, settings.weigh_items_first, problems)
    form = _read_form(sheets["settings"], problems)
    channels = read_channels(sheets, units, choices, languages, settings.composite_in_points, problems)
    if any(channel.kind == "hotline" for channel in channels) and "hotline_satisfied" not in values:
        message = N_("A channel of the hotline needs the setting hotline_satisfied. Add a row.")
        problems.add(message, sheet=sheets["programme"].title)
    if not everybody and (not channels or any(channel.kind == "phone" for channel in channels)):
        problems.add(N_("The sheet holds no rows. Add at least one."), sheet=sheets["groups"].title)
    adjustments = read_adjustments(sheets.get("adjustments"), languages, problems)
    programme = Programme(
        code=form["form_id"],
        title=form["form_title"],
        version=form["version"],
        default_language=_default_language(sheets),
        settings=replace(settings, not_counted=excluded_names(choices, questions)),
        units=units,
        groups=groups,
        questions=questions,
        choices=choices,
        channels=channels,
        adjustments=adjustments,
        relief=read_relief(sheets.get("relief"), languages, problems),
        indicators=read_indicators(
            sheets.get("indicators"), channels, settings.composite_in_points, languages, problems
        ),
        hand_ins=read_hand_ins(sheets.get("hand_ins"), units, adjustments, settings, languages, problems),
        claims=read_claims(sheets.get("claims"), languages, {c.code for c in channels}, problems),
        opinion_codes=_read_opinion_codes(sheets.get("opinion_codes"), languages, problems),
        verification_card=card,
        not_applicable=not_applicable,
        mailed=tuple(group for group in everybody if group.list_kind == MAIL),
        areas=read_areas(sheets.get("areas"), problems),
        rosters=read_rosters(sheets.get("rosters"), channels, languages, problems),
    )
    problems.refuse(path.name)
    return programme


def _default_language(sheets: Mapping[str, Sheet]) -> str:
    rows = sheets["settings"].rows
    found = re.search(r"\(([a-z-]+)\)$", rows[0]["default_language"]) if rows else None
    return found.group(1) if found else (rows[0]["default_language"] if rows else "") or "zh"


def _languages(sheets: Mapping[str, Sheet]) -> set[str]:
    """The languages of the questionnaire: those its label column has."""
    labels = [
        heading.partition("::")[2] for heading in sheets["survey"].columns if heading.startswith("label::")
    ]
    return {*labels, _default_language(sheets)}


def _read_form(sheet: Sheet, problems: Problems) -> dict[str, str]:
    names = ("form_title", "form_id", "version")
    if not sheet.rows:
        problems.add(N_("Row 2 must hold the title, code and version of the form."), sheet=sheet.title, row=2)
        return dict.fromkeys(names, "")
    row = sheet.rows[0]
    for name in names:
        if not row[name]:
            problems.at(row, name, N_("The cell is empty. Fill it in."))
    if row["form_id"] and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", row["form_id"]):
        problems.at(
            row,
            "form_id",
            N_("“{code}” must be at most 64 letters, digits, _ - . without blanks."),
            code=row["form_id"],
        )
    return {name: row[name] for name in names}


def _read_units(
    sheet: Sheet,
    questions: tuple[Question, ...],
    choices: Mapping[str, tuple[Choice, ...]],
    problems: Problems,
) -> tuple[tuple[Unit, ...], tuple[tuple[str, str], ...]]:
    check_names(sheet.rows, "code", problems)
    if not sheet.rows:
        problems.add(N_("The sheet holds no rows. Add at least one."), sheet=sheet.title)
    owners: dict[str, int] = {}
    units: list[Unit] = []
    not_applicable: list[tuple[str, str]] = []
    for row in sheet.rows:
        aliases = parts(row["alias"])
        for heading in ("name", "series"):
            if not row[heading]:
                problems.at(row, heading, N_("The cell is empty. Fill it in."))
        for heading, name in [("name", row["name"]), *(("alias", alias) for alias in aliases)]:
            if name in owners:
                problems.twice(row, heading, name, owners[name])
            owners.setdefault(name, row.number)
        not_applicable += [
            (row["code"], name) for name in _read_exceptions(row, questions, choices, problems)
        ]
        units.append(Unit(row["code"], row["name"], row["series"], aliases, row.labels("name")))
    return tuple(units), tuple(not_applicable)


def _read_exceptions(
    row: Row,
    questions: tuple[Question, ...],
    choices: Mapping[str, tuple[Choice, ...]],
    problems: Problems,
) -> tuple[str, ...]:
    """Names of the items that do not apply to the unit of a row."""
    items = {question.name: question for question in questions if question.weight is not None}
    names = parts(row["not_applicable"])
    for name in names:
        if name not in items:
            problems.at(row, "not_applicable", N_("There is no item “{name}” with a weight."), name=name)
        elif not offers_not_applicable(items[name], choices):
            message = N_("“{item}” is declared not applicable, but its list has no answer not_applicable.")
            problems.at(row, "not_applicable", message, item=name)
    return names


def _read_opinion_codes(
    sheet: Sheet | None, languages: set[str], problems: Problems
) -> tuple[OpinionCode, ...]:
    if sheet is None:
        return ()
    check_names(sheet.rows, "code", problems)
    return tuple(
        OpinionCode(row["code"], needed_labels(row, "label", languages, problems)) for row in sheet.rows
    )
