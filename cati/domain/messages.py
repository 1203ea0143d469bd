"""What operators send to the supervisor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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

WORK_HELD = "work_held"
"""The text of a message about work that holds its case until the supervisor has decided on it."""

LATE_WORDS: Mapping[str, str] = {
    "late_settled": N_("Its outcome holds: the station was silent, and nobody had taken the case meanwhile"),
    "late_counted": N_("Its complete interview is counted: the station was silent"),
    "late_overshoot": N_("Its complete interview is kept beyond the quota: the station was silent"),
    "late_duplicate": N_("The person was interviewed twice, the first one counts: the station was silent"),
    "late_recorded": N_(
        "Its outcome is only recorded: the station was silent, and the case went on without it"
    ),
    "late_dialled": N_("The person was dialled though the case was somebody else's: the station was silent"),
    "at_work_again": N_(
        "The end of a working day came late, and its operator had been at work again: look at the working day"
    ),
    "set_aside": N_("The interview was gone on with elsewhere: what came late from here is set aside"),
    WORK_HELD: N_(
        "Decide on this call: the person was spoken to before the server was restored, or while the station "
        "was silent, and nobody is called in this case until then. Take the work over with its answers, or "
        "let the person be called again"
    ),
}
"""What a late message says, to be translated."""


def pressing(kind: Kind) -> int:
    """What is to be seen to first, the least first: whoever asks for help waits for it."""
    return {Kind.HELP: 0, Kind.COMPLAINT: 1}.get(kind, 2)


def holds(kind: Kind, text: str) -> bool:
    """Whether a message asks what becomes of late work."""
    return kind is Kind.LATE and text == WORK_HELD


def decision(kind: Kind, again: bool | None) -> str:
    """What was decided on a message, as a msgid; empty where nothing was to be.

    Args:
        kind: what it was about.
        again: whether the person is called once more; None where that was not asked.
    """
    if again is None:
        return ""
    if kind is Kind.LATE:
        return N_("the person is called again") if again else N_("the work is taken over")
    return N_("once more, by somebody else") if again else N_("the case stays ended")


def said(kind: Kind, text: str) -> str:
    """The words of a message, as a msgid where the program wrote them."""
    return LATE_WORDS.get(text, text) if kind is Kind.LATE else text


LATELY_MS = 60_000
"""So much of the recording is marked by a complaint: what it is about was said just before."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of one recording.

    Attributes:
        start_ms, end_ms: from the recording's first frame, the end after the start.
    """

    recording_id: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class LateWrite:
    """Something that a station wrote and that came too late to take its place.

    Attributes:
        kind: of the write (`cati.domain.writes.KINDS`).
        about: what the question is called; empty for what is no answer.
        came: what was written: the label of an answer or an outcome; empty for neither, or taken back.
        stands: what holds in its place; empty when nothing does.
    """

    kind: str
    about: str
    came: str
    stands: str


_NOTHING = "—"
_KEPT_WORDS: Mapping[str, str] = {
    "begin": N_("a dialling"),
    "open": N_("the beginning of an interview"),
    "typed": N_("note and words typed"),
    "end": N_("the end of a call"),
    "recording": N_("a recording"),
    "recorded": N_("the end of a recording"),
}


def late_words(write: LateWrite, translate: Callable[[str], str]) -> str:
    """One line that says what came late and what stands instead.

    Args:
        translate: gives the words of a msgid in the language of who reads.
    """
    came, stands = (translate(words) if words else _NOTHING for words in (write.came, write.stands))
    match write.kind:
        case "answer":
            said = translate(N_("{about}: came late {came} · stands {stands}"))
        case "out":
            said = translate(N_("End of work: came late {came}"))
        case "close":
            said = translate(N_("Outcome: came late {came} · stands {stands}"))
        case _:
            said = translate(N_("Kept as it came: {what}"))
    what = translate(_KEPT_WORDS[write.kind]) if write.kind in _KEPT_WORDS else ""
    return said.format(about=write.about, came=came, stands=stands, what=what)
