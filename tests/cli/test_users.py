"""Commands on users, as they are typed."""

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from cati.base.clock import SystemClock
from cati.base.errors import CatiError
from cati.cli.session import Session
from cati.cli.users import audit, user
from cati.services import users
from cati.store.engine import Database

PASSWORD, OTHER = "long enough 1", "another phrase"


@pytest.fixture
def recovery_key(sqlite_url: str) -> str:
    database = Database(sqlite_url)
    _ctx, key = users.init(
        database, SystemClock(), login="admin", name="admin", password=PASSWORD, station="PC"
    )
    database.close()
    return key


@pytest.fixture
def typed(
    recovery_key: str, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Runs a command as the bureau, whose password lies in a file."""
    for name, text in (("mine", PASSWORD), ("theirs", OTHER), ("recovery", recovery_key)):
        (tmp_path / name).write_text(text + "\n", "utf-8")
    monkeypatch.chdir(tmp_path)

    def run(*words: str, group: click.Group = user) -> Result:
        session = Session(
            flags={"database": sqlite_url, "data_folder": str(tmp_path / "data"), "station": "PC-1"},
            login="admin",
            password_file="mine",
            programme=None,
        )
        result = CliRunner().invoke(group, words, obj=session)
        session.close()
        return result

    return run


def test_a_user_is_added_reset_and_granted_what_the_role_asks_for(
    typed: Callable[..., Result],
) -> None:
    added = typed("add", "op", "--role", "operator", "--new-password-file", "theirs")
    assert added.output == "User op added.\n"
    reset = typed("reset", "op", "--new-password-file", "mine")
    assert "cati user grant op" in reset.output
    assert typed("grant", "op").output == "1 key granted to op.\n"
    assert typed("add", "sup", "--role", "supervisor", "--new-password-file", "theirs").exit_code == 0
    refused = typed("grant", "sup").exception
    assert isinstance(refused, CatiError)
    assert refused.code == "nothing_to_grant"


def test_the_recovery_key_gives_a_new_password(typed: Callable[..., Result]) -> None:
    done = typed("recover", "admin", "--recovery-file", "recovery", "--new-password-file", "theirs")
    assert done.output == "User admin has a new password and all keys again.\n"
    refused = typed("list").exception
    assert isinstance(refused, CatiError)
    assert refused.code == "sign_in_refused"


def test_the_audit_log_is_checked_and_compared_with_a_head_kept_elsewhere(
    typed: Callable[..., Result],
) -> None:
    assert typed("verify", group=audit).output == "The audit log is whole.\n"
    head = typed("head", "--day", "2020-01-01", group=audit).output.strip()
    assert head.startswith("2020-01-01=")
    assert typed("verify", "--head", head, group=audit).output == "The audit log is whole.\n"
    for kept, code in ((head[:-1], "audit_head_differs"), ("yesterday", "head_malformed")):
        refused = typed("verify", "--head", kept, group=audit).exception
        assert isinstance(refused, CatiError)
        assert refused.code == code
    two = ("--head", "2020-01-03=0", "--head", head, "--head", "2020-01-02=0")
    assert "up to 2020-01-02" in str(typed("verify", *two, group=audit).exception)
    facts = json.loads(typed("head", "--day", "2020-01-01", "--json", group=audit).output)
    assert (facts["day"], facts["entries"]) == ("2020-01-01", 0)


def test_one_changes_the_own_password(typed: Callable[..., Result], tmp_path: Path) -> None:
    changed = typed("password", "--new-password-file", "theirs")
    assert changed.output == "The password of admin was changed.\n"
    refused = typed("list").exception
    assert isinstance(refused, CatiError)
    (tmp_path / "mine").write_text(OTHER, "utf-8")
    assert typed("list").exit_code == 0


def test_what_an_editor_puts_around_a_password_is_no_part_of_it(
    typed: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "mine").write_bytes(b"\xef\xbb\xbf" + PASSWORD.encode() + b"\r\n")
    assert typed("password", "--new-password-file", "theirs").exit_code == 0
    (tmp_path / "theirs").write_bytes(b"\xff\xfe\x00\x81")
    (tmp_path / "mine").write_text(OTHER, "utf-8")
    refused = typed("password", "--new-password-file", "theirs").exception
    assert isinstance(refused, CatiError)
    assert refused.code == "password_file"
