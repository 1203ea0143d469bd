"""Conditions and calculations of a questionnaire: XLSForm expressions, checked and compiled once.

The language is the part of XLSForm that needs no document tree: ``${name}``, literals, the operators
of XPath 1.0 and a closed set of functions (`FUNCTIONS`), evaluated by libxml2. Nothing depends on the
clock or on chance, so what is asked is a function of the answers alone.
Sources: XLSForm reference, "Formulas"; ODK XForms specification, "XPath Functions".
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lxml import etree

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_

Value = str | float | bool


@dataclass(frozen=True, slots=True)
class Function:
    """One function a clerk may use.

    Attributes:
        least, most: number of arguments; `most` None means any number.
        call: our own, or None where XPath 1.0 has it.
    """

    least: int
    most: int | None
    call: Callable[..., Value] | None = None


_NUMBER = re.compile(r"[ \t\r\n]*-?([0-9]+(\.[0-9]*)?|\.[0-9]+)[ \t\r\n]*")
"""What XPath 1.0 takes for a number: digits with at most one point."""


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        return str(int(value)) if value.is_integer() else repr(value)
    return value


def _number(value: Value) -> float:
    if isinstance(value, str):
        # XPath 1.0, "number": digits with at most one point; anything else is not a number.
        return (
            float(value)
            if re.fullmatch(r"[ \t\r\n]*-?([0-9]+(\.[0-9]*)?|\.[0-9]+)[ \t\r\n]*", value)
            else math.nan
        )
    return float(value)


def _truth(value: Value) -> bool:
    return not math.isnan(value) and value != 0 if isinstance(value, float) else bool(value)


def _if(_context: object, condition: Value, then: Value, otherwise: Value) -> Value:
    return then if _truth(condition) else otherwise


def _coalesce(_context: object, first: Value, second: Value) -> Value:
    return first if _text(first) else second


def _selected(_context: object, chosen: Value, name: Value) -> bool:
    return _text(name).strip() in _text(chosen).split()


def _selected_at(_context: object, chosen: Value, index: Value) -> str:
    names, place = _text(chosen).split(), _number(index)
    return names[int(place)] if 0 <= place < len(names) else ""


def _count_selected(_context: object, chosen: Value) -> float:
    return float(len(_text(chosen).split()))


def _regex(_context: object, value: Value, pattern: Value) -> bool:
    return re.fullmatch(_text(pattern), _text(value)) is not None


def _int(_context: object, value: Value) -> float:
    number = _number(value)
    return number if math.isnan(number) else float(math.trunc(number))


def _round(_context: object, value: Value, places: Value = 0.0) -> float:
    number, digits = _number(value), _number(places)
    if math.isnan(number) or math.isnan(digits):
        return math.nan
    return float(Decimal(repr(number)).quantize(Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP))


def _smallest(_context: object, *values: Value) -> float:
    return min((_number(v) for v in values), key=lambda n: -math.inf if math.isnan(n) else n)


def _largest(_context: object, *values: Value) -> float:
    return max((_number(v) for v in values), key=lambda n: math.inf if math.isnan(n) else n)


def _substr(_context: object, value: Value, start: Value, end: Value = math.inf) -> str:
    text, first, last = _text(value), _number(start), _number(end)
    if math.isnan(first) or math.isnan(last):
        return ""
    return text[int(max(first, 0)) : int(min(max(last, 0), len(text)))]


def _ends_with(_context: object, value: Value, end: Value) -> bool:
    return _text(value).endswith(_text(end))


FUNCTIONS: dict[str, Function] = {
    "if": Function(3, 3, _if),
    "coalesce": Function(2, 2, _coalesce),
    "selected": Function(2, 2, _selected),
    "selected-at": Function(2, 2, _selected_at),
    "count-selected": Function(1, 1, _count_selected),
    "regex": Function(2, 2, _regex),
    "int": Function(1, 1, _int),
    "round": Function(1, 2, _round),
    "min": Function(1, None, _smallest),
    "max": Function(1, None, _largest),
    "substr": Function(2, 3, _substr),
    "ends-with": Function(2, 2, _ends_with),
    "not": Function(1, 1),
    "true": Function(0, 0),
    "false": Function(0, 0),
    "boolean": Function(1, 1),
    "number": Function(1, 1),
    "string": Function(1, 1),
    "floor": Function(1, 1),
    "ceiling": Function(1, 1),
    "concat": Function(2, None),
    "contains": Function(2, 2),
    "starts-with": Function(2, 2),
    "string-length": Function(1, 1),
    "normalize-space": Function(1, 1),
    "translate": Function(3, 3),
}
"""All functions there are. No today() and no random(): an interview opened tomorrow asks the same."""

_OWN = "odk-"
"""Put before our own functions, since libxml2 keeps its `round` of one argument."""

_EXTENSIONS = {(None, _OWN + name): f.call for name, f in FUNCTIONS.items() if f.call is not None}

_ASCII = str.maketrans("（）＝＜＞！＋－＊，．｛｝＄０１２３４５６７８９", "()=<>!+-*,.{}$0123456789")
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | \$\{\s*(?P<variable>[^}]*?)\s*\}
      | (?P<string>"[^"]*"|'[^']*'|“[^”]*”|‘[^’]*’)
      | (?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
      | (?P<word>[A-Za-z][A-Za-z0-9_-]*)
      | (?P<mark><=|>=|!=|[=<>+\-*(),.])""",
    re.VERBOSE,
)
_OPERATORS = frozenset(["=", "!=", "<", "<=", ">", ">=", "+", "-", "*"]) | {"and", "or", "div", "mod"}
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters XML has no place for; libxml2 would refuse the whole value."""

_NODE = etree.Element("none")


def _refuse(code: str, message: str, **params: object) -> CatiError:
    return CatiError(code, message, **params)


def _tokens(source: str) -> list[tuple[str, str]]:
    """Kind and ASCII text of each token; typing marks of Chinese keyboards are understood."""
    tokens, place = [], 0
    plain = "".join(part if i % 2 else part.translate(_ASCII) for i, part in enumerate(_quoted(source)))
    while place < len(plain):
        found = _TOKEN.match(plain, place)
        if found is None:
            raise _refuse(
                "expression_character",
                N_("“{text}” is not understood here. Use ${{name}}, words in quotes, numbers and functions."),
                text=plain[place : place + 12],
            )
        place = found.end()
        kind = found.lastgroup or ""
        text = found.group(kind)
        if kind == "string" and text[0] in "“‘":
            mark = "'" if "'" not in text else '"'
            text = mark + text[1:-1] + mark
        if kind != "space":
            tokens.append((kind, text))
    return tokens


def _quoted(source: str) -> list[str]:
    return re.split(r"""("[^"]*"|'[^']*'|“[^”]*”|‘[^’]*’)""", source)


