"""What units are measured by besides opinions: points that collectors give, of a most for each indicator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from cati.domain.programmes import Indicator


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a team says an indicator is (annex 4 of Xiang'an 2023).

    Attributes:
        progress: 指标工作进展情况.
        problems: 存在的问题, or empty.
        next_steps: 下一步整改措施及完成时限, or empty.
    """

    progress: str
    problems: str = ""
    next_steps: str = ""


def share(indicators: Sequence[Indicator], points: Mapping[str, Decimal]) -> Fraction | None:
    """What a unit got of all points of these indicators, out of 100; None while one has none.

    Args:
        indicators: of a channel, at least one.
        points: by code of the indicator.
    """
    if any(one.code not in points for one in indicators):
        return None
    got = sum((Fraction(points[one.code]) for one in indicators), Fraction(0))
    return 100 * got / sum((Fraction(one.points) for one in indicators), Fraction(0))
