"""What lies between the bars: one screen at a time, scrolled only where it has no room at all."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

# Of the height that is seen, so much is scrolled by one key press.
PAGE = 0.8


class Middle(QScrollArea):
    """Shows one of several screens in all the room there is, or in the least it needs, and then scrolls."""

    overflows = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._page = QWidget()
        self._screens: list[QWidget] = []
        self._current: QWidget | None = None
        self._over = self._loose = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._page)
        # The desk under it is seen between the screen's papers.
        self._page.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow_focus)

    @property
    def page(self) -> QWidget:
        """What is scrolled."""
        return self._page

    def addWidget(self, screen: QWidget) -> None:
        """Take in a screen; the first one is shown."""
        screen.setParent(self._page)
        screen.installEventFilter(self)
        self._screens.append(screen)
        if self._current is None:
            self.setCurrentWidget(screen)
        else:
            screen.hide()

    def currentWidget(self) -> QWidget | None:
        """The screen that is shown."""
        return self._current

    def setCurrentWidget(self, screen: QWidget) -> None:
        """Show another screen, from its top."""
        self._current = screen
        for other in self._screens:
            other.setVisible(other is screen)
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)
        self.place()

    def drop(self) -> None:
        """Forget the screen that is shown."""
        screen, self._current = self._current, None
        if screen is not None:
            self._screens.remove(screen)
            screen.hide()
            screen.deleteLater()

    def minimumSizeHint(self) -> QSize:
        """None: it scrolls."""
        return QSize(0, 0)

    def set_loose(self, loose: bool) -> None:
        """Whether screens take what they like to have, and scroll, before they tighten."""
        self._loose = loose
        self.place()

    def scroll_page(self, key: str) -> None:
        """Scroll down, or up for a key with ``Up`` in its name."""
        bar = self.verticalScrollBar()
        step = round(self.viewport().height() * PAGE)
        bar.setValue(bar.value() + (-step if "Up" in key else step))

    def reveal(self, part: QWidget) -> None:
        """Scroll until a part of the screen is seen."""
        if self._over and part.isVisible() and self._page.isAncestorOf(part):
            self.ensureWidgetVisible(part)

    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and new not in self._screens:
            self.reveal(new)

    def place(self) -> None:
        """Give the screen all there is, or what it needs at least."""
        screen, room = self._current, self.maximumViewportSize()
        if screen is None:
            return
        if self._loose:
            layout = screen.layout()
            assert layout is not None
            layout.activate()
        need = _least(screen, room.width())
        if self._loose:
            need = need.expandedTo(_comfortable(screen, room.width()))
        if need.height() > room.height():
            room.setWidth(room.width() - self.verticalScrollBar().sizeHint().width())
            need = _least(screen, room.width())
            if self._loose:
                need = need.expandedTo(_comfortable(screen, room.width()))
        if need.width() > room.width():
            room.setHeight(room.height() - self.horizontalScrollBar().sizeHint().height())
        whole = room.expandedTo(need)
        self._page.resize(whole)
        screen.setGeometry(QRect(0, 0, whole.width(), whole.height()))
        over = need.height() > room.height()
        if over != self._over:
            self._over = over
            self.overflows.emit(over)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys are actions of what it shows: none scrolls it by itself."""
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the screen anew."""
        super().resizeEvent(event)
        self.place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The screen needs more room, or less."""
        if event.type() == QEvent.Type.LayoutRequest and watched is self._current:
            # It has not seen the event yet; what it needs is known when its own parts have been asked again.
            layout = self._current.layout()
            assert layout is not None
            layout.activate()
            self.place()
        return super().eventFilter(watched, event)


class Reading(Middle):
    """A long text in a part of a screen: it may scroll where a screen may not."""


def _comfortable(screen: QWidget, width: int) -> QSize:
    layout = screen.layout()
    assert layout is not None
    wide = max(width, layout.totalMinimumSize().width())
    return QSize(0, layout.totalHeightForWidth(wide) if layout.hasHeightForWidth() else 0)


def _least(screen: QWidget, width: int) -> QSize:
    layout = screen.layout()
    assert layout is not None
    least = layout.totalMinimumSize()
    wide = max(width, least.width())
    if layout.hasHeightForWidth():
        return QSize(least.width(), max(least.height(), layout.totalMinimumHeightForWidth(wide)))
    return least
