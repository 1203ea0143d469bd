"""What comes before an operator's first live call: the pledge signed, the practice test passed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.programmes import Programme

PLEDGE_VERSION = "2"
"""Goes up whenever the words of the pledge are changed."""

_LEAD = N_(
    "I take part in the telephone interviews of “{title}”. They collect from respondents: {collected}. "
    "I know that the Statistics Law and the Personal Information Protection Law of the People's Republic of "
    "China protect all of it, and I pledge:"
)
_POINTS = (
    N_(
        "I keep secret whatever I learn of respondents. I tell nobody: no unit evaluated, no family or "
        "friends, no colleague who does not need it for the work."
    ),
    N_(
        "I use it for this evaluation only. I do not copy, photograph or record it by means of my own, and "
        "take nothing of it away from the place of work."
    ),
    N_(
        "I record answers as they are given. I neither prompt nor answer for a respondent, and neither "
        "invent nor change an answer."
    ),
    N_("I tell nobody how far interviewing has come, how the samples are spread, or any result."),
    N_(
        "I pass on whoever I know in person to a colleague, and tell the supervisor at once when something "
        "may have leaked."
    ),
    N_(
        "I know that calls are recorded and may be listened to, which is noted. This pledge holds on after I "
        "leave this work. I answer under the law for any breach of it."
    ),
)


class Clearing(StrEnum):
    """One thing to be done before the first live call; the value is stored."""

    PLEDGE = "pledge"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class Clearance:
    """What a user has done, or was excused from.

    Attributes:
        at: when (aware, UTC).
        detail: facts about it: of a pledge its version, language, SHA-256 and text; of the test what was
            keyed; of what was waived by whom and why (``waived_by``, ``reason``).
    """

    kind: Clearing
    at: datetime
    detail: Mapping[str, Any]

    @property
    def waived(self) -> bool:
        """Whether somebody excused the user from it."""
        return "reason" in self.detail


@dataclass(frozen=True, slots=True)
class Pledge:
    """The pledge of confidentiality of one programme in one language."""

    version: str
    language: str
    heading: str
    lead: str
    points: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it, a paragraph on a line, as it is shown and kept."""
        numbered = (f"{nth}. {point}" for nth, point in enumerate(self.points, 1))
        return "\n".join((self.heading, self.lead, *numbered))

    @property
    def digest(self) -> str:
        """Hexadecimal SHA-256 of the text in UTF-8."""
        return sha256(self.text.encode()).hexdigest()


def pledge_of(programme: Programme) -> Pledge:
    """The pledge of a programme in the language in use; it names what the programme collects."""
    return Pledge(
        PLEDGE_VERSION,
        language(),
        _("Pledge of confidentiality"),
        _(_LEAD).format(title=programme.title, collected=_collected(programme)),
        tuple(_(point) for point in _POINTS),
    )


def _collected(programme: Programme) -> str:
    parts = [
        _("names and telephone numbers"),
        _("answers about the units evaluated"),
    ]
    if any(question.type == "text" for question in programme.questions):
        parts.append(_("what they say in their own words"))
    parts.append(_("recordings of the calls"))
    return _(", ").join(parts)
