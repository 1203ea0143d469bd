"""The computers of a floor, as they tell of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cati.domain.attendance import bounds, local_day
from cati.domain.stations import Presence, Sign, Station
from cati.domain.users import Right
from cati.services.context import Context
from cati.store import stations as store
from cati.store.engine import Connection

_ORDER = list(Presence)


@dataclass(frozen=True, slots=True)
class Stations:
    """The stations of today and those that keep entries, what is to be seen to first."""

    now: datetime
    lines: tuple[Station, ...] = ()

    @property
    def keeping(self) -> int:
        """How many are not there and keep entries that are not on the server."""
        return sum(one.keeps_work(self.now) for one in self.lines)

    @property
    def off(self) -> int:
        """How many that are there have a clock that is to be set right."""
        return sum(one.clock_is_off and one.presence(self.now) is Presence.HERE for one in self.lines)


def server(ctx: Context) -> tuple[str, datetime | None]:
    """What tells a server's database from the one before it was restored, and until when both are alike.

    The moment (aware) is None where that is not known.
    """
    with ctx.database.read() as connection:
        return store.server(connection)


def hear(
    ctx: Context,
    connection: Connection,
    station_id: str,
    sign: Sign,
    *,
    comes: bool = False,
    goes: bool = False,
) -> datetime:
    """Note that this station is there, on a server; gives the server's time (aware).

    Everybody who has signed in may: it is the station that tells, of itself. By the answer the session knows
    whether the floor has another version now; then it works with it no more.

    Args:
        ctx: of whoever is signed in there.
        connection: to the server; the station keeps one for this.
        station_id: uuid of the station.
        sign: what it tells.
        comes, goes: the session begins, or ends.
    """
    told_at = ctx.clock.now() if ctx.clock.virtual else None
    now, schema = store.hear(
        connection, station_id, ctx.actor.user_id, sign, comes=comes, goes=goes, told_at=told_at
    )
    ctx.database.meet(schema)
    return now


def today(ctx: Context) -> Stations:
    """The stations of today; none where the database is on the station itself.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        now = ctx.now(connection)
        found = store.heard_since(connection, bounds(local_day(now))[0])
    found = tuple(
        sorted(
            found, key=lambda one: (not one.keeps_work(now), _ORDER.index(one.presence(now)), one.sign.name)
        )
    )
    return Stations(now, found)
