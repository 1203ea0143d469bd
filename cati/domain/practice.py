"""Practice interviews: what an invented respondent does and says, and whether it was recorded so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from cati.base.errors import CatiError
from cati.domain.interview import REFUSED, Answers, Facts, Script
from cati.domain.programmes import Question

LINES: tuple[tuple[str, ...], ...] = (("busy",), (), ("no_answer",), ())
"""What happens before somebody answers, scenario by scenario, over and over."""

_NUMBERS = ("30", "20", "40", "60", "5", "1", "0", "100")
"""What a respondent says where a number is asked: the first that the questionnaire takes."""

IGNORED = frozenset({"dropped"})
"""Outcomes the program gives by itself, as when a number is redialled at once."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One invented respondent.

    Attributes:
        number: 1, 2, …; the same number does the same in the same questionnaire.
        lines: outcomes of the calls that nobody takes, in order.
        answers: question -> canonical value, for every question that is then asked.
        usual: the level given to most items, "" without items.
    """

    number: int
    lines: tuple[str, ...]
    answers: Mapping[str, str]
    usual: str

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcome of every call, the interview's last."""
        return (*self.lines, "complete")


@dataclass(frozen=True, slots=True)
class Keyed:
    """What an operator recorded of a scenario: outcomes of the calls in order, answers by question."""

    outcomes: tuple[str, ...]
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something recorded otherwise than it was told.

    Attributes:
        question: its name; "" where it is the outcome of a call.
        told: value or outcome.
        keyed: value or outcome, "" where there is none.
    """

    question: str
    told: str
    keyed: str


def scenario(script: Script, facts: Facts, number: int) -> Scenario:
    """The respondent of a practice interview.

    They agree to be interviewed, give one level to nearly all items, and something else to one or two.

    Args:
        script: the questionnaire.
        facts: of the case.
        number: 1, 2, ….
    """
    odd = _exceptions(script, facts, number)
    usual, answers = "", dict[str, str]()
    while (name := script.next_open(facts, answers)) is not None:
        question = script.question(name)
        if question.weight is not None and question.type == "select_one":
            usual = usual or _level(script, name, facts, number - 1)
            answers[name] = _rated(script, name, facts, number, odd)
        else:
            answers[name] = _screened(script, question, facts, answers)
    return Scenario(number, LINES[(number - 1) % len(LINES)], answers, usual)


def differences(script: Script, told: Scenario, keyed: Keyed) -> tuple[Difference, ...]:
    """Where the record is not as told: outcomes first, then answers; words in a field are free."""
    return (*_other_outcomes(told, keyed), *_other_answers(script, told, keyed))


def _other_outcomes(told: Scenario, keyed: Keyed) -> Iterator[Difference]:
    outcomes = [outcome for outcome in keyed.outcomes if outcome not in IGNORED]
    for nth in range(max(len(told.outcomes), len(outcomes))):
        wanted, found = (list[nth] if nth < len(list) else "" for list in (told.outcomes, outcomes))
        if wanted != found:
            yield Difference("", wanted, found)


def _other_answers(script: Script, told: Scenario, keyed: Keyed) -> Iterator[Difference]:
    for name, value in told.answers.items():
        found = keyed.answers.get(name, "")
        if script.question(name).type not in ("note", "text") and found != value:
            yield Difference(name, value, found)


def _exceptions(script: Script, facts: Facts, number: int) -> tuple[str, str]:
    """The items answered beside the scale and with another level; the first scenario lacks the latter."""
    place = facts.get("unit_code", ""), facts.get("group_code", "")
    items = [question.name for question in script.programme.items if question.is_asked(*place)]
    if not items:
        return "", ""
    lot = int.from_bytes(sha256(f"practice {number}".encode()).digest()[:8])
    aside = min(2, len(items) - 1) if number == 1 else lot % len(items)
    level = (aside + 1 + lot // len(items) % max(len(items) - 1, 1)) % len(items)
    return items[aside], "" if number == 1 or level == aside else items[level]


def _level(script: Script, name: str, facts: Facts, place: int) -> str:
    levels = [offer.name for offer in script.offers(name, facts, "zh") if not offer.aside]
    return levels[place % len(levels)]


def _rated(script: Script, name: str, facts: Facts, number: int, odd: tuple[str, str]) -> str:
    asides = [offer.name for offer in script.offers(name, facts, "zh") if offer.aside]
    if name == odd[0] and asides:
        return REFUSED if number == 1 and REFUSED in asides else asides[number % len(asides)]
    return _level(script, name, facts, number if name in odd else number - 1)


def _screened(script: Script, question: Question, facts: Facts, answers: Answers) -> str:
    """What lets the interview go on; the first of several such answers."""
    name = question.name
    if question.type.startswith("select"):
        offered = [offer.name for offer in script.offers(name, facts, "zh") if not offer.aside]
        on = (one for one in offered if script.outcome(facts, {**answers, name: one}).state != "ended")
        return next(on, offered[0])
    if question.type in ("integer", "decimal"):
        return next((n for n in _NUMBERS if _is_taken(script, name, n, facts, answers)), _NUMBERS[0])
    return script.check(name, "无" if question.required else "", facts, answers)


def _is_taken(script: Script, name: str, raw: str, facts: Facts, answers: Answers) -> bool:
    try:
        script.check(name, raw, facts, answers)
    except CatiError:
        return False
    return script.outcome(facts, {**answers, name: raw}).state != "ended"
