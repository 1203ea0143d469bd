"""What the records of an interview show before anybody has listened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from cati.domain.programmes import Programme, Question, Settings
from cati.domain.signals import (
    Given,
    ItemTime,
    Signal,
    SignalKind,
    Talk,
    item_times,
    reading_seconds,
    reading_times,
    signals,
    silences,
)

START = datetime(2024, 2, 21, 2, 0, tzinfo=UTC)
ITEMS = tuple(f"item{n}" for n in range(1, 11))
READING = dict.fromkeys(ITEMS, 6.0)
TALK = Talk("a1", START, START + timedelta(seconds=100), recorded_ms=100_000, recordings=1)


def given(*events: tuple[str, str | None, float], attempt: str = "a1") -> list[Given]:
    """Events of (item, value, second of the talk), recorded from its beginning."""
    return [
        Given(item, value, START + timedelta(seconds=at), attempt, round(at * 1000))
        for item, value, at in events
    ]


def paced(*seconds: float, value: str = "good") -> list[ItemTime]:
    """Items that took so long, one after the other."""
    found, at = [], 0.0
    for nth, used in enumerate(seconds):
        answer = value if value != "mixed" else str(nth % 3)
        found.append(ItemTime(f"item{nth + 1}", answer, used, round(at * 1000), round((at + used) * 1000)))
        at += used
    return found


def kinds(found: tuple[Signal, ...]) -> list[SignalKind]:
    return [signal.kind for signal in found]


# ---- times ---------------------------------------------------------------------------------------


def test_a_question_takes_from_the_answer_before_it_to_its_own() -> None:
    times = item_times(given(("item1", "good", 9), ("item2", "bad", 21)), [TALK])
    assert times == (
        ItemTime("item1", "good", 9.0, 0, 9000),
        ItemTime("item2", "bad", 12.0, 9000, 21_000),
    )


def test_a_corrected_answer_keeps_its_place_and_the_longest_time() -> None:
    events = given(("item1", "good", 9), ("item2", "bad", 21), ("item1", "fair", 22))
    times = {time.item: time for time in item_times(events, [TALK])}
    assert times["item1"] == ItemTime("item1", "fair", 9.0, 0, 9000)


def test_an_answer_taken_back_is_not_listed() -> None:
    events = given(("item1", "good", 9), ("item1", None, 12))
    assert item_times(events, [TALK]) == ()


def test_a_second_conversation_begins_with_its_own_telephone_call() -> None:
    second = Talk("a2", START + timedelta(hours=1), None)
    events = given(("item1", "good", 9)) + given(("item2", "bad", 3607), attempt="a2")
    assert item_times(events, [TALK, second])[1].seconds == 7.0


def test_without_a_recording_there_are_times_but_no_places() -> None:
    events = [replace(event, place_ms=None) for event in given(("item1", "good", 9), ("item2", "x", 12))]
    assert [(t.seconds, t.start_ms, t.end_ms) for t in item_times(events, [TALK])] == [
        (9.0, None, None),
        (3.0, None, None),
    ]


# ---- reading -------------------------------------------------------------------------------------


def test_reading_takes_five_characters_a_second_and_english_by_words() -> None:
    assert reading_seconds("您对作风建设，满意吗？" * 10) == pytest.approx(9 * 10 / 5)
    assert reading_seconds("How satisfied are you with it?") == pytest.approx(6 / 2.7)
    assert reading_seconds("") == 0


def test_only_items_that_are_read_aloud_are_measured_with_unit_and_item_filled_in() -> None:
    programme = Programme(
        code="p",
        title="p",
        version="1",
        default_language="zh",
        settings=Settings("0898", True),
        units=(),
        groups=(),
        questions=(
            Question("age", "integer", {"zh": "年龄"}),
            Question(
                "item1",
                "select_one",
                {"zh": "${ unit }的${item}，${title}怎么样"},
                weight=Decimal(1),
                short={"zh": "作风"},
            ),
            Question("seen", "select_one", {"zh": "看"}, script="note", weight=Decimal(1)),
        ),
        choices={},
    )
    assert reading_times(programme, "区教育局", "zh") == {"item1": pytest.approx(10 / 5)}


# ---- signals -------------------------------------------------------------------------------------


def test_an_interview_at_an_honest_pace_shows_nothing() -> None:
    assert signals(paced(*[9.0] * 10, value="mixed"), [TALK], READING) == ()


def test_neighbours_answered_faster_than_they_can_be_read_are_one_signal() -> None:
    times = paced(9, 9, 1, 1.5, 1, 9, value="mixed")
    (found,) = signals(times, [TALK], READING)
    assert found == Signal(
        SignalKind.UNREAD,
        ("item3", "item4", "item5"),
        18_000,
        21_500,
        {"seconds": 3.5, "reading": 18.0},
    )


@pytest.mark.parametrize(
    ("seconds", "kind"),
    [
        (1.9, SignalKind.UNREAD),
        (2.1, SignalKind.CUT_SHORT),
        (3.9, SignalKind.CUT_SHORT),
        (4.1, None),
    ],
)
def test_how_fast_is_too_fast(seconds: float, kind: SignalKind | None) -> None:
    found = kinds(signals(paced(9, seconds, 9, value="mixed"), [TALK], READING))
    assert found == ([kind] if kind else [])


def test_questions_nobody_reads_aloud_are_never_too_fast() -> None:
    assert signals([ItemTime("closing", "read", 0.1, 0, 100)], [TALK], READING) == ()


def test_the_gravest_comes_first() -> None:
    times = paced(3, 9, 1, 9, value="mixed")
    talk = replace(TALK, prompted=True, recordings=0)
    found = kinds(signals(times, [talk], READING, late=True))
    assert found == [
        SignalKind.UNREAD,
        SignalKind.CUT_SHORT,
        SignalKind.NOT_RECORDED,
        SignalKind.PROMPTED,
        SignalKind.LATE,
    ]


@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        ({"recordings": 0, "recorded_ms": 0}, [SignalKind.NOT_RECORDED]),
        ({"recordings": 0, "recorded_ms": 0, "simulated": True}, []),
        ({"recorded_ms": 79_000}, [SignalKind.INCOMPLETE]),
        ({"recorded_ms": 81_000}, []),
        ({"problems": ("cut_off",)}, [SignalKind.INCOMPLETE]),
        ({"problems": ("silent",)}, [SignalKind.MUTE]),
        ({"problems": ("silent", "device_lost")}, [SignalKind.INCOMPLETE, SignalKind.MUTE]),
        ({"problems": ("declined",), "recorded_ms": 20_000}, [SignalKind.DECLINED]),
        ({"ended_at": None, "recorded_ms": 5}, []),
    ],
)
def test_what_is_wrong_with_the_recording(talk: dict[str, object], expected: list[SignalKind]) -> None:
    given_talk = replace(TALK, **talk)  # type: ignore[arg-type]
    assert kinds(signals(paced(9, 9, value="mixed"), [given_talk], READING)) == expected


@pytest.mark.parametrize(("count", "expected"), [(7, []), (8, [SignalKind.IDENTICAL])])
def test_many_items_with_one_answer_are_a_signal(count: int, expected: list[SignalKind]) -> None:
    assert kinds(signals(paced(*[9.0] * count), [TALK], READING)) == expected


def test_one_other_answer_among_many_is_no_signal() -> None:
    times = paced(*[9.0] * 9)
    times[4] = replace(times[4], value="bad")
    assert signals(times, [TALK], READING) == ()


def test_long_silences_are_found_where_they_are() -> None:
    loud = [True] * 4 + [False] * 40 + [True] + [False] * 39 + [True] + [False] * 50
    found = [(s.start_ms, s.end_ms, s.numbers["seconds"]) for s in silences(loud, 500)]
    assert found == [(2000, 22_000, 20.0), (42_500, 67_500, 25.0)]
