"""The steps of the guide and where somebody stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.gui.widgets.answers import Steps
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.text import Text


class Step(Enum):
    """What has to be settled before work can begin, in this order."""

    LANGUAGE = N_("Screen language")
    FOLDER = N_("Data folder")
    USER = N_("First user")
    KEY = N_("Recovery key")
    SOUND = N_("Sound check")
    PROGRAMME = N_("Programme")


ORDER = tuple(Step)
WIDTH = 252
LONG_NAME = 18


class _Line(Holder):
    """One step: what has become of it, its name, and what was settled."""

    def __init__(self, step: Step) -> None:
        self._icon, self._name = Icon("ring", "ink2", 18), Text(_(step.value), 16, "ink2")
        self._settled = Text(size=13, ink="ink2", wrap=True)
        self._settled.hide()
        words = column(self._name, self._settled, gap=0)
        super().__init__(row(column(2, self._icon, None, gap=0), (words, 1), gap=10))

    def show(self, state: str, settled: str) -> None:  # type: ignore[override] # a line is always shown
        """Show a step that is ``done``, ``now`` or ``to come``."""
        icon, ink = {"done": ("done", "ok"), "now": ("half", "accent"), "to come": ("ring", "ink2")}[state]
        self._icon.set_icon(icon, ink)
        self._name.set_ink("ink" if state == "now" else "ink2", bold=state == "now")
        self._settled.set_text(_breakable(settled))
        self._settled.setVisible(bool(settled))


def _breakable(path: str) -> str:
    """A path that may go on on the next line behind any of its folders, and inside long names."""
    parts = (part if len(part) <= LONG_NAME else "\u200b".join(part) for part in path.split("/"))
    return "/\u200b".join(parts)


class Rail(Surface):
    """All steps, one under the other, at the left of the sheet."""

    def __init__(self) -> None:
        self._lines = {step: _Line(step) for step in ORDER}
        super().__init__(
            column(
                Text(_("Setting up"), 17, bold=True),
                4,
                *self._lines.values(),
                None,
                gap=12,
                margins=(18, 18, 14, 14),
            ),
            "panel",
            width=WIDTH,
        )

    def stand_at(self, now: Step, settled: Mapping[Step, str]) -> None:
        """Show where somebody stands.

        Args:
            now: the step that is shown.
            settled: words for those that are done.
        """
        place = ORDER.index(now)
        said = []
        for nth, step in enumerate(ORDER):
            state = "now" if step is now else "done" if nth < place else "to come"
            self._lines[step].show(state, settled.get(step, "") if state == "done" else "")
            said.append(f"{_(step.value)}: {_STATES[state]()}")
        self.setAccessibleName(", ".join(said))


class Progress(Holder):
    """The same on one line, where there is no room at the left."""

    def __init__(self) -> None:
        self._steps, self._words = Steps(150), Text(size=13, ink="ink2")
        super().__init__(row(None, self._steps, self._words, None, gap=10, margins=(16, 8, 16, 0)))

    def stand_at(self, now: Step) -> None:
        """Show where somebody stands."""
        place = ORDER.index(now) + 1
        self._steps.set_progress(len(ORDER), place)
        words = _("Step {now} of {count}").format(now=place, count=len(ORDER))
        self._words.set_text(f"{words} · {_(now.value)}")


_STATES = {"done": lambda: _("done"), "now": lambda: _("now"), "to come": lambda: _("to come")}
