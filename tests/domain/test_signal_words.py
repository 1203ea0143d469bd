"""Signals as sentences, in both languages."""

from __future__ import annotations

import pytest

from cati.domain.signal_words import clock, detail, questions, short, title
from cati.domain.signals import Signal, SignalKind

NUMBERS = {f"item{n}": n for n in range(1, 11)}


def test_neighbours_are_named_by_first_and_last() -> None:
    signal = Signal(
        SignalKind.UNREAD, ("item6", "item7", "item8"), 1000, 11_000, {"seconds": 9.7, "reading": 33.2}
    )
    assert title(signal, NUMBERS) == "Questions 6–8 answered within 10 s"
    assert detail(signal) == "Reading that aloud usually takes 33 s."
    assert short(signal) == "faster than reading"


@pytest.mark.parametrize("kind", list(SignalKind))
def test_every_signal_has_a_title_and_a_sentence(kind: SignalKind) -> None:
    signal = Signal(kind, ("item3",), 156_000, 180_000)
    assert "{" not in title(signal, NUMBERS) + detail(signal)
    assert detail(signal).endswith(".")
    assert title(signal, NUMBERS)


def test_numbers_and_places_are_as_people_say_them() -> None:
    assert [questions(numbers) for numbers in ([3], [3, 4], [])] == ["Question 3", "Questions 3–4", ""]
    assert [clock(ms) for ms in (0, 156_900, 3_600_000)] == ["00:00", "02:36", "60:00"]
    assert "0.4 s" in title(Signal(SignalKind.SILENCE, numbers={"seconds": 0.4}), NUMBERS)
