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

    @property
    def decides(self) -> bool:
        """Whether its case has ended unless the supervisor has it called once more."""
        return self in (Kind.REFUSAL, Kind.LANGUAGE)


KIND_LABELS: Mapping[Kind, str] = {
    Kind.COMPLAINT: N_("complaint"),
    Kind.HELP: N_("call for help"),
    Kind.REFUSAL: N_("soft refusal"),
    Kind.LANGUAGE: N_("no speaker"),
}
"""What each kind is called, to be translated."""
