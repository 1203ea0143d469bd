"""A document as a .docx in the form of official papers (GB/T 9704-2012): page, type, headings, numbers."""

from __future__ import annotations

import copy
import re
from datetime import datetime, time
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cati.base.i18n import translate as _
from cati.domain.papers import Annex, Chart, Grid, Heading, Paper, Paragraph, Tone, Value
from cati.domain.ranking import shown

if TYPE_CHECKING:
    from docx.document import Document

FIGURES = "Times New Roman"
NOTHING = "—"
SHORT = 5
"""Letters of a word that may stand in the middle of its cell."""
TEXT_WIDTH = 156
"""Of the page, in mm: 28 letters of size three."""
LINE_HIGH, TWO_LINES_HIGH, LONG = 6.2, 9.0, 28
"""Of one line of a chart, in mm; more where a name of so many letters is written in two."""
FIGURES_ONLY = re.compile(r"[-+–0-9.,%()≈/ ]+")
"""A figure, an interval, a score with its place, or the points of a scale."""
WIDE, WIDE_SMALLER = 9, 1.5
"""A table of more columns has letters smaller by so many points."""
MOST_HIGH = 205
"""Of a chart, in mm: it has to find room on one page with its caption."""


class Face(NamedTuple):
    """A Chinese type: what it is called, what stands in for it, and its kind for whoever has neither."""

    name: str
    other: str
    family: str
    panose: str


TITLE = Face("方正小标宋简体", "SimSun", "roman", "02010601030101010101")
HEAVY = Face("黑体", "SimHei", "modern", "02010609060101010101")
KAI = Face("楷体_GB2312", "KaiTi", "modern", "02010609060101010101")
BODY = Face("仿宋_GB2312", "FangSong", "modern", "02010609060101010101")
SONG = Face("宋体", "SimSun", "auto", "02010600030101010101")
FACES = (TITLE, HEAVY, KAI, BODY, SONG)


class Sizes(NamedTuple):
    """Of letters, in points, and the height of a line."""

    title: float
    text: float
    table: float
    line: float


CHINESE = Sizes(22, 16, 10.5, 28)
LATIN = Sizes(20, 12, 9.5, 18)


def write_paper(path: Path, paper: Paper) -> None:
    """Write a document.

    Raises:
        OSError: it could not be written.
    """
    # Neither is needed before somebody writes a document, and each takes its time to come.
    docx = import_module("docx")
    document: Document = docx.Document()
    _Writer(document, CHINESE if paper.language.startswith("zh") else LATIN).write(paper)
    document.save(str(path))


