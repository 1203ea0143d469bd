"""A survey on the web with 1,074,000 answers: seconds and memory to take it, and to score it.

Each step runs in a process of its own so that its largest memory can be told. ``ROWS=…`` in the environment
makes a shorter survey.
"""

from __future__ import annotations

import csv
import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from cati.base.clock import SystemClock
from cati.domain.programmes import Channel, ChannelItem, Choice, LoadedProgramme, Programme
from cati.domain.users import Actor, Role
from cati.sealing.keyring import KeyRing
from cati.sealing.keys import new_pair
from cati.services import scoring, web
from cati.services.context import Context
from cati.store.engine import Database
from cati.store.migrate import upgrade
from tests.benchmarks.processes import Step, in_own_process
from tests.rig.postgres import Postgres, start_postgres
from tests.services.bureau import bureau_of, programme_of
from tests.services.fieldwork import close_fieldwork

ROWS = int(os.environ.get("ROWS", "1074000"))
UNITS = 93
ITEMS = ("推动发展", "工作落实", "民生改善", "生态保护", "作风转变")
LEVELS = {"good": "满意", "fair": "比较满意", "poor": "不太满意", "bad": "很不满意", "unknown": "不了解"}
HEAD = ["答卷人", "提交时间", "单位", *ITEMS, "来源"]


def surveyed() -> Programme:
    """Units that are evaluated on the web alone."""
    made = programme_of([(f"第{n:02}局", "") for n in range(UNITS)])
    level = tuple(
        Choice(name, {"zh": label}, None if name == "unknown" else Decimal(100 - 20 * n))
        for n, (name, label) in enumerate(LEVELS.items())
    )
    items = tuple(ChannelItem(f"q{n}", {"zh": label}, Decimal(20), "level") for n, label in enumerate(ITEMS))
    channel = Channel("web", "网络问卷", Decimal(100), "web", {"zh": "网络问卷"}, items=items)
    return replace(made, channels=(channel,), choices={"level": level})


def answers() -> Iterator[list[str]]:
    """Respondents, one in a thousand of them twice; moods differ, so that answers hang together."""
    chance, levels, earlier = random.Random(2023), list(LEVELS.values()), ""
    for n in range(ROWS):
        mood = 1 + chance.expovariate(1)
        given = [levels[min(4, int(5 * chance.random() ** mood))] for _ in ITEMS]
        who = earlier if earlier and not n % 1000 else f"o{chance.getrandbits(96):024x}"
        earlier = who
        unit = f"第{(n if who == earlier else n - 1) % UNITS:02}局"
        yield [who, f"2023-06-{n % 28 + 1:02} {n % 24:02}:{n % 60:02}", unit, *given, "微信"]


def write_csv(path: Path) -> None:
    """All of them as Chinese offices save a table."""
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        writer.writerows(answers())


def write_book(path: Path) -> None:
    """All of them in two sheets."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        for n, row in enumerate(answers()):
            if not n % (ROWS // 2):
                sheet, at = book.add_worksheet(), 0
                sheet.write_row(0, 0, HEAD)
            at += 1
            for place, text in enumerate(row):
                sheet.write_string(at, place, text)


def taken(path: Path, url: str) -> float:
    """Seconds to take the survey."""
    database = Database(url)
    ctx, loaded = bureau_of(database, SystemClock(), surveyed())
    columns = web.look(ctx, loaded, "", path).proposal.columns
    start = time.perf_counter()
    made = web.take(ctx, loaded, "", path, columns, "first")
    seconds = time.perf_counter() - start
    assert made.opinions + made.doubles == ROWS
    close_fieldwork(ctx, loaded)
    database.close()
    return seconds


def scored(_path: Path, url: str) -> float:
    """Seconds to score all units."""
    database = Database(url)
    actor = Actor(1, "admin", "局", frozenset({Role.BUREAU}), "station-1")
    ctx = Context(database, SystemClock(), actor, KeyRing(new_pair()))
    loaded = LoadedProgramme(1, surveyed(), "closed", SystemClock().now())
    start = time.perf_counter()
    lines = scoring.score(ctx, loaded)
    seconds = time.perf_counter() - start
    assert all(line.final is not None for line in lines)
    database.close()
    return seconds


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    server = start_postgres(os.getpid(), fsync=True)
    yield server
    server.stop()


@pytest.mark.parametrize(("engine", "suffix"), [("sqlite", "csv"), ("sqlite", "xlsx"), ("postgresql", "csv")])
def test_a_survey(engine: str, suffix: str, server: Postgres, tmp_path: Path) -> None:
    path = tmp_path / f"survey.{suffix}"
    (write_csv if suffix == "csv" else write_book)(path)
    url = f"sqlite:///{tmp_path}/survey.db"
    if engine == "postgresql":
        server.create("survey")
        url = server.url("survey")
    upgrade(url)
    steps: Sequence[tuple[str, Step]] = (("taken", taken), ("scored", scored))
    for words, step in steps:
        seconds, memory = in_own_process(step, path, url)
        print(f"\n{ROWS} answers, .{suffix}, {engine}: {words} in {seconds:.1f} s, at most {memory} MiB")
