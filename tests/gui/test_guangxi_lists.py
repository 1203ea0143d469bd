"""Lists of Guangxi 2015 in the office: exempted by key, addresses written, last year's people taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit

from cati.base import paths
from cati.domain.list_checks import AREAS
from cati.files.programmes import load_workbook
from cati.gui.frames import lists
from cati.gui.frames.page import FramesPage
from cati.services import exemptions, frames, programmes
from tests.gui.fits import clipped
from tests.gui.officials import Official
from tests.services.bureau import write_list
from tests.services.guangxi import Row, staff_list

pytestmark = pytest.mark.usefixtures("look")
Sit = Callable[..., Official]
Key = Qt.Key


def guangxi(somebody: Official, folder: Path) -> FramesPage:
    """The lists of two units; one has handed in whom questionnaires are mailed to."""
    definition = load_workbook(paths.resources() / "programmes" / "guangxi-2015.xlsx")
    some = tuple(unit for unit in definition.units if unit.code in ("slt", "tw"))
    loaded = programmes.store_programme(somebody.ctx, replace(definition, units=some))
    people = [Row(1, "Zhang", "南宁市民族路1号"), Row(3, "Li", "柳州市人民路2号")]
    file = write_list(folder / "staff.xlsx", {"Sheet1": staff_list(some[0].name, people)})
    frames.import_frame(somebody.ctx, loaded, file)
    somebody.frame.office.take(loaded)
    place = somebody.go(3)
    assert isinstance(place, FramesPage)
    return place


def choose(somebody: Official, place: FramesPage, group: str) -> None:
    shown = [line.key for line in place._lines]
    somebody.press(Key.Key_Home, *[Key.Key_Down] * shown.index(("slt", group)))
    line = place._chosen()
    assert line is not None
    assert line.key == ("slt", group)


def test_a_list_is_exempted_and_written_to(official: Sit, qtbot: Any, tmp_path: Path, tongue: str) -> None:
    somebody = official()
    place = guangxi(somebody, tmp_path)
    loaded = place._loaded
    assert len(place._lines) == 4 + 3 + 1
    choose(somebody, place, "staff")
    chinese = tongue == "zh_CN"
    said = somebody.words()
    for words in (
        ("123个地区无人", "序号不连续") if chinese else ("Nobody of 123 areas", "Serial numbers do not")
    ):
        assert words in said
    assert clipped(somebody.shell) == []
    place._filter.choose(lists.UNCOVERED)
    assert len(place._table.rows.source) == 1
    place._filter.choose("")

    choose(somebody, place, "staff")
    somebody.press(Key.Key_X)
    somebody.type("the office")
    somebody.press(Key.Key_Tab)
    somebody.type("No. 8")
    somebody.press(Key.Key_Tab)
    somebody.type("no offices there")
    assert clipped(somebody.shell) == []
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: bool(exemptions.listing(somebody.ctx, loaded)))
    somebody.settled()
    (granted,) = exemptions.listing(somebody.ctx, loaded)
    assert (granted.kind, granted.granted_by, granted.document) == (AREAS, "the office", "No. 8")
    choose(somebody, place, "staff")
    assert "No. 8" in somebody.words()
    assert clipped(somebody.shell) == []

    somebody.press(Key.Key_M)
    dialog: Any = somebody.shell.findChild(QFileDialog)
    somebody.wait(dialog.isVisible)
    field: Any = dialog.findChild(QLineEdit, "fileNameEdit")
    target = tmp_path / "letters.xlsx"
    field.setText(str(target))
    qtbot.keyClick(field, Key.Key_Return)
    somebody.wait(lambda: "letters.xlsx" in somebody.frame.notice.words)
    assert openpyxl.load_workbook(target).worksheets[0].max_row == 3

    choose(somebody, place, "staff")
    somebody.press(Key.Key_X)
    somebody.type("they opened some")
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: not exemptions.listing(somebody.ctx, loaded))
    somebody.settled()

    # Nobody is late with people who are taken over from last year's programme, nor has failed to send them.
    choose(somebody, place, "follow_up")
    waiting = place._chosen()
    assert waiting is not None
    assert {"en": "to be taken over", "zh_CN": "待抽取"}[tongue] in lists.state(waiting).text
    sent = next(line.current for line in place._lines if line.key == ("slt", "staff"))
    assert sent is not None
    taken = replace(sent, group="follow_up", submitted_on=None, late=False, sha256="0" * 64)
    found = {one.key: one for one in lists.lines_of(loaded.programme, [taken], ())}
    assert lists.UNDATED not in found["slt", "follow_up"].marks()

    # Nobody of the demonstration's programme said anything: that is told in the question.
    choose(somebody, place, "follow_up")
    somebody.press(Key.Key_L)
    somebody.settled()
    somebody.press(Key.Key_Return)
    question = place._decisions.question
    assert question is not None
    somebody.wait(lambda: loaded_code(somebody) in question.form._problem.words())
    assert clipped(somebody.shell) == []
    somebody.press(Key.Key_Escape)
    choose(somebody, place, "hot")
    somebody.press(Key.Key_L, Key.Key_X, Key.Key_M)
    assert place._decisions.question is None


def loaded_code(somebody: Official) -> str:
    """Code of the demonstration's programme."""
    return next(
        p.programme.code for p in programmes.listing(somebody.ctx) if p.programme.code != "guangxi-2015"
    )
