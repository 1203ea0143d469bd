"""Looking after a station, on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from cati.cli.main import run
from cati.domain.findings import Finding, Health
from cati.station import soundcheck

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cati(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command; gives exit code, what it printed and what it said on stderr."""
    password = tmp_path / "password"
    password.write_text("correct horse 42\n", "utf-8")
    monkeypatch.setenv("CATI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CATI_PASSWORD_FILE", str(password))

    def once(*words: str) -> tuple[int, str, str]:
        code = run(words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return once


def test_a_backup_is_made_and_restored(cati: Run, tmp_path: Path) -> None:
    assert cati("init")[0] == 0
    sound = tmp_path / "data" / "recordings" / "a.crec"
    sound.parent.mkdir(exist_ok=True)
    sound.write_bytes(b"sealed")
    code, said, _err = cati("backup", str(tmp_path / "disk"), "--recordings", "--json")
    made = json.loads(said)
    assert code == 0
    assert made["recordings"] == {"count": 1, "size": 6, "copied": 1}
    password = tmp_path / "other"
    password.write_text("another long one 7\n", "utf-8")
    assert cati("user", "add", "li", "--role", "operator", "--new-password-file", str(password))[0] == 0
    code, said, _err = cati("restore", made["file"])
    assert code == 0
    assert "replaced" in said
    assert "li" not in cati("user", "list")[1].split()
    assert cati("audit", "verify")[0] == 0


def test_a_backup_goes_into_the_data_folder_unless_told_otherwise(cati: Run, tmp_path: Path) -> None:
    assert cati("init")[0] == 0
    code, said, _err = cati("backup")
    assert code == 0
    (file,) = (tmp_path / "data" / "backups").glob("*.db")
    assert str(file) in said
    assert "0 recordings" in said
    code, _out, said = cati("backup", "--recordings")
    assert code == 1
    assert "which folder" in said


def test_the_doctor_tells_what_to_do_and_ends_with_one_while_somebody_is_needed(
    cati: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = Finding("microphone", Health.LOOK, "no_microphone", "There is none.", "Plug one in.")
    monkeypatch.setattr(soundcheck, "microphone", lambda _chosen: silent)
    assert cati("init")[0] == 0
    code, said, _err = cati("doctor", "--json")
    by_code = {one["code"]: one for one in json.loads(said)}
    assert code == 1
    assert by_code["recovery_key_lies_open"]["advice"]
    assert by_code["database_whole"]["health"] == "well"
    code, said, _err = cati("doctor")
    assert code == 1
    assert "see to it\tThere is none.\n\t→ Plug one in." in said


def test_a_report_is_written_for_whoever_mends_the_program(
    cati: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Finding("microphone", Health.WELL, "microphone_heard", "It hears.")
    monkeypatch.setattr(soundcheck, "microphone", lambda _chosen: heard)
    assert cati("init")[0] == 0
    code, said, _err = cati("report", str(tmp_path / "report.zip"))
    assert code == 0
    assert "report.zip" in said
    with ZipFile(tmp_path / "report.zip") as archive:
        assert "doctor.json" in archive.namelist()
        assert not any(str(tmp_path).encode() in archive.read(name) for name in archive.namelist())
