"""A ballot keyed with one hand, and whose turn it is."""

from decimal import Decimal

import pytest

from cati.domain.keying import Grid, KeyedBallot, KeyedItem, next_ballot

LEVELS = {"1": "good", "2": "fair", "3": "bad"}
UNITS = ("u1", "u2", "u3")


def grid(*, by_item: bool = False, items: int = 2) -> Grid:
    return Grid(UNITS, [KeyedItem(f"item {n}", LEVELS) for n in range(items)], by_item)


def typed(found: Grid, keys: str) -> Grid:
    """Press keys as they lie on a number pad."""
    for key in keys:
        if key.isdigit():
            assert found.digit(key), key
        else:
            {
                "*": found.several,
                ".": found.no_tick,
                "+": found.next_line,
                "-": found.back,
                "<": found.undo,
            }[key]()
    return found


@pytest.mark.parametrize("by_item", [False, True])
def test_a_digit_ticks_and_goes_on_as_the_paper_lies(by_item: bool) -> None:
    found = typed(grid(by_item=by_item), "12*.30")
    rows = [found.cells[unit] for unit in UNITS]
    across = [["good", "fair"], ["*", "-"], ["bad", "-"]]
    assert rows == ([["good", "-"], ["fair", "bad"], ["*", "-"]] if by_item else across)
    assert found.open_places == 0
    assert found.at == (2, 1)
    assert not found.digit("7")


def test_a_line_is_left_and_keys_are_taken_back_one_by_one() -> None:
    found = typed(grid(items=3), "1+2-3")
    assert [found.cells[unit] for unit in UNITS[:2]] == [["good", "-", "-"], ["bad", ".", "."]]
    assert found.at == (1, 1)
    assert found.take_changes() == {"u1": ("good", "-", "-"), "u2": ("bad", ".", ".")}
    typed(found, "<<")
    assert (found.cells["u2"], found.at) == ([".", ".", "."], (1, 0))
    typed(found, "<")
    assert (found.cells["u1"], found.at) == (["good", ".", "."], (0, 1))
    assert set(found.take_changes()) == {"u1", "u2"}
    typed(found, "<")
    assert not found.undo()
    assert found.open_places == 9


def test_a_paper_about_one_unit_asks_for_its_number_first_and_then_for_its_items_only() -> None:
    """Guangxi 2015 mails staff a questionnaire about their own unit, one of a hundred in a real year."""
    units = [f"u{n}" for n in range(1, 13)]
    items = [KeyedItem(f"item {n}", LEVELS) for n in range(2)]
    found = Grid(units, items, about_one=True)
    assert found.asks_unit
    # No key but a digit or an arrow says which; Enter alone takes none.
    assert not any((found.end_number(), found.no_tick(), found.several(), found.next_line()))
    assert not found.digit("0")
    typed(found, "1")
    assert not found.digit("3")
    typed(found, "2<<12")
    assert found.at == (11, 0)
    assert found.end_number()
    assert (found.asks_unit, found.open_places) == (False, 2)
    typed(found, "13")
    found.move(-1, 0)
    assert (found.at, found.open_places) == ((11, 1), 0)
    assert found.take_changes() == {"u12": ("good", "bad")}
    # Before the first item is the unit: another one takes the place of what was keyed.
    typed(found, "--2")
    assert found.asks_unit
    found.move(1, 0)
    assert found.end_number()
    assert not found.end_number()
    typed(found, "+")
    assert found.open_places == 0
    assert found.take_changes() == {"u3": ("-", "-"), "u12": (".", ".")}
    # Put down and taken in hand again it knows its unit; keys are taken back as far as that.
    again = Grid(units, items, cells={"u12": ["good", "."]}, about_one=True)
    assert (again.asks_unit, again.at) == (False, (11, 1))
    assert again.undo()
    assert again.asks_unit
    assert not again.undo()
    typed(again, "12")
    assert again.end_number()
    typed(again, "3")
    again.move(0, -1)
    again.back()
    assert again.undo()
    assert (again.asks_unit, again.value((11, 1))) == (False, ".")


def test_numbers_end_where_no_further_digit_is_possible() -> None:
    found = Grid(UNITS, [KeyedItem("work", {}, (Decimal(5), Decimal(100)))])
    typed(found, "85")
    assert found.at == (1, 0)
    typed(found, "10")
    assert found.at == (1, 0)
    assert not found.digit("1")
    assert found.end_number()
    assert found.at == (2, 0)
    typed(found, "4")
    assert not found.next_line()
    assert not found.end_number()
    typed(found, "2")
    assert [found.cells[unit] for unit in UNITS] == [["85"], ["10"], ["42"]]


def test_what_was_begun_goes_on_at_its_first_open_place() -> None:
    found = Grid(UNITS, [KeyedItem("one", LEVELS)], cells={"u1": ["good"], "u2": ["."], "u3": ["bad"]})
    assert (found.at, found.open_places) == ((1, 0), 1)
    found.move(5, -3)
    assert found.at == (2, 0)
    typed(found, "2")
    assert found.go_to_open()
    typed(found, "2")
    assert not found.go_to_open()


def test_nobody_gets_a_ballot_twice_and_what_was_begun_comes_first() -> None:
    def keyed(ballot: int, who: int, done: bool = True, turn: int = 1) -> KeyedBallot:
        return KeyedBallot(0, ballot, turn, who, done)

    assert next_ballot([], 3, me=1) == 1
    known = [keyed(1, 1), keyed(2, 2), keyed(2, 3, turn=2), keyed(3, 2)]
    assert next_ballot(known, 4, me=1, after=1) == 3
    assert next_ballot(known, 4, me=1, after=4) == 3
    assert next_ballot(known, 4, me=2) == 1
    assert next_ballot([*known, keyed(4, 2, done=False)], 4, me=2) == 4
    assert next_ballot([keyed(1, 1)], 1, me=1) is None
