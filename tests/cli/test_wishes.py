"""The list of those who are not to be called, on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.cli.session import Session
from cati.cli.wishes import wish
from cati.store.engine import Database
from tests.station.office import PASSWORD, START, open_office


@pytest.fixture
def typed(sqlite_url: str, tmp_path: Path) -> Callable[..., Result]:
    """Runs a command as the bureau, whose password lies in a file."""
    with closing(Database(sqlite_url)) as database:
        open_office(database, VirtualClock(START), tmp_path)
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n", "utf-8")

    def run(*words: str) -> Result:
        flags = {"database": sqlite_url, "data_folder": str(tmp_path / "data"), "station": "PC-1"}
        session = Session(flags=flags, login="bureau", password_file=str(file), programme=None)
        result = CliRunner().invoke(wish, words, obj=session)
        session.close()
        return result

    return run


def test_a_number_is_put_on_the_list_shown_and_taken_off(typed: Callable[..., Result]) -> None:
    assert "not called any more" in typed("add", "13900000001", "--reason", "hotline").output
    assert json.loads(typed("count", "--json").output) == {"refusal": 1, "call_again": 0}
    (shown,) = json.loads(typed("show", "139 0000 0001", "--json").output)
    assert (shown["wish"], shown["programme"]) == ("refusal", "small")
    assert "not to be called\tsmall" in typed("show", "13900000001").output
    assert "on no list any more" in typed("remove", "13900000001", "--reason", "asked").output
    assert "on no list" in typed("show", "13900000001").output
    assert "not to be called\t0" in typed("count").output
    refused = typed("remove", "13900000001", "--reason", "asked").exception
    assert isinstance(refused, CatiError)
    assert refused.code == "wish_unknown"
