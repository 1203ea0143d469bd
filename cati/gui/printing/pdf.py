"""Writing a paper as a PDF file: A4, letters embedded, written aside and renamed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.files.aside import written_aside
from cati.gui.printing.pages import At, Ground, Line, Page, Square, Stroke, font, laid_out, line_height
from cati.gui.printing.paper import Paper
from cati.gui.widgets.qr import draw_qr

# A pixel is a tenth of a millimetre.
_PER_INCH = 254
_INK, _LINE, _GROUND = QColor("#000000"), QColor("#788392"), QColor("#EEF1F5")
_ALIGN = {
    At.LEFT: Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    At.RIGHT: Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
    At.CENTRE: Qt.AlignmentFlag.AlignCenter,
}


class Written(NamedTuple):
    """A file that was written.

    Attributes:
        sha256: of it, hexadecimal.
    """

    file: Path
    pages: int
    sha256: str


def write_pdf(paper: Paper, target: Path) -> Written:
    """Write a paper; an existing file is replaced by the whole new one or stays as it was.

    It may run outside the window's thread.

    Raises:
        CatiError: ``file_not_written``.
    """
    pages = laid_out(paper)
    with written_aside(target) as (aside,):
        _paint(paper, pages, aside)
        digest = sha256(aside.read_bytes()).hexdigest()
    return Written(target, len(pages), digest)


def _paint(paper: Paper, pages: list[Page], file: Path) -> None:
    writer = QPdfWriter(str(file))
    writer.setResolution(_PER_INCH)
    writer.setTitle(paper.title)
    writer.setCreator("CATI")
    painter = QPainter()
    for number, page in enumerate(pages):
        lying = QPageLayout.Orientation.Landscape if page.landscape else QPageLayout.Orientation.Portrait
        writer.setPageLayout(QPageLayout(QPageSize(QPageSize.PageSizeId.A4), lying, QMarginsF(0, 0, 0, 0)))
        ready = writer.newPage() if number else painter.begin(writer)
        if not ready:
            raise _not_written(file)
        paint_page(painter, page)
    if not painter.end():
        raise _not_written(file)


def _not_written(file: Path) -> CatiError:
    return CatiError(
        "file_not_written",
        N_("{file} could not be written ({reason}). Close it elsewhere or choose another folder."),
        file=str(file),
        reason="PDF",
    )


def paint_page(painter: QPainter, page: Page) -> None:
    """Paint a page where a pixel is a tenth of a millimetre."""
    for mark in page.marks:
        match mark:
            case Ground():
                painter.fillRect(QRectF(*mark), _GROUND)
            case Stroke():
                painter.setPen(QPen(_INK, 3) if mark.strong else QPen(_LINE, 2))
                painter.drawLine(*(round(place) for place in mark[:4]))
            case Square():
                draw_qr(painter, QRectF(mark.left, mark.top, mark.side, mark.side), mark.holds)
            case Line():
                painter.setFont(font(mark.script))
                painter.setPen(_INK)
                box = QRectF(mark.left, mark.top, mark.width, line_height(mark.script))
                painter.drawText(box, int(_ALIGN[mark.at] | Qt.TextFlag.TextDontClip), mark.text)