def canonical(source: str) -> str:
    """The expression in plain XLSForm writing, with ASCII marks and quotes.

    Raises:
        CatiError: ``expression_character``.
    """
    written, before = "", "("
    for kind, text in _tokens(source):
        joined = before == "(" or text in "),." or (text == "(" and before in FUNCTIONS)
        text = f"${{{text}}}" if kind == "variable" else text
        written, before = written + ("" if joined and text != "." else " ") + text, text
    return written.strip()


class _Checker:
    """Reads tokens once: operands and operators in turn, functions known and with the right arguments."""

    def __init__(self, own: bool) -> None:
        self.own = own
        self.names: list[str] = []
        self.written: list[str] = []
        self.open: list[tuple[str, int]] = []  # function ("" for a bracket) and arguments so far
        self.wants_operand = True

    def read(self, tokens: list[tuple[str, str]]) -> None:
        for index, (kind, text) in enumerate(tokens):
            after = tokens[index + 1][1] if index + 1 < len(tokens) else ""
            if kind == "word" and text not in _OPERATORS:
                self._function(text, after, tokens[index:])
            elif kind == "mark" and text in "(),":
                self._bracket(text, tokens[index - 1][1] if index else "")
            elif kind in ("word", "mark") and text in _OPERATORS:
                self._operator(text)
            else:
                self._operand(kind, text)
        if self.open or self.wants_operand:
            raise _refuse(
                "expression_unfinished",
                N_("The expression is not finished: a bracket or a value is missing."),
            )

    def _expect(self, operand: bool, text: str) -> None:
        if self.wants_operand != operand:
            raise _refuse(
                "expression_order",
                N_("“{text}” cannot stand here. Between two values there must be one operator."),
                text=text,
            )

    def _function(self, name: str, after: str, rest: list[tuple[str, str]]) -> None:
        self._expect(True, name)
        if after != "(":
            raise _refuse(
                "expression_word", N_("“{text}” must stand in quotes, or be ${{{text}}}."), text=name
            )
        if name not in FUNCTIONS:
            raise _refuse(
                "expression_function",
                N_("There is no function {name}(). Known are: {known}."),
                name=name,
                known=", ".join(FUNCTIONS),
            )
        if name == "regex":
            _check_pattern(rest)
        self.written.append((_OWN if FUNCTIONS[name].call else "") + name)

    def _bracket(self, text: str, before: str) -> None:
        if text == "(":
            self._expect(True, text)
            self.open.append((before if before in FUNCTIONS else "", 0))
        else:
            empty = text == ")" and before == "(" and bool(self.open) and bool(self.open[-1][0])
            if not empty:
                self._expect(False, text)
            if not self.open or (text == "," and not self.open[-1][0]):
                raise _refuse(
                    "expression_bracket", N_("“{text}” belongs to no function or bracket."), text=text
                )
            name, count = self.open.pop()
            if text == ",":
                self.open.append((name, count + 1))
            elif name:
                _check_count(name, 0 if empty else count + 1)
        self.wants_operand = text != ")"
        self.written.append(text)

    def _operator(self, text: str) -> None:
        if not (text == "-" and self.wants_operand):
            self._expect(False, text)
        self.wants_operand = True
        self.written.append(text)

    def _operand(self, kind: str, text: str) -> None:
        self._expect(True, text)
        if kind == "string" and "${" in text:
            raise _refuse(
                "expression_quoted_variable",
                N_("Inside quotes {text} stays as it is. Join it with concat(…) instead."),
                text=text,
            )
        if kind == "variable":
            if text not in self.names:
                self.names.append(text)
            text = f"$v{self.names.index(text)}"
        elif text == ".":
            if not self.own:
                raise _refuse(
                    "expression_own_value", N_("“.” (the answer itself) can only be used in a constraint.")
                )
            text = "$own"
        self.wants_operand = False
        self.written.append(text)


