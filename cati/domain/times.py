"""Times of day and lengths as figures, the same in every language."""

from __future__ import annotations

from datetime import datetime

from cati.domain.attendance import LOCAL


def clock(moment: datetime | None, none: str = "") -> str:
    """Time of day as clocks here show it, such as 09:05; `none` where there is no moment (aware)."""
    return none if moment is None else f"{moment.astimezone(LOCAL):%H:%M}"


def offset(seconds: float) -> str:
    """How far a clock is off as minutes and seconds with their sign, such as +5:12 or -0:40."""
    minutes, rest = divmod(round(abs(seconds)), 60)
    return f"{'-' if seconds < 0 else '+'}{minutes:,}:{rest:02}"


def length(seconds: float | None, none: str = "") -> str:
    """Whole minutes and seconds, such as 04:17; `none` where there is no length, 00:00 below zero."""
    if seconds is None:
        return none
    # What engines and floats lose is no second less.
    whole = max(0, int(round(seconds, 3)))
    return f"{whole // 60:02}:{whole % 60:02}"
