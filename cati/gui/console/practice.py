"""Practice: what the invented respondent does now, and whether it was recorded as told."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from cati.base.errors import CatiError
from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.call import Call, Phase
from cati.domain.dispositions import DISPOSITIONS
from cati.domain.interview import Script
from cati.domain.practice import IGNORED, Difference, Scenario
from cati.gui.console.desk import Desk
from cati.gui.tasks import Tasks
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.surface import Band
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.station.practice import Judged

_CALLS = {
    "busy": N_("The line is busy at first; then they answer"),
    "no_answer": N_("Nobody answers at first; then they do"),
    "": N_("They answer at once"),
}
_HEARD = {
    "busy": N_("You hear the busy tone: end the call (F10)"),
    "no_answer": N_("It rings and nobody answers: end the call (F10)"),
    "": N_("Somebody answers: press Enter"),
}


class PromptLine(Band):
    """In the place of the day: what came of the last interview, and what the respondent does now."""

    def __init__(self) -> None:
        self._icon = Icon("tick", "ok", 15, "sheet")
        self._verdict = Text(size=14, bold=True, wrap=True)
        self._now = Text(size=15, wrap=True)
        self._judged = QWidget()
        self._judged.setLayout(row(self._icon, (self._verdict, 1), gap=8))
        self._judged.hide()
        self._flag = Icon("flag", "warn", 15, "sheet")
        self._lines = column(self._judged, row(self._flag, (self._now, 1), gap=8), gap=3)
        super().__init__(self._lines, "sheet", top="line")
        self.set_tight(False)

    def set_tight(self, tight: bool) -> None:
        """Give way where there is little room."""
        self._lines.set_margins((18, 2, 18, 2) if tight else (18, 7, 18, 7))
        self._lines.set_gap(0 if tight else 3)
        for text in (self._verdict, self._now):
            text.set_size(13 if tight else 15)

    @property
    def words(self) -> str:
        """What it says."""
        said = (self._verdict.words() if not self._judged.isHidden() else "", self._now.words())
        return " | ".join(filter(None, said))

    def tell(self, words: str) -> None:
        """Say what the respondent does now."""
        self._now.set_text(words)
        self.setAccessibleName(words)

    def show_verdict(self, words: str, right: bool) -> None:
        """Say what came of the last interview; empty takes it away."""
        self._icon.set_icon("tick" if right else "warning", "ok" if right else "warn", "sheet")
        self._verdict.set_ink("ok" if right else "warn")
        self._verdict.set_text(words)
        self._judged.setVisible(bool(words))


class Practice(QObject):
    """Tells the scenario of the case in hand step by step, and has it judged when the case is settled.

    Args:
        desk: of a console; a desk of live calls is left alone.
        tasks: of the window.
        line: where it is told.
    """

    def __init__(self, desk: Desk, tasks: Tasks, line: PromptLine) -> None:
        super().__init__(desk)
        self._desk, self._tasks, self.line = desk, tasks, line
        self._case: int | None = None
        desk.changed.connect(self.follow)
        desk.settled.connect(self._judge)

    def follow(self) -> None:
        """Tell what the respondent does at this step."""
        room, call = self._desk.place.practice if self._desk.is_open else None, self._desk.call
        if room is None:
            return
        if call.assignment is None:
            self.line.tell("")
            return
        self._case = call.assignment.case_id
        assert call.script is not None
        if call.phase is Phase.DIALLING:
            self.line.show_verdict("", True)
        self.line.tell(_told(call, call.script, room.told(call.assignment)))

    def _judge(self) -> None:
        room = self._desk.place.practice if self._desk.is_open else None
        if room is not None and self._case is not None:
            self._tasks.run(self, partial(room.judge, self._case), self._show, self._not_judged)

    def _show(self, judged: Judged | None) -> None:
        if judged is None or not self._desk.is_open:
            return
        script = self._desk.place.script
        self.line.show_verdict(verdict_words(judged, script), not judged.different)

    def _not_judged(self, error: CatiError) -> None:
        self.line.show_verdict(str(error), False)


def verdict_words(judged: Judged, script: Script) -> str:
    """What came of a practice interview, in a sentence or two."""
    if judged.different:
        first = _difference_words(judged.different[0], script)
        more = len(judged.different) - 1
        rest = " " + _("And {count} more.").format(count=more) if more else ""
        return _("Not as told: {difference}.").format(difference=first) + rest
    if judged.passed:
        return _("Recorded as told. You have passed the practice test and may call in earnest (Ctrl+P).")
    if judged.right < judged.wanted:
        pattern = _("Recorded as told: {right} of {wanted} for the practice test.")
        return pattern.format(right=judged.right, wanted=judged.wanted)
    return _("Recorded as told.")


def _difference_words(different: Difference, script: Script) -> str:
    if different.question:
        what = script.short(different.question, language())
        told, keyed = (
            script.answer_label(different.question, value, language()) or _("nothing")
            for value in (different.told, different.keyed)
        )
    else:
        what = _("outcome of the call")
        told, keyed = (_outcome(code) for code in (different.told, different.keyed))
    return _("{what}: said “{told}”, recorded “{keyed}”").format(what=what, told=told, keyed=keyed)


def _outcome(code: str) -> str:
    return _(DISPOSITIONS[code].label) if code else _("nothing")


def _told(call: Call, script: Script, told: Scenario) -> str:
    """What the respondent does now."""
    assert call.assignment is not None
    before = sum(past.disposition not in IGNORED for past in call.assignment.history)
    line = told.lines[before] if before < len(told.lines) else ""
    match call.phase:
        case Phase.READY:
            return _whole(call, script, told, line)
        case Phase.DIALLING:
            return _(_HEARD[line])
        case Phase.CONNECTED if call.shown is not None:
            return _said(call.shown, script, told)
        case Phase.CONNECTED:
            return _("Everything is answered: end the call (F10)")
        case _:
            return _("Choose what happened, then Enter")


def _whole(call: Call, script: Script, told: Scenario, line: str) -> str:
    """The scenario before it is played."""
    parts = [_(_CALLS[line])]
    items = script.items(call.facts, told.answers)
    odd = [name for name in items if told.answers[name] != told.usual]
    usual = next((name for name in items if name not in odd), None)
    if usual is not None:
        words = _answer(usual, told, script)
        parts.append(_("they agree to be interviewed and say “{answer}” to the items").format(answer=words))
    if odd:
        said = _(", ").join(_said_to(name, told, script) for name in odd)
        parts.append(_("but {exceptions}").format(exceptions=said))
    return _("Scenario {number}: {words}").format(number=told.number, words=_("; ").join(parts))


def _said_to(name: str, told: Scenario, script: Script) -> str:
    words = _("“{answer}” to “{item}”")
    return words.format(item=script.short(name, language()), answer=_answer(name, told, script))


def _answer(name: str, told: Scenario, script: Script) -> str:
    return script.answer_label(name, told.answers[name], language())


def _said(name: str, script: Script, told: Scenario) -> str:
    """The respondent's words at a question."""
    question = script.question(name)
    if question.type == "note":
        return _("The respondent listens: read it out, then Enter")
    if not told.answers.get(name):
        return _("The respondent has nothing to say to this: Enter")
    return _("The respondent says: “{answer}”").format(answer=_answer(name, told, script))
