"""Reasons people give for what they decide."""

from __future__ import annotations

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_


def given_reason(reason: str) -> str:
    """The reason on one line.

    Raises:
        CatiError: ``reason_missing`` when there is none.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise CatiError("reason_missing", N_("A reason is needed. Nothing was changed. Say why."))
    return reason
