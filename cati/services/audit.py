"""Who did what: an append-only log whose entries are chained by hashes, one chain per session."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.logging import without_numbers
from cati.domain.attendance import LOCAL
from cati.domain.users import Right
from cati.services.context import Context
from cati.store import audit as store
from cati.store import users as user_store
from cati.store.audit import StoredEntry as StoredEntry
from cati.store.engine import Connection, Database

Value: TypeAlias = str | int | bool | Decimal | Sequence[str] | None
"""What a detail may be. Never a number, a person's name, an answer or a password."""

START = "0" * 64
"""What the first entry of a session is chained to."""

_SUBJECT_LENGTH = 200
_LOG = "audit log"

BROKEN = {
    "missing": N_("an entry before it is gone"),
    "chain": N_("it does not follow the one before it"),
    "content": N_("it was changed"),
}
"""How the log shows that it was tampered with, to be translated."""


@dataclass(frozen=True, slots=True)
class BadEntry:
    """Where the log was tampered with.

    Attributes:
        problem: ``missing`` (an entry before this one is gone), ``chain`` (it does not follow the one
            before it) or ``content`` (it was changed).
        login: of whoever's session it is; empty where nobody was known yet.
    """

    session_id: str
    seq: int
    problem: str
    login: str


@dataclass(frozen=True, slots=True)
class Head:
    """All of the log up to the end of a day.

    Attributes:
        hash: hexadecimal SHA-256.
    """

    day: date
    entries: int
    hash: str

    @property
    def line(self) -> str:
        """As it is kept, and given back to be compared: ``DAY=HASH``."""
        return f"{self.day:%Y-%m-%d}={self.hash}"


@dataclass(frozen=True, slots=True)
class Noted:
    """When a head was last taken out of the program, to be kept elsewhere.

    Attributes:
        day: the head's.
        at: when it was taken (aware).
        user_id: by whom.
    """

    day: date
    at: datetime
    user_id: int | None


def record(ctx: Context, connection: Connection, action: str, subject: str, **detail: Value) -> None:
    """Write down one thing done, in the transaction that does it, as its last statement.

    Args:
        ctx: who acts, in which session.
        connection: a write transaction; two of one session take turns from here to their ends.
        action: what was done, such as ``import_frame``.
        subject: to what, as kind and key, such as ``frame 12``; at most 200 characters are kept.
        detail: facts worth keeping; runs of seven digits and more are blotted out.
    """
    user_id = ctx.actor.user_id
    if ctx.sender is not None:
        # The chain is the sender's.
        detail["writer"], user_id = user_id, ctx.sender.user_id
    append(connection, ctx.session_id, ctx.now(connection), user_id, action, subject, **detail)


def append(
    connection: Connection,
    session_id: str,
    at: datetime,
    user_id: int | None,
    action: str,
    subject: str,
    **detail: Value,
) -> None:
    """As `record`, where there is no signed-in user yet (user_id None: not known)."""
    last = store.last(connection, session_id)
    seq, previous = (0, START) if last is None else (last[0] + 1, last[1])
    entry = StoredEntry(
        session_id=session_id,
        seq=seq,
        at=at,
        user_id=user_id,
        action=action,
        subject=without_numbers(subject)[:_SUBJECT_LENGTH],
        detail={name: _plain(value) for name, value in detail.items()},
        previous=previous,
        hash="",
    )
    store.add(connection, replace(entry, hash=digest(entry)))


def is_begun(connection: Connection, session_id: str) -> bool:
    """Whether a chain has an entry that whoever asks may see; nobody adds one until the transaction ends."""
    return store.last(connection, session_id) is not None


def new_session() -> str:
    """A name for a chain."""
    return str(uuid.uuid4())


def digest(entry: StoredEntry) -> str:
    """Hexadecimal SHA-256 over the canonical JSON of an entry, its own hash left out.

    Canonical: keys sorted, no blanks, UTF-8; the time as ISO 8601 in UTC with microseconds.
    """
    facts = {
        "session": entry.session_id,
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "user": entry.user_id,
        "action": entry.action,
        "subject": entry.subject,
        "detail": entry.detail,
        "previous": entry.previous,
    }
    canonical = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def verify(ctx: Context) -> BadEntry | None:
    """Check every chain; the first bad entry, or None when all is well.

    Entries cut off a chain's end leave no trace in the chain itself: heads kept elsewhere show them.
    """
    ctx.actor.require(Right.MANAGE_USERS)
    return first_bad(ctx.database)


