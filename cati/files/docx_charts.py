"""Charts in a document: native ones, with their figures in a workbook inside that Word opens to edit them."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from math import floor
from typing import Any

import xlsxwriter
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Length

from cati.domain.papers import Chart

CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLOURS = ("#2F5D8A", "#B7C4D3")
"""Of the first and the second row of bars; told apart in black and white too."""
SHEET = "Sheet1"
FACE = "宋体"
ONLY_VALUES = (
    '<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
    '<c:showPercent val="0"/><c:showBubbleSize val="0"/>'
)


def add_chart(document: Document, chart: Chart, width: Length, height: Length) -> None:
    """Put a chart into a document, as a paragraph of its own at its end.

    Args:
        document: to be written.
        chart: what it shows.
        width, height: on paper.
    """
    package = document.part.package
    assert package is not None
    number = 1 + sum(part.content_type == CHART_TYPE for part in package.iter_parts())
    book = _workbook(chart)
    with zipfile.ZipFile(BytesIO(book)) as files:
        drawn = files.read("xl/charts/chart1.xml")
    inside = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), BOOK_TYPE, book, package)
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), CHART_TYPE, b"", package)
    linked = part.relate_to(inside, RELATIONSHIP_TYPE.PACKAGE)
    part._blob = _with_workbook(drawn, linked)
    frame = _frame(document.part.relate_to(part, RELATIONSHIP_TYPE.CHART), number, chart, width, height)
    paragraph = document.add_paragraph(style="Chart")
    paragraph.add_run()._r.append(parse_xml(frame))


def _with_workbook(drawn: bytes, linked: str) -> bytes:
    """The chart, saying where its figures are; that goes before the settings of the printer, if any."""
    where = f'<c:externalData r:id="{linked}"><c:autoUpdate val="0"/></c:externalData>'
    text = re.sub(r"<c:printSettings>.*</c:printSettings>", "", drawn.decode(), flags=re.DOTALL)
    # What is not said to be left out of a label, some programs write.
    text = text.replace('<c:showVal val="1"/>', ONLY_VALUES)
    return text.replace("</c:chartSpace>", where + "</c:chartSpace>").encode()


def _frame(link: str, number: int, chart: Chart, width: Length, height: Length) -> str:
    words = chart.caption.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return (
        '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{int(width)}" cy="{int(height)}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>'
        f'<wp:docPr id="{1000 + number}" name="chart {number}" descr="{words}"/><wp:cNvGraphicFramePr/>'
        '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        f'r:id="{link}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )


def _workbook(chart: Chart) -> bytes:
    """A workbook of the chart's figures with the chart in it."""
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet(SHEET)
    last = len(chart.lines)
    sheet.write_column(1, 0, chart.lines)
    drawn = book.add_chart({"type": "bar"})
    for column, bars in enumerate(chart.bars, start=1):
        sheet.write_string(0, column, bars.name)
        for row, value in enumerate(bars.values, start=1):
            if value is not None:
                sheet.write_number(row, column, round(value, 2))
        series: dict[str, Any] = {
            "name": [SHEET, 0, column],
            "categories": [SHEET, 1, 0, last, 0],
            "values": [SHEET, 1, column, last, column],
            "fill": {"color": COLOURS[(column - 1) % len(COLOURS)]},
            "gap": 45,
            "data_labels": {"value": True, "num_format": "0.00", "font": _font(8)},
        }
        if any(bars.intervals):
            series |= {"x_error_bars": _reach(sheet, chart, column), "data_labels": {}}
        drawn.add_series(series)
    low, high = ends(chart)
    # What lies is a bar chart's x axis.
    drawn.set_x_axis(
        {
            "min": low, "max": high, "num_format": "0", "num_font": _font(9),
            "major_gridlines": {"visible": True, "line": {"color": "#D5DAE0", "width": 0.5}},
            "label_position": "high", "minor_tick_mark": "none", "major_tick_mark": "none",
        }
    )  # fmt: skip
    drawn.set_y_axis(
        {
            "reverse": True, "num_font": _font(9), "label_position": "low", "interval_unit": 1,
            "minor_tick_mark": "none", "major_tick_mark": "none",
        }
    )  # fmt: skip
    drawn.set_chartarea({"border": {"none": True}})
    drawn.set_legend({"position": "bottom", "font": _font(9)} if len(chart.bars) > 1 else {"none": True})
    sheet.insert_chart("H2", drawn)
    book.close()
    return made.getvalue()


def _reach(sheet: Any, chart: Chart, column: int) -> dict[str, Any]:
    """How far the intervals reach to both sides, in columns of their own."""
    bars, last = chart.bars[column - 1], len(chart.lines)
    more, less = len(chart.bars) + 2 * column - 1, len(chart.bars) + 2 * column
    found = []
    for row, (value, around) in enumerate(zip(bars.values, bars.intervals, strict=True), start=1):
        up, down = (0.0, 0.0) if value is None or around is None else (around[1] - value, value - around[0])
        sheet.write_row(row, more, [round(up, 4), round(down, 4)])
        found.append((round(up, 4), round(down, 4)))
    return {
        "type": "custom",
        "plus_values": f"={SHEET}!${_letter(more)}$2:${_letter(more)}${last + 1}",
        "minus_values": f"={SHEET}!${_letter(less)}$2:${_letter(less)}${last + 1}",
        "plus_data": [up for up, _down in found],
        "minus_data": [down for _up, down in found],
        "line": {"color": "#1F1F1F", "width": 0.75},
    }


def _letter(column: int) -> str:
    return chr(ord("A") + column)


def _font(size: int) -> dict[str, Any]:
    return {"name": FACE, "size": size}


def ends(chart: Chart) -> tuple[float, float]:
    """The ends of the axis: the scale's, or where bars would all look alike, tens around them."""
    found = [value for bars in chart.bars for value in bars.values if value is not None]
    found += [end for bars in chart.bars for around in bars.intervals if around for end in around]
    if not found:
        return 0, 100
    low, high = min(found), max(found)
    return max(0, 10 * (floor(low / 10) - 1)) if low > 30 else min(0, low), 10 * (floor(high / 10) + 1)
