"""The manual over the window: contents at the left, the chapter at the right, a search in all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, QRectF, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from cati.base import i18n
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.manual import book
from cati.gui.manual.book import Chapter
from cati.gui.manual.page import ChapterView
from cati.gui.manual.topics import PARTS
from cati.gui.tasks import Failed, Tasks
from cati.gui.theme import px
from cati.gui.widgets.base import LEFT, NO_PEN, Painted, outline
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.key_bar import KeyBar
from cati.gui.widgets.keycap import KeyCap
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.middle import Reading
from cati.gui.widgets.surface import Band, Page, Surface
from cati.gui.widgets.text import Text

HEAD = 52
SIDE = 268
LINE, PART_LINE = 26, 32


class Contents(Painted, QWidget):
    """A painted list of the chapters by part; a click opens one."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._chapters: dict[str, Chapter] = {}
        self._found: Mapping[str, int] = {}
        self._on = ""
        self.restyle()

    def set_chapters(self, chapters: Mapping[str, Chapter]) -> None:
        """List other chapters."""
        self._chapters = dict(chapters)
        self.restyle()

    def set_on(self, name: str) -> None:
        """Mark which chapter is read."""
        self._on = name
        self.setAccessibleName(_("Contents") + ", " + self._chapters[name].title)
        self.update()

    def set_found(self, found: Mapping[str, int]) -> None:
        """Print beside the chapters how often a word stands in them."""
        self._found = found
        self.update()

    def box_of(self, name: str) -> QRectF:
        """Where a chapter stands."""
        return next((box for box, chapter, _title in self._lines() if chapter == name), QRectF())

    def restyle(self) -> None:
        """Take the height from the theme in use."""
        lines = self._lines()
        self.setFixedHeight(round(lines[-1][0].bottom()) + px(8))
        super().restyle()

    def _lines(self) -> list[tuple[QRectF, str, str]]:
        """Box, chapter and words of each line; a part's heading has no chapter."""
        lines: list[tuple[QRectF, str, str]] = []
        top = float(px(4))
        for part in PARTS:
            lines.append((QRectF(0, top, self.width(), px(PART_LINE)), "", _(part.title)))
            top += px(PART_LINE)
            for name in part.chapters:
                title = self._chapters[name].title if name in self._chapters else ""
                lines.append((QRectF(0, top, self.width(), px(LINE)), name, title))
                top += px(LINE)
        return lines

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the chapter that was pressed on."""
        for box, name, _title in self._lines():
            if name and box.contains(event.position()):
                self.chosen.emit(name)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw headings, chapters and how often the word was found."""
        painter = self.begin()
        for box, name, title in self._lines():
            if not name:
                foot = box.adjusted(px(16), px(6), -px(8), 0)
                self.write(painter, foot, title, 13, "ink2", bold=True, align=LEFT)
                continue
            on = name == self._on
            if on:
                # High contrast has no soft ground: a ring says the same.
                contrast = theme.current().mode == "contrast"
                painter.setPen(outline("accent", theme.ring()) if contrast else NO_PEN)
                painter.setBrush(theme.colour("soft"))
                painter.drawRoundedRect(box.adjusted(px(8), 2, -px(8), -2), px(6), px(6))
                mark = QRectF(box.left() + px(8), box.top() + px(5), px(3), box.height() - px(10))
                painter.fillRect(mark, theme.colour("accent"))
            count = str(self._found.get(name) or "")
            wide = theme.text_width(count, 13, bold=True) + px(6) if count else 0
            words = box.adjusted(px(22), 0, -px(14) - wide, 0)
            self.write(painter, words, title, 14, "ink", bold=on, align=LEFT)
            place = QRectF(box.right() - px(14) - wide, box.top(), wide, box.height())
            self.write(painter, place, count, 13, "accent", bold=True, align=LEFT)


