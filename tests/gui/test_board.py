from collections.abc import Callable
from itertools import combinations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from cati.gui import theme
from cati.gui.widgets.base import Painted
from cati.gui.widgets.icons import OUTLINES, draw_icon
from cati.gui.widgets.text import Text
from tests.gui import board
from tests.gui.fits import clipped


@pytest.mark.usefixtures("look", "tongue")
@pytest.mark.parametrize("mode", ["light", "dark", "contrast"])
@pytest.mark.parametrize("scale", [1.0, 1.25])
@pytest.mark.parametrize("make", [board.bars, board.parts])
def test_nothing_is_cut_on_a_small_screen_in_either_language(
    qtbot, make: Callable[[], QWidget], scale: float, mode: str
) -> None:
    theme.use(mode, scale)
    page = make()
    qtbot.addWidget(page)
    page.resize(1366, 768)
    page.show()
    assert page.size().toTuple() == (1366, 768)
    assert clipped(page) == []


@pytest.mark.usefixtures("look")
def test_the_proof_finds_a_text_without_room(qtbot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    label = Text("no room for all of this", elide=True)
    label.setParent(page)
    label.setGeometry(0, 0, 40, 20)
    plain = QLabel("nor for this", page)
    plain.setGeometry(0, 30, 20, 20)
    page.show()
    assert {clip.how for clip in clipped(page)} == {"shortened", "cut"}


@pytest.mark.usefixtures("look")
def test_every_painted_control_says_its_words_and_its_key(qtbot) -> None:
    page = board.parts()
    qtbot.addWidget(page)
    controls = [widget for widget in page.findChildren(QAbstractButton) if isinstance(widget, Painted)]
    assert len(controls) == 14
    for control in controls:
        words, _comma, key = control.accessibleName().partition(", ")
        assert words == control.text()
        assert key


def test_every_outline_differs_from_every_other(qapp) -> None:
    def drawn(name: str) -> QImage:
        image = QImage(32, 32, QImage.Format.Format_Grayscale8)
        image.fill(255)
        painter = QPainter(image)
        draw_icon(painter, name, QRectF(0, 0, 32, 32), "ink")
        painter.end()
        return image

    pictures = {name: drawn(name) for name in OUTLINES}
    assert len(pictures) == 26
    assert not [(a, b) for a, b in combinations(pictures, 2) if pictures[a] == pictures[b]]


@pytest.mark.usefixtures("look")
def test_colours_and_sizes_change_while_the_widgets_live(qtbot) -> None:
    page = board.parts()
    qtbot.addWidget(page)
    page.resize(1366, 768)
    page.show()
    paper = page.grab().toImage().pixelColor(page.width() // 2, page.height() - 2).name()
    tall = max(button.height() for button in page.findChildren(QAbstractButton))
    theme.use("dark", 1.25)
    page.resize(1366, 768)
    qtbot.waitUntil(
        lambda: max(button.height() for button in page.findChildren(QAbstractButton)) == round(tall * 1.25)
    )
    night = page.grab().toImage().pixelColor(page.width() // 2, page.height() - 2).name()
    assert (paper, night) == ("#e9edf2", "#0f141a")
