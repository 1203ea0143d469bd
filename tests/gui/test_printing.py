"""Papers: laid out on A4, heads of tables on every page, written whole or not at all, and made by keys."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import segno
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QLineEdit

from cati.base.errors import CatiError
from cati.domain.attendance import LOCAL, Change, Day, Event, Presence, Step
from cati.domain.users import Role
from cati.gui.action import Mode
from cati.gui.draws.certificate import code_text
from cati.gui.draws.page import DrawsPage
from cati.gui.field.attendance_paper import day_part, days_part, month_part
from cati.gui.field.page import FieldPage
from cati.gui.printing.pages import Line, Page, laid_out, line_height, width_of
from cati.gui.printing.paper import Block, Code, Facts, Grid, Head, Paper, Part, Signatures, Words
from cati.gui.printing.pdf import write_pdf
from cati.gui.widgets.qr import modules
from cati.services import attendance, audit, ceremony, programmes, sessions, users
from cati.services.attendance import WorkingDay
from tests.gui.officials import Official

pytestmark = pytest.mark.usefixtures("look")
Key = Qt.Key
Sit = Callable[..., Official]
HASH = "0123456789abcdef" * 4
LONG_WORDS = "对被评单位的满意程度以及办事效率的意见" * 12


def paper(*parts: Part) -> Paper:
    return Paper("Paper", "某区统计局", "2023 年度社会评价", "Made now", parts)


def rows(count: int) -> Grid:
    heads = [Head("Number", 1, figure=True), Head("Ticket", 4, mono=True), Head("Remark", 3)]
    return Grid(heads, [(str(n), HASH, LONG_WORDS if n % 7 == 0 else "—") for n in range(count)])


def inside(page: Page) -> bool:
    """Whether all words keep to their places, and those to the paper."""
    lines = [mark for mark in page.marks if isinstance(mark, Line)]
    return all(
        width_of(line.text, line.script) <= line.width + 0.5
        and line.left >= page.margin - 1
        and line.left + line.width <= page.width - page.margin + 1
        and line.top + line_height(line.script) <= page.height
        for line in lines
    )


def named(count: int, month: date = date(2024, 2, 1)) -> list[WorkingDay]:
    """Working days of so many people, one of them corrected."""
    found = []
    for nth in range(count):
        for number in range(1, 30):
            day = month.replace(day=number)
            start = datetime(day.year, day.month, day.day, 9, 0, tzinfo=LOCAL)
            end = start + timedelta(hours=8)
            late = (Change(None, Event(Step.OUT, end), end, end, "督导", LONG_WORDS),)
            changes = late if (nth, number) == (0, 2) else ()
            worked = Day(Presence.OUT, end, start, timedelta(hours=7), timedelta(hours=1))
            found.append(WorkingDay(day, f"op{nth}", f"访问员{nth}", (), (), changes, worked, end, False))
    return sorted(found, key=lambda one: (one.day, one.name))


def test_a_long_table_has_its_heads_heading_and_number_on_every_page() -> None:
    pages = laid_out(paper(Part("A table", [Words("Lead"), rows(120)])))
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        said = page.words()
        assert {"Ticket", "某区统计局", "2023 年度社会评价", "Made now"} <= set(said)
        assert any(str(number) in text and str(len(pages)) in text for text in said[-1:])
        assert inside(page)
    ends = [line.top for page in pages for line in page.marks if isinstance(line, Line)]
    assert max(ends) < pages[0].height
    written = [text for page in pages for text in page.words() if text.isdigit()]
    assert written == [str(n) for n in range(120)]


def test_every_kind_of_block_keeps_to_its_place_standing_and_lying() -> None:
    blocks: list[Block] = [
        Words(LONG_WORDS, bold=True),
        Facts([("A name", HASH), (LONG_WORDS, LONG_WORDS)]),
        Code("CATI " + HASH.upper(), ["Read it", HASH, LONG_WORDS]),
        Grid([Head("Nothing", 1), Head("At all", 1)], [], nothing="none"),
        Signatures(["One", "Two", "Three", "Four"]),
    ]
    pages = laid_out(paper(Part("Standing", blocks), Part("Lying", blocks, "under it", landscape=True)))
    assert [page.landscape for page in pages] == sorted(page.landscape for page in pages)
    assert {page.landscape for page in pages} == {False, True}
    assert all(inside(page) for page in pages)
    assert "none" in [text for page in pages for text in page.words()]


def test_attendance_on_paper_tells_hours_sums_and_corrections(tongue: str) -> None:
    days = named(25)
    (month, *more) = laid_out(paper(month_part(date(2024, 2, 1), days)))
    assert month.landscape
    assert inside(month)
    assert len(more) == 1
    assert {"访问员0", "7:00", "203:00", "29", "7:00*"} <= set(month.words())
    whole = laid_out(paper(days_part(date(2024, 2, 1), days)))
    assert all(inside(page) for page in whole)
    assert sum(page.words().count("访问员7") for page in whole) == 29
    (one,) = laid_out(paper(day_part(date(2024, 2, 2), named(5))))
    assert "督导" in one.words()
    assert "2024-02-02" in "".join(one.words())


def test_a_file_is_a4_and_brings_its_letters_along(tmp_path: Path) -> None:
    target = tmp_path / "paper.pdf"
    lying = Part("Lying", [rows(3)], landscape=True)
    written = write_pdf(paper(Part("Standing", [Words("汉字"), Code(HASH, ["x"])]), lying), target)
    content = target.read_bytes()
    sizes = [tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox \[([\d. ]+)\]", content)]
    assert [(round(box[2]), round(box[3])) for box in sizes] == [(595, 842), (842, 595)]
    assert written.pages == 2
    assert content.count(b"/FontFile") >= 2
    assert b"NotoSansCJK" in content or b"YaHei" in content or b"PingFang" in content
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S)
    assert any(b" re" in zlib.decompress(one) for one in streams if one[:1] == b"\x78")
    assert [file.name for file in tmp_path.iterdir()] == ["paper.pdf"]


def test_where_nothing_can_be_written_the_old_paper_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(CatiError) as refused:
        write_pdf(paper(Part("x", [])), tmp_path / "file" / "paper.pdf")
    assert refused.value.code == "file_not_written"
    assert (tmp_path / "file").read_text() == "no folder"


def test_a_code_holds_what_it_is_given() -> None:
    text = "CATI DRAW YAZHOU-2023 " + HASH.upper()
    assert modules(text) == tuple(bytes(row) for row in segno.make_qr(text, error="m").matrix)
    # From across a room only large modules are read.
    assert len(modules(text)) <= 33


def name_file(somebody: Official, qtbot: Any, path: Path) -> None:
    """Name a file in the desktop's window and press Enter."""
    dialog: Any = somebody.shell.findChild(QFileDialog)
    somebody.wait(dialog.isVisible)
    field: Any = dialog.findChild(QLineEdit, "fileNameEdit")
    field.setText(str(path))
    qtbot.keyClick(field, Key.Key_Return)
    somebody.fingers.now += 2000  # naming a file takes a while


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the desktop was asked to open."""
    asked: list[str] = []

    def take(url: QUrl) -> bool:
        asked.append(url.toLocalFile())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", take)
    return asked


def printed(somebody: Official) -> list[str]:
    return [str(entry.detail["what"]) for entry in audit.newest(somebody.ctx) if entry.action == "print"]


def test_attendance_is_printed_by_keys_and_opened(
    official: Sit, qtbot: Any, tmp_path: Path, opened: list[str]
) -> None:
    somebody = official()
    users.add_user(somebody.ctx, "zhao", "赵敏", [Role.OPERATOR], "a long enough phrase")
    zhao = sessions.sign_in(somebody.database, somebody.clock, "zhao", "a long enough phrase", "3")
    attendance.clock_in(zhao)
    somebody.go(6)
    page = somebody.here
    assert isinstance(page, FieldPage)
    page.arrive("attendance")
    somebody.wait(lambda: bool(page.here.summary()))
    target = tmp_path / "days"
    somebody.press(Key.Key_P, held=Qt.KeyboardModifier.ControlModifier)
    assert somebody.keys_mode() is Mode.ASK
    somebody.press(Key.Key_Right, Key.Key_Return)
    name_file(somebody, qtbot, target)
    somebody.wait(lambda: somebody.keys_mode() is Mode.ASK)
    somebody.press(Key.Key_Return)
    file = target.with_suffix(".pdf")
    assert file.read_bytes().startswith(b"%PDF")
    assert opened == [str(file)]
    assert printed(somebody) == ["attendance"]
    assert somebody.keys_mode() is Mode.FIELD


def test_the_draws_certificate_is_shown_as_a_code_and_printed(
    official: Sit, qtbot: Any, tmp_path: Path, opened: list[str]
) -> None:
    somebody = official()
    somebody.go(4)
    page = somebody.here
    assert isinstance(page, DrawsPage)
    somebody.wait(lambda: page._found is not None)
    loaded = programmes.get(somebody.ctx)
    digest = ceremony.look(somebody.ctx, loaded).digest
    assert page.code.isVisible()
    assert page.code.text == code_text(loaded.programme, digest)
    assert digest.upper() in page.code.text
    somebody.press(Key.Key_P, held=Qt.KeyboardModifier.ControlModifier)
    name_file(somebody, qtbot, tmp_path / "draw.pdf")
    somebody.wait(lambda: somebody.keys_mode() is Mode.ASK)
    somebody.press(Key.Key_Escape)
    assert opened == []
    assert (tmp_path / "draw.pdf").exists()
    assert printed(somebody) == ["draw"]
