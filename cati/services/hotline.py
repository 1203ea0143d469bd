"""The 12345 hotline: its figures are adopted and score; tickets say where they differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from cati.base.i18n import translate as _
from cati.domain.hotline import Ticket, appeal_until
from cati.domain.hotline_scores import (
    Adopted,
    FollowUp,
    HotlineLine,
    HotlineScore,
    Satisfied,
    differences,
    figures,
    hotline_score,
    printed_places,
)
from cati.domain.programmes import LoadedProgramme, Unit
from cati.domain.report_facts import sentences
from cati.domain.users import Right
from cati.files.hotline_figures import FigureFile, read_adopted, read_follow_up
from cati.files.tickets import read_tickets
from cati.services import audit, hotline_claims
from cati.services.context import Context
from cati.services.hotline_claims import DecidedClaim, hotline_channels, refuse_without_channel, zone_of
from cati.store import frames as frame_store
from cati.store import hotline as store
from cati.store import scoring as score_store
from cati.store.engine import Connection

T = TypeVar("T", Adopted, FollowUp)
MOST_LOST = 8


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was taken.

    Attributes:
        count: rows, or units, in it.
        replaced: how many there were before in their place.
        lost: numbers of tickets that points are claimed for and that are not in it, or units that had
            figures and have none now, in order.
    """

    count: int
    replaced: int
    lost: tuple[str, ...] = ()

    def replaced_words(self) -> str:
        """What was there before and is gone, empty where nothing was."""
        if not self.replaced:
            return ""
        said = [_("{count} that were there before are replaced.").format(count=self.replaced)]
        if self.lost:
            told = [*self.lost[:MOST_LOST], *(["…"] if len(self.lost) > MOST_LOST else [])]
            said.append(_("No longer among them: {names}.").format(names=_(", ").join(told)))
        return sentences(said)


@dataclass(frozen=True, slots=True)
class HotlineBoard:
    """All that is known of the hotline.

    Attributes:
        lines: units whom a channel of the hotline is about, in the programme's order.
        tickets: of all of them.
        appeals_until: last day to appeal against the adopted figures, None before they were taken.
        formula: of what the satisfied are a share.
        claims: of all units.
    """

    lines: tuple[HotlineLine, ...]
    tickets: int
    appeals_until: date | None
    formula: Satisfied
    claims: tuple[DecidedClaim, ...]


def import_tickets(ctx: Context, programme: LoadedProgramme, path: Path) -> Taken:
    """Take a list of tickets, all or nothing, in place of the one before.

    Args:
        ctx: somebody who may adjust scores.
        programme: one with a channel of the hotline.
        path: .xlsx or .csv; see `cati.files.tickets`.

    Raises:
        CatiError: ``not_allowed``, ``hotline_none``, and what `read_tickets` refuses.
    """
    ctx.actor.require(Right.ADJUST)
    refuse_without_channel(programme.programme)
    found = read_tickets(path, programme.programme.units, zone_of(programme))
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        keys = frame_store.unit_ids(connection, programme.id)
        numbers = {ticket.number for ticket in found.tickets}
        claimed = {c.number for c in store.claims(connection, programme.id) if not c.turned_down}
        gone = store.put_tickets(connection, programme.id, found.tickets, keys)
        audit.record(
            ctx, connection, "import_tickets", f"programme:{programme.id}",
            file=found.name, sha256=found.sha256, rows=len(found.tickets), replaced=gone,
        )  # fmt: skip
    return Taken(len(found.tickets), gone, tuple(sorted(claimed - numbers)))


def adopt(ctx: Context, programme: LoadedProgramme, path: Path) -> Taken:
    """Take the hotline's own figures, which score from now on, in place of those before.

    采信区网格中心考评结果: the document adopts what the hotline found.

    Args:
        ctx: somebody who may adjust scores.
        programme: one with a channel of the hotline.
        path: .xlsx or .csv with a row for each unit; see `cati.files.hotline_figures`.

    Raises:
        CatiError: ``not_allowed``, ``hotline_none``, and what `read_adopted` refuses.
    """
    return _take_figures(
        ctx, programme, path, read_adopted, store.adopted, store.put_adopted, "adopt_hotline"
    )


def take_follow_up(ctx: Context, programme: LoadedProgramme, path: Path) -> Taken:
    """Take how many of last year's unresolved tickets were followed up, by unit, in place of those before.

    A unit that is not in the file had none followed up.

    Args:
        ctx: somebody who may adjust scores.
        programme: one with a channel of the hotline.
        path: .xlsx or .csv; see `cati.files.hotline_figures`.

    Raises:
        CatiError: ``not_allowed``, ``hotline_none``, and what `read_follow_up` refuses.
    """
    return _take_figures(
        ctx, programme, path, read_follow_up, store.follow_ups, store.put_follow_ups, "follow_up_hotline"
    )


