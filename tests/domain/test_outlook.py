"""What a cell is likely to give yet."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cati.domain.outlook import Outlook, outlook

counts = st.integers(0, 500)


def test_before_anybody_was_called_to_an_end_nothing_can_be_told() -> None:
    assert outlook(0, 0, 40, 15) is None


def test_with_everybody_called_the_cell_ends_where_it_is() -> None:
    assert outlook(8, 20, 0, 15) == Outlook(8, 8)


def test_as_worked_by_hand() -> None:
    # 5 of 11 gave an interview; of 2 people left between 0 and 2 will: mean 0.91, spread 0.70.
    assert outlook(5, 11, 2, 15) == Outlook(5, 7)
    # 20 of 40, 60 left: mean 30, spread 3.87, so 23.6 to 36.4 more; the quota is reached in any case.
    assert outlook(20, 40, 60, 35) == Outlook(35, 35)
    assert outlook(20, 40, 60, 50) == Outlook(43, 50)


@given(counts, counts, counts, counts)
def test_it_lies_between_what_is_done_and_what_can_be(done: int, failed: int, left: int, more: int) -> None:
    found = outlook(done, done + failed, left, done + more)
    if found is not None:
        assert done <= found.low <= found.high <= min(done + more, done + left)
