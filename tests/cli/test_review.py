"""Reviewing from the command line: what is listed can be decided on."""

from __future__ import annotations

import json

from tests.cli.test_commands import Run, cati, drawn

__all__ = ["cati", "drawn"]


def test_what_is_listed_can_be_excluded_and_is_told(drawn: Run) -> None:
    assert drawn("simulate", "--stations", "2", "--seed", "7")[0] == 0
    code, out, err = drawn("review", "list", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    first = found[0]["interview"]
    assert found[0]["verdict"] is None
    code, out, err = drawn("review", "decide", first, "excluded")
    assert (code, out) == (1, "")
    assert "reason" in err
    code, out, err = drawn("review", "decide", first, "excluded", "--reason", "invented")
    assert (code, out, err) == (
        0,
        "Stored: out of score and quota. Fieldwork is over, the cell stays one short.\n",
        "",
    )
    assert len(json.loads(drawn("review", "list", "--json")[1])) == len(found) - 1
    code, out, _err = drawn("review", "list", "--show", "all")
    assert code == 0
    assert any(line.startswith(f"{first}  excluded") for line in out.splitlines())
