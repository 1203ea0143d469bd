"""Score plans and interviews for tests."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from hypothesis import strategies as st

from cati.domain.score_plan import Item, ScoredUnit, ScorePlan, WeightedChannel, WeightedGroup
from cati.domain.scoring import Collected
from cati.domain.weighing import Pattern

YAZHOU_WEIGHTS = (12, 12, 12, 10, 10, 10, 10, 8, 8, 8)
POINTS = {"1": Fraction(100), "2": Fraction(80), "3": Fraction(60), "4": Fraction(40)}
UNKNOWN, UNCLEAR, REFUSED = "0", "7", "9"
ANSWERS = (*POINTS, UNKNOWN, UNCLEAR, REFUSED)
PHONE = WeightedChannel("phone", "phone", Fraction(50), "phone")
PUBLIC = WeightedChannel("public", "public", Fraction(50), "ballots")


def a_plan(
    *,
    weights: Sequence[int] = YAZHOU_WEIGHTS,
    groups: Mapping[str, int | None] | None = None,
    units: int = 1,
    channels: Sequence[WeightedChannel] = (PHONE, PUBLIC),
    items_first: bool = False,
    not_applicable: frozenset[tuple[str, str]] = frozenset(),
) -> ScorePlan:
    """Yazhou's plan unless told otherwise; units u1, u2 … alternate between two series."""
    if groups is None:
        groups = {"staff": 30, "served": 70}
    return ScorePlan(
        units=tuple(ScoredUnit(f"u{n}", f"unit {n}", f"series {n % 2}") for n in range(1, units + 1)),
        items=tuple(Item(f"i{n}", f"item {n}", Fraction(w), POINTS) for n, w in enumerate(weights, start=1)),
        groups=tuple(
            WeightedGroup(code, code, None if weight is None else Fraction(weight))
            for code, weight in groups.items()
        ),
        channels=tuple(channels),
        level=0.9,
        not_applicable=not_applicable,
        items_first=items_first,
    )


def of(*patterns: Pattern, population: int | None = None, supplement: int = 0) -> Collected:
    return Collected(Counter(patterns), population, supplement)


def patterns(items: int) -> st.SearchStrategy[Collected]:
    answers = st.sampled_from([*ANSWERS, None])
    return st.lists(st.tuples(*[answers] * items), max_size=12).map(lambda found: of(*found))


def worked_example() -> dict[str, Collected]:
    """管理对象: two people, item 1 满意 and 不了解, all else 比较满意; 服务对象: every item 90."""
    staff = of(("1", *["2"] * 9), (UNKNOWN, *["2"] * 9))
    return {"staff": staff, "served": of(("1",) * 10, ("2",) * 10)}
