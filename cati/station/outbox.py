"""What a station has written down and the server has not taken yet: durable here, in order, sealed.

It is a file of its own beside recordings and logs, opened with Python's `sqlite3`: it is no part of the
database whose schema the migrations build, must open while no server answers, and has one table of sealed
rows, so that nothing of it is gained by SQLAlchemy.

Rows are sealed by a key of this station, which lies beside the file for its owner alone. That protects
copies of the file, such as a backup, a report or a stick that goes astray; it does not protect against
whoever may read the whole folder as this user, which on a station that must drain at anybody's sign-in no key
could. No row holds a name or a number: a case stands in it by its row number.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.writes import Closing, Envelope, Proof, Write, decode, encode
from cati.sealing.proofs import ProofKey
from cati.sealing.station import StationKey, new_station_key
from cati.station.in_hand import InHand
from cati.store import faults

FILE, KEY_FILE = "outbox.db", "outbox.key"
KEPT = timedelta(days=3)
"""How long what was sent is kept, so that a server restored from its backup can be sent it again."""
BUSY_SECONDS = 15.0

_SCHEMA = """
create table if not exists writes (
  seq integer primary key autoincrement,
  id text not null unique,
  user_id integer not null,
  at text not null,
  sealed blob not null,
  sent_at text,
  mac blob,
  held integer not null default 0
);
create table if not exists in_hand (
  user_id integer primary key,
  sealed blob not null
);
create table if not exists server (
  name text not null
);
create index if not exists writes_waiting on writes (seq) where sent_at is null;
"""


_ADDED = ("mac blob", "held integer not null default 0")
"""Columns that a file of an earlier version lacks."""
_WAITING = (
    "from writes where sent_at is null "
    "and (:writer is null or user_id = :writer or (:others and mac is not null and not held))"
)


_IN_HAND = b"in hand"


class Waiting(NamedTuple):
    """A write on its way; `seq` is its place in the outbox, `proof` shows who wrote it."""

    seq: int
    envelope: Envelope
    proof: Proof | None = None


class Outbox:
    """The writes of one station, oldest first; safe to use from several threads.

    Args:
        folder: the data folder, which is there.
        now: tells the time (aware, UTC).

    Raises:
        CatiError: ``outbox_key_missing``; as `cati.store.faults.embedded` when the disk refuses.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self.file, self._now = folder / FILE, now
        self._changed = threading.Condition()
        with self._told():
            self._connection = sqlite3.connect(
                self.file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self.file.chmod(0o600)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            self._connection.executescript(_SCHEMA)
            self._add_columns()
        self._key = StationKey(self._secret(folder / KEY_FILE))
        self._forget()
        self._served: dict[str, int | bool | None] = {}
        self._count = 0
        self.serve(None)

    def serve(self, writer: int | None, *, others: bool = False) -> None:
        """Choose what is sent from now on.

        Args:
            writer: row number of the user whose writes are; None for anybody's.
            others: and what others wrote and can be shown to have written.
        """
        with self._changed:
            self._served = {"writer": writer, "others": others}
            self._recount()

    def put(
        self,
        programme: str,
        user_id: int,
        station: str,
        write: Write,
        key: ProofKey | None = None,
        *,
        sent: bool = False,
    ) -> None:
        """Make a write durable; when this returns it survives a power cut.

        Args:
            programme: its code.
            user_id: who writes.
            station: where.
            write: what.
            key: the writer's, to prove it.
            sent: the server has it already; it is kept in case the server is restored.

        Raises:
            CatiError: when the disk refuses; nothing is kept then.
        """
        envelope = Envelope(str(uuid.uuid4()), programme, user_id, station, self._now(), write)
        coded = encode(envelope)
        sealed = self._key.seal(coded, bound_to=envelope.id.encode())
        mac = key.prove(coded) if key is not None else None
        at = envelope.at.isoformat()
        row = (envelope.id, user_id, at, sealed, mac, at if sent else None)
        with self._told(), self._changed:
            self._connection.execute(
                "insert into writes (id, user_id, at, sealed, mac, sent_at) values (?, ?, ?, ?, ?, ?)", row
            )
            self._recount()

    def first(self) -> Waiting | None:
        """The oldest write that was not sent; None when all were.

        Raises:
            CatiError: ``outbox_unreadable``.
        """
        with self._told(), self._changed:
            row = self._connection.execute(
                f"select seq, id, sealed, mac {_WAITING} order by seq limit 1", self._served
            ).fetchone()
        return self._opened(*row) if row is not None else None

    def sent(self, one: Waiting) -> None:
        """Note that the server has taken a write."""
        with self._told(), self._changed:
            self._connection.execute(
                "update writes set sent_at = ? where seq = ? and sent_at is null",
                (self._now().isoformat(), one.seq),
            )
            self._recount()

    def hold(self, one: Waiting) -> None:
        """Leave a write to whoever wrote it: nobody else can send it."""
        with self._told(), self._changed:
            self._connection.execute("update writes set held = 1 where seq = ?", (one.seq,))
            self._recount()

    def kept(self) -> tuple[Waiting, ...]:
        """All writes that are still here, sent or not, oldest first."""
        with self._told(), self._changed:
            found = self._connection.execute(
                "select seq, id, sealed, mac from writes order by seq"
            ).fetchall()
        return tuple(self._opened(*row) for row in found)

    def recall(self, one: Waiting, but: Set[int] = frozenset()) -> tuple[int, ...]:
        """Let what its writer wrote of the same case before a write be sent once more, ahead of it.

        Args:
            one: a write whose beginnings the server lacks, as after it was restored.
            but: places of what need not be sent again.

        Returns:
            The places of what is sent again.
        """
        earlier = (
            "select seq, id, sealed, mac, sent_at from writes where user_id = ? and seq < ? order by seq desc"
        )
        found = []
        with self._told(), self._changed:
            for *row, sent_at in self._connection.execute(earlier, (one.envelope.user_id, one.seq)):
                if isinstance(self._opened(*row).envelope.write, Closing):
                    break
                if sent_at is not None and row[0] not in but:
                    found.append(row[0])
            self._connection.executemany(
                "update writes set sent_at = null where seq = ?", [(seq,) for seq in found]
            )
            self._recount()
        return tuple(found)

    def send_again(self) -> int:
        """Let everything that is kept be sent once more, as after a server was restored; gives how many."""
        with self._told(), self._changed:
            self._connection.execute("update writes set sent_at = null, held = 0")
            self._recount()
            return self._count

    def meet(self, server: str, since: datetime | None) -> int:
        """Note to which server is sent; to another than before what is kept is sent once more.

        Args:
            server: what tells it from the one it was before it was restored.
            since: what was written before is there (aware); None where that is not known.

        Returns:
            How many writes wait now because of that.
        """
        again = "update writes set sent_at = null, held = 0 where sent_at is not null and at >= ?"
        with self._told(), self._changed:
            known = self._connection.execute("select name from server").fetchone()
            if known == (server,):
                return 0
            from_then = since.astimezone(UTC).isoformat() if since is not None else ""
            count = self._connection.execute(again, (from_then,)).rowcount if known is not None else 0
            self._connection.execute("delete from server")
            self._connection.execute("insert into server (name) values (?)", (server,))
            self._recount()
        return count

    def take(self, held: InHand) -> None:
        """Keep the case an operator has taken, in place of the one before."""
        sealed = self._key.seal(held.encode(), bound_to=_IN_HAND)
        row = (held.passport.actor.user_id, sealed)
        with self._told(), self._changed:
            self._connection.execute("insert or replace into in_hand (user_id, sealed) values (?, ?)", row)

    def in_hand(self) -> tuple[InHand, ...]:
        """The last case of each operator who worked here.

        Raises:
            CatiError: ``outbox_unreadable``.
        """
        with self._told(), self._changed:
            found = self._connection.execute("select sealed from in_hand").fetchall()
        return tuple(InHand.decode(self._key.open(sealed, bound_to=_IN_HAND)) for (sealed,) in found)

    def waiting(self) -> tuple[int, datetime | None]:
        """How many writes of anybody were not sent, and when the oldest was made (aware)."""
        with self._told(), self._changed:
            found = "select count(*), min(at) from writes where sent_at is null"
            count, oldest = self._connection.execute(found).fetchone()
        return count, datetime.fromisoformat(oldest) if oldest is not None else None

    def __len__(self) -> int:
        """How many writes of whoever is served were not sent."""
        return self._count

    def wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Wait until something holds that changes with the outbox; whether it does."""
        with self._changed:
            return self._changed.wait_for(until, seconds)

    def wake(self) -> None:
        """Let whoever waits look again."""
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """Give the file back."""
        with self._changed:
            self._connection.close()

    def _opened(self, seq: int, name: str, sealed: bytes, mac: bytes | None) -> Waiting:
        coded = self._key.open(sealed, bound_to=name.encode())
        return Waiting(seq, decode(coded), Proof(coded, mac) if mac is not None else None)

    def _recount(self) -> None:
        with self._told():
            found = self._connection.execute(f"select count(*) {_WAITING}", self._served)
            self._count = int(found.fetchone()[0])
        self._changed.notify_all()

    def _add_columns(self) -> None:
        known = {name for _place, name, *_rest in self._connection.execute("pragma table_info(writes)")}
        for column in _ADDED:
            if column.split()[0] not in known:
                self._connection.execute(f"alter table writes add column {column}")

    def _read(self, statement: str) -> int:
        with self._told():
            return int(self._connection.execute(statement).fetchone()[0])

    def _forget(self) -> None:
        with self._told():
            before = ((self._now() - KEPT).isoformat(),)
            self._connection.execute("delete from writes where sent_at < ?", before)

    def _secret(self, file: Path) -> bytes:
        try:
            return file.read_bytes()
        except FileNotFoundError:
            if self._read("select count(*) from writes where sent_at is null"):
                raise CatiError(
                    "outbox_key_missing",
                    N_(
                        "The key {file} is missing, without which what waits on this station for the server "
                        "cannot be opened. It was left as it is. Put the key back from where the data folder "
                        "was copied."
                    ),
                    file=str(file),
                ) from None
        secret = new_station_key()
        # Written aside: a key cut off half-way would open nothing.
        making = file.with_suffix(".making")
        making.unlink(missing_ok=True)
        with open(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secret)
            out.flush()
            os.fsync(out.fileno())
        making.replace(file)
        _sync_folder(file.parent)
        return secret

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the disk refuses into sentences."""
        try:
            yield
        except sqlite3.Error as refused:
            sentence = faults.of_file(self.file, refused)
            if sentence is None:
                raise
            raise sentence from refused


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system knows how."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
