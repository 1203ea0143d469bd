"""What the call bar says in each state of the desk."""

from __future__ import annotations

from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.call import Call, Phase
from cati.domain.contacts import masked
from cati.domain.programmes import Programme
from cati.domain.times import length
from cati.gui.actions import BY_NAME
from cati.gui.console import words
from cati.gui.console.desk import STOPPED, Desk
from cati.gui.widgets import call_bar as bar
from cati.gui.widgets.call_bar import CallBarState, Lamp, LampFault, OtherSide, Saved
from cati.gui.widgets.day import clock_time

# What is wrong with a recording that goes on all the same, or has stopped.
_LAMP_FAULTS = {
    "silent": LampFault.SILENT,
    "disk": LampFault.DISK,
    "recorder_died": LampFault.STOPPED,
    "file_exists": LampFault.STOPPED,
}

# Why what is saved here waits; for the line where nothing else is said.
_LINE_DOWN = N_("line down, sent later")
_WAITS = {
    "login_closed": N_("login shut, sent later"),
    "let_in_no_more": N_("upgraded, sent later"),
    "server_disk_full": N_("server full, sent later"),
    **dict.fromkeys(("server_full", "server_memory"), N_("server busy, sent later")),
}

_PHASES = {
    Phase.DIALLING: bar.Phase.DIALLING,
    Phase.CONNECTED: bar.Phase.LIVE,
    Phase.WRAP_UP: bar.Phase.WRAP,
}


def clock(desk: Desk) -> str:
    """The call clock: time since dialling, of the conversation, or of the conversation that is over."""
    call = desk.call
    start = call.connected_at or call.dialled_at
    if call.phase not in _PHASES or start is None:
        return ""
    if call.phase is Phase.WRAP_UP and call.connected_at is None:
        return "00:00"
    return length(((call.ended_at or desk.now()) - start).total_seconds())


def state(desk: Desk, idle: str) -> CallBarState:
    """Everything the bar shows.

    Args:
        desk: open.
        idle: what to say where no case is in hand.
    """
    call, programme = desk.call, desk.place.programme.programme
    lamp, lamp_fault = _lamp(desk, call)
    who, who_note = _who(call, programme, idle)
    if call.phase in (Phase.IDLE, Phase.READY) and desk.place.several:
        who_note += f" · {BY_NAME['programme'].printed}"
    saved, saved_note = _saved(desk, call)
    actor = desk.place.ctx.actor
    there = words.local(desk.now(), programme.settings)
    return CallBarState(
        phase=_PHASES.get(call.phase, bar.Phase.IDLE),
        lamp=lamp,
        lamp_fault=lamp_fault,
        other_side=_other_side(desk),
        clock=clock(desk),
        who=who,
        who_note=who_note,
        saved=saved,
        saved_note=saved_note,
        unsaved=desk.storing.count,
        me=f"{actor.name} · {actor.station}",
        today=f"{words.weekday(there)} {clock_time(there)}",
        practice=desk.place.practice is not None,
    )


def _other_side(desk: Desk) -> OtherSide:
    if desk.place.phone is None:
        return OtherSide.NOT_RECORDED
    return OtherSide.NO_HEADSET if desk.is_deaf else OtherSide.HEARD


def _lamp(desk: Desk, call: Call) -> tuple[Lamp, LampFault | None]:
    fault = desk.sound_fault
    if call.declined:
        # As the respondent wishes: what the microphone does is no matter.
        return Lamp.DECLINED, None
    if call.phase is Phase.WRAP_UP and desk.gap:
        return Lamp.PARTLY, _LAMP_FAULTS[desk.gap]
    if fault == "no_device":
        return Lamp.NONE, None
    if call.phase is Phase.CONNECTED:
        if fault == "device_lost":
            return Lamp.LOST, None
        recording = Lamp.RECORDING_ONE if desk.place.phone is None else Lamp.RECORDING
        return (Lamp.OFF if fault in STOPPED else recording), _LAMP_FAULTS.get(fault)
    if call.phase is Phase.WRAP_UP and call.recording_id is not None:
        # What the microphone does after the call is no matter of its recording.
        return Lamp.SEALED, None
    # What stopped a recording concerns that one only.
    return Lamp.OFF, None if fault in STOPPED else _LAMP_FAULTS.get(fault)


def _who(call: Call, programme: Programme, idle: str) -> tuple[str, str]:
    case = call.assignment
    if case is None:
        return idle, programme.title
    unit, group = words.unit_name(programme, case), words.group_name(programme, case)
    person = f"{words.person(case)} {masked(call.phone.e164)}"
    number = _("case {number}").format(number=f"{case.case_id:04d}")
    match call.phase:
        case Phase.READY:
            return _("To be called"), programme.title
        case Phase.WRAP_UP if language() != "en":
            return _("Call over: note the outcome"), f"{person} · {unit}"
        case Phase.WRAP_UP:
            return unit, f"{_('Call over: note the outcome')} · {person}"
    if language() == "en":
        # English names are long: the group goes down to the person.
        return unit, f"{group} · {person} · {number}"
    return f"{unit} · {group}", f"{person} · {number}"


def _saved(desk: Desk, call: Call) -> tuple[Saved, str]:
    if desk.storing.count:
        return Saved.WAITING, _(desk.storing.reason.short)
    if desk.place.runner.unsaved or call.seq > desk.place.runner.saved_seq:
        return Saved.PENDING, ""
    if desk.place.is_line_down:
        refusal = desk.place.refusal
        return Saved.LINE_DOWN, _(_WAITS.get(refusal.code if refusal is not None else "", _LINE_DOWN))
    if call.phase in _PHASES:
        at = desk.saved_at or call.dialled_at
        settings = desk.place.programme.programme.settings
        there = desk.place.sender is not None and desk.place.unsent == 0
        return Saved.SERVER if there else Saved.HERE, f"{words.local(at, settings):%H:%M:%S}" if at else ""
    today = desk.today
    if today is None:
        return Saved.ALL, ""
    pattern = _("{completed} done · {dialled} dialled")
    return Saved.ALL, pattern.format(completed=today.completed, dialled=len(today.attempts))
