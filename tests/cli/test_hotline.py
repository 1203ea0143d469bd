"""cati hotline: tickets and figures in, differences out, points claimed."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

from click.testing import CliRunner

from cati.base.errors import CatiError
from cati.cli.hotline import hotline
from tests.rig.furnished import Furnished
from tests.services.hotlines import SAMPLE, hotline_of, rows


def test_the_way_from_files_to_differences_and_claims(furnished: Furnished, tmp_path: Path) -> None:
    ctx, loaded = furnished(hotline_of)
    session = SimpleNamespace(ctx=ctx, programme=loaded)

    def typed(*words: object) -> str:
        result = CliRunner().invoke(hotline, [str(word) for word in words], obj=session)
        assert result.exception is None, result.exception
        return result.output

    figures, follow_up = tmp_path / "figures.csv", tmp_path / "follow-up.csv"
    figures.write_text("单位,按时率,满意率,解决率\n白沙镇,100,80,50\n", "utf-8")
    follow_up.write_text("单位,跟踪问效量,申诉未通过量\n白沙镇,8,1\n", "utf-8")
    assert typed("import", SAMPLE) == "1400 tickets taken.\n"
    assert "1 unit adopted" in typed("adopt", figures)
    assert typed("follow-up", follow_up) == "Follow-up of 1 unit taken.\n"
    said = typed("check").splitlines()
    assert said[0] == "白沙镇\t7.11 of 10 points\t124 tickets"  # 0.7 + 1.68 + 2.1 + 2.625
    assert said[1].startswith("  done in time: adopted 100.00%, from tickets ")
    assert said[-2].startswith("区教育局\tn/a")
    assert said[-1].startswith("Appeals against these figures until ")
    first, second = json.loads(typed("check", "--json"))[:2]
    assert (first["score"], first["parts"][3]["earned"], second["score"]) == (71.05, 2.625, None)
    one = next(row for row in rows() if row["承办单位"] == "白沙镇" and row["处理满意"] == "满意")
    words = ["--ground", "hotline_hard", "--points", "0.1", "--reason", "x", "--on", one["办结时间"].date()]
    assert typed("claim", one["工单号"], *words) == "白沙镇: 0.1 points proposed.\n"
    again = CliRunner().invoke(hotline, ["claim", one["工单号"], *map(str, words)], obj=session)
    assert isinstance(again.exception, CatiError)
    assert again.exception.code == "claim_twice"
    [told] = json.loads(typed("claims", "--json"))
    assert (told["unit"], told["points"], told["state"], told["why"]) == ("白沙镇", 0.1, "proposed", "")
    down = ["turn-down", one["工单号"], "--ground", "hotline_hard", "--reason", "no photograph"]
    assert typed(*down) == "白沙镇: no points are left on this ground.\n"
    assert typed("claims").split("\t")[5:] == ["not granted", "x", "no photograph\n"]
