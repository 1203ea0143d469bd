"""The call bar: the same slots in every state, so that the eye never searches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.gui import theme
from cati.gui.theme import px
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.keycap import KeyCap
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.level import Level
from cati.gui.widgets.surface import Band, Rule, Tag
from cati.gui.widgets.text import Name, Text


class Phase(Enum):
    """Where the call stands; the bar is navy while connected. The word stands under the call clock."""

    IDLE = N_("not dialled yet")
    DIALLING = N_("ringing")
    LIVE = N_("call time")
    WRAP = N_("this call")


class Lamp(Enum):
    """The recording lamp: outline, word, and the line under it when there is nothing else to say."""

    OFF = ("ring", N_("Not recording"), N_("starts on connection"))
    RECORDING = ("recording", N_("Recording"), N_("two channels · encrypted"))
    RECORDING_ONE = ("recording", N_("Recording"), N_("own voice only · encrypted"))
    DECLINED = ("ring", N_("Not recorded"), N_("the respondent declined"))
    SEALED = ("lock", N_("Recording sealed"), N_("cannot be played here"))
    PARTLY = ("warning", N_("Partly recorded"), N_("cannot be played here"))
    LOST = ("warning", N_("Microphone lost"), N_("plug it in to go on"))
    NONE = ("ring", N_("No microphone"), N_("plug one in to record"))


class LampFault(Enum):
    """What is wrong with the recording; it takes the place of the line under the lamp's word."""

    SILENT = N_("microphone hears nothing")
    DISK = N_("disk full")
    STOPPED = N_("recorder stopped")


class OtherSide(Enum):
    """What is heard of the respondent."""

    HEARD = "heard"
    NOT_RECORDED = "not_recorded"
    SILENT = "silent"
    NO_HEADSET = "no_headset"


class Saved(Enum):
    """What became of the last thing entered: outline and words."""

    ALL = ("tick", N_("All saved"))
    HERE = ("tick", N_("Saved"))
    SERVER = ("two_ticks", N_("On the server"))
    LINE_DOWN = ("tick", N_("Saved on this PC"))
    PENDING = ("half", N_("Saving"))
    WAITING = ("warning", N_("Not yet stored: {count}"))


@dataclass(frozen=True)
class CallBarState:
    """Everything the bar shows but the levels.

    Attributes:
        phase: where the call stands.
        lamp: the recording lamp.
        lamp_fault: what is wrong with the recording; None leaves the lamp's own line.
        other_side: whether the respondent is heard.
        silent_seconds: how long the respondent has been silent, for SILENT.
        clock: call time such as 04:17, empty for none.
        who: unit and group, or what to do.
        who_note: person with masked number, or the programme.
        saved: state of the last thing entered.
        saved_note: time of it, or counts, or why it is not stored.
        unsaved: answers that are not stored, for WAITING.
        me: name and station of the operator.
        today: weekday and time.
        practice: whether the respondent is invented and nothing counts.
    """

    phase: Phase = Phase.IDLE
    lamp: Lamp = Lamp.OFF
    lamp_fault: LampFault | None = None
    other_side: OtherSide = OtherSide.HEARD
    silent_seconds: int = 0
    clock: str = ""
    who: str = ""
    who_note: str = ""
    saved: Saved = Saved.ALL
    saved_note: str = ""
    unsaved: int = 0
    me: str = ""
    today: str = ""
    practice: bool = False


