"""The overview on a real database, by real keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt

from cati.domain.overview import Milestone
from cati.domain.users import Role
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.overview.calendar import CalendarLine
from cati.gui.overview.page import OverviewPage
from cati.gui.widgets.middle import Middle
from cati.store import tables
from tests.gui import seasons
from tests.gui.fits import clipped
from tests.gui.officials import Official

pytestmark = pytest.mark.usefixtures("look")
Sit = Callable[..., Official]
Key = Qt.Key


def at_the_overview(somebody: Official) -> OverviewPage:
    page = somebody.go(1)
    somebody.settled()
    assert isinstance(page, OverviewPage)
    return page


def test_it_is_what_the_office_opens_with(official: Sit) -> None:
    assert official().here.mode is Mode.OVERVIEW


def test_while_it_is_read_it_does_not_say_that_there_is_no_programme(
    official: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = official()
    page = at_the_overview(somebody)
    page._show_nothing()
    with monkeypatch.context() as patch:
        patch.setattr(page.office, "ask", lambda *_asked: None)
        page.refresh()
        assert "Looking …" in somebody.words()
        assert "Load a programme" not in somebody.words()
        somebody.press(Key.Key_Return)
        assert somebody.here.mode is Mode.OVERVIEW


def test_the_next_step_and_the_stages_are_read_from_the_database(official: Sit) -> None:
    somebody = official()
    seasons.interviewed(somebody.ctx)
    page = at_the_overview(somebody)
    somebody.press(Key.Key_F5)
    somebody.settled()
    words = somebody.words()
    assert "272 / 1,700" in words
    assert "68 / 68" in words
    assert page.step.button.isVisible()


def test_enter_leads_to_where_the_next_step_is_done(official: Sit) -> None:
    somebody = official()
    with somebody.database.write() as connection:
        cell = connection.execute(tables.cells.select()).first()
        assert cell is not None
        connection.execute(tables.cases.update().where(tables.cases.c.cell_id == cell.id).values(state=5))
    at_the_overview(somebody)
    somebody.press(Key.Key_F5)
    somebody.settled()
    assert "Open the public pool for 1 cell" in somebody.words()
    somebody.press(Key.Key_Return)
    assert somebody.here.mode is Mode.QUOTAS


def test_a_letter_leads_to_what_is_missing(official: Sit) -> None:
    somebody = official()
    seasons.interviewed(somebody.ctx)
    seasons.with_late_lists(somebody.ctx)
    page = at_the_overview(somebody)
    somebody.press(Key.Key_F5)
    somebody.settled()
    assert page._found is not None
    assert "decide_points" in {matter.code for matter in page._found.open_matters}
    wanted: list[str] = []
    somebody.frame.office.wanted.connect(lambda place, _about: wanted.append(place))
    somebody.press(Key.Key_A)
    assert wanted == [page._found.open_matters[0].place]


def test_an_observer_is_told_nothing_he_may_not_do(official: Sit) -> None:
    somebody = official(Role.OBSERVER)
    seasons.with_late_lists(somebody.ctx)
    page = at_the_overview(somebody)
    somebody.press(Key.Key_F5)
    somebody.settled()
    assert page._found is not None
    assert {matter.right.value for matter in page._found.open_matters} <= {"see_progress"}


def test_without_a_programme_it_leads_to_loading_one(official: Sit) -> None:
    somebody = official()
    page = at_the_overview(somebody)
    somebody.frame.office.take(None)
    page.refresh()
    assert "Load a programme" in somebody.words()
    wanted: list[str] = []
    somebody.frame.office.wanted.connect(lambda place, _about: wanted.append(place))
    somebody.press(Key.Key_Return)
    assert wanted == ["programmes"]


@pytest.mark.parametrize("stage", ["drawn", "busy", "closed"])
@pytest.mark.usefixtures("tongue")
def test_nothing_is_cut(official: Sit, stage: str) -> None:
    somebody = official()
    if stage == "busy":
        seasons.interviewed(somebody.ctx)
        seasons.with_late_lists(somebody.ctx)
    if stage == "closed":
        seasons.closed(somebody.ctx)
    page = at_the_overview(somebody)
    somebody.press(Key.Key_F5)
    somebody.settled()
    for mode, scale in (("light", 1.0), ("dark", 1.5), ("contrast", 1.0)):
        theme.use(mode, scale)
        somebody.shell.resize(1366, 690)
        assert (mode, clipped(page)) == (mode, [])
        assert page.step.isVisible()
        assert not any(middle.horizontalScrollBar().isVisible() for middle in page.findChildren(Middle))


def test_a_day_that_is_today_is_told_once(qtbot: Any) -> None:
    line = CalendarLine()
    qtbot.addWidget(line)
    today = date(2024, 2, 21)
    days = [Milestone(today + timedelta(days=n), code, False) for n, code in ((0, "draw"), (9, "report"))]
    line.show_days(days, today)
    assert [words for _day, _when, words in line._labels()] == ["today, draw", "report"]
