"""What happened to a case, as one line of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.messages import KIND_LABELS, decision, said
from cati.domain.recordings import problem_words
from cati.domain.times import length
from cati.gui.field import words
from cati.gui.widgets.table import Cell

if TYPE_CHECKING:
    from cati.services.browse import AttemptRow, CaseCard

INTERVIEWS = {
    "open": N_("under way"),
    "complete": N_("complete"),
    "no_opinion": N_("complete, no opinion"),
    "partial": N_("partial"),
    "break_off": N_("broken off"),
    "ended": N_("ended by the screening"),
    "duplicate": N_("second one, kept and never scored"),
}
VERDICTS = {
    "accepted": N_("accepted"),
    "excluded": N_("excluded"),
    "sent_back": N_("sent back"),
    "second": N_("second opinion wanted"),
}

STEPS = {
    "aside": N_("set aside"),
    "back": N_("back to the queue"),
    "give": N_("given to"),
    "reopen": N_("to be called again"),
}


class Happening(NamedTuple):
    """One line of the history.

    Attributes:
        name: tells it apart from all others of the case.
        what: kind of event, as it is shown.
        told: the rest, in words.
    """

    name: str
    at: datetime
    what: Cell
    who: str
    told: str


def happenings(card: CaseCard) -> list[Happening]:
    """Everything that happened to a case, the oldest first."""
    return sorted(_all(card), key=lambda one: one.at)


def _all(card: CaseCard) -> Iterator[Happening]:
    stored = card.stored
    for attempt in stored.attempts:
        yield Happening(
            attempt.id,
            attempt.dialled_at,
            Cell(_("Call {number}").format(number=attempt.number), bold=True),
            attempt.operator,
            _told_of_call(attempt),
        )
    for interview in stored.interviews:
        count = ngettext("{count} answer", "{count} answers", interview.answers)
        parts = [_(INTERVIEWS[interview.state]), count.format(count=interview.answers)]
        if interview.excluded:
            parts.append(_("excluded"))
        if interview.late:
            parts.append(_("late"))
        yield Happening(
            interview.id, interview.started_at, Cell(_("Interview"), "ok"), interview.operator, _join(parts)
        )
    for sound in stored.recordings:
        seconds = sound.duration_ms / 1000 if sound.duration_ms is not None else None
        parts = [length(seconds), problem_words(sound.problem)]
        if sound.under_way:
            parts.append(_("under way"))
        elif not sound.complete:
            parts.append(_("not whole"))
        yield Happening(sound.id, sound.started_at, Cell(_("Sound"), "ink2"), sound.operator, _join(parts))
    for nth, verdict in enumerate(stored.verdicts):
        told = _join([_(VERDICTS[verdict.verdict]), verdict.note])
        yield Happening(f"verdict {nth}", verdict.at, Cell(_("Review"), "accent"), verdict.name, told)
    for nth, step in enumerate(stored.steps):
        told = _join([_(STEPS[step.kind]), step.to or "", step.reason])
        yield Happening(f"step {nth}", step.at, Cell(_("Decided"), "warn"), step.name, told)
    for message in stored.messages:
        kind = _(KIND_LABELS[message.kind])
        told = _join([kind, _(said(message.kind, message.text)) if message.text else ""])
        yield Happening(f"sent {message.id}", message.at, Cell(_("Message"), "warn"), message.operator, told)
        if message.settled_at is not None:
            what = decision(message.kind, message.again)
            answer = _join([kind, _(what) if what else "", message.answer])
            who = message.settled_by or ""
            yield Happening(f"settled {message.id}", message.settled_at, Cell(_("Settled")), who, answer)


def _told_of_call(attempt: AttemptRow) -> str:
    seconds = None
    if attempt.connected_at and attempt.ended_at:
        seconds = (attempt.ended_at - attempt.connected_at).total_seconds()
    parts = [
        words.outcome_words(attempt.disposition) if attempt.disposition else _("under way"),
        length(seconds),
        _("prompted") if attempt.prompted else "",
        _("late") if attempt.late else "",
        _("called in") if attempt.incoming else "",
        attempt.note,
    ]
    return _join(parts)


def _join(parts: list[str]) -> str:
    return " · ".join(part for part in parts if part)
