"""What the review calls verdicts, reasons, states and answers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.programmes import Programme, in_language
from cati.domain.review import REASONS, Verdict

if TYPE_CHECKING:
    from cati.services.review import Reviewed, ReviewFile
    from cati.services.verdicts import Effect

VERDICTS = {
    Verdict.ACCEPTED: (N_("Accept"), "A", "tick"),
    Verdict.EXCLUDED: (N_("Exclude"), "X", "refusal"),
    Verdict.SENT_BACK: (N_("Send back"), "B", "again"),
    Verdict.SECOND: (N_("Second opinion"), "S", None),
}
"""Words of its button, key, outline."""

_DONE = {
    Verdict.ACCEPTED: N_("accepted"),
    Verdict.EXCLUDED: N_("excluded"),
    Verdict.SENT_BACK: N_("sent back"),
    Verdict.SECOND: N_("second opinion asked for"),
}
_FOLLOWS = {
    Verdict.ACCEPTED: N_("Accepted, it counts; one that was out comes back if its cell has room."),
    Verdict.EXCLUDED: N_(
        "Excluded, it leaves score and quota at once and the cell calls again; answers and recordings stay."
    ),
    Verdict.SENT_BACK: N_(
        "Sent back, it leaves score and quota; the person is called again and asked everything anew."
    ),
    Verdict.SECOND: N_("Somebody else has to decide; until then everything stays as it is."),
}
_FOLLOWS_AFTER = {
    Verdict.EXCLUDED: N_(
        "Excluded, it leaves score and quota at once. Fieldwork is over: the cell stays one short."
    ),
    Verdict.SENT_BACK: N_("Fieldwork is over: nobody is called again. Exclude it, or accept it."),
}
_STATES = {
    "complete": N_("complete"),
    "no_opinion": N_("no opinion"),
    "duplicate": N_("second of one person"),
    "partial": N_("partial"),
    "break_off": N_("broken off"),
    "ended": N_("ended early"),
}


def verdict_done(verdict: str) -> str:
    """A verdict that was given."""
    return _(_DONE[Verdict(verdict)])


def follows(verdict: Verdict | None, over: bool) -> str:
    """What a verdict does, also once fieldwork is over; without one, what is kept of all this."""
    if over and verdict in _FOLLOWS_AFTER:
        return _(_FOLLOWS_AFTER[verdict])
    if verdict is not None:
        return _(_FOLLOWS[verdict])
    return _("A verdict changes no answer and no recording. What is heard and who decides is logged.")


def effect_words(effect: Effect) -> str:
    """What a verdict did."""
    from cati.services.verdicts import EFFECT_WORDS

    return _(EFFECT_WORDS[effect])


def state_words(state: str) -> str:
    """What an interview became."""
    return _(_STATES.get(state, state))


def reason_words(verdict: str, reason: str | None) -> str:
    """A reason of the closed list; empty for none."""
    return _(REASONS.get(Verdict(verdict), {}).get(reason or "", "")) if reason else ""


def moment(at: datetime, programme: Programme) -> str:
    """Day and time in the programme's own time."""
    local = at.astimezone(ZoneInfo(programme.settings.timezone))
    return _("{month}/{day} {time}").format(month=local.month, day=local.day, time=f"{local:%H:%M}")


def unit_names(programme: Programme) -> dict[str, str]:
    """The units by code, as they are called in the language in use."""
    if language() != "en":
        return {unit.code: unit.name for unit in programme.units}
    return {unit.code: in_language(unit.labels, language(), unit.name) for unit in programme.units}


def group_names(programme: Programme) -> dict[str, str]:
    """The groups by code, as they are called in the language in use."""
    return {group.code: in_language(group.labels, language(), group.label) for group in programme.groups}


def headline(programme: Programme, one: Reviewed) -> str:
    """One line that tells which interview it is."""
    parts = (
        unit_names(programme)[one.unit_code],
        group_names(programme)[one.group_code],
        _("case {number:04}").format(number=one.case_id),
        moment(one.started_at, programme),
    )
    return " · ".join(parts)


def history_line(programme: Programme, file: ReviewFile) -> str:
    """The last verdict with who, when and why; empty before the first."""
    if not file.history:
        return ""
    last = file.history[-1]
    parts = [verdict_done(last.verdict), reason_words(last.verdict, last.reason), last.note]
    said = ", ".join(part for part in parts if part)
    return _("Last verdict: {said} ({name}, {at}).").format(
        said=said, name=last.name, at=moment(last.at, programme)
    )


def answer_words(programme: Programme, item: str, value: str) -> str:
    """An answer as the operator's screen prints it: key and words."""
    question = programme.question(item)
    choices = {choice.name: choice for choice in programme.choices.get(question.list_name, ())}
    if not choices:
        return value
    said = []
    for name in value.split():
        choice = choices.get(name)
        if choice is None:
            said.append(name)
        else:
            words = in_language(choice.labels, language(), name)
            said.append(f"{choice.key} {words}".strip())
    return "、".join(said)


def item_name(programme: Programme, item: str) -> str:
    """What a question is called in lists."""
    return in_language(programme.question(item).short, language(), item)
