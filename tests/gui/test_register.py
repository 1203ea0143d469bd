"""The register over the lists: what came, what hindered, complaints and problems, by real keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import update

from cati.base import paths
from cati.domain.programme_json import to_json
from cati.domain.programmes import AdjustmentRule, HandIn
from cati.domain.users import Role
from cati.gui.action import Mode
from cati.gui.frames.page import FramesPage
from cati.gui.register.complaints import ComplaintPage
from cati.gui.register.hand_ins import HandInPage
from cati.gui.register.indicators import IndicatorPage
from cati.gui.register.pages import RegisterPage
from cati.gui.register.problems import ProblemPage
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.rows import Cell
from cati.gui.widgets.segments import Segments
from cati.services import adjustments, audit, problems, programmes
from cati.services.context import Context
from cati.store import tables
from tests.gui.fits import clipped
from tests.gui.officials import Official

pytestmark = pytest.mark.usefixtures("look")
Sit = Callable[..., Official]
Key = Qt.Key


def with_register(ctx: Context) -> tuple[str, str]:
    """Let units of the demonstration hand papers in, and problems cost points; code and name of the first."""
    loaded = programmes.get(ctx)
    plain = loaded.programme
    rule = AdjustmentRule("work", "落实不力", Decimal(-5), "", per="problem", doubled=("found_above",))
    changed = replace(
        plain,
        settings=replace(plain.settings, deadlines={**plain.settings.deadlines, "papers": date(2024, 1, 2)}),
        hand_ins=(HandIn("papers", "总结材料", {"zh": "总结材料", "en": "papers"}, "", "late"),),
        adjustments=(*plain.adjustments, rule),
    )
    with ctx.database.write() as connection:
        connection.execute(
            update(tables.programmes)
            .where(tables.programmes.c.id == loaded.id)
            .values(definition=to_json(changed))
        )
    return plain.units[0].code, plain.units[0].name


def test_what_is_entered_is_shown_and_proposes_points(official: Sit) -> None:
    somebody = official()
    code, _name = with_register(somebody.ctx)
    somebody.go(8)
    somebody.settled()
    page = somebody.go(3)
    somebody.settled()
    assert isinstance(page, FramesPage)
    somebody.press(Key.Key_R)
    somebody.settled()
    assert somebody.keys_mode() is Mode.ASK
    [hand_ins], [complaints] = page.findChildren(HandInPage), page.findChildren(ComplaintPage)
    [found] = page.findChildren(ProblemPage)
    [tabs] = [one for one in page.findChildren(Segments) if one.accessibleName().startswith("Page")]

    def store(which: RegisterPage, doing: str, **texts: str) -> None:
        which.doing.choose(doing)
        for field, text in texts.items():
            typed = getattr(which, field)
            assert isinstance(typed, LineField)
            typed.setFocus()
            typed.clear()
            QTest.keyClicks(typed, text)
        somebody.press(Key.Key_Return)
        somebody.settled()

    def shown(which: RegisterPage, column: int) -> list[str]:
        cells = which.table.rows.cells(0) or ()
        return [cell.text if isinstance(cell, Cell) else cell for cell in cells][column:]

    assert shown(hand_ins, 1) == ["not handed in"]
    hand_ins.table.choose(0)
    store(hand_ins, "received", day="soon")
    assert shown(hand_ins, 1) == ["not handed in"]
    store(hand_ins, "received", day="2024-01-03", document="No. 7")
    assert shown(hand_ins, 1) == ["handed in late 01-03"]
    store(hand_ins, "hindered", words="no papers to read")
    store(hand_ins, "confirm", words="minutes")
    loaded = programmes.get(somebody.ctx)
    [late] = [one for one in adjustments.listing(somebody.ctx, loaded) if one.unit == code]
    assert (late.code, late.state) == ("late", "confirmed")
    assert "-5 confirmed" in hand_ins.behind.words()
    assert clipped(somebody.shell) == []

    tabs.choose("complaints")
    store(complaints, "take", unit=code, words="nobody answers", caller="Mrs Lin")
    assert shown(complaints, 3) == ["nobody answers", "to be verified"]
    complaints.table.choose(0)
    store(complaints, "caller")
    assert "Complaint 1 is from: Mrs Lin" in somebody.words()
    assert "see_complainant" in [entry.action for entry in audit.newest(somebody.ctx)]
    store(complaints, "verified", words="called back", ground="work")
    assert shown(complaints, 4) == ["verified"]
    assert clipped(somebody.shell) == []

    tabs.choose("problems")
    found.circumstance.choose("found_above")
    store(found, "report", unit=code, number="P2", day="2024-01-05", rules="work", words="by the city")
    assert len(problems.listing(somebody.ctx, loaded)) == 2
    assert clipped(somebody.shell) == []
    found.table.choose_named((code, "P2"))
    store(found, "confirm", words="notice")
    states = {one.problem: (one.points, one.state) for one in adjustments.listing(somebody.ctx, loaded)}
    assert states["P2"] == ("-10", "confirmed")
    assert "doubled" in found.behind.words()
    somebody.press(Key.Key_Escape)
    assert somebody.keys_mode() is Mode.FRAMES

    # Who decides nothing reads what units handed in, and finds nothing to be done about it.
    watcher = official(Role.SUPERVISOR)
    lists = watcher.go(3)
    watcher.settled()
    watcher.press(Key.Key_R)
    watcher.settled()
    [read] = lists.findChildren(HandInPage)
    assert shown(read, 1) == ["handed in late 01-03"]
    assert "confirmed" not in read.behind.words()
    assert not any(widget.isVisible() for widget in (read.doing, read.day, read.words))
    watcher.press(Key.Key_Return)
    assert watcher.keys_mode() is Mode.FRAMES


def test_where_nobody_is_called_points_of_indicators_are_taken(official: Sit, tmp_path: Path) -> None:
    somebody = official()
    workbook = paths.resources() / "programmes" / "xiangan-2023.xlsx"
    loaded = programmes.load_programme(somebody.ctx, workbook)
    somebody.frame.office.take(loaded)
    somebody.go(5)
    somebody.settled()
    page = somebody.go(3)
    somebody.settled()
    somebody.press(Key.Key_R)
    somebody.settled()
    [tabs] = [one for one in page.findChildren(Segments) if one.accessibleName().startswith("Page")]
    tabs.choose("indicators")
    [sheet] = page.findChildren(IndicatorPage)
    assert "progress of the whole year".casefold() in sheet.behind.words().casefold()
    table = tmp_path / "points.csv"
    table.write_text("指标名称,得分\n2023年区委工作任务分解,28.5\n", "utf-8")
    sheet.file.setFocus()
    QTest.keyClicks(sheet.file, str(table))
    somebody.press(Key.Key_Return)
    somebody.settled()
    cells = sheet.table.rows.cells(0) or ()
    assert "28.5 / 30" in [cell.text if isinstance(cell, Cell) else cell for cell in cells]
    assert clipped(somebody.shell) == []
