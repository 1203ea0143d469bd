"""The groups of a programme workbook, the areas their lists cover, and what is asked of whom about whom."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.programmes import LIST_KINDS, MAIL, PHONE, Area, Group, Question, Unit, in_language
from cati.files.programme_settings import whole_number
from cati.files.programme_sheets import Problems, Row, Sheet
from cati.files.programme_survey import check_names, check_sum, needed_labels, parts, read_number
from cati.files.programme_words import NO, YES


def read_groups(sheet: Sheet, languages: set[str], problems: Problems) -> tuple[Group, ...]:
    """The rows of the sheet `groups`, those that are called and those that are mailed to.

    Args:
        sheet: the sheet.
        languages: of the questionnaire.
        problems: where problems go.
    """
    check_names(sheet.rows, "code", problems)
    groups = tuple(_group(row, languages, problems) for row in sheet.rows)
    check_sum(sheet, [g.weight for g in groups if g.list_kind != MAIL], problems)
    return groups


def _group(row: Row, languages: set[str], problems: Problems) -> Group:
    labels = needed_labels(row, "label", languages, problems)
    kind = row["list_kind"] or PHONE
    if kind not in LIST_KINDS:
        message = N_("“{text}” must be one of {known}.")
        problems.at(row, "list_kind", message, text=kind, known=", ".join(LIST_KINDS))
    quota = _count(row, "quota", problems) or 0
    if kind == MAIL and (quota or row["weight"]):
        message = N_("Nobody of this group is called: leave weight and quota empty.")
        problems.at(row, "quota" if quota else "weight", message)
    least, minimums = _minimums(row, problems)
    return Group(
        code=row["code"],
        label=in_language(labels, "zh"),
        weight=read_number(row, "weight", problems),
        quota=quota,
        minimum_list_size=least,
        labels=labels,
        aliases=parts(row["alias"]),
        series=parts(row["series"]),
        list_kind=kind,
        minimums=minimums,
        covers_areas=_yes(row, "covers_areas", problems),
        minimum_items=_count(row, "minimum_items", problems) or 0 if row["minimum_items"] else 0,
    )


def _minimums(row: Row, problems: Problems) -> tuple[int | None, dict[str, int]]:
    """The smallest list for most units, and that for series which have another: ``500; 专项事务=300``."""
    least: int | None = None
    by_series: dict[str, int] = {}
    for part in parts(row["minimum_list_size"]):
        *series, number = re.split(r"[=＝:：]", part)
        try:
            size = whole_number(number.strip())
        except CatiError as fault:
            problems.at(row, "minimum_list_size", "{fault}", fault=fault)
            continue
        if series:
            by_series[series[0].strip()] = size
        else:
            least = size
    return least, by_series


def read_areas(sheet: Sheet | None, problems: Problems) -> tuple[Area, ...]:
    """The rows of the sheet `areas`: cities and counties that lists have to cover."""
    areas: dict[str, Area] = {}
    for row in sheet.rows if sheet is not None else ():
        name = row["name"]
        if not name:
            problems.at(row, "name", N_("The cell is empty. Fill it in."))
        elif name in areas:
            problems.at(row, "name", N_("“{name}” is there already."), name=name)
        areas[name] = Area(name, parts(row["alias"]))
    return tuple(areas.values())


def check_series(sheet: Sheet, groups: Sequence[Group], units: Sequence[Unit], problems: Problems) -> None:
    """The series that groups name must be series of units; without areas there is nothing to cover."""
    known = {unit.series for unit in units}
    for row, group in zip(sheet.rows, groups, strict=True):
        for heading, names in (("series", group.series), ("minimum_list_size", tuple(group.minimums))):
            for name in names:
                if name not in known:
                    problems.at(row, heading, N_("No unit is in a series “{name}”."), name=name)


def check_asked(
    sheets: Mapping[str, Sheet],
    questions: Sequence[Question],
    groups: Sequence[Group],
    units: Sequence[Unit],
    items_first: bool,
    problems: Problems,
) -> None:
    """Questions asked about some units or of some groups name them, and weights are whole for everybody.

    Args:
        sheets: the workbook.
        questions: of the questionnaire.
        groups: of the programme that are called.
        units: of the programme.
        items_first: items are weighed inside each group, so that those of a group make up 100 percent.
        problems: where problems go.
    """
    survey = sheets["survey"]
    known = {"units": {unit.code for unit in units}, "groups": {group.code for group in groups}}
    for row in survey.rows:
        for heading, message in (
            ("units", N_("There is no unit “{name}” on the units sheet.")),
            ("groups", N_("There is no group “{name}” on the groups sheet.")),
        ):
            for name in parts(row[heading]):
                if name not in known[heading]:
                    problems.at(row, heading, message, name=name)
    items = [question for question in questions if question.weight is not None]
    _check_counts(sheets["groups"], items, groups, units, problems)
    # What is asked of some people only, by their answers, may well be more than 100 in all.
    if not any(item.relevant for item in items) and any(item.units or item.groups for item in items):
        _check_weights(survey, items, groups, units, items_first, problems)


def _check_counts(
    sheet: Sheet,
    items: Sequence[Question],
    groups: Sequence[Group],
    units: Sequence[Unit],
    problems: Problems,
) -> None:
    """A group that has to be asked so many items about each unit is."""
    for row in sheet.rows:
        group = next((one for one in groups if one.code == row["code"]), None)
        for unit in units if group is not None and group.minimum_items else ():
            assert group is not None
            count = sum(item.is_asked(unit.code, group.code) for item in items)
            if group.is_of(unit) and count < group.minimum_items:
                message = N_("About {unit} this group is asked {count} items, fewer than {least}. Add items.")
                problems.at(
                    row, "minimum_items", message, unit=unit.name, count=count, least=group.minimum_items
                )


def _check_weights(
    survey: Sheet,
    items: Sequence[Question],
    groups: Sequence[Group],
    units: Sequence[Unit],
    items_first: bool,
    problems: Problems,
) -> None:
    for unit in units:
        asked = [group for group in groups if group.is_of(unit)]
        for together in [[group] for group in asked] if items_first else [asked]:
            weights = [
                item.weight or Decimal(0)
                for item in items
                if any(item.is_asked(unit.code, group.code) for group in together)
            ]
            if together and sum(weights) != 100:
                problems.add(
                    N_("About {unit}, the weights of what is asked of {group} add up to {sum}%, not 100%."),
                    sheet=survey.title,
                    column=survey.columns.get("weight", ""),
                    unit=unit.name,
                    group="、".join(group.label for group in together),
                    sum=sum(weights, Decimal(0)),
                )


def _yes(row: Row, heading: str, problems: Problems) -> bool:
    text = row[heading].lower()
    if text not in YES | NO:
        problems.at(row, heading, N_("“{text}” must be yes or no."), text=row[heading])
    return text in YES


def _count(row: Row, heading: str, problems: Problems) -> int | None:
    try:
        return whole_number(row[heading] or ("0" if row["list_kind"] == MAIL else ""))
    except CatiError as fault:
        problems.at(row, heading, "{fault}", fault=fault)
        return None
