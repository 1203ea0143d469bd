"""People who gave opinions in an earlier programme, as the list of a group of this one.

Guangxi 2015, section 2: the draw is among whoever gave opinions or suggestions by telephone the year before;
they say whether what was wrong was put right. Contacts go from one programme to the other unseen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.contacts import Contact
from cati.domain.frames import ListReport, ListTally, find_unit
from cati.domain.programmes import FOLLOW_UP, Group, LoadedProgramme, Programme, Unit
from cati.domain.users import Right
from cati.sealing.contacts import ContactKey
from cati.services import audit, follow_ups, opinions, programmes
from cati.services.context import Context
from cati.services.drawn_lists import frozen_in, refuse_if_frozen
from cati.store import frames as frame_store
from cati.store.engine import Connection
from cati.store.frames import EntryRow, NewFrame


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What was taken for one unit: people who gave opinions about it, and how many of them can be called."""

    unit: Unit
    group: Group
    report: ListReport


def take(ctx: Context, programme: LoadedProgramme, earlier: str) -> tuple[FollowUp, ...]:
    """Take whoever gave an opinion in an earlier programme as the lists of the groups that follow up.

    A unit's list has the people who gave an opinion about it; where they were asked whether they may be
    called again, those whose agreement holds (`follow_ups.willing`). Whoever refuses calls for good is left
    out, and so is a number that another list of the unit has. Units are found by their names; all lists are
    taken, or none. After the draw those of units that had none may still be taken.
    They get a draw of their own.

    Args:
        ctx: somebody who may import lists, and holds the contact keys of both programmes.
        programme: where to.
        earlier: code of the programme of the year before; its contacts are still there.

    Raises:
        CatiError: ``not_allowed``, ``no_follow_up``, ``programme_unknown``, ``follow_up_itself``,
            ``contacts_destroyed``, ``no_opinions``, ``no_contact_key``, ``frames_frozen``.
    """
    ctx.actor.require(Right.IMPORT_FRAMES)
    if not any(group.list_kind == FOLLOW_UP for group in programme.programme.groups):
        raise CatiError(
            "no_follow_up",
            N_("No group of this programme follows an earlier one up. Nothing was changed."),
        )
    source = programmes.get(ctx, earlier)
    _check_source(programme, source)
    opinions.gather(ctx, source)
    about = {unit.code: unit for unit in source.programme.units}
    key = ctx.keys.contact_key(programme.id)
    with ctx.database.write() as connection:
        frame_store.lock_programme(connection, programme.id)
        cells = _open(connection, programme)
        if not cells:
            refuse_if_frozen(connection, programme, frozen_in(connection, programme))
        people = [(about[one.unit], one.contact) for one in follow_ups.willing(ctx, connection, source)]
        if not people:
            raise CatiError(
                "no_opinions",
                N_("Nobody of {programme} gave an opinion and may be called again. Nothing was changed."),
                programme=source.programme.code,
            )
        taken = []
        for unit, group in cells:
            own = [c for was, c in people if _is_same(programme.programme, was, unit)]
            if not own:
                continue
            rows, numbers, report = _rows(
                own, key, group.minimum_of(unit), _numbers(connection, programme, unit, group)
            )
            _store(ctx, connection, programme, source, unit, group, rows, numbers, report)
            taken.append(FollowUp(unit, group, report))
        if not taken:
            follow = [(u.code, g.code) for u, g in programme.programme.cells if g.list_kind == FOLLOW_UP]
            refuse_if_frozen(connection, programme, follow)
        audit.record(
            ctx, connection, "take_follow_up", f"programme:{programme.id}", copied=source.programme.code,
            rows=sum(one.report.accepted for one in taken),
        )  # fmt: skip
    return tuple(taken)


def open_to(ctx: Context, earlier: LoadedProgramme) -> tuple[LoadedProgramme, ...]:
    """The programmes that may take a list of this one: in preparation, or drawn without one for some unit.

    Raises:
        CatiError: ``not_allowed``.
    """
    others = [one for one in programmes.listing(ctx) if one.id != earlier.id]
    with ctx.database.read() as connection:
        return tuple(one for one in others if one.state in ("setup", "drawn") and _open(connection, one))


def _open(connection: Connection, programme: LoadedProgramme) -> list[tuple[Unit, Group]]:
    """The cells that may take a list of an earlier programme."""
    follow = [(unit, group) for unit, group in programme.programme.cells if group.list_kind == FOLLOW_UP]
    frozen = frozen_in(connection, programme) if follow else frozenset()
    return [(unit, group) for unit, group in follow if (unit.code, group.code) not in frozen]


def _check_source(programme: LoadedProgramme, source: LoadedProgramme) -> None:
    if source.id == programme.id:
        raise CatiError(
            "follow_up_itself", N_("A programme cannot follow itself up. Nothing was changed. Name another.")
        )


def _is_same(programme: Programme, earlier: Unit, unit: Unit) -> bool:
    found = find_unit(programme.units, earlier.name)
    return earlier.code == unit.code if found is None else found == unit


def _numbers(
    connection: Connection, programme: LoadedProgramme, unit: Unit, group: Group
) -> list[frozenset[bytes]]:
    """Numbers of the other lists of the unit that are in force."""
    return [
        frame_store.numbers_of(connection, frame.id)
        for frame in frame_store.stored_frames(connection, programme.id)
        if frame.current and frame.unit == unit.code and frame.group != group.code
    ]


def _rows(
    people: Sequence[Contact], key: ContactKey, minimum: int | None, earlier: Sequence[Collection[bytes]]
) -> tuple[list[EntryRow], Collection[bytes], ListReport]:
    tally = ListTally(earlier)
    rows: list[EntryRow] = []
    for row, contact in enumerate(people, 1):
        number = key.number_hash(contact.number.e164)
        if tally.place(number) is None:
            others = tuple(key.number_hash(phone.e164) for phone in contact.alternates)
            rows.append((row, number, key.seal(contact.encode(), bound_to=number), others))
    return rows, tally.numbers, tally.report(minimum)


def _store(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    source: LoadedProgramme,
    unit: Unit,
    group: Group,
    rows: list[EntryRow],
    numbers: Collection[bytes],
    report: ListReport,
) -> None:
    frame = NewFrame(
        programme_id=programme.id,
        unit_id=frame_store.unit_ids(connection, programme.id)[unit.code],
        group_id=frame_store.group_ids(connection, programme.id)[group.code],
        file=source.programme.code,
        # No file came in: what tells this list apart is who is on it.
        sha256=sha256(b"".join(sorted(numbers))).hexdigest(),
        submitted_on=None,
        received_at=ctx.now(connection),
        imported_by=ctx.actor.user_id,
        late=False,
        short=report.short,
        rows=report.rows,
        accepted=report.accepted,
        rejected=report.rejected,
    )
    frame_id, _version = frame_store.add_frame(connection, frame)
    frame_store.add_entries(
        connection, programme.id, frame_id, numbers, [rows] if rows else [], lambda _count: None
    )
