"""Official papers as .docx: page, type, tables that go on, charts that Word can edit."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import docx
import python_calamine
from docx.shared import Mm

from cati.domain.papers import Annex, Bars, Chart, Grid, Heading, Paper, Paragraph, Tone
from cati.files.docx import FACES, write_paper

PAPER = Paper(
    "评价结果报告",
    ("区统计局", "2024年3月15日"),
    (
        Heading("一、基本情况"),
        Paragraph("共有被评单位 3 个。"),
        Grid(
            "ranking",
            "表1  排名",
            ("名次", "单位", "得分"),
            ((1, "区<教育&局", Fraction("88.125")), (2, "乙", None)),
        ),
        Paragraph("注", Tone.NOTE),
        Chart(
            "图1  得分",
            ("区<教育&局", "乙", "丙"),
            (
                Bars("得分", (88.13, None, 70.5), ((80.0, 91.5), None, (70.5, 71.0))),
                Bars("平均", (80, 81, 82)),
            ),
        ),
        Chart("图2  得分", ("甲",), (Bars("得分", (3.0,)),)),
        Annex("附件1  方法"),
    ),
    "zh_CN",
    date(2024, 3, 15),
    "区统计局",
)


def test_a_paper_has_the_page_type_and_numbers_of_official_papers(tmp_path: Path) -> None:
    path = tmp_path / "paper.docx"
    write_paper(path, PAPER)
    document = docx.Document(str(path))
    section = document.sections[0]
    sizes = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(size.mm) for size in sizes if size is not None] == [210, 297, 37, 28]
    about = document.core_properties
    assert (about.title, about.author, about.comments) == ("评价结果报告", "区统计局", "")
    assert about.created == datetime(2024, 3, 15, tzinfo=about.created.tzinfo if about.created else None)
    styles = {p.text: p.style.name for p in document.paragraphs if p.style is not None}
    assert styles["评价结果报告"] == "Title"
    assert styles["一、基本情况"] == "Heading 1"
    assert styles["附件1  方法"] == "Annex"
    with zipfile.ZipFile(path) as parts:
        fonts = parts.read("word/fontTable.xml").decode()
        looks = parts.read("word/styles.xml").decode()
        footer = "".join(parts.read(n).decode() for n in parts.namelist() if "footer" in n)
    for face in FACES:
        assert f'w:name="{face.name}"><w:altName w:val="{face.other}"/>' in fonts
    assert looks.count('w:eastAsia="仿宋_GB2312"') > 3
    assert footer.count("PAGE") == 2
    table = document.tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["名次", "单位", "得分"], ["1", "区<教育&局", "88.13"], ["2", "乙", "—"],
    ]  # fmt: skip
    assert [row._tr.xpath(".//w:tblHeader") != [] for row in table.rows] == [True, False, False]
    assert sum(column.width or 0 for column in table.columns) <= Mm(157)


def test_no_table_that_fills_its_page_is_followed_by_an_empty_one(tmp_path: Path) -> None:
    path, (_first, _second, grid, *_rest) = tmp_path / "paper.docx", PAPER.blocks
    write_paper(path, replace(PAPER, blocks=(grid, grid, Annex("附件1  方法"), grid)))
    body = [
        element for element in docx.Document(str(path)).element.body if not element.tag.endswith("sectPr")
    ]
    kinds = "".join(element.tag[-1] if element.tag.endswith("}p") else "T" for element in body[3:])
    # A caption over each, room below, and none before the page of an annex begins.
    assert kinds == "pTppTppTp"
    # What a document has to end with is one point high.
    assert body[-1].xpath("./w:pPr/w:spacing/@w:line") == ["20"]


def test_a_chart_carries_its_figures_for_whoever_opens_it(tmp_path: Path) -> None:
    path = tmp_path / "paper.docx"
    write_paper(path, PAPER)
    with zipfile.ZipFile(path) as parts:
        drawn = parts.read("word/charts/chart1.xml").decode()
        book = parts.read("word/embeddings/chart1.xlsx")
        links = parts.read("word/charts/_rels/chart1.xml.rels").decode()
        types = parts.read("[Content_Types].xml").decode()
        assert "word/charts/chart2.xml" in parts.namelist()
    assert "/word/charts/chart1.xml" in types
    linked = re.search(r'<c:externalData r:id="(\w+)"', drawn)
    assert linked is not None
    assert f'Id="{linked[1]}"' in links
    # What Word draws before it opens the workbook: figures, names, and how far intervals reach.
    cached = re.findall(r"<c:v>([^<]*)</c:v>", drawn)
    assert {"88.13", "70.5", "区&lt;教育&amp;局", "8.13", "3.37"} <= set(cached)
    sheet = python_calamine.load_workbook(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [row[:3] for row in sheet] == [
        ["", "得分", "平均"], ["区<教育&局", 88.13, 80.0], ["乙", "", 81.0], ["丙", 70.5, 82.0],
    ]  # fmt: skip
    paragraphs = docx.Document(str(path)).paragraphs
    words = [p.text for p in paragraphs]
    # It stays on the page of its chart.
    assert paragraphs[words.index("The axis begins at 60, not at 0.") - 1].paragraph_format.keep_with_next
    assert sum("axis begins" in text for text in words) == 1
