"""The map of cells by keys: walking, the chosen cell explained, release, pause, the public pool."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from sqlalchemy import update

from cati.domain.overview import Standing
from cati.domain.programme_json import to_json
from cati.domain.users import Role
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.field.case_list import CasesTab
from cati.gui.field.page import FieldPage
from cati.gui.office.question import Question
from cati.gui.office.words import short_count
from cati.gui.overview.parts import StageCard
from cati.gui.overview.words import StageWords
from cati.gui.quotas.heat import HeatMap, _counts
from cati.gui.quotas.page import QuotasPage, _block, _line
from cati.gui.quotas.sections import Chunk, sections
from cati.gui.widgets.fields import LineField
from cati.services import programmes
from cati.services.quotas import CellProgress
from cati.store import tables
from tests.gui.fits import clipped, scrolled
from tests.gui.officials import Official

pytestmark = pytest.mark.usefixtures("look")
Key = Qt.Key
Sit = Callable[..., Official]


def arrived(somebody: Official) -> QuotasPage:
    somebody.go(5)
    page = somebody.here
    assert isinstance(page, QuotasPage)
    settled(somebody)
    return page


def settled(somebody: Official) -> None:
    for _turn in range(3):
        somebody.settled()


def chosen(page: QuotasPage) -> tuple[str, str]:
    cell = page._chosen()
    assert cell is not None
    return cell.unit, cell.group


def maps(page: QuotasPage) -> list[HeatMap]:
    return [heat for side in page.board.maps for heat in side if heat.isVisible()]


def test_every_cell_is_on_the_map_and_arrows_reach_the_last(official: Sit) -> None:
    somebody = official()
    page = arrived(somebody)
    assert sum(len(heat._rows) for heat in maps(page)) == 34
    first = chosen(page)
    somebody.press(Key.Key_Right)
    assert chosen(page) == (first[0], "service")
    somebody.press(Key.Key_Right)
    assert chosen(page)[0] != first[0]
    for _step in range(40):
        somebody.press(Key.Key_Down)
    assert chosen(page)[0] == page.board._lines(0, 1)[-1]
    somebody.press(Key.Key_Left)
    assert chosen(page) == (page.board._lines(0, 0)[-1], "service")


def test_many_series_are_laid_out_in_sections_that_fit() -> None:
    series = {
        name: [f"{name}{n}" for n in range(count)]
        for name, count in zip("abcde", (8, 9, 30, 2, 4), strict=True)
    }
    found = sections(series, (250, 400), 50, 20)
    assert [unit for part in found for side in part.columns for chunk in side for unit in chunk.units] == [
        unit for units in series.values() for unit in units
    ]
    for part in found:
        for side, room in zip(part.columns, (250, 400), strict=True):
            assert sum(50 + 20 * len(chunk.units) for chunk in side) <= room
    assert [[chunk.series for chunk in side] for side in found[0].columns] == [["a"], ["b", "c"]]
    # Two series have a column each, however long they are.
    assert sections({"a": series["c"], "b": []}, (100, 100), 50, 20) == [
        (((Chunk("a", tuple(series["c"]))),), (Chunk("b", ()),))
    ]


def test_seven_series_are_seen_section_by_section_and_nothing_scrolls(official: Sit) -> None:
    somebody = official()
    loaded = programmes.get(somebody.ctx)
    units = tuple(replace(unit, series=f"series {n // 5}") for n, unit in enumerate(loaded.programme.units))
    with somebody.database.write() as connection:
        changed = to_json(replace(loaded.programme, units=units))
        connection.execute(update(tables.programmes).values(definition=changed))
    somebody.frame.office.take(programmes.get(somebody.ctx))
    page = arrived(somebody)
    number, count = page.board.section
    assert number == 1
    assert count > 1
    assert f"section 1 of {count}" in somebody.words()
    assert clipped(somebody.shell) == []
    assert scrolled(somebody.shell) == []
    somebody.press(Key.Key_PageDown)
    settled(somebody)
    assert page.board.section == (2, count)
    assert chosen(page)[0] == page.board._lines(1, 0)[0]
    assert scrolled(somebody.shell) == []
    somebody.press(Key.Key_Up)
    assert chosen(page)[0] == page.board._lines(0, 0)[-1]
    # Down leads through every line of the column, and on into the next section.
    somebody.press(Key.Key_Down)
    assert page.board.section == (2, count)
    somebody.press(Key.Key_M)
    settled(somebody)
    assert "5 percentage points take of each unit: " in somebody.words()
    assert clipped(somebody.shell) == []
    question = page.findChild(Question)
    assert question is not None
    for text, said in (
        ("many", "is no number"),
        ("60", "less than 50 points"),
        ("10", "±10 percentage points take"),
    ):
        [field] = question.findChildren(LineField)
        field.selectAll()
        somebody.type(text)
        somebody.press(Key.Key_Return)
        settled(somebody)
        assert said in somebody.words()
    somebody.press(Key.Key_Escape)
    page._by_series.choose("series 0")
    settled(somebody)
    assert chosen(page)[0] == units[0].code
    assert page.board.section == (1, count)


def test_a_name_without_room_is_told_in_full_where_the_pointer_rests(official: Sit) -> None:
    heat = maps(arrived(official()))[0]
    wide = heat.shortened_at(QPointF(5, heat.height() - 5))
    heat._rows = tuple(row._replace(name=row.name * 9) for row in heat._rows)
    assert wide == ""
    assert heat.shortened_at(QPointF(5, heat.height() - 5)) == heat._rows[-1].name
    # Neither over the headings nor over the cells.
    assert heat.shortened_at(QPointF(5, 5)) == ""
    assert heat.shortened_at(QPointF(heat.width() - 5, heat.height() - 5)) == ""


def test_the_chosen_cell_is_explained_in_words(official: Sit, tongue: str) -> None:
    somebody = official()
    page = arrived(somebody)
    said = {"en": ("40 usable rows", "reserve"), "zh_CN": ("40 行可用", "备用")}[tongue]
    assert all(words in somebody.words() for words in said)
    before = page.detail._name.words()
    somebody.press(Key.Key_Down)
    settled(somebody)
    assert page.detail._name.words() != before


def test_the_next_batch_is_released_until_there_is_no_reserve(official: Sit) -> None:
    somebody = official()
    page = arrived(somebody)
    while not page.keys._off.get("quota_release"):
        reserve = page.detail._lines["Left"].words()
        somebody.press(Key.Key_R)
        assert somebody.keys_mode() is Mode.ASK
        somebody.type("slow start")
        somebody.press(Key.Key_Return)
        settled(somebody)
        settled(somebody)
        assert page.detail._lines["Left"].words() != reserve
        assert "slow start" in page.detail._lines["Decided"].words()
    assert "reserve 0" in page.detail._lines["Left"].words()


def test_a_cell_is_paused_with_a_reason_and_goes_on_again(official: Sit) -> None:
    somebody = official()
    page = arrived(somebody)
    for paused in (True, False):
        somebody.press(Key.Key_Space)
        assert somebody.keys_mode() is Mode.ASK
        somebody.type("list is being checked")
        somebody.press(Key.Key_Return)
        settled(somebody)
        settled(somebody)
        cell = page._chosen()
        assert cell is not None
        assert cell.paused is paused
        assert page.keys._flags["quota_pause"] is paused
        assert ("Go on in this cell, Space" in somebody.words()) is paused
        marked = [block.rest for heat in maps(page) for row in heat._rows for block in row.blocks if block]
        assert marked.count("paused") == paused


def test_the_pool_opens_only_for_a_cell_whose_list_is_used_up(official: Sit) -> None:
    somebody = official()
    arrived(somebody)
    somebody.press(Key.Key_B)
    assert somebody.keys_mode() is Mode.QUOTAS


def test_filters_leave_cells_in_their_place_and_dim_them(official: Sit) -> None:
    somebody = official()
    page = arrived(somebody)
    page._by_group.choose("managed")
    blocks = [block for heat in maps(page) for row in heat._rows for block in row.blocks]
    assert sum(block.dim for block in blocks if block) == 34


def test_enter_leads_to_the_cases_of_the_cell(official: Sit) -> None:
    somebody = official()
    page = arrived(somebody)
    somebody.press(Key.Key_Down)
    somebody.press(Key.Key_Right)
    unit, group = chosen(page)
    somebody.press(Key.Key_Return)
    assert somebody.keys_mode() is Mode.FIELD
    settled(somebody)
    field = somebody.here
    assert isinstance(field, FieldPage)
    tab = field.here
    assert isinstance(tab, CasesTab)
    assert (tab._wanted().unit, tab._wanted().group) == (unit, group)
    assert tab._count == 90


def test_an_observer_sees_the_map_and_nothing_to_do(official: Sit) -> None:
    somebody = official(Role.OBSERVER)
    page = arrived(somebody)
    offered = {offer.action.name for offer in page.keys.offers()}
    assert "quota_move" in offered
    assert not offered & {"quota_supplement", "quota_release", "quota_pause", "quota_cases"}


def test_a_unit_that_can_reach_its_quota_is_not_said_to_end_there() -> None:
    def told(left: int) -> str:
        cell = CellProgress(1, "u1", "甲", "managed", "管理", 15, 0, 0, 0, left, False, 0, False)
        return _line("甲", [], [cell]).forecast

    assert (told(24), told(9)) == ("15 to go, scarce", "may end at 9/15")


def test_counts_of_six_figures_have_room_and_are_never_rounded_up(qtbot, tongue: str) -> None:
    said = {"en": ("123k", "299k", "1,123k"), "zh_CN": ("12.3万", "29.9万", "112.3万")}[tongue]
    assert tuple(map(short_count, (123_456, 299_999, 1_123_456))) == said
    assert (short_count(99_999), short_count(15)) == ("99999", "15")
    cell = CellProgress(1, "u1", "甲", "managed", "管理", 300_000, 123_456, 0, 0, 999_999, False, 0, False)
    heat = HeatMap()
    qtbot.addWidget(heat)
    block = _block(cell, False, over=False)
    heat.show_rows("甲", ["管理", "服务"], [_line("甲", [block] * 2, [cell] * 2)])
    heat.resize(heat.minimumSizeHint())
    (_left, width), _second, (at, rest) = heat._columns()
    assert theme.text_width(_counts(block), 13, bold=True) <= width - 16
    assert at + rest <= heat.width() + 1
    card = StageCard("访问")
    qtbot.addWidget(card)
    card.resize(172, 120)
    card.say(Standing.UNDER_WAY, "", StageWords("1,234,567 / 2,000,000", ()))
    card.show()
    assert clipped(card) == []


def test_after_the_end_of_fieldwork_what_is_missing_stays_so_and_nothing_is_offered(official: Sit) -> None:
    somebody = official()
    page = arrived(somebody)
    assert "15 to go" in maps(page)[0]._rows[0].forecast or "enough" in maps(page)[0]._rows[0].forecast
    with somebody.database.write() as connection:
        connection.execute(update(tables.programmes).values(state="closed"))
    somebody.frame.office.take(programmes.get(somebody.ctx))
    page._detailed = None
    somebody.press(Key.Key_F5)
    settled(somebody)
    assert {row.forecast for heat in maps(page) for row in heat._rows} == {"ended at 0/50"}
    assert "short of the quota, and stays so" in somebody.words()
    assert "enough" not in somebody.words()
    offers = {offer.action.name: offer for offer in page.keys.offers()}
    for name in ("quota_supplement", "quota_release", "quota_pause"):
        assert offers[name].reason == "fieldwork has ended"
