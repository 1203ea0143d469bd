from __future__ import annotations

import itertools
import resource
import tracemalloc
import wave
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cati.audio.codec import BLOCK_FRAMES, CODECS, SAMPLE_RATE, Samples
from cati.audio.container import Condition, Header, outline
from cati.audio.reader import Reader
from cati.audio.sound_files import write_wav
from cati.audio.writer import CHUNK_MS, Writer
from cati.base.errors import CatiError
from cati.sealing.keys import KeyPair, new_pair

KEYS = new_pair()
CHUNK = SAMPLE_RATE * CHUNK_MS // 1000


def header(codec: str = "opus", channels: int = 1) -> Header:
    return Header(
        recording_id="r-1",
        attempt_id="a-1",
        started_at=datetime(2024, 2, 21, 2, 0, tzinfo=UTC),
        channels=channels,
        codec=codec,
        devices=("fake microphone",),
    )


def voice_like(frames: int, channels: int = 1) -> Samples:
    time = np.arange(frames) / SAMPLE_RATE
    glides = 2 * np.pi * 600 * time + 200 * np.sin(2 * np.pi * 0.4 * time)
    tones = [
        8000 * np.sin(glides * (n + 1)) * (0.6 + 0.4 * np.sin(6 * np.pi * time)) for n in range(channels)
    ]
    return np.stack(tones, axis=1).astype(np.int16)