class Reader(Page):
    """Covers the whole window in mode MANUAL; Esc leads back to where one was.

    Args:
        window: it covers this.
        keys: of the window.
        tasks: of the window; files are read in its worker.
        failed: takes the error when they cannot be.
    """

    def __init__(self, window: QWidget, keys: Keys, tasks: Tasks, failed: Failed) -> None:
        super().__init__()
        self.setParent(window)
        self._window, self._keys, self._tasks, self._failed = window, keys, tasks, failed
        self._chapters: dict[str, Chapter] = {}
        self._language = self._here = ""
        self._way: list[str] = []
        self._before: QWidget | None = None
        self._title = Text(size=20, bold=True)
        self._field = LineField("", size=15, height=36)
        self._said = Text(size=14, ink="ink2", elide=True)
        self._field.setFixedWidth(px(240))
        head = row(
            self._title,
            20,
            KeyCap("F4"),
            self._field,
            KeyCap("F3"),
            (self._said, 1),
            gap=10,
            margins=(16, 0, 16, 0),
        )
        self.contents = Contents()
        self._side = Reading()
        self._side.addWidget(Holder(column(self.contents, None, gap=0)))
        self._beside = Surface(column((self._side, 1), gap=0, margins=(0, 4, 0, 4)), "panel", width=SIDE)
        self.view = ChapterView("")
        paper = Surface(column((self.view, 1), margins=(24, 14, 12, 14)))
        self.key_bar = KeyBar(keys)
        body = row(self._beside, (paper, 1), gap=12, margins=(16, 10, 16, 10))
        self.setLayout(column(Band(head, "sheet", HEAD, bottom="line"), (body, 1), self.key_bar, gap=0))
        self.contents.chosen.connect(self.show_chapter)
        self.view.wanted.connect(self.show_chapter)
        self._field.textChanged.connect(self._count)
        self._field.returnPressed.connect(lambda: self._seek("F3"))
        self._bind()
        self.hide()
        window.installEventFilter(self)
        keys.changed.connect(self._follow)

    def _bind(self) -> None:
        self._keys.bind_all(
            {
                "manual_read": self.view.turn,
                "manual_chapter": self._step,
                "manual_find": self._find,
                "manual_hit": self._seek,
                "manual_back": self._go_back,
                "manual_leave": self._leave,
            }
        )

    # ---- coming and going ------------------------------------------------------------------------

    def open(self, name: str) -> None:
        """Open the manual at a chapter."""
        self._before = self._window.focusWidget()
        self._keys.push(Mode.MANUAL)
        self._way = []
        self.setGeometry(self._window.rect())
        self._name()
        self.show()
        self.raise_()
        self.view.setFocus()
        spoken = i18n.language()
        if spoken == self._language:
            self.show_chapter(name)
            return
        self._tasks.run(
            self, lambda: book.read(spoken), lambda read: self._take(spoken, read, name), self._failed
        )

    def _take(self, spoken: str, chapters: tuple[Chapter, ...], name: str) -> None:
        self._language = spoken
        self._chapters = {chapter.name: chapter for chapter in chapters}
        self.contents.set_chapters(self._chapters)
        self._here = ""
        self.show_chapter(name)

    def _name(self) -> None:
        self._title.set_text(_("Manual"))
        self._field.setAccessibleName(_("Search"))
        self._field.setPlaceholderText(_("Search the whole manual"))
        self.view.setAccessibleName(_("Manual"))

    def _leave(self, _key: str) -> None:
        if self._field.hasFocus():
            self.view.setFocus()
        else:
            self._keys.pop(Mode.MANUAL)

    def _follow(self) -> None:
        if self.isVisible() and self._keys.mode is not Mode.MANUAL:
            self.hide()
            before, self._before = self._before, None
            if before is not None and isValid(before):
                before.setFocus()

    # ---- chapters --------------------------------------------------------------------------------

    def show_chapter(self, name: str) -> None:
        """Read another chapter from its beginning."""
        if name in self._chapters and name != self._here:
            if self._here:
                self._way.append(self._here)
            self._show(name)

    def _show(self, name: str, then: Callable[[], Any] = lambda: None) -> None:
        self._here = name
        chapter = self._chapters[name]
        self.contents.set_on(name)
        box = self.contents.box_of(name).center()
        self._side.ensureVisible(round(box.x()), round(box.y()), 0, px(LINE))
        self._keys.set_off("manual_back", "" if self._way else _("this is the first"))

        def take(pictures: dict[str, QImage]) -> None:
            if self._here == name:
                self.view.show_text(chapter.text, pictures)
                then()

        language, room = self._language, self.view.room
        self._tasks.run(self, lambda: book.pictures(language, chapter.pictures, room), take, self._failed)

    def _step(self, key: str) -> None:
        names = list(self._chapters)
        if self._here in names:
            place = names.index(self._here) + (-1 if "Up" in key else 1)
            self.show_chapter(names[max(0, min(len(names) - 1, place))])

    def _go_back(self) -> None:
        if self._way:
            self._show(self._way.pop())

    # ---- search ----------------------------------------------------------------------------------

    def _find(self) -> None:
        self._field.setFocus()
        self._field.selectAll()

    def _count(self) -> None:
        word = self._field.text().strip()
        found = {name: chapter.count(word) for name, chapter in self._chapters.items()}
        self.contents.set_found(found)
        self._said.set_text(_told(sum(found.values())) if word else "")

    def _seek(self, key: str) -> None:
        """Go to the next place of the word, in this chapter or in the next one that has it."""
        word, backwards = self._field.text().strip(), key.startswith("Shift")
        if not word:
            self._find()
        elif not self.view.seek(word, backwards, anew=False):
            self._seek_elsewhere(word, backwards)

    def _seek_elsewhere(self, word: str, backwards: bool) -> None:
        names = list(self._chapters)
        here = names.index(self._here)
        others = [*names[here + 1 :], *names[: here + 1]]
        if backwards:
            others = [*reversed(names[:here]), *reversed(names[here:])]
        wanted = next((name for name in others if self._chapters[name].count(word)), None)
        if wanted is None:
            return
        if wanted != self._here:
            self._way.append(self._here)
        self._show(wanted, lambda: self.view.seek(word, backwards, anew=True))

    # ---- looks -----------------------------------------------------------------------------------

    def restyle(self) -> None:
        """Take sizes from the theme in use."""
        super().restyle()
        if hasattr(self, "_beside"):
            tight = theme.current().space(self.width()) >= theme.Space.SCANT
            self.key_bar.set_scant(tight)
            self._field.setFixedWidth(px(240))

    def resizeEvent(self, event: Any) -> None:
        """Give way where the window is small."""
        self.restyle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the window also when its size changes."""
        if event.type() == QEvent.Type.Resize and watched is self._window and self.isVisible():
            self.setGeometry(self._window.rect())
        return False


def _told(found: int) -> str:
    if not found:
        return _("not found")
    return ngettext("found in one place", "found in {count} places", found).format(count=found)
