"""The scores on a real database, by real keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import update

from cati.domain.ranking import shown
from cati.domain.users import Role
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.scoring.chart import _two_lines
from cati.gui.scoring.page import ScoresPage
from cati.gui.scoring.waiting import channel_cells
from cati.gui.widgets.segments import Segment, Segments
from cati.services import adjustments, channels, complaints, programmes, scoring
from cati.store.tables import users
from tests.gui import seasons
from tests.gui.fits import clipped
from tests.gui.officials import Official
from tests.services.test_ballots import yufeng_like

pytestmark = pytest.mark.usefixtures("look")
Sit = Callable[..., Official]
Key = Qt.Key
HELD = Qt.KeyboardModifier.ControlModifier


def at_the_scores(somebody: Official) -> ScoresPage:
    page = somebody.go(8)
    somebody.settled()
    assert isinstance(page, ScoresPage)
    return page


def test_while_people_are_called_the_page_says_so_and_what_is_missing(official: Sit) -> None:
    somebody = official()
    seasons.interviewed(somebody.ctx)
    page = at_the_scores(somebody)
    words = somebody.words()
    assert "nobody sees interim results" in words
    assert "1,428 interviews" in words or "1428 interviews" in words
    assert "of 34 units" in words
    assert page.chart.lines == ()


def test_closing_takes_two_keys_and_opens_the_ranking(official: Sit) -> None:
    somebody = official()
    seasons.interviewed(somebody.ctx)
    seasons.with_public_scores(somebody.ctx)
    page = at_the_scores(somebody)
    somebody.press(Key.Key_L, held=HELD)
    assert somebody.keys_mode() is Mode.ASK
    assert "1428 interviews are missing" in somebody.words()
    somebody.press(Key.Key_Return)
    somebody.settled()
    assert programmes.get(somebody.ctx).state == "drawn"
    somebody.press(Key.Key_Return, held=HELD)
    somebody.settled()
    somebody.settled()
    assert programmes.get(somebody.ctx).state == "closed"
    assert somebody.keys_mode() is Mode.SCORES
    assert page.chart.isVisible()
    assert len(page.chart.lines) == 13


def test_units_are_ranked_within_the_series_and_channel_chosen(official: Sit) -> None:
    somebody = official()
    loaded = seasons.closed(somebody.ctx)
    page = at_the_scores(somebody)
    assert [line.rank for line in page.chart.lines][:3] == ["1", "2", "3"]
    found = {line.unit.code: line for line in scoring.score(somebody.ctx, loaded)}
    first = page.chart.lines[0]
    assert found[first.code].rank_in_series == 1
    final = found[first.code].final
    assert final is not None
    assert first.shown == shown(final)
    somebody.press(Key.Key_S)
    somebody.press(Key.Key_S)
    assert len(page.chart.lines) == 34
    somebody.press(Key.Key_C)
    phone = [float(line.shown) for line in page.chart.lines]
    assert phone == sorted(phone, reverse=True)
    assert all(line.before is None for line in page.chart.lines)


def test_many_series_of_long_names_make_the_page_no_wider(official: Sit) -> None:
    somebody = official()
    seasons.closed(somebody.ctx)
    page = at_the_scores(somebody)
    narrow = page._filters.minimumSize().width()
    page._by_series.set_segments([Segment(str(at), "a series of a rather long name") for at in range(9)])
    page._filters.invalidate()
    assert page._by_series.sizeHint().width() > 2 * page._by_series.minimumSizeHint().width()
    assert page._filters.minimumSize().width() <= narrow + page._by_series.minimumSizeHint().width()


def test_many_channels_let_the_ranking_be_as_wide_as_the_window(official: Sit) -> None:
    somebody = official()
    seasons.closed(somebody.ctx)
    page = at_the_scores(somebody)
    beside = page.side.mapTo(page, page.side.rect().topLeft()).x()
    assert beside > page.chart.width()
    heads = ["12345热线（镇、街道）", "四家班子领导评价", "公众评议问卷", *(f"channel {n}" for n in range(9))]
    some = [replace(line, cells=("100.00",) * len(heads), strong={}) for line in page.chart.lines]
    narrow = page.chart.minimumSizeHint().width()
    page.chart.show_lines("Final score", heads, some)
    page._lay_out()
    somebody.settled()
    assert narrow < page.chart.minimumSizeHint().width() <= page.chart.width()
    assert page.side.mapTo(page, page.side.rect().topLeft()).x() < beside
    halves = [_two_lines(head) for head in heads[:3]]
    assert halves == [("12345热线", "（镇、街道）"), ("四家班子", "领导评价"), ("公众评议", "问卷")]


def test_brackets_join_neighbours_of_what_is_shown(official: Sit) -> None:
    somebody = official()
    seasons.closed(somebody.ctx)
    page = at_the_scores(somebody)
    # Public scores are taken as they are, so that two units that are close are alike on the phone's share.
    by_place = page.chart.lines
    for line, after in pairwise(by_place):
        if line.joined:
            assert line.score is not None
            assert after.score is not None
            assert line.score - after.score < 10
    assert any(line.joined for line in by_place)
    assert not by_place[-1].joined


def test_the_sum_stands_beside_the_unit_that_is_chosen(official: Sit) -> None:
    somebody = official()
    loaded = seasons.closed(somebody.ctx)
    unit = loaded.programme.units[0]
    page = at_the_scores(somebody)
    adjustments.settle(somebody.ctx, loaded, unit.code, "late", "影响进度", confirm=True)
    somebody.press(Key.Key_F5)
    somebody.settled()
    page._by_series.choose(unit.series)
    page.chart.choose(unit.code)
    words = [line.words for line in page.side.sum.lines]
    figures = [line.figure for line in page.side.sum.lines]
    assert words[-3:] == ["Composite", "Handed in late", "Final score"]
    assert figures[-2] == "−5.00"
    assert float(figures[-1]) == pytest.approx(float(figures[-3]) - 5, abs=0.011)
    (line,) = [line for line in page.chart.lines if line.code == unit.code]
    assert line.before == pytest.approx(float(figures[-3]), abs=0.006)


def test_enter_shows_how_a_score_is_computed(official: Sit) -> None:
    somebody = official()
    seasons.closed(somebody.ctx)
    page = at_the_scores(somebody)
    somebody.press(Key.Key_Down)
    somebody.press(Key.Key_Return)
    somebody.settled()
    assert somebody.keys_mode() is Mode.ASK
    assert "Groups are weighed inside each item" in somebody.words()
    assert " · Phone" in somebody.words()
    somebody.press(Key.Key_Escape)
    assert somebody.keys_mode() is Mode.SCORES
    # Finished scores were entered: nobody was asked for them.
    page._by_channel.choose("public")
    somebody.press(Key.Key_Return)
    somebody.settled()
    assert "Nobody was asked for this score" in somebody.words()
    assert somebody.shell.focusWidget() is page


def test_points_are_proposed_for_late_lists_and_decided_with_a_reason(official: Sit) -> None:
    somebody = official()
    loaded = seasons.closed(somebody.ctx)
    at_the_scores(somebody)
    unit = loaded.programme.units[0]
    page = somebody.here
    assert isinstance(page, ScoresPage)
    page._by_series.choose(unit.series)
    page.chart.choose(unit.code)
    somebody.press(Key.Key_P)
    assert "Decide on “Handed in late”" in somebody.words()
    somebody.press(Key.Key_Return)
    assert "Fill in" in somebody.words()
    somebody.type("three days late, the draw waited")
    somebody.press(Key.Key_Return)
    somebody.settled()
    (mine,) = [a for a in adjustments.listing(somebody.ctx, loaded) if a.unit == unit.code]
    assert (mine.state, mine.reason.split("; ")[1]) == ("confirmed", "three days late, the draw waited")
    # It was the wrong unit: what counts is waived where it was confirmed.
    somebody.press(Key.Key_P)
    [state] = [
        one for one in somebody.here.findChildren(Segments) if one.accessibleName().startswith("State")
    ]
    state.choose("waive")
    somebody.type("the wrong unit")
    somebody.press(Key.Key_Return)
    somebody.settled()
    (mine,) = [a for a in adjustments.listing(somebody.ctx, loaded) if a.unit == unit.code]
    assert (mine.state, mine.reason.split("; ")[-1]) == ("waived", "the wrong unit")


def test_a_score_is_typed_and_the_next_unit_follows(official: Sit) -> None:
    somebody = official()
    seasons.interviewed(somebody.ctx)
    page = at_the_scores(somebody)
    loaded = programmes.get(somebody.ctx)
    first, second = (unit.code for unit in loaded.programme.units[:2])
    somebody.press(Key.Key_E)
    somebody.type("101")
    somebody.press(Key.Key_Return)
    somebody.settled()
    assert "no score from 0 to 100" in somebody.words()
    somebody.press(Key.Key_Backspace)
    somebody.press(Key.Key_Backspace)
    somebody.press(Key.Key_Backspace)
    somebody.type("91.5")
    somebody.press(Key.Key_Return)
    somebody.settled()
    somebody.settled()
    assert channels.finished(somebody.ctx, loaded) == {("public", first): Decimal("91.5")}
    assert page.waiting.table.current().code == second


def test_an_approval_stands_in_the_head_until_a_score_changes(official: Sit) -> None:
    somebody = official()
    loaded = seasons.closed(somebody.ctx)
    adjustments.adjust(somebody.ctx, loaded, loaded.programme.units[4].code, "late", Decimal(-5), "迟报")
    complaints.take(somebody.ctx, loaded, loaded.programme.units[4].code, "办事推诿")
    page = at_the_scores(somebody)
    somebody.press(Key.Key_A)
    assert "1 unsettled complaint" in somebody.words()
    assert clipped(page.window()) == []
    somebody.type("Personnel")
    somebody.press(Key.Key_Tab)
    somebody.type("Wang")
    somebody.press(Key.Key_Return)
    somebody.settled()
    # What nobody has decided on is not to be overlooked.
    assert scoring.board(somebody.ctx, loaded).sign_off is None
    somebody.press(Key.Key_Tab)
    somebody.press(Key.Key_Right)
    somebody.press(Key.Key_Return)
    somebody.settled()
    somebody.settled()
    assert page._signed.isVisible()
    assert "Personnel" in page._signed.accessibleName()
    channels.enter_score(somebody.ctx, loaded, "public", loaded.programme.units[3].code, "50")
    somebody.press(Key.Key_F5)
    somebody.settled()
    assert page._signed.accessibleName() == "changed since Personnel approved"


def test_who_may_not_see_scores_does_not_find_them(official: Sit) -> None:
    assert official(Role.SUPERVISOR).go(8).mode is not Mode.SCORES


def test_an_observer_waits_for_the_scores_and_then_only_looks(official: Sit) -> None:
    somebody = official(Role.OBSERVER)
    bureau = official()
    page = at_the_scores(somebody)
    touching = {"score_points", "score_enter", "score_file", "score_sign", "score_export", "score_close"}
    for final in (False, True):
        assert page.chart.isVisible() == final
        assert not {offer.action.name for offer in somebody.shell.keys.offers()} & touching
        assert not page.waiting.table.isVisible()
        if not final:
            seasons.closed(bureau.ctx)
        somebody.press(Key.Key_F5)
        somebody.settled()
    assert page.known is not None
    assert page.known.finished == {}
    assert not page._simulated.isVisible()
    with bureau.ctx.database.write() as connection:
        connection.execute(update(users).values(simulated=True))
    somebody.press(Key.Key_F5)
    somebody.settled()
    assert page._simulated.isVisible()
    assert page._simulated.accessibleName() == "272 simulated interviews"
    for scale in (1.0, 1.5):
        theme.use("light", scale)
        assert clipped(page) == []


def whole_in_every_look(page: ScoresPage) -> None:
    for mode, scale in (("light", 1.0), ("dark", 1.0), ("light", 1.5)):
        theme.use(mode, scale)
        page.window().resize(1366, 690)
        assert (mode, scale, clipped(page)) == (mode, scale, [])
        assert not page._board.horizontalScrollBar().isVisible()


@pytest.mark.usefixtures("tongue")
def test_nothing_is_cut_while_people_are_called(official: Sit) -> None:
    somebody = official()
    seasons.interviewed(somebody.ctx)
    seasons.with_late_lists(somebody.ctx)
    whole_in_every_look(at_the_scores(somebody))


@pytest.mark.usefixtures("tongue")
def test_nothing_of_the_scores_is_cut(official: Sit) -> None:
    somebody = official()
    seasons.closed(somebody.ctx)
    page = at_the_scores(somebody)
    whole_in_every_look(page)
    somebody.press(Key.Key_P)
    whole_in_every_look(page)
    somebody.press(Key.Key_Escape, Key.Key_Return)
    somebody.settled()
    whole_in_every_look(page)


def test_channels_that_are_not_about_a_unit_are_blank_and_many_are_told_in_one_column() -> None:
    plain = yufeng_like()
    public, leaders = plain.channels
    unit = plain.units[0]
    elsewhere = replace(leaders, series=("nowhere",))
    there = replace(
        plain, channels=(public, elsewhere, replace(leaders, code="peers", labels={"zh": "互评"}))
    )
    entered = {("public", unit.code): Decimal("88.20")}
    missing = {"peers": 2}
    assert channel_cells(there, unit, entered, missing, True) == ("88.20", "", "—")
    assert channel_cells(there, unit, {}, missing, True)[0] == "collected"
    assert channel_cells(there, unit, entered, missing, False) == ("互评",)
    assert channel_cells(there, unit, entered, {}, False) == ("none is missing",)
