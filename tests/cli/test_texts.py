"""The command line in Chinese: help, refusals and what it prints; codes for machines stay."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner

from cati.base.clock import VirtualClock
from cati.cli.main import cati as main
from cati.cli.session import Session
from cati.cli.texts import Context, group
from cati.domain.ports import RecordingSummary
from cati.files.frame_writer import write_lists
from cati.services import calls, queue, recordings
from cati.station.invented import people
from tests.cli.test_commands import Run, cati, drawn  # noqa: F401
from tests.files.workbooks import small, written
from tests.services.cleared import cleared

STARTED = datetime(2024, 2, 21, 10, 42, tzinfo=ZoneInfo("Asia/Shanghai"))


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = Context(group)
    for name in group.list_commands(context):
        yield (*path, name)
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from every_command(found, (*path, name))


EVERY = list(every_command(main))


@pytest.fixture
def chinese(cati: Run, monkeypatch: pytest.MonkeyPatch) -> Run:  # noqa: F811
    monkeypatch.setenv("CATI_LANGUAGE", "zh_CN")
    return cati


def sentences(text: str) -> list[str]:
    """Runs of English words, but for names of options, placeholders, files and codes."""
    text = re.sub(r"--?[a-z-]+( [A-Z_=]+| \[[a-z|A-Z_]+\])?|[\w.:/@]*[._:/@][\w.:/@]*", "", text)
    return re.findall(r"[A-Za-z]+(?: [a-z]+){2,}", text)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("words", [(), *EVERY], ids=lambda words: " ".join(words) or "cati")
def test_help_is_in_the_language_of_the_settings(chinese: Run, words: tuple[str, ...]) -> None:
    code, out, _ = chinese(*words, "--help")
    assert code == 0
    assert out.startswith("用法：")
    assert "选项：\n" in out
    assert "显示本帮助后退出。" in out
    assert sentences(out.partition("\n")[2]) == []


def test_a_command_that_was_first_called_by_itself_gives_help_by_its_short_name_too() -> None:
    @group()
    def alone() -> None:
        pass

    first = CliRunner().invoke(alone, ["nonsense"])
    assert first.exit_code == 2
    with main.make_context("cati", ["status"]) as context:
        assert "-h, --help" in alone.get_help(Context(alone, context))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_language_comes_from_the_flag_then_the_variable_then_the_file(
    cati: Run,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    assert "Usage:" in cati("user", "--help")[1]
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "settings.toml").write_text('language = "zh_CN"\n')
    assert "用法：" in cati("--data", str(tmp_path / "here"), "user", "-h")[1]
    monkeypatch.setenv("CATI_LANGUAGE", "zh_CN")
    assert "用法：" in cati("--help")[1]
    english = cati("--language", "en", "--help")[1]
    assert "Usage:" in english
    assert "..." not in english.partition("Commands:")[2], "no command is told by half a sentence"
    assert "Usage:" in cati("--help", "--language", "en")[1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_help_is_given_even_when_the_settings_cannot_be_read(cati: Run, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "settings.toml").write_text("language =")
    assert cati("--data", str(tmp_path), "--help")[0] == 0
    assert cati("--data", str(tmp_path), "status")[0] == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nonsense",), "错误：没有命令 'nonsense'。"),
        (("draw", "--party", "统计局=1"), "错误：须给出 --party 名称=随机数（至少两个）和 --public 公开值。"),
        (("adjust", "a", "--points", "x"), "错误：'--points' 的值无效：“x”应为数字。"),
        (("status",), "此数据库尚无用户。"),
    ],
)
def test_refusals_are_in_chinese(chinese: Run, words: tuple[str, ...], said: str) -> None:
    code, out, err = chinese(*words)
    assert code in (1, 2)
    assert out == ""
    assert said in err


def test_import_says_why_rows_were_not_taken(chinese: Run, tmp_path: Path) -> None:
    chinese("init")
    chinese("programme", "load", str(written(tmp_path / "tiny.xlsx", small())))
    rows = [*people("x", 5), ("某", "无"), ("某", "")]
    write_lists(tmp_path / "a.xlsx", "甲局", date(2024, 1, 20), {"管理": rows, "服务": people("y", 3)})
    assert "电话号码无效 1" in (out := chinese("import", "a.xlsx")[1])
    assert "没有电话号码 1" in out
    assert "_phone" not in out
    write_lists(tmp_path / "a.xlsx", "甲局", date(2024, 1, 21), {"管理": rows, "服务": people("y", 3)})
    report = json.loads(chinese("import", "a.xlsx", "--json")[1])[0]
    assert report["lists"]["管理"]["rejected"] == {"invalid_phone": 1, "blank_phone": 1}


def test_states_and_roles_are_words_for_people_and_codes_for_machines(drawn: Run) -> None:  # noqa: F811
    assert "\tin the field\t" in drawn("programme", "list")[1]
    assert json.loads(drawn("programme", "list", "--json")[1])[0]["state"] == "drawn"
    assert "访问中" in drawn("--language", "zh_CN", "programme", "list")[1]
    assert "访问中" in drawn("--language", "zh_CN", "status")[1]
    assert "统计局" in drawn("--language", "zh_CN", "user", "list")[1]


@pytest.fixture
def recorded(drawn: Run) -> Run:  # noqa: F811
    """A call of three recordings: one whole, one cut off, one that is still going on."""
    session = Session(flags={}, login=None, password_file=None, programme=None)
    ctx = replace(session.ctx, clock=VirtualClock(STARTED))
    case = queue.claim_next(cleared(ctx), session.programme)
    assert case is not None
    begin = {"attempt_id": "a1", "case_id": case.case_id, "epoch": 1, "alternate": 0, "at": STARTED}
    calls.begin_attempt(ctx, session.programme, **begin)  # type: ignore[arg-type]
    for minutes, name in enumerate(("one", "two", "three")):
        at = STARTED + timedelta(minutes=minutes)
        recordings.register(ctx, recording_id=name, attempt_id="a1", file=f"{name}.crec", at=at)
    for name, length, problem in (("one", 332_000, None), ("two", 5_400, "cut_off")):
        ended = RecordingSummary(name, None, length, 1, 9000, problem is None, False, problem)
        recordings.finish(ctx, ended)
    session.close()
    return drawn


def test_recordings_are_listed_with_local_time_case_and_state_in_words(recorded: Run) -> None:
    lines = [
        line.split("\t") for line in recorded("--language", "zh_CN", "recording", "list")[1].splitlines()
    ]
    assert [line[:2] for line in lines] == [
        ["one", "2024-02-21 10:42"],
        ["two", "2024-02-21 10:43"],
        ["three", "2024-02-21 10:44"],
    ]
    unit, group = lines[0][2].split("/")
    assert unit in ("甲局", "乙局")
    assert group in ("管理", "服务")
    assert lines[0][3].startswith("个案 ")
    assert lines[0][4] == "admin"
    assert [line[5:] for line in lines] == [["05:32", "完整"], ["00:05", "异常中断"], ["–", "未结束"]]


def test_recordings_for_machines_keep_codes_and_moments_with_their_zone(recorded: Run) -> None:
    found = json.loads(recorded("--language", "zh_CN", "recording", "list", "--json")[1])
    assert [(r["seconds"], r["complete"], r["problem"]) for r in found] == [
        (332.0, True, None),
        (5.4, False, "cut_off"),
        (None, False, None),
    ]
    assert datetime.fromisoformat(found[0]["started"]) == STARTED
    assert {"unit", "group", "case", "operator", "attempt", "recording"} <= found[0].keys()
