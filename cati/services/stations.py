"""The computers of a floor, as they tell of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.attendance import bounds, local_day
from cati.domain.stations import SILENT_AFTER, Presence, Sign, Station, Strain
from cati.domain.times import clock
from cati.domain.users import Right
from cati.services import audit
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


def strain(ctx: Context) -> Strain | None:
    """What keeps the server from taking what stations have for it; None when nothing does.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        return store.strain(connection, ctx.now(connection) - SILENT_AFTER)


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
) -> tuple[datetime, bool]:
    """Note that this station is there, on a server.

    Everybody who has signed in may: it is the station that tells, of itself. By the answer the session knows
    whether the floor has another version now; then it works with it no more.

    Args:
        ctx: of whoever is signed in there.
        connection: to the server; the station keeps one for this.
        station_id: uuid of the station.
        sign: what it tells.
        comes, goes: the session begins, or ends.

    Returns:
        The server's time (aware), and whether whoever is signed in works at another station now.
    """
    told_at = ctx.clock.now() if ctx.clock.virtual else None
    now, schema, is_relieved = store.hear(
        connection, station_id, ctx.actor.user_id, sign, comes=comes, goes=goes, told_at=told_at
    )
    ctx.database.meet(schema)
    return now, is_relieved


def take_place(ctx: Context, *, instead: bool) -> None:
    """Call from this station from now on; nobody does so from two at a time.

    A window at another one is told, and hands out nobody any more. One that has fallen silent is not asked.

    Args:
        ctx: of whoever has signed in, with the station's uuid.
        instead: also in place of a station that is at work.

    Raises:
        CatiError: ``signed_in_elsewhere`` where there is such a one, unless `instead`.
    """
    mine, virtual = ctx.actor.user_id, ctx.clock.virtual
    with ctx.database.write() as connection:
        now = ctx.now(connection)
        found = store.elsewhere(connection, ctx.station_id, mine, now - SILENT_AFTER)
        if found is not None and not instead:
            raise CatiError(
                "signed_in_elsewhere",
                N_(
                    "You are signed in at {station} since {time}. Nothing was changed there. Sign out at "
                    "that window first; or press F6 to work here instead: that window then calls nobody any "
                    "more."
                ),
                station=found.station,
                time=clock(found.since),
            )
        store.take_place(connection, ctx.station_id, mine, now if virtual else None)
        if found is not None:
            audit.record(
                ctx, connection, "take_place", f"user {mine}", station=ctx.actor.station, before=found.station
            )


def is_relieved(ctx: Context) -> bool:
    """Whether whoever has signed in here works at another station since; never without a server.

    Raises:
        CatiError: ``let_in_no_more``, ``login_closed``; when the server is gone.
    """
    with ctx.database.read() as connection:
        if not ctx.station_id:
            return False
        now = ctx.now(connection)
        return store.standing(connection, ctx.station_id, ctx.actor.user_id, now - SILENT_AFTER)[0]


def require_place(ctx: Context, connection: Connection, now: datetime) -> None:
    """Refuse to call from two stations at a time; where there is no server nothing is asked.

    Raises:
        CatiError: ``place_taken`` where the operator works at another station since; ``call_elsewhere`` while
            the operator's call there has no outcome and that station is heard.
    """
    if not ctx.station_id:
        return
    mine, since = ctx.actor.user_id, now - SILENT_AFTER
    taken, has_others = store.standing(connection, ctx.station_id, mine, since)
    if taken:
        newer = store.elsewhere(connection, ctx.station_id, mine, since)
        if newer is None:
            # It has taken the place and given no sign of life yet, or none any more.
            raise CatiError(
                "place_taken",
                N_(
                    "You signed in at another window since, so nobody is called from this one any more. What "
                    "is ticked is safe. Sign out here; your working day goes on there."
                ),
            )
        raise CatiError(
            "place_taken",
            N_(
                "You signed in at another window since ({station} {time}), so nobody is called from this one "
                "any more. What is ticked is safe. Sign out here; your working day goes on there."
            ),
            station=newer.station,
            time=clock(newer.since),
        )
    call = store.calling_elsewhere(connection, ctx.station_id, mine, now, since) if has_others else None
    if call is not None:
        raise CatiError(
            "call_elsewhere",
            N_(
                "Your call at {station} (since {time}) has no outcome yet. Nobody was called here. Choose "
                "its outcome there: the next person then comes here by itself, and after 45 seconds where "
                "that computer is off."
            ),
            station=call.station,
            time=clock(call.since),
        )


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
