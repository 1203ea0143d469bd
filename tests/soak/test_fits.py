"""Every screen of the window in every colour mode at every scale, on small, middle and large screens."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cati.gui import theme
from cati.services import hotline, programmes
from tests.gui import seasons, tour
from tests.gui.conftest import _demonstration, look, official, seat, tongue  # noqa: F401
from tests.gui.looks import LARGE, MIDDLE, SMALL, Look, lacking
from tests.gui.officials import Official
from tests.gui.operators import Operator
from tests.gui.stalls import own_work
from tests.gui.test_hotline import files, with_hotline

SCALES = [percent / 100 for percent in (*range(80, 201, 10), 125)]
# On the smallest screen the middle may scroll at more than this.
MOST_WITHOUT_SCROLLING = 1.25


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
@pytest.mark.usefixtures("look", "tongue")
@pytest.mark.parametrize("mode", list(theme.MODES))
@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=["small", "middle", "large"])
def test_every_screen_at_every_scale(
    qtbot: Any,
    seat: Callable[[], Operator],  # noqa: F811 # the fixture, not its import
    size: tuple[int, int],
    mode: str,
) -> None:
    looks = [Look(size, scale, mode, size == SMALL and scale > MOST_WITHOUT_SCROLLING) for scale in SCALES]
    assert list(lacking(tour.whole(qtbot, seat, all_questions=True), looks)) == []


def sheets(sit: Callable[..., Official], folder: Path) -> Iterator[tour.Stop]:
    """The ballots with all that lies over them, a ballot in hand, and the hotline over the scores."""
    somebody = sit()
    with own_work():
        seasons.with_ballots_to_key(somebody.ctx)
    somebody.go("B")
    yield "ballots", somebody.shell
    for key in (tour.Key.Key_N, tour.Key.Key_F, tour.Key.Key_T, tour.Key.Key_L, tour.Key.Key_Return):
        somebody.press(key)
        somebody.settled()
        yield f"ballots, {key.name}", somebody.shell
        somebody.press(tour.Key.Key_Escape)
        somebody.settled()
    with own_work():
        loaded = programmes.get(somebody.ctx)
        paths = files(folder, *with_hotline(somebody.ctx))
        hotline.import_tickets(
            somebody.ctx, programmes.get(somebody.ctx, loaded.programme.code), paths["tickets"]
        )
    somebody.go(8)
    somebody.press(tour.Key.Key_H)
    somebody.settled()
    yield "hotline", somebody.shell


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
@pytest.mark.usefixtures("look", "tongue")
@pytest.mark.parametrize("mode", list(theme.MODES))
@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=["small", "middle", "large"])
def test_every_sheet_of_ballots_and_hotline_at_every_scale(
    official: Callable[..., Official],  # noqa: F811 # the fixture, not its import
    size: tuple[int, int],
    mode: str,
    tmp_path: Path,
) -> None:
    looks = [Look(size, scale, mode, size == SMALL and scale > MOST_WITHOUT_SCROLLING) for scale in SCALES]
    assert list(lacking(sheets(official, tmp_path), looks)) == []
