from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cati.domain.suppression import withheld

LINES = st.lists(st.integers(0, 12), min_size=2, max_size=7)


def rank(rows: list[list[Fraction]]) -> int:
    """Of a matrix, by elimination."""
    rows, found = [list(row) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((r for r in range(found, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for r in range(found + 1, len(rows)):
            factor = rows[r][column] / rows[found][column]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[found], strict=True)]
        found += 1
    return found


@given(LINES, st.integers(2, 6))
def test_a_cell_with_few_people_is_withheld_and_shown_ones_have_enough_or_nobody(
    counts: list[int], smallest: int
) -> None:
    hidden = withheld(counts, smallest)
    assert all(place in hidden or not 0 < count < smallest for place, count in enumerate(counts))
    assert bool(hidden) == any(0 < count < smallest for count in counts)


@given(LINES, st.integers(2, 6), st.integers(1, 2))
def test_no_withheld_cell_follows_from_what_is_shown_of_its_line(
    counts: list[int], smallest: int, relations: int
) -> None:
    hidden = sorted(withheld(counts, smallest, relations))
    if not hidden or len(hidden) == len(counts):
        return
    known = [[Fraction(1)] * len(hidden), [Fraction(100 - 20 * place) for place in hidden]][:relations]
    for place in range(len(hidden)):
        alone = [Fraction(place == other) for other in range(len(hidden))]
        # Were it in the span of what is known, the cell could be computed.
        assert rank([*known, alone]) > rank(known)


@given(LINES, st.integers(2, 6))
def test_withheld_cells_are_not_just_one_in_each(counts: list[int], smallest: int) -> None:
    hidden = withheld(counts, smallest)
    if hidden and len(hidden) < len(counts):
        together = sum(counts[place] for place in hidden)
        assert together >= smallest
        assert together > len(hidden)


def test_the_smallest_others_are_withheld_first_and_empty_ones_last() -> None:
    assert withheld([30, 2, 0, 9], 5) == {1, 3}
    assert withheld([30, 2, 0, 9], 5, relations=2) == {0, 1, 3}
    assert withheld([2, 0], 5) == {0, 1}
    assert withheld([30, 0, 9], 5) == frozenset()
    assert withheld([1, 1], 0) == frozenset()
