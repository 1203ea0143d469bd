import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.base.errors import CatiError
from cati.domain.expressions import FUNCTIONS, Expression, canonical

ANSWERS = {"age": "17", "job": "farmer trader", "name": "", "rate": "2.5"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("${age} + 1", "18"),
        ("${age} - 1 > 15 and not(${name} = 'x')", "true"),
        ("-${age} * 2 div 4", "-8.5"),
        ("${age} mod 5", "2"),
        ("if(${age} < 18, 'minor', 'adult')", "minor"),
        ("if('', 'yes', 'no')", "no"),
        ("if(0, 'yes', 'no')", "no"),
        ("coalesce(${name}, 'nobody')", "nobody"),
        ("coalesce(${age}, 'nobody')", "17"),
        ("selected(${job}, 'farmer')", "true"),
        ("selected(${job}, 'farm')", "false"),
        ("count-selected(${job})", "2"),
        ("count-selected(${name})", "0"),
        ("selected-at(${job}, 1)", "trader"),
        ("selected-at(${job}, 2)", ""),
        ("selected-at(${job}, 'x')", ""),
        ("regex(${age}, '[0-9]{2}')", "true"),
        ("regex(${age}, '[0-9]')", "false"),
        ("int(${rate})", "2"),
        ("int('-2.5')", "-2"),
        ("int('x')", "NaN"),
        ("round(${rate})", "3"),
        ("round(1.005 + 0.001, 2)", "1.01"),
        ("round('x')", "NaN"),
        ("min(${age}, 3, 8)", "3"),
        ("max(${age}, 3)", "17"),
        ("max(${age}, 'x')", "NaN"),
        ("min(1, 'x')", "NaN"),
        ("substr('abcdef', 2)", "cdef"),
        ("substr('abcdef', 1, 3)", "bc"),
        ("substr('abcdef', 'x', 3)", ""),
        ("ends-with('宋体字', '字')", "true"),
        ("concat('a', true(), if(true(), 2, 3), 2.5)", "atrue22.5"),
        ("coalesce(true(), 'x')", "true"),
        ("coalesce(1 div 3 * 3, 'x')", "1"),
        ("coalesce(0.5, 'x')", "0.5"),
        ("coalesce(number('x'), 'y')", "NaN"),
        ("int(true())", "1"),
        ("string-length(normalize-space('  甲 乙  '))", "3"),
        ("translate('abc', 'ab', 'xy')", "xyc"),
        ("contains('abc', 'b') and starts-with('abc', 'a')", "true"),
        ("floor(2.7) + ceiling(2.2) + number('1')", "6"),
        ("boolean('') or false()", "false"),
        ("string(.5)", "0.5"),
    ],
)
def test_an_expression_gives_what_xlsform_says(source: str, expected: str) -> None:
    expression = Expression.compile(source)
    assert expression.value(ANSWERS) == expected


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("now()", "expression_function"),
        ("today()", "expression_function"),
        ("document('x')", "expression_function"),
        ("${age} = yes", "expression_word"),
        ("age > 3", "expression_word"),
        ("/data/age > 3", "expression_character"),
        ("${age}[1]", "expression_character"),
        ("$age", "expression_character"),
        ("${age} ${job}", "expression_order"),
        ("${age} = = 3", "expression_order"),
        ("and", "expression_order"),
        ("(${age}", "expression_unfinished"),
        ("${age} >", "expression_unfinished"),
        ("", "expression_unfinished"),
        ("${age})", "expression_bracket"),
        ("1, 2", "expression_bracket"),
        ("(1, 2)", "expression_bracket"),
        ("()", "expression_order"),
        ("if(1, 2)", "expression_arguments"),
        ("true(1)", "expression_arguments"),
        ("not()", "expression_arguments"),
        ("concat('a')", "expression_arguments"),
        ("substr('a')", "expression_arguments"),
        ("regex(${age}, '[')", "expression_pattern"),
        ("regex(${age}, ${job})", "expression_pattern"),
        ("regex(${age}, 'a' ", "expression_pattern"),
        ("regex('a')", "expression_pattern"),
        ("'${age}' = '1'", "expression_quoted_variable"),
        (". > 3", "expression_own_value"),
        pytest.param("(" * 9000 + "1" + ")" * 9000, "expression_deep", id="nine thousand brackets"),
    ],
)
def test_what_is_not_understood_is_refused_in_words(source: str, code: str) -> None:
    with pytest.raises(CatiError) as refusal:
        Expression.compile(source)
    assert refusal.value.code == code
    assert "{" not in str(refusal.value).replace("${", "")


def test_the_answer_itself_is_a_dot_in_a_constraint() -> None:
    constraint = Expression.compile(". >= 18 and . <= ${limit}", own=True)
    assert constraint.holds({"limit": "60"}, own="60")
    assert not constraint.holds({"limit": "60"}, own="61")
    assert not constraint.holds({"limit": "60"}, own="")


def test_names_are_listed_once_in_order_of_use() -> None:
    assert Expression.compile("${b} = 1 or ${a} = ${b}").names == ("b", "a")


def test_marks_of_a_chinese_keyboard_are_understood() -> None:
    written = "（${年龄}＞１８） and ${性别} ＝ “女（士）”"
    assert canonical(written) == "(${年龄} > 18) and ${性别} = '女（士）'"
    assert Expression.compile(written).holds({"年龄": "20", "性别": "女（士）"})


@pytest.mark.parametrize(
    "source",
    ["selected(., 'a') and not(${x} = \"it's\")", "if(${a} = 'b', concat('( c', 'd ,'), -1)", "(1 + 2) * 3"],
)
def test_canonical_writing_means_the_same(source: str) -> None:
    written = canonical(source)
    assert written.replace(" ", "") == source.replace(" ", "")
    values = {"a": "b", "x": "it's"}
    before, after = (Expression.compile(s, own=True).value(values, own="a") for s in (source, written))
    assert before == after


@given(st.text(max_size=40))
def test_any_text_compiles_or_is_refused(source: str) -> None:
    with contextlib.suppress(CatiError):
        assert isinstance(Expression.compile(source, own=True).value({}), str)


TOKENS = [*"()+-*=,.", "'a'", "${a}", "1", "if", "regex", "true", "and", "not", "round", "x", "１", "“乙”"]


@given(st.lists(st.sampled_from(TOKENS), max_size=8).map(" ".join))
def test_any_row_of_tokens_compiles_or_is_refused(source: str) -> None:
    with contextlib.suppress(CatiError):
        assert isinstance(Expression.compile(source, own=True).value({}), str)


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_answer_can_break_or_change_the_expression(first: str, second: str) -> None:
    same = Expression.compile("${a} = ${b}")
    assert same.holds({"a": first, "b": first})
    if first.isprintable() and second.isprintable():
        assert same.holds({"a": first, "b": second}) == (first == second)


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_numbers_are_compared_as_numbers(first: int, second: int) -> None:
    values = {"a": str(first), "b": str(second)}
    assert Expression.compile("${a} < ${b}").holds(values) == (first < second)
    assert Expression.compile("max(${a}, ${b})").value(values) == str(max(first, second))


@given(st.floats(0, 10**6), st.integers(0, 3))
def test_rounding_is_half_up(number: float, places: int) -> None:
    rounded = float(Expression.compile("round(${n}, ${p})").value({"n": f"{number:.6f}", "p": str(places)}))
    assert math.isclose(rounded, number, abs_tol=0.51 * 10**-places + 1e-6)


def test_every_function_says_how_many_values_it_takes() -> None:
    for name, function in FUNCTIONS.items():
        assert function.most is None or function.most >= function.least, name