def _check_count(name: str, count: int) -> None:
    function = FUNCTIONS[name]
    if count < function.least or (function.most is not None and count > function.most):
        raise _refuse(
            "expression_arguments",
            N_("{name}() has {count} values in its brackets; it takes {wanted}."),
            name=name,
            count=count,
            wanted=_wanted(function),
        )


def _wanted(function: Function) -> str:
    if function.most is None:
        return f"{function.least}+"
    return str(function.least) if function.least == function.most else f"{function.least}-{function.most}"


def _check_pattern(rest: list[tuple[str, str]]) -> None:
    """The pattern of a regex() must be a literal, so that a wrong one is found on load."""
    depth = 0
    for index, (kind, text) in enumerate(rest):
        depth += (text == "(") - (text == ")")
        if kind == "mark" and text == "," and depth == 1:
            pattern = rest[index + 1] if index + 1 < len(rest) else ("", "")
            try:
                if pattern[0] == "string" and rest[index + 2][1] == ")":
                    re.compile(pattern[1][1:-1])
                    return
            except (re.error, IndexError):
                break
    raise _refuse(
        "expression_pattern", N_("The second value of regex() must be one valid pattern in quotes.")
    )


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression.

    Attributes:
        source: as written in the workbook.
        names: the variables it reads, in order of first use.
    """

    source: str
    names: tuple[str, ...]
    _condition: Any
    _string: Any

    @classmethod
    def compile(cls, source: str, *, own: bool = False) -> Expression:
        """Check and compile.

        Args:
            source: the cell's text.
            own: whether ``.`` stands for the answer itself (constraints only).

        Raises:
            CatiError: ``expression_…``, in words for the author of the workbook.
        """
        checker = _Checker(own)
        checker.read(_tokens(source))
        xpath = " ".join(checker.written)

        try:
            compiled = [
                etree.XPath(f"{kind}({xpath})", extensions=_EXTENSIONS, smart_strings=False)
                for kind in ("boolean", "string")
            ]
        except etree.XPathError:
            # Nothing the check lets through but far too many brackets inside each other.
            raise _refuse("expression_deep", N_("The expression is too deep. Split it up.")) from None
        return cls(source, tuple(checker.names), *compiled)

    def holds(self, values: Mapping[str, str], own: str = "") -> bool:
        """Whether the condition is true; a name without a value reads as empty."""
        return bool(self._condition(_NODE, own=_fit(own), **self._variables(values)))

    def value(self, values: Mapping[str, str], own: str = "") -> str:
        """What the calculation gives, as text."""
        return str(self._string(_NODE, own=_fit(own), **self._variables(values)))

    def _variables(self, values: Mapping[str, str]) -> dict[str, str]:
        return {f"v{i}": _fit(values.get(name, "")) for i, name in enumerate(self.names)}


def _fit(value: str) -> str:
    return _UNFIT.sub("", value) if not value.isprintable() else value
