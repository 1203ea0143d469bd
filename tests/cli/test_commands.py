"""The command line, as scripts meet it."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyreadstat
import pytest

from cati.base import paths
from cati.cli.main import run
from cati.cli.session import Session
from cati.files.frame_writer import write_lists
from cati.station import simulate
from cati.station.invented import people
from cati.station.simulate import Simulated
from tests.files.protected import protect
from tests.files.workbooks import small, written

Run = Callable[..., tuple[int, str, str]]

PASSWORD = "correct horse 42"


@pytest.fixture
def cati(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs one command; gives exit code, what it printed and what it said on stderr."""
    password = tmp_path / "password"
    password.write_text(PASSWORD + "\n", "utf-8")
    monkeypatch.setenv("CATI_DB", database_url)
    monkeypatch.setenv("CATI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CATI_PASSWORD_FILE", str(password))
    monkeypatch.chdir(tmp_path)

    def once(*words: str) -> tuple[int, str, str]:
        code = run(words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return once


@pytest.mark.parametrize("words", [("backup",), ("user", "list"), ("status",)])
def test_a_command_makes_no_database_where_there_is_none(
    words: tuple[str, ...], cati: Run, tmp_path: Path
) -> None:
    file = tmp_path / "nowhere" / "cati.db"
    code, out, err = cati("--db", f"sqlite:///{file}", *words)
    assert (code, out) == (1, "")
    assert f"The database {file} is not there." in err
    assert not file.parent.exists()


@pytest.fixture
def drawn(cati: Run, tmp_path: Path) -> Run:
    """A small programme whose lists are drawn; the first list has two people for a quota of three."""
    assert cati("init")[0] == 0
    assert cati("programme", "load", str(written(tmp_path / "tiny.xlsx", small())))[0] == 0
    sizes = {("甲局", "管理"): 2, ("甲局", "服务"): 40, ("乙局", "管理"): 20, ("乙局", "服务"): 40}
    for unit in ("甲局", "乙局"):
        lists = {group: people(f"{unit}{group}", sizes[unit, group]) for group in ("管理", "服务")}
        write_lists(tmp_path / f"{unit}.xlsx", unit, date(2024, 1, 20), lists)
    write_lists(tmp_path / "pool.xlsx", "", None, {"社会公众": people("pool", 60)})
    assert cati("import", "甲局.xlsx", "乙局.xlsx")[0] == 0
    assert cati("import", "--pool", "pool.xlsx")[0] == 0
    assert cati("draw", "--party", "统计局=92847", "--party", "组织部=11635", "--public", "2830.53")[0] == 0
    return cati


def loaded(text: str) -> Any:
    return json.loads(text)


def test_rates_tell_of_the_calling_by_what_is_asked(drawn: Run) -> None:
    assert drawn("simulate", "--seed", "3", "--json")[0] == 0
    (whole,) = loaded(drawn("rates", "--json")[1])
    completed = sum(cell["completed"] for cell in loaded(drawn("status", "--json")[1])["cells"])
    assert whole["I"] == completed
    assert whole["rr5"] == whole["I"] / sum(whole[name] for name in ("I", "P", "R", "NC", "O"))
    by_unit = loaded(drawn("rates", "--by", "unit", "--json")[1])
    assert [line["name"] for line in by_unit] == ["甲局", "乙局"]
    assert sum(line["I"] for line in by_unit) == completed
    assert "RR1" in drawn("rates", "--by", "operator")[1]


def test_attendance_is_shown_and_written_by_month(cati: Run, tmp_path: Path) -> None:
    assert cati("init")[0] == 0
    assert loaded(cati("attendance", "--json")[1]) == []
    assert cati("attendance", "--month", "2024-02", "days.xlsx")[0] == 0
    assert openpyxl.load_workbook(tmp_path / "days.xlsx").sheetnames == ["days", "months", "corrections"]
    assert cati("attendance", "--month", "2024-13")[0] == 2
    code, _out, err = cati("attendance", "2024-02")
    assert (code, "--month 2024-02" in err) == (2, True)
    assert not (tmp_path / "2024-02").exists()


def test_init_makes_the_bureau_user_and_writes_the_recovery_key_for_nobody_else(
    cati: Run, tmp_path: Path
) -> None:
    code, out, err = cati("init")
    key = tmp_path / "data" / "recovery-key.txt"
    assert (code, err) == (0, "")
    assert out.startswith("user admin (bureau) created; recovery key written to ")
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.parent.stat().st_mode & 0o777 == 0o700
    assert len(key.read_text().strip()) > 30


def test_a_second_init_is_refused_and_leaves_the_recovery_key_alone(cati: Run, tmp_path: Path) -> None:
    cati("init")
    before = (tmp_path / "data" / "recovery-key.txt").read_text()
    code, out, err = cati("init", "--recovery-file", str(tmp_path / "other.txt"))
    assert (code, out) == (1, "")
    assert "has users already" in err
    assert not (tmp_path / "other.txt").exists()
    assert "has users already" in cati("init")[2]
    assert (tmp_path / "data" / "recovery-key.txt").read_text() == before


def test_a_recovery_file_that_is_there_is_never_overwritten(cati: Run, tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("mine")
    code, _, err = cati("init", "--recovery-file", str(tmp_path / "key.txt"))
    assert code == 1
    assert "is there already" in err
    assert (tmp_path / "key.txt").read_text() == "mine"
    assert cati("init")[0] == 0


def test_loading_tells_what_was_assumed_and_set_decides_it(cati: Run, tmp_path: Path) -> None:
    cati("init")
    book = str(written(tmp_path / "tiny.xlsx", small()))
    code, out, _ = cati("programme", "load", book, "--set", "hotline=热线一", "--json")
    assert code == 0
    facts = loaded(out)
    assert (facts["programme"], facts["units"], facts["cells"], facts["quota"]) == ("tiny", 2, 4, 20)
    assert facts["assumed"] == {"approval_number": "无"}


def test_an_unknown_setting_or_a_malformed_one_is_refused(cati: Run, tmp_path: Path) -> None:
    cati("init")
    book = str(written(tmp_path / "tiny.xlsx", small()))
    assert cati("programme", "load", book, "--set", "nonsense=1")[0] == 1
    assert cati("programme", "load", book, "--set", "nonsense")[0] == 1
    assert "twice" in cati("programme", "load", book, "--set", "hotline=1", "--set", "hotline=2")[2]
    assert loaded(cati("programme", "list", "--json")[1]) == []


def test_wrong_usage_ends_with_two(cati: Run) -> None:
    assert cati("nonsense")[0] == 2
    assert cati("draw", "--party", "统计局=1")[0] == 2
    assert cati("status", "--nonsense")[0] == 2


def test_a_command_before_init_says_what_to_do(cati: Run) -> None:
    code, _, err = cati("status")
    assert code == 1
    assert "cati init" in err


def test_a_data_folder_that_cannot_be_made_is_refused_with_a_sentence(
    cati: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CATI_DATA", str(tmp_path / "file"))
    code, said, told = cati("status")
    assert (code, said) == (1, "")
    assert told.startswith("The data folder ")
    assert len(told.splitlines()) == 1


def test_a_wrong_password_is_refused(cati: Run, tmp_path: Path) -> None:
    cati("init")
    (tmp_path / "password").write_text("wrong horse 42\n")
    code, out, err = cati("status")
    assert (code, out) == (1, "")
    assert err


def test_lists_are_imported_with_counts_by_list(cati: Run, tmp_path: Path) -> None:
    cati("init")
    cati("programme", "load", str(written(tmp_path / "tiny.xlsx", small())))
    rows = [*people("x", 5), ("某", "无"), ("某", "")]
    write_lists(tmp_path / "a.xlsx", "甲局", date(2024, 1, 20), {"管理": rows, "服务": people("y", 3)})
    code, out, _ = cati("import", "a.xlsx", "--json")
    assert code == 0
    report = loaded(out)[0]
    assert report["unit"] == "甲局"
    assert report["version"] == 1
    assert report["lists"]["管理"] == {
        "rows": 7,
        "accepted": 5,
        "rejected": {"invalid_phone": 1, "blank_phone": 1},
        "short": False,
    }


def test_a_file_that_is_no_list_changes_nothing(cati: Run, tmp_path: Path) -> None:
    cati("init")
    cati("programme", "load", str(written(tmp_path / "tiny.xlsx", small())))
    (tmp_path / "bad.xlsx").write_text("no workbook")
    code, _, err = cati("import", "bad.xlsx", "--json")
    assert code == 1
    assert "bad.xlsx" in err
    assert all(cell["left"] == 0 for cell in loaded(cati("status", "--json")[1])["cells"])


def test_protected_lists_open_with_a_file_of_passwords(cati: Run, tmp_path: Path) -> None:
    cati("init")
    cati("programme", "load", str(written(tmp_path / "tiny.xlsx", small())))
    write_lists(tmp_path / "a.xlsx", "甲局", date(2024, 1, 20), {"管理": people("a", 20)})
    protect(tmp_path / "a.xlsx", "密 2")
    code, _, err = cati("import", "a.xlsx")
    assert (code, "a.xlsx is protected with a password" in err) == (1, True)
    (tmp_path / "words").write_text("other\n密 1\n", "utf-8")
    code, _, err = cati("import", "a.xlsx", "--password-file", "words")
    assert (code, "a.xlsx: the password does not fit" in err) == (1, True)
    assert "密 1" not in err
    (tmp_path / "words").write_text("other\r\n密 2\r\n", "utf-8")
    code, out, err = cati("import", "a.xlsx", "--password-file", "words", "--json")
    assert (code, loaded(out)[0]["lists"]["管理"]["accepted"]) == (0, 20)
    assert "cannot be read" in cati("import", "a.xlsx", "--password-file", "none")[2]


def test_files_before_a_refused_one_are_reported_and_their_lateness_is_proposed(
    cati: Run, tmp_path: Path
) -> None:
    sheets = small()
    sheets["programme"].append(["deadline_lists", date(2024, 1, 25)])
    sheets["adjustments"] = [["code", "label", "points", "rule"], ["late", "迟报", -5, "迟报扣分"]]
    cati("init")
    cati("programme", "load", str(written(tmp_path / "tiny.xlsx", sheets)))
    lists = {"管理": people("a", 20), "服务": people("b", 40)}
    write_lists(tmp_path / "late.xlsx", "甲局", date(2024, 1, 26), lists)
    (tmp_path / "none.xlsx").write_text("no workbook")
    code, out, err = cati("import", "late.xlsx", "none.xlsx", "--json")
    assert code == 1
    assert [(report["file"], report["late"]) for report in loaded(out)] == [("late.xlsx", True)]
    first, second = err.splitlines()
    assert first.startswith("1 file was imported and stays so.")
    assert second.startswith("none.xlsx is not an Excel workbook")
    assert "甲局" in cati("adjustments")[1]
    assert cati("import", "none.xlsx", "late.xlsx", "--json")[1] == ""
    # A file that is here already changes nothing, and among others it does not keep them out.
    assert cati("import", "late.xlsx")[0] == 1
    code, _, err = cati("import", "late.xlsx", "late.xlsx")
    assert (code, err.count("as version 1")) == (0, 2)


def test_files_of_a_draw_are_written_once_more_byte_for_byte(drawn: Run, tmp_path: Path) -> None:
    for name in ("certificate.json", "frame.csv"):
        (tmp_path / "draw" / name).rename(tmp_path / name)
    code, _, err = drawn("draw", "--party", "统计局=92847", "--party", "组织部=11635", "--public", "2830.53")
    assert code == 1
    assert "cati draw write" in err
    assert drawn("draw", "write", "--out", "draw")[0] == 0
    for name in ("certificate.json", "frame.csv"):
        assert (tmp_path / "draw" / name).read_bytes() == (tmp_path / name).read_bytes()


def test_the_draw_writes_what_the_shipped_script_accepts(drawn: Run, tmp_path: Path) -> None:
    script = paths.resources() / "verify_draw.py"
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "draw")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "OK")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_cells_without_a_list_are_named_before_the_draw_and_drawn_when_theirs_comes(
    cati: Run, tmp_path: Path
) -> None:
    cati("init")
    cati("programme", "load", str(written(tmp_path / "tiny.xlsx", small())))
    for unit, group in (("甲局", "管理"), ("甲局", "服务"), ("乙局", "管理"), ("乙局", "服务")):
        listed = people(f"{unit}{group}", 9)
        write_lists(tmp_path / f"{unit}{group}.xlsx", unit, date(2024, 1, 20), {group: listed})
    assert cati("import", "甲局管理.xlsx", "甲局服务.xlsx", "乙局管理.xlsx")[0] == 0
    parties = ("--party", "统计局=92847", "--party", "组织部=11635", "--public", "2830.53")
    code, _, err = cati("draw", *parties)
    assert code == 1
    assert err.startswith("1 cell has no list: 服务：乙局.\n")
    assert not (tmp_path / "draw").exists()
    assert cati("draw", *parties, "--without-lists")[0] == 0
    assert "管理" in cati("import", "甲局管理.xlsx")[2]
    assert cati("import", "乙局服务.xlsx")[0] == 0
    assert "later-1" in cati("draw", *parties)[1]
    script = paths.resources() / "verify_draw.py"
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "draw" / "later-1")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "OK")


