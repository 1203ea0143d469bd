"""What people wish beyond one programme: never to be called, or to be called again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from cati.base.i18n import mark as N_
from cati.domain.programmes import Settings


class Wish(StrEnum):
    """What the holder of a number wishes."""

    REFUSAL = "refusal"
    """Never to be called (明确拒访)."""
    CALL_AGAIN = "call_again"
    """To be called again in a later programme."""


WISH_WORDS = {Wish.REFUSAL: N_("not to be called"), Wish.CALL_AGAIN: N_("agreed to be called again")}
"""What a wish is called, to be translated."""


def expiry(noted: datetime, years: int) -> datetime:
    """When a wish noted at an (aware) time is forgotten: the same day `years` (>= 1) later.

    What was noted on 29 February is forgotten on the 28th.
    """
    try:
        return noted.replace(year=noted.year + years)
    except ValueError:
        return noted.replace(year=noted.year + years, day=28)


def wish_of(
    disposition: str, answers: Mapping[str, str], off_path: frozenset[str], settings: Settings
) -> Wish | None:
    """What a respondent wished in a call, by its outcome and the answers that hold.

    Args:
        disposition: outcome of the call.
        answers: by question; `off_path` names those that are no longer asked.
        settings: `call_again` names the question and its answer.
    """
    if disposition == "refusal_final":
        return Wish.REFUSAL
    question, _, agreed = settings.call_again.partition("=")
    if disposition == "complete" and question and question not in off_path:
        return Wish.CALL_AGAIN if answers.get(question) == agreed else None
    return None
