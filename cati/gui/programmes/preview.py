"""The questionnaire walked through with the console's own screen and keys; nothing is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from cati.base.errors import CatiError
from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.domain.call import Call, Phase, step
from cati.domain.call_events import Moved
from cati.domain.interview import Script
from cati.domain.programmes import Group, Programme, Unit
from cati.gui import theme
from cati.gui.actions import Keys
from cati.gui.console.question import SELECTS, TYPED, QuestionScreen
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.surface import Band
from cati.gui.widgets.text import Text

SPOKEN = ("zh", "en")


class Preview(QWidget):
    """A made-up respondent of one unit and group; other answers lead other ways.

    Args:
        keys: of the window.
        say: tells when a key is no answer.
    """

    def __init__(self, keys: Keys, say: Callable[[str], Any]) -> None:
        super().__init__()
        self._say = say
        self._script: Script | None = None
        self._unit = self._group = 0
        self._spoken = ""
        self.call = Call()
        self._about = Text(size=14, ink="warn", bold=True, wrap=True)
        self.question = QuestionScreen(keys, None)
        self.question.given.connect(self.give)
        strip = Band(row((self._about, 1), margins=(18, 4, 18, 4)), "warn_s")
        self.setLayout(column(strip, (self.question, 1), gap=0))

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """What its keys do."""
        return {
            "answer": self.digit,
            "next": self.go_on,
            "back": lambda: self.walk(-1),
            "forward": lambda: self.walk(1),
            "preview_unit": self.next_unit,
            "preview_group": self.next_group,
            "preview_language": self.next_language,
            "preview_anew": self.begin,
        }

    def open(self, programme: Programme) -> None:
        """Walk through a programme from the beginning.

        Raises:
            CatiError: an expression is not understood.
        """
        self._script = Script.of(programme)
        self._unit = self._group = 0
        self._spoken = language().split("_")[0]
        self.begin()

    def begin(self) -> None:
        """From the first question, without answers."""
        assert self._script is not None
        programme = self._script.programme
        unit, group = self._respondent(programme)
        facts = {
            "unit": unit.name,
            "unit_code": unit.code,
            "group": group.label,
            "group_code": group.code,
            "surname": "×",
            "title": "",
            "source": "list",
        }
        self.call = Call(Phase.CONNECTED, script=self._script, facts=facts, interview_id="preview")
        self.call = replace(self.call, shown=self._script.next_open(facts, {}))
        self.question.speak(self._spoken)
        self.question.begin(self.call)
        self._follow()

    # ---- keys ------------------------------------------------------------------------------------

    def digit(self, key: str) -> None:
        """The answer under a digit."""
        if self._type() not in SELECTS:
            return
        script, shown = self._asked()
        name = script.by_key(shown, key, self.call.facts)
        if name is None:
            self._say(_("Key {key} is no answer to this question. Nothing was recorded.").format(key=key))
        else:
            self.give(name)

    def give(self, name: str) -> None:
        """An answer by key or mouse; one of several is only marked until Enter."""
        if self._type() == "select_multiple":
            self.question.pick(name)
        else:
            self._answer(name)

    def go_on(self) -> None:
        """Record what was read, typed or picked; at the end begin anew."""
        kind = self._type()
        if self.call.shown is None:
            self.begin()
        elif kind == "note" and self.call.shown not in self.call.answers:
            self._answer("")
        elif kind in TYPED:
            self._answer(self.question.written.words())
        elif kind == "select_multiple" and self.question.picked:
            self._answer(self.question.picked)
        elif self.call.shown in self.call.answers:
            self.walk(1)

    def walk(self, direction: int) -> None:
        """To the question before or after."""
        self.call, _effects = step(self.call, Moved(direction))
        self._follow()

    def next_unit(self) -> None:
        """The next unit's respondent, from the beginning."""
        assert self._script is not None
        self._unit = (self._unit + 1) % len(self._script.programme.units)
        self.begin()

    def next_group(self) -> None:
        """The next group's respondent, from the beginning."""
        assert self._script is not None
        self._group += 1
        self.begin()

    def next_language(self) -> None:
        """The same question in the other language."""
        self._spoken = SPOKEN[(SPOKEN.index(self._spoken) + 1) % len(SPOKEN)]
        self.question.speak(self._spoken)
        self._follow()

    # ---- inside ----------------------------------------------------------------------------------

    def _respondent(self, programme: Programme) -> tuple[Unit, Group]:
        """Whose interview is looked at: groups that are not called about a unit are passed over."""
        unit = programme.units[self._unit]
        groups = [group for group in programme.groups if group.is_of(unit)] or programme.groups
        return unit, groups[self._group % len(groups)]

    def _asked(self) -> tuple[Script, str]:
        assert self._script is not None
        assert self.call.shown is not None
        return self._script, self.call.shown

    def _type(self) -> str:
        if self._script is None or self.call.shown is None:
            return ""
        return self._script.question(self.call.shown).type

    def _answer(self, raw: str) -> None:
        script, shown = self._asked()
        try:
            value = script.check(shown, raw, self.call.facts, self.call.answers)
        except CatiError as error:
            self._say(str(error))
            return
        answers = {**self.call.answers, shown: value}
        following = script.next_open(self.call.facts, answers)
        self.call = replace(self.call, answers=answers, shown=following, seq=self.call.seq + 1)
        self.question.answered(shown, self.call.seq)
        self._follow()

    def _follow(self) -> None:
        assert self._script is not None
        programme = self._script.programme
        pattern = _("Preview, nothing is stored: {unit} · {group} · {language}")
        spoken = {"zh": "中文", "en": "English"}[self._spoken]
        unit, group = self._respondent(programme)
        self._about.set_text(pattern.format(unit=unit.name, group=group.label, language=spoken))
        self.question.set_space(theme.current().space(self.width(), self.height()))
        self.question.show_call(self.call)
