"""The computers of a floor: which are there, which have fallen silent, and what they still keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cati.base.errors import STRAINED
from cati.base.i18n import mark as N_

SILENT_AFTER = timedelta(seconds=45)
"""A station says every half minute that it is there, and tries again at once when it could not."""
SHUT = "shut"
"""What a station is told where the server lets whoever is signed in there in no more, or does so again."""
CLOCK_OFF = timedelta(seconds=30)
"""How far a station's clock may be off before anybody is told."""


class Presence(StrEnum):
    """Whether somebody works at a station, the most pressing first."""

    SILENT = "silent"
    HERE = "here"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Sign:
    """What a station tells of itself.

    Attributes:
        name: as the clerk chose it, else the computer's.
        version: of the program.
        unsent: how many entries are kept there and not on the server yet.
        oldest: when the oldest of them was made (aware); None without any.
        ahead: how far its own clock is ahead of the server's; None while that is not known.
        trouble: code of why the server, which answers, takes nothing of it; empty when it does.
    """

    name: str
    version: str
    unsent: int
    oldest: datetime | None
    ahead: timedelta | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Strain:
    """What keeps a server that answers from taking what stations have for it.

    Attributes:
        code: one of `STRAIN_WORDS`.
        stations: how many tell of it.
        unsent: how many entries they keep.
    """

    code: str
    stations: int
    unsent: int


STRAIN_WORDS: Mapping[str, str] = {
    "server_disk_full": N_(
        "The disk of the database server is full or takes nothing more. Nothing is lost: stations keep what "
        "is entered, call nobody else and send it by themselves. Have the server's keeper make room at once."
    ),
    "server_full": N_(
        "The database server has no connection left (max_connections). Nothing is lost: stations keep what "
        "is entered and send it by themselves. Tell the server's keeper."
    ),
    "server_memory": N_(
        "The database server lacks memory. Nothing is lost: stations keep what is entered and send it by "
        "themselves. Tell the server's keeper."
    ),
}
"""What supervisors and the bureau are told of it, by its code."""
assert STRAIN_WORDS.keys() == STRAINED


def strain_words(strain: Strain, translate: Callable[[str], str]) -> str:
    """What keeps the server from taking anything, and how many stations tell of it."""
    told = translate(N_("Stations: {stations}, entries kept there: {unsent}."))
    counted = told.format(stations=strain.stations, unsent=strain.unsent)
    return f"{translate(STRAIN_WORDS[strain.code])} {counted}"


@dataclass(frozen=True, slots=True)
class Station:
    """A station as the server knows it.

    Attributes:
        who: name of who is signed in there, or was last.
        since: when that began.
        left_at: when it ended; None while signed in, or when nobody said so.
        heard_at: the last sign of life.
    """

    id: str
    sign: Sign
    who: str
    since: datetime
    left_at: datetime | None
    heard_at: datetime

    def presence(self, now: datetime) -> Presence:
        """Whether somebody works there at this moment."""
        if self.left_at is not None:
            return Presence.LEFT
        return Presence.SILENT if now - self.heard_at > SILENT_AFTER else Presence.HERE

    def keeps_work(self, now: datetime) -> bool:
        """Whether it is not there and has entries that are not on the server."""
        return self.sign.unsent > 0 and self.presence(now) is not Presence.HERE

    @property
    def clock_is_off(self) -> bool:
        """Whether its clock is to be set right."""
        return is_off(self.sign.ahead)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is signed in.

    Attributes:
        station: its name.
        since: when that began (aware).
    """

    station: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """When a user was heard of last by way of a station.

    Attributes:
        heard_at: the station's last sign of life while the user was signed in there (aware).
        until: when that ended: the user signed out, or somebody else in; None while nobody said so.
    """

    heard_at: datetime
    until: datetime | None

    def gone_since(self, done: datetime | None, now: datetime) -> datetime | None:
        """Since when nothing is seen of the user; None while the user is there.

        Args:
            done: when the user did something last that reached the server, such as ending a call.
            now: aware.
        """
        last = self.heard_at if done is None else max(self.heard_at, done)
        ended = self.until is not None and last <= self.until
        return last if ended or now - last > SILENT_AFTER else None


def is_off(ahead: timedelta | None) -> bool:
    """Whether a clock so far ahead of the server's (negative: behind) is to be set right."""
    return ahead is not None and abs(ahead) > CLOCK_OFF
