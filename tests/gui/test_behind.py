"""From a score down to its answers, and the papers on the results, by real keys."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from cati.domain.behind import AnswerCount, ChannelBehind, GroupBehind, ItemBehind
from cati.domain.users import Role
from cati.gui import theme
from cati.gui.action import Mode
from cati.gui.review.page import ReviewPage
from cati.gui.scoring.page import ScoresPage
from cati.services import results, scoring
from cati.services.behind import UnitBehind
from cati.store.releases import Released
from tests.gui import seasons
from tests.gui.fits import clipped
from tests.gui.officials import Official
from tests.gui.test_scores import at_the_scores

pytestmark = pytest.mark.usefixtures("look")
Sit = Callable[..., Official]
Key = Qt.Key


@pytest.mark.usefixtures("tongue")
def test_a_score_is_followed_down_to_an_interview_and_back(official: Sit) -> None:
    somebody = official()
    seasons.closed(somebody.ctx)
    page = at_the_scores(somebody)
    somebody.press(Key.Key_D)
    somebody.settled()
    behind = page.behind
    kinds: list[Any] = []
    asked: list[str] = []
    behind.wanted.connect(lambda _unit, _group, item: asked.append(item))
    for _layer in range(3):
        kinds.append(type(behind.table.current()))
        assert clipped(page) == []
        # The second group is one of those the first stands for.
        if kinds[-1] is GroupBehind:
            somebody.press(Key.Key_Down)
        somebody.press(Key.Key_Return)
        somebody.settled()
    assert kinds == [ChannelBehind, GroupBehind, ItemBehind]
    assert len(asked) == 1
    interviews = [behind.table.rows.source.row(at) for at in range(behind.table.rows.rowCount())]
    assert len(interviews) == 4
    assert len({one.group for one in interviews}) == 1
    for scale in (1.5, 1.0):
        theme.use("light", scale)
        page.window().resize(1366, 690)
        assert clipped(page) == []
        # The way down is long and goes on in a second line rather than past the window's edge.
        assert behind.minimumSizeHint().width() < 1100
    somebody.press(Key.Key_Down, Key.Key_Return)
    somebody.settled()
    somebody.settled()
    heard = somebody.here
    assert isinstance(heard, ReviewPage)
    assert somebody.keys_mode() is Mode.REVIEW
    assert heard._interview == interviews[1].interview_id
    somebody.press(Key.Key_Escape)
    somebody.settled()
    assert somebody.here is page
    assert somebody.keys_mode() is Mode.BEHIND
    assert behind.table.current().interview_id == interviews[1].interview_id
    for _layer in range(3):
        somebody.press(Key.Key_Escape)
    found = behind.table.current()
    assert type(found) is ChannelBehind
    # A channel that is part of another stands in.
    loaded = behind._loaded
    assert loaded is not None
    own = [replace(one, parent="all") for one in loaded.programme.channels if one.code == found.code]
    behind._loaded = replace(loaded, programme=replace(loaded.programme, channels=tuple(own)))
    assert behind._layer_cells(found)[0] == f"\u3000{found.label}"
    somebody.press(Key.Key_Escape)
    assert somebody.keys_mode() is Mode.SCORES
    # From elsewhere the review has no way back to a score.
    somebody.go(7)
    somebody.settled()
    assert "review_back" not in {offer.action.name for offer in somebody.shell.keys.offers()}


def test_of_ballots_answers_are_counted_and_nothing_lies_deeper(official: Sit) -> None:
    somebody = official()
    loaded = seasons.closed(somebody.ctx)
    page = at_the_scores(somebody)
    counts = (AnswerCount("1", "satisfied", None, 3),)
    items = (ItemBehind("i", "item", 1, None, 0, counts),)  # type: ignore[arg-type]
    whole = GroupBehind("", "", None, None, 3, items)
    channel = ChannelBehind("public", "Ballots", "ballots", 50, None, 3, (whole,))  # type: ignore[arg-type]
    nobody = ChannelBehind("web", "Web", "web", 50, None, None, ())  # type: ignore[arg-type]
    line = scoring.score(somebody.ctx, loaded)[0]
    page.behind.show_unit(loaded, UnitBehind(line, (nobody, channel)))
    behind = page.behind
    behind.open()
    assert behind.table.current() is nobody
    behind.table.choose(1)
    for _layer in range(3):
        behind.open()
    assert behind.table.current() is counts[0]

    # Interviews that come when nobody waits for them any more are not laid over what is looked at.
    behind.show_interviews(())
    assert behind.table.current() is counts[0]


def test_an_observer_never_looks_below_a_score(official: Sit) -> None:
    somebody = official(Role.OBSERVER)
    seasons.closed(official().ctx)
    page = at_the_scores(somebody)
    assert isinstance(page, ScoresPage)
    offered = {offer.action.name for offer in somebody.shell.keys.offers()}
    assert not {"score_behind", "score_papers"} & offered


def test_papers_are_written_into_a_folder_and_going_back_stops_it(
    official: Sit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    somebody = official()
    seasons.closed(somebody.ctx)
    at_the_scores(somebody)
    somebody.press(Key.Key_R, Key.Key_Return)
    somebody.wait(lambda: "Nobody has approved the scores yet" in somebody.words())
    gone_back, written = threading.Event(), threading.Event()

    def write(_ctx: Any, _loaded: Any, folder: Path, *, recipient: str, progress: Any) -> Released:
        progress(1, 2)
        if not written.is_set():
            written.set()
            assert gone_back.wait(30)
            progress(2, 2)
        return Released("report", "docx", "masked", recipient, folder.name, 70, "", None, "")  # type: ignore[arg-type]

    monkeypatch.setattr(results, "write_results", write)
    somebody.press(Key.Key_Return)
    somebody.wait(written.is_set)
    somebody.press(Key.Key_Escape)
    gone_back.set()
    somebody.wait(lambda: "Stopped." in somebody.words())
    assert somebody.keys_mode() is Mode.SCORES
    somebody.press(Key.Key_R, Key.Key_Return)
    somebody.wait(lambda: "70 files written" in somebody.words())
    assert somebody.keys_mode() is Mode.SCORES
