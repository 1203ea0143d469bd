"""Outcome rates of the fieldwork (AAPOR, Standard Definitions 2023: response, cooperation, refusal, contact).

They are called fieldwork indicators on screens: the lists are handed in by the units, so that the rates tell
about the calling and not about a sample of the public.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cati.domain.dispositions import DISPOSITIONS, PastAttempt, final_code

NOT_ATTEMPTED = "UH"
"""Category of a case that was released and never dialled (AAPOR 3.11)."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases ended in each category of the standard.

    Attributes:
        i: complete interviews. p: partial ones. r: refusals and break-offs. nc: reached, no interview.
        o: other, eligible. uh: unknown whether anybody eligible is there. uo: unknown, other.
        ne: not eligible.
    """

    i: int = 0
    p: int = 0
    r: int = 0
    nc: int = 0
    o: int = 0
    uh: int = 0
    uo: int = 0
    ne: int = 0

    @property
    def cases(self) -> int:
        """All cases counted."""
        return self.i + self.p + self.r + self.nc + self.o + self.uh + self.uo + self.ne

    @classmethod
    def of(cls, categories: Iterable[str]) -> Counts:
        """Count categories, such as ``["I", "UH", "I"]``."""
        found = Counter(category.lower() for category in categories)
        return cls(**found)


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of one set of cases; None where the denominator is nothing.

    Attributes:
        e: estimated share of the eligible among cases of unknown eligibility.
    """

    counts: Counts
    e: Fraction | None
    rr1: Fraction | None
    rr2: Fraction | None
    rr3: Fraction | None
    rr4: Fraction | None
    rr5: Fraction | None
    rr6: Fraction | None
    coop1: Fraction | None
    coop2: Fraction | None
    coop3: Fraction | None
    coop4: Fraction | None
    ref1: Fraction | None
    ref2: Fraction | None
    ref3: Fraction | None
    con1: Fraction | None
    con2: Fraction | None
    con3: Fraction | None


def rates(counts: Counts) -> Rates:
    """All rates of the standard, exact.

    e is the share of the eligible among the cases whose eligibility is known. Without a single such case
    the rates that need it (RR3, RR4, REF2, CON2) cannot be given.
    """
    c = counts
    known = c.i + c.p + c.r + c.nc + c.o
    unknown = c.uh + c.uo
    everything = known + unknown
    e = _share(known, known + c.ne)
    estimated: Fraction | int | None = (
        known + e * unknown if e is not None else known if not unknown else None
    )
    reached = c.i + c.p + c.r + c.o
    asked = c.i + c.p + c.r
    return Rates(
        counts=counts,
        e=e,
        rr1=_share(c.i, everything),
        rr2=_share(c.i + c.p, everything),
        rr3=_share(c.i, estimated),
        rr4=_share(c.i + c.p, estimated),
        rr5=_share(c.i, known),
        rr6=_share(c.i + c.p, known),
        coop1=_share(c.i, reached),
        coop2=_share(c.i + c.p, reached),
        coop3=_share(c.i, asked),
        coop4=_share(c.i + c.p, asked),
        ref1=_share(c.r, everything),
        ref2=_share(c.r, estimated),
        ref3=_share(c.r, known),
        con1=_share(reached, everything),
        con2=_share(reached, estimated),
        con3=_share(reached, known),
    )


def category(history: Sequence[PastAttempt]) -> str:
    """The category of a case by the attempts in question; one without any was not attempted."""
    return DISPOSITIONS[final_code(history)].category if history else NOT_ATTEMPTED


def _share(part: int, whole: Fraction | int | None) -> Fraction | None:
    return Fraction(part) / whole if whole else None
