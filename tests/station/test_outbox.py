"""What a station has written down is durable in order and sealed, whatever becomes of the station."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from cati.audio.recorder import RecordedFile
from cati.base.errors import CatiError
from cati.domain.call_effects import EndAttempt, KeepTyped
from cati.domain.interview import Outcome
from cati.domain.ports import AnswerEvent, RecordingSummary, Speech
from cati.domain.writes import (
    KINDS,
    Begun,
    Closing,
    Envelope,
    Opened,
    RecordingBegun,
    SignedIn,
    SignedOut,
    WentHome,
    Write,
    decode,
    encode,
)
from cati.station.outbox import FILE, KEPT, KEY_FILE, Outbox
from tests.rig.small_disk import small_disk

AT = datetime(2024, 2, 21, 2, 0, tzinfo=UTC)
WORDS = "不便公开的话"
EVENT = AnswerEvent("e1", "i1", 1, 3, "opinion", WORDS, AT, "a1", None)
WRITES: tuple[Write, ...] = (
    Begun("a1", 7, 3, 1, AT, incoming=True),
    Opened("i1", 7, 2, "zh", AT),
    EVENT,
    replace(EVENT, value=None, attempt_id=None, offset_ms=1200),
    KeepTyped("a1", "note", "i1", {"opinion": WORDS}, 4),
    EndAttempt("a1", "dropped", "", True, AT, AT),
    RecordingBegun("r1", "a1", "small/r1.crec", AT),
    RecordingSummary("r1", None, 1000, 1, 900, True, False, "cut_off"),
    Closing(
        "a1",
        7,
        "g1",
        3,
        "complete",
        AT,
        AT,
        outcome=Outcome("complete", "complete", 3, 3, 3, False, Fraction(2, 3)),
        answers={"item1": "fair"},
        off_path=frozenset({"item1"}),
        not_before=AT,
    ),
    Closing("a1", 7, "g1", 3, "busy", AT),
    WentHome(AT),
    SignedIn(AT),
    SignedOut(AT),
)


def now() -> datetime:
    return AT


def put_all(outbox: Outbox) -> None:
    for write in WRITES:
        outbox.put("small", 5, "pc-1", write)


def drained(outbox: Outbox) -> list[Write]:
    """Everything that waits, in order, taken as sent."""
    found = []
    while (one := outbox.first()) is not None:
        found.append(one.envelope.write)
        outbox.sent(one)
    return found


def test_every_kind_of_write_comes_back_as_it_was() -> None:
    assert {type(write) for write in WRITES} == set(KINDS.values())
    for write in WRITES:
        envelope = Envelope("x", "small", 5, "pc-1", AT, write)
        assert decode(encode(envelope)) == envelope


def test_where_a_recording_lies_stays_on_the_station() -> None:
    summary = RecordingSummary("r1", Path("/home/wang"), 1000, 1, 900, True, False, None)
    speech = Speech(1000, (400,), 600, None, 200, 1, 0)
    summary = replace(summary, speech=speech)
    told = ("r1", Path("/home/wang"), 1000, 1, 900, True, False, None, speech)
    measured = RecordedFile(*told, frames=16000, lost_frames=0, markers=3, peak=0.5)
    for known in (summary, measured):
        coded = encode(Envelope("x", "small", 5, "pc-1", AT, known))
        assert b"wang" not in coded
        assert decode(coded).write == replace(summary, path=None)


def test_writes_outlive_the_station_in_their_order_and_are_sealed(tmp_path: Path) -> None:
    with closing(Outbox(tmp_path, now)) as outbox:
        put_all(outbox)
        assert len(outbox) == len(WRITES)
    for file in tmp_path.iterdir():
        assert WORDS.encode() not in file.read_bytes()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with closing(Outbox(tmp_path, now)) as outbox:
        first = outbox.first()
        assert first is not None
        assert (first.envelope.programme, first.envelope.user_id, first.envelope.station) == (
            "small",
            5,
            "pc-1",
        )
        assert outbox.first() == first, "what was not sent stays in front"
        assert drained(outbox) == list(WRITES)
        assert len(outbox) == 0


def test_what_was_sent_can_be_sent_again_for_some_days(tmp_path: Path) -> None:
    with closing(Outbox(tmp_path, now)) as outbox:
        put_all(outbox)
        drained(outbox)
        assert outbox.meet("one", None) == outbox.meet("one", None) == 0
        assert outbox.meet("restored", AT + timedelta(days=9)) == 0
        assert outbox.meet("restored again", AT - timedelta(hours=1)) == len(WRITES)
        assert outbox.send_again() == len(WRITES)
        assert drained(outbox) == list(WRITES)
        outbox.put("small", 5, "pc-1", WRITES[0])
    with closing(Outbox(tmp_path, lambda: AT + KEPT + timedelta(seconds=1))) as outbox:
        assert len(outbox) == 1, "what waits is never forgotten"
        assert outbox.send_again() == 1


def test_a_row_in_the_place_of_another_or_without_its_key_is_refused_and_left(tmp_path: Path) -> None:
    with closing(Outbox(tmp_path, now)) as outbox:
        put_all(outbox)
    with closing(sqlite3.connect(tmp_path / FILE)) as file:
        file.execute("update writes set sealed = (select sealed from writes where seq = 2) where seq = 1")
        file.commit()
    with closing(Outbox(tmp_path, now)) as outbox, pytest.raises(CatiError) as refused:
        outbox.first()
    assert refused.value.code == "outbox_unreadable"
    (tmp_path / KEY_FILE).unlink()
    with pytest.raises(CatiError) as refused:
        Outbox(tmp_path, now)
    assert refused.value.code == "outbox_key_missing"
    assert not (tmp_path / KEY_FILE).exists()


def test_what_a_full_disk_of_a_station_refuses_is_told_and_nothing_before_it_is_lost(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 4) as disk:
        with closing(Outbox(disk.folder, now)) as outbox:
            outbox.put("p", 1, "pc", WentHome(AT))
            disk.fill()
            refusals = []
            for _write in range(400):  # what SQLite has set aside for itself takes some still
                try:
                    outbox.put("p", 1, "pc", WentHome(AT))
                except CatiError as refused:
                    refusals.append(refused.code)
                    break
            assert refusals == ["disk_full"]
            kept = len(outbox.kept())
        disk.free()
        with closing(Outbox(disk.folder, now)) as outbox:
            assert len(outbox.kept()) == kept
            outbox.put("p", 1, "pc", WentHome(AT))
