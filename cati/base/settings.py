"""Settings of a station: flag before ``CATI_*`` variable before settings file before default."""

from __future__ import annotations

import json
import os
import platform
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cati.base import paths
from cati.base.errors import CatiError
from cati.base.i18n import LANGUAGES, system_language
from cati.base.i18n import mark as N_

FILE_NAME = "settings.toml"
THEMES = ("light", "dark", "contrast")
SMALLEST_SCALE = 80
LARGEST_SCALE = 200

VARIABLES = {
    "data_folder": "CATI_DATA",
    "database": "CATI_DB",
    "language": "CATI_LANGUAGE",
    "theme": "CATI_THEME",
    "scale": "CATI_SCALE",
    "audio_device": "CATI_AUDIO_DEVICE",
    "station": "CATI_STATION",
}
"""The environment variable of each setting."""

HERE = "."
"""Value of the data folder in its own settings file: it was chosen, and is no place to show things in."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds on this station.

    Attributes:
        data_folder: where database, recordings, outbox, logs and backups lie.
        database: URL of the database, by default the SQLite file in the data folder.
        language: one of `cati.base.i18n.LANGUAGES`, by default the desktop's.
        theme: one of `THEMES`.
        scale: size of text and controls in percent, `SMALLEST_SCALE` to `LARGEST_SCALE`.
        audio_device: name of the sound card, "" for the system's.
        station: name of this computer in the audit log and on the supervisor's board.
    """

    data_folder: Path
    database: str
    language: str
    theme: str
    scale: int
    audio_device: str
    station: str


def load(flags: Mapping[str, str | None], environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from flags, environment, the file in the data folder, and defaults, in that order.

    Where neither flag nor environment name the data folder, the settings file in the default one may.

    Args:
        flags: setting name to value as typed; None and "" count as not given.
        environment: by default the process's own.

    Raises:
        CatiError: ``setting_invalid`` or ``settings_file``.
    """
    environment = os.environ if environment is None else environment
    given = {name: environment[variable] for name, variable in VARIABLES.items() if environment.get(variable)}
    given |= {name: value for name, value in flags.items() if value}
    folder = first_folder(flags, environment)
    if "data_folder" not in given:
        folder /= kept(folder).get("data_folder", HERE)
    values = kept(folder) | given
    return Settings(
        data_folder=folder,
        database=values.get("database") or f"sqlite:///{(folder / 'cati.db').as_posix()}",
        language=_checked(
            values, "language", system_language(), LANGUAGES.__contains__, ", ".join(LANGUAGES)
        ),
        theme=_checked(values, "theme", THEMES[0], THEMES.__contains__, ", ".join(THEMES)),
        scale=int(_checked(values, "scale", "100", _is_scale, f"{SMALLEST_SCALE}–{LARGEST_SCALE}")),
        audio_device=values.get("audio_device", ""),
        station=(values.get("station") or platform.node() or "station")[:64],
    )


def first_folder(flags: Mapping[str, str | None], environment: Mapping[str, str] | None = None) -> Path:
    """Where settings are looked for first: the data folder by flag, environment or the platform's custom.

    Args:
        flags, environment: see `load`.
    """
    environment = os.environ if environment is None else environment
    given = flags.get("data_folder") or environment.get(VARIABLES["data_folder"])
    return Path(given or paths.default_data_folder()).expanduser().absolute()


def is_given(name: str, environment: Mapping[str, str] | None = None) -> bool:
    """Whether the environment says what a setting is, so that nobody is asked.

    Args:
        name: of the setting.
        environment: by default the process's own.
    """
    environment = os.environ if environment is None else environment
    return bool(environment.get(VARIABLES[name]))


def kept(folder: Path) -> dict[str, str]:
    """What the settings file of a data folder says, by name of the setting; nothing without a file.

    Raises:
        CatiError: ``settings_file``, ``settings_unreadable``.
    """
    return _from_file(folder / FILE_NAME)


def save(folder: Path, changes: Mapping[str, str]) -> None:
    """Write settings chosen by the user into the data folder's file; the others in it stay.

    Args:
        folder: the data folder, which is made when it is not there.
        changes: setting name to value; "" takes the setting out of the file.

    Raises:
        CatiError: ``settings_file`` when what is there cannot be read, ``settings_not_kept`` when the
            folder takes no file.
    """
    file = folder / FILE_NAME
    values = {name: value for name, value in (kept(folder) | dict(changes)).items() if value}
    try:
        _write(file, values)
    except OSError as refused:
        raise CatiError(
            "settings_not_kept",
            N_(
                "The choice holds until the window is closed, but could not be kept in {file}. Have the disk "
                "looked at: it is full, or the folder is read-only."
            ),
            file=str(file),
        ) from refused


def _write(file: Path, values: Mapping[str, str]) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    # A JSON string is a TOML string too, but for DEL.
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in sorted(values.items())]
    new.write_text("".join(lines), encoding="utf-8")
    new.replace(file)


def _from_file(file: Path) -> dict[str, str]:
    try:
        found: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as refused:
        raise CatiError(
            "settings_unreadable",
            N_("The settings file {file} may not be read. Nothing was changed. Have reading it allowed."),
            file=str(file),
        ) from refused
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise _bad_file(file) from None
    if not found.keys() <= VARIABLES.keys() or any(
        not isinstance(value, str | int) for value in found.values()
    ):
        raise _bad_file(file)
    elsewhere = str(found.get("data_folder", HERE))
    if elsewhere != HERE and not Path(elsewhere).is_absolute():
        raise _bad_file(file)
    return {name: str(value) for name, value in found.items()}


def _bad_file(file: Path) -> CatiError:
    return CatiError(
        "settings_file",
        N_(
            "The settings file {file} cannot be read: it is no TOML, or it has a setting this program does "
            "not know. Nothing was changed. Correct or delete it; known are: {known}."
        ),
        file=str(file),
        known=", ".join(sorted(VARIABLES)),
    )


def _checked(
    values: Mapping[str, str], name: str, default: str, valid: Callable[[str], bool], choices: str
) -> str:
    value = values.get(name) or default
    if not valid(value):
        raise CatiError(
            "setting_invalid",
            N_("The setting {name} cannot be “{value}”. Nothing was changed. Possible: {choices}."),
            name=name,
            value=value,
            choices=choices,
        )
    return value


def _is_scale(value: str) -> bool:
    return value.isascii() and value.isdecimal() and SMALLEST_SCALE <= int(value) <= LARGEST_SCALE
