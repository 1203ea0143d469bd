"""A real PostgreSQL of Debian's packages in a temporary folder on a free loopback port."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import psycopg
from psycopg import sql

from tests.rig.folders import ON_DISK, in_memory
from tests.rig.keeper import Kept, keep, make_folder
from tests.rig.ports import free_port
from tests.rig.waiting import wait_until

LETS_IN = "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
"""Who may connect how."""


@dataclass(frozen=True)
class Postgres:
    """A running server; anybody on this computer may sign in as ``postgres``, others with their passwords."""

    port: int
    kept: Kept
    _line: ExitStack = field(default_factory=ExitStack, compare=False)
    _left: list[str] = field(default_factory=list, compare=False)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, template: str = "template0") -> None:
        """Make a database, as a copy of `template`, which nobody may be connected to."""
        # Copying files costs half of copying through the log, which is what the server does by itself.
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(database), sql.Identifier(template)
            )
        )

    def copied(self, template: str) -> str:
        """Make a database of a new name as a copy of `template`, which nobody may be connected to."""
        name = f"t_{uuid.uuid4().hex}"
        self.create(name, template)
        return name

    def drop(self, database: str) -> None:
        """Remove a database, ending whoever is still connected to it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def leave(self, database: str) -> None:
        """Remove a database when the next one is left.

        Whoever has just hung up may be connected still, for which the server would wait a tenth of a second.
        """
        self._left.append(database)
        if len(self._left) > 1:
            self.drop(self._left.pop(0))

    def stop(self) -> None:
        self.let_go()
        self.kept.stop()

    def let_go(self) -> None:
        """Close the connection of this process by which databases are made and removed."""
        self._line.close()

    def _run(self, statement: sql.Composed) -> None:
        self._keeper.execute(statement)

    @cached_property
    def _keeper(self) -> psycopg.Connection:
        return self._line.enter_context(self.connect("postgres"))

    def connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="postgres",
            dbname=database,
            autocommit=True,
            connect_timeout=10,
        )


def start_postgres(owner: int, *, fsync: bool = False, max_connections: int = 100) -> Postgres:
    """Start a server that ends with the process `owner`.

    Args:
        owner: id of the process it is for.
        fsync: whether commits reach the disk; a benchmark wants it, a test does not.
        max_connections: how many may connect at once.

    Raises:
        RuntimeError: PostgreSQL is not installed or did not start; its log is in the message.
    """
    durable = "on" if fsync else "off"
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": str(max_connections),
        "fsync": durable,
        "synchronous_commit": durable,
        "full_page_writes": durable,
    }
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    said = ""
    for _ in range(3):  # somebody else may take the free port first
        server = _start_once(owner, settings, ON_DISK if fsync else in_memory())
        if server.kept.running():
            return server
        said = server.kept.take_log()
    raise RuntimeError(f"PostgreSQL did not start:\n{said}")


def _start_once(owner: int, settings: list[str], parent: Path) -> Postgres:
    programs = _programs()
    # PostgreSQL refuses to run as root, so root lends it the user that Debian's package made.
    user = "postgres" if os.geteuid() == 0 else ""
    folder = make_folder("postgres", user, parent)
    data = str(folder / "data")
    initdb = f"{programs}/initdb -D {data} -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync"
    made = subprocess.run(
        initdb.split(),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        user=user or None,
        group=user or None,
        extra_groups=[] if user else None,
    )
    if made.returncode != 0:
        shutil.rmtree(folder)
        raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
    (folder / "data" / "pg_hba.conf").write_text(LETS_IN, "utf-8")
    port = free_port()
    command = [str(programs / "postgres"), "-D", data, "-p", str(port), *settings]
    server = Postgres(port, keep(command, folder, owner, user=user, stop_signal=signal.SIGINT))
    wait_until(lambda: _answers(server) or not server.kept.running(), "PostgreSQL to start")
    return server


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if not found:
        raise RuntimeError("PostgreSQL is not installed: ./installer/test installs it")
    return found[-1].parent


def _answers(server: Postgres) -> bool:
    try:
        server.connect("postgres").close()
    except psycopg.OperationalError:
        return False
    return True
