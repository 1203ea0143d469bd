"""Every screen of the window in every colour mode at every scale, on small, middle and large screens."""

from collections.abc import Callable
from typing import Any

import pytest

from cati.gui import theme
from tests.gui import tour
from tests.gui.conftest import _demonstration, look, seat, tongue  # noqa: F401
from tests.gui.looks import LARGE, MIDDLE, SMALL, Look, lacking
from tests.gui.operators import Operator

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
