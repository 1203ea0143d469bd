"""The import of a list of a million people, beside merely copying the cells of its rows into PostgreSQL.

Medians of five runs, each in a process of its own so that its largest memory can be told. ``ROWS=…`` in
the environment makes a shorter list.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import python_calamine
import xlsxwriter

from cati.base.clock import SystemClock
from cati.services.frames import import_frame
from cati.store.engine import Database
from cati.store.migrate import upgrade
from tests.benchmarks.processes import in_own_process
from tests.rig.postgres import Postgres, start_postgres
from tests.services.bureau import SERVED, bureau_of, programme_of

RUNS = 5
ROWS = int(os.environ.get("ROWS", "1000000"))
UNIT = "区统计局"

# Shares of the ways of writing a number as in lists that units handed in.
DECORATED = (
    "{}",
    "{}",
    "{}",
    "{}",
    " {}\xa0",
    "0{}",
    "+86 {}",
    "{0[0]}{0[1]}{0[2]}-{0[3]}{0[4]}{0[5]}{0[6]}-{0[7]}{0[8]}{0[9]}{0[10]}",
)


def make_list(path: Path, rows: int) -> None:
    """A list of 8 columns: numbers as text, as numbers and decorated, some bad, some twice."""
    chance = random.Random(2023)
    headings = ["序号", "姓名", "性别", "单位", "职务", "手机号码", "住址", "备注"]
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(SERVED)
        sheet.write_row(0, 0, [f"{UNIT}{SERVED}电话号码样本库"])
        sheet.write_row(1, 0, [f"报送单位：{UNIT}", "", "报送时间：2024年1月22日"])
        sheet.write_row(2, 0, headings)
        for at in range(1, rows + 1):
            number = f"1{chance.choice('3589')}{chance.randrange(10**9):09}"
            dice = chance.random()
            phone: object = float(number) if dice < 0.1 else chance.choice(DECORATED).format(number)
            if dice > 0.99:
                phone = chance.choice(["无", "", "0898-88830630", number[:10]])
            name = chance.choice("赵钱孙李周吴郑王") + chance.choice("一二三四五六七八")
            place = f"第{chance.randrange(500)}村"
            sheet.write_row(at + 2, 0, [at, name, "女", "街道办事处", "职员", phone, place, "窗口办事"])


def plain_copy(path: Path, url: str) -> float:
    """Seconds to copy all cells of the list into a table as they are."""
    start = time.perf_counter()
    with psycopg.connect(url.replace("+psycopg", "")) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE plain (a text, b text, c text, d text, e text, f text, g text, h text)")
        sheet = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        with cursor.copy("COPY plain FROM STDIN") as copy:
            for row in sheet.iter_rows():
                copy.write_row(row)
        connection.commit()
    return time.perf_counter() - start


def whole_import(path: Path, url: str) -> float:
    """Seconds of a whole import."""
    database = Database(url)
    ctx, programme = bureau_of(database, SystemClock(), programme_of([(UNIT, "")]))
    start = time.perf_counter()
    import_frame(ctx, programme, path)
    seconds = time.perf_counter() - start
    database.close()
    return seconds


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    server = start_postgres(os.getpid(), fsync=True)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def big_list(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lists") / "list.xlsx"
    make_list(path, ROWS)
    return path


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_import(engine: str, server: Postgres, big_list: Path, tmp_path: Path) -> None:
    ratios, seconds, most = [], [], 0
    for run in range(RUNS):
        server.create("copied")
        plain, _ = in_own_process(plain_copy, big_list, server.url("copied"))
        server.drop("copied")
        if engine == "postgresql":
            server.create("imported")
        url = server.url("imported") if engine == "postgresql" else f"sqlite:///{tmp_path}/{run}.db"
        upgrade(url)
        took, memory = in_own_process(whole_import, big_list, url)
        if engine == "postgresql":
            server.drop("imported")
        ratios.append(took / plain)
        seconds.append(took)
        most = max(most, memory)
    print(
        f"\nimport of {ROWS} rows, {engine}: {statistics.median(ratios):.2f} times the copy"
        f" ({', '.join(f'{ratio:.2f}' for ratio in ratios)}),"
        f" {statistics.median(seconds):.1f} s, at most {most} MiB"
    )
