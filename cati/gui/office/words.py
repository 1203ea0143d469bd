"""What codes are called on the office's screens."""

from __future__ import annotations

from cati.base.i18n import translate as _
from cati.domain.users import ROLE_LABELS, Role


def role_words(role: Role) -> str:
    """What a role is called."""
    return _(ROLE_LABELS[role])
