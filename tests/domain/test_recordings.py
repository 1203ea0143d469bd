"""How it stands with recordings and their archive, in sentences."""

from __future__ import annotations

from cati.domain.recordings import archive_lines, scrub_lines


def test_what_moved_and_what_waits_is_said() -> None:
    assert archive_lines(0, 0, 0, 0) == ["No recording waits here."]
    assert archive_lines(1, 2, 3_500_000, 1) == [
        "1 recording was archived.",
        "2 recordings (3.5 MB) wait here.",
        "1 file is a colleague's: it goes when that one or the bureau signs in here.",
    ]


def test_what_was_examined_and_found_is_said() -> None:
    read = "3 recordings (1.0 MB) were read."
    assert scrub_lines(3, 1_000_000, 3, 0) == [read, "All is as it was recorded."]
    assert scrub_lines(3, 1_000_000, 2, 1) == [
        read,
        "Of 1 only what stands in the open was examined: its key is not yours.",
        "1 file is not as it should be.",
    ]