def test_the_draw_can_be_held_step_by_step(cati: Run, tmp_path: Path) -> None:
    cati("init")
    cati("programme", "load", str(written(tmp_path / "tiny.xlsx", small())))
    write_lists(
        tmp_path / "a.xlsx", "甲局", date(2024, 1, 20), {"管理": people("x", 9), "服务": people("y", 9)}
    )
    cati("import", "a.xlsx")
    commits = {
        name: cati("draw", "commitment", name, part)[1].strip() for name, part in (("甲", "1"), ("乙", "2"))
    }
    committed = [word for name, digest in commits.items() for word in ("--party", f"{name}={digest}")]
    assert cati("draw", "commit", *committed)[0] == 1, "a unit has no list"
    code, out, _ = cati("draw", "commit", *committed, "--without-lists")
    assert code == 0
    assert "frame hash" in out
    assert cati("import", "a.xlsx")[0] == 1
    assert cati("draw", "hold", "--public", "5")[0] == 1
    assert cati("draw", "reveal", "--party", "甲=9")[0] == 1
    assert cati("draw", "reveal", "--party", "甲=1")[0] == 0
    assert cati("draw", "reveal", "--party", "乙=2")[0] == 0
    assert cati("draw", "hold", "--public", "5")[0] == 0
    assert (tmp_path / "draw" / "certificate.json").is_file()
    assert cati("draw", "void", "--reason", "one party failed to reveal")[0] == 1


