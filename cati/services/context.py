"""What every service gets: the database, the time, who acts, and the keys that person holds."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from cati.base.clock import Clock
from cati.domain.users import Actor
from cati.sealing.keyring import KeyRing
from cati.store.engine import Connection, Database


@dataclass(frozen=True)
class Context:
    """One signed-in session.

    Attributes:
        session_id: names the session's chain in the audit log.
        sender: whose session it is, where that one sends what the actor wrote and the server knows both.
        station_id: uuid by which a server knows the station the actor calls from; empty without one.
    """

    database: Database
    clock: Clock
    actor: Actor
    keys: KeyRing
    session_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    sender: Actor | None = None
    station_id: str = ""

    def now(self, connection: Connection) -> datetime:
        """The time that counts for this transaction (the server's, unless the clock is virtual)."""
        return self.database.now(connection, self.clock)
