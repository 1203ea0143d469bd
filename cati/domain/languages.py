"""Languages and dialects of respondents, by the name people call them."""

from __future__ import annotations

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_

LONGEST = 8
"""Characters of a name, such as 海南话."""


def checked_language(name: str) -> str:
    """The name of a language without blanks around it.

    Raises:
        CatiError: ``language_too_long``.
    """
    name = name.strip()
    if len(name) > LONGEST:
        raise CatiError(
            "language_too_long",
            N_("“{text}” is too long for a language. Nothing was changed. Write at most {most} characters."),
            text=name,
            most=LONGEST,
        )
    return name
