"""After the call: what came of it, by one key, with what follows beside every choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QStackedLayout, QWidget

from cati.base.i18n import translate as _
from cati.domain.call import Call, Phase
from cati.domain.dispositions import DISPOSITIONS, HANDED_OVER, Section, by_key
from cati.domain.programmes import Settings
from cati.gui import theme
from cati.gui.actions import Keys
from cati.gui.console.colleagues import Colleagues
from cati.gui.console.follow import Consequence, consequence
from cati.gui.console.outcomes import Said, codes_of, headings, legend, outcome_row, shared
from cati.gui.console.picker import Picker
from cati.gui.console.tongues import Tongues
from cati.gui.console.words import answered_words
from cati.gui.theme import px
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.keycap import KeyCap
from cati.gui.widgets.layouts import Holder, Line, column, row
from cati.gui.widgets.options import Room
from cati.gui.widgets.surface import Rule, Surface
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.attendance import Colleague

SIDE, TIGHT_SIDE, SCANT_SIDE = 456, 324, 302
APPOINTMENT = "appointment"
TONGUES = ("language", HANDED_OVER)
"""Outcomes that may be a matter of language."""


@dataclass(frozen=True)
class Choice:
    """What the operator says came of a call.

    Attributes:
        disposition: code of the outcome.
        not_before: when to call again (aware), for an appointment only.
        mine: the appointment is this operator's.
        note: for whoever opens the case next.
        language: what the respondent speaks, where that was the matter; None else.
        colleague: user row of who goes on with it; None for anybody.
    """

    disposition: str
    not_before: datetime | None
    mine: bool
    note: str
    language: str | None = None
    colleague: int | None = None


class DispositionScreen(QWidget):
    """Three groups by what happened; at the right what the choice means, the note, and storing it.

    Args:
        keys: of the window; they act between `bind` and `unbind`.
    """

    store = Signal(object)
    chosen = Signal()
    leaning = Signal(str)

    def __init__(self, keys: Keys) -> None:
        super().__init__()
        self._keys = keys
        self._call, self._chosen, self._connected = Call(), "", False
        self._bound = self._busy = False
        self._unsaved = 0
        self._follows: dict[str, Consequence] = {}
        self._refusals: dict[str, str] = {}
        self._rows = {d.code: outcome_row(d) for d in DISPOSITIONS.values() if d.key}
        for code, option in self._rows.items():
            option.clicked.connect(lambda _checked=False, name=code: self.choose(name))
        self._hints = [
            Text(_("One key chooses; at the right of each row stands what follows"), 13, "ink2"),
            Text(_("You judge; until it is stored you may choose again"), 12, "ink2"),
        ]
        self.side, self.sheet = self._make_side(), self._make_sheet()
        self._space = theme.Space.FULL
        self._page = row((self.sheet, 1), self.side, gap=12, margins=(16, 10, 16, 10))
        self.setLayout(self._page)
        self._show_choice()

    # ---- building --------------------------------------------------------------------------------

    def _make_sheet(self) -> Surface:
        self._heads = {section: Text(words, 14, bold=True) for section, words in headings().items()}
        sections = {section: self._section(section) for section in headings()}
        # Every row of a column is as high as the others.
        left = column(*shared(sections, Section.NOT_CONNECTED, Section.BEGUN), gap=8)
        right = column(*shared(sections, Section.NO_INTERVIEW), gap=8)
        lists = self._lists = row((left, 1), Rule("line", True), (right, 1), gap=20)
        self._title = Text(_("What came of this call?"), 20, bold=True)
        meanings = [
            legend("again", _("called again")),
            legend("calendar", _("called at a set time")),
            legend("end", _("case ends")),
        ]
        head = column(row(self._title, None, self._hints[0], gap=12), 6, gap=0)
        foot = column(8, row(*meanings, None, self._hints[1], gap=14), gap=0)
        self._frame = [Holder(head), Holder(foot)]
        top, bottom = self._frame
        self._inset = column(top, (lists, 1), bottom, gap=0, margins=(24, 12, 24, 10))
        return Surface(self._inset)

    def _section(self, section: Section) -> Line:
        rows = [self._rows[code] for code in codes_of(section)]
        return column(self._heads[section], Rule("edge"), *((option, 1) for option in rows), gap=1)

    def _make_side(self) -> Surface:
        self._said, self.picker = Said(), Picker(self._keys)
        self.picker.changed.connect(self._take_time)
        # A stack without a widget of its own would show its first screen as a window.
        chosen = QWidget()
        self._stack = QStackedLayout(chosen)
        self.tongues = Tongues(self._keys)
        self.tongues.changed.connect(self._take_language)
        self.colleagues = Colleagues(self._keys)
        self._plain = Holder(column(self._said, self.colleagues, self.tongues, None, gap=8))
        self._stack.addWidget(self._plain)
        self._stack.addWidget(self.picker)
        self.note = LineField(_("Notes"), hint=_("shown when the case is opened next"))
        self._note_hint = Text(size=13, ink="ink2")
        self._problem = Text(size=14, ink="stop", wrap=True)
        self._problem_row = Holder(
            row(column(2, Icon("warning", "stop", 18), None), (self._problem, 1), gap=8)
        )
        self._problem_row.hide()
        self._store = Button(_("Store, take the next"), "Enter", Kind.PRIMARY, 18, 46)
        self._store.clicked.connect(lambda: self._keys.trigger("store"))
        label = row(Text(_("Notes"), 13, "ink2", bold=True), KeyCap("F4"), gap=8)
        lines = self._lines = column(
            (chosen, 1),
            Rule(),
            row(label, (self.note, 1), gap=10),
            self._note_hint,
            self._problem_row,
            self._store,
            gap=8,
            margins=(20, 12, 20, 14),
        )
        self._note_hint.hide()
        return Surface(lines, width=SIDE)

    # ---- what the console asks -------------------------------------------------------------------

    def show_call(
        self,
        call: Call,
        settings: Settings,
        now: datetime,
        appointments: Sequence[datetime],
        proposed: str = "",
        languages: Sequence[str] = (),
        colleagues: Sequence[Colleague] = (),
    ) -> None:
        """Ask for the outcome of a call that has ended, or that storing the outcome ends.

        Args:
            call: its state decides what may be chosen.
            settings: of the programme.
            now: aware.
            appointments: the operator's own to come, aware.
            proposed: outcome that is chosen beforehand, or empty.
            languages: names offered where the respondent does not understand the questionnaire.
            colleagues: who may be named to go on with it.
        """
        assert call.assignment is not None
        self._call = call
        self._connected = call.phase is Phase.CONNECTED
        for code in self._rows:
            self._follows[code] = consequence(call, code, settings, now)
            refusal = call.refusal_of(code)
            self._refusals[code] = _(refusal) if refusal else ""
        self.picker.show_times(settings, call.assignment.group_code, now, appointments)
        self.tongues.show_names(languages)
        self.colleagues.show_people(colleagues)
        self.note.setText(" ".join(call.note.split()))
        self.say("")
        self.busy(False)
        self._choose(proposed if proposed in self._rows and not self._refusals[proposed] else "")

    def hung_up(self) -> None:
        """The call whose outcome is being chosen has ended meanwhile."""
        self._connected = False
        self._show_store()

    def bind(self) -> None:
        """Let its keys act."""
        if self._bound:
            return
        self._keys.bind_all(
            {
                "outcome": self._press,
                "store": self._confirm,
                "notes": self._write_note,
            }
        )
        self._bind_cancel()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow_focus)
        self._bound = True
        # Nothing is to be typed: the focus rests where no key writes or presses a button.
        self.setFocus()
        self._bind_picker()

    def unbind(self) -> None:
        """Let its keys exist no longer."""
        if not self._bound:
            return
        self._bound = False
        self._keys.unbind("outcome", "store", "cancel", "notes")
        self.picker.unbind()
        self.tongues.unbind()
        self.colleagues.unbind()
        QApplication.instance().focusChanged.disconnect(self._follow_focus)  # type: ignore[union-attr]

    def busy(self, on: bool) -> None:
        """While it is being stored nothing can be changed."""
        self._busy = on
        self.note.setReadOnly(on)
        self._show_store()

    def set_unsaved(self, count: int) -> None:
        """How many answers are not stored yet: the outcome waits for them."""
        if count != self._unsaved:
            waited = self._off_reason()
            self._unsaved = count
            self._show_choice()
            if waited and self._problem.text() == waited:
                self.say(self._off_reason())

    def say(self, sentence: str) -> None:
        """Show why it could not be stored, beside the button; an empty sentence takes that away."""
        self._problem.set_text(sentence)
        self._problem_row.setVisible(bool(sentence))

    def choose(self, code: str) -> None:
        """Take an outcome as the choice, or say why it cannot be."""
        if self._busy:
            return
        refusal = self._off_words(code)
        if refusal:
            self.say(_("{what}: {said}").format(what=_(DISPOSITIONS[code].label), said=refusal))
            return
        self._choose(code)
        self._settle_down()

    # ---- keys ------------------------------------------------------------------------------------

    def _press(self, key: str) -> None:
        outcome = by_key(key)
        if outcome is not None:
            self.choose(outcome.code)

    def _choose(self, code: str) -> None:
        self._chosen = code
        self.leaning.emit(code)
        self._show_rows()
        self._show_choice()
        self._bind_picker()
        if self._bound:
            self._bind_cancel()

    def _settle_down(self) -> None:
        """What was wrong before the choice is over."""
        self.say("")
        self.chosen.emit()

    def _take_time(self) -> None:
        self._show_store()
        if self._bound:
            self._settle_down()

    def _take_language(self) -> None:
        self._show_store()
        if self._bound and self.tongues.language:
            self._settle_down()

    def _bind_cancel(self) -> None:
        # Where nothing is chosen there is nothing to undo.
        if self._chosen:
            self._keys.bind("cancel", self._cancel)
        else:
            self._keys.unbind("cancel")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves a field also where nothing is chosen that it could undo."""
        if event.key() == Qt.Key.Key_Escape:
            self.setFocus()
        else:
            super().keyPressEvent(event)

    def _bind_picker(self) -> None:
        if self._bound and self._chosen in TONGUES:
            self.tongues.bind()
        else:
            self.tongues.unbind()
        if self._bound and self._chosen == APPOINTMENT:
            self.picker.bind()
        else:
            self.picker.unbind()
        if self._bound and self._names_colleague:
            self.colleagues.bind()
        else:
            self.colleagues.unbind()

    @property
    def _names_colleague(self) -> bool:
        return self._chosen == HANDED_OVER and self.colleagues.is_choice

    def _cancel(self) -> None:
        if any(field.hasFocus() for field in (self.note, self.tongues.field, self.colleagues.field)):
            self.setFocus()
        elif not self._busy:
            self.say("")
            self._choose("")

    def _write_note(self) -> None:
        self.note.setFocus()

    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        writing = new in (self.note, self.tongues.field, self.colleagues.field)
        self._note_hint.set_text(_("Letters and digits are written here; Esc goes back") if writing else "")
        self._note_hint.setVisible(writing)

    def _confirm(self) -> None:
        if self._busy:
            return
        if self._names_colleague and self.colleagues.undecided:
            # Enter ends the typing; then the digits choose among those who are left.
            self.setFocus()
            return
        missing = self._off_reason()
        if missing:
            self.say(missing)
            return
        timed = self._chosen == APPOINTMENT
        choice = Choice(
            self._chosen,
            self.picker.moment if timed else None,
            self.picker.mine,
            self.note.text().strip(),
            (self.tongues.language or None) if self._chosen in TONGUES else None,
            self.colleagues.colleague if self._chosen == HANDED_OVER else None,
        )
        self.store.emit(choice)

    def _off_reason(self) -> str:
        if not self._chosen:
            return _("Choose the outcome first")
        if self._unsaved:
            return _("Answers not yet stored: {count}").format(count=self._unsaved)
        if self._chosen == APPOINTMENT and self.picker.moment is None:
            return _("Choose a time first")
        if self._chosen == "language" and not self.tongues.language:
            return _("Choose the language first")
        return ""

    # ---- showing ---------------------------------------------------------------------------------

    def _off_words(self, code: str) -> str:
        """Why an outcome cannot be chosen now; empty when it can."""
        # While a time or a colleague is chosen the digits belong to that.
        elsewhere = code != self._chosen and (self._chosen == APPOINTMENT or self._names_colleague)
        return self._refusals.get(code, "") or (_("press Esc first") if elsewhere else "")

    def _show_rows(self) -> None:
        for code, option in self._rows.items():
            follows, off = self._follows[code], self._off_words(code)
            option.set_off(off, follows.words, "dash" if off else follows.icon)
        self._fit()

    def _show_choice(self) -> None:
        for code, option in self._rows.items():
            option.set_selected(code == self._chosen)
        timed = self._chosen == APPOINTMENT
        self._stack.setCurrentWidget(self.picker if timed else self._plain)
        self.tongues.setVisible(self._chosen in TONGUES)
        self.colleagues.setVisible(self._names_colleague)
        # The row that was chosen says what follows; the room is needed.
        self._said.setVisible(not self._names_colleague)
        # A stack asks for the room of its largest page unless the others are left out.
        used, left_out = QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored
        for page, shown in ((self.picker, timed), (self._plain, not timed)):
            page.setSizePolicy(used if shown else left_out, used if shown else left_out)
        if not self._chosen:
            self._said.show_choice(
                "ring", _("Nothing is chosen yet"), _("Press the key of what happened. Enter stores it.")
            )
        elif not timed:
            follows = self._follows[self._chosen]
            lines = [follows.words, self._kept()]
            label = _(DISPOSITIONS[self._chosen].label)
            self._said.show_choice(follows.icon, label, "\n".join(filter(None, lines)))
        self._show_store()

    def _kept(self) -> str:
        """What the call leaves behind besides the outcome."""
        outcome = self._call.outcome
        if outcome is None or not self._call.answers:
            return ""
        answered = answered_words(outcome)
        if self._unsaved:
            pattern = _("{answered}. Not yet stored: {count}; the outcome can be stored after them.")
            return pattern.format(answered=answered, count=self._unsaved)
        return _("{answered}. What was answered stays stored.").format(answered=answered)

    def _show_store(self) -> None:
        reason = _("Storing") if self._busy else self._off_reason()
        store = _("Hang up and store") if self._connected else _("Store, take the next")
        self._store.set_words(reason or store, "" if reason else "Enter")
        self._store.setEnabled(not reason)

    # ---- measures --------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give way where the window is narrow."""
        super().resizeEvent(event)
        self._fit()

    def restyle(self) -> None:
        """Give way at another scale."""
        self._fit()

    def _fit(self) -> None:
        space = self._space
        tight, narrow = space >= theme.Space.TIGHT, space is theme.Space.NARROW
        self._page.set_upright(narrow)
        side = (SIDE, TIGHT_SIDE, SCANT_SIDE, 0)[space]
        self.side.set_width(side or None)
        for given_way in (*self._hints, *self._frame):
            given_way.setVisible(not tight)
        self.picker.set_tight(tight)
        self._note_hint.set_size(12 if tight else 13)
        self._lines.set_gap(3 if tight else 8)
        side_margin = 10 if space >= theme.Space.SCANT else 18
        self._lines.set_margins((side_margin, 6, side_margin, 6) if tight else (20, 12, 20, 14))
        self._store.set_measure(40 if tight else 46)
        scant = space >= theme.Space.SCANT
        self._page.set_margins((8, 6, 8, 6) if scant else (16, 10, 16, 10))
        self._inset.set_margins((10, 6, 10, 6) if scant else (24, 12, 24, 10))
        around = 2 * 8 + 2 * 10 if scant else 2 * 16 + 2 * 24
        between = 6 if scant else 20
        self._lists.set_gap(between)
        sheet = self.width() - px(side + 12 * bool(side) + around + 2 * between) - 1
        for section in headings():
            self._fit_section(section, sheet // 2)

    def set_space(self, space: theme.Space) -> None:
        """Give way to a low or narrow window."""
        self._space = space
        self._fit()

    def _fit_section(self, section: Section, width: int) -> None:
        options = [self._rows[code] for code in codes_of(section)]
        fitting = (room for room in Room if all(option.width_in(room) <= width for option in options))
        room = next(fitting, Room.BELOW)
        for option in options:
            option.set_room(room)
