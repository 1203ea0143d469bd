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
from cati.domain.programmes import BALLOT_KINDS, Programme
from cati.domain.users import Actor, Right

PLEDGE_VERSION = "2"
"""Goes up whenever the words of the pledge are changed."""

_LEAD = N_(
    "I take part in the telephone interviews of “{title}”. They collect from respondents: {collected}. "
    "I know that the Statistics Law and the Personal Information Protection Law of the People's Republic of "
    "China protect all of it, and I pledge:"
)
_LEAD_OF_KEYING = N_(
    "I key ballots of “{title}”. On them stand: {collected}. I know that the Statistics Law and the Personal "
    "Information Protection Law of the People's Republic of China protect all of it, and I pledge:"
)
_LEAD_OF_BOTH = N_(
    "I take part in the telephone interviews of “{title}” and key its ballots. They hold of respondents: "
    "{collected}. I know that the Statistics Law and the Personal Information Protection Law of the People's "
    "Republic of China protect all of it, and I pledge:"
)
_SECRET, _USE, _RECORD, _PROGRESS, _PASS_ON, _AFTERWARDS = (
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
_KEY = N_(
    "I key ballots as they are filled in. I neither guess, mend nor leave anything out, look at nothing a "
    "colleague keyed of them, and do not try to find out who filled them in."
)
_AFTER_KEYING = N_(
    "This pledge holds on after I leave this work. I answer under the law for any breach of it."
)
_PROGRESS_OF_KEYING = N_("I tell nobody how far keying has come, nor what the ballots say.")
_TELL = N_("I tell the supervisor at once when a ballot is missing or something may have leaked.")


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


def pledge_for(programme: Programme, actor: Actor) -> Pledge:
    """The pledge of a programme for somebody, of the work that the roles allow: calls, ballots, or both."""
    ballots = actor.may(Right.KEY_BALLOTS) and any(c.kind in BALLOT_KINDS for c in programme.channels)
    return pledge_of(programme, calls=actor.may(Right.INTERVIEW) or not ballots, ballots=ballots)


def pledge_of(programme: Programme, *, calls: bool = True, ballots: bool = False) -> Pledge:
    """The pledge of a programme in the language in use; it names what the programme collects.

    Args:
        programme: what is worked for.
        calls, ballots: what somebody does for it, one of them at least.
    """
    points: tuple[str, ...]
    if not ballots:
        lead, points = _LEAD, (_SECRET, _USE, _RECORD, _PROGRESS, _PASS_ON, _AFTERWARDS)
    elif not calls:
        lead = _LEAD_OF_KEYING
        points = (_SECRET, _USE, _KEY, _PROGRESS_OF_KEYING, _TELL, _AFTER_KEYING)
    else:
        lead, points = _LEAD_OF_BOTH, (_SECRET, _USE, _RECORD, _KEY, _PROGRESS, _PASS_ON, _AFTERWARDS)
    return Pledge(
        PLEDGE_VERSION,
        language(),
        _("Pledge of confidentiality"),
        _(lead).format(title=programme.title, collected=_collected(programme, calls, ballots)),
        tuple(_(point) for point in points),
    )


def _collected(programme: Programme, calls: bool, ballots: bool) -> str:
    parts = [_("names and telephone numbers")] if calls else []
    parts.append(_("answers about the units evaluated"))
    if calls and any(question.type == "text" for question in programme.questions):
        parts.append(_("what they say in their own words"))
    parts += [_("recordings of the calls")] if calls else []
    parts += [_("what is written on ballots")] if ballots else []
    return _(", ").join(parts)
