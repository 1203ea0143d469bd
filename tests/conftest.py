"""Services and rules every test has: real databases, sound and display, no silent warnings."""

from __future__ import annotations

import fcntl
import gc
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis
import pytest

from cati.base import i18n
from cati.base import logging as program_log
from cati.base.clock import VirtualClock
from cati.domain.phone import PhoneAccount
from cati.sealing import passwords
from cati.telephony import messages
from tests.rig.display import Display, start_display
from tests.rig.folders import ON_DISK, in_memory
from tests.rig.furnished import Engine, Files, Furnished, Original, Served
from tests.rig.keeper import Kept
from tests.rig.logs import LogWatch
from tests.rig.postgres import Postgres, start_postgres
from tests.rig.pulse import Pulse, start_pulse

# Set by the process that was started first and inherited by those among which it shares out the tests.
_RUN_FOLDER = "CATI_TEST_RUN_FOLDER"
_RUN_OWNER = "CATI_TEST_RUN_OWNER"
_TEMPLATE = "cati_template"

COUNTED = frozenset({"domain", "services"})
"""Folders of tests by which rules and services are covered."""
MEASURING = frozenset({"benchmarks", "soak"})
"""Folders of tests that measure, or last."""
YOUNG, YOUNGER_ROUNDS, ROUNDS = 10_000, 20, 10
"""How many objects are made until garbage is looked for among them, after how many times among older ones."""

# No deadline: tests share the computer, and the suite times nothing.
hypothesis.settings.register_profile("cati", deadline=None, print_blob=True)
hypothesis.settings.load_profile("cati")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # What takes longest begins first: else one process waits for the other at the end.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    # How much of the rules and services is reached is counted where they are tested, and on one engine, whose
    # tests are the same as the other's: counting takes half as long again.
    for item in items:
        if _folder_of(item) not in COUNTED or "postgresql" in item.name.partition("[")[2]:
            item.add_marker(pytest.mark.no_cover)


def pytest_collection_finish(session: pytest.Session) -> None:
    if any(_folder_of(item) in MEASURING for item in session.items):
        return
    # All modules of tests are there by now and stay; to look for garbage among them took a tenth of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, YOUNGER_ROUNDS, ROUNDS)


def _folder_of(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).parts[0]


def pytest_configure(config: pytest.Config) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if hasattr(config, "workerinput"):
        return
    # What measures, or lasts, meets a real disk.
    on_disk = any(MEASURING & set(Path(arg).parts) for arg in config.args)
    folder = Path(tempfile.mkdtemp(prefix="cati-tests-", dir=ON_DISK if on_disk else in_memory()))
    os.environ[_RUN_FOLDER] = os.environ["PYTEST_DEBUG_TEMPROOT"] = str(folder)
    os.environ[_RUN_OWNER] = str(os.getpid())
    config.add_cleanup(lambda: _end_run(folder))


def _end_run(folder: Path) -> None:
    server = folder / "postgres.json"
    if server.exists():
        _server_of(server).stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """A folder that all processes of one test run share."""
    return Path(os.environ[_RUN_FOLDER])


@contextmanager
def _locked(folder: Path, name: str) -> Iterator[None]:
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _server_of(file: Path) -> Postgres:
    facts = json.loads(file.read_text("utf-8"))
    return Postgres(facts["port"], Kept(facts["keeper"], Path(facts["folder"])))


@pytest.fixture(scope="session")
def postgres_server(run_folder: Path) -> Iterator[Postgres]:
    """The run's one PostgreSQL, started for whoever asks first."""
    file = run_folder / "postgres.json"
    with _locked(run_folder, "postgres"):
        if not file.exists():
            server = start_postgres(int(os.environ[_RUN_OWNER]))
            facts = {"port": server.port, "keeper": server.kept.keeper, "folder": str(server.kept.folder)}
            file.write_text(json.dumps(facts), "utf-8")
    server = _server_of(file)
    yield server
    server.let_go()


@contextmanager
def _fresh_database(server: Postgres, template: str) -> Iterator[str]:
    name = server.copied(template)
    try:
        yield server.url(name)
    finally:
        server.leave(name)


@pytest.fixture
def empty_postgres_url(postgres_server: Postgres) -> Iterator[str]:
    """A PostgreSQL database with nothing in it."""
    with _fresh_database(postgres_server, "template0") as url:
        yield url


@pytest.fixture(scope="session")
def _postgres_template(run_folder: Path, postgres_server: Postgres) -> str:
    from cati.store.migrate import upgrade

    done = run_folder / "postgres-template"
    with _locked(run_folder, "postgres-template"):
        if not done.exists():
            postgres_server.drop(_TEMPLATE)
            postgres_server.create(_TEMPLATE)
            upgrade(postgres_server.url(_TEMPLATE))
            done.touch()
    return _TEMPLATE


