"""How long it takes to import a list of a million people, beside merely copying its rows.

Run: ``python -m tests.benchmarks.import_frames [rows]``. Prints one JSON object: medians of five paired
runs in seconds, their ratios to the plain copy of the same run, and the largest memory a run took.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import python_calamine
import xlsxwriter

from cati.base.clock import SystemClock
from cati.services.frames import import_frame
from cati.store.engine import Database
from cati.store.migrate import upgrade
from tests.rig.postgres import start_postgres
from tests.services.bureau import SERVED, bureau_of, programme_of

RUNS = int(os.environ.get("RUNS", 5))
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


def _measured(work: object, path: Path, url: str, answer: multiprocessing.Queue[tuple[float, int]]) -> None:
    seconds = work(path, url)  # type: ignore[operator]
    answer.put((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


def in_own_process(work: object, path: Path, url: str) -> tuple[float, int]:
    """Seconds, and the most memory in KiB that a fresh process had while it worked."""
    fresh = multiprocessing.get_context("spawn")
    answer = fresh.Queue()
    process = fresh.Process(target=_measured, args=(work, path, url, answer))
    process.start()
    found: tuple[float, int] = answer.get()
    process.join()
    return found


def main(rows: int) -> None:
    """Measure and print."""
    server = start_postgres(os.getpid(), fsync=True)
    seconds: dict[str, list[float]] = {"copy": [], "sqlite": [], "postgresql": []}
    memory = dict.fromkeys(seconds, 0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        make_list(path, rows)
        for run in range(RUNS):
            for name in seconds:
                url = f"sqlite:///{folder}/{run}.db" if name == "sqlite" else server.url(f"{name}_{run}")
                if name != "sqlite":
                    server.create(f"{name}_{run}")
                if name != "copy":
                    upgrade(url)
                took, most = in_own_process(plain_copy if name == "copy" else whole_import, path, url)
                seconds[name].append(took)
                memory[name] = max(memory[name], most)
                if name != "sqlite":
                    server.drop(f"{name}_{run}")
            (Path(folder) / f"{run}.db").unlink()
    server.stop()
    ratios = {
        name: statistics.median(a / b for a, b in zip(seconds[name], seconds["copy"], strict=True))
        for name in ("sqlite", "postgresql")
    }
    print(
        json.dumps(
            {
                "rows": rows,
                "seconds": {name: round(statistics.median(all_), 2) for name, all_ in seconds.items()},
                "ratio": {name: round(ratio, 2) for name, ratio in ratios.items()},
                "peak_mib": {name: most // 1024 for name, most in memory.items()},
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
