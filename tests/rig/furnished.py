"""Databases in which something was done already: done once in each process, copied for every test."""

from __future__ import annotations

import copy
import copyreg
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from cati.base.clock import VirtualClock
from cati.sealing.contacts import ContactKey
from cati.store.engine import Database
from tests.rig.postgres import Postgres

T = TypeVar("T")
P = ParamSpec("P")

# A key never changes: whoever holds one holds the same in a copy.
copyreg.pickle(ContactKey, repr)


class Engine(Protocol):
    """Makes databases of one kind."""

    @property
    def schema(self) -> str:
        """The database with all tables and no data."""

    def copied(self, template: str, folder: Path) -> str:
        """Copy a database that nobody has open; what the copy is called."""

    def url(self, made: str) -> str:
        """Where the database called this is."""

    def remove(self, made: str) -> None:
        """Remove what `copied` made."""


@dataclass(frozen=True)
class Files:
    """Embedded databases, each in the folder given."""

    schema: str

    def copied(self, template: str, folder: Path) -> str:
        handle, name = tempfile.mkstemp(".db", dir=folder)
        os.close(handle)
        return shutil.copyfile(template, name)

    def url(self, made: str) -> str:
        return f"sqlite:///{made}"

    def remove(self, made: str) -> None:
        """It goes with its folder."""


@dataclass(frozen=True)
class Served:
    """Databases of the run's PostgreSQL."""

    server: Postgres
    schema: str

    def copied(self, template: str, folder: Path) -> str:
        return self.server.copied(template)

    def url(self, made: str) -> str:
        return self.server.url(made)

    def remove(self, made: str) -> None:
        self.server.leave(made)


@dataclass(frozen=True)
class Original:
    """What was made, and with what; `template` is the database, which is not opened again."""

    made: Any
    database: Database
    clock: VirtualClock
    folder: Path
    template: str


class Furnished:
    """Gives a test its own copy of a database in which something was done, and of what was made doing it.

    Args:
        engine: makes the databases.
        kept: what this process keeps to copy.
        shelf: a folder for what is kept.
        clock: the test's; it is as late then as it was when all was done.
        folder: the test's; files that were made lie in it as well.
    """

    def __init__(
        self, engine: Engine, kept: dict[Any, Original], shelf: Path, clock: VirtualClock, folder: Path
    ) -> None:
        self._engine, self._kept, self._shelf = engine, kept, shelf
        self._clock, self._folder = clock, folder
        self._at_end = ExitStack()

    def __call__(
        self,
        make: Callable[Concatenate[Database, VirtualClock, Path, P], T],
        *given: P.args,
        **named: P.kwargs,
    ) -> T:
        """What `make` gives of an empty database, a clock, a folder for files, and what else is given.

        Args:
            make: a function of a module, whose doing depends on nothing but what it is given.
            given, named: values that can be told apart by hash.
        """
        key = (type(self._engine), make, given, tuple(named.items()), self._clock.now())
        if key not in self._kept:
            self._kept[key] = self._made(lambda *parts: make(*parts, *given, **named))
        kept = self._kept[key]
        shutil.copytree(kept.folder, self._folder, dirs_exist_ok=True)
        database = self._opened(kept.template)
        self._clock.move_to(kept.clock.now())
        same = {id(kept.database): database, id(kept.clock): self._clock}
        found: T = copy.deepcopy(kept.made, same)
        return found

    def _made(self, make: Callable[[Database, VirtualClock, Path], Any]) -> Original:
        database_folder, folder = (Path(tempfile.mkdtemp(dir=self._shelf)) for _ in range(2))
        clock = copy.copy(self._clock)
        template = self._engine.copied(self._engine.schema, database_folder)
        database = Database(self._engine.url(template))
        with closing(database):
            made = make(database, clock, folder)
        return Original(made, database, clock, folder, template)

    def _opened(self, template: str) -> Database:
        made = self._engine.copied(template, self._folder)
        self._at_end.callback(self._engine.remove, made)
        database = Database(self._engine.url(made))
        self._at_end.callback(database.close)
        return database

    def close(self) -> None:
        """Remove what the test got."""
        self._at_end.close()
