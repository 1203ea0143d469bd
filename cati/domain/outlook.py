"""What a cell is likely to give yet, from what its people gave so far."""

from __future__ import annotations

import math
from dataclasses import dataclass

NORMAL_90 = 1.645
"""Two-sided 90 per cent of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Interviews a cell is likely to end with: between `low` and `high`, both included."""

    low: int
    high: int


def outlook(completed: int, ended: int, left: int, quota: int) -> Outlook | None:
    """How many interviews a cell is likely to end with.

    Each person left gives an interview with the share of those who ended so far, and the count scatters as
    the binomial does; 90 per cent, cut off at the quota and at what is there.

    Args:
        completed: interviews so far.
        ended: people of the cell with whom calling has ended, the completed among them.
        left: people of the cell with whom it has not.
        quota: interviews wanted.

    Returns:
        None while nobody was called to an end: there is nothing to tell from.
    """
    if ended == 0:
        return None
    share = completed / ended
    mean, spread = left * share, math.sqrt(left * share * (1 - share))
    low = completed + max(0, math.floor(mean - NORMAL_90 * spread))
    high = completed + min(left, math.ceil(mean + NORMAL_90 * spread))
    return Outlook(min(quota, low), min(quota, high))
