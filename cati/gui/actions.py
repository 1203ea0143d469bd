"""The one table of what keys do, and the one place where key presses become actions.

Key bar, help overlay, context menu and tests all read `ACTIONS`. Keys act by mode; a plain key never acts
while a text field has the focus, so that typing Chinese never gives an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget
from shiboken6 import isValid

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.gui.action import MOVES, OFFICE, Action, Group, Mode
from cati.gui.action import in_modes as _in
from cati.gui.guide.keys import GUIDE_ACTIONS
from cati.gui.held import HeldKeys
from cati.gui.manual.keys import MANUAL_ACTIONS
from cati.gui.office.keys import OFFICE_ACTIONS
from cati.gui.sound.keys import SOUND_ACTIONS
from cati.gui.widgets.fields import is_text_field

_R, _D, _Q, _O = Mode.READY, Mode.DIALLING, Mode.QUESTION, Mode.DISPOSITION
_T, _H = Mode.APPOINTMENT, Mode.HAND_OVER
_TIME = _in(_T, Mode.AGENDA_TIME)
# The same keys walk through a questionnaire that is only looked at.
_ASKED = _in(_Q, Mode.PREVIEW)
_ANYWHERE = frozenset(Mode)
_OVERLAYS = _in(Mode.CARD, Mode.COMPLAINT, Mode.CALL_BACK)
_HELPING = _in(Mode.HELP, Mode.MANUAL)

ACTIONS: tuple[Action, ...] = (
    Action("help", N_("Help"), ("F1",), _ANYWHERE - _OVERLAYS - _HELPING, Group.FUNCTION),
    Action("card", N_("Proof card"), ("F2",), _in(_R, _D, _Q), Group.FUNCTION),
    Action("explain", N_("Explain"), ("F3",), _ASKED, Group.FUNCTION),
    Action("appointments", N_("Appointments"), ("F4",), _in(_R), Group.FUNCTION),
    Action("notes", N_("Notes"), ("F4",), _in(_Q, _O, _T, _H), Group.FUNCTION),
    Action(
        "agenda_move", N_("Choose a row"), MOVES, _in(Mode.AGENDA), Group.FUNCTION, repeats=True, cap="↑ ↓"
    ),
    Action("agenda_whose", N_("Own or everybody's"), ("A",), _in(Mode.AGENDA), Group.FUNCTION),
    Action("agenda_change", N_("Another time"), ("Enter",), _in(Mode.AGENDA), Group.MOVE),
    Action("agenda_give_up", N_("Cancel it"), ("Del",), _in(Mode.AGENDA), Group.FUNCTION),
    Action("agenda_close", N_("Close"), ("Esc", "F4"), _in(Mode.AGENDA), Group.MOVE, cap="Esc"),
    Action("break", N_("Break"), ("F5",), _in(_R), Group.FUNCTION),
    Action("fetch_case", N_("Refresh"), ("F5",), _in(Mode.BREAK), Group.FUNCTION),
    Action("prompted", N_("Prompted"), ("F6",), _in(_Q), Group.FLAG),
    Action("mute", N_("Mute"), ("F5",), _in(_Q), Group.FLAG),
    Action("hold", N_("Hold"), ("Ctrl+H",), _in(_Q), Group.FLAG),
    Action("keypad", N_("Keypad"), ("Ctrl+N",), _in(_Q), Group.FLAG),
    Action(
        "press_key",
        N_("Send a tone"),
        (*"0123456789*#", "Shift+*", "Shift+#"),
        _in(Mode.KEYPAD),
        Group.FUNCTION,
        cap="0–9 * #",
    ),
    Action(
        "leave_keypad",
        N_("Back to the question"),
        ("Esc", "Enter", "Ctrl+N"),
        _in(Mode.KEYPAD),
        Group.MOVE,
        cap="Esc",
    ),
    Action("complaint", N_("Complaint"), ("F7",), _in(_D, _Q, _O, _T, _H), Group.FLAG),
    Action("redial", N_("Redial"), ("F8",), _in(_Q, _O, _T, _H), Group.FLAG),
    Action("agree", N_("Set a time"), ("F9",), _in(_Q)),
    Action("call_back", N_("Call-back"), ("F8",), _in(_R, Mode.BREAK), Group.FUNCTION),
    Action("alternate", N_("Other number"), ("F9",), _in(_R)),
    Action("end_call", N_("End call"), ("F10",), _in(_D, _Q), Group.LAST, irreversible=True),
    Action("hang_up", N_("End call"), ("F10",), _in(_O, _T, _H), Group.LAST, irreversible=True),
    Action("known", N_("I know this person"), ("F11",), _in(_R)),
    Action("pass_on", N_("Hand to a colleague"), ("F11",), _in(_Q)),
    Action("own_password", N_("My own password"), ("Ctrl+K",), OFFICE | _in(_R, Mode.BREAK)),
    Action("telephone", N_("Telephone"), ("Ctrl+B",), _in(_R, Mode.BREAK)),
    Action("microphone", N_("Microphone"), ("Ctrl+M",), _in(_R, Mode.BREAK), Group.FUNCTION),
    Action("choose_microphone", N_("Try a microphone"), tuple("123456789"), _in(Mode.MICROPHONE), cap="1–9"),
    Action("keep_microphone", N_("Take this microphone"), ("Enter",), _in(Mode.MICROPHONE), Group.MOVE),
    Action("leave_microphone", N_("Leave it as it was"), ("Esc",), _in(Mode.MICROPHONE), Group.MOVE),
    Action("supervisor", N_("Supervisor"), ("F12",), _in(_R, _Q, Mode.BREAK), Group.FUNCTION),
    Action("back", N_("Back"), ("Alt+Left",), _ASKED, Group.MOVE),
    Action("forward", N_("Forward"), ("Alt+Right",), _ASKED, Group.MOVE),
    Action("dial", N_("Dial"), ("Enter",), _in(_R)),
    Action("copy_number", N_("Copy number"), ("Ctrl+C",), _in(_D), Group.FUNCTION),
    Action("phone_program", N_("Open in a phone program"), ("Ctrl+O",), _in(_D)),
    Action("connected", N_("Connected"), ("Enter",), _in(_D)),
    Action("answer", N_("Answer"), tuple("1234567890"), _ASKED, cap="0–9"),
    Action("next", N_("Next"), ("Enter",), _ASKED),
    Action("outcome", N_("Choose the outcome"), tuple("1234567890CPBXQWERH"), _in(_O), cap="0–9 A–Z"),
    Action("pick_language", N_("Choose the language"), tuple("SDFGJ"), _in(_O, _H), cap="S D F G J"),
    Action("type_language", N_("Type another language"), ("L",), _in(_O, _H)),
    Action("pick_colleague", N_("Choose the colleague"), tuple("12345670"), _in(_H), cap="0–7"),
    Action("find_colleague", N_("Find a colleague"), ("K",), _in(_H)),
    Action("quick_time", N_("Choose a proposed time"), tuple("TYU"), _TIME, cap="T Y U"),
    Action("own_or_any", N_("Called by me, or by anybody"), tuple("MN"), _in(_T), cap="M N"),
    Action(
        "pick_time",
        N_("Walk through the week"),
        ("Left", "Right", "Up", "Down"),
        _TIME,
        repeats=True,
        cap="← → ↑ ↓",
    ),
    Action(
        "shift_time",
        N_("15 minutes earlier or later"),
        ("PgUp", "PgDown"),
        _TIME,
        repeats=True,
        cap="PgUp PgDn",
    ),
    Action(
        "type_time",
        N_("Type the time, such as 1930"),
        (*"0123456789", ":", "Shift+:", "Backspace"),
        _TIME,
        cap="0–9",
    ),
    Action("store", N_("Store, take the next"), ("Enter",), _in(_O, _T, _H)),
    Action("agenda_store", N_("Take this time"), ("Enter",), _in(Mode.AGENDA_TIME), Group.MOVE),
    Action("agenda_back", N_("Leave it as it was"), ("Esc",), _in(Mode.AGENDA_TIME), Group.MOVE),
    Action("cancel", N_("Undo the choice"), ("Esc",), _in(_O, _T, _H), Group.MOVE),
    Action("reopen", N_("Back to the call"), ("Alt+Left",), _in(_O, _T, _H), Group.MOVE),
    Action("leave_text", N_("Back to the question"), ("Esc",), _in(_Q)),
    Action("resume", N_("Back to work"), ("Enter",), _in(Mode.BREAK)),
    Action(
        "confirm", N_("Go on"), ("Enter",), _in(Mode.SIGN_IN, Mode.COMPLAINT, Mode.CALL_BACK, Mode.PLEDGE)
    ),
    Action("close", N_("Close"), ("Esc",), _OVERLAYS | {Mode.PLEDGE, Mode.CHOICE}, Group.MOVE),
    Action("choose_programme", N_("Choose the programme"), tuple("123456789"), _in(Mode.CHOICE), cap="1–9"),
    Action(
        "turn_programmes",
        N_("More programmes"),
        ("PgUp", "PgDown"),
        _in(Mode.CHOICE),
        Group.MOVE,
        cap="PgUp PgDn",
    ),
    Action("close_card", N_("Put the card away"), ("F2",), _in(Mode.CARD)),
    Action("language", N_("中文 / English"), ("F8",), _in(Mode.SIGN_IN, Mode.GUIDE)),
    Action("set_up", N_("Set up for real work"), ("F9",), _in(Mode.SIGN_IN), Group.FUNCTION),
    Action("take_over", N_("Work here instead"), ("F6",), _in(Mode.SIGN_IN), Group.FUNCTION),
    Action("larger", N_("Larger"), ("Ctrl+=",), _ANYWHERE),
    Action("smaller", N_("Smaller"), ("Ctrl+-",), _ANYWHERE),
    Action(
        "scroll",
        N_("Scroll"),
        ("Ctrl+PgUp", "Ctrl+PgDown"),
        _ANYWHERE - {Mode.MANUAL},
        repeats=True,
        cap="Ctrl PgUp PgDn",
    ),
    Action("dark", N_("Light, dark, high contrast"), ("Ctrl+D",), _ANYWHERE),
    Action("dismiss", N_("Seen, hide the message"), ("Ctrl+E",), _ANYWHERE),
    Action("practise", N_("Practice, or back to real calls"), ("Ctrl+P",), _in(_R, Mode.BREAK)),
    Action("practise_first", N_("Practice"), ("Ctrl+P",), _in(Mode.SIGN_IN), Group.FUNCTION),
    Action("leave_practice", N_("Back to real calls"), ("Ctrl+P",), _in(_D, _Q, _O, _T)),
    Action("programme", N_("Another programme"), ("Ctrl+G",), OFFICE | {_R, Mode.BREAK}),
    Action("clock_out", N_("Clock out"), ("Ctrl+Q",), _in(_R, Mode.BREAK), Group.MOVE),
    Action("place", N_("Interviewing or office"), ("Ctrl+T",), OFFICE | {_R, Mode.BREAK}),
    *GUIDE_ACTIONS,
    *MANUAL_ACTIONS,
    *SOUND_ACTIONS,
    *OFFICE_ACTIONS,
)
BY_NAME: Mapping[str, Action] = {action.name: action for action in ACTIONS}

# With a text field in focus these still act: keys that write nothing.
_WRITES_NOTHING = frozenset({Qt.Key.Key_Escape, *(Qt.Key(Qt.Key.Key_F1 + n) for n in range(12))})
# Editing keys of a text field that happen to carry Ctrl.
_EDITING = frozenset({Qt.Key.Key_A, Qt.Key.Key_C, Qt.Key.Key_V, Qt.Key.Key_X, Qt.Key.Key_Y, Qt.Key.Key_Z})


@dataclass(frozen=True)
class Offer:
    """An action as it stands now.

    Attributes:
        action: from the table.
        reason: why it cannot be done now, in words; empty when it can.
        on: whether a flag is set; None for what is no flag.
        words: what it does at the moment, where that is not what it does mostly.
    """

    action: Action
    reason: str = ""
    on: bool | None = None
    words: str = ""

    @property
    def text(self) -> str:
        """The words in the language in use."""
        return self.words or _(self.action.text)


def _combination(key: str) -> int:
    # Presses of either key arrive as Return.
    sequence = QKeySequence(key.replace("Enter", "Return"))
    return int(sequence[0].toCombined())  # type: ignore[index] # the stub leaves it out


def _key_table(mode: Mode) -> dict[int, tuple[Action, str]]:
    table: dict[int, tuple[Action, str]] = {}
    for action in ACTIONS:
        if mode in action.modes:
            table |= {_combination(key): (action, key) for key in action.keys}
    return table


class Keys(QObject):
    """Turns key presses of one window into actions of the mode in force.

    It filters the events of the window and of whatever has the focus in it, so keys reach it first.
    Only actions that were bound exist: the rest is neither shown nor done.

    Args:
        window: its keys are taken.

    Signals:
        changed: what is offered is other than before.
        pressed: any key was, before it acts.
    """

    changed = Signal()
    pressed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._modes = [Mode.SIGN_IN]
        self._handlers: dict[str, Callable[..., Any]] = {}
        self._off: dict[str, str] = {}
        self._flags: dict[str, bool] = {}
        self._words: dict[str, str] = {}
        self._tables = {mode: _key_table(mode) for mode in Mode}
        self._focused: QWidget | None = None
        self._composing = False
        self._held = HeldKeys()
        window.installEventFilter(self)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow_focus)

    @property
    def mode(self) -> Mode:
        """The mode in force."""
        return self._modes[-1]

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The mode in force and those it lies over, the uppermost first."""
        return tuple(reversed(self._modes))

    def set_mode(self, mode: Mode) -> None:
        """Enter a mode; anything that lay over the old one is gone."""
        if self._modes != [mode]:
            self._modes = [mode]
            self.changed.emit()

    def push(self, mode: Mode) -> None:
        """Lay a mode over the present one, such as the help overlay."""
        self._modes.append(mode)
        self.changed.emit()

    def pop(self, mode: Mode) -> None:
        """Take `mode` away again if it lies on top."""
        if len(self._modes) > 1 and self._modes[-1] is mode:
            self._modes.pop()
            self.changed.emit()

    def bind(self, name: str, handler: Callable[..., Any]) -> None:
        """Do `handler` for the action `name`; one with several keys is told the key it was."""
        self.bind_all({name: handler})

    def bind_all(self, handlers: Mapping[str, Callable[..., Any]]) -> None:
        """Bind several actions and tell of it once; see `bind`."""
        unknown = handlers.keys() - BY_NAME.keys()
        if unknown:
            raise KeyError(*sorted(unknown))
        self._handlers |= handlers
        if any(self.mode in BY_NAME[name].modes for name in handlers):
            self.changed.emit()

    def unbind(self, *names: str, tell: bool = True) -> None:
        """Let the actions exist no longer.

        Args:
            names: of the actions.
            tell: False where `turn_to` follows, which tells of all of it.
        """
        gone = [name for name in names if name in self._handlers]
        for name in names:
            self._handlers.pop(name, None)
            self._off.pop(name, None)
            self._flags.pop(name, None)
            self._words.pop(name, None)
        if tell and any(self.mode in BY_NAME[name].modes for name in gone):
            self.changed.emit()

    def turn_to(self, mode: Mode, handlers: Mapping[str, Callable[..., Any]]) -> None:
        """Enter a mode with its actions, and tell of both once; see `set_mode` and `bind_all`."""
        before = self.blockSignals(True)
        try:
            self.set_mode(mode)
            self.bind_all(handlers)
        finally:
            self.blockSignals(before)
        self.changed.emit()

    def set_off(self, name: str, reason: str) -> None:
        """Say why an action cannot be done now; an empty reason allows it again."""
        if self._off.get(BY_NAME[name].name, "") != reason:
            self._off[name] = reason
            self.changed.emit()

    def set_flag(self, name: str, on: bool) -> None:
        """Show whether a flag is set, such as that someone prompts the respondent."""
        if self._flags.get(BY_NAME[name].name) != on:
            self._flags[name] = on
            self.changed.emit()

    def set_words(self, name: str, words: str) -> None:
        """Say what an action does at the moment, in the language in use; empty for what it does mostly."""
        if self._words.get(BY_NAME[name].name, "") != words:
            self._words[name] = words
            self.changed.emit()

    def offers(self, mode: Mode | None = None) -> list[Offer]:
        """What can be done in a mode, in the order of the key bar; the mode in force when left out."""
        wanted = self.mode if mode is None else mode
        present = [
            Offer(
                action,
                self._off.get(action.name, ""),
                self._flags.get(action.name),
                self._words.get(action.name, ""),
            )
            for action in ACTIONS
            if wanted in action.modes and action.name in self._handlers
        ]
        return sorted(present, key=lambda offer: offer.action.group.value)

    def trigger(self, name: str, key: str = "") -> bool:
        """Do a bound action now, as by its key; False when it is off or does not exist in this mode."""
        action = BY_NAME[name]
        handler = self._handlers.get(name)
        if handler is None or self.mode not in action.modes or self._off.get(name):
            return False
        if len(action.keys) > 1:
            handler(key or action.keys[0])
        else:
            handler()
        return True

    def menu(self, parent: QWidget) -> QMenu:
        """The actions of the mode in force as a menu for the mouse."""
        menu = QMenu(parent)
        for offer in self.offers():
            if len(offer.action.keys) > 1:
                continue
            words = f"{offer.text}\t{offer.action.printed}"
            entry = menu.addAction(f"{words}  {offer.reason}" if offer.reason else words)
            entry.setEnabled(not offer.reason)
            entry.triggered.connect(lambda _checked=False, name=offer.action.name: self.trigger(name))
        return menu

    def press(self, event: QKeyEvent) -> bool:
        """Handle a key press; True when it goes no further: it was meant for an action, done or not.

        A key that is held acts once, and writes nothing into a field that appeared under it.
        """
        if not event.isAutoRepeat():
            self.pressed.emit()
        held = self._held.press(event, self._focused)
        if self._act(event, held):
            return True
        focus = self._focused
        return held and focus is not None and is_text_field(focus) and not self._held.began_in(event, focus)

    def _act(self, event: QKeyEvent, held: bool) -> bool:
        combination = event.keyCombination().toCombined() & ~Qt.KeyboardModifier.KeypadModifier.value
        if combination & ~Qt.KeyboardModifier.KeyboardModifierMask.value == Qt.Key.Key_Enter.value:
            combination += Qt.Key.Key_Return.value - Qt.Key.Key_Enter.value
        found = self._tables[self.mode].get(combination)
        if found is None or found[0].name not in self._handlers:
            return False
        action, key = found
        if self._composing or not self._acts_here(event):
            return False
        if held and not action.repeats:
            return True
        self.trigger(action.name, key)
        return True

    def _acts_here(self, event: QKeyEvent) -> bool:
        """Whether a key may act with the focus where it is."""
        focus = self._focused
        if not is_text_field(focus):
            return True
        key, held = Qt.Key(event.key()), event.modifiers()
        if key in _WRITES_NOTHING:
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # In a field of several lines Enter is a new line, unless the field says otherwise.
            return isinstance(focus, QLineEdit) or getattr(focus, "enter_acts", False)
        alone = held & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        return bool(alone) and key not in _EDITING

    def _follow_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        if self._focused is not None and isValid(self._focused) and self._focused is not self._window:
            self._focused.removeEventFilter(self)
        self._composing = False
        self._focused = new if new is not None and new.window() is self._window else None
        if self._focused is not None and self._focused is not self._window:
            self._focused.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take key presses before the focused widget does, and notice an input method at work."""
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self.press(event)
        if kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            self._held.release(event)
        if kind == QEvent.Type.InputMethod and isinstance(event, QInputMethodEvent):
            self._composing = bool(event.preeditString())
        return False
