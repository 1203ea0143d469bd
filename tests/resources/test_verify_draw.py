"""The script by which anybody checks a draw: it accepts what was drawn and no change of it."""

import hashlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.base import paths
from cati.domain import draws
from cati.domain.draws import Draw, FrameRow, Party

SCRIPT = paths.resources() / "verify_draw.py"
CELLS = ("u1/staff", "u1/served", "u2/staff")
PLAN = {
    "programme": "p",
    "cells": [
        {"unit": unit, "name": unit, "group": group, "quota": 2}
        for unit, group in (c.split("/") for c in CELLS)
    ],
}
FILES = ("certificate.json", "frame.csv")


def load_script() -> Any:
    spec = importlib.util.spec_from_file_location("verify_draw", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFY = load_script()


def drawn() -> tuple[bytes, bytes]:
    rows = [
        FrameRow(f"p/{cell}/1/{row}", cell, hashlib.sha256(f"{cell}{row}".encode()).hexdigest(), str(n + row))
        for n, cell in enumerate(CELLS)
        for row in range(2, 7)
    ]
    rows += [FrameRow(f"p/pool/1/{row}", "", "cd" * 32, str(100 + row)) for row in range(2, 5)]
    parties = tuple(
        Party(name, draws.commitment(name, part), part)
        for name, part in (("统计局", "9284"), ("组织部", "1163"))
    )
    frame = b"".join(draws.frame_lines(rows))
    order = draws.order(
        draws.seed(parties, "上证指数", "2830.53"),
        draws.hash_of(PLAN),
        [(r.entry, r.cell, r.person) for r in rows],
        CELLS,
    )
    frame_hash = hashlib.sha256(frame).hexdigest()
    times = ("2024-01-29T01:00:00+00:00", "2024-01-29T09:00:00+00:00")
    return draws.certificate(Draw(PLAN, parties, "上证指数", "2830.53", frame_hash, *times, order)), frame


CERTIFICATE, FRAME = drawn()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("draw")


def accepted(folder: Path, certificate: bytes, frame: bytes) -> bool:
    """Whether the script finds no difference; what it cannot read it does not accept."""
    for name, content in zip(FILES, (certificate, frame), strict=True):
        (folder / name).write_bytes(content)
    try:
        return all(holds for holds, _ in VERIFY.checks(folder))
    except (ValueError, LookupError, TypeError, AttributeError):
        return False


def run(folder: Path, certificate: bytes, frame: bytes) -> subprocess.CompletedProcess[str]:
    for name, content in zip(FILES, (certificate, frame), strict=True):
        (folder / name).write_bytes(content)
    return subprocess.run(
        [sys.executable, "-I", SCRIPT, folder], capture_output=True, text=True, encoding="utf-8", check=False
    )


def rewritten(change: Any) -> bytes:
    """The certificate after a change by somebody who also mends its digest."""
    content = json.loads(CERTIFICATE)
    change(content)
    content.pop("digest", None)
    return draws.canonical(content | {"digest": hashlib.sha256(draws.canonical(content)).hexdigest()})


def test_the_script_is_short_and_needs_only_the_standard_library() -> None:
    lines = SCRIPT.read_text("utf-8").splitlines()
    assert len(lines) <= 40
    imported = {line.split()[1] for line in lines if line.startswith(("import ", "from "))}
    assert imported <= sys.stdlib_module_names


@pytest.mark.parametrize("cells", [("zz/zz",), CELLS[:1]])
def test_a_cell_that_was_not_planned_or_not_drawn_is_rejected(folder: Path, cells: tuple[str, ...]) -> None:
    def change(content: Any) -> None:
        for cell in cells:
            if content["order"].pop(cell, None) is None:
                content["order"][cell] = []

    assert not accepted(folder, rewritten(change), FRAME)


def test_what_was_drawn_is_accepted(folder: Path) -> None:
    result = run(folder, CERTIFICATE, FRAME)
    assert (result.returncode, result.stdout, result.stderr) == (0, "OK\n", "")


@given(st.data())
def test_no_changed_byte_is_accepted(folder: Path, data: st.DataObject) -> None:
    which = data.draw(st.integers(0, 1))
    files = [bytearray(CERTIFICATE), bytearray(FRAME)]
    place = data.draw(st.integers(0, len(files[which]) - 1))
    files[which][place] ^= data.draw(st.integers(1, 255))
    assert not accepted(folder, bytes(files[0]), bytes(files[1]))


@given(st.data())
def test_no_removed_or_inserted_byte_is_accepted(folder: Path, data: st.DataObject) -> None:
    which = data.draw(st.integers(0, 1))
    files = [bytearray(CERTIFICATE), bytearray(FRAME)]
    place = data.draw(st.integers(0, len(files[which]) - 1))
    files[which][place : place + data.draw(st.integers(0, 1))] = data.draw(st.binary(min_size=1, max_size=2))
    if (bytes(files[0]), bytes(files[1])) != (CERTIFICATE, FRAME):
        assert not accepted(folder, bytes(files[0]), bytes(files[1]))


@given(st.data())
def test_neither_swapped_nor_removed_lines_of_the_frame_are_accepted(
    folder: Path, data: st.DataObject
) -> None:
    lines = FRAME.splitlines(keepends=True)
    first = data.draw(st.integers(0, len(lines) - 2))
    second = data.draw(st.integers(first + 1, len(lines) - 1))
    if data.draw(st.booleans()):
        lines[first], lines[second] = lines[second], lines[first]
    else:
        del lines[first]
    if b"".join(lines) != FRAME:
        assert not accepted(folder, CERTIFICATE, b"".join(lines))


def set_party(key: str, value: str) -> Any:
    return lambda content: content["parties"][1].update({key: value})


def swap_first_two(content: Any) -> None:
    entries = content["order"]["u2/staff"]
    entries[0], entries[1] = entries[1], entries[0]


def one_party(content: Any) -> None:
    content["parties"].pop()


def same_party_twice(content: Any) -> None:
    content["parties"][1] = content["parties"][0]


def without_the_public_value(content: Any) -> None:
    del content["public"]["value"]


CHANGES = {
    "a changed reveal": (set_party("reveal", "1164"), "a commitment was not kept"),
    "a changed commitment": (set_party("commit", "0" * 64), "a commitment was not kept"),
    "a changed name of a party": (set_party("name", "宣传部"), "a commitment was not kept"),
    "a missing party": (one_party, "fewer than two parties"),
    "one party as two": (same_party_twice, "fewer than two parties"),
    "a changed public value": (lambda c: c["public"].update(value="2830.54"), "another seed follows"),
    "a changed public name": (lambda c: c["public"].update(name="上证综指"), "another seed follows"),
    "a changed seed": (lambda c: c.update(seed="0" * 64), "another seed follows"),
    "a changed quota": (lambda c: c["plan"]["cells"][0].update(quota=3), "the plan is not the plan"),
    "a changed programme": (lambda c: c["plan"].update(programme="q"), "the plan is not the plan"),
    "a changed frame hash": (lambda c: c.update(frame_hash="0" * 64), "frame.csv is not the frame"),
    "another order": (swap_first_two, "other order: ['u2/staff']"),
    "a person left out": (lambda c: c["order"]["u1/served"].pop(), "other order: ['u1/served']"),
    "a missing word": (without_the_public_value, "the files cannot be read"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_named_even_when_the_digest_was_mended(folder: Path, name: str) -> None:
    change, difference = CHANGES[name]
    result = run(folder, rewritten(change), FRAME)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith(difference)


@pytest.mark.parametrize(
    ("certificate", "frame", "difference"),
    [
        (CERTIFICATE + b"\n", FRAME, "certificate.json is not what its digest says"),
        (CERTIFICATE.replace(b"T09:00", b"T08:00"), FRAME, "certificate.json is not what its digest says"),
        (CERTIFICATE.replace(b'":"', b'": "', 1), FRAME, "certificate.json is not what its digest says"),
        (CERTIFICATE[:-1], FRAME, "the files cannot be read"),
        (CERTIFICATE, FRAME + b"\n", "frame.csv is not the frame"),
        (CERTIFICATE, FRAME.replace(b"\n", b"\r\n"), "frame.csv is not the frame"),
        (CERTIFICATE, b"", "frame.csv is not the frame"),
    ],
)
def test_a_change_of_a_file_is_named(folder: Path, certificate: bytes, frame: bytes, difference: str) -> None:
    result = run(folder, certificate, frame)
    assert result.returncode == 1
    assert result.stderr.startswith(difference)


def test_a_missing_file_is_said(folder: Path, tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-I", SCRIPT, tmp_path],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 1
    assert "certificate.json" in result.stderr