class _Writer:
    def __init__(self, document: Document, sizes: Sizes) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING

        self._document, self._sizes = document, sizes
        self._align, self._exactly = WD_ALIGN_PARAGRAPH, WD_LINE_SPACING.EXACTLY

    def write(self, paper: Paper) -> None:
        """Put everything into the document."""
        about = self._document.core_properties
        about.title, about.author, about.comments = paper.title, paper.author, ""
        about.language = paper.language.replace("_", "-")
        about.created = about.modified = datetime.combine(paper.made_on, time())
        self._page()
        self._styles()
        self._type_table()
        self._document.add_paragraph(paper.title, style="Title")
        for line in paper.below:
            self._document.add_paragraph(line, style="Below")
        blocks = paper.blocks
        for before, block, following in zip((None, *blocks[:-1]), blocks, (*blocks[1:], None), strict=True):
            self._block(block, following)
            # A note stands below what it is about, and one below a heading above what it is about.
            noted = isinstance(following, Paragraph) and following.tone is Tone.NOTE
            leads = isinstance(before, Heading) and isinstance(block, Paragraph) and block.tone is Tone.NOTE
            if (noted and isinstance(block, Paragraph)) or leads:
                self._document.paragraphs[-1].paragraph_format.keep_with_next = True

    def _block(self, block: Any, following: Any) -> None:
        match block:
            case Heading():
                self._document.add_paragraph(block.text, style=f"Heading {min(block.level, 3)}")
            case Paragraph(text, Tone.BODY):
                self._document.add_paragraph(text, style="Body Text")
            case Paragraph(text, tone):
                self._document.add_paragraph(text, style="Note" if tone is Tone.NOTE else "Warning")
            case Grid():
                self._grid(block)
                self._room(following)
            case Chart():
                self._chart(block)
            case Annex():
                first = self._document.add_paragraph(block.title, style="Annex")
                first.paragraph_format.page_break_before = True

    # ---- page and type ---------------------------------------------------------------------------

    def _page(self) -> None:
        from docx.shared import Mm

        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(25)
        self._document.settings.odd_and_even_pages_header_footer = True
        for footer, right in ((section.footer, True), (section.even_page_footer, False)):
            paragraph = footer.paragraphs[0]
            paragraph.alignment = self._align.RIGHT if right else self._align.LEFT
            side = "right_indent" if right else "left_indent"
            setattr(paragraph.paragraph_format, side, Mm(5))
            for number, text in enumerate(("— ", "PAGE", " —")):
                run = paragraph.add_run("" if number == 1 else text)
                self._set(run.font, SONG, 14)
                if number == 1:
                    _field(run, text)

    def _set(self, font: Any, face: Face, size: float, bold: bool = False) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Pt, RGBColor

        font.name, font.size, font.bold = FIGURES, Pt(size), bold
        font.italic, font.color.rgb = False, RGBColor(0, 0, 0)
        fonts = font.element.get_or_add_rPr().get_or_add_rFonts()
        for name in list(fonts.attrib):
            if "Theme" in name:
                del fonts.attrib[name]
        fonts.set(qn("w:eastAsia"), face.name)
        fonts.set(qn("w:cs"), FIGURES)

    def _styles(self) -> None:
        from docx.enum.style import WD_STYLE_TYPE

        s, styles = self._sizes, self._document.styles
        for name in ("Below", "Note", "Warning", "Caption text", "Chart", "Annex", "Cell"):
            styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
        left, centre, both = self._align.LEFT, self._align.CENTER, self._align.JUSTIFY
        self._style("Normal", BODY, s.text)
        self._style("Title", TITLE, s.title, align=centre, line=s.title * 1.6, after=s.line / 2)
        self._style("Below", KAI, s.text, align=centre, line=s.line)
        self._style("Body Text", BODY, s.text, align=both, line=s.line, indent=2)
        self._style("Heading 1", HEAVY, s.text, line=s.line, indent=2, before=6, keep=True)
        self._style("Heading 2", KAI, s.text, line=s.line, indent=2, keep=True)
        self._style("Heading 3", BODY, s.text, bold=True, line=s.line, indent=2, keep=True)
        self._style("Note", BODY, s.table, align=left, line=s.table * 1.5, before=3, after=6)
        self._style("Warning", HEAVY, s.text, align=left, line=s.line, after=6)
        self._style("Caption text", HEAVY, s.table + 1.5, align=centre, before=8, after=4, keep=True)
        self._style("Chart", BODY, s.table, align=centre, after=6)
        self._style("Annex", HEAVY, s.text, align=left, line=s.line, after=6, keep=True)
        self._style("Cell", BODY, s.table, line=s.table * 1.5)

    def _style(
        self,
        name: str,
        face: Face,
        size: float,
        *,
        bold: bool = False,
        align: Any = None,
        line: float = 0,
        indent: int = 0,
        before: float = 0,
        after: float = 0,
        keep: bool = False,
    ) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Pt

        style = self._document.styles[name]
        self._set(style.font, face, size, bold)
        form = style.paragraph_format
        form.alignment = align
        form.space_before, form.space_after = Pt(before), Pt(after)
        form.keep_with_next, form.widow_control = keep, True
        if line:
            form.line_spacing_rule, form.line_spacing = self._exactly, Pt(line)
        if indent:
            form.first_line_indent = Pt(indent * size)
        # The template draws a line under titles.
        for border in style.element.findall(".//" + qn("w:pBdr")):
            border.getparent().remove(border)

    def _type_table(self) -> None:
        """Say what stands in for each type where it is not installed."""
        faces = "".join(
            f'<w:font w:name="{face.name}"><w:altName w:val="{face.other}"/>'
            f'<w:panose1 w:val="{face.panose}"/>'
            f'<w:charset w:val="86"/><w:family w:val="{face.family}"/><w:pitch w:val="variable"/></w:font>'
            for face in FACES
        )
        for part in self._document.part.package.iter_parts():
            if part.partname == "/word/fontTable.xml":
                part._blob = part.blob.replace(b"</w:fonts>", faces.encode() + b"</w:fonts>")

    # ---- tables and charts -----------------------------------------------------------------------

    def _grid(self, grid: Grid) -> None:
        from docx.enum.table import WD_TABLE_ALIGNMENT
        from docx.shared import Mm

        self._document.add_paragraph(grid.caption, style="Caption text")
        size = self._sizes.table - (WIDE_SMALLER if len(grid.heading) > WIDE else 0)
        table = self._document.add_table(1, len(grid.heading), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        _padded(table, 0.6)
        shares = grid.widths or (1.0,) * len(grid.heading)
        widths = [Mm(TEXT_WIDTH * share / sum(shares)) for share in shares]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for cell, text in zip(table.rows[0].cells, grid.heading, strict=True):
            self._fill(cell, text, HEAVY, size)
        _repeated(table.rows[0])
        # A row is copied and not added: that takes a tenth of the time.
        wordy = [
            any(_is_wordy(row[at]) or (leads and _is_name(row[at])) for row in grid.rows)
            for at, leads in enumerate(not at or share == max(shares) for at, share in enumerate(shares))
        ]
        for values in grid.rows:
            row = copy.deepcopy(table.rows[0]._tr)
            table._tbl.append(row)
            _fill_row(row, [_written(value) for value in values], wordy)
        for place, width in enumerate(widths):
            for row in table._tbl.tr_lst:
                row.tc_lst[place].width = width

    def _room(self, following: Any) -> None:
        """Leave room below a table, but none that could be a page with nothing on it."""
        from docx.shared import Mm, Pt

        if isinstance(following, Annex):
            return
        form = self._document.add_paragraph(style="Cell").paragraph_format
        form.space_after = Mm(1)
        if following is None:
            form.space_after, form.line_spacing = Pt(0), Pt(1)

    def _fill(self, cell: Any, text: str, face: Face, size: float) -> None:
        from docx.enum.table import WD_ALIGN_VERTICAL

        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.style = self._document.styles["Cell"]
        paragraph.alignment = self._align.CENTER
        self._set(paragraph.add_run(text).font, face, size)

    def _chart(self, chart: Chart) -> None:
        from docx.shared import Mm

        from cati.files.docx_charts import add_chart, ends

        self._document.add_paragraph(chart.caption, style="Caption text")
        line = TWO_LINES_HIGH if any(len(name) > LONG for name in chart.lines) else LINE_HIGH
        high = 22 + line * len(chart.lines) * (1 + 0.5 * (len(chart.bars) - 1))
        add_chart(self._document, chart, Mm(TEXT_WIDTH), Mm(min(MOST_HIGH, high)))
        if begins := ends(chart)[0]:
            self._document.paragraphs[-1].paragraph_format.keep_with_next = True
            words = _("The axis begins at {value:g}, not at 0.").format(value=begins)
            self._document.add_paragraph(words, style="Note")


def _padded(table: Any, width: float) -> None:
    """How far letters keep from the lines at their sides, in mm."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm

    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(Mm(width).twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    # It goes before the looks, which come last.
    looks = table._tbl.tblPr.find(qn("w:tblLook"))
    looks.addprevious(margins)


def _written(value: Value) -> str:
    """What stands in a cell."""
    if value is None:
        return NOTHING
    return shown(value) if isinstance(value, Fraction) else str(value)


def _is_wordy(value: Value) -> bool:
    """Whether a cell has more to read than a figure or a short word: its column begins at the left."""
    return isinstance(value, str) and len(value) > SHORT and not FIGURES_ONLY.fullmatch(value)


def _is_name(value: Value) -> bool:
    """Whether a cell names something: names in the first and the widest column begin at the left."""
    return isinstance(value, str) and bool(value) and not value[0].isdigit()


def _fill_row(row: Any, cells: list[str], wordy: list[bool]) -> None:
    """Turn the copy of a heading into a row of its own."""
    from docx.oxml.ns import qn

    for repeated in row.findall(".//" + qn("w:tblHeader")):
        repeated.getparent().remove(repeated)
    for tc, text, left in zip(row.tc_lst, cells, wordy, strict=True):
        run = tc.find(".//" + qn("w:r"))
        run.find(qn("w:t")).text = text
        fonts = run.find(qn("w:rPr")).find(qn("w:rFonts"))
        fonts.set(qn("w:eastAsia"), BODY.name)
        tc.find(".//" + qn("w:jc")).set(qn("w:val"), "left" if left else "center")


def _repeated(row: Any) -> None:
    """Let a row stand at the top of every page its table goes on to, and break none of its lines."""
    from docx.oxml import OxmlElement

    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    properties.append(OxmlElement("w:tblHeader"))


def _field(run: Any, code: str) -> None:
    """A field that Word fills in, such as the number of the page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", "", "end"):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = code
        run._r.append(part)
