"""What has to be hidden in somebody's words before they leave the bureau: who said them, and whom to call."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cati.domain.contacts import Contact

HIDDEN = "［隐去］"
"""Stands for what was hidden, however long it was."""

LEAST_DIGITS = 7
"""So many digits in a row may be somebody's number: a landline without its area code has seven or eight."""

_NUMERALS = {
    letter: str(digit)
    for digit, letters in enumerate(
        ("零〇", "一壹幺", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for letter in letters
}
_BETWEEN = "[\\s\u200b-\u200f\u2060\ufeff\\-‐-―_.·()（）]{0,2}"
_DIGIT = f"[0-9０-９{''.join(_NUMERALS)}]"
_RUN = re.compile(f"[+＋]?{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{{LEAST_DIGITS - 1},}}[xX]?")
_BRACKETED = re.compile(r"[(（\[【].*?[)）\]】]")
_APART = re.compile(r"[\s/、,，;；]+")
_TITLE = re.compile("(?:先生|女士|小姐|同志|老师|师傅|经理|主任|书记|厂长|总)$")
_DAY = re.compile(r"(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])")


class Span(NamedTuple):
    """Characters of a text from `start` up to, not including, `end`."""

    start: int
    end: int


def proposed(text: str) -> tuple[Span, ...]:
    """Where a text holds what looks like somebody's number: of a telephone, a card, an account.

    Digits may be Chinese numerals or of full width, with a blank or a dash between them; a date is none.
    """
    runs = (found for found in _RUN.finditer(text) if not _DAY.fullmatch(found[0]))
    return tuple(Span(*found.span()) for found in runs)


def personal(text: str, contact: Contact) -> tuple[Span, ...]:
    """Where a text holds the name or a number of whoever said it, whatever stands between the characters."""
    letters, places = _folded(text)
    wanted = {_folded(name)[0] for name in _names(contact.name)}
    wanted |= {form for phone in contact.phones for form in _forms(phone.e164)}
    spans = []
    for word in filter(None, wanted):
        at = letters.find(word)
        while at >= 0:
            spans.append(Span(places[at], places[at + len(word) - 1] + 1))
            at = letters.find(word, at + 1)
    return merged(spans)


def of_words(text: str, words: Iterable[str]) -> tuple[Span, ...]:
    """Every place of some words in a text."""
    return merged(
        Span(*found.span()) for word in words if word for found in re.finditer(re.escape(word), text)
    )


def words_of(text: str, spans: Iterable[Span]) -> tuple[str, ...]:
    """The words at some places, each once."""
    return tuple(dict.fromkeys(text[span.start : span.end] for span in spans))


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order; those that touch or overlap become one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)


def hidden(text: str, spans: Iterable[Span]) -> str:
    """The text without what stands in some spans; they may lie in any order and overlap."""
    parts, at = [], 0
    for span in merged(spans):
        parts += [text[at : span.start], HIDDEN]
        at = span.end
    return "".join([*parts, text[at:]])


def sendable(text: str, decided: Sequence[Span] | None, contact: Contact | None) -> str:
    """A text as it may leave the bureau.

    Args:
        text: as it was said.
        decided: what somebody decided to hide; None while nobody looked, when all that is proposed is hidden.
        contact: of whoever said it: never seen, whatever was decided. None where nobody knows.
    """
    spans = proposed(text) if decided is None else decided
    return hidden(text, [*spans, *(personal(text, contact) if contact is not None else ())])


def packed(spans: Iterable[Span]) -> str:
    """Spans as one line of text."""
    return " ".join(f"{span.start}-{span.end}" for span in spans)


def unpacked(line: str) -> tuple[Span, ...]:
    """The spans that `packed` wrote."""
    return tuple(Span(*map(int, part.split("-"))) for part in line.split())


def _folded(text: str) -> tuple[str, list[int]]:
    """Letters and digits alone, small and of one width, numerals as digits; and where each of them stands."""
    letters: list[str] = []
    places: list[int] = []
    for place, given in enumerate(text):
        for letter in unicodedata.normalize("NFKC", given).casefold():
            digit = unicodedata.decimal(letter, None)
            if digit is not None or letter.isalnum():
                letters.append(str(digit) if digit is not None else _NUMERALS.get(letter, letter))
                places.append(place)
    return "".join(letters), places


def _names(name: str) -> Iterable[str]:
    """What somebody in a list may be called: as it stands there, and without what units add to names."""
    yield name
    for part in _APART.split(_BRACKETED.sub(" ", name)):
        plain = _TITLE.sub("", part)
        yield from (one for one in (part, plain) if len(one) > 1)


def _forms(e164: str) -> Iterable[str]:
    """A number as people say it: without the country's code, and a landline without its area code too."""
    digits = e164.removeprefix("+86").removeprefix("+")
    yield digits
    if not digits.startswith("1"):
        # Area codes are of two or three digits.
        yield from (digits[at:] for at in (2, 3) if len(digits) - at >= LEAST_DIGITS)
