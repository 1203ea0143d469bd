"""Numbers of answers, and which of them SPSS leaves out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cati.domain.programmes import Choice
from cati.services.export_variables import code_numbers, user_missing


def choices(*rows: tuple[str, int | None, str]) -> list[Choice]:
    return [Choice(name, {}, None if points is None else Decimal(points), key) for name, points, key in rows]


SCALE = (("good", 100, "1"), ("bad", 40, "2"))
ASIDE = (
    ("dont_know", None, "0"),
    ("unclear", None, "7"),
    ("not_applicable", None, "8"),
    ("refused", None, "9"),
)
SCATTERED = (
    ("a", None, "1"),
    ("b", 1, "2"),
    ("c", None, "3"),
    ("d", 1, "4"),
    ("e", None, "5"),
    ("f", None, "9"),
)


@pytest.mark.parametrize(
    ("rows", "numbers", "missing"),
    [
        ((*SCALE, *ASIDE), [1, 2, 0, 7, 8, 9], ((7, 9), (0, 0))),
        ((*SCALE, *ASIDE[2:]), [1, 2, 8, 9], ((8, 8), (9, 9))),
        # An answer that gives points counts, whatever it is called.
        ((*SCALE, ("dont_know", 60, "0"), ASIDE[3]), [1, 2, 0, 9], ((9, 9),)),
        # Where nothing gives points, only what is never read out is left out.
        ((("yes", None, "1"), ("no", None, "2"), ASIDE[3]), [1, 2, 9], ((9, 9),)),
        # Names that are numbers stand for themselves.
        ((("18", 1, ""), ("30", 2, "")), [18, 30], ()),
        # Without keys and numbers the place counts, and what is missing comes last.
        ((("refused", None, ""), ("good", 100, ""), ("bad", 0, "2")), [3, 1, 2], ((3, 3),)),
        # Keys that cannot be told apart by ranges give way to places.
        (SCATTERED, [3, 1, 4, 2, 5, 6], ((3, 6),)),
    ],
    ids=["all", "two", "with points", "unscored", "names", "places", "scattered"],
)  # fmt: skip
def test_answers_have_numbers_and_those_that_do_not_count_are_missing(
    rows: tuple[tuple[str, int | None, str], ...], numbers: list[int], missing: tuple[tuple[int, int], ...]
) -> None:
    found = code_numbers(choices(*rows))
    assert [found[name] for name, _points, _key in rows] == numbers
    assert user_missing(choices(*rows), found) == missing
