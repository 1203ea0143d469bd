"""What codes are called on the office's screens."""

from __future__ import annotations

from datetime import date

from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.users import Role

_ROLES = {
    Role.OPERATOR: N_("Operator"),
    Role.SUPERVISOR: N_("Floor supervisor"),
    Role.BUREAU: N_("Bureau"),
    Role.OBSERVER: N_("Observer"),
    Role.ADMIN: N_("Administrator"),
    Role.CLERK: N_("Keying clerk"),
}

MILESTONES = {
    "lists": N_("papers and lists"),
    "summary": N_("summaries"),
    "draw": N_("draw"),
    "papers": N_("papers printed"),
    "report": N_("report"),
    "fieldwork_start": N_("calling begins"),
    "fieldwork_end": N_("calling ends"),
    "expires": N_("approval expires"),
}
"""Days of a season by the names of their settings, to be translated."""


def role_words(role: Role) -> str:
    """What a role is called."""
    return _(_ROLES[role])


def short_count(count: int) -> str:
    """A count (>= 0) where there is little room: as it is up to five digits, else in thousands, Chinese 万.

    It is rounded down: nothing is said to be full before it is.
    """
    if count < 100_000:
        return str(count)
    tenths = count // 1_000
    short = f"{tenths // 10:,}.{tenths % 10}".removesuffix(".0") if language() == "zh_CN" else f"{tenths:,}"
    return _("{count}k").format(count=short)


def date_words(day: date) -> str:
    """A day of this season, without its year."""
    return _("{month}/{day}").format(month=day.month, day=day.day)


def full_date_words(day: date) -> str:
    """A day with its year, where the season goes on into another."""
    return _("{year}/{month}/{day}").format(year=day.year, month=day.month, day=day.day)


def grouped(digits: str, groups: int = 0) -> str:
    """A hash in groups of four; only the first `groups` of them, and that there is more, when given."""
    parts = [digits[at : at + 4] for at in range(0, len(digits), 4)]
    return " ".join(parts[:groups]) + " …" if 0 < groups < len(parts) else " ".join(parts)
