"""Words people give for what they decide."""

from __future__ import annotations

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_

LONGEST = 500
"""Characters of a reason or a note; whoever needs more keeps it in a document and names that."""


def given_words(words: str) -> str:
    """A note on one line; empty without one.

    Raises:
        CatiError: ``words_too_long``.
    """
    words = " ".join(words.split())
    if len(words) > LONGEST:
        raise CatiError(
            "words_too_long",
            N_("That is {count} characters long; {most} are kept. Nothing was changed. Say it shorter."),
            count=len(words),
            most=LONGEST,
        )
    return words


def given_reason(reason: str) -> str:
    """The reason on one line.

    Raises:
        CatiError: ``reason_missing`` when there is none, ``words_too_long``.
    """
    reason = given_words(reason)
    if not reason:
        raise CatiError("reason_missing", N_("A reason is needed. Nothing was changed. Say why."))
    return reason
