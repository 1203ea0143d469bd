"""What an action is: words, keys, and the modes in which it exists."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from cati.gui.widgets.keycap import key_print


class Mode(Enum):
    """What the user is doing; it decides what keys do."""

    SIGN_IN = "sign_in"
    GUIDE = "guide"  # a station without users is being set up
    READY = "ready"
    DIALLING = "dialling"
    QUESTION = "question"
    DISPOSITION = "disposition"
    APPOINTMENT = "appointment"  # the time to call again is being chosen
    HAND_OVER = "hand_over"  # the colleague who goes on is being chosen
    BREAK = "break"
    CARD = "card"  # the verification card lies over the question
    KEYPAD = "keypad"  # the telephone's keys lie over the question
    COMPLAINT = "complaint"
    CALL_BACK = "call_back"
    PLEDGE = "pledge"  # the pledge of confidentiality is to be signed
    CHOICE = "choice"  # one of several programmes is to be chosen
    AGENDA_TIME = "agenda_time"  # another time for an appointment is being chosen
    AGENDA = "agenda"  # appointments lie over the queue card
    MICROPHONE = "microphone"
    SOUND = "sound"  # microphone and loudspeaker are tested
    SOUND_RECORDING = "sound_recording"  # while one speaks
    SOUND_SKIP = "sound_skip"  # why that is not done is to be said
    HELP = "help"
    MANUAL = "manual"  # lies over the whole window
    # Places of the office.
    OVERVIEW = "overview"
    PROGRAMMES = "programmes"
    FRAMES = "frames"
    DRAWS = "draws"
    ROSTERS = "rosters"  # rosters of representatives, in place of the ceremony
    QUOTAS = "quotas"
    FIELD = "field"
    REVIEW = "review"
    VERDICT = "verdict"  # a verdict is chosen and not stored yet
    REVIEW_LIST = "review_list"
    SCORES = "scores"
    BALLOTS = "ballots"
    KEYING = "keying"  # a ballot is under the hand
    BEHIND = "behind"  # what is behind a score is looked at, layer by layer
    OPINIONS = "opinions"
    EXPORTS = "exports"
    SYSTEM = "system"
    PREVIEW = "preview"  # a questionnaire is walked through, nothing is stored
    ASK = "ask"  # a question lies over the place


class Group(Enum):
    """Place in the key bar, from left to right; HIDDEN actions have their button elsewhere."""

    FUNCTION = 1
    FLAG = 2
    MOVE = 3
    LAST = 4
    HIDDEN = 5


@dataclass(frozen=True)
class Action:
    """One thing that can be done by key.

    Attributes:
        name: snake_case, used to bind it.
        text: English words, the msgid.
        keys: in portable notation, such as ``Alt+Left``; with several, the handler is told which.
        modes: where it exists.
        group: place in the key bar.
        irreversible: outlined in the colour of refusal, never filled, never on Enter.
        repeats: whether holding the key down repeats it; an answer is never repeated.
        cap: print for several keys together, such as ``0–9``.
    """

    name: str
    text: str
    keys: tuple[str, ...]
    modes: frozenset[Mode]
    group: Group = Group.HIDDEN
    irreversible: bool = False
    repeats: bool = False
    cap: str = ""

    @property
    def printed(self) -> str:
        """What its key-cap shows."""
        return self.cap or key_print(self.keys[0])


def in_modes(*modes: Mode) -> frozenset[Mode]:
    """The modes in which an action exists."""
    return frozenset(modes)


OFFICE = in_modes(
    Mode.OVERVIEW,
    Mode.PROGRAMMES,
    Mode.FRAMES,
    Mode.DRAWS,
    Mode.ROSTERS,
    Mode.QUOTAS,
    Mode.FIELD,
    Mode.REVIEW,
    Mode.VERDICT,
    Mode.REVIEW_LIST,
    Mode.SCORES,
    Mode.BALLOTS,
    Mode.KEYING,
    Mode.BEHIND,
    Mode.OPINIONS,
    Mode.EXPORTS,
    Mode.SYSTEM,
)
"""Every place of the office."""

MOVES = ("Up", "Down", "PgUp", "PgDown", "Home", "End")
"""Keys that choose another row of a table."""
