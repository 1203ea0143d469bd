"""Ten thousand flips and cuts of a recording: each is detected, and nothing falls over."""

from __future__ import annotations

from pathlib import Path

from tests.station.test_scrubbing import survive


def test_each_of_ten_thousand_flips_and_cuts_is_detected(tmp_path: Path) -> None:
    survive(tmp_path, 10_000)
