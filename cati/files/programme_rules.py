"""What of a programme workbook is decided about units beside their scores: points, and what they hand in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from cati.base.i18n import mark as N_
from cati.domain.deductions import ALWAYS, PER, Circumstance
from cati.domain.frames import DEADLINE
from cati.domain.programmes import (
    AdjustmentRule,
    Channel,
    HandIn,
    Indicator,
    ReliefGround,
    Settings,
    Unit,
    in_language,
)
from cati.domain.register import LISTS, PROGRESS
from cati.files.programme_sheets import Problems, Row, Sheet
from cati.files.programme_survey import check_names, needed_labels, parts, read_number

HAND_IN_KINDS = (LISTS, PROGRESS)
"""What enters the register by itself."""


def read_adjustments(
    sheet: Sheet | None, languages: set[str], problems: Problems
) -> tuple[AdjustmentRule, ...]:
    """The grounds on which points are added or taken."""
    if sheet is None:
        return ()
    check_names(sheet.rows, "code", problems)
    rules = []
    for row in sheet.rows:
        labels, texts = (needed_labels(row, heading, languages, problems) for heading in ("label", "rule"))
        points, most = (read_number(row, heading, problems) for heading in ("points", "most"))
        if not row["points"]:
            problems.at(row, "points", N_("The cell is empty. Fill it in."))
        if most is not None and most <= 0:
            problems.at(row, "most", N_("“{text}” must be above 0."), text=row["most"])
        _check_known(row, "per", parts(row["per"]), PER, problems)
        rules.append(
            AdjustmentRule(
                row["code"],
                in_language(labels, "zh"),
                points or Decimal(0),
                in_language(texts, "zh"),
                labels,
                texts,
                row["per"] or "unit",
                _circumstances(row, "doubled", (*Circumstance, ALWAYS), problems),
                _circumstances(row, "halved", tuple(Circumstance), problems),
                most,
            )
        )
    return tuple(rules)


def _circumstances(row: Row, heading: str, known: Collection[str], problems: Problems) -> tuple[str, ...]:
    found = parts(row[heading])
    _check_known(row, heading, found, known, problems)
    if found and row["per"] != "problem":
        problems.at(row, heading, N_("Only points for each problem are doubled or halved."))
    return found


def _check_known(
    row: Row, heading: str, found: Sequence[str], known: Collection[str], problems: Problems
) -> None:
    for text in found:
        if text not in known:
            message = N_("“{text}” must be one of {known}.")
            problems.at(row, heading, message, text=text, known=", ".join(known))


def read_hand_ins(
    sheet: Sheet | None,
    units: Sequence[Unit],
    adjustments: Sequence[AdjustmentRule],
    settings: Settings,
    languages: set[str],
    problems: Problems,
) -> tuple[HandIn, ...]:
    """What units hand in; each has its deadline among the settings."""
    if sheet is None:
        return ()
    check_names(sheet.rows, "code", problems)
    grounds = {rule.code for rule in adjustments if rule.per == "unit"}
    names = {name for unit in units for name in (unit.code, unit.name, unit.series)}
    found = []
    for row in sheet.rows:
        labels = needed_labels(row, "label", languages, problems)
        _check_known(row, "kind", parts(row["kind"]), HAND_IN_KINDS, problems)
        if (row["kind"] == LISTS) != (row["code"] == DEADLINE):
            problems.at(row, "kind", N_("The phone lists, and nothing else, have the code and kind lists."))
        name, heading = row["deadline"] or row["code"], "deadline" if row["deadline"] else "code"
        if name not in settings.deadlines:
            message = N_("There is no setting deadline_{code}. Add its row to the settings.")
            problems.at(row, heading, message, code=name)
        if row["ground"] and row["ground"] not in grounds:
            message = N_("“{code}” is no adjustment for a unit as a whole.")
            problems.at(row, "ground", message, code=row["ground"])
        for name in parts(row["units"]):
            if name not in names:
                problems.at(row, "units", N_("The programme has no unit or series “{name}”."), name=name)
        found.append(
            HandIn(
                row["code"],
                in_language(labels, "zh"),
                labels,
                row["kind"],
                row["ground"],
                parts(row["units"]),
                row["deadline"],
            )
        )
    return tuple(found)


def read_relief(sheet: Sheet | None, languages: set[str], problems: Problems) -> tuple[ReliefGround, ...]:
    """The grounds on which a problem may cost less."""
    if sheet is None:
        return ()
    check_names(sheet.rows, "code", problems)
    labels = [needed_labels(row, "label", languages, problems) for row in sheet.rows]
    return tuple(
        ReliefGround(row["code"], in_language(of_row, "zh"), of_row)
        for row, of_row in zip(sheet.rows, labels, strict=True)
    )


def read_indicators(
    sheet: Sheet | None,
    channels: Sequence[Channel],
    in_points: bool,
    languages: set[str],
    problems: Problems,
) -> tuple[Indicator, ...]:
    """What units are measured by; in each channel made of them their points add up to its weight.

    Args:
        sheet: None without one.
        channels: of the programme.
        in_points: channels weigh points.
        languages: of the programme.
        problems: where problems go.
    """
    rows = sheet.rows if sheet is not None else []
    check_names(rows, "code", problems)
    made_of = {channel.code: channel for channel in channels if channel.kind == "indicators"}
    found = []
    for row in rows:
        labels = needed_labels(row, "label", languages, problems)
        points = read_number(row, "points", problems)
        if points is None or points <= 0:
            problems.at(row, "points", N_("“{text}” must be above 0."), text=row["points"])
        if row["channel"] not in made_of:
            message = N_("“{code}” is no channel of the kinds {known}.")
            problems.at(row, "channel", message, code=row["channel"], known="indicators")
        found.append(
            Indicator(
                row["code"],
                in_language(labels, "zh"),
                row["channel"],
                points or Decimal(0),
                labels,
                row["section"],
                row["collector"],
                row["leader"],
                parts(row["teams"]),
            )
        )
    for channel in made_of.values():
        together = sum((one.points for one in found if one.channel == channel.code), Decimal(0))
        if not together or (in_points and together != channel.weight):
            problems.add(
                N_("The indicators of {channel} add up to {sum} points, not to {weight}."),
                sheet="" if sheet is None else sheet.title,
                column="" if sheet is None else sheet.columns.get("points", ""),
                channel=channel.code,
                sum=together,
                weight=channel.weight,
            )
    return tuple(found)
