"""What becomes of points that are added or taken: proposed, then confirmed or waived."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.programmes import AdjustmentRule

MOST_POINTS = Decimal(100)
STATES: Mapping[str, str] = {"proposed": N_("proposed"), "confirmed": N_("confirmed"), "waived": N_("waived")}
"""What the states of points are called, to be translated."""


class Move(StrEnum):
    """What somebody, or a rule, does about points."""

    PROPOSE = "propose"
    """Say that they are due."""
    RECKON = "reckon"
    """Work them out anew since what they are for has changed: they are to be confirmed anew."""
    GIVE = "give"
    """Say that they count, whatever was proposed before."""
    CONFIRM = "confirm"
    """Let count what is proposed, or was waived."""
    WAIVE = "waive"


AFTER: Mapping[Move, Mapping[str, str]] = {
    Move.PROPOSE: {"": "proposed", "proposed": "proposed", "waived": "proposed"},
    Move.RECKON: dict.fromkeys(("", *STATES), "proposed"),
    Move.GIVE: dict.fromkeys(("", "proposed", "waived"), "confirmed"),
    Move.CONFIRM: {"proposed": "confirmed", "waived": "confirmed"},
    Move.WAIVE: dict.fromkeys(STATES, "waived"),
}
"""The state after each move by the state before, "" where nothing was said yet; others are refused. What is
confirmed counts once with its reason and evidence, and nobody undoes it but by waiving it."""


def after(state: str, move: Move) -> str | None:
    """The state after a move; None where the move is refused."""
    return AFTER[move].get(state)


def state_words(state: str, points: Decimal | Fraction) -> str:
    """What became of points, in words: points to be added that are waived are not granted."""
    if state == "waived" and points > 0:
        return _("not granted")
    return _(STATES[state])


def bounds(rule: AdjustmentRule) -> tuple[Decimal, Decimal]:
    """Fewest and most points of a ground, with its sign; fewer need a reason, more are refused.

    Args:
        rule: one that names points.
    """
    most = rule.points * 2 if rule.doubled else rule.points
    if rule.per == "person":
        most = rule.most or MOST_POINTS.copy_sign(most)
    return (rule.points / 2 if rule.halved else rule.points), most
