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
            "exports",
            "users",
            "copies",
            "retire",
            "commands",
        ),
    ),
)

_APPOINTMENT = Topic(N_("Here it is agreed when to call again."), "appointments")
_REVIEW = Topic(N_("Here interviews are heard, and a verdict is given on each."), "review")

TOPICS: Mapping[Mode, Topic] = {
    Mode.SIGN_IN: Topic(N_("Here each person signs in under their own name."), "first-day"),
    Mode.GUIDE: Topic(
        N_("Here a station is set up, step by step; what is settled stays settled."), "first-start"
    ),
    Mode.PLEDGE: Topic(N_("Read the pledge of confidentiality and sign it with your password."), "practice"),
    Mode.CHOICE: Topic(N_("A digit chooses the programme to work in."), "practice"),
    Mode.READY: Topic(N_("Here stands whom to call next, and why this person."), "queue"),
    Mode.DIALLING: Topic(N_("Here stands the number to dial by hand."), "call"),
    Mode.CARD: Topic(N_("Read this aloud when somebody doubts the call."), "call"),
    Mode.COMPLAINT: Topic(N_("Here a complaint is written down and sent to the supervisor."), "call"),
    Mode.CALL_BACK: Topic(N_("Here the case of somebody who calls back is found by the number."), "queue"),
    Mode.QUESTION: Topic(
        N_("Read aloud what stands large; key what was answered. Answers are stored at once."), "questions"
    ),
    Mode.DISPOSITION: Topic(
        N_("Here it is noted what came of the call; beside it stands what follows."), "outcomes"
    ),
    Mode.APPOINTMENT: _APPOINTMENT,
    Mode.HAND_OVER: Topic(N_("Here it is chosen who goes on with the interview."), "questions"),
    Mode.AGENDA: Topic(N_("Here stand the appointments, own and everybody's."), "appointments"),
    Mode.AGENDA_TIME: _APPOINTMENT,
    Mode.BREAK: Topic(N_("No case is on the desk; working time stands still while a break lasts."), "breaks"),
    Mode.MICROPHONE: Topic(N_("Here the microphone is chosen: speak, and see whether it hears."), "trouble"),
    Mode.SOUND: Topic(
        N_("Here it is tried whether you are heard and hear, before work begins."), "first-day"
    ),
    Mode.OVERVIEW: Topic(
        N_("Here stands how far the programme is, and the one next thing to do."), "overview"
    ),
    Mode.PROGRAMMES: Topic(N_("Here a programme's workbook is checked, loaded and looked at."), "programme"),
    Mode.PREVIEW: Topic(N_("Walk through the questionnaire; nothing is stored."), "programme"),
    Mode.FRAMES: Topic(N_("Here phone lists are taken in, and their problems shown."), "lists"),
    Mode.DRAWS: Topic(N_("Here the draw is held before witnesses, so that anybody can check it."), "draw"),
    Mode.QUOTAS: Topic(N_("Here stands how full each unit's groups are, and what can be done."), "quotas"),
    Mode.FIELD: Topic(
        N_("Here stands who is at work, every case, call and recording, and attendance."), "field"
    ),
    Mode.REVIEW: _REVIEW,
    Mode.VERDICT: _REVIEW,
    Mode.REVIEW_LIST: Topic(
        N_("Here interviews to be heard are listed, those with signals first."), "review"
    ),
    Mode.SCORES: Topic(
        N_("Here stand the scores, once fieldwork is closed, and how each came about."), "scores"
    ),
    Mode.EXPORTS: Topic(
        N_("Here data is written to files; what, for whom and how masked is logged."), "exports"
    ),
    Mode.SYSTEM: Topic(
        N_("Here users, copies, the examination and the audit log are looked after."), "users"
    ),
    Mode.ASK: Topic(N_("Something is asked before it is done; Esc leaves all as it was.")),
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
