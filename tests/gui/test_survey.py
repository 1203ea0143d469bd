"""A survey on the web at the scores: its columns shown, told and taken; claims beside counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import update

from cati.domain.claims import Claim, read_amount
from cati.domain.programme_json import to_json
from cati.domain.programmes import Channel, ChannelItem
from cati.gui.action import Mode
from cati.gui.office.question import Question
from cati.gui.widgets.chooser import Chooser
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.table import Table
from cati.services import programmes, sets, web
from cati.services.context import Context
from cati.store import tables
from tests.gui.fits import clipped
from tests.gui.officials import Official

pytestmark = pytest.mark.usefixtures("look")
Sit = Callable[..., Official]
Key = Qt.Key


def with_survey(ctx: Context) -> list[str]:
    """Let the public channel of the demonstration be a survey on two items; names of its units."""
    loaded = programmes.get(ctx)
    level = loaded.programme.items[0].list_name
    items = tuple(
        ChannelItem(n, {"zh": label}, Decimal(50), level) for n, label in (("q1", "作风"), ("q2", "效率"))
    )
    survey = Channel("web", "微信问卷", Decimal(50), "web", {"zh": "微信问卷"}, items=items)
    changed = replace(
        loaded.programme,
        channels=(*(c for c in loaded.programme.channels if c.kind == "phone"), survey),
        claims=(
            Claim("web", {"zh": "微信问卷"}, "人次", None, read_amount("3+"), "web", (), "自评报告"),
            Claim("units", {"zh": "单位"}, "个", read_amount("33"), read_amount("34"), "units"),
        ),
    )
    with ctx.database.write() as connection:
        connection.execute(
            update(tables.programmes)
            .where(tables.programmes.c.id == loaded.id)
            .values(definition=to_json(changed))
        )
    return [unit.name for unit in loaded.programme.units]


def rows(table: Table) -> list[list[str]]:
    return [[c.text for c in table.rows.cells(n) or ()] for n in range(len(table.rows.source))]


def withdraw(somebody: Official, number: int) -> None:
    """The set that was taken stands in the list, and counts no more once a reason is given."""
    somebody.press(Key.Key_T)
    somebody.settled()
    [question] = [one for one in somebody.here.findChildren(Question) if one.isVisible()]
    [reason], [table] = question.findChildren(LineField), question.findChildren(Table)
    assert [one[:4] for one in rows(table)] == [[str(number), "微信问卷", "wx.csv", "2"]]
    assert clipped(somebody.shell) == []
    somebody.press(Key.Key_Return)
    assert "Fill in “Reason”." in somebody.words()
    reason.setFocus()
    QTest.keyClicks(reason, "wrong file")
    somebody.press(Key.Key_Return)
    somebody.settled()
    assert f"Set {number} counts no more." in somebody.words()
    [gone] = sets.taken(somebody.ctx, programmes.get(somebody.ctx), web.SETS)
    assert gone.withdrawn_for == "wrong file"


def test_a_survey_is_looked_at_told_and_taken_and_its_claim_is_compared(
    official: Sit, tmp_path: Path
) -> None:
    somebody = official()
    first, second, *_others = with_survey(somebody.ctx)
    path = tmp_path / "wx.csv"
    path.write_text(
        f"谁,单位,作风,总的看\na,{first},满意,满意\nb,{second},满意,比较满意\na,{first},不太满意,满意\n",
        "utf-8",
    )
    page = somebody.go(8)
    somebody.settled()
    somebody.press(Key.Key_W)
    somebody.settled()
    assert somebody.keys_mode() is Mode.ASK
    question = page.findChild(Question)
    assert question is not None
    [field], [table] = question.findChildren(LineField), question.findChildren(Table)
    _channel, says, doubles, _group = question.findChildren(Chooser)
    QTest.keyClicks(field, str(tmp_path / "none.csv"))
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: "cannot be read" in somebody.words())
    field.clear()
    QTest.keyClicks(field, str(path))
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: len(table.rows.source) == 4)
    assert [(one[0], one[2]) for one in rows(table)] == [
        ("谁", "—"), ("单位", "unit"), ("作风", "作风"), ("总的看", "—"),
    ]  # fmt: skip
    assert rows(table)[1][1] == f"{first} | {second}"
    for place, meaning in ((0, "respondent"), (3, "q2")):
        table.choose(place)
        says.choose(meaning)
    assert [one[2] for one in rows(table)] == ["respondent", "unit", "作风", "效率"]
    assert clipped(somebody.shell) == []
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: "Say what is done about somebody who answered twice" in somebody.words())
    doubles.choose("last")
    somebody.press(Key.Key_Return)
    somebody.wait(lambda: somebody.keys_mode() is Mode.SCORES)
    somebody.settled()
    [made] = sets.taken(somebody.ctx, programmes.get(somebody.ctx), web.SETS)
    assert (made.opinions, made.doubles, made.columns["q2"]) == (2, 1, "总的看")
    somebody.press(Key.Key_K)
    somebody.settled()
    claims = [one for one in page.findChildren(Table) if one.accessibleName() == "Claimed and computed"]
    assert [one[1:5] for one in rows(claims[0])] == [
        ["—", "—", "3+ 人次", "2 人次"], ["33 个", "—", "34 个", "34 个"],
    ]  # fmt: skip
    marked = (claims[0].rows.cells(0) or [])[4]
    assert (marked.ink, marked.icon) == ("warn", "warning")
    assert "自评报告" in somebody.words()
    assert clipped(somebody.shell) == []
    sheet = page.findChildren(Question)[-1]
    planned, _done, said = sheet.findChildren(LineField)
    for field, text in ((planned, "2x"), (said, "annex 3")):
        field.setFocus()
        QTest.keyClicks(field, text)
    somebody.press(Key.Key_Return)
    somebody.settled()
    assert "is no number" in somebody.words()
    planned.clear()
    planned.setFocus()
    QTest.keyClicks(planned, "4+")
    somebody.press(Key.Key_Return)
    somebody.settled()
    assert rows(claims[0])[0][1:6] == ["4+ 人次", "—", "3+ 人次", "2 人次", "75.00%"]
    assert "annex 3" in somebody.words()
    somebody.press(Key.Key_Escape)
    assert somebody.keys_mode() is Mode.SCORES
    withdraw(somebody, made.id)