class CallBar(QWidget):
    """Lamp, call clock, levels, unit and person, saved, me; a fault speaks in its own slot.

    Where the screen is tight, gaps and meters give way before the unit's name does.
    """

    def __init__(self) -> None:
        super().__init__()
        self._state: CallBarState | None = None
        self._make_slots()
        self._banner = self._make_banner()
        self._space = theme.Space.FULL
        self._who_rule, self._me_rule = self._rule(), self._rule()
        self._names = Holder(column(None, self._who, self._who_note, None, gap=0))
        self._who_line, self._under_line = row(self._names), row(margins=(10, 2, 10, 4))
        self._me_slot = Holder(column(None, self._me, self._today, None, gap=1))
        self._bar = row(
            self._lamp_slot,
            self._rule(),
            self._clock_slot,
            self._rule(),
            self._level_slot,
            self._who_rule,
            4,
            (self._who_line, 1),
            self._practice,
            self._saved_slot,
            4,
            self._me_rule,
            2,
            self._me_slot,
            gap=12,
            margins=(18, 0, 18, 0),
        )
        self._band = Band(self._bar, "sheet", 64, bottom="line")
        self._under = Band(self._under_line, "sheet", bottom="line")
        self._under.hide()
        self.setLayout(column(self._banner, self._band, self._under, gap=0))
        self.restyle()
        self.set_state(CallBarState())

    def _rule(self) -> Rule:
        rule = Rule("line", upright=True, length=36)
        self._rules.append(rule)
        return rule

    def _make_slots(self) -> None:
        self._rules: list[Rule] = []
        self._lamp = Icon("ring", "ink2", 24)
        self._lamp_word, self._lamp_note = Text(size=16, bold=True), Text(size=12, elide=True)
        lamp_words = Holder(column(None, self._lamp_word, self._lamp_note, None, gap=1))
        self._lamp_slot = Holder(row(self._lamp, (lamp_words, 1), gap=10))
        self._clock, self._clock_note = Text(size=28, bold=True), Text(size=12)
        self._clock_slot = Holder(column(None, self._clock, self._clock_note, None, gap=1))
        self._own_word, self._other_word = Text(_("Me"), 12), Text(_("Them"), 12)
        self._own = Level(_("My level"))
        self._other = Level(_("The respondent's level"))
        self._other_icon = Icon("warning", "live_warn", 14, "live")
        self._other_note = Text(size=12, elide=True)
        self._level_slot = Holder(
            column(
                None,
                row(self._own_word, self._own, None, gap=8),
                row(self._other_word, self._other, self._other_icon, self._other_note, None, gap=8),
                None,
                gap=6,
            )
        )
        self._who, self._who_note = Name((18, 16, 14, 13)), Name((13, 12), bold=False)
        self._practice = Tag(_("Practice"), "warn", "warn_s", "flag", None, 13)
        self._tick = Icon("tick", "ok", 18)
        self._saved, self._saved_note = Text(size=14, bold=True), Text(size=12, elide=True)
        saved_words = Holder(column(None, self._saved, self._saved_note, None, gap=1))
        self._saved_slot = Holder(row(self._tick, (saved_words, 1), gap=7))
        self._me, self._today = Text(size=14), Text(size=12)

    def _make_banner(self) -> Band:
        words = _("Practice with invented people: nothing counts for scores, pay or quota")
        text = Text(words, 13, "warn", bold=True, elide=True)
        back = Text(_("back to real calls"), 13, "warn")
        flag, cap = Icon("flag", "warn", 14, "warn_s"), KeyCap("Ctrl+P")
        line = row(flag, (text, 1), cap, back, gap=8, margins=(18, 0, 18, 0))
        return Band(line, "warn_s", 24)

    def set_feeds(self, own: Callable[[], float] | None, other: Callable[[], float] | None) -> None:
        """Where the meters ask for their levels, 0 to 1; None for a side without a source."""
        self._own.set_feed(own)
        self._other.set_feed(other)

    def set_clock(self, clock: str) -> None:
        """Show another call time and touch nothing else."""
        self._clock.set_text(clock or "--:--")

    def set_state(self, state: CallBarState) -> None:
        """Show another state; lamp and saved slot are announced when their words change."""
        if state == self._state:
            return
        before, self._state = self._state, state
        live = state.phase is Phase.LIVE
        for band in (self._band, self._under):
            band.set_ground("live" if live else "sheet", None if live else "line")
        for rule in self._rules:
            rule.set_ink("live_line" if live else "line")
        for meter in (self._own, self._other):
            meter.set_live(live)
        self._show_lamp(state, live)
        self._show_levels(state, live)
        self._show_words(state, live)
        self._banner.setVisible(state.practice)
        self._practice.setVisible(state.practice and not self._space)
        if before is not None and before.lamp is not state.lamp:
            self._announce(_(state.lamp.value[1]))
        if before is not None and before.saved is not state.saved:
            self._announce(_saved_word(state))

    def _show_lamp(self, state: CallBarState, live: bool) -> None:
        outline, word, note = state.lamp.value
        recording = state.lamp in (Lamp.RECORDING, Lamp.RECORDING_ONE)
        if recording:
            ink = "lamp" if live else "stop"
        elif state.lamp is Lamp.SEALED:
            ink = "live_ok" if live else "ok"
        elif state.lamp in _LAMP_WARNS:
            ink = _warning(live)
        else:
            ink = _second(live)
        self._lamp.set_icon(outline, ink, "live" if live else "sheet")
        self._lamp_word.set_text(_(word))
        self._lamp_word.set_ink(_first(live))
        words, fault = _(note), state.lamp in _LAMP_WARNS
        if state.lamp_fault is not None:
            words, fault = _(state.lamp_fault.value), True
        if state.other_side is OtherSide.SILENT and recording:
            words = _("other side silent {seconds} s").format(seconds=state.silent_seconds)
            fault = True
        self._lamp_note.set_text(words)
        self._lamp_note.set_ink(_warning(live) if fault else _second(live), bold=fault)

    def _show_levels(self, state: CallBarState, live: bool) -> None:
        note = _(_OTHER_NOTES.get(state.other_side, ""))
        wrong, heard = state.other_side in _OTHER_WARNS, state.other_side is OtherSide.HEARD
        self._own_word.set_ink(_second(live))
        self._other_word.set_ink(_warning(live) if wrong else _second(live), bold=wrong)
        self._other.setVisible(heard)
        self._other_icon.setVisible(wrong)
        self._other_icon.set_icon("warning", _warning(live), "live" if live else "sheet")
        self._other_note.setVisible(not heard)
        self._other_note.set_text(note)
        self._other_note.set_ink(_warning(live) if wrong else _second(live), bold=wrong)

    def _show_words(self, state: CallBarState, live: bool) -> None:
        self.set_clock(state.clock)
        self._clock_note.set_text(_(state.phase.value))
        self._who.set_text(state.who)
        self._who_note.set_text(state.who_note)
        outline = state.saved.value[0]
        pending = state.saved is Saved.PENDING
        waits = state.saved is Saved.WAITING
        ink = _second(live) if pending else ("live_ok" if live else "ok")
        self._tick.set_icon(outline, _warning(live) if waits else ink, "live" if live else "sheet")
        self._saved.set_text(_saved_word(state))
        self._saved_note.set_text(state.saved_note)
        self._me.set_text(state.me)
        self._today.set_text(state.today)
        for text in (self._clock, self._who, self._saved, self._me):
            text.set_ink(_first(live))
        for text in (self._clock_note, self._who_note, self._today):
            text.set_ink(_second(live))
        self._saved_note.set_ink(_warning(live) if waits else _second(live), bold=waits)
        if waits:
            self._saved.set_ink(_warning(live))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give way on a tight screen."""
        if self._space != self._room():
            self.restyle()

    def showEvent(self, event: QShowEvent) -> None:
        """Now it has a width to go by."""
        self.restyle()

    def _room(self) -> theme.Space:
        return theme.current().space(self.width()) if self.isVisible() else theme.Space.FULL

    def _give_way(self) -> None:
        self._space = space = self._room()
        tight, scant, narrow = (space >= some for some in list(theme.Space)[1:])
        self._bar.set_gap(6 if scant else 8 if tight else 12)
        self._bar.set_margins((10, 0, 10, 0) if scant else (18, 0, 18, 0))
        self._band.set_height(56 if scant else 64)
        self._who.set_sizes((16, 14, 12) if scant else (18, 16, 14, 13))
        for meter in (self._own, self._other):
            meter.set_width(48 if narrow else 72 if tight else 104)
        # Name and time of day are known; then the unit takes a line of its own.
        self._me_slot.setVisible(not scant)
        self._me_rule.setVisible(not scant)
        self._who_rule.setVisible(not narrow)
        self._under.setVisible(narrow)
        (self._under_line if narrow else self._who_line).addWidget(self._names)
        # The amber line above says it too.
        practice = self._state is not None and self._state.practice
        self._practice.setVisible(practice and not tight)

    def _announce(self, words: str) -> None:
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def restyle(self) -> None:
        """Fix every slot at its widest words, so that nothing moves when they change."""
        self._give_way()
        wide = theme.text_width
        words = max(wide(_(lamp.value[1]), 16, True) for lamp in Lamp)
        faults = [_(lamp.value[2]) for lamp in _LAMP_WARNS] + [_(fault.value) for fault in LampFault]
        faults.append(_("other side silent {seconds} s").format(seconds=88))
        words = max(words, *(wide(_(lamp.value[2]), 12) for lamp in Lamp))
        words = max(words, *(wide(fault, 12, True) for fault in faults))
        self._lamp_slot.setFixedWidth(round(words) + px(24) + px(10) + 2)
        under = max(wide(_(phase.value), 12) for phase in Phase)
        self._clock_slot.setFixedWidth(round(max(wide("00:00", 28, True), under)) + 2)
        # CJK fonts bring their own leading; the clock has no letters below the line.
        self._clock.setFixedHeight(px(33))
        label = round(max(wide(_("Me"), 12, True), wide(_("Them"), 12, True))) + 2
        for text in (self._own_word, self._other_word):
            text.setFixedWidth(label)
        wrong = px(14) + px(8) + max(wide(_(_OTHER_NOTES[side]), 12, True) for side in _OTHER_WARNS)
        meter = max(self._own.sizeHint().width(), wrong, wide(_("not recorded"), 12))
        self._level_slot.setFixedWidth(label + px(8) + round(meter) + 2)
        said = max(wide(_saved_word(CallBarState(saved=saved, unsaved=88)), 14, True) for saved in Saved)
        said = max(said, wide(_("line down, sent later"), 12), wide("00:00:00", 12))
        self._saved_slot.setFixedWidth(round(said) + px(18) + px(7) + 2)


_OTHER_NOTES = {
    OtherSide.NOT_RECORDED: N_("not recorded"),
    OtherSide.SILENT: N_("no sound"),
    OtherSide.NO_HEADSET: N_("no headset"),
}
_OTHER_WARNS = (OtherSide.SILENT, OtherSide.NO_HEADSET)
_LAMP_WARNS = (Lamp.PARTLY, Lamp.LOST, Lamp.NONE)


def _saved_word(state: CallBarState) -> str:
    return _(state.saved.value[1]).format(count=state.unsaved)


def _first(live: bool) -> str:
    return "on_live" if live else "ink"


def _second(live: bool) -> str:
    return "on_live2" if live else "ink2"


def _warning(live: bool) -> str:
    return "live_warn" if live else "warn"
