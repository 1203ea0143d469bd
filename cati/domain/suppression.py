"""What a table withholds where it would tell about too few people.

The rules are those of statistical offices for tables of counts (Hundepool et al., Statistical Disclosure
Control, 2012, chapter 4): a cell with few people is withheld, and so many others of its line with it that it
cannot be computed from what is shown together of the line, such as its total.
"""

from __future__ import annotations

from collections.abc import Sequence


def withheld(counts: Sequence[int], smallest: int, relations: int = 1) -> frozenset[int]:
    """Which cells of a line are not shown.

    So many are withheld that there are more of them than figures shown of the line as a whole, and that
    their people together are not few, nor just one in each.

    Args:
        counts: people behind each cell.
        smallest: fewest people of a cell that is shown; 0 or 1 shows all.
        relations: figures shown of the line as a whole: 1 for a total, 2 for a total and a mean.

    Returns:
        Places of the cells; empty when every cell is shown.
    """
    hidden = {place for place, count in enumerate(counts) if 0 < count < smallest}
    if not hidden:
        return frozenset()
    # Others go by their size, those with nobody last: that a cell is empty says something about everybody.
    others = sorted(
        (p for p in range(len(counts)) if p not in hidden), key=lambda p: (not counts[p], counts[p])
    )
    for place in others:
        together = sum(counts[p] for p in hidden)
        if len(hidden) > relations and together >= max(smallest, len(hidden) + 1):
            break
        hidden.add(place)
    return frozenset(hidden)