def record(path: Path, samples: Samples, head: Header, keys: KeyPair = KEYS) -> Writer:
    writer = Writer(path, keys.public, head)
    for start in range(0, len(samples), BLOCK_FRAMES):
        writer.write(samples[start : start + BLOCK_FRAMES])
    return writer


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("finished") / "r-1.crec"
    writer = Writer(path, KEYS.public, header("pcm"))
    writer.write(voice_like(CHUNK * 2))
    writer.mark("question", {"item": "work_style"})
    writer.write(voice_like(CHUNK // 2))
    writer.mark("answer", {"item": "work_style"})
    writer.close(lost_frames=0)
    return path


def similarity(a: Samples, b: Samples) -> float:
    return float(np.corrcoef(a.ravel().astype(float), b.ravel().astype(float))[0, 1])


@pytest.mark.parametrize(("codec", "channels"), [*itertools.product(CODECS, (1, 2))])
def test_what_was_recorded_plays_back(tmp_path: Path, codec: str, channels: int) -> None:
    sound = voice_like(SAMPLE_RATE * 5 + 777, channels)
    record(tmp_path / "a.crec", sound, header(codec, channels)).close()
    with Reader(tmp_path / "a.crec", KEYS.private) as reader:
        played = reader.read(0, 60_000)
        assert reader.complete
        assert not reader.damaged
        assert reader.duration_ms == 5048
    assert played.shape == sound.shape
    if codec == "opus":
        assert similarity(played, sound) > 0.9
    else:
        assert np.array_equal(played, sound)


@pytest.mark.parametrize("codec", CODECS)
@given(start_ms=st.integers(0, 4200), length_ms=st.integers(0, 2500))
@settings(max_examples=40)
def test_any_stretch_is_what_the_whole_has_there(
    tmp_path_factory: pytest.TempPathFactory, codec: str, start_ms: int, length_ms: int
) -> None:
    path = tmp_path_factory.getbasetemp() / f"stretch-{codec}.crec"
    if not path.exists():
        record(path, voice_like(SAMPLE_RATE * 4, 2), header(codec, 2)).close()
    with Reader(path, KEYS.private) as reader:
        whole = reader.read(0, 4000)
        piece = reader.read(start_ms, start_ms + length_ms)
    expected = whole[start_ms * 16 : (start_ms + length_ms) * 16]
    assert piece.shape == expected.shape
    # Opus settles within a chunk before the stretch; what is left is inaudible.
    assert np.abs(piece.astype(int) - expected).max(initial=0) <= (300 if codec == "opus" else 0)


def test_a_recording_without_sound_is_complete(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "a.crec", KEYS.public, header())
    writer.mark("question", {"item": "q1"})
    writer.close()
    with Reader(tmp_path / "a.crec", KEYS.private) as reader:
        assert reader.complete
        assert reader.duration_ms == 0
        assert len(reader.read(0, 1000)) == 0
        assert [(m.at_ms, m.kind) for m in reader.markers] == [(0, "question")]


def test_header_markers_and_summary_come_back(finished: Path) -> None:
    with Reader(finished, KEYS.private) as reader:
        assert reader.header == header("pcm")
        assert [(m.at_ms, m.kind, m.values) for m in reader.markers] == [
            (CHUNK_MS * 2, "question", {"item": "work_style"}),
            (CHUNK_MS * 5 // 2, "answer", {"item": "work_style"}),
        ]
        assert reader.summary == {"lost_frames": 0}


def test_a_recording_exports_to_wav(finished: Path, tmp_path: Path) -> None:
    with Reader(finished, KEYS.private) as reader:
        assert write_wav(tmp_path / "a.wav", reader.stream(100, 1100), 1, SAMPLE_RATE) == SAMPLE_RATE
        expected = reader.read(100, 1100)
    with wave.open(str(tmp_path / "a.wav")) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (SAMPLE_RATE, 1, 2)
        assert wav.readframes(wav.getnframes()) == expected.tobytes()


def test_the_outline_needs_no_key(finished: Path) -> None:
    seen = outline(finished)
    assert seen.header.attempt_id == "a-1"
    assert (seen.duration_ms, seen.markers, seen.complete) == (CHUNK_MS * 5 // 2, 2, True)
    assert seen.size == finished.stat().st_size


def test_how_it_went_is_told_without_the_key_and_cannot_be_changed(tmp_path: Path) -> None:
    path = tmp_path / "r-1.crec"
    writer = record(path, voice_like(CHUNK), header("pcm"))
    assert outline(path).condition is None
    last = Condition(heard=True, lost_frames=320, problem="device_lost")
    for condition in (Condition(), last):
        writer.note(condition)
    writer.close()
    assert outline(path).condition == last
    assert seen_in(path)[:2] == (True, False)
    path.write_bytes(path.read_bytes().replace(b'"heard":true', b'"heard":null'))
    assert seen_in(path)[:2] == (False, True)


def test_an_existing_file_is_never_touched(finished: Path) -> None:
    before = finished.read_bytes()
    with pytest.raises(FileExistsError):
        Writer(finished, KEYS.public, header())
    assert finished.read_bytes() == before


def test_only_the_owner_may_read_the_file(finished: Path) -> None:
    assert finished.stat().st_mode & 0o777 == 0o600


def test_another_programmes_key_does_not_open_it(finished: Path) -> None:
    with pytest.raises(CatiError) as refused:
        Reader(finished, new_pair().private)
    assert refused.value.code == "recording_key_wrong"


def test_the_public_key_does_not_open_it(finished: Path) -> None:
    with pytest.raises(CatiError):
        Reader(finished, KEYS.public)


def test_no_sample_lies_in_the_file_in_the_open(finished: Path) -> None:
    assert voice_like(64).tobytes() not in finished.read_bytes()


def test_a_missing_file_and_another_kind_of_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(CatiError) as missing:
        Reader(tmp_path / "a.crec", KEYS.private)
    assert missing.value.code == "recording_missing"
    (tmp_path / "b.crec").write_bytes(b"RIFF" * 100)
    with pytest.raises(CatiError) as other:
        Reader(tmp_path / "b.crec", KEYS.private)
    assert other.value.code == "recording_damaged"


def test_a_newer_version_says_so(finished: Path, tmp_path: Path) -> None:
    newer = tmp_path / "a.crec"
    newer.write_bytes(finished.read_bytes().replace(b'"version":2', b'"version":9'))
    with pytest.raises(CatiError) as refused:
        outline(newer)
    assert refused.value.code == "recording_newer"


def seen_in(path: Path) -> tuple[bool, bool, bytes]:
    """Whether it is complete, whether damage shows, and the sound that came out."""
    sound = b""
    try:
        with Reader(path, KEYS.private) as reader:
            complete = reader.complete
            for piece in reader.stream():
                sound += piece.tobytes()
            reader.verify()
    except CatiError as refusal:
        if refusal.code not in {"recording_damaged", "recording_key_wrong", "recording_newer"}:
            raise
        return False, True, sound
    return complete, False, sound


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@settings(max_examples=400)
def test_any_flipped_bit_is_detected(
    finished: Path, tmp_path_factory: pytest.TempPathFactory, place: float, bit: int
) -> None:
    data = bytearray(finished.read_bytes())
    data[int(place * len(data))] ^= 1 << bit
    changed = tmp_path_factory.getbasetemp() / "flipped.crec"
    changed.write_bytes(data)
    _, damaged, sound = seen_in(changed)
    assert damaged
    assert voice_like(CHUNK * 2).tobytes().startswith(sound[: CHUNK * 4])


def test_every_bit_of_every_small_record_counts(finished: Path, tmp_path: Path) -> None:
    data = finished.read_bytes()
    # The header, the record that binds it, and the head of the first chunk; then all after the last chunk.
    edges = [*range(700), *range(len(data) - 150, len(data))]
    for place in edges:
        changed = tmp_path / "flipped.crec"
        changed.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert seen_in(changed)[1], f"a flip at {place} went unseen"


@given(kept=st.floats(0, 1, exclude_max=True))
@settings(max_examples=200)
def test_a_cut_end_plays_to_the_last_whole_chunk(
    finished: Path, tmp_path_factory: pytest.TempPathFactory, kept: float
) -> None:
    data = finished.read_bytes()
    cut = tmp_path_factory.getbasetemp() / "cut.crec"
    cut.write_bytes(data[: int(kept * len(data))])
    complete, _, sound = seen_in(cut)
    assert not complete
    assert len(sound) % (CHUNK * 2) in (0, CHUNK)
    assert len(sound) >= int(kept * len(data)) - CHUNK * 2 - 1200
    whole = np.concatenate([voice_like(CHUNK * 2), voice_like(CHUNK // 2)])
    assert whole.tobytes().startswith(sound)


def test_a_tail_of_zeros_after_a_power_cut_is_no_damage(finished: Path, tmp_path: Path) -> None:
    data = finished.read_bytes()
    cut = tmp_path / "cut.crec"
    cut.write_bytes(data[: outline_start(finished)] + bytes(4096))
    assert seen_in(cut) == (False, False, b"")


def outline_start(path: Path) -> int:
    """Where the records begin."""
    data = path.read_bytes()
    return 12 + int.from_bytes(data[8:12], "little")


def records_of(path: Path) -> list[bytes]:
    data, records, place = path.read_bytes(), [], outline_start(path)
    while place < len(data):
        end = place + 21 + int.from_bytes(data[place : place + 4], "little")
        records.append(data[place:end])
        place = end
    return records


@given(choice=st.lists(st.integers(0, 6), max_size=8))
def test_records_taken_out_moved_or_repeated_are_detected(
    finished: Path, tmp_path_factory: pytest.TempPathFactory, choice: list[int]
) -> None:
    records = records_of(finished)
    assert len(records) == 7
    forged = tmp_path_factory.getbasetemp() / "forged.crec"
    start = finished.read_bytes()[: outline_start(finished)]
    forged.write_bytes(start + b"".join(records[number] for number in choice))
    complete, damaged, _ = seen_in(forged)
    if choice == list(range(7)):
        assert complete
    elif choice == list(range(len(choice))):
        assert not complete
    else:
        assert damaged
    assert complete == (choice == list(range(7)))


def test_a_record_of_another_recording_does_not_fit(finished: Path, tmp_path: Path) -> None:
    record(tmp_path / "a.crec", voice_like(CHUNK * 2), header("pcm")).close()
    records = records_of(finished)
    records[2] = records_of(tmp_path / "a.crec")[2]
    forged = tmp_path / "b.crec"
    forged.write_bytes(finished.read_bytes()[: outline_start(finished)] + b"".join(records))
    assert seen_in(forged)[1]


def test_a_damaged_chunk_leaves_the_others_playable(finished: Path, tmp_path: Path) -> None:
    data = bytearray(finished.read_bytes())
    data[-CHUNK * 2] ^= 1
    changed = tmp_path / "a.crec"
    changed.write_bytes(data)
    with Reader(changed, KEYS.private) as reader:
        assert np.array_equal(reader.read(0, CHUNK_MS), voice_like(CHUNK))
        with pytest.raises(CatiError, match=r"a\.crec"):
            reader.read(CHUNK_MS, CHUNK_MS * 2)


def test_memory_stays_flat_however_long_the_recording(tmp_path: Path) -> None:
    def peak_of_playing(seconds: int) -> int:
        path = tmp_path / f"{seconds}.crec"
        record(path, voice_like(SAMPLE_RATE * seconds), header("opus")).close()
        with Reader(path, KEYS.private) as reader:
            tracemalloc.start()
            for _ in reader.stream():
                pass
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return peak

    short = peak_of_playing(10)
    assert peak_of_playing(100) < short + 200_000


def test_a_full_disk_leaves_a_file_of_whole_chunks(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "a.crec", KEYS.public, header("pcm"))
    writer.write(voice_like(CHUNK))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (writer.size + 5000, before[1]))
    try:
        with pytest.raises(OSError, match="large"):
            writer.write(voice_like(CHUNK))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    complete, damaged, sound = seen_in(tmp_path / "a.crec")
    assert (complete, damaged) == (False, False)
    assert sound == voice_like(CHUNK).tobytes()
    assert (tmp_path / "a.crec").stat().st_size == writer.size
