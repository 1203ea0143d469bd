"""The 12345 hotline at the scores: files taken, figures side by side, what differs marked, by real keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import update

from cati.domain.programme_json import to_json
from cati.domain.programmes import AdjustmentRule, Channel
from cati.domain.users import Role
from cati.gui.action import Mode
from cati.gui.office.question import Question
from cati.gui.scoring.claiming import ClaimFields, TurnDownFields
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.rows import Cell
from cati.gui.widgets.segments import Segments
from cati.gui.widgets.table import Table
from cati.gui.widgets.text import Text
from cati.services import hotline, programmes
from cati.services.context import Context
from cati.store import tables
from tests.gui.fits import clipped
from tests.gui.officials import Official

pytestmark = pytest.mark.usefixtures("look")
Sit = Callable[..., Official]
Key = Qt.Key
HEADING = "工单号,承办单位,诉求类型,派单时间,办结时间,处理方式,是否按时,处理满意,短信评价"


def with_hotline(ctx: Context) -> tuple[str, str]:
    """Let the public channel of the demonstration be the hotline; names of its first two units."""
    loaded = programmes.get(ctx)
    hotline_channel = Channel("hotline", "12345热线", Decimal(50), "hotline", {"zh": "12345热线"})
    phone = tuple(c for c in loaded.programme.channels if c.kind == "phone")
    rule = AdjustmentRule("hotline_hard", "hard", Decimal("0.1"), "")
    changed = replace(
        loaded.programme,
        channels=(*phone, hotline_channel),
        adjustments=(*loaded.programme.adjustments, rule),
    )
    with ctx.database.write() as connection:
        connection.execute(
            update(tables.programmes)
            .where(tables.programmes.c.id == loaded.id)
            .values(definition=to_json(changed))
        )
    first, second = loaded.programme.units[:2]
    return first.name, second.name


def files(folder: Path, first: str, second: str) -> dict[str, Path]:
    """Two tickets of the first unit, one late; its figures as if neither were, and those of the second."""
    texts = {
        "tickets": f"{HEADING}\nT001,{first},咨询,2024-07-01 09:00,2024-07-02 10:00,办结,是,满意,已解决\n"
        f"T002,{first},咨询,2024-07-01 09:00,2024-07-09 10:00,办结,是,不满意,已解决\n",
        "figures": f"单位,按时率,满意率,解决率\n{first},100,50,100\n{second},90,80,70\n",
        "follow": f"单位,跟踪问效量,申诉未通过量\n{first},4,1\n",
    }
    found = {name: folder / f"{name}.csv" for name in texts}
    for name, path in found.items():
        path.write_text(texts[name], "utf-8")
    return found


def test_files_are_taken_and_what_differs_is_marked(official: Sit, tmp_path: Path) -> None:
    somebody = official()
    paths = files(tmp_path, *with_hotline(somebody.ctx))
    page = somebody.go(8)
    somebody.settled()
    somebody.press(Key.Key_H)
    somebody.settled()
    assert somebody.keys_mode() is Mode.ASK
    question = page.findChild(Question)
    assert question is not None
    [field] = [one for one in question.findChildren(LineField) if one.isVisible()]
    [table] = question.findChildren(Table)
    [which] = question.findChildren(Segments)

    def shown(place: int) -> list[Cell]:
        return list(table.rows.cells(place) or ())

    def take(path: Path, code: str) -> None:
        which.choose(code)
        field.setFocus()
        field.clear()
        QTest.keyClicks(field, str(path))
        somebody.press(Key.Key_Return)
        somebody.settled()

    take(tmp_path / "none.csv", "tickets")
    assert question.form.isVisible()
    assert somebody.keys_mode() is Mode.ASK
    take(paths["tickets"], "tickets")
    take(paths["figures"], "adopted")
    take(paths["follow"], "follow_up")
    loaded = programmes.get(somebody.ctx)
    assert hotline.board(somebody.ctx, loaded).tickets == 2
    row = [cell.text for cell in shown(0)]
    assert row[1:] == ["2", "100.00 ≠ 50.00%", "50.00%", "100.00%", "0", "1/4", "8.20 / 10"]
    marked = shown(0)[2]
    assert (marked.ink, marked.icon) == ("warn", "warning")
    assert [cell.text for cell in shown(1)][1:] == [
        "0", "90.00%", "80.00%", "70.00%", "0", "0/0", "5.25 / 7",
    ]  # fmt: skip
    table.choose(0)
    behind = "\n".join(text.words() for text in question.findChildren(Text))
    assert "done in time 100.00%: 0.70 of 0.7 points" in behind
    assert "done in time: adopted 100.00%, from tickets 50.00% (T002)" in behind
    assert clipped(somebody.shell) == []
    claim_points(somebody, question, which)
    somebody.press(Key.Key_Escape)
    assert somebody.keys_mode() is Mode.SCORES


def claim_points(somebody: Official, question: Question, which: Segments) -> None:
    """What is no number and what comes too late is refused; then the points are proposed."""
    which.choose("claim")
    [claim] = question.findChildren(ClaimFields)
    assert clipped(somebody.shell) == []
    for points, day, said in (
        ("much", "2024-07-03", "is no number of points"),
        ("0.05", "2024-09-30", "15 working days"),
        ("0.05", "2024-07-03", "0.05 points proposed."),
    ):
        texts = {"ticket": "T001", "points": points, "day": day, "evidence": "letter of thanks"}
        for name, text in texts.items():
            field = getattr(claim, name)
            field.setFocus()
            field.clear()
            QTest.keyClicks(field, text)
        somebody.press(Key.Key_Return)
        somebody.settled()
        assert said in somebody.words()
    assert "Claimed: T001 hard 0.05: proposed" in somebody.words()
    which.choose("turn_down")
    [down] = question.findChildren(TurnDownFields)
    assert clipped(somebody.shell) == []
    for field, text in ((down.ticket, "T001"), (down.why, "typed wrongly")):
        field.setFocus()
        QTest.keyClicks(field, text)
    somebody.press(Key.Key_Return)
    somebody.settled()
    assert "Claimed: T001 hard 0.05: not granted" in somebody.words()


def test_without_the_hotline_or_the_right_the_key_does_nothing(official: Sit) -> None:
    somebody = official()
    somebody.go(8)
    somebody.settled()
    somebody.press(Key.Key_H)
    assert somebody.keys_mode() is Mode.SCORES
    with_hotline(somebody.ctx)
    watcher = official(Role.OBSERVER)
    watcher.go(8)
    watcher.settled()
    watcher.press(Key.Key_H)
    assert watcher.keys_mode() is Mode.SCORES