def first_bad(database: Database) -> BadEntry | None:
    """As `verify`, for an examination of the station: it tells of no entry what it says."""
    with database.read() as connection, closing(store.by_session(connection)) as entries:
        before: StoredEntry | None = None
        for entry in entries:
            if before is not None and before.session_id != entry.session_id:
                before = None
            problem = _problem(before, entry)
            if problem is not None:
                # Of one person; the entry itself may have been given to somebody else.
                whose = (before or entry).user_id
                return BadEntry(entry.session_id, entry.seq, problem, _login(database, whose))
            before = entry
    return None


def _login(database: Database, user_id: int | None) -> str:
    # On a connection of its own: that of the entries is being read.
    with database.read() as connection:
        user = user_store.by_id(connection, user_id) if user_id is not None else None
    return user.login if user is not None else ""


def head(ctx: Context, day: date | None = None) -> Head:
    """One hash over the heads of all chains as they were at the end of a day.

    Kept elsewhere, it shows what a chain cannot: that its end, or the whole of it, was removed.

    Args:
        day: local day that is over; yesterday if None.

    Raises:
        CatiError: ``not_allowed``; ``day_not_over``.
    """
    ctx.actor.require(Right.MANAGE_USERS)
    with ctx.database.read() as connection:
        today = ctx.now(connection).astimezone(LOCAL).date()
        day = day or today - timedelta(days=1)
        if day >= today:
            raise CatiError(
                "day_not_over",
                N_(
                    "{day} is not over yet, so more may be written. Nothing was made. Choose a "
                    "day before today."
                ),
                day=day.isoformat(),
            )
        end = datetime.combine(day + timedelta(days=1), time(), LOCAL)
        heads = sorted(store.heads(connection, end))
    text = "".join(f"{session} {seq} {digest}\n" for session, seq, digest in heads)
    return Head(day, sum(seq + 1 for _, seq, _ in heads), sha256(text.encode()).hexdigest())


def export_head(ctx: Context, target: Path) -> Head:
    """Add yesterday's head to a file of ``DAY=HASH`` lines, best on a stick kept elsewhere.

    Raises:
        CatiError: as `head`; ``head_not_written``.
    """
    found = head(ctx)
    line = f"{found.line}\n"
    try:
        known = target.read_text("utf-8") if target.exists() else ""
        if line not in known:
            with target.open("a", encoding="utf-8") as out:
                out.write(line)
    except (OSError, UnicodeDecodeError) as refused:
        raise CatiError(
            "head_not_written",
            N_("The file {file} could not be written. Nothing was changed. Name another."),
            file=str(target),
        ) from refused
    note_head(ctx, found, "exported")
    return found


def note_head(ctx: Context, found: Head, how: str) -> None:
    """Write down that a head was taken out of the program.

    Args:
        ctx: somebody who looks after users.
        found: which.
        how: copied, exported or printed.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.MANAGE_USERS)
    with ctx.database.write() as connection:
        record(ctx, connection, "note_head", _LOG, day=found.day.isoformat(), how=how, hash=found.hash)


def last_noted(ctx: Context) -> Noted | None:
    """Which head was taken out last; None when none ever was."""
    ctx.actor.require(Right.MANAGE_USERS)
    with ctx.database.read() as connection:
        entry = store.last_of(connection, "note_head", _LOG)
    return None if entry is None else Noted(date.fromisoformat(entry.detail["day"]), entry.at, entry.user_id)


def newest(ctx: Context, limit: int = 200) -> tuple[StoredEntry, ...]:
    """The last `limit` entries of all sessions, newest first."""
    ctx.actor.require(Right.MANAGE_USERS)
    with ctx.database.read() as connection:
        return store.newest(connection, limit)


def _problem(before: StoredEntry | None, entry: StoredEntry) -> str | None:
    expected = 0 if before is None else before.seq + 1
    if entry.seq != expected:
        return "missing"
    if entry.previous != (START if before is None else before.hash):
        return "chain"
    if entry.hash != digest(entry):
        return "content"
    return None


def _plain(value: Value) -> str | int | bool | list[str] | None:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str | Decimal):
        return _text(str(value))
    return [_text(part) for part in value]


def _text(text: str) -> str:
    # PostgreSQL keeps no NUL and no lone surrogate in JSON.
    return without_numbers(text).replace("\0", "").encode(errors="replace").decode()
