"""The services that tests stand on do what they promise."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy

from cati.base.clock import VirtualClock
from cati.sealing.contacts import ContactKey, new_secret
from cati.store.engine import Database
from cati.store.tables import bureau
from tests.rig.display import Display
from tests.rig.furnished import Furnished
from tests.rig.logs import LogWatch
from tests.rig.postgres import start_postgres
from tests.rig.pulse import Pulse, speak
from tests.rig.waiting import wait_until


def test_every_database_has_the_schema_and_no_rows(database_url: str) -> None:
    engine = sqlalchemy.create_engine(database_url)
    with engine.connect() as connection:
        tables = sqlalchemy.inspect(connection).get_table_names()
        assert "alembic_version" in tables
        rows = {name: connection.scalar(sqlalchemy.text(f'SELECT count(*) FROM "{name}"')) for name in tables}
    engine.dispose()
    assert {name: count for name, count in rows.items() if count and name != "alembic_version"} == {}


def test_two_databases_of_one_test_run_do_not_see_each_other(
    postgres_url: str, empty_postgres_url: str
) -> None:
    with psycopg.connect(empty_postgres_url.replace("+psycopg", "")) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert found == (0,)
    assert postgres_url != empty_postgres_url


@dataclass
class Furniture:
    """What was made in a database, with all it knows."""

    database: Database
    clock: VirtualClock
    key: ContactKey

    def facts(self) -> list[str]:
        with self.database.read() as connection:
            return list(connection.scalars(sqlalchemy.select(bureau.c.name).order_by(bureau.c.name)))

    def put(self, name: str) -> None:
        with self.database.write() as connection:
            connection.execute(bureau.insert().values(name=name, value="x"))


def furnish(database: Database, clock: VirtualClock, folder: Path, name: str, minutes: int = 0) -> Furniture:
    made = Furniture(database, clock, ContactKey(new_secret()))
    made.put(name)
    (folder / "list.csv").write_text(name)
    clock.advance(60 * minutes)
    return made


def test_what_was_done_once_is_there_for_all_who_ask_and_nobody_sees_what_others_do(
    furnished: Furnished, tmp_path: Path
) -> None:
    first = furnished(furnish, "chair")
    first.put("mine")
    again = furnished(furnish, "chair")
    assert again.key is first.key
    assert (first.facts(), again.facts()) == (["chair", "mine"], ["chair"])
    assert (tmp_path / "list.csv").read_text() == "chair"


def test_it_is_as_late_as_when_all_was_done(furnished: Furnished, clock: VirtualClock) -> None:
    begun = clock.now()
    made = furnished(furnish, "table", minutes=5)
    assert made.clock is clock
    assert clock.now() == begun + timedelta(minutes=5)
    assert made.facts() == ["table"]


def test_a_server_ends_when_its_owner_is_killed() -> None:
    owner = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    server = start_postgres(owner.pid)
    assert server.kept.running()
    owner.send_signal(signal.SIGKILL)
    owner.communicate()
    wait_until(lambda: not server.kept.running(), "the server to end with its owner")
    assert not server.kept.folder.exists()
    with pytest.raises(psycopg.OperationalError):
        server.connect("postgres")


def test_a_server_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError, match="max_connections"):
        start_postgres(os.getpid(), max_connections=-1)


def test_what_is_spoken_into_the_fake_microphone_is_heard(pulse: Pulse, tmp_path: Path) -> None:
    speak("one two three", tmp_path / "spoken.wav")
    heard = tmp_path / "heard.wav"
    recorder = subprocess.Popen(
        ["parec", "--device=mic.monitor", "--latency-msec=50", "--file-format=wav", str(heard)]
    )
    wait_until(lambda: heard.exists() and heard.stat().st_size > 4000, "the recorder to begin")
    pulse.play(tmp_path / "spoken.wav")
    recorder.terminate()
    recorder.wait()
    stats = subprocess.run(
        ["sox", str(heard), "-n", "stat"], capture_output=True, text=True, check=True
    ).stderr
    loudest = next(
        float(line.split()[-1]) for line in stats.splitlines() if line.startswith("Maximum amplitude")
    )
    assert loudest > 0.1


def test_the_display_shows_windows_and_takes_keys(x_display: Display) -> None:
    size = subprocess.run(
        ["xdotool", "getdisplaygeometry"], capture_output=True, text=True, check=True
    ).stdout
    assert size.split() == ["1366", "768"]


def test_the_clock_stands_on_a_wednesday_morning(clock: VirtualClock) -> None:
    assert clock.now().isoformat() == "2024-02-21T02:00:00+00:00"
    assert clock.now().strftime("%A") == "Wednesday"


def test_an_unexpected_warning_is_a_complaint() -> None:
    watch = LogWatch()
    record = logging.LogRecord("cati.x", logging.WARNING, __file__, 1, "outbox %s", ("full",), None)
    watch.emit(record)
    assert watch.complaints() == ["logged unexpectedly: WARNING cati.x: outbox full"]
    watch.expect("outbox")
    assert watch.complaints() == []
    watch.expect("never comes")
    assert watch.complaints() == ["never logged: never comes"]


def test_a_warning_that_a_test_is_about_is_expected(expect_log: Callable[[str], None]) -> None:
    expect_log("the line is busy")
    logging.getLogger("cati.test").warning("the line is busy")
