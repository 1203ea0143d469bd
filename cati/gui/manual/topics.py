"""Which chapters the manual has, and what each screen is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cati.base.i18n import mark as N_
from cati.gui.action import Mode


class Part(NamedTuple):
    """Chapters for one kind of user.

    Attributes:
        title: English, the msgid.
        chapters: names of their files without ``.md``, in the order in which they are read.
    """

    title: str
    chapters: tuple[str, ...]


class Topic(NamedTuple):
    """What help says of a mode.

    Attributes:
        purpose: one sentence, English, the msgid.
        chapter: where more is written; empty where that is said by the mode it lies over.
    """

    purpose: str
    chapter: str = ""


PARTS = (
    Part(
        N_("For operators"),
        (
            "first-day",
            "practice",
            "queue",
            "call",
            "questions",
            "outcomes",
            "appointments",
            "breaks",
            "trouble",
        ),
    ),
    Part(N_("For supervisors"), ("field", "messages", "review", "attendance")),
    Part(
        N_("For the bureau"),
        (
            "first-start",
            "overview",
            "programme",
            "workbook",
            "lists",
            "draw",
            "quotas",
            "scores",
            "ballots",
            "opinions",
            "exports",
            "users",
            "copies",
            "retire",
            "commands",
        ),
    ),
)

_APPOINTMENT = Topic(N_("Agree on a time to call again."), "appointments")
_REVIEW = Topic(N_("Listen to interviews and give a verdict on each."), "review")

TOPICS: Mapping[Mode, Topic] = {
    Mode.SIGN_IN: Topic(N_("Everybody signs in with their own user name."), "first-day"),
    Mode.GUIDE: Topic(N_("Set this station up step by step; steps that are done are kept."), "first-start"),
    Mode.PLEDGE: Topic(N_("Read the pledge of confidentiality and sign it with your password."), "practice"),
    Mode.CHOICE: Topic(N_("A digit chooses the programme to work in."), "practice"),
    Mode.READY: Topic(N_("The next person to call, and why it is this one."), "queue"),
    Mode.DIALLING: Topic(N_("The number to dial by hand."), "call"),
    Mode.CARD: Topic(N_("Read this aloud when somebody doubts the call."), "call"),
    Mode.COMPLAINT: Topic(N_("Write a complaint down and send it to the supervisor."), "call"),
    Mode.KEYPAD: Topic(N_("What you press here goes to the line and is no answer."), "call"),
    Mode.CALL_BACK: Topic(N_("Find the case of somebody who calls back, by the number."), "queue"),
    Mode.QUESTION: Topic(
        N_("Read the large text aloud and press the key of the answer; it is stored at once."), "questions"
    ),
    Mode.DISPOSITION: Topic(
        N_("Choose what came of the call; beside each outcome stands what follows."), "outcomes"
    ),
    Mode.APPOINTMENT: _APPOINTMENT,
    Mode.HAND_OVER: Topic(N_("Choose who goes on with the interview."), "questions"),
    Mode.AGENDA: Topic(N_("Appointments, your own and everybody's."), "appointments"),
    Mode.AGENDA_TIME: _APPOINTMENT,
    Mode.BREAK: Topic(N_("You hold no case now; a break is no working time."), "breaks"),
    Mode.MICROPHONE: Topic(N_("Choose the microphone: speak and see whether it hears you."), "trouble"),
    Mode.SOUND: Topic(N_("Before work begins, test whether you are heard and can hear."), "first-day"),
    Mode.SOUND_RECORDING: Topic(N_("Read the sentence aloud; then it is played to you."), "first-day"),
    Mode.SOUND_SKIP: Topic(N_("Say why the sound is not tested; the supervisor sees it."), "first-day"),
    Mode.OVERVIEW: Topic(N_("How far the programme is, and the one next thing to do."), "overview"),
    Mode.PROGRAMMES: Topic(N_("Check, load and look at a programme's workbook."), "programme"),
    Mode.PREVIEW: Topic(N_("Walk through the questionnaire; nothing is stored."), "programme"),
    Mode.FRAMES: Topic(N_("Import phone lists and look at their problems."), "lists"),
    Mode.DRAWS: Topic(N_("Hold the draw before witnesses; anybody can check it."), "draw"),
    Mode.ROSTERS: Topic(N_("Rosters of representatives, their lot, and who follows the absent."), "draw"),
    Mode.QUOTAS: Topic(N_("How full each unit's groups are, and what can be done."), "quotas"),
    Mode.FIELD: Topic(N_("Who is at work, every case, call and recording, and attendance."), "field"),
    Mode.REVIEW: _REVIEW,
    Mode.VERDICT: _REVIEW,
    Mode.REVIEW_LIST: Topic(N_("Interviews to be heard, those with signals first."), "review"),
    Mode.SCORES: Topic(N_("Scores, once fieldwork is closed, and how each came about."), "scores"),
    Mode.BALLOTS: Topic(N_("Ballots on paper, keyed twice by two people and settled by a third."), "ballots"),
    Mode.KEYING: Topic(N_("Key the paper with one hand; what is keyed is stored at once."), "ballots"),
    Mode.BEHIND: Topic(N_("From a score down to the answers it is made of."), "scores"),
    Mode.OPINIONS: Topic(N_("What people said in words: coded, sent to the units, answered."), "opinions"),
    Mode.EXPORTS: Topic(N_("Write data to files; what, for whom and how masked is logged."), "exports"),
    Mode.SYSTEM: Topic(N_("Users, copies, the examination of the station, and the audit log."), "users"),
    Mode.ASK: Topic(N_("Confirm before it is done; Esc leaves everything as it was.")),
}
"""Every mode but those of help itself."""

CHAPTERS: tuple[str, ...] = tuple(name for part in PARTS for name in part.chapters)


def topic(modes: Sequence[Mode]) -> Topic:
    """What help says where some modes lie over others, and the chapter of the nearest that has one.

    Args:
        modes: the uppermost first.
    """
    told = [TOPICS[mode] for mode in modes if mode in TOPICS]
    chapter = next(one.chapter for one in (*told, Topic("", CHAPTERS[0])) if one.chapter)
    return Topic(told[0].purpose if told else "", chapter)
