"""What operators send to the supervisor."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from cati.base.i18n import mark as N_


class Kind(StrEnum):
    """What a message is about."""

    COMPLAINT = "complaint"
    """A respondent complained."""
    HELP = "help"
    """The operator asks for somebody."""
    REFUSAL = "refusal"
    """A respondent refused without saying never to call again: once more by somebody else, or not?"""
    LANGUAGE = "language"
    """Nobody at work speaks the respondent's language: once more when there is somebody, or not?"""

    LATE = "late"
    """A station sent what came too late for its lease; the text is one of `LATE_WORDS`."""

    @property
    def decides(self) -> bool:
        """Whether its case has ended unless the supervisor has it called once more."""
        return self in (Kind.REFUSAL, Kind.LANGUAGE)


KIND_LABELS: Mapping[Kind, str] = {
    Kind.COMPLAINT: N_("complaint"),
    Kind.HELP: N_("call for help"),
    Kind.REFUSAL: N_("soft refusal"),
    Kind.LANGUAGE: N_("no speaker"),
    Kind.LATE: N_("came late"),
}
"""What each kind is called, to be translated."""

LATE_WORDS: Mapping[str, str] = {
    "late_settled": N_("The station was silent; nobody had taken the case meanwhile: its outcome holds"),
    "late_counted": N_("The station was silent; its complete interview is counted"),
    "late_overshoot": N_("The station was silent; its complete interview is kept beyond the quota"),
    "late_duplicate": N_("The station was silent; the person was interviewed twice: the first one counts"),
    "late_recorded": N_(
        "The station was silent and the case went on without it: its outcome is only recorded"
    ),
    "late_dialled": N_(
        "The station was silent; the person was dialled although the case was somebody else's"
    ),
    "set_aside": N_("The interview was gone on with elsewhere: what came late from here is set aside"),
}
"""What a late message says, to be translated."""


def said(kind: Kind, text: str) -> str:
    """The words of a message, as a msgid where the program wrote them."""
    return LATE_WORDS.get(text, text) if kind is Kind.LATE else text
