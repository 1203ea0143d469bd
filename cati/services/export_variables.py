"""What the columns of exported interviews mean to SPSS: labels, codes of answers, which are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.interview import ASIDE, VARIABLE
from cati.domain.programmes import Choice, Programme, Question, in_language
from cati.files.sav import Code, Kind, Variable
from cati.services import export_interviews

_COLUMNS = {
    "disposition": (N_("Outcome"), Kind.TEXT),
    "interview": (N_("Interview"), Kind.TEXT),
    "operator": (N_("Operator"), Kind.TEXT),
    "started": (N_("Begun"), Kind.MOMENT),
    "ended": (N_("Ended"), Kind.MOMENT),
    "seconds": (N_("Length in seconds"), Kind.NUMBER),
    "language": (N_("Language"), Kind.TEXT),
    "source": (N_("Source: list, or pool for the supplement"), Kind.TEXT),
    "late": (N_("Stored after the hold on its case had lapsed"), Kind.TEXT),
    "off_path": (N_("Answers that are not asked any more"), Kind.TEXT),
    "number": (N_("Phone number"), Kind.TEXT),
    export_interviews.NAME: (N_("Name"), Kind.TEXT),
    "excluded_because": (N_("Reason of the exclusion"), Kind.TEXT),
    "excluded_by": (N_("Excluded by"), Kind.TEXT),
    "excluded_at": (N_("Excluded at"), Kind.MOMENT),
}
_SINGLE = 3
"""So many single numbers SPSS takes as user-missing."""


def variables(programme: Programme, heading: Sequence[str]) -> list[Variable]:
    """What each column of a programme's interviews means, in the language in use.

    A choice has the number of its key; of its name where that is one, or of its place if some have neither.
    User-missing are answers without points in a list that gives points, and in other lists what is recorded
    when heard but never read out (不了解, 说不清, 不适用, 拒答).

    Args:
        programme: whose.
        heading: of the table, as `cati.services.export_interviews.heading` begins it.
    """
    # By place: a question may be called as one of the other columns is.
    asked = [_of_question(programme, programme.question(name)) for name in export_interviews.asked(programme)]
    fixed = {name: Variable(_(label), kind) for name, (label, kind) in _COLUMNS.items()}
    fixed["unit"] = _places(_("Unit"), [unit.name for unit in programme.units])
    fixed["group"] = _places(_("Group"), [group.label for group in programme.groups])
    first, rest = export_interviews.FIRST, heading[len(export_interviews.FIRST) + len(asked) :]
    return [*(fixed[name] for name in first), *asked, *(fixed[name] for name in rest)]


def _places(label: str, names: Sequence[str]) -> Variable:
    """Names by their place; where two are alike, the texts stay."""
    if len(set(names)) < len(names):
        return Variable(label)
    return Variable(label, Kind.CHOICE, {name: Code(at, name) for at, name in enumerate(names, start=1)})


def _of_question(programme: Programme, question: Question) -> Variable:
    spoken = language()
    words = in_language(question.short, spoken) or VARIABLE.sub("…", in_language(question.labels, spoken))
    choices = programme.choices.get(question.list_name, ())
    match question.type:
        case "select_one":
            numbers = code_numbers(choices)
            return Variable(
                words,
                Kind.CHOICE,
                _codes(choices, numbers),
                user_missing(choices, numbers),
                ordered=any(choice.points is not None for choice in choices),
            )
        case "select_multiple":
            return Variable(words, Kind.CHOICES, _codes(choices, code_numbers(choices)))
        case kind:
            return Variable(words, Kind.NUMBER if kind in export_interviews.NUMBERS else Kind.TEXT)


def _codes(choices: Sequence[Choice], numbers: Mapping[str, int]) -> dict[str, Code]:
    spoken = language()
    return {c.name: Code(numbers[c.name], in_language(c.labels, spoken, c.name)) for c in choices}


def code_numbers(choices: Sequence[Choice]) -> dict[str, int]:
    """A number for each choice, by name: that of all keys, else of all names, else of the place.

    By place those that are missing come last, so that one range holds them.
    """
    for texts in ([choice.key for choice in choices], [choice.name for choice in choices]):
        if all(text.isascii() and text.isdigit() for text in texts) and len(set(map(int, texts))) == len(
            texts
        ):
            numbers = {choice.name: int(text) for choice, text in zip(choices, texts, strict=True)}
            if _ranges(choices, numbers) is not None:
                return numbers
    left_out = _left_out(choices)
    ordered = sorted(choices, key=lambda choice: choice.name in left_out)
    return {choice.name: place for place, choice in enumerate(ordered, start=1)}


def user_missing(choices: Sequence[Choice], numbers: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
    """The numbers that count as missing, as ranges that SPSS can hold.

    Args:
        choices: of a list.
        numbers: of `code_numbers`.
    """
    return _ranges(choices, numbers) or ()


def _left_out(choices: Sequence[Choice]) -> frozenset[str]:
    scored = any(choice.points is not None for choice in choices)
    return frozenset(c.name for c in choices if (c.points is None if scored else c.name in ASIDE))


def _ranges(choices: Sequence[Choice], numbers: Mapping[str, int]) -> tuple[tuple[int, int], ...] | None:
    """Single numbers, or one range and one number; None where they cannot be told from those that count."""
    left_out = _left_out(choices)
    missing = sorted(numbers[name] for name in left_out)
    valid = [number for name, number in numbers.items() if name not in left_out]
    if len(missing) <= _SINGLE:
        return tuple((number, number) for number in missing)
    for alone, together in (([], missing), (missing[:1], missing[1:]), (missing[-1:], missing[:-1])):
        if not any(together[0] <= number <= together[-1] for number in valid):
            return ((together[0], together[-1]), *((number, number) for number in alone))
    return None
