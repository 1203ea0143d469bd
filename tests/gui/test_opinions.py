"""Opinions in the window: coded by digits, taken back, hidden in part, sent, answered; by real keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from sqlalchemy import insert, select

from cati.domain.opinions import CodeStep, StepKind
from cati.domain.users import Role
from cati.gui.action import Mode
from cati.gui.office.question import Question
from cati.gui.opinions.page import OpinionsPage
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.options import OptionRow
from cati.gui.widgets.text import Text
from cati.services import opinion_bundles, opinions, programmes
from cati.services.context import Context
from cati.store import tables
from tests.gui import seasons
from tests.gui.fits import clipped
from tests.gui.officials import Official
from tests.services.test_opinions import answered

pytestmark = pytest.mark.usefixtures("look")
Sit = Callable[..., Official]
Key = Qt.Key
SAID = ("窗口少，排队久", "请打13800138000找我", "停车不方便")


def somebody_said(ctx: Context, codes: int = 2) -> None:
    """Opinions about the first unit, and a list of so many codes: that of words that say nothing is there."""
    loaded = seasons.interviewed(ctx, each=1)
    item = next(q.name for q in loaded.programme.questions if q.type == "text")
    unit = loaded.programme.units[0].code
    with ctx.database.write() as connection:
        found = connection.scalars(
            select(tables.interviews.c.id)
            .join(tables.cells, tables.cells.c.id == tables.interviews.c.cell_id)
            .join(tables.units, tables.units.c.id == tables.cells.c.unit_id)
            .where(tables.units.c.code == unit)
            .order_by(tables.interviews.c.id)
        ).all()
        said = [*zip(found, SAID, strict=False)]
        rows = [{"interview_id": one, "item": item, "value": words, "on_path": True} for one, words in said]
        connection.execute(insert(tables.responses), rows)
    for number in range(1, codes):
        opinions.change_codes(ctx, loaded, CodeStep(StepKind.ADD, f"c{number}", f"类别{number}"))


def coded(ctx: Context) -> list[tuple[str, tuple[str, ...]]]:
    found = opinions.listing(ctx, programmes.get(ctx)).opinions
    return [(one.text, one.codes) for one in found]


def filled(somebody: Official, question: Question, *texts: str) -> None:
    """Type into the fields that are shown, and confirm."""
    fields = [field for field in question.findChildren(LineField) if field.isVisibleTo(question)]
    for field, text in zip(fields, texts, strict=False):
        typed: QLineEdit = field
        typed.setFocus()
        typed.clear()
        QTest.keyClicks(typed, text)
    somebody.press(Key.Key_Return)
    somebody.settled()


def asked(page: OpinionsPage) -> Question:
    found = [one for one in page.findChildren(Question) if one.isVisible()]
    return found[-1]


def offered(page: OpinionsPage) -> Sequence[str]:
    return [line.text() for line in page.side.findChildren(OptionRow) if line.isVisibleTo(page)]


def test_opinions_are_coded_sent_and_answered_by_keys(official: Sit, tmp_path: Path) -> None:
    somebody = official()
    somebody_said(somebody.ctx, codes=10)
    page = somebody.go("O")
    assert isinstance(page, OpinionsPage)
    somebody.settled()
    assert somebody.keys_mode() is Mode.OPINIONS
    count = len(coded(somebody.ctx))
    texts = [text for text, _codes in coded(somebody.ctx)]
    assert len(page.table.rows.source) == count >= 2
    assert offered(page) == [f"类别{n}" for n in range(1, 10)]
    # Two codes, one of them taken back; then the next opinion by Enter, and one more page of codes.
    for key in (Key.Key_1, Key.Key_2, Key.Key_1, Key.Key_Return, Key.Key_0, Key.Key_1):
        somebody.press(key)
    somebody.settled()
    assert offered(page) == ["Says nothing"]
    assert dict(coded(somebody.ctx))[texts[0]] == ("c2",)
    assert dict(coded(somebody.ctx))[texts[1]] == ("none",)
    somebody.press(Key.Key_Backspace)
    somebody.settled()
    assert dict(coded(somebody.ctx))[texts[1]] == ()
    assert clipped(somebody.shell) == []
    # Another coder does not see them, and it is not for the same person.
    somebody.press(Key.Key_S)
    source = page.table.rows.source
    assert all(not page._codes(source.row(place)) for place in range(len(source)))
    page.table.choose(0)
    somebody.press(Key.Key_0)
    somebody.press(Key.Key_1)
    somebody.settled()
    assert somebody.frame.notice.isVisible()
    somebody.press(Key.Key_S)
    page._filter.choose("all")
    # One code after the other: nobody was given the first, the second one of them has.
    seen = []
    for _press in range(3):
        somebody.press(Key.Key_K)
        seen.append(len(page.table.rows.source))
    assert seen == [0, 1, 0]
    for _press in range(8):
        somebody.press(Key.Key_K)
    assert len(page.table.rows.source) == count
    # The list of codes, and words to hide: what is typed is there at once.
    somebody.press(Key.Key_C)
    filled(somebody, asked(page), "road", "Roads")
    assert "road" in opinions.listing(somebody.ctx, programmes.get(somebody.ctx)).book
    page.table.choose(0)
    somebody.press(Key.Key_H)
    filled(somebody, asked(page), "no such words")
    assert asked(page).form.isVisible()
    somebody.press(Key.Key_Escape)
    somebody.press(Key.Key_X)
    filled(somebody, asked(page), "5", str(tmp_path))
    (made,) = opinion_bundles.sent(somebody.ctx, programmes.get(somebody.ctx)).bundles
    reply = answered(tmp_path / made.file, tmp_path / "reply.xlsx", {1: ("已办结", "好", None)})
    somebody.press(Key.Key_A)
    filled(somebody, asked(page), str(reply))
    page._filter.choose("answered")
    assert len(page.table.rows.source) == 1
    assert clipped(somebody.shell) == []
    # Nobody prepares next year's programme yet: how many it could ask is shown, and Enter goes back.
    somebody.press(Key.Key_W)
    somebody.settled()
    said = [text.words() for text in asked(page).findChildren(Text)]
    assert f"Gave an opinion: {count}; agreed to be called again: {count}; may be called: {count}." in said
    somebody.press(Key.Key_Return)
    assert somebody.keys_mode() is Mode.OPINIONS


def test_a_supervisor_reads_and_changes_nothing(official: Sit) -> None:
    somebody = official()
    somebody_said(somebody.ctx)
    opinions.listing(somebody.ctx, programmes.get(somebody.ctx))
    reader = official(Role.SUPERVISOR)
    page = reader.go("O")
    reader.settled()
    assert isinstance(page, OpinionsPage)
    before = coded(somebody.ctx)
    assert len(page.table.rows.source) == len(before) > 0
    for key in (Key.Key_1, Key.Key_X, Key.Key_C):
        reader.press(key)
    reader.settled()
    assert reader.keys_mode() is Mode.OPINIONS
    assert coded(somebody.ctx) == before
    assert offered(page) == []
