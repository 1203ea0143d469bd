"""The settings of a programme: what each is called, how its text is read, and which are still open.

A row of the `programme` sheet with an empty `value` and a `proposed` one is open: the document behind
the programme does not say. Loading asks for it, or takes the proposed value and lists it as assumed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cati.base.errors import CatiError
from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.domain.hotline_scores import Satisfied
from cati.domain.languages import checked_language
from cati.domain.programmes import (
    CallHours,
    Choice,
    RetryRules,
    Settings,
    in_language,
)
from cati.files.programme_sheets import Problems, Row, Sheet
from cati.files.programme_words import NO, YES

Ask = Callable[[str, str, str], str]
"""Given name, question and proposed value of an open setting, the value decided on; "" takes the proposed."""

Assumed: TypeAlias = tuple[str, dict[str, str]]
"""The proposed value that an open setting took, and what it asks, by language."""


def _text(text: str) -> str:
    return text


def _yes(text: str) -> bool:
    if text.lower() in YES:
        return True
    if text.lower() in NO - {""}:
        return False
    raise CatiError("setting_yes_no", N_("“{text}” must be yes or no."), text=text)


def whole_number(text: str) -> int:
    """A whole number of at least 0.

    Raises:
        CatiError: ``setting_number``.
    """
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise CatiError("setting_number", N_("“{text}” must be a whole number, 0 or more."), text=text)
    return int(text)


def _factor(text: str) -> int:
    if not (factor := whole_number(text)):
        raise CatiError("setting_factor", N_("“{text}” must be 1 or more: else nobody is called."), text=text)
    return factor


def _years(text: str) -> int:
    if not 1 <= (years := whole_number(text)) <= 10:
        raise CatiError("setting_years", N_("“{text}” must be 1 to 10 years."), text=text)
    return years


def _count(text: str) -> int:
    if not 1 <= (count := whole_number(text)) <= 9:
        raise CatiError("setting_count", N_("“{text}” must be 1 to 9."), text=text)
    return count


def _satisfied(text: str) -> str:
    if text not in list(Satisfied):
        raise CatiError(
            "setting_satisfied",
            N_("“{text}” must be rated (satisfied of those rated) or closed (satisfied of all closed)."),
            text=text,
        )
    return text


def _names(text: str) -> tuple[str, ...]:
    names = (part for part in re.split(r"[;；,，、\s]+", text) if part)
    return tuple(dict.fromkeys(map(checked_language, names)))


def exact_number(text: str) -> Decimal:
    """A decimal number, exact; a percent sign is dropped.

    Raises:
        CatiError: ``setting_decimal``.
    """
    try:
        number = Decimal(text.removesuffix("%").strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise CatiError("setting_decimal", N_("“{text}” must be a number."), text=text)
    return number


def _level(text: str) -> Decimal:
    level = exact_number(text)
    level = level / 100 if text.endswith("%") or level > 1 else level
    if not 0 < level < 1:
        raise CatiError("setting_level", N_("“{text}” must be a level such as 90%."), text=text)
    return level


def _day(text: str) -> date:
    found = re.fullmatch(r"(\d{4})(?:-|/|年)(\d{1,2})(?:-|/|月)(\d{1,2})日?", text)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(text)
    except ValueError:
        raise CatiError(
            "setting_date", N_("“{text}” must be a date such as 2024-01-25."), text=text
        ) from None


def _days(text: str) -> tuple[date, ...]:
    return tuple(sorted({_day(part) for part in re.split(r"[;；,，、\s]+", text) if part}))


def clock_time(text: str) -> time:
    """A time of day, ``09:00``; ``24:00`` is not one.

    Raises:
        CatiError: ``setting_time``.
    """
    found = re.fullmatch(r"(\d{1,2})[:：](\d{2})(?:[:：]00)?", text)
    try:
        if found:
            return time(int(found[1]), int(found[2]))
    except ValueError:
        pass
    raise CatiError("setting_time", N_("“{text}” must be a time such as 09:00."), text=text)


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError):
        raise CatiError(
            "setting_timezone", N_("“{text}” must be a time zone such as Asia/Shanghai."), text=text
        ) from None


def _area_code(text: str) -> str:
    # Excel drops the leading 0 of an area code typed as a number.
    if not re.fullmatch(r"0?[1-9][0-9]{1,2}", text):
        raise CatiError("setting_area_code", N_("“{text}” must be an area code such as 0898."), text=text)
    return "0" + text.lstrip("0")


KNOWN: Mapping[str, Callable[[str], Any]] = {
    "bureau": _text,
    "local_area_code": _area_code,
    "mobile_only": _yes,
    "timezone": _zone,
    "confidence_level": _level,
    "minimum_counted_items": whole_number,
    "weigh_items_first": _yes,
    "accepted_only": _yes,
    "composite_in_points": _yes,
    "problems_in_total": _yes,
    "hotline_satisfied": _satisfied,
    "unclear_item_counts": _yes,
    "refused_item_counts": _yes,
    "dont_know_item_counts": _yes,
    "approval_number": _text,
    "hotline": _text,
    "expires": _day,
    "fieldwork_start": _day,
    "fieldwork_end": _day,
    "closed_days": _days,
    "units_number": whole_number,
    "replicate_factor": _factor,
    "wish_years": _years,
    "call_again": _text,
    "opinion_items": _names,
    "practice_interviews": _count,
    "listening_told": _yes,
    "languages": _names,
    "report_smallest_cell": whole_number,
    "report_names_others": _yes,
    **{f.name: whole_number for f in fields(RetryRules)},
}
"""Every setting by name, with how its text is read; besides, ``deadline_…`` is a date, and ``points_…``,
``weight_…`` and ``quota_…`` are numbers that cells take as ``${points_…}``."""

YES_NO = frozenset(name for name, reader in KNOWN.items() if reader is _yes)
"""Settings that are decided by yes or no."""

REQUIRED = (
    "bureau",
    "local_area_code",
    "mobile_only",
    "confidence_level",
    "minimum_counted_items",
    "weigh_items_first",
    "approval_number",
    "hotline",
)
"""Settings every workbook must have as a row, decided or open."""

DEADLINE = "deadline_"
COUNTS = "_item_counts"


def _reader(name: str) -> Callable[[str], Any] | None:
    if re.fullmatch(DEADLINE + "[a-z][a-z0-9_]*", name):
        return _day
    return exact_number if re.fullmatch(r"(?:points|weight|quota)_[a-z0-9_]+", name) else KNOWN.get(name)


def read_settings(
    sheets: Mapping[str, Sheet], chosen: Mapping[str, str], ask: Ask | None, problems: Problems
) -> tuple[dict[str, Any], dict[str, Assumed]]:
    """The settings of the `programme` sheet: values by name, and those that were assumed.

    Args:
        sheets: the workbook.
        chosen: values given by the person who loads; they outrank the workbook.
        ask: asked for each open setting that was not chosen; None takes the proposed values.
        problems: where problems go.

    Raises:
        CatiError: ``setting_unknown`` when `chosen` names a setting there is not.
    """
    sheet = sheets.get("programme")
    rows = {row["name"]: row for row in sheet.rows} if sheet else {}
    _refuse_unknown(chosen, rows)
    values: dict[str, Any] = {}
    assumed: dict[str, Assumed] = {}
    if sheet is None:
        return values, assumed
    _check_rows(sheet, problems)
    for name in {**rows, **chosen}:
        row, reader = rows.get(name), _reader(name)
        if reader is None:
            continue
        text = _decided(name, row, chosen, ask, assumed)
        try:
            if text:
                values[name] = reader(text)
            elif row is not None and not row["value"] and name in REQUIRED:
                problems.at(row, "value", N_("“{name}” has no value. Fill in value, or proposed."), name=name)
        except CatiError as fault:
            if name in chosen or row is None:
                problems.add(N_("{name}: {fault}"), name=name, fault=fault)
            else:
                problems.at(row, "value" if row["value"] else "proposed", "{fault}", fault=fault)
    for name in REQUIRED:
        if name not in rows and name not in chosen:
            problems.add(N_("The setting “{name}” is missing. Add a row."), sheet=sheet.title, name=name)
    _check_order(values, problems)
    return values, assumed


def fill_in(sheets: Mapping[str, Sheet], values: Mapping[str, Any], problems: Problems) -> None:
    """Put the numbers that settings decide where cells name them, as ``${points_…}``.

    In the survey they stand as ``{weight_…}``: what pyxform reads as a reference has to be a question.

    Args:
        sheets: the workbook; its rows are replaced.
        values: the settings by name.
        problems: where a name that is no such setting goes, and a setting that nothing names.
    """
    used: set[str] = set()
    for sheet in sheets.values():
        for place, row in enumerate(sheet.rows):
            named = {
                heading: found[1]
                for heading in ("points", "weight", "quota")
                if (found := re.fullmatch(r"\$?\{(\w+)\}", row[heading]))
            }
            used.update(named.values())
            for heading, name in named.items():
                if not isinstance(values.get(name), Decimal):
                    message = N_("There is no setting “{name}” with a number. Add its row to the settings.")
                    problems.at(row, heading, message, name=name)
            numbers = {heading: str(values.get(name, 0)) for heading, name in named.items()}
            if numbers:
                sheet.rows[place] = Row(sheet, row.number, {**row.cells, **numbers})
    message = N_("No cell takes “{name}”. Write ${{{name}}} into the cell of points, weight or quota.")
    rows = {row["name"]: row for row in sheets["programme"].rows} if "programme" in sheets else {}
    for name in {**rows, **values}:
        if name.startswith(("points_", "weight_", "quota_")) and name not in used:
            if name in rows:
                problems.at(rows[name], "name", message, name=name)
            else:
                problems.add(message, name=name)


def _check_order(values: Mapping[str, Any], problems: Problems) -> None:
    """Fieldwork that ends, or whose approval ends, before it starts would call nobody."""
    start = values.get("fieldwork_start")
    for name in ("fieldwork_end", "expires"):
        if start is not None and name in values and values[name] < start:
            message = N_("{name} ({end}) is before fieldwork_start ({start}). Correct one of them.")
            problems.add(message, name=name, end=values[name].isoformat(), start=start.isoformat())


def _refuse_unknown(chosen: Iterable[str], rows: Iterable[str]) -> None:
    known = sorted({*KNOWN, *filter(_reader, rows)})
    for name in chosen:
        if _reader(name) is None:
            raise CatiError(
                "setting_unknown",
                N_("There is no setting “{name}”; nothing was loaded. Known are: {known}."),
                name=name,
                known=", ".join(known),
            )


def _check_rows(sheet: Sheet, problems: Problems) -> None:
    seen: dict[str, int] = {}
    for row in sheet.rows:
        name = row["name"]
        if name in seen:
            problems.twice(row, "name", name, seen[name])
        elif _reader(name) is None:
            message = N_("There is no setting “{name}”. Known are: {known}.")
            problems.at(row, "name", message, name=name, known=", ".join(KNOWN))
        seen.setdefault(name, row.number)


def _decided(
    name: str, row: Row | None, chosen: Mapping[str, str], ask: Ask | None, assumed: dict[str, Assumed]
) -> str:
    if name in chosen:
        return chosen[name].strip()
    if row is None or row["value"] or not row["proposed"]:
        return row["value"] if row is not None else ""
    questions = row.labels("question")
    answer = ask(name, in_language(questions, language(), name), row["proposed"]) if ask else ""
    if not answer.strip():
        assumed[name] = row["proposed"], questions
    return answer.strip() or row["proposed"]


def settings_of(
    values: Mapping[str, Any], assumed: Mapping[str, Assumed], call_hours: tuple[CallHours, ...]
) -> Settings:
    """The settings as the rest of the program reads them."""
    names = {f.name for f in fields(Settings)}
    plain = {name: value for name, value in values.items() if name in names}
    retry = {f.name: values[f.name] for f in fields(RetryRules) if f.name in values}
    deadlines = {n.removeprefix(DEADLINE): v for n, v in values.items() if n.startswith(DEADLINE)}
    settings = Settings(
        **{"local_area_code": "", "mobile_only": False, **plain},
        call_hours=call_hours,
        retry=RetryRules(**retry),
        deadlines=deadlines,
        assumed={name: value for name, (value, _questions) in assumed.items()},
        questions={name: questions for name, (_value, questions) in assumed.items() if questions},
    )
    if "minimum_counted_items" in values:
        settings = replace(settings, minimum_counted=values["minimum_counted_items"])
    return settings


def with_counting(choice: Choice, values: Mapping[str, Any]) -> Choice:
    """The choice with points as the settings decide for its name.

    ``…_item_counts`` yes keeps the answer in the denominator with the points of the choices sheet, or 0
    where none stand there; no takes its points away.
    """
    counts = values.get(choice.name + COUNTS)
    if counts is None:
        return choice
    return replace(choice, points=(choice.points or Decimal(0)) if counts else None)


_WEEKDAYS = {
    word: day
    for day, words in enumerate(
        [
            ("mon", "monday", "周一", "一"),
            ("tue", "tuesday", "周二", "二"),
            ("wed", "wednesday", "周三", "三"),
            ("thu", "thursday", "周四", "四"),
            ("fri", "friday", "周五", "五"),
            ("sat", "saturday", "周六", "六"),
            ("sun", "sunday", "周日", "日"),
        ]
    )
    for word in words
}


def weekdays(text: str) -> tuple[int, ...]:
    """Weekdays, 0 = Monday, from ``mon-fri``, ``sat, sun``, ``周一至周五``.

    Raises:
        CatiError: ``setting_weekdays``.
    """
    days: set[int] = set()
    plain = text.lower().replace("星期", "周").replace("周天", "周日")
    for part in re.split(r"[,，、;；\s]+", plain):
        ends = [_WEEKDAYS.get(word.strip()) for word in re.split(r"[-–—至到~]", part)]
        if None in ends or len(ends) > 2:
            raise CatiError("setting_weekdays", N_("“{text}” must be weekdays such as mon-fri."), text=text)
        first, last = ends[0], ends[-1]
        assert first is not None
        assert last is not None
        days.update(day % 7 for day in range(first, last + 1 if last >= first else last + 8))
    return tuple(sorted(days))


def read_call_hours(sheet: Sheet | None, groups: set[str], problems: Problems) -> tuple[CallHours, ...]:
    """The rows of the `call_hours` sheet; an empty `groups` cell means every group."""
    hours = []
    for row in sheet.rows if sheet else ():
        names = tuple(re.split(r"[,，、;；\s]+", row["groups"])) if row["groups"] else ()
        for name in names:
            if name not in groups:
                problems.at(row, "groups", N_("There is no group “{name}” on the groups sheet."), name=name)
        read: dict[str, Any] = {}
        for heading, reader in (("weekdays", weekdays), ("start", clock_time), ("end", clock_time)):
            try:
                read[heading] = reader(row[heading])
            except CatiError as fault:
                problems.at(row, heading, "{fault}", fault=fault)
        if len(read) == 3 and read["start"] >= read["end"]:
            problems.at(row, "end", N_("The end must come after the start."))
        elif len(read) == 3:
            hours.append(CallHours(names, read["weekdays"], read["start"], read["end"]))
    return tuple(hours)
