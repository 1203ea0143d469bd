"""The questionnaire as it is asked: which question comes next, what it says, what counts.

Nothing here is stored. The path is worked out from the answers each time, so going back and changing
an answer can neither lose another answer nor leave a question behind that is no longer asked.
Weights of answers and the codes 不了解, 说不清, 不适用, 拒答 are the programme's own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import takewhile

from cati.base.errors import CatiError
from cati.base.i18n import language as ui_language
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.expressions import Expression
from cati.domain.programmes import Choice, Labels, Programme, Question, in_language

Facts = Mapping[str, str]
Answers = Mapping[str, str]

GIVEN_FACTS = ("unit", "unit_code", "group", "group_code", "surname", "title", "source")
"""Facts about the case that whoever asks must give; `source` is list or pool."""

SETTING_FACTS = ("bureau", "approval_number", "hotline")
"""Facts taken from the programme's settings."""

ITEM_FACT = "item"
"""In a question's text: the short name of that question."""

FACTS = (*GIVEN_FACTS, *SETTING_FACTS, ITEM_FACT)
"""A `calculate` row of one of these names takes the fact; its own calculation only serves previews."""

NOT_APPLICABLE = "not_applicable"
"""The answer 不适用, offered only for a unit x item declared beforehand."""

REFUSED = "refused"
"""The answer 拒答本题: the item was asked but not answered."""

ASIDE = frozenset({"dont_know", "unclear", NOT_APPLICABLE, REFUSED})
"""Answers that are recorded when heard but never read out."""

RECORDING_REFUSED = "recording_refused"
"""The outcome of an interview with somebody who does not want to be recorded."""

READ = "read"
"""The answer of a note: the operator has read it."""

