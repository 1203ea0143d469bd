"""The station's log: event names with known fields, so that no number, name, answer or password gets in."""

from __future__ import annotations

import faulthandler
import logging
import re
import secrets
import sys
import threading
import time
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import IO

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_

# fmt: off
FIELDS = frozenset({
    "action", "attempt_id", "attempts", "bytes", "case_id", "cell_id", "channels", "code", "codec", "count",
    "device_kind", "draw_id", "engine", "entry_id", "epoch", "error", "exit_code", "fault", "frame_id",
    "frames_lost", "interview_id", "language", "level", "milliseconds", "outbox", "pid", "port", "problem",
    "programme", "programme_id", "recording_id", "revision", "scale", "seconds", "session_id", "state",
    "station", "theme", "user_id", "version", "where",
})
# fmt: on
"""Fields a log line may have. None is for text that people type or that lists hold."""

_KEPT_FILES = 5
_FILE_BYTES = 2_000_000
_LONGEST = 200
_LIKE_A_NUMBER = 10**10
_logger = logging.getLogger("cati")
# Identifiers and dates stay; else a run of seven digits that is no part of a longer word goes.
_NUMBER = re.compile(
    r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<!\d)\d{4}-\d\d-\d\d(?!\d))"
    r"|(?<![0-9A-Za-z])\+?\d(?:[\s-]?\d){6,}(?![0-9A-Za-z])"
)
_UNWANTED = re.compile(r"[^\w.:/+*#@<>-]+")
_fault_file: IO[str] | None = None


def start(folder: Path, name: str = "cati") -> None:
    """Write the log to ``folder/name.log`` from now on, in at most six files of 2 MB, and faults beside it.

    Args:
        folder: made when it is not there; the data folder's ``logs``.
        name: another one for each kind of process, since two must not turn one file over.

    Raises:
        CatiError: ``log_unwritable``; nothing is logged then.
    """
    stop()
    try:
        _open_files(folder, name)
    except OSError as refused:
        stop()
        raise CatiError(
            "log_unwritable",
            N_(
                "The folder {folder} for the program's log cannot be made or written. Nothing was changed. "
                "Have the folder made writable or choose another data folder, then start again."
            ),
            folder=str(folder),
        ) from refused


def _open_files(folder: Path, name: str) -> None:
    global _fault_file
    # Whoever makes the data folder keeps it to its owner.
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(exist_ok=True)
    handler = RotatingFileHandler(
        folder / f"{name}.log", maxBytes=_FILE_BYTES, backupCount=_KEPT_FILES, encoding="utf-8", delay=True
    )
    form = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    form.converter = time.gmtime
    handler.setFormatter(form)
    _logger.addHandler(handler)
    _logger.setLevel(logging.INFO)
    _fault_file = (folder / f"{name}.fault").open("a", encoding="utf-8")
    faulthandler.enable(_fault_file)


def stop() -> None:
    """Close the log's files."""
    global _fault_file
    for handler in list(_logger.handlers):
        _logger.removeHandler(handler)
        handler.close()
    if _fault_file is not None:
        faulthandler.disable()
        _fault_file.close()
        _fault_file = None


def info(event: str, **fields: object) -> None:
    """Log that something happened, in the course of things."""
    _log(logging.INFO, event, fields)


def warning(event: str, **fields: object) -> None:
    """Log that something went wrong and was dealt with."""
    _log(logging.WARNING, event, fields)


def fault(event: str, error: BaseException) -> str:
    """Log a fault of the program by its kind and place; what it says is left out.

    Returns:
        A reference such as ``F3a90c41`` by which the line is found.
    """
    reference = f"F{secrets.token_hex(4)[:7]}"
    _log(logging.ERROR, event, {"fault": reference, "error": kind_of(error), "where": _place_of(error)})
    return reference


def without_numbers(text: str) -> str:
    """`text` with every run of seven or more digits that stands alone replaced by ``#``.

    Identifiers (UUID) and dates (2024-02-21) stay.
    """
    return _NUMBER.sub(lambda found: found[1] or "#", text)


def kind_of(error: BaseException) -> str:
    """The kinds of an error and of those behind it, such as ``IntegrityError<UniqueViolation``."""
    kinds: list[str] = []
    behind: BaseException | None = error
    while behind is not None and len(kinds) < 5:
        code = f":{behind.code}" if isinstance(behind, CatiError) else ""
        kinds.append(type(behind).__name__ + code)
        behind = behind.__cause__ or (None if behind.__suppress_context__ else behind.__context__)
    return "<".join(kinds)


def install_hooks(show: Callable[[str], None]) -> None:
    """Log what nobody caught in any thread, then hand its reference to `show`.

    Args:
        show: tells the user that the program made a fault; called in the thread that failed.
    """

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        show(fault("uncaught", error))

    def caught_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            caught(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = caught
    threading.excepthook = caught_in_thread


def _log(level: int, event: str, fields: dict[str, object]) -> None:
    # An unknown field is named without its value: a log line must neither leak nor break an interview.
    words = [f"{name}={_reduced(value) if name in FIELDS else '?'}" for name, value in fields.items()]
    _logger.log(level, "%s", " ".join([event, *words]))


def _reduced(value: object) -> str:
    if isinstance(value, int | float) and abs(value) < _LIKE_A_NUMBER:
        return str(value)
    return _UNWANTED.sub("_", without_numbers(str(value)))[:_LONGEST]


def _place_of(error: BaseException) -> str:
    frames = list(walk_tb(error.__traceback__))[-6:]
    places = [
        f"{Path(frame.f_code.co_filename).name}:{line}:{frame.f_code.co_name}" for frame, line in frames
    ]
    return ">".join(reversed(places))
