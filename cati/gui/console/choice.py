"""Which programme is worked on, where there are several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.gui.action import Mode
from cati.gui.widgets.key_bar import KeyBar
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.middle import Middle
from cati.gui.widgets.options import OptionRow
from cati.gui.widgets.surface import Band, Page, Surface
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.domain.programmes import LoadedProgramme
    from cati.gui.app import Shell

MOST = 9
"""Programmes of one page, each with a digit; the last ones loaded come first."""

STATES = {
    "setup": N_("being set up"),
    "drawn": N_("in the field"),
    "closed": N_("fieldwork closed"),
    "retired": N_("retired"),
}


class ProgrammeRow(OptionRow):
    """One programme."""

    MOST = 46


class ChoicePage(Page):
    """A digit chooses, of several pages where there are many; nothing else can be done meanwhile.

    Args:
        shell: the window it lies in.
        listing: asks for the programmes; called in the worker.
        chosen: goes on with the programme of a code.
        leave: goes back without a choice.
        now: code of the programme in hand, "" without one.
    """

    def __init__(
        self,
        shell: Shell,
        listing: Callable[[], Sequence[LoadedProgramme]],
        chosen: Callable[[str], Any],
        leave: Callable[[], Any],
        now: str = "",
    ) -> None:
        super().__init__()
        self._keys, self._chosen, self._now = shell.keys, chosen, now
        self._known: Sequence[LoadedProgramme] = ()
        self._first = 0
        self._rows: list[ProgrammeRow] = []
        self._lead = Text(
            _("A digit chooses it. It can be changed between two calls."), 15, "ink2", wrap=True
        )
        self._list = column(gap=4)
        self._place = Text(size=14, ink="ink2")
        self._place.hide()
        title = Text(_("Which programme?"), 20, bold=True)
        sheet = Surface(
            column(title, self._lead, Holder(self._list), self._place, gap=12, margins=(28, 20, 28, 24)),
            width=760,
        )
        middle = Middle()
        middle.addWidget(Holder(column(None, row(None, sheet, None), None, None, margins=16)))
        name = Text(_("CATI · satisfaction interviews by telephone"), 20, bold=True)
        head = Band(row(name, None, margins=(18, 0, 16, 0)), "sheet", 52, bottom="line")
        self.setLayout(column(head, (middle, 1), KeyBar(self._keys), gap=0))
        self._leave = leave
        self._keys.bind_all(
            {"choose_programme": lambda key: self._choose(int(key) - 1), "close": self._go_back}
        )
        self._keys.set_mode(Mode.CHOICE)
        shell.tasks.run(self, listing, self._take, self._failed)

    @property
    def codes(self) -> list[str]:
        """Of the programmes that are shown, in the order of their digits."""
        return [one.programme.code for one in self._known[self._first : self._first + MOST]]

    def let_go(self) -> None:
        """The page is left: its keys are given back."""
        self._keys.unbind("choose_programme", "close", "turn_programmes")

    def _take(self, known: Sequence[LoadedProgramme]) -> None:
        self._known = known
        codes = [loaded.programme.code for loaded in known]
        at = codes.index(self._now) if self._now in codes else 0
        self._first = at - at % MOST
        if len(known) > MOST:
            self._keys.bind("turn_programmes", self._turn)
            self._place.show()
        self._show()
        self.setFocus()

    def _turn(self, key: str) -> None:
        last = (len(self._known) - 1) // MOST * MOST
        self._first = min(last, max(0, self._first + (MOST if key == "PgDown" else -MOST)))
        self._show()

    def _show(self) -> None:
        for old in self._rows:
            self._list.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._rows = []
        shown = self._known[self._first : self._first + MOST]
        for nth, loaded in enumerate(shown, 1):
            code, state = loaded.programme.code, _(STATES[loaded.state])
            option = ProgrammeRow(str(nth), loaded.programme.title, f"{code} · {state}")
            option.set_selected(code == self._now)
            option.clicked.connect(lambda _on=False, place=nth - 1: self._choose(place))
            self._list.put(option)
            self._rows.append(option)
        self._place.set_text(
            _("{first} to {last} of {count}").format(
                first=self._first + 1, last=self._first + len(shown), count=len(self._known)
            )
        )

    def _go_back(self) -> None:
        self.let_go()
        self._leave()

    def _failed(self, error: CatiError) -> None:
        self._lead.set_text(str(error))

    def _choose(self, place: int) -> None:
        if place < len(self._rows):
            self._chosen(self._known[self._first + place].programme.code)