VARIABLE = re.compile(r"\$\{\s*([^}]*?)\s*\}")
_SENTENCE = re.compile(r"[。！？.!?]$")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_INTEGER = re.compile(r"-?[0-9]{1,15}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `piped` words were filled in and are shown bold, but for whole sentences."""

    text: str
    piped: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """One answer that may be given to a question.

    Attributes:
        key: the digit that records it, "" if none.
        aside: recorded when heard, never read out.
    """

    name: str
    key: str
    label: str
    aside: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where an interview stands.

    Attributes:
        state: open, complete (all that must be answered is) or ended (an ending row is reached).
        disposition: what the ending row proposes, "complete" for a complete interview, else "".
        counted: items on the path with an answer that has points.
        answered: items on the path with any answer but a refusal or 不适用.
        items: items on the path, without those answered 不适用.
        no_opinion: complete, but with fewer counted answers than the programme's minimum.
        share_answered: answered / items, 0 when there are no items.
        refused: items on the path the respondent declined.
        screened: all that is asked before the first item is answered, and did not end the interview.
    """

    state: str
    disposition: str
    counted: int
    answered: int
    items: int
    no_opinion: bool
    share_answered: Fraction
    refused: int = 0
    screened: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    question: Question
    relevant: Expression | None
    constraint: Expression | None
    calculation: Expression | None


@dataclass(frozen=True, slots=True)
class _Walk:
    path: tuple[str, ...]
    values: Mapping[str, str]
    ending: Question | None


class Script:
    """A programme's questionnaire, compiled once and used for any number of interviews.

    Every method takes the facts of the case (`GIVEN_FACTS`; one that is missing reads as empty) and the
    answers so far, question name -> canonical value. An answer of "" means: asked, left blank.
    """

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self._rows = tuple(_compiled(q) for q in programme.questions)
        self._by_name = {row.question.name: row for row in self._rows}
        self._order = {row.question.name: place for place, row in enumerate(self._rows)}
        self._not_applicable = frozenset(programme.not_applicable)
        settings = programme.settings
        self._settings = {name: str(getattr(settings, name)) for name in SETTING_FACTS}
        self._walked: tuple[tuple[Facts, Answers, _Walk], ...] = ()

    @classmethod
    def of(cls, programme: Programme) -> Script:
        """Compile the questionnaire of a programme.

        Raises:
            CatiError: ``expression_…`` for an expression that is not understood.
        """
        return cls(programme)

    # ---- the path --------------------------------------------------------------------------------

    def path(self, facts: Facts, answers: Answers) -> tuple[str, ...]:
        """Names of the questions that are asked, in order, up to the first ending row."""
        return self._walk(facts, answers).path

    def off_path(self, facts: Facts, answers: Answers) -> frozenset[str]:
        """Answered questions that are not asked any more; their answers are kept but count for nothing."""
        return frozenset(answers) - frozenset(self.path(facts, answers))

    def next_open(self, facts: Facts, answers: Answers) -> str | None:
        """The first question on the path without an answer, a note until it is confirmed; None at the end."""
        return next((name for name in self.path(facts, answers) if name not in answers), None)

    def after(self, name: str, facts: Facts, answers: Answers) -> str | None:
        """The question asked after `name`, None after the last."""
        place = self._order[name]
        return next((n for n in self.path(facts, answers) if self._order[n] > place), None)

    def before(self, name: str, facts: Facts, answers: Answers) -> str | None:
        """The question asked before `name`, None before the first."""
        place = self._order[name]
        return next((n for n in reversed(self.path(facts, answers)) if self._order[n] < place), None)

    def items(self, facts: Facts, answers: Answers) -> tuple[str, ...]:
        """Names of the evaluated questions on the path, in order."""
        return tuple(n for n in self.path(facts, answers) if self.question(n).weight is not None)

    def question(self, name: str) -> Question:
        """The question of that name (KeyError if none)."""
        return self._by_name[name].question

    # ---- answers ---------------------------------------------------------------------------------

    def check(self, name: str, raw: str, facts: Facts, answers: Answers) -> str:
        """The canonical value of an answer.

        Args:
            name: the question.
            raw: what was typed: a choice name (several, separated by blanks, for select_multiple), a
                digit key, a number, a text; for a note anything.
            facts: facts of the case.
            answers: the answers so far, of which only those before `name` matter.

        Raises:
            CatiError: ``answer_required``, ``answer_unknown`` (no such choice, or the key is not offered),
                ``answer_number``, ``answer_constraint``.
        """
        row = self._by_name[name]
        question = row.question
        if question.type == "note":
            return READ
        value = self._canonical(question, raw, facts)
        if not value:
            if question.required:
                raise CatiError(
                    "answer_required",
                    N_("This question needs an answer. Record what was said, or key 7 or 9.")
                    if self._has_aside(question)
                    else N_("This question needs an answer."),
                )
            return ""
        if row.constraint is not None:
            values = self._walk(facts, answers).values
            if not row.constraint.holds(values, own=value):
                words = self._filled(question.constraint_message, facts, answers, ui_language(), "")
                message = "".join(piece.text for piece in words) or _("This answer is not possible here.")
                raise CatiError("answer_constraint", "{words}", words=message)
        return value

    def by_key(self, name: str, digit: str, facts: Facts) -> str | None:
        """The choice a digit key records at this question, None when the key is not offered."""
        return next((o.name for o in self._offered(name, facts) if o.key and o.key == digit), None)

    def offers(self, name: str, facts: Facts, language: str) -> tuple[Offer, ...]:
        """The answers of a select question in the order of the workbook; none for any other type."""
        return tuple(
            Offer(c.name, c.key, in_language(c.labels, language, c.name), c.name in ASIDE)
            for c in self._offered(name, facts)
        )

    def answer_label(self, name: str, value: str, language: str) -> str:
        """An answer as words: the labels of the choices, or the value itself."""
        chosen = {c.name: c for c in self._choices(name)}
        if not chosen:
            return value
        names = value.split()
        return "、".join(in_language(chosen[n].labels, language, n) if n in chosen else n for n in names)

    # ---- words -----------------------------------------------------------------------------------

    def text(self, name: str, facts: Facts, answers: Answers, language: str) -> tuple[Piece, ...]:
        """What the question says, piped words apart."""
        question = self.question(name)
        return self._filled(question.labels, facts, answers, language, self.short(name, language))

    def hint(self, name: str, facts: Facts, answers: Answers, language: str) -> tuple[Piece, ...]:
        """The explanation of the question, nothing when it has none."""
        question = self.question(name)
        return self._filled(question.hint, facts, answers, language, self.short(name, language))

    def card(self, facts: Facts, answers: Answers, language: str) -> tuple[Piece, ...]:
        """What the operator reads when the respondent doubts the call."""
        return self._filled(self.programme.verification_card, facts, answers, language, "")

    def short(self, name: str, language: str) -> str:
        """What the question is called in lists and headings: its short name, else its name."""
        return in_language(self.question(name).short, language, name)

    # ---- screening -------------------------------------------------------------------------------

    def lets_on(self, name: str, facts: Facts, answers: Answers) -> bool:
        """Whether the answer to `name` is the one that leads straight on to the items.

        True only where another answer ends the interview or asks more: a question without such a gate is
        never passed, whatever is answered.
        """
        place = self._order[name]
        before = {n: value for n, value in answers.items() if self._order[n] < place}
        walks = {c.name: self._walk(facts, {**before, name: c.name}) for c in self._offered(name, facts)}
        lengths = {n: len(walk.path) for n, walk in walks.items() if walk.ending is None}
        straight = min(lengths.values(), default=0)
        others = [n for n in walks if lengths.get(n) != straight]
        return bool(others) and lengths.get(answers[name]) == straight

    def declines_recording(self, facts: Facts, answers: Answers) -> bool:
        """Whether the respondent does not want to be recorded, as far as the answers tell.

        So it is where they lead to the outcome of that name, and already while it is asked once more: the
        question to be answered next has the same answers as one before it, was reached by that one's no, and
        the same no once more leads to that outcome. Whoever agrees after all has not declined.
        """
        walk = self._walk(facts, answers)
        if walk.ending is not None:
            return walk.ending.disposition == RECORDING_REFUSED
        name = self.next_open(facts, answers)
        if name is None:
            return False
        again = self.question(name)
        said = {
            answers.get(before, "")
            for before in VARIABLE.findall(again.relevant)
            if before in self._by_name and self.question(before).list_name == again.list_name
        }
        for value in said & {choice.name for choice in self._offered(name, facts)}:
            ending = self._walk_anew(facts, {**answers, name: value}).ending
            if ending is not None and ending.disposition == RECORDING_REFUSED:
                return True
        return False

    # ---- outcome ---------------------------------------------------------------------------------

    def outcome(self, facts: Facts, answers: Answers) -> Outcome:
        """Where the interview stands.

        An ending row ends it as soon as everything before it is answered, whether or not the operator
        has confirmed reading it out. It is complete once nothing that must be answered is open: whoever
        hangs up before the closing words are read has answered everything. An item is answered unless it
        was refused or does not apply (AAPOR, Standard Definitions 2023, partial interviews).
        """
        walk = self._walk(facts, answers)
        asked = [(n, answers.get(n)) for n in walk.path if self.question(n).weight is not None]
        applicable = [(n, value) for n, value in asked if value != NOT_APPLICABLE]
        answered = sum(1 for _, value in applicable if value and value != REFUSED)
        refused = sum(1 for _, value in applicable if value == REFUSED)
        counted = sum(1 for n, value in applicable if value and self._points(n, value) is not None)
        missing = next((n for n in walk.path if n not in answers), None)
        state, disposition = "open", ""
        if walk.ending is not None and missing in (None, walk.ending.name):
            state, disposition = "ended", walk.ending.disposition
        elif walk.ending is None and all(n in answers for n in self._needed(walk.path)):
            state, disposition = "complete", "complete"
        no_opinion = state == "complete" and bool(asked) and counted < self.programme.settings.minimum_counted
        share = Fraction(answered, len(applicable)) if applicable else Fraction(0)
        before = takewhile(lambda n: self.question(n).weight is None, walk.path)
        screened = bool(asked) and all(n in answers for n in before)
        return Outcome(
            state, disposition, counted, answered, len(applicable), no_opinion, share, refused, screened
        )

    # ---- inside ----------------------------------------------------------------------------------

    def _walk(self, facts: Facts, answers: Answers) -> _Walk:
        # Everything that is shown of one moment asks for the same, in one or two languages.
        for for_facts, for_answers, walk in self._walked:
            if for_facts == facts and for_answers == answers:
                return walk
        walk = self._walk_anew(facts, answers)
        self._walked = ((dict(facts), dict(answers), walk), *self._walked[:1])
        return walk

    def _walk_anew(self, facts: Facts, answers: Answers) -> _Walk:
        values = {**self._settings, **facts}
        unit, group = facts.get("unit_code", ""), facts.get("group_code", "")
        path: list[str] = []
        for row in self._rows:
            question = row.question
            if not question.is_asked(unit, group):
                continue
            if row.relevant is not None and not row.relevant.holds(values):
                continue
            if row.calculation is not None:
                if question.name not in FACTS:
                    values[question.name] = row.calculation.value(values)
                continue
            path.append(question.name)
            values[question.name] = answers.get(question.name, "")
            if question.disposition:
                return _Walk(tuple(path), values, question)
        return _Walk(tuple(path), values, None)

    def _needed(self, path: tuple[str, ...]) -> list[str]:
        """The questions without which an interview is not complete; without such ones all that are asked."""
        asked = [self.question(name) for name in path if self.question(name).type != "note"]
        needed = [q.name for q in asked if q.required or q.weight is not None]
        return needed or [q.name for q in asked] or list(path)

    def _choices(self, name: str) -> tuple[Choice, ...]:
        return self.programme.choices.get(self.question(name).list_name, ())

    def _offered(self, name: str, facts: Facts) -> tuple[Choice, ...]:
        declared = (facts.get("unit_code", ""), name) in self._not_applicable
        return tuple(c for c in self._choices(name) if c.name != NOT_APPLICABLE or declared)

    def _has_aside(self, question: Question) -> bool:
        return any(c.name in ASIDE for c in self.programme.choices.get(question.list_name, ()))

    def _points(self, name: str, value: str) -> Decimal | None:
        return next((c.points for c in self._choices(name) if c.name == value), None)

    def _canonical(self, question: Question, raw: str, facts: Facts) -> str:
        text = _CONTROL.sub("", raw.replace("\r\n", "\n")).strip()
        if question.type in ("integer", "decimal"):
            return _number(unicodedata.normalize("NFKC", text), whole=question.type == "integer")
        if question.type == "select_one":
            return self._named(question.name, text, facts) if text else ""
        if question.type == "select_multiple":
            chosen = {self._named(question.name, part, facts) for part in text.split()}
            return " ".join(c.name for c in self._choices(question.name) if c.name in chosen)
        return text

    def _named(self, name: str, raw: str, facts: Facts) -> str:
        if any(c.name == raw for c in self._offered(name, facts)):
            return raw
        value = self.by_key(name, unicodedata.normalize("NFKC", raw), facts)
        if value is None:
            raise CatiError(
                "answer_unknown",
                N_("That is not an answer to this question; nothing was recorded. Use the keys shown."),
            )
        return value

    def _filled(
        self, labels: Labels, facts: Facts, answers: Answers, language: str, short: str
    ) -> tuple[Piece, ...]:
        values = dict(self._walk(self._localised(facts, language), answers).values)
        values[ITEM_FACT] = short
        pieces: list[Piece] = []
        for index, part in enumerate(VARIABLE.split(in_language(labels, language))):
            text = part
            if index % 2 == 0:
                pieces.append(Piece(text))
                continue
            text = values.get(part, "")
            text = self.answer_label(part, text, language) if part in self._by_name else text
            whole = _SENTENCE.search(text) is not None
            pieces += _sentence(text, values.get("unit", "")) if whole else [Piece(text, True)]
        return tuple(piece for piece in pieces if piece.text)

    def _localised(self, facts: Facts, language: str) -> Facts:
        """The facts with unit and group named in the language of the text."""
        named = dict(facts)
        for unit in self.programme.units:
            if unit.code == facts.get("unit_code"):
                named["unit"] = unit.labels.get(language.split("_")[0], unit.name)
        for group in self.programme.groups:
            if group.code == facts.get("group_code"):
                named["group"] = group.labels.get(language.split("_")[0], group.label)
        return named


def _compiled(question: Question) -> _Row:
    def maybe(source: str, own: bool = False) -> Expression | None:
        return Expression.compile(source, own=own) if source else None

    return _Row(
        question,
        relevant=maybe(question.relevant),
        constraint=maybe(question.constraint, own=True),
        calculation=maybe(question.calculation) if question.type == "calculate" else None,
    )


def _sentence(text: str, unit: str) -> list[Piece]:
    """A whole sentence that was piped in: of its words only the unit's name is strong."""
    before, *after = text.split(unit) if unit else [text]
    return [Piece(before), *(piece for part in after for piece in (Piece(unit, True), Piece(part)))]


def _number(text: str, *, whole: bool) -> str:
    if not text:
        return ""
    plain = text.replace(",", "").replace("，", "")
    if not (_INTEGER if whole else _DECIMAL).fullmatch(plain):
        raise CatiError(
            "answer_number",
            N_("Only a whole number can be recorded here.")
            if whole
            else N_("Only a number can be recorded here."),
        )
    number = Decimal(plain)
    return (
        str(int(number)) if whole or number == number.to_integral_value() else format(number.normalize(), "f")
    )
