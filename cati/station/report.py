"""What goes to whoever mends the program: log, versions, settings and findings, and nothing of anybody."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from cati.base.logging import FIELDS, without_numbers
from cati.base.settings import Settings
from cati.domain.findings import Finding
from cati.files.aside import written_aside
from cati.store import migrate

_PARTS = ("PySide6-Essentials", "SQLAlchemy", "psycopg", "PyAudio", "av", "cryptography", "numpy")
_LEFT_OUT = frozenset({"station"})
"""A computer is often called by its user's name."""

# As `cati.base.logging` writes a line: moment, level, event, fields of known names.
_LINE = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (INFO|WARNING|ERROR) ([a-z_]+)((?: [a-z_]+=\S*)*)"
)
_FIELD = re.compile(r" ([a-z_]+)=(\S*)")
# As `faulthandler` writes a stack: only the file's own name is kept, folders are called by people.
_FRAME = re.compile(r'  File "(?:[^"]*[/\\])?([\w.<>-]+)", line (\d+) in ([\w<>]+)')
_FATAL = re.compile(r"Fatal Python error: [A-Z][A-Za-z ]+|(?:Current thread|Thread) 0x[0-9a-f]+")


def write(settings: Settings, findings: Sequence[Finding], target: Path) -> None:
    """Write the report.

    It holds no database and no recording. Of the log only what the program itself words is taken; of
    settings only choices, never a path, an address or a name; of findings no words but figures.

    Args:
        settings: of the station.
        findings: of `doctor.examine`.
        target: a .zip, replaced when it is there.

    Raises:
        CatiError: ``file_not_written``.
    """
    with written_aside(target, private=True) as (aside,), ZipFile(aside, "w", ZIP_DEFLATED) as archive:
        archive.writestr("versions.json", _json(_versions()))
        archive.writestr("settings.json", _json(_settings(settings)))
        archive.writestr("doctor.json", _json([_finding(finding) for finding in findings]))
        for file in sorted((settings.data_folder / "logs").glob("*")):
            if re.fullmatch(r"[a-z]+\.(log(\.\d)?|fault)", file.name):
                keep = _stack if file.suffix == ".fault" else _log
                archive.writestr(f"logs/{file.name}", "\n".join(_kept(file, keep)) + "\n")


def _json(value: object) -> str:
    return json.dumps(value, indent=1, sort_keys=True)


def _versions() -> dict[str, str]:
    found = {
        "cati": metadata.version("cati"),
        "schema": migrate.head(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    for part in _PARTS:
        try:
            found[part] = metadata.version(part)
        except metadata.PackageNotFoundError:
            found[part] = ""
    return found


def _settings(settings: Settings) -> dict[str, object]:
    return {
        "database": settings.database.split(":", 1)[0].split("+", 1)[0],
        "database_in_data_folder": settings.database.startswith(
            f"sqlite:///{settings.data_folder.as_posix()}"
        ),
        "language": settings.language,
        "theme": settings.theme,
        "scale": settings.scale,
        "audio_device_chosen": bool(settings.audio_device),
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "check": finding.check,
        "health": str(finding.health),
        "code": finding.code,
        "figures": {name: round(value, 3) for name, value in finding.figures.items()},
    }


def _kept(file: Path, keep: Callable[[str], str | None]) -> Iterator[str]:
    """What may be told of a log, and how many lines may not."""
    dropped = 0
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            told = keep(line.rstrip("\n"))
            if told is None:
                dropped += 1
            else:
                yield told
    if dropped:
        yield f"({dropped} lines left out)"


def _log(line: str) -> str | None:
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    at, level, event, fields = found.groups()
    told = [
        # What the program words is plain ASCII.
        f"{name}={without_numbers(value) if value.isascii() else '?'}"
        for name, value in _FIELD.findall(fields)
        if name in FIELDS - _LEFT_OUT
    ]
    return " ".join([at, level, event, *told])


def _stack(line: str) -> str | None:
    frame = _FRAME.fullmatch(line)
    if frame is not None:
        return f"  {frame[1]}:{frame[2]} {frame[3]}"
    fatal = _FATAL.match(line)
    return None if fatal is None else fatal[0]
