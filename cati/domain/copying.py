"""A programme of this year as the draft of next year's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from cati.domain.programmes import Programme

TITLE = "title"
CLOSED_DAYS = "closed_days"
DATES = ("fieldwork_start", "fieldwork_end", "expires")
DEADLINE = "deadline."

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


def proposals(programme: Programme) -> dict[str, str]:
    """What has to be decided anew, with what is proposed: the same day one year later.

    Returns:
        By name: ``title``, dates as ``YYYY-MM-DD``, ``closed_days`` with commas (empty: none),
        ``deadline.lists`` …
    """
    settings = programme.settings
    dates = {name: getattr(settings, name) for name in DATES}
    found = {name: _shown(day) for name, day in dates.items() if day is not None}
    found |= {f"{DEADLINE}{name}": _shown(day) for name, day in settings.deadlines.items()}
    found[CLOSED_DAYS] = ",".join(_shown(day) for day in settings.closed_days)
    return {TITLE: _YEAR.sub(lambda year: str(int(year[0]) + 1), programme.title), **found}


def next_code(code: str) -> str:
    """What next year's programme may be called: the code with the year after, or with a number."""
    found = _YEAR.sub(lambda year: str(int(year[0]) + 1), code)
    return found if found != code else f"{code}-2"


def copied(programme: Programme, code: str, decided: Mapping[str, str]) -> Programme:
    """The programme under another code, with what was decided in place of the old days.

    Args:
        programme: of this year.
        code: of the new one.
        decided: as `proposals` gives it; all of its names.

    Raises:
        ValueError: a text is no date.
    """
    settings = programme.settings
    dates: dict[str, Any] = {name: date.fromisoformat(decided[name]) for name in DATES if name in decided}
    closed = decided.get(CLOSED_DAYS, "")
    days = tuple(date.fromisoformat(part.strip()) for part in closed.split(",") if part.strip())
    deadlines = {name: date.fromisoformat(decided[f"{DEADLINE}{name}"]) for name in settings.deadlines}
    renewed = replace(settings, **dates, closed_days=days, deadlines=deadlines)
    return replace(programme, code=code, title=decided[TITLE], version="1", settings=renewed)


def _shown(day: date) -> str:
    """The same day one year later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + 1).isoformat()
    except ValueError:
        return day.replace(year=day.year + 1, day=28).isoformat()
