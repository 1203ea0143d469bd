"""Who spoke how much: figures of several recordings together, and in words."""

from __future__ import annotations

from collections.abc import Sequence

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.ports import Speech


def summed(told: Sequence[Speech]) -> Speech:
    """The figures of one interview's recordings together.

    Args:
        told: at least one. Where any of them is of one channel, so is the sum.
    """
    channels = min(len(one.talk_ms) for one in told)
    overlaps = [one.overlap_ms for one in told if one.overlap_ms is not None]
    spoken = [one.talk_ms if channels == 2 else (one.length_ms - one.silence_ms,) for one in told]
    return Speech(
        length_ms=sum(one.length_ms for one in told),
        talk_ms=tuple(sum(column) for column in zip(*spoken, strict=True)),
        silence_ms=sum(one.silence_ms for one in told),
        overlap_ms=sum(overlaps) if channels == 2 else None,
        longest_pause_ms=max(one.longest_pause_ms for one in told),
        answers=sum(one.answers for one in told),
        answers_unspoken=sum(one.answers_unspoken for one in told),
    )


def speech_words(told: Speech) -> str:
    """The figures in one line."""
    share = [
        f"{ms / max(told.length_ms, 1):.0%}" for ms in (*told.talk_ms, told.silence_ms, told.overlap_ms or 0)
    ]
    pause = f"{told.longest_pause_ms / 1000:.0f}"
    if len(told.talk_ms) == 2:
        said = _(
            "Talk: operator {operator}, respondent {respondent}, both at once {both}; silence {silence}, "
            "longest pause {pause} s"
        ).format(operator=share[0], respondent=share[1], silence=share[2], both=share[3], pause=pause)
    else:
        said = _("Talk {talk}, silence {silence}, longest pause {pause} s").format(
            talk=share[0], silence=share[1], pause=pause
        )
    if told.answers_unspoken:
        unspoken = ngettext(
            "{count} answer of {answers} without a word before it",
            "{count} answers of {answers} without a word before them",
            told.answers_unspoken,
        )
        said += _("; ") + unspoken.format(count=told.answers_unspoken, answers=told.answers)
    return said
