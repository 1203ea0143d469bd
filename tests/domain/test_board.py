"""What an operator does at this moment, by attendance, the case on the desk and the last call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cati.domain.attendance import Event, Step
from cati.domain.board import Activity, Held, activity, in_sight
from cati.domain.stations import SILENT_AFTER, Seen

NINE = datetime(2024, 2, 21, 1, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def case(dialled: int | None = None, asked: int | None = None, ended: bool = False) -> Held:
    return Held(
        7,
        "区教育局",
        "服务对象",
        "12",
        at(dialled) if dialled is not None else None,
        ended,
        at(asked) if asked is not None else None,
    )


IN, BREAK, BACK, OUT = (Event(step, NINE) for step in Step)


@pytest.mark.parametrize(
    ("last", "held", "last_end", "doing", "since"),
    [
        (None, None, None, Activity.OUT, None),
        (IN, None, None, Activity.READY, NINE),
        (IN, None, at(5), Activity.READY, at(5)),
        (BACK, None, at(-5), Activity.READY, NINE),
        (BREAK, None, at(-5), Activity.BREAK, NINE),
        (BREAK, case(), at(-5), Activity.BREAK, NINE),
        (OUT, None, at(-5), Activity.OUT, NINE),
        # A case stays with who went home until its lease lapses.
        (OUT, case(), at(-5), Activity.OUT, NINE),
        (OUT, case(dialled=-3, asked=-2, ended=True), at(-1), Activity.OUT, NINE),
        (IN, case(), None, Activity.READY, NINE),
        (IN, case(dialled=3), None, Activity.DIALLING, at(3)),
        (IN, case(dialled=3, asked=4), at(1), Activity.INTERVIEW, at(4)),
        # Taken up again: the minutes of this call count.
        (IN, case(dialled=9, asked=4), at(1), Activity.INTERVIEW, at(9)),
        (IN, case(dialled=3, asked=4, ended=True), at(6), Activity.READY, at(6)),
        # Whoever forgot to clock in is seen at work all the same.
        (None, case(dialled=3, asked=4), None, Activity.INTERVIEW, at(4)),
        (None, case(), None, Activity.READY, None),
        (None, case(), at(2), Activity.READY, at(2)),
    ],
)
def test_what_an_operator_does(
    last: Event | None,
    held: Held | None,
    last_end: datetime | None,
    doing: Activity,
    since: datetime | None,
) -> None:
    assert activity(last, held, last_end) == (doing, since)


@pytest.mark.parametrize(
    ("heard", "until", "done", "now", "gone"),
    [
        (0, None, None, 0.5, None),
        (0, None, 0, 1, 0),
        (0, None, 3, 3.5, None),
        (0, None, 3, 4, 3),
        # Signed out, or relieved by a colleague: at once.
        (0, 1, None, 1, 0),
        (0, 1, 1, 1, 1),
        # At work elsewhere since.
        (0, 1, 2, 2.5, None),
        (0, 1, 2, 3, 2),
    ],
)
def test_who_is_not_seen_any_more_is_not_said_to_work(
    heard: int, until: int | None, done: int | None, now: float, gone: int | None
) -> None:
    assert timedelta(seconds=30) < SILENT_AFTER < timedelta(minutes=1)
    seen = Seen(at(heard), at(until) if until is not None else None)
    moments = [None, at(done) if done is not None else None]
    found = in_sight((Activity.READY, NINE), seen, moments, at(now))
    assert found == ((Activity.READY, NINE) if gone is None else (Activity.UNSEEN, at(gone)))
    assert in_sight((Activity.OUT, NINE), seen, moments, at(now)) == (Activity.OUT, NINE)
    assert in_sight((Activity.READY, NINE), None, moments, at(now)) == (Activity.READY, NINE)
