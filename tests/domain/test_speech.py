"""Who spoke how much in an interview of several recordings."""

from __future__ import annotations

from cati.domain.ports import Speech
from cati.domain.speech import speech_words, summed


def test_the_figures_of_several_recordings_are_one_line() -> None:
    first = Speech(10_000, (4000, 3000), 4000, 1000, 2000, 3, 0)
    second = Speech(10_000, (2000, 1000), 7000, 0, 5000, 2, 1)
    both = summed([first, second])
    assert both == Speech(20_000, (6000, 4000), 11_000, 1000, 5000, 5, 1)
    assert "30%" in speech_words(both)
    assert "1 answer of 5" in speech_words(both)
    # One of one channel only: then nobody can be told from the other.
    mono = summed([first, Speech(10_000, (6000,), 4000, None, 1000, 0, 0)])
    assert mono == Speech(20_000, (12_000,), 8000, None, 2000, 3, 0)
    assert "60%" in speech_words(mono)