def test_whoever_sits_at_a_terminal_types_the_code_before_invented_interviews_fill_a_programme(
    drawn: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = drawn("frames", "list")[1].splitlines()
    assert [line.split("\t")[0] for line in lists[:2]] == ["甲局/管理", "甲局/服务"]
    assert not any(word in line for line in lists for word in ("None", "True", "False"))
    monkeypatch.setattr(Session, "interactive", True)
    monkeypatch.setattr("click.prompt", lambda *_words, **_how: "no")
    code, _out, err = drawn("simulate")
    assert (code, "Nothing was simulated" in err) == (1, True)
    status = loaded(drawn("status", "--json")[1])
    assert (status["state"], sum(cell["completed"] for cell in status["cells"])) == ("drawn", 0)

    monkeypatch.setattr(Session, "interactive", False)
    ended = Simulated(interviews=18, attempts=163, cells=3, short={"甲局/管理": 2})
    monkeypatch.setattr(simulate, "simulate", lambda *_given, **_named: ended)
    code, out, _err = drawn("simulate")
    assert (code, "163 attempts" in out, out.splitlines()[-1]) == (0, True, "  甲局/管理: 2")


def test_from_drawn_lists_to_scores(drawn: Run, tmp_path: Path) -> None:
    code, out, err = drawn("simulate", "--stations", "2", "--seed", "7", "--json")
    assert code == 0, err
    result = loaded(out)
    assert (result["interviews"], result["cells"], result["overshoot"]) == (20, 4, 0)
    assert result["supplemented"].keys() == {"甲局/管理"}
    status = loaded(drawn("status", "--json")[1])
    assert status["state"] == "closed"
    assert all(cell["completed"] == cell["quota"] for cell in status["cells"])

    assert drawn("export", "interviews.xlsx")[0] == 0
    rows = list(
        openpyxl.load_workbook(tmp_path / "interviews.xlsx").worksheets[0].iter_rows(values_only=True)
    )
    assert len(rows) == 21
    assert rows[0][:4] == ("unit", "group", "disposition", "adult")
    assert rows[1][2] == "complete"
    assert drawn("export", "interviews", "--format", "sav")[0] == 0
    found, about = pyreadstat.read_sav(tmp_path / "interviews.sav", apply_value_formats=True)
    assert len(found) == 20
    assert set(found["unit"]) == {"甲局", "乙局"}
    assert about.variable_value_labels["style"][9] == "Declines"

    scores = loaded(drawn("score", "--json")[1])
    assert {line["unit"] for line in scores} == {"甲局", "乙局"}
    assert drawn("score", "scores.xlsx")[0] == 0
    assert (tmp_path / "scores.xlsx").is_file()
    heading, first, *_others = drawn("score")[1].splitlines()
    assert heading == "Ranked over all units."
    assert first.endswith("局")
    assert drawn("claims", "list")[1].startswith("The workbook of this programme names no claims")
    layers = loaded(drawn("score", "--unit", "甲局", "--item", "style", "--json")[1])
    whole = layers["channels"]["phone"]["groups"]["all"]
    assert len(layers["interviews"]) == whole["n"] == sum(whole["items"]["style"]["answers"].values())
    code, out, _ = drawn("score", "--unit", "甲局", "--item", "style")
    assert (code, layers["interviews"][0]["interview_id"] in out) == (0, True)
    assert (
        drawn("adjust", "甲局", "--code", "late", "--points", "-5", "--reason", "迟报", "--confirm")[0] == 0
    )
    lines = drawn("score", "--unit", "甲局")[1].splitlines()
    heads = [line.strip().split("\t")[0] for line in lines]
    assert heads[:2] == ["Composite", "Adjustments"]
    assert lines[1].split("\t")[2:] == ["-5", "confirmed", "迟报"]
    assert drawn("adjust", "甲局", "--code", "late", "--points", "-5", "--reason", "再议")[0] == 1
    assert drawn("waive", "甲局", "--code", "late", "--reason", "误记")[0] == 0
    assert drawn("adjust", "甲局", "--code", "late", "--points", "-5", "--reason", "再议")[0] == 0
    assert drawn("score", "--item", "style")[0] == 2
    assert drawn("score", "--unit", "甲局", "--channel", "web")[0] == 1
    assert drawn("results", "papers")[0] == 1
    signed = ("approve", "--body", "区委组织部", "--signer", "王干部")
    assert drawn(*signed)[0] == 1
    assert "1 proposal of points is undecided" in drawn("score")[2]
    code, out, _ = drawn(*signed, "--without-undecided")
    assert (code, "without effect on the scores: 1 proposal of points" in out) == (0, True)
    assert "6 files written" in drawn("results", "papers")[1]
    assert drawn("audit", "verify")[0] == 0


def test_scores_are_hidden_until_fieldwork_is_closed(drawn: Run, tmp_path: Path) -> None:
    assert drawn("score", "--json")[0] == 1
    assert drawn("score", "scores.xlsx")[0] == 1
    assert not (tmp_path / "scores.xlsx").exists()
    assert drawn("programme", "close")[0] == 0
    assert drawn("score", "--json")[0] == 0


def test_a_supplement_is_refused_while_somebody_is_left_to_call_and_the_cell_is_named_in_words(
    drawn: Run,
) -> None:
    code, _, err = drawn("supplement", "乙局", "服务", "--reason", "试")
    assert code == 1
    assert "乙局" in err
    code, _, err = drawn("supplement", "丙局", "服务", "--reason", "试")
    assert code == 1
    assert "丙局/服务" in err


def test_closing_what_is_closed_is_no_fault(drawn: Run) -> None:
    assert drawn("programme", "close")[0] == 0
    code, out, _ = drawn("programme", "close")
    assert (code, out) == (0, "Fieldwork of tiny is closed.\n")


def test_a_late_list_only_proposes_points_which_can_be_waived(cati: Run, tmp_path: Path) -> None:
    sheets = small()
    sheets["programme"].append(["deadline_lists", date(2024, 1, 25)])
    sheets["adjustments"] = [["code", "label", "points", "rule"], ["late", "迟报", -5, "迟报扣分"]]
    cati("init")
    assert cati("programme", "load", str(written(tmp_path / "tiny.xlsx", sheets)))[0] == 0
    lists = {"管理": people("x", 5), "服务": people("y", 5)}
    write_lists(tmp_path / "a.xlsx", "甲局", date(2024, 1, 26), lists)
    write_lists(tmp_path / "b.xlsx", "乙局", date(2024, 1, 25), lists)
    code, out, _ = cati("import", "a.xlsx", "b.xlsx")
    assert code == 0
    assert "[late]" in out
    proposed = loaded(cati("adjustments", "--json")[1])
    assert [(a["unit"], a["points"], a["state"]) for a in proposed] == [("甲局", -5.0, "proposed")]
    assert cati("waive", "甲局", "--code", "late", "--reason", "不影响工作")[0] == 0
    assert loaded(cati("adjustments", "--json")[1])[0]["state"] == "waived"
    assert "waived" in cati("adjustments")[1]


def test_channels_and_adjustments_enter_the_final_score(drawn: Run, tmp_path: Path) -> None:
    with (tmp_path / "public.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("unit", "score"), ("甲局", "91")])
    code, _, err = drawn("channel", "set", "nonsense", "public.csv")
    assert code == 1
    assert "nonsense" in err
    code, out, _ = drawn(
        "adjust", "甲局", "--code", "late", "--points", "-5", "--reason", "材料迟交", "--confirm"
    )
    assert (code, out) == (0, "甲局: -5 points confirmed.\n")
    assert drawn("adjust", "甲局", "--code", "late", "--points", "many", "--reason", "x")[0] == 2
    assert drawn("adjust", "丙局", "--code", "late", "--points", "1", "--reason", "x")[0] == 1


def test_users_are_added_listed_and_disabled(cati: Run, tmp_path: Path) -> None:
    cati("init")
    (tmp_path / "new").write_text("another horse 7\n")
    code, _, err = cati(
        "user", "add", "wang", "--role", "operator", "--new-password-file", str(tmp_path / "new")
    )
    assert code == 0, err
    assert cati("--as", "admin", "user", "disable", "wang")[0] == 0
    users = {u["login"]: u for u in loaded(cati("--as", "admin", "user", "list", "--json")[1])}
    assert users["wang"]["roles"] == ["operator"]
    assert not users["wang"]["active"]
    assert cati("--as", "admin", "user", "enable", "wang")[0] == 0
    users = {u["login"]: u for u in loaded(cati("--as", "admin", "user", "list", "--json")[1])}
    assert users["wang"]["active"]


def test_who_acts_is_named_when_there_are_several(cati: Run, tmp_path: Path) -> None:
    cati("init")
    (tmp_path / "new").write_text("another horse 7\n")
    cati("user", "add", "wang", "--role", "operator", "--new-password-file", str(tmp_path / "new"))
    assert cati("status")[0] == 1
    (tmp_path / "password").write_text("another horse 7\n")
    code, _, err = cati("--as", "wang", "programme", "load", str(written(tmp_path / "t.xlsx", small())))
    assert code == 1
    assert "may not" in err


def test_who_may_not_is_told_so_before_being_asked_which_programme(cati: Run, tmp_path: Path) -> None:
    cati("init")
    sheets = small()
    for name in ("tiny", "small"):
        sheets["settings"][1][1] = name
        assert cati("programme", "load", str(written(tmp_path / f"{name}.xlsx", sheets)))[0] == 0
    (tmp_path / "new").write_text("another horse 7\n")
    cati("user", "add", "wang", "--role", "operator", "--new-password-file", str(tmp_path / "new"))
    assert "several programmes" in cati("--as", "admin", "board")[2]
    (tmp_path / "password").write_text("another horse 7\n")
    for words in (("board",), ("messages",), ("case", "1")):
        code, out, err = cati("--as", "wang", *words)
        assert (code, out) == (1, "")
        assert "wang may not do this" in err


def test_a_recording_nobody_made_cannot_be_exported(drawn: Run, tmp_path: Path) -> None:
    assert loaded(drawn("recording", "list", "--json")[1]) == []
    assert drawn("recording", "export", "--out", "call.wav")[0] == 2
    code, _, err = drawn("recording", "export", "--message", "7", "--out", "call.wav")
    assert (code, "marks nothing of a recording" in err) == (1, True)
    code, _, err = drawn("recording", "export", "3f2a", "--out", "call.wav")
    assert code == 1
    assert "3f2a" in err
    assert not (tmp_path / "call.wav").exists()


def test_a_fault_of_the_program_ends_with_seventy(
    cati: Run, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    expect_log("command_failed")

    def broken(*_: object) -> None:
        raise RuntimeError("13800138000")

    cati("init")
    monkeypatch.setattr("cati.services.programmes.get", broken)
    code, out, err = cati("status")
    assert (code, out) == (70, "")
    assert "13800138000" not in err


def test_the_installed_command_runs_in_its_own_process(tmp_path: Path) -> None:
    environment = {**os.environ, "CATI_DATA": str(tmp_path), "LANG": "C.UTF-8"}
    environment.pop("CATI_DB", None)
    done = subprocess.run(
        [sys.executable, "-m", "cati", "status"], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "cati init" in done.stderr


def test_a_season_ends_with_a_copy_for_next_year_and_a_certificate(drawn: Run, tmp_path: Path) -> None:
    assert drawn("programme", "close")[0] == 0
    assert drawn("export", "rates", "--what", "rates", "--format", "csv", "--for", "the report")[0] == 0
    code, out, _ = drawn("exports", "--json")
    (left,) = json.loads(out)
    assert (left["what"], left["recipient"], left["file"]) == ("rates", "the report", "rates.csv")
    code, out, _ = drawn("programme", "retire", "--out", "out")
    assert code == 1
    code, out, _ = drawn("programme", "retire", "--confirm", "tiny", "--out", "out", "--json")
    assert code == 0
    done = json.loads(out)
    certificate = (tmp_path / "out" / "tiny-retired.json").read_bytes()
    assert done["sha256"] == hashlib.sha256(certificate).hexdigest()
    assert done["destroyed"]["contacts"] > 0
    assert drawn("export", "full.xlsx", "--identity", "full", "--for", "x")[0] == 1
    assert drawn("score", "--json")[0] == 0
    code, out, _ = drawn("programme", "copy", "next")
    assert code == 0
    assert "Programme next made." in out
