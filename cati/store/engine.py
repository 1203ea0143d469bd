"""Opening a database, and the two kinds of transaction on it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

from cati.base.clock import Clock
from cati.base.errors import SERVER_AWAY, CatiError
from cati.base.i18n import mark as N_
from cati.store import faults

__all__ = ["Connection", "Database", "is_floor", "normalised_url"]


BUSY_MS = 15_000
"""How long a statement waits for another program to let go of an embedded database."""
CONNECT_SECONDS = 5
"""How long a server may take to let somebody in."""
SILENCE_SECONDS = 20.0
"""How long a server may stay silent at an operator's statement: much longer than any of them takes."""
DEAD_LINE = {"keepalives_idle": 2, "keepalives_interval": 1, "tcp_user_timeout": int(SILENCE_SECONDS * 1000)}
"""After how long a line with no computer at its other end is given up, even in a long job: s, s, ms."""
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
"""How a line to a server may be protected, in PostgreSQL's words."""
AGAIN_SECONDS = 0.02
"""Until what is refused at once is tried again."""


def normalised_url(url: str | URL) -> URL:
    """A database URL with the driver this program uses.

    Raises:
        CatiError: ``database_url`` when it names neither SQLite nor PostgreSQL; ``database_url_word`` when it
            says something to a server that no server knows.
    """
    try:
        parsed = make_url(url)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        parsed = None
    kind = parsed.get_backend_name() if parsed is not None else ""
    if parsed is None or kind not in ("sqlite", "postgresql"):
        raise CatiError(
            "database_url",
            N_("The database address is not understood. Use sqlite:///FILE or postgresql://USER@HOST/NAME."),
        )
    if kind == "sqlite":
        return parsed.set(drivername="sqlite+pysqlite")
    _refuse_unknown_words(parsed)
    return parsed.set(drivername="postgresql+psycopg")


def _refuse_unknown_words(parsed: URL) -> None:
    """The client library would only say that no connection came about, in words of its own."""
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    for name, value in parsed.query.items():
        if name not in known or (name == "sslmode" and value not in SSL_MODES):
            raise CatiError(
                "database_url_word",
                N_(
                    "The database address says “{word}”, which no server knows. Nothing was changed. Correct "
                    "it; a floor wants sslmode=verify-full&sslrootcert=FILE."
                ),
                word=f"{name}={value}",
            )


def is_floor(url: str) -> bool:
    """Whether everybody signs in to the server as themselves: its address names nobody."""
    parsed = normalised_url(url)
    return parsed.get_backend_name() == "postgresql" and parsed.username is None


@dataclass
class _Known:
    """What is known of a server; shared by all databases of one session.

    Attributes:
        password: by which it knows the person.
        schema: version of the schema that it had when a sign of life was taken there last; None before.
        lends: whether a pooler before it may lend each transaction another connection; None before the first
            connection, and after one has ended: whatever stands there may be another then.
    """

    password: str | None
    schema: str | None = None
    lends: bool | None = None

    def look_for_pooler(self, connection: Any, _record: object) -> None:
        """Prepare nothing where the next transaction's connection would not know it.

        A pooler gives its clients a number of its own for the process that serves them.
        """
        if self.lends is None:
            connection.autocommit = True
            (serves,) = connection.execute("select pg_backend_pid()").fetchone()
            connection.autocommit = False
            self.lends = serves != connection.pgconn.backend_pid
        if self.lends:
            connection.prepare_threshold = None

    def forget_pooler(self, _connection: object, _record: object) -> None:
        """Ask anew at the next connection."""
        self.lends = None


