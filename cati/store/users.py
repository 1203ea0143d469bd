"""Users, and the facts of a database that concern all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, update

from cati.domain.users import Role
from cati.sealing.passwords import LockedKey
from cati.store.engine import Connection
from cati.store.statements import insert_new
from cati.store.tables import bureau, users


@dataclass(frozen=True, slots=True)
class StoredUser:
    """A user's row.

    Attributes:
        failed_sign_ins: wrong passwords since the last right one.
        locked_until: before this time no password is looked at.
    """

    id: int
    login: str
    name: str
    roles: frozenset[Role]
    public_key: bytes = field(repr=False)
    locked: LockedKey = field(repr=False)
    active: bool
    simulated: bool
    failed_sign_ins: int
    locked_until: datetime | None
    created_at: datetime
