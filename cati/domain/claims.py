"""What a report claims was planned and done, beside what the programme itself counts.

Hechi 2023 reports on its own project so: numbers asked, money spent, rates; some of them contradict others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from cati.base.i18n import mark as N_

COUNTED: Mapping[str, str] = {
    "units": N_("units of the programme"),
    "list_rows": N_("rows of the lists handed in"),
    "dialled": N_("people dialled"),
    "interviews": N_("complete interviews"),
    "web": N_("opinions taken from the web"),
    "ballots": N_("ballots taken"),
}
"""What the program counts itself."""

WORKED_OUT: Mapping[str, str] = {
    "sum": N_("sum of other rows"),
    "share": N_("one row as percent of another"),
    "completion": N_("done as percent of planned"),
}
"""What it works out from other claims."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that is claimed; `or_more` where the report says “more than”."""

    value: Decimal
    or_more: bool = False

    def __str__(self) -> str:
        return f"{self.value:,f}{'+' if self.or_more else ''}"


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of a report.

    Attributes:
        labels: what it is about, by language.
        measure: what is counted in, such as 人 or 万元.
        planned, done: as the report says, None where it is silent.
        figure: one of `COUNTED` or `WORKED_OUT`; empty where nothing can be computed.
        of: series or channels that are counted; codes of the rows something is worked out from.
        source: where the report says so.
    """

    code: str
    labels: Mapping[str, str]
    measure: str = ""
    planned: Amount | None = None
    done: Amount | None = None
    figure: str = ""
    of: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What the report said first about a claim that was noted anew.

    Attributes:
        planned, done: as the report said first.
        at: when it was noted last (aware).
        by: name of who noted it.
    """

    planned: Amount | None
    done: Amount | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A claim beside what the program computes.

    Attributes:
        claim: as the workbook or the register has it now.
        planned, done: computed, None where they cannot be.
        corrected: None where the claim stands as in the workbook.
    """

    claim: Claim
    planned: Decimal | None
    done: Decimal | None
    corrected: Correction | None = None

    @property
    def planned_differs(self) -> bool:
        """Whether another plan is claimed than is computed."""
        return _differs(self.claim.planned, self.planned)

    @property
    def done_differs(self) -> bool:
        """Whether more or less is claimed than is computed."""
        return _differs(self.claim.done, self.done)

    @property
    def differs(self) -> bool:
        """Whether something else is claimed than is computed."""
        return self.planned_differs or self.done_differs

    @property
    def planned_difference(self) -> Decimal | None:
        """How much more is claimed as planned than is computed; None where nothing is held against it."""
        return _difference(self.claim.planned, self.planned)

    @property
    def done_difference(self) -> Decimal | None:
        """How much more is claimed as done than is computed; None where nothing is held against it."""
        return _difference(self.claim.done, self.done)

    @property
    def completion(self) -> Decimal | None:
        """What is claimed as done, in percent of the plan; None where the row is itself in percent."""
        planned, done = self.claim.planned, self.claim.done
        if planned is None or done is None or not planned.value or self.claim.measure == "%":
            return None
        return _percent(done.value, planned.value)


def read_amount(text: str) -> Amount | None:
    """A number such as 15410, 94.07 or 300+ ("more than 300"); None when it is none."""
    found = re.fullmatch(r"([0-9][0-9,]*(?:\.[0-9]+)?)\s*([+＋]?)", text.strip())
    return None if found is None else Amount(Decimal(found[1].replace(",", "")), bool(found[2]))


def compared(claims: Sequence[Claim], counted: Mapping[str, Decimal]) -> tuple[Compared, ...]:
    """Every claim beside what can be computed.

    Args:
        claims: in the order of the report.
        counted: by code of the claim, what the program counts itself.
    """
    known = {claim.code: claim for claim in claims}
    found = []
    for claim in claims:
        others = [known[code] for code in claim.of if code in known]
        planned: Decimal | None = None
        done = counted.get(claim.code)
        if claim.figure == "sum":
            planned, done = (_sum([getattr(one, name) for one in others]) for name in ("planned", "done"))
        elif claim.figure == "share" and len(others) == 2:
            planned, done = (
                _ratio(getattr(others[0], name), getattr(others[1], name)) for name in ("planned", "done")
            )
        elif claim.figure == "completion" and len(others) == 1:
            done = _ratio(others[0].done, others[0].planned)
        found.append(Compared(claim, planned, done))
    return tuple(found)


def _sum(amounts: Sequence[Amount | None]) -> Decimal | None:
    values = [one.value for one in amounts if one is not None]
    if not values or len(values) != len(amounts):
        return None
    total = sum(values, Decimal(0))
    return total.quantize(Decimal(1)) if total == total.to_integral_value() else total.normalize()


def _ratio(part: Amount | None, whole: Amount | None) -> Decimal | None:
    return None if part is None or whole is None or not whole.value else _percent(part.value, whole.value)


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (100 * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _difference(claimed: Amount | None, computed: Decimal | None) -> Decimal | None:
    """A claim less what is computed; 0 where they agree at the decimals that are claimed.

    More than what is claimed to be exceeded agrees, too.
    """
    if claimed is None or computed is None:
        return None
    exponent = claimed.value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    more = claimed.value - computed
    alike = claimed.value == computed.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return Decimal(0) if alike or (claimed.or_more and more < 0) else more


def _differs(claimed: Amount | None, computed: Decimal | None) -> bool:
    return bool(_difference(claimed, computed))
