"""cati clearance: who may call, the pledge in words, and excusing the experienced."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.cli.clearances import clearance
from cati.cli.session import Session
from cati.domain.clearances import pledge_of
from cati.domain.users import Role
from cati.services import clearances, users
from cati.store.engine import Database
from tests.station.office import PASSWORD, START, Office, open_office


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    with closing(Database(sqlite_url)) as database:
        made = open_office(database, VirtualClock(START), tmp_path)
        users.add_user(made.ctx, "zhou", "周", {Role.OPERATOR}, PASSWORD)
        yield made


@pytest.fixture
def typed(office: Office, sqlite_url: str, tmp_path: Path) -> Callable[..., Result]:
    """Runs a command as the bureau, whose password lies in a file."""
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n", "utf-8")

    def run(*words: str) -> Result:
        flags = {"database": sqlite_url, "data_folder": str(tmp_path / "data"), "station": "PC-1"}
        session = Session(flags=flags, login="bureau", password_file=str(file), programme=None)
        result = CliRunner().invoke(clearance, words, obj=session)
        session.close()
        return result

    return run


def test_who_may_call_is_listed_and_the_experienced_are_excused(
    office: Office, typed: Callable[..., Result]
) -> None:
    assert "zhou\t周\tnot signed\tnot practised" in typed("list").output
    assert "without the practice test" in typed("waive", "zhou", "--reason", "called for years").output
    operator = office.sign_in("zhou")
    clearances.sign(operator, office.programme, pledge_of(office.programme.programme), PASSWORD)
    assert "zhou\t周\tsigned 2024-02-21\texcused" in typed("list").output
    found = {one["login"]: one for one in json.loads(typed("list", "--json").output)}
    assert (found["zhou"]["pledge"], found["zhou"]["waived"]) == ("2024-02-21", True)
    refused = typed("waive", "zhou", "--reason", "again").exception
    assert isinstance(refused, CatiError)
    assert refused.code == "practice_stands"


def test_the_pledge_is_printed_as_it_is_signed(office: Office, typed: Callable[..., Result]) -> None:
    assert typed("pledge").output == pledge_of(office.programme.programme).text + "\n"
