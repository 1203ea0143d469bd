"""What the field's lists call states, outcomes and times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.attendance import LOCAL
from cati.domain.board import Activity, Sound
from cati.domain.dispositions import DISPOSITIONS
from cati.domain.queue import CaseState
from cati.domain.times import clock
from cati.gui.widgets.table import Cell

MANY_MINUTES = 100
"""From so many on hours are told: three digits have no room."""
STATES: Mapping[CaseState, str] = {
    CaseState.FRESH: N_("not called yet"),
    CaseState.HELD: N_("with an operator"),
    CaseState.CALLBACK: N_("to be called again"),
    CaseState.APPOINTMENT: N_("appointment"),
    CaseState.COMPLETE: N_("complete"),
    CaseState.CLOSED: N_("ended"),
    CaseState.PARKED: N_("waits, cell full"),
    CaseState.RESERVE: N_("in reserve"),
    CaseState.ASIDE: N_("set aside"),
}
_STATE_LOOKS: Mapping[CaseState, tuple[str, str | None]] = {
    CaseState.HELD: ("accent", "soft"),
    CaseState.COMPLETE: ("ok", "ok_s"),
    CaseState.APPOINTMENT: ("ink", "panel"),
    CaseState.ASIDE: ("warn", "warn_s"),
}
ACTIVITIES: Mapping[Activity, str] = {
    Activity.INTERVIEW: N_("in interview"),
    Activity.UNKNOWN: N_("in a call the server lacks"),
    Activity.DIALLING: N_("dialling"),
    Activity.READY: N_("ready"),
    Activity.UNSEEN: N_("not seen since {time}"),
    Activity.BREAK: N_("on break"),
    Activity.OUT: N_("not at work"),
}
_ACTIVITY_LOOKS: Mapping[Activity, tuple[str, str | None]] = {
    Activity.INTERVIEW: ("accent", "soft"),
    Activity.UNKNOWN: ("warn", "warn_s"),
    Activity.DIALLING: ("ink", "panel"),
    Activity.READY: ("ok", "ok_s"),
    Activity.UNSEEN: ("warn", "warn_s"),
    Activity.BREAK: ("warn", "warn_s"),
    Activity.OUT: ("ink2", None),
}


def state_cell(state: CaseState) -> Cell:
    """A case's state as a tag."""
    ink, box = _STATE_LOOKS.get(state, ("ink2", None))
    return Cell(_(STATES[state]), ink, box=box)


def activity_cell(activity: Activity, since: datetime | None) -> Cell:
    """What an operator does as a tag; of who is not seen, since when."""
    ink, box = _ACTIVITY_LOOKS[activity]
    said = _(ACTIVITIES[activity])
    if activity is Activity.UNSEEN and since is not None:
        said = said.format(time=clock(since))
    return Cell(said, ink, box=box)


def sound_cell(sound: Sound) -> Cell:
    """What became of an operator's sound test."""
    match sound:
        case Sound.TESTED:
            return Cell(_("tested"), "ink2")
        case Sound.UNTESTED:
            return Cell(_("not tested"), "warn", True, "warning")
    return Cell("", "ink2")


def outcome_words(code: str | None) -> str:
    """What an outcome is called."""
    return _(DISPOSITIONS[code].label) if code else ""


def recent(at: datetime, now: datetime) -> str:
    """The time of a moment of today, else its day; both aware."""
    here = at.astimezone(LOCAL)
    return f"{here:%H:%M}" if here.date() == now.astimezone(LOCAL).date() else f"{here:%m-%d}"


def since_words(since: datetime | None, now: datetime) -> str:
    """Since when, and how long that is; empty for None."""
    if since is None:
        return ""
    minutes = max(0, round((now - since).total_seconds() // 60))
    if minutes < MANY_MINUTES:
        return _("{time}, {minutes} min").format(time=clock(since), minutes=minutes)
    return _("{time}, {hours} h").format(time=clock(since), hours=minutes // 60)


def moment(at: datetime | None, *, seconds: bool = False) -> str:
    """Month, day and time as clocks here show them; empty for None."""
    if at is None:
        return ""
    return f"{at.astimezone(LOCAL):%m-%d %H:%M:%S}" if seconds else f"{at.astimezone(LOCAL):%m-%d %H:%M}"
