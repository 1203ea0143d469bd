"""What the window imports beside sign-in."""

from __future__ import annotations

import gc
import sys

import pytest

from cati.gui.action import Mode
from cati.gui.office.directory import PLACES
from cati.gui.start import fetch
from cati.gui.tasks import Cancelled


def test_every_screen_is_there_before_somebody_goes_to_it_and_no_collection_goes_over_it() -> None:
    gc.unfreeze()
    fetch(lambda: None)
    # It stays so: the tests after this one want it as well.
    kept = gc.get_freeze_count()
    pages = {f"cati.gui.{kind.mode.value}.page" for kind in PLACES if kind.mode is not Mode.SCORES}
    others = {"cati.gui.scoring.page", "cati.gui.console.console", "cati.services.review"}
    assert pages | others <= sys.modules.keys()
    assert kept > 10_000


def test_closing_the_window_stops_it() -> None:
    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        fetch(stop)
