"""cati phone: the station's account, kept for whoever gave its password, and a test call."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.cli.phone import phone
from cati.cli.session import Session
from cati.domain.users import Role
from cati.services import users
from cati.store import audit
from cati.store.engine import Database
from tests.rig import exchange as rig
from tests.rig.exchange import USERS, an_exchange
from tests.rig.pulse import Pulse
from tests.station.office import PASSWORD, START, open_office

# Stands in the list of the office.
LISTED = "13900000003"


@pytest.fixture
def typed(sqlite_url: str, tmp_path: Path) -> Callable[..., Result]:
    """Runs a command as the bureau, or as another user, whose password lies in a file."""
    with closing(Database(sqlite_url)) as database:
        made = open_office(database, VirtualClock(START), tmp_path)
        users.add_user(made.ctx, "zhou", "周", {Role.OPERATOR}, PASSWORD)
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n", "utf-8")

    def run(*words: str, login: str = "bureau") -> Result:
        flags = {"database": sqlite_url, "data_folder": str(tmp_path / "data"), "station": "PC-1"}
        session = Session(flags=flags, login=login, password_file=str(file), programme=None)
        result = CliRunner().invoke(phone, words, obj=session)
        session.close()
        return result

    return run


def test_an_account_is_kept_tried_and_forgotten(
    typed: Callable[..., Result], sqlite_url: str, pulse: Pulse, tmp_path: Path
) -> None:
    assert "by hand" in typed("show").output
    secret = tmp_path / "secret"
    secret.write_text(USERS["8001"] + "\n", "utf-8")
    with an_exchange() as exchange:
        words = ["set", "--server", exchange.server, "--user", "8001", "--secret-file", str(secret)]
        words += ["--address", rig.HOST, "--codec", "PCMA", "--outside", "1"]
        # The exchange's numbers begin with what leads outside.
        echo, busy_one = ["--test-number", rig.ECHO[1:]], ["--test-number", rig.BUSY[1:]]
        assert code_of(typed(*words, *echo, login="zhou")) == "not_allowed"
        assert code_of(typed(*words, "--test-number", LISTED)) == "test_number_respondent"
        assert "by hand" in typed("show").output
        assert typed(*words).exit_code == 0
        assert code_of(typed("call")) == "test_number_none"
        assert typed(*words, *echo).exit_code == 0
        kept = (tmp_path / "data" / "phone.json").read_text("utf-8")
        assert USERS["8001"] not in kept
        assert json.loads(typed("show", "--json").output)["outside"] == "1"
        answered = typed("call", "--seconds", "0.3", "--json")
        assert answered.exit_code == 0
        said = json.loads(answered.output)
        assert (said["answered"], said["shown"], said["codec"]) == (True, rig.SHOWN, "PCMA")
        assert typed(*words, *busy_one).exit_code == 0
        busy = typed("call")
        assert (busy.exit_code, "486, Q.850 17" in busy.output, "Busy" in busy.output) == (1, True, True)
    assert code_of(typed("call", login="zhou")) == "phone_secret"
    assert typed("unlock", "--secret-file", str(secret), login="zhou").exit_code == 0
    assert json.loads(typed("show", "--json").output)["test_number"] == rig.BUSY[1:]
    assert code_of(typed("forget", login="zhou")) == "not_allowed"
    assert typed("forget").exit_code == 0
    assert code_of(typed("call")) == code_of(typed("unlock", "--secret-file", str(secret))) == "phone_none"
    with closing(Database(sqlite_url)) as database, database.read() as connection:
        entries = audit.newest(connection, 100)
    done = [entry.action for entry in reversed(entries) if entry.subject == "station PC-1"]
    assert done == [
        *["set_telephone"] * 2,
        "test_call",
        "set_telephone",
        "test_call",
        "unlock_telephone",
        "forget_telephone",
    ]


def code_of(result: Result) -> str:
    assert isinstance(result.exception, CatiError), result.output
    return result.exception.code
