"""The archive of recordings from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_commands import Run, cati

__all__ = ["cati"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_archive_is_named_tried_out_filled_and_scrubbed(cati: Run, tmp_path: Path) -> None:
    assert cati("init")[0] == 0
    code, _out, err = cati("recording", "archive")
    assert (code, "No archive was named" in err) == (1, True)
    assert cati("recording", "place", "some/where")[0] == 1
    assert cati("recording", "place")[0] == 2
    share, options = tmp_path / "share", tmp_path / "options"
    options.write_text("[]")
    code, _out, err = cati("recording", "place", str(share), "--options", str(options))
    assert (code, "no JSON object" in err) == (1, True)
    assert not share.exists()
    code, out, _err = cati("recording", "place", str(share), "--rate", "500")
    assert (code, out) == (0, f"The archive was tried out: recordings of this station move to {share}.\n")
    assert list(share.iterdir()) == []
    kept = json.loads((tmp_path / "data" / "archive.json").read_text())
    assert kept == {"url": str(share), "rate": 500, "options": {}}
    code, out, _err = cati("recording", "archive", "--json")
    told = {"place": str(share), "moved": 0, "waiting": 0, "bytes": 0, "others": 0}
    assert (code, json.loads(out)) == (0, told)
    assert cati("recording", "archive", "--waiting")[1] == "No recording waits here.\n"
    code, out, _err = cati("recording", "verify")
    assert (code, out) == (0, "0 recordings (0.0 MB) were read.\nAll is as it was recorded.\n")
    (share / "strange.crec").write_bytes(b"strange")
    code, out, _err = cati("recording", "verify", "--json")
    assert code == 1
    assert json.loads(out)["faults"] == [{"file": "strange.crec", "defect": "foreign", "lost_ms": []}]
    assert cati("recording", "verify", str(share))[1].startswith("strange.crec\tno recording that is known\n")
    assert cati("recording", "verify", str(tmp_path / "nowhere"))[0] == 1
    assert cati("doctor", "--json")[1].count(str(share)) == 1
    assert cati("recording", "place", "--none")[0] == 0
    assert not (tmp_path / "data" / "archive.json").exists()
