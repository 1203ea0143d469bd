"""cati opinions: coded, sent, answered and followed up."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

from click.testing import CliRunner

from cati.cli.opinions import opinions
from tests.rig.furnished import Furnished
from tests.services.opined import opined
from tests.services.test_opinions import answered


def test_the_way_of_opinions_on_the_command_line(furnished_file: Furnished, tmp_path: Path) -> None:
    ctx, loaded = furnished_file(opined)
    session = SimpleNamespace(ctx=ctx, programme=loaded)

    def typed(*words: object) -> str:
        result = CliRunner().invoke(opinions, [str(word) for word in words], obj=session)
        assert result.exception is None, result.exception
        return result.output

    listed = json.loads(typed("list", "--unit", "u1", "--uncoded", "--json"))
    first = listed[0]["id"]
    assert len(listed) == 4
    assert typed("codes", "--add", "road", "道路").splitlines()[-1] == "road\t道路"
    assert typed("code", first, "road", "speed") == "speed, road\n"
    assert typed("list", "--code", "road").split("\t")[:3] == [str(first), "区教育局", "speed,road"]
    assert typed("codes", "--merge", "road", "speed").splitlines()[-1] == "road\t道路\tmeans speed"
    assert "\tmerge\troad\tspeed" in typed("codes", "--history")
    assert "［隐去］" in typed("hide", first, listed[0]["text"][:2])
    assert typed("hide", first, listed[0]["text"][-1:]).startswith("［隐去］")
    words = tmp_path / "w.csv"
    words.write_text("单位,意见\nu2,票上的意见\n", "utf-8")
    assert typed("import", "public", words) == "1 opinion taken.\n"
    made = json.loads(typed("bundle", tmp_path / "out", "--working-days", 5, "--json"))
    assert [(one["bundle"], one["unit"], one["opinions"]) for one in made] == [(1, "u1", 4), (2, "u2", 2)]
    reply = answered(Path(made[0]["file"]), tmp_path / "r.xlsx", {1: ("已办结", "已处理", None)})
    assert typed("reply", reply) == "区教育局: 1 answer taken, 0 late.\n"
    assert json.loads(typed("replies", "--json"))[0]["state"] == "done"
    assert typed("replies").split("\t")[2] == "dealt with"
    told = json.loads(typed("overdue", "--json"))
    assert told["units"]["u1"] == {"sent": 4, "answered": 1, "in_time": 1, "overdue": 0}
    assert typed("overdue").startswith("区教育局\tsent 4, answered 1, in time 1, overdue 0")
    assert json.loads(typed("follow-up", "--json")) == {
        "asked": 5,
        "agreed": 4,
        "willing": {"u1": 3, "u2": 1},
    }
    assert typed("follow-up").startswith("Gave an opinion: 5; agreed to be called again: 4")
