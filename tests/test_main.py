"""What the program opens with which arguments."""

import os
import sys

import pytest

from cati import __main__ as entry
from cati.gui import start


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str | None, str | None]]:
    """Address of the database and language of every window that was opened."""
    windows: list[tuple[str | None, str | None]] = []

    def open_window() -> int:
        windows.append((os.environ.get("CATI_DB"), os.environ.get("CATI_LANGUAGE")))
        return 3

    monkeypatch.setattr(start, "open_window", open_window)
    for name in ("CATI_DB", "CATI_LANGUAGE"):
        # Whatever is set is put back after the test.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return windows


def ended(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    monkeypatch.setattr(sys, "argv", ["cati", *arguments])
    with pytest.raises(SystemExit) as end:
        entry.main()
    return end.value.code


def test_without_a_command_the_window_opens_where_the_options_say(
    opened: list[tuple[str | None, str | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ended(monkeypatch) == 3
    assert ended(monkeypatch, "--db", "postgresql://pc/cati", "--language", "en") == 3
    assert opened == [(None, None), ("postgresql://pc/cati", "en")]


def test_a_command_help_and_what_is_mistyped_open_no_window(
    opened: list[tuple[str | None, str | None]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ended(monkeypatch, "--help") == 0
    assert ended(monkeypatch, "plan", "--help") == 0
    assert ended(monkeypatch, "--dbb", "x") == 2
    assert ended(monkeypatch, "--as", "wang") == 2
    assert opened == []
    assert "--dbb" in capsys.readouterr().err
