"""Everything the window shows, by keys, on a real display: no clipped text, no foreign word, no pause."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from cati.base import i18n
from cati.gui import theme
from cati.gui.app import use_language
from cati.gui.start import fetch
from tests.gui import first_calls, office_tour, tour
from tests.gui.conftest import _demonstration, hire, look, official, seat  # noqa: F401
from tests.gui.fits import clipped, scrolled
from tests.gui.foreign import sentences
from tests.gui.looks import SMALL
from tests.gui.newcomers import Newcomer
from tests.gui.officials import Official
from tests.gui.operators import Operator
from tests.gui.stalls import Watch
from tests.rig.display import Display

SCALES = {"100": 1.0, "150": 1.5}


@pytest.fixture(scope="session")
def qapp_cls(_display_server: Display) -> type[QApplication]:
    """The application lives on a real display, before any other fixture asks for it."""
    os.environ.update({"DISPLAY": _display_server.name, "QT_QPA_PLATFORM": "xcb"})
    return QApplication


@pytest.fixture
def watch(qapp: object) -> Iterator[Watch]:
    # As the window does while somebody signs in.
    fetch(lambda: None)
    made = Watch()
    yield made
    made.close()


@pytest.fixture(params=["en", "zh_CN"])
def tongue(request: pytest.FixtureRequest, qapp: object) -> Iterator[str]:
    """Both languages, in Qt's own windows too."""
    use_language(request.param)
    yield request.param
    use_language("en")


def pictures(name: str) -> Path | None:
    """Where the pictures go, if they are wanted: the folder named by TOUR_PICTURES."""
    wanted = os.environ.get("TOUR_PICTURES")
    if wanted is None:
        return None
    folder = Path(wanted) / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def walk(
    stops: Iterator[tour.Stop], watch: Watch, mode: str, scale: float, folder: Path | None
) -> list[object]:
    """What has no room, stop by stop; the watch looks while keys are pressed and nothing else."""
    found: list[object] = []
    nth = 0
    while True:
        with watch.looking():
            stop = next(stops, None)
        if stop is None:
            return found
        name, window = stop
        watch.when = name
        theme.use(mode, scale)
        window.resize(*SMALL)
        found += [(name, clip) for clip in clipped(window)]
        if scale <= 1.25:
            found += [(name, clip) for clip in scrolled(window)]
        if i18n.language() == "zh_CN":
            found += [(name, words) for words in sentences(window)]
        if folder is not None:
            nth += 1
            window.grab().save(str(folder / f"{nth:03}-{name.replace(' ', '_').replace(',', '')}.png"))


def nothing_found(found: Sequence[object]) -> None:
    """Fail with all that was found, a line each."""
    if found:
        pytest.fail("\n".join(map(str, found)), pytrace=False)


@pytest.mark.usefixtures("look")
@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("scale", SCALES)
def test_the_office(
    official: Callable[..., Official],  # noqa: F811
    watch: Watch,
    tongue: str,
    mode: str,
    scale: str,
) -> None:
    folder = pictures(f"office-{tongue}-{mode}-{scale}")
    found = walk(office_tour.whole(official), watch, mode, SCALES[scale], folder)
    nothing_found((*found, *watch.stalls))


@pytest.mark.usefixtures("look")
@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("scale", SCALES)
def test_the_console(
    qtbot: Any,
    seat: Callable[[], Operator],  # noqa: F811
    watch: Watch,
    tongue: str,
    mode: str,
    scale: str,
) -> None:
    folder = pictures(f"console-{tongue}-{mode}-{scale}")
    found = walk(tour.whole(qtbot, seat), watch, mode, SCALES[scale], folder)
    nothing_found((*found, *watch.stalls))


@pytest.mark.usefixtures("look")
@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("scale", SCALES)
def test_before_the_first_call(
    hire: Callable[..., Newcomer],  # noqa: F811
    watch: Watch,
    tongue: str,
    mode: str,
    scale: str,
) -> None:
    folder = pictures(f"first-{tongue}-{mode}-{scale}")
    found = walk(first_calls.whole(hire), watch, mode, SCALES[scale], folder)
    nothing_found((*found, *watch.stalls))
