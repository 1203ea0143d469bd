"""The field from the command line: board, one case, messages."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_commands import Run, cati, drawn

__all__ = ["cati", "drawn"]


def test_the_board_and_a_case_are_told(drawn: Run) -> None:
    assert drawn("simulate", "--stations", "2", "--seed", "7")[0] == 0
    code, out, err = drawn("board", "--json")
    assert (code, err) == (0, "")
    assert isinstance(json.loads(out), list)
    code, out, err = drawn("case", "1", "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert told["case"]["id"] == 1
    assert "****" in told["number"]
    assert "sealed" not in told["case"]
    code, out, _err = drawn("case", "1")
    assert code == 0
    assert len(out.splitlines()) == 1 + len(told["attempts"]) + len(told["interviews"])
    code, out, err = drawn("case", "999999999")
    assert (code, out) == (1, "")
    assert "999999999" in err


def test_where_the_database_is_on_this_computer_no_station_tells_of_itself(drawn: Run) -> None:
    assert drawn("stations") == (0, "", "")
    assert drawn("stations", "--json")[1].strip() == "[]"


def test_without_messages_there_is_nothing_to_settle(drawn: Run) -> None:
    assert drawn("messages") == (0, "", "")
    assert drawn("messages", "--json")[1].strip() == "[]"
    code, out, err = drawn("messages", "--settle", "7", "--answer", "done")
    assert (code, out) == (1, "")
    assert "no such message" in err


def test_one_case_is_set_aside_brought_back_given_and_not_reopened(drawn: Run) -> None:
    assert drawn("steer", "aside", "1", "--reason", "核实") == (0, "Case 1 is set aside.\n", "")
    assert "aside" in drawn("case", "1")[1].splitlines()[0]
    assert drawn("steer", "back", "1", "--reason", "核实完毕")[0] == 0
    code, out, err = drawn("steer", "give", "1", "nobody", "--reason", "指定")
    assert (code, out) == (1, "")
    assert "nobody" in err
    assert drawn("steer", "give", "1", "admin", "--reason", "指定")[0] == 1
    assert drawn("steer", "reopen", "1", "--reason", "再试")[0] == 1
    assert drawn("steer", "aside", "1")[0] == 2


def test_words_to_operators_are_listed_with_how_many_have_read_them(drawn: Run, tmp_path: Path) -> None:
    assert drawn("notice", "send", "十一点开会")[0] == 0
    (one,) = json.loads(drawn("notice", "list", "--json")[1])
    assert (one["words"], one["to"], one["reads"]) == ("十一点开会", None, 0)
    assert "十一点开会" in drawn("notice", "list")[1]
    # To somebody who is not at work it is said when that one reads it.
    (tmp_path / "new").write_text("a long enough phrase")
    assert (
        drawn("user", "add", "li", "--role", "operator", "--new-password-file", str(tmp_path / "new"))[0] == 0
    )
    said = drawn("--as", "admin", "notice", "send", "请回电", "--to", "li")
    assert (said[0], "at the next sign-in" in said[1]) == (0, True)
