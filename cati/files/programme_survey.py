"""Survey and choices sheets: the questionnaire, checked row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.dispositions import DISPOSITIONS
from cati.domain.expressions import Expression
from cati.domain.interview import ITEM_FACT, NOT_APPLICABLE, VARIABLE
from cati.domain.programmes import Choice, Labels, Question
from cati.files.programme_settings import exact_number, with_counting
from cati.files.programme_sheets import Problems, Row, Sheet

KINDS = ("select_one", "select_multiple", "integer", "decimal", "text", "note", "calculate")
SCRIPTS = ("read", "note", "card")
CARD = "verification_card"
NAME = re.compile(r"[^\W\d][\w.-]*")
_PERCENT = Decimal(100)
_SEPARATORS = re.compile(r"[;；,，、\n]+")


def read_number(row: Row, heading: str, problems: Problems) -> Decimal | None:
    """The number of a cell, None when it is blank or no number (which is noted)."""
    if not row[heading]:
        return None
    try:
        return exact_number(row[heading])
    except CatiError as fault:
        problems.at(row, heading, "{fault}", fault=fault)
        return None


def parts(text: str) -> tuple[str, ...]:
    """The names of a cell that holds several, with semicolons, commas or lines between them."""
    return tuple(part.strip() for part in _SEPARATORS.split(text) if part.strip())


def needed_labels(row: Row, heading: str, languages: set[str], problems: Problems) -> dict[str, str]:
    """The texts of a translated heading by language; one that has none, or misses a language, is noted."""
    labels = row.labels(heading)
    if not labels:
        problems.at(row, heading, N_("The cell is empty. Fill it in."))
    check_languages(row, (heading,), languages, problems)
    return labels


def check_names(rows: list[Row], heading: str, problems: Problems) -> None:
    """Names must be there, be usable in ``${…}`` and stand once."""
    seen: dict[str, int] = {}
    for row in rows:
        name = row[heading]
        if not NAME.fullmatch(name):
            message = N_(
                "“{name}” is not a name. Begin with a letter; then letters, digits, _ - . without blanks."
            )
            problems.at(row, heading, message, name=name)
        elif name.lower() in seen:
            problems.twice(row, heading, name, seen[name.lower()])
        seen.setdefault(name.lower(), row.number)


def check_call_again(
    sheet: Sheet | None,
    values: Mapping[str, Any],
    questions: Iterable[Question],
    choices: Mapping[str, tuple[Choice, ...]],
    problems: Problems,
) -> None:
    """The setting `call_again` must name a question to choose one answer of, and one of its answers.

    Args:
        sheet: of the settings, None without one.
        values: of the settings, by name.
        questions, choices: of the questionnaire.
        problems: where problems go.
    """
    text = values.get("call_again", "")
    if not text:
        return
    name, _sign, agreed = text.partition("=")
    lists = {question.name: question.list_name for question in questions if question.type == "select_one"}
    if name not in lists:
        message, known = (
            N_("call_again: there is no question “{name}” with one answer. Write question=answer."),
            "",
        )
    elif agreed not in (answers := [choice.name for choice in choices.get(lists[name], ())]):
        message, known = (
            N_("call_again: “{name}” has no answer “{answer}”. Known are: {known}."),
            ", ".join(answers),
        )
    else:
        return
    facts = {"name": name, "answer": agreed, "known": known}
    _of_setting(sheet, "call_again", message, problems, **facts)


def check_opinion_items(
    sheet: Sheet | None, values: Mapping[str, Any], questions: Iterable[Question], problems: Problems
) -> None:
    """The setting `opinion_items` must name questions that are answered in words.

    Args:
        sheet, values, questions, problems: see `check_call_again`.
    """
    in_words = [question.name for question in questions if question.type == "text"]
    for name in values.get("opinion_items", ()):
        if name not in in_words:
            message = N_("opinion_items: no question “{name}” is answered in words. Known are: {known}.")
            _of_setting(sheet, "opinion_items", message, problems, name=name, known=", ".join(in_words))


def _of_setting(sheet: Sheet | None, setting: str, message: str, problems: Problems, **facts: Any) -> None:
    """Note a problem where a setting stands; without its row, of the workbook as a whole."""
    rows = sheet.rows if sheet is not None else ()
    row = next((row for row in rows if row["name"] == setting), None)
    if row is None:
        problems.add(message, **facts)
    else:
        problems.at(row, "value" if row["value"] else "proposed", message, **facts)


def check_sum(sheet: Sheet, weights: Iterable[Decimal | None], problems: Problems) -> None:
    """Weights that are given must add up to 100 percent."""
    given = [weight for weight in weights if weight is not None]
    if given and sum(given) != _PERCENT:
        problems.add(
            N_("The weights add up to {sum}%, not 100%."),
            sheet=sheet.title,
            column=sheet.columns.get("weight", ""),
            sum=sum(given),
        )


def check_languages(row: Row, headings: tuple[str, ...], languages: set[str], problems: Problems) -> None:
    """A text that is there must be there in the default language, and in every language of its heading."""
    for heading in headings:
        there = row.labels(heading)
        for language in sorted(languages - set(there)) if there else ():
            if f"{heading}::{language}" in row.sheet.columns:
                problems.at(
                    row,
                    f"{heading}::{language}",
                    N_("The text is missing in this language ({language})."),
                    language=language,
                )


def read_choices(
    sheet: Sheet, languages: set[str], settings: Mapping[str, Any], problems: Problems
) -> dict[str, tuple[Choice, ...]]:
    """The lists of the choices sheet; a list without any keys gets 1 to 9 in its order."""
    lists: dict[str, list[Row]] = {}
    for row in sheet.rows:
        if row["list_name"]:
            lists.setdefault(row["list_name"], []).append(row)
        else:
            problems.at(row, "list_name", N_("The name of the list is missing."))
    choices = {}
    for name, rows in lists.items():
        check_names(rows, "name", problems)
        _check_keys(rows, problems)
        keyless = len(rows) <= 9 and not any(row["key"] for row in rows)
        for row in rows:
            if not row.labels("label"):
                problems.at(row, "label", N_("The text of the answer is missing."))
            check_languages(row, ("label",), languages, problems)
        choices[name] = tuple(
            with_counting(
                Choice(
                    row["name"],
                    row.labels("label"),
                    read_number(row, "points", problems),
                    str(place) if keyless else row["key"],
                ),
                settings,
            )
            for place, row in enumerate(rows, 1)
        )
    return choices


def _check_keys(rows: list[Row], problems: Problems) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        key = row["key"]
        if key and not re.fullmatch("[0-9]", key):
            problems.at(row, "key", N_("“{key}” must be one digit."), key=key)
        elif key and key in seen:
            problems.twice(row, "key", key, seen[key])
        seen.setdefault(key, row.number)


def read_survey(
    sheet: Sheet, choices: Mapping[str, tuple[Choice, ...]], languages: set[str], problems: Problems
) -> tuple[tuple[Question, ...], Labels]:
    """The questions in order, and the text of the verification card."""
    check_names(sheet.rows, "name", problems)
    known: list[str] = []
    later = [row["name"] for row in sheet.rows]
    questions: list[Question] = []
    card: Labels = {}
    for row in sheet.rows:
        question = _question(row, choices, problems)
        _check_expressions(row, question, known, later, problems)
        _check_texts(row, question, known, later, languages, problems)
        known.append(question.name)
        if question.script == "card":
            card = question.labels
            if question.name != CARD:
                problems.at(row, "name", N_("The row read from a card must be named {name}."), name=CARD)
        else:
            questions.append(question)
    items = [q for q in questions if q.weight is not None]
    # Items asked of some people only may well be more than 100 in all; `check_asked` sees to those.
    if not any(q.relevant or q.units or q.groups for q in items):
        check_sum(sheet, [q.weight for q in items], problems)
    return tuple(questions), card


def _question(row: Row, choices: Mapping[str, tuple[Choice, ...]], problems: Problems) -> Question:
    kind, _blank, list_name = row["type"].partition(" ")
    select = kind.startswith("select_")
    if kind not in KINDS:
        problems.at(
            row,
            "type",
            N_("There is no type “{type}”. Known are: {known}."),
            type=kind,
            known=", ".join(KINDS),
        )
    elif select and list_name not in choices:
        problems.at(row, "type", N_("There is no list “{name}” on the choices sheet."), name=list_name)
    elif not select and list_name:
        problems.at(row, "type", N_("A {type} question takes no list."), type=kind)
    script = row["script"] or "read"
    if script not in SCRIPTS:
        problems.at(
            row, "script", N_("“{text}” must be one of {known}."), text=script, known=", ".join(SCRIPTS)
        )
    if row["required"] not in ("", "yes", "no"):
        problems.at(row, "required", N_("“{text}” must be yes or no."), text=row["required"])
    question = Question(
        name=row["name"],
        type=kind,
        labels=row.labels("label"),
        list_name=list_name if select else "",
        hint=row.labels("hint"),
        relevant=row["relevant"],
        constraint=row["constraint"],
        constraint_message=row.labels("constraint_message"),
        required=row["required"] == "yes",
        calculation=row["calculation"],
        script=script,
        weight=read_number(row, "weight", problems),
        disposition=row["disposition"],
        short=row.labels("short"),
        units=parts(row["units"]),
        groups=parts(row["groups"]),
    )
    _check_item(row, question, choices, problems)
    return question


def _check_item(
    row: Row, question: Question, choices: Mapping[str, tuple[Choice, ...]], problems: Problems
) -> None:
    if question.disposition and question.disposition not in DISPOSITIONS:
        problems.at(
            row,
            "disposition",
            N_("There is no outcome “{code}”. Known are: {known}."),
            code=question.disposition,
            known=", ".join(DISPOSITIONS),
        )
    if question.disposition and question.type != "note":
        problems.at(row, "disposition", N_("Only a note can end the interview."))
    if question.weight is None:
        return
    answers = choices.get(question.list_name, ())
    if question.type != "select_one" or not any(choice.points is not None for choice in answers):
        problems.at(row, "weight", N_("An item with a weight needs a select_one list with points."))
    elif question.weight <= 0:
        problems.at(row, "weight", N_("A weight must be above 0."))


def _check_expressions(
    row: Row, question: Question, known: list[str], later: list[str], problems: Problems
) -> None:
    if question.type == "calculate" and not question.calculation:
        problems.at(row, "calculation", N_("The calculation is missing."))
    for heading in ("relevant", "constraint", "calculation"):
        if not row[heading]:
            continue
        try:
            names = Expression.compile(row[heading], own=heading == "constraint").names
        except CatiError as fault:
            problems.at(row, heading, "{fault}", fault=fault)
            continue
        _check_references(row, heading, names, known, later, problems)


def _check_texts(
    row: Row, question: Question, known: list[str], later: list[str], languages: set[str], problems: Problems
) -> None:
    if question.type != "calculate" and not question.labels:
        problems.at(row, "label", N_("The text of the question is missing."))
    check_languages(row, ("label", "short", "hint", "constraint_message"), languages, problems)
    for heading in ("label", "hint", "constraint_message"):
        for language, text in row.labels(heading).items():
            names = VARIABLE.findall(text)
            place = f"{heading}::{language}"
            _check_references(row, place, names, known, later, problems)
            if ITEM_FACT in names and not question.short:
                problems.at(row, "short", N_("The text pipes ${{item}}, but the short name is missing."))


def _check_references(
    row: Row,
    heading: str,
    names: tuple[str, ...] | list[str],
    known: list[str],
    later: list[str],
    problems: Problems,
) -> None:
    for name in names:
        if name in known:
            continue
        if name in later:
            message = N_("${{{name}}} is only asked here or later. Use what was asked before this row.")
        else:
            message = N_("There is no row ${{{name}}}. Check the spelling, or add a question or calculation.")
        problems.at(row, heading, message, name=name)


def excluded_names(
    choices: Mapping[str, tuple[Choice, ...]], questions: tuple[Question, ...]
) -> tuple[str, ...]:
    """Names of the answers to items that leave the denominator."""
    lists = sorted({q.list_name for q in questions if q.weight is not None})
    names = [c.name for name in lists for c in choices.get(name, ()) if c.points is None]
    return tuple(dict.fromkeys(names))


def offers_not_applicable(question: Question, choices: Mapping[str, tuple[Choice, ...]]) -> bool:
    """Whether 不适用 is among the answers of a question."""
    return any(choice.name == NOT_APPLICABLE for choice in choices.get(question.list_name, ()))
