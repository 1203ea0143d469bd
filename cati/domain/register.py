"""What units hand in and when, held against the day by which.

"X日前" includes the day (Yazhou 2023, section 8). Being late or missing alone takes no points: only what
hindered the work does (section 9: 未按…要求及时提供…，影响本次社会评价工作开展的).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cati.base.i18n import mark as N_
from cati.domain.frames import DEADLINE
from cati.domain.programmes import HandIn, Programme

LISTS = "lists"
PROGRESS = "progress"
"""Kinds of what enters by itself: phone lists, and how far indicators are, when they are imported."""


class Standing(StrEnum):
    """Where something stands that a unit hands in."""

    AWAITED = "awaited"
    MISSING = "missing"
    IN_TIME = "in_time"
    LATE = "late"
    UNDATED = "undated"
    WAIVED = "waived"
    NOT_ASKED = "not_asked"


STANDINGS = {
    Standing.AWAITED: N_("awaited"),
    Standing.MISSING: N_("not handed in"),
    Standing.IN_TIME: N_("handed in in time"),
    Standing.LATE: N_("handed in late"),
    Standing.UNDATED: N_("without a day"),
    Standing.WAIVED: N_("waived"),
    Standing.NOT_ASKED: N_("not asked for"),
}
"""What each is called, to be translated."""

COMPLAINTS = {"open": N_("to be verified"), "verified": N_("verified"), "unfounded": N_("not verified")}
"""What the states of complaints are called, to be translated."""

OVERDUE = (Standing.LATE, Standing.MISSING)
"""Those that may have hindered the work."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is known of one thing a unit hands in.

    Attributes:
        received_on: the day it came, None if it did not or nobody knows.
        document: number of the letter it came with, or empty.
        hindering: how being late or missing hindered the work, or empty.
        waiver: number of the document that waives it, or empty.
        undated: it is here, and nothing tells since when.
    """

    received_on: date | None = None
    document: str = ""
    hindering: str = ""
    waiver: str = ""
    undated: bool = False


def standing(receipt: Receipt, due: date | None, today: date) -> Standing:
    """Where something stands that has to be here at the end of the day `due` (None: no day is set)."""
    if receipt.waiver:
        return Standing.WAIVED
    if receipt.received_on is not None:
        return Standing.LATE if due is not None and receipt.received_on > due else Standing.IN_TIME
    if receipt.undated:
        return Standing.UNDATED
    return Standing.MISSING if due is not None and today > due else Standing.AWAITED


def hand_ins(programme: Programme) -> tuple[HandIn, ...]:
    """What units of a programme hand in; one that does not say: its phone lists, if they have a deadline."""
    if programme.hand_ins or DEADLINE not in programme.settings.deadlines:
        return programme.hand_ins
    late = next((rule.code for rule in programme.adjustments if rule.code == "late"), "")
    return (HandIn(LISTS, "电话号码样本库", {"zh": "电话号码样本库", "en": "phone lists"}, LISTS, late),)
