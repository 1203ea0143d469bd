"""Opinions: the list of codes and how it changes, who coded what, and how far two coders agree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.programmes import OpinionCode, Programme

TEXT = "text"
"""Type of a question that is answered in words."""

NO_OPINION = "none"
"""Code of words that say nothing, such as 没有意见; with it alone they are not sent, nor followed up. Every
list has it."""

GIVEN_IN = ("complete", "no_opinion", "partial")
"""States of interviews whose words are opinions: what was broken off or said twice is not sent to anybody."""


def opinion_items(programme: Programme) -> tuple[str, ...]:
    """Names of the questions whose answers are opinions: those the programme names, else all in words."""
    return programme.settings.opinion_items or tuple(q.name for q in programme.questions if q.type == TEXT)


class StepKind(StrEnum):
    """What happened to a code."""

    ADD = "add"
    RENAME = "rename"
    MERGE = "merge"
    """From now on it means another one."""
    RETIRE = "retire"
    """It is not given any more; where it was given it stays."""
    RESTORE = "restore"
    """It is given again."""


@dataclass(frozen=True, slots=True)
class CodeStep:
    """One change of the list.

    Attributes:
        label: the new words of a code that is added or renamed, else "".
        into: the code that one merged means from now on, else "".
    """

    kind: StepKind
    code: str
    label: str = ""
    into: str = ""


@dataclass(frozen=True, slots=True)
class BookCode:
    """A code as it stands.

    Attributes:
        label: as it was renamed last; "" while it is called as the programme's workbook says.
        into: the code it was merged into, "" for one that was not.
    """

    code: str
    labels: Mapping[str, str]
    retired: bool = False
    into: str = ""

    @property
    def in_use(self) -> bool:
        """Whether it may be given."""
        return not self.retired and not self.into


Book = Mapping[str, BookCode]
"""The list: all codes there ever were, in the order in which they came."""


def codebook(start: Iterable[OpinionCode], steps: Iterable[CodeStep]) -> Book:
    """The list of codes after all that was changed.

    Args:
        start: codes of the programme's workbook; where they lack `NO_OPINION` it stands last.
        steps: in the order in which they were taken; each was allowed (`refuse_step`) when it was.
    """
    begun = tuple(start)
    book = {one.code: BookCode(one.code, one.labels) for one in begun}
    book.setdefault(NO_OPINION, BookCode(NO_OPINION, {"zh": "无具体意见", "en": "Says nothing"}))
    for step in steps:
        known = book.get(step.code, BookCode(step.code, {}))
        match step.kind:
            case StepKind.ADD | StepKind.RENAME:
                # Whoever renames means the same code in every language.
                known = BookCode(step.code, {"zh": step.label}, known.retired, known.into)
            case StepKind.MERGE:
                known = BookCode(step.code, known.labels, known.retired, step.into)
            case StepKind.RETIRE | StepKind.RESTORE:
                known = BookCode(step.code, known.labels, step.kind is StepKind.RETIRE, known.into)
        book[step.code] = known
    if all(one.code != NO_OPINION for one in begun):
        book[NO_OPINION] = book.pop(NO_OPINION)
    return book


def meant(book: Book, codes: Iterable[str]) -> tuple[str, ...]:
    """What given codes mean now: merged ones are followed; each once, in the order of the list."""
    found = set()
    for code in codes:
        while book[code].into:
            code = book[code].into
        found.add(code)
    return tuple(code for code in book if code in found)


def is_sent(codes: Collection[str]) -> bool:
    """Whether an opinion of these codes goes to its unit: one that says nothing does not."""
    return set(codes) != {NO_OPINION}


def in_use(book: Book) -> tuple[BookCode, ...]:
    """The codes that may be given."""
    return tuple(one for one in book.values() if one.in_use)


def refuse_step(book: Book, step: CodeStep) -> None:
    """Refuse a change that does not fit the list as it stands.

    Raises:
        CatiError: ``opinion_code_taken``, ``opinion_code_unknown``, ``opinion_code_label``,
            ``opinion_code_same``.
    """
    if step.kind is StepKind.ADD:
        if step.code in book:
            raise CatiError(
                "opinion_code_taken",
                N_("There is a code {name} already. Nothing was changed. Take another code."),
                name=step.code,
            )
    else:
        _refuse_unknown(book, step.code, usable=step.kind is not StepKind.RESTORE)
    if step.kind in (StepKind.ADD, StepKind.RENAME) and not step.label:
        raise CatiError(
            "opinion_code_label", N_("A code needs words that say what it means. Nothing was changed.")
        )
    if step.kind is StepKind.MERGE:
        _refuse_unknown(book, step.into)
        if step.into == step.code:
            raise CatiError(
                "opinion_code_same", N_("A code cannot be merged into itself. Nothing was changed.")
            )


def refuse_codes(book: Book, codes: Collection[str]) -> None:
    """Refuse codes that may not be given.

    Raises:
        CatiError: ``opinion_code_unknown``.
    """
    for code in codes:
        _refuse_unknown(book, code)


def _refuse_unknown(book: Book, code: str, usable: bool = True) -> None:
    if code not in book or (usable and not book[code].in_use) or book[code].into:
        raise CatiError(
            "opinion_code_unknown",
            N_("There is no code {name} to be given. Nothing was changed. There are: {known}."),
            name=code,
            known=", ".join(one.code for one in in_use(book)),
        )


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two coders agree on what both coded.

    Attributes:
        both: opinions coded by both.
        same: of these, given the very same codes.
        kappa: Cohen's kappa over all decisions whether a code is given to an opinion; None where both always
            decided the same way, so that there is nothing to agree on by more than chance.
    """

    both: int
    same: int
    kappa: Fraction | None


def agreement(pairs: Sequence[tuple[Collection[str], Collection[str]]], codes: int) -> Agreement:
    """Agreement of two coders.

    Cohen, J. (1960): A coefficient of agreement for nominal scales. Each opinion and code is one decision of
    yes or no.

    Args:
        pairs: codes of the first and of the second coder, for each opinion that both coded.
        codes: how many codes could be given, >= 0.
    """
    same = sum(set(first) == set(second) for first, second in pairs)
    decisions = len(pairs) * codes
    first_yes, second_yes = (sum(len(set(pair[at])) for pair in pairs) for at in (0, 1))
    differing = sum(len(set(first) ^ set(second)) for first, second in pairs)
    if not decisions:
        return Agreement(len(pairs), same, None)
    observed = 1 - Fraction(differing, decisions)
    one, two = Fraction(first_yes, decisions), Fraction(second_yes, decisions)
    chance = one * two + (1 - one) * (1 - two)
    return Agreement(len(pairs), same, None if chance == 1 else (observed - chance) / (1 - chance))
