"""Points taken for problems that were found, and added for what a unit did about its own.

The rules of Xiang'an 2023, annex 3 (翔安区效能督查绩效评分办法): 5 points for each problem, doubled in
some circumstances (二.1, 四.1), halved where somebody was held accountable (四.2), 20 for the gravest (二.2);
where two rules fit one problem the higher is taken, and no problem costs twice (五.2); a person may reduce or
waive on ten grounds (三); a point for each person a unit itself held accountable, up to ten (四.3); what is
taken has no bound. Amounts, circumstances and bounds are the programme's; this is how they work together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from cati.base.i18n import language, translate
from cati.base.i18n import mark as N_
from cati.domain.programmes import AdjustmentRule, Programme, in_language

PER = ("unit", "problem", "person")
"""For what the points of a ground are given or taken."""

BY_LISTS = "lists"
"""In place of a basis: the points follow from the lists in force, as their reason says, and fall with it."""

ALWAYS = "always"
"""In place of circumstances: whatever they are."""


class Circumstance(StrEnum):
    """What makes a problem weigh more or less."""

    FOUND_ABOVE = "found_above"
    NOT_MENDED = "not_mended"
    REPORT_LATE = "report_late"
    UNDECIDED = "undecided"
    ACCOUNTABLE = "accountable"


CIRCUMSTANCES: Mapping[Circumstance, str] = {
    Circumstance.FOUND_ABOVE: N_("found by province or city, points taken there"),
    Circumstance.NOT_MENDED: N_("not mended as it should be"),
    Circumstance.REPORT_LATE: N_("mending reported late"),
    Circumstance.UNDECIDED: N_("left undecided for long after being pressed"),
    Circumstance.ACCOUNTABLE: N_("the person was held accountable"),
}
"""What each is called, to be translated."""


@dataclass(frozen=True, slots=True)
class Relief:
    """A person's decision that a problem costs less.

    Attributes:
        ground: code of the ground the programme names.
        left: points still taken, 0 or more; 0 waives them.
    """

    ground: str
    left: Decimal


@dataclass(frozen=True, slots=True)
class Problem:
    """Something found about a unit.

    Attributes:
        grounds: codes of the rules it falls under, at least one.
    """

    grounds: tuple[str, ...]
    circumstances: frozenset[Circumstance] = frozenset()
    relief: Relief | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """How points come about; amounts are exact decimals as text.

    Attributes:
        base: points of the rule.
        doubled: circumstances that doubled them, or ``always``; once, however many there are.
        halved: circumstances that halved them.
        lower: codes of rules that fit as well and weigh less.
        relief: code of the ground on which less is taken, empty without.
        counted: how often the base was counted before any bound.
    """

    base: str
    doubled: tuple[str, ...] = ()
    halved: tuple[str, ...] = ()
    lower: tuple[str, ...] = ()
    relief: str = ""
    counted: int = 1

    def as_text(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def of_text(cls, text: str) -> Basis:
        """What `as_text` wrote."""
        found: dict[str, Any] = json.loads(text)
        lists = {key: tuple(part) for key, part in found.items() if isinstance(part, list)}
        return cls(**{**found, **lists})


@dataclass(frozen=True, slots=True)
class Points:
    """What a problem costs, or what persons held accountable bring: on which ground, and why so much."""

    ground: str
    points: Decimal
    basis: Basis


def points_of(rules: Sequence[AdjustmentRule], problem: Problem) -> Points:
    """What a problem costs: the most that one of its rules takes, or what relief leaves of that.

    Args:
        rules: of the programme.
        problem: its grounds are codes of rules for each problem.
    """
    found = [_under(rule, problem) for rule in rules if rule.code in problem.grounds]
    # Of rules that weigh alike the first one in the programme is named.
    highest = max(found, key=lambda one: abs(one.points))
    lower = tuple(one.ground for one in found if one is not highest)
    points, relief = highest.points, ""
    if problem.relief is not None and problem.relief.left < abs(points):
        points, relief = problem.relief.left.copy_sign(points), problem.relief.ground
    basis = highest.basis
    return Points(highest.ground, points, Basis(basis.base, basis.doubled, basis.halved, lower, relief))


def _under(rule: AdjustmentRule, problem: Problem) -> Points:
    doubled = _met(rule.doubled, problem)
    halved = _met(rule.halved, problem)
    points = rule.points * (2 if doubled else 1) / (2 if halved else 1)
    return Points(rule.code, points, Basis(str(rule.points), doubled, halved))


def _met(named: Sequence[str], problem: Problem) -> tuple[str, ...]:
    return tuple(one for one in named if one == ALWAYS or one in problem.circumstances)


def points_for_persons(rule: AdjustmentRule, persons: int) -> Points:
    """What so many persons bring a unit on a ground for each person, within its bound.

    Args:
        rule: one that counts persons.
        persons: 0 or more.
    """
    points = rule.points * persons
    if rule.most is not None and abs(points) > rule.most:
        points = rule.most.copy_sign(points)
    return Points(rule.code, points, Basis(str(rule.points), counted=persons))


def basis_words(programme: Programme, basis: str) -> str:
    """How points come about, in the language in use; empty where they were given or their reason says it.

    Args:
        programme: whose rules.
        basis: as `Basis.as_text` gives it, `BY_LISTS`, or empty.
    """
    if basis in ("", BY_LISTS):
        return ""
    found = Basis.of_text(basis)
    if found.counted > 1:
        said = [translate(N_("{base} × {count} persons")).format(base=found.base, count=found.counted)]
    else:
        said = [translate(N_("base {base}")).format(base=found.base)]
    for times, why in ((N_("doubled"), found.doubled), (N_("halved"), found.halved)):
        if why:
            reasons = [translate(CIRCUMSTANCES[Circumstance(one)]) for one in why if one != ALWAYS]
            words, because = translate(times), translate(", ").join(reasons)
            said.append(
                translate(N_("{words} ({because})")).format(words=words, because=because)
                if reasons
                else words
            )
    if found.lower:
        rules = {
            rule.code: in_language(rule.labels, language(), rule.label) for rule in programme.adjustments
        }
        named = translate(", ").join(rules.get(code, code) for code in found.lower)
        said.append(translate(N_("higher than {rules}")).format(rules=named))
    if found.relief:
        grounds = {one.code: in_language(one.labels, language(), one.label) for one in programme.relief}
        said.append(
            translate(N_("relieved: {ground}")).format(ground=grounds.get(found.relief, found.relief))
        )
    return translate(", ").join(said)
