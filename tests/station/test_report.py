"""The report for whoever mends the program: useful, and without anything of anybody."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

from cati.base import logging, settings
from cati.domain.findings import Finding, Health
from cati.station import report

CANARIES = (
    "wanglihua",
    "王丽华",
    "13912345678",
    "139 1234 5678",
    "secret-of-the-server",
    "very satisfied canary",
    "Wang's Headset",
    "海口市龙华路",
)


def test_no_canary_gets_into_the_report(tmp_path: Path, expect_log: Callable[[str], None]) -> None:
    expect_log("call_failed")
    expect_log("task")
    folder = tmp_path / "home" / "wanglihua" / "王丽华" / "cati"
    logs = folder / "logs"
    logging.start(logs)
    try:
        logging.info("station_opened", station="wanglihua-PC", engine="sqlite", version="0.1.0")
        logging.warning("call_failed", where="王丽华 13912345678", name="wanglihua", code="139 1234 5678")
        logging.fault("task", ValueError("very satisfied canary"))
    finally:
        logging.stop()
    with (logs / "cati.log").open("a", encoding="utf-8") as log:
        log.write("Traceback: 王丽华 said very satisfied canary\n")
        log.write("2024-02-21T02:00:00.000Z INFO odd words=海口市龙华路 code=13912345678\n")
    (logs / "cati.fault").write_text(
        "Fatal Python error: Segmentation fault\n\nCurrent thread 0x00007f (most recent call first):\n"
        '  File "/home/wanglihua/cati/gui/app.py", line 12 in run\n  very satisfied canary\n',
        "utf-8",
    )
    (logs / "王丽华.log").write_text("13912345678", "utf-8")
    with closing(sqlite3.connect(folder / "cati.db")) as database, database:
        database.execute("create table people (name text)")
        database.executemany("insert into people values (?)", [(canary,) for canary in CANARIES])
    found = settings.load(
        {
            "data_folder": str(folder),
            "database": "postgresql://wanglihua:secret-of-the-server@10.0.0.5/cati",
            "audio_device": "Wang's Headset",
            "station": "wanglihua-PC",
        },
        {},
    )
    findings = (
        Finding("files", Health.LOOK, "files_open", "{file}", "", {"file": str(folder), "count": 3}),
        Finding("microphone", Health.LOOK, "microphone_gone", "{name}", "", {"name": "Wang's Headset"}),
    )
    target = tmp_path / "report.zip"
    report.write(found, findings, target)
    with ZipFile(target) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    for canary in CANARIES:
        for name, words in texts.items():
            assert canary not in name
            assert canary not in words, (canary, name)
            assert json.dumps(canary)[1:-1] not in words
    assert set(texts) == {
        "versions.json",
        "settings.json",
        "doctor.json",
        "logs/cati.log",
        "logs/cati.fault",
    }
    assert "engine=sqlite" in texts["logs/cati.log"]
    assert "error=ValueError" in texts["logs/cati.log"]
    assert "(1 lines left out)" in texts["logs/cati.log"]
    assert "app.py:12 run" in texts["logs/cati.fault"]
    assert "Segmentation fault" in texts["logs/cati.fault"]
    assert json.loads(texts["doctor.json"])[0]["figures"] == {"count": 3}
    assert json.loads(texts["settings.json"])["database"] == "postgresql"
