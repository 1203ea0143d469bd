"""The frame of the guide: head, steps at the left, one sheet, key bar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from cati.base import logging
from cati.base.i18n import translate as _
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.form import Centred, Form
from cati.gui.guide.rail import Progress, Rail, Step
from cati.gui.guide.sheet import Sheet
from cati.gui.tasks import Tasks
from cati.gui.widgets.button import Button
from cati.gui.widgets.key_bar import KeyBar
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.middle import Middle
from cati.gui.widgets.surface import Band, Page
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.gui.guide.programme import SettleSheet

Leaf: TypeAlias = "Sheet | SettleSheet"


class GuidePage(Page):
    """Shows one sheet at a time.

    Args:
        keys: of the window.
        tasks: runs what is slow.
        version: of the program, shown in the head.
    """

    def __init__(self, keys: Keys, tasks: Tasks, version: str) -> None:
        super().__init__()
        self.keys, self.tasks = keys, tasks
        self.rail, self.progress = Rail(), Progress()
        self._middle = Middle()
        self._sheets: dict[Leaf, QWidget] = {}
        self._shown: Leaf | None = None
        self.language_button = language = Button(_("中文 / English"), "F8", size=14, height=32)
        language.clicked.connect(lambda: keys.trigger("language"))
        title = Text(_("CATI · satisfaction interviews by telephone"), 20, bold=True)
        head = row(title, Text(version, 14, "ink2"), None, language, gap=12, margins=(18, 0, 16, 0))
        self._body = row(self.rail, (self._middle, 1), gap=12, margins=(16, 16, 16, 16))
        band = Band(head, "sheet", 52, bottom="line")
        self.setLayout(column(band, self.progress, (self._body, 1), KeyBar(keys), gap=0))
        self._middle.overflows.connect(self._offer_scrolling)
        keys.bind("guide_next", self.confirm)
        keys.bind("guide_choose", self._choose)
        keys.set_mode(Mode.GUIDE)

    @property
    def sheet(self) -> Leaf:
        """The sheet that is shown."""
        assert self._shown is not None
        return self._shown

    def confirm(self) -> None:
        """Go on from the sheet that is shown, unless something is being waited for."""
        if self._shown is not None and not self._shown.waiting:
            self._shown.confirm()

    def _choose(self, key: str) -> None:
        if self._shown is not None:
            self._shown.choose(key)

    def turn_to(self, sheet: Leaf) -> None:
        """Show another sheet."""
        if sheet not in self._sheets:
            # A sheet of one width lies in the middle; another takes all there is.
            self._sheets[sheet] = Centred(sheet) if isinstance(sheet, Form) else Holder(column(sheet, gap=0))
            sheet.confirmed.connect(self.confirm)
            self._middle.addWidget(self._sheets[sheet])
        self._shown = sheet
        self._middle.setCurrentWidget(self._sheets[sheet])
        self.restyle()
        if self.isVisible():
            self.take_focus()

    def stand_at(self, step: Step, settled: Mapping[Step, str], part: str = "") -> None:
        """Show where somebody stands, and log it for whoever has to help.

        Args:
            step: that is shown.
            settled: words for those that are done.
            part: of the step, where it has several.
        """
        self.rail.stand_at(step, settled)
        self.progress.stand_at(step)
        logging.info("guide", state=f"{step.name.lower()}{part}")

    def take_focus(self) -> None:
        """Put the cursor where something is to be typed."""
        self.sheet.take_focus()

    def let_go(self) -> None:
        """Give back the keys."""
        self.keys.unbind("guide_next", "guide_choose", "guide_files", "guide_back", "language")

    def _offer_scrolling(self, over: bool) -> None:
        if over:
            self.keys.bind("scroll", self._middle.scroll_page)
        else:
            self.keys.unbind("scroll")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give way where the window is small."""
        self.restyle()

    def restyle(self) -> None:
        """Take the scale of the theme in use."""
        super().restyle()
        if not hasattr(self, "rail"):
            return
        space = theme.current().space(self.width(), self.height())
        scant = space > theme.Space.FULL
        self.rail.setVisible(not scant)
        self.progress.setVisible(scant)
        self._body.set_margins(4 if scant else 16)
        for form in self.findChildren(Form):
            form.set_scant(scant)
        for sheet in self.findChildren(Centred):
            sheet.set_scant(scant)