def _take_figures(
    ctx: Context,
    programme: LoadedProgramme,
    path: Path,
    read: Callable[[Path, Sequence[Unit]], FigureFile[T]],
    known: Callable[[Connection, int], Mapping[str, T]],
    put: Callable[..., int],
    action: str,
) -> Taken:
    """Take figures of units from a file, all or nothing, in place of those before."""
    ctx.actor.require(Right.ADJUST)
    refuse_without_channel(programme.programme)
    found = read(path, programme.programme.units)
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        before = known(connection, programme.id)
        lost = [u.name for u in programme.programme.units if u.code in before.keys() - found.figures.keys()]
        gone = put(
            connection, programme.id, found.figures, frame_store.unit_ids(connection, programme.id),
            at=ctx.now(connection), by=ctx.actor.user_id,
        )  # fmt: skip
        audit.record(
            ctx, connection, action, f"programme:{programme.id}",
            file=found.name, sha256=found.sha256, units=len(found.figures), replaced=gone,
        )  # fmt: skip
    return Taken(len(found.figures), gone, tuple(lost))


def board(ctx: Context, programme: LoadedProgramme) -> HotlineBoard:
    """The figures of every unit, adopted and recomputed, with what differs.

    Raises:
        CatiError: ``not_allowed``, ``hotline_none``, ``holidays_unknown``.
    """
    ctx.actor.require(Right.ADJUST)
    refuse_without_channel(programme.programme)
    zone = zone_of(programme)
    with ctx.database.read() as connection:
        lines = in_lines(connection, programme)
        at = store.adopted_at(connection, programme.id)
        claims = hotline_claims.decided(connection, programme)
    until = None if at is None else appeal_until(at.astimezone(zone).date())
    return HotlineBoard(lines, sum(line.tickets for line in lines), until, _formula(programme), claims)


def in_lines(
    connection: Connection, programme: LoadedProgramme, *, checked: bool = True
) -> tuple[HotlineLine, ...]:
    """The figures of every unit whom a channel of the hotline is about, none without such a channel.

    Args:
        connection: any transaction.
        programme: whose.
        checked: False leaves the tickets out, which only check what is adopted.

    Raises:
        CatiError: ``holidays_unknown``.
    """
    channels = hotline_channels(programme.programme)
    if not channels:
        return ()
    adopted = store.adopted(connection, programme.id)
    follow_ups = store.follow_ups(connection, programme.id)
    by_unit: dict[str, list[Ticket]] = {}
    for ticket in store.tickets(connection, programme.id, zone_of(programme)) if checked else ():
        by_unit.setdefault(ticket.unit, []).append(ticket)
    formula, places = _formula(programme), printed_places(adopted.values())
    return tuple(
        _line(unit, by_unit.get(unit.code, []), adopted, follow_ups, formula, places)
        for unit in programme.programme.units
        if any(channel.is_about(unit) for channel in channels)
    )


def scores(connection: Connection, programme: LoadedProgramme) -> dict[tuple[str, str], HotlineScore]:
    """The points of every unit with adopted figures, by codes of channel and unit."""
    channels = hotline_channels(programme.programme)
    adopted = store.adopted(connection, programme.id) if channels else {}
    follow_ups = store.follow_ups(connection, programme.id) if adopted else {}
    return {
        (channel.code, unit.code): hotline_score(
            adopted[unit.code].figures(), _follow_up(follow_ups, unit.code)
        )
        for channel in channels
        for unit in programme.programme.units
        if channel.is_about(unit) and unit.code in adopted
    }


def _line(
    unit: Unit,
    tickets: list[Ticket],
    adopted: dict[str, Adopted],
    follow_ups: dict[str, FollowUp],
    formula: Satisfied,
    places: int,
) -> HotlineLine:
    theirs = adopted[unit.code].figures() if unit.code in adopted else None
    follow_up = _follow_up(follow_ups, unit.code)
    return HotlineLine(
        unit,
        theirs,
        figures(tickets, formula),
        len(tickets),
        follow_up,
        None if theirs is None else hotline_score(theirs, follow_up),
        differences(unit.code, theirs, tickets, follow_up, formula, places) if theirs and tickets else (),
    )


def _follow_up(known: dict[str, FollowUp], unit: str) -> FollowUp | None:
    """Of a unit that is not in the file nothing was followed up; without a file nobody knows."""
    return known.get(unit, FollowUp(0, 0)) if known else None


def _formula(programme: LoadedProgramme) -> Satisfied:
    return Satisfied(programme.programme.settings.hotline_satisfied)
