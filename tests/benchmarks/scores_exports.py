"""How long scores and exports take, beside merely writing the same cells.

Run: ``python -m tests.benchmarks.scores_exports [sqlite|postgresql] [interviews]``. Prints one JSON object:
scores of 100 units over ten answers an interview, and the export of as many interviews in 40 columns beside
plain xlsxwriter writing the same rows in the same run. Medians of ``RUNS`` (5) runs in seconds, each in a
process of its own, and the largest memory one took.
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
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import insert, select, update

from cati.base.clock import VirtualClock
from cati.domain.programmes import LoadedProgramme, Programme, Question
from cati.domain.queue import CaseState
from cati.domain.users import Actor, Role
from cati.sealing.keyring import KeyRing, Secret
from cati.sealing.keys import new_pair
from cati.services.context import Context
from cati.services.exports import export_interviews
from cati.services.scoring import score
from cati.store import tables
from cati.store.engine import Connection, Database
from cati.store.migrate import upgrade
from tests.rig.postgres import start_postgres
from tests.services.fieldwork import add_list, cell_id, evaluation, numbers, with_cells

RUNS = int(os.environ.get("RUNS", "5"))
UNITS = 100
COLUMNS = 40
FURTHER_COLUMNS = 13
START = datetime(2024, 2, 21, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """A filled database, and what is needed to work in it from another process."""

    url: str
    loaded: LoadedProgramme
    user_id: int
    secret: bytes

    def context(self) -> Context:
        keys = KeyRing(new_pair())
        keys.add(self.loaded.id, Secret.CONTACT, self.secret)
        actor = Actor(self.user_id, "admin", "局", frozenset({Role.BUREAU}), "station-1")
        return Context(Database(self.url), VirtualClock(START), actor, keys)


def programme_of(columns: int) -> Programme:
    """100 units and ten items, and more questions until the export has so many columns."""
    programme = evaluation([(f"单位{n}", f"系列{n % 2}") for n in range(UNITS)], quotas=(10**6, 10**6))
    more = columns - FURTHER_COLUMNS - len(programme.items)
    questions = (Question(f"more{n}", "text", {"zh": "x"}) for n in range(more))
    return replace(programme, questions=(*programme.items, *questions))


def fill(url: str, interviews: int, columns: int) -> Place:
    """A closed programme with so many complete interviews, those of a cell from one case."""
    upgrade(url)
    ctx, loaded = with_cells(Database(url), VirtualClock(START), programme_of(columns))
    names = [question.name for question in loaded.programme.questions]
    chance = random.Random(2023)
    for unit in loaded.programme.units:
        for group in loaded.programme.groups:
            add_list(ctx, loaded, (unit.code, group.code), numbers(0, 1))
            cell = cell_id(ctx, loaded, unit.code, group.code)
            keys = [str(uuid.UUID(int=chance.getrandbits(128))) for _ in range(interviews // (2 * UNITS))]
            with ctx.database.write() as connection:
                add_interviews(ctx, loaded, connection, cell, keys)
                waiting = responses(chance, keys, names)
                while batch := list(islice(waiting, 50_000)):
                    connection.execute(insert(tables.responses), batch)
    with ctx.database.write() as connection:
        connection.execute(update(tables.programmes).values(state="closed"))
    ctx.database.close()
    return Place(url, loaded, ctx.actor.user_id, ctx.keys.secret(loaded.id, Secret.CONTACT))


def add_interviews(
    ctx: Context, loaded: LoadedProgramme, connection: Connection, cell: int, keys: list[str]
) -> None:
    entry = connection.execute(select(tables.entries).order_by(tables.entries.c.id.desc()).limit(1)).one()
    case = connection.execute(
        insert(tables.cases).values(
            programme_id=loaded.id,
            cell_id=cell,
            entry_id=entry.id,
            person_id=entry.person_id,
            ticket="0" * 64,
            position=1,
            state=int(CaseState.COMPLETE),
            disposition="complete",
        )
    )
    assert case.inserted_primary_key is not None
    facts: dict[str, Any] = {
        "case_id": case.inserted_primary_key[0],
        "cell_id": cell,
        "state": "complete",
        "counted": 10,
        "started_at": START,
        "ended_at": START + timedelta(minutes=5),
        "user_id": ctx.actor.user_id,
    }
    connection.execute(insert(tables.interviews), [facts | {"id": key} for key in keys])


def responses(chance: random.Random, keys: list[str], names: list[str]) -> Iterator[dict[str, Any]]:
    for key in keys:
        answers = chance.choices("123407", (50, 30, 10, 5, 4, 1), k=len(names))
        for item, value in zip(names, answers, strict=True):
            yield {"interview_id": key, "item": item, "value": value, "on_path": True}


def scores(place: Place, _path: Path) -> None:
    assert len(score(place.context(), place.loaded)) == UNITS


def export(place: Place, path: Path) -> None:
    export_interviews(place.context(), place.loaded, path)


def plain(place: Place, path: Path) -> None:
    """Write rows like those of the export by nothing but xlsxwriter."""
    chance = random.Random(2023)
    kinds = []
    for n in range(1000):
        answers = chance.choices("123407", k=COLUMNS - FURTHER_COLUMNS)
        facts = [str(uuid.UUID(int=n)), "局", "2024-02-21 10:00:00", "2024-02-21 10:05:00", 300, "zh", "list"]
        kinds.append(["单位1", "管理对象", "complete", *answers, *facts, "", "", "139****0000"])
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for at in range(int(os.environ["INTERVIEWS"])):
            sheet.write_row(at, 0, kinds[at % 1000])


def _measured(
    work: Callable[[Place, Path], None],
    place: Place,
    path: Path,
    answer: multiprocessing.Queue[tuple[float, int]],
) -> None:
    started = time.perf_counter()
    work(place, path)
    answer.put((time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


def in_own_process(work: Callable[[Place, Path], None], place: Place, path: Path) -> tuple[float, int]:
    """Seconds, and the most memory in KiB that a fresh process had while it worked."""
    fresh = multiprocessing.get_context("spawn")
    answer = fresh.Queue()
    process = fresh.Process(target=_measured, args=(work, place, path, answer))
    process.start()
    found: tuple[float, int] = answer.get()
    process.join()
    return found


def main(engine: str, interviews: int) -> None:
    """Measure and print."""
    os.environ["INTERVIEWS"] = str(interviews)
    seconds: dict[str, list[float]] = {"plain": [], "export": [], "scores": []}
    memory = dict.fromkeys(seconds, 0)
    with tempfile.TemporaryDirectory() as folder:
        server = start_postgres(os.getpid(), fsync=False) if engine == "postgresql" else None
        places = {}
        for name, columns in (("export", COLUMNS), ("scores", FURTHER_COLUMNS + 10)):
            url = f"sqlite:///{folder}/{name}.db"
            if server is not None:
                server.create(name)
                url = server.url(name)
            places[name] = fill(url, interviews, columns)
        for _ in range(RUNS):
            for name, work in (("plain", plain), ("export", export), ("scores", scores)):
                took, most = in_own_process(
                    work, places.get(name, places["export"]), Path(folder) / f"{name}.xlsx"
                )
                seconds[name].append(took)
                memory[name] = max(memory[name], most)
        if server is not None:
            server.stop()
    ratio = statistics.median(a / b for a, b in zip(seconds["export"], seconds["plain"], strict=True))
    print(
        json.dumps(
            {
                "engine": engine,
                "interviews": interviews,
                "seconds": {name: round(statistics.median(all_), 2) for name, all_ in seconds.items()},
                "export_to_plain": round(ratio, 2),
                "peak_mib": {name: most // 1024 for name, most in memory.items()},
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sqlite", int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