@pytest.fixture
def postgres_url(postgres_server: Postgres, _postgres_template: str) -> Iterator[str]:
    """A PostgreSQL database with the schema and no data."""
    with _fresh_database(postgres_server, _postgres_template) as url:
        yield url


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """An SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path}/cati.db"


@pytest.fixture(scope="session")
def _sqlite_template(run_folder: Path) -> Path:
    from cati.store.migrate import upgrade

    file = run_folder / "template.db"
    with _locked(run_folder, "sqlite-template"):
        if not file.exists():
            making = run_folder / "making.db"
            upgrade(f"sqlite:///{making}")
            making.rename(file)
    return file


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """An SQLite database with the schema and no data."""
    shutil.copyfile(_sqlite_template, tmp_path / "cati.db")
    return f"sqlite:///{tmp_path}/cati.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database with the schema and no data, once on each engine."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """A database without a schema, once on each engine."""
    name = "empty_sqlite_url" if request.param == "sqlite" else "empty_postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture(scope="session")
def _shelf(run_folder: Path) -> tuple[dict[Any, Original], Path]:
    """What this process keeps of databases to copy, and where."""
    return {}, Path(tempfile.mkdtemp(prefix="shelf-", dir=run_folder))


@pytest.fixture
def _files(_sqlite_template: Path) -> Engine:
    return Files(str(_sqlite_template))


@pytest.fixture
def _served(postgres_server: Postgres, _postgres_template: str) -> Engine:
    return Served(postgres_server, _postgres_template)


@pytest.fixture(params=["sqlite", "postgresql"])
def furnished(
    request: pytest.FixtureRequest,
    _shelf: tuple[dict[Any, Original], Path],
    clock: VirtualClock,
    tmp_path: Path,
) -> Iterator[Furnished]:
    """Gives a copy of a database in which something was done, once on each engine."""
    engine = request.getfixturevalue("_files" if request.param == "sqlite" else "_served")
    with closing(Furnished(engine, *_shelf, clock, tmp_path)) as gives:
        yield gives


@pytest.fixture
def furnished_file(
    _files: Engine, _shelf: tuple[dict[Any, Original], Path], clock: VirtualClock, tmp_path: Path
) -> Iterator[Furnished]:
    """Gives a copy of an embedded database in which something was done."""
    with closing(Furnished(_files, *_shelf, clock, tmp_path)) as gives:
        yield gives


@pytest.fixture(scope="session")
def _pulse_server() -> Iterator[Pulse]:
    pulse = start_pulse(os.getpid())
    yield pulse
    pulse.stop()


@pytest.fixture
def pulse(_pulse_server: Pulse, monkeypatch: pytest.MonkeyPatch) -> Pulse:
    """A sound server with a fake microphone, which this process and its children use."""
    for name, value in _pulse_server.environment.items():
        monkeypatch.setenv(name, value)
    return _pulse_server


@pytest.fixture(scope="session")
def _display_server() -> Iterator[Display]:
    display = start_display(os.getpid())
    yield display
    display.stop()


@pytest.fixture
def x_display(_display_server: Display, monkeypatch: pytest.MonkeyPatch) -> Display:
    """A real X display of 1366×768 for programs that a test starts."""
    monkeypatch.setenv("DISPLAY", _display_server.name)
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    return _display_server


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that stands at ten in the morning of a Wednesday in fieldwork time."""
    return VirtualClock(datetime(2024, 2, 21, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.fixture(autouse=True)
def _nothing_of_the_user(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [
        name for name in os.environ if name.startswith("CATI_") and name not in (_RUN_FOLDER, _RUN_OWNER)
    ]:
        monkeypatch.delenv(name)
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(mode=0o700, exist_ok=True)
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(home))


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", passwords.Cost(passes=1, memory_kib=8))


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    i18n.set_language("en")
    yield
    i18n.set_language("en")


@pytest.fixture
def expect_log(_log_watch: LogWatch) -> Callable[[str], None]:
    """Call it with a pattern of the warning the test is about; Qt's own: ``@pytest.mark.qt_log_ignore``."""
    return _log_watch.expect


@pytest.fixture(autouse=True)
def _no_real_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is telephoned but on loopback: an account anywhere else is never given to a telephone."""
    give = messages.register

    def register(account: PhoneAccount) -> dict[str, Any]:
        assert account.address == "127.0.0.1", "a telephone of a test is tied to loopback"
        assert account.server.startswith("127.0.0.1:"), "a telephone of a test knows loopback alone"
        return give(account)

    monkeypatch.setattr(messages, "register", register)


@pytest.fixture(autouse=True)
def _log_watch() -> Iterator[LogWatch]:
    watch = LogWatch()
    logging.getLogger().addHandler(watch)
    yield watch
    logging.getLogger().removeHandler(watch)
    # A program ends and closes its files; the process of the tests goes on.
    program_log.stop()
    if watch.complaints():
        pytest.fail("\n".join(watch.complaints()), pytrace=False)
