"""Signals as plain sentences: what was seen, and why that is worth hearing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.signals import Signal, SignalKind
from cati.domain.times import length

_TITLES = {
    SignalKind.COMPLAINT: N_("Complaint at {place}: {note}"),
    SignalKind.UNREAD: N_("{questions} answered within {seconds} s"),
    SignalKind.CUT_SHORT: N_("{questions} answered before it was read to the end"),
    SignalKind.NOT_RECORDED: N_("There is no recording"),
    SignalKind.INCOMPLETE: N_("The recording is not complete"),
    SignalKind.MUTE: N_("The recording is silent"),
    SignalKind.PROMPTED: N_("The operator pressed “Prompted”"),
    SignalKind.SILENCE: N_("{seconds} s of silence"),
    SignalKind.DECLINED: N_("The respondent did not agree to recording"),
    SignalKind.LATE: N_("Finished after the case had been given back"),
    SignalKind.IDENTICAL: N_("All {count} items have the same answer"),
    SignalKind.MARKED: N_("Marked at {place}: {note}"),
}
_DETAILS = {
    SignalKind.COMPLAINT: N_("{name} sent it to the supervisor; what was said before it is heard."),
    SignalKind.UNREAD: N_("Reading that aloud usually takes {reading} s."),
    SignalKind.CUT_SHORT: N_("Answered after {seconds} s; reading aloud usually takes {reading} s."),
    SignalKind.NOT_RECORDED: N_("Nothing can be heard; decide by the answers, or send it back."),
    SignalKind.INCOMPLETE: N_("{recorded} s are recorded of a conversation of {spoken} s."),
    SignalKind.MUTE: N_("The microphone was open but gave no sound."),
    SignalKind.PROMPTED: N_("Somebody beside the respondent said what to answer."),
    SignalKind.SILENCE: N_("Nobody said anything from {place} on."),
    SignalKind.DECLINED: N_("Recording stopped there; if they agreed after all, it went on in a new file."),
    SignalKind.LATE: N_("The station was cut off for a while; the answers were kept and counted."),
    SignalKind.IDENTICAL: N_("That may be true; hear whether each one was asked."),
    SignalKind.MARKED: N_("{name} marked this place."),
}
_SHORT = {
    SignalKind.UNREAD: N_("faster than reading"),
    SignalKind.CUT_SHORT: N_("not read to the end"),
}


def title(signal: Signal, numbers: Mapping[str, int]) -> str:
    """What was seen, on one line.

    Args:
        signal: see there.
        numbers: of the questions as the screen counts them, by name.
    """
    return _(_TITLES[signal.kind]).format(
        questions=questions([numbers[item] for item in signal.items if item in numbers]),
        seconds=whole(signal.numbers.get("seconds", 0.0)),
        count=len(signal.items),
        place=clock(round(signal.numbers.get("place", 0.0) * 1000)),
        note=signal.note or _("no note"),
    )


def detail(signal: Signal) -> str:
    """Why it is worth hearing, in one sentence."""
    figures = {name: whole(value) for name, value in signal.numbers.items() if name != "place"}
    return _(_DETAILS[signal.kind]).format(
        **{"seconds": "", "reading": "", "recorded": "", "spoken": ""} | figures,
        place=clock(signal.start_ms or 0),
        name=signal.by,
    )


def short(signal: Signal) -> str:
    """A few words beside a question; empty for what concerns no single one."""
    return _(_SHORT[signal.kind]) if signal.kind in _SHORT else ""


def questions(numbers: Sequence[int]) -> str:
    """Neighbouring questions by number: "Questions 6–8"."""
    if len(numbers) == 1:
        return _("Question {number}").format(number=numbers[0])
    if not numbers:
        return ""
    return _("Questions {first}–{last}").format(first=numbers[0], last=numbers[-1])


def clock(milliseconds: int) -> str:
    """A place in a recording: ``02:36``."""
    return length(milliseconds / 1000)


def whole(seconds: float) -> str:
    """Seconds as people say them: whole, but tenths below one."""
    return f"{seconds:.1f}" if 0 < seconds < 1 else f"{seconds:.0f}"