class Database:
    """One open database.

    Args:
        url: ``sqlite:///…`` or ``postgresql://…``.
        pool_size: connections kept open on PostgreSQL.
        login, password: of the person, where the address of a server names nobody (see `is_floor`).
        silence: seconds after which a server that does not answer a statement is given up; it has to be
            longer than any statement or commit takes. None waits for ever, as long jobs need it.

    On SQLite: write-ahead log, full synchronisation, foreign keys, and the transaction is begun by
    this class, because the driver itself opens none before WITH … UPDATE.

    Raises:
        CatiError: from any statement, when the database is busy, full, read-only, damaged or gone.
    """

    def __init__(
        self,
        url: str | URL,
        *,
        pool_size: int = 4,
        login: str | None = None,
        password: str | None = None,
        silence: float | None = None,
    ) -> None:
        parsed = normalised_url(url)
        self.personal = login is not None
        """Whether the server knows who acts, and grants what that person may do."""
        if login is not None:
            parsed = parsed.set(username=login, password=password)
        self.url, self._known = parsed, _Known(password)
        self.schema: str | None = None
        """Version of the schema that the session works with; None where nobody looked."""
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        options: dict[str, Any] = {} if self.is_sqlite else {"pool_size": pool_size, "pool_pre_ping": True}
        if not self.is_sqlite:
            # Of its own the driver would wait for more than two minutes.
            options["connect_args"] = {"connect_timeout": CONNECT_SECONDS} | DEAD_LINE
        self._first: Callable[[Connection], None] | None = None
        self.engine = sqlalchemy.create_engine(parsed, **options)
        self._place = _Place(self.file)
        if self.is_sqlite:
            event.listen(self.engine, "do_connect", self._place.check)
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "connect", self._place.learn)
            event.listen(self.engine, "begin", _begin_sqlite)
        if self.personal:
            event.listen(self.engine, "do_connect", self._by_password)
        if not self.is_sqlite:
            event.listen(self.engine, "do_connect", partial(_connect, silence))
            # Asked for at the time: the databases of one session share what they know.
            event.listen(self.engine, "connect", lambda *new: self._known.look_for_pooler(*new))
            event.listen(self.engine, "close", lambda *old: self._known.forget_pooler(*old))
        on_server = faults.server_of_persons if self.personal else faults.server
        tell = faults.embedded(self.file) if self.is_sqlite else on_server
        event.listen(self.engine, "handle_error", tell, retval=True)
        reading = (
            {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        self._reading = self.engine.execution_options(**reading)
        self._writing = self.engine.execution_options(cati_begin="BEGIN IMMEDIATE")

    @property
    def file(self) -> Path:
        """Where an embedded database lies."""
        return Path(self.url.database or "")

    def impatient(self, silence: float = SILENCE_SECONDS) -> Database:
        """The same server on connections of its own, given up after `silence` seconds without an answer."""
        who = {"login": self.url.username, "password": self.url.password} if self.personal else {}
        made = Database(self.url, pool_size=2, silence=silence, **who)
        made._known, made.schema = self._known, self.schema
        return made

    def take_password(self, password: str) -> None:
        """The server knows this person by another password from now on; connections there are stay."""
        self._known.password = password

    def meet(self, schema: str | None) -> None:
        """The server has this version of the schema now: all databases of the session go by it."""
        self._known.schema = schema

    @property
    def is_of_another_version(self) -> bool:
        """Whether the server was brought to another version of the schema than the session works with."""
        found = self._known.schema
        return self.schema is not None and found is not None and found != self.schema

    def _by_password(self, _dialect: Any, _record: Any, _args: Any, named: dict[str, Any]) -> None:
        named["password"] = self._known.password

    def preceded(self, first: Callable[[Connection], None]) -> Database:
        """The same database, in which every transaction that writes begins with `first`."""
        made = copy(self)
        made._first = first
        return made

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may change rows; on SQLite it takes the write lock at once."""
        self._place.check()
        with self._let_in(), self._writing.begin() as connection:
            if self._first is not None:
                self._first(connection)
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, one snapshot from first to last statement."""
        with self._let_in(), self._reading.begin() as connection:
            yield connection

    @contextmanager
    def _let_in(self) -> Iterator[None]:
        """Keep out who works with another version; tell whose login was closed, and of a floor put back.

        Raises:
            CatiError: ``let_in_no_more``, also for what a server takes otherwise in its version; see
                `explained`.
        """
        if self.is_of_another_version:
            raise faults.other_version()
        try:
            yield
        except CatiError as refused:
            why = self.explained(refused)
            if why is refused:
                raise
            raise why from refused
        except DBAPIError as fault:
            if not self._look_at_version():
                raise
            raise faults.other_version() from fault

    def _look_at_version(self) -> bool:
        """Whether the server has another version now; a session that works with none is not asked for."""
        if self.schema is None:
            return False
        with suppress(CatiError), self.engine.connect() as connection:
            self.meet(connection.scalar(_VERSION))
        return self.is_of_another_version

    def explained(self, refused: CatiError) -> CatiError:
        """Why somebody at work was refused: for the login, the floor's version, or a floor not whole yet."""
        if refused.code not in (faults.LET_IN_NO_MORE, faults.FORBIDS) or not self.personal:
            return refused
        try:
            with self.engine.connect() as connection:
                found = connection.execute(_STANDING).one()
                if refused.code == faults.LET_IN_NO_MORE and not found.may_enter:
                    return faults.login_closed()
                if not found.is_whole:
                    return faults.restoring()
                if refused.code == faults.LET_IN_NO_MORE and self.schema is not None:
                    self.meet(connection.scalar(_VERSION))
                    return refused if self.is_of_another_version else faults.restoring()
        except CatiError as other:
            return other if other.code in SERVER_AWAY | {"login_closed"} else refused
        return refused

    def now(self, connection: Connection, clock: Clock) -> datetime:
        """The time that counts: the server's on PostgreSQL unless the clock is virtual."""
        if self.is_sqlite or clock.virtual:
            return clock.now()
        now = connection.scalar(sqlalchemy.select(sqlalchemy.func.now()))
        assert isinstance(now, datetime)
        return now

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()
        self._place.forget()


_STANDING = sqlalchemy.text(
    "select (select rolcanlogin from pg_roles where rolname = session_user) may_enter, "
    "coalesce(bool_or(has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')), false) "
    "is_whole from pg_namespace n join pg_class c on c.relnamespace = n.oid "
    "where n.nspname = 'public' and c.relname = 'alembic_version'"
)
"""Whether a person may sign in, and finds the tables of a floor: its rights are the last that is put back."""
_VERSION = sqlalchemy.text("select version_num from alembic_version")


class _Place:
    """That an embedded database lies where it was opened.

    Open files outlive their names: what is written into one that was moved or deleted, or whose disk's place
    another disk took, would be called stored and be lost.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: tuple[int, int] | None = None

    def learn(self, *_connected: object) -> None:
        """The database was opened."""
        if self._known is None:
            self._known = self._present()

    def forget(self) -> None:
        """The database was closed; whatever lies there then may be opened."""
        self._known = None

    def check(self, *_connecting: object) -> None:
        """Refuse to go on with another file than the one that was opened, or none."""
        if self._known is not None and self._present() != self._known:
            raise faults.moved(self._file)

    def _present(self) -> tuple[int, int] | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


def _connect(silence: float | None, _dialect: Any, _record: Any, args: Any, named: Any) -> Any:
    from cati.store.patience import connect  # the driver is needed for servers only

    return connect(silence, *args, **named)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    _use_write_ahead_log(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """The timeout does not hold here: of programs that open a new file together, some are refused at once."""
    give_up = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as refusal:
            if refusal.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(AGAIN_SECONDS)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("cati_begin", "BEGIN"))
