"""Taking in phone lists: all of a file or nothing, and a report of what became of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.contacts import Contact, MailAddress
from cati.domain.frames import (
    DEADLINE,
    FrameReport,
    ListReport,
    ListRow,
    ListTally,
    PoolReport,
    RowProblem,
    is_late,
    is_undated,
)
from cati.domain.list_checks import Coverage, ListFindings, Serials
from cati.domain.phones import PhoneProblem, clean_text, of_row
from cati.domain.programmes import MAIL, Group, LoadedProgramme, Unit
from cati.domain.users import Right
from cati.files.frames import ListFile, PhoneList, heading_missing, open_lists
from cati.services import audit
from cati.services.context import Context
from cati.services.drawn_lists import PUBLIC, refuse_if_frozen
from cati.services.frame_naming import by_group, check_kind, unit_of
from cati.store import frames as store
from cati.store.engine import Connection
from cati.store.frames import EntryRow, NewFrame, ProblemRow
from cati.store.frames import StoredFrame as StoredFrame
from cati.store.spool import BATCH, Spool, spool

Progress: TypeAlias = Callable[[int, int], None]
"""Told how much is done of how much: first all rows are read, then all are stored."""

_Someone: TypeAlias = tuple[bytes, bytes, tuple[bytes, ...]]
"""What tells somebody from others, what is kept of the row in plain, and hashes of other numbers."""
_Reader: TypeAlias = Callable[[ListRow], _Someone | RowProblem]

POOL = "pool"
"""What the list of the public is called where a unit or group is expected."""


@dataclass(frozen=True, slots=True)
class _SealedList:
    """A list read and sealed, ready to be stored; no group means the public pool."""

    group: Group | None
    source: PhoneList
    report: ListReport
    numbers: Collection[bytes]
    entries: Spool[EntryRow]
    problems: Spool[ProblemRow]


def import_frame(
    ctx: Context,
    programme: LoadedProgramme,
    path: Path,
    progress: Progress | None = None,
    *,
    passwords: Sequence[str] = (),
) -> FrameReport:
    """Take in the phone lists of one unit, each as the next version of its kind.

    The unit is the one the 报送单位 line names; the group of a list is the one its sheet is named after.
    All is read and sealed before the transaction begins; the file itself is left as it is.

    Args:
        ctx: somebody who may import, and holds the contact key.
        programme: where to.
        path: an Excel workbook or .csv file.
        progress: told how far it is.
        passwords: are tried if the file is protected, and kept nowhere.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``, ``frames_frozen``, ``frames_changed``,
            ``list_known``, ``unit_unnamed``, ``unit_unknown``, ``units_differ``, ``group_unknown``,
            ``group_twice``, ``heading_missing``, ``group_not_handed_in``, and what `open_lists` refuses.
    """
    ctx.actor.require(Right.IMPORT_FRAMES)
    opened = open_lists(path, passwords=passwords)
    unit = unit_of(opened, programme.programme.units)
    sources = by_group(opened, unit, programme.programme.listed)
    for group, source in sources:
        check_kind(opened, group, source)
    deadline = programme.programme.settings.deadlines.get(DEADLINE)
    late = any(is_late(source.titles.submitted_on, deadline) for _, source in sources)
    titles = [source.titles for _, source in sources]
    undated, unread = is_undated(titles, deadline), next((one.unread for one in titles if one.unread), "")
    groups = {group.code for group, _ in sources}
    places = [(unit.code, group) for group in sorted(groups)]
    with ctx.database.read() as connection:
        refuse_if_frozen(connection, programme, places)
        _refuse_known(connection, programme.id, opened, places)
        others = _other_lists(connection, programme.id, unit, groups)
        earlier = [store.numbers_of(connection, frame_id) for frame_id in others]
    work = _Import(ctx, programme, opened, _Count(progress, opened))
    with work.sealed(unit, sources, earlier) as lists, ctx.database.write() as connection:
        store.lock_programme(connection, programme.id)
        refuse_if_frozen(connection, programme, places)
        _refuse_known(connection, programme.id, opened, places)
        if _other_lists(connection, programme.id, unit, groups) != others:
            raise _changed_meanwhile(opened.name)
        version = max(work.store(connection, one, unit, late)[1] for one in lists)
        audit.record(
            ctx, connection, "import_frame", f"unit {unit.code}", file=opened.sha256, version=version
        )
    reports = {one.group.label: one.report for one in lists if one.group}
    return FrameReport(opened.name, unit.name, unit.series, version, late, reports, undated, unread)


def import_pool(
    ctx: Context,
    programme: LoadedProgramme,
    path: Path,
    progress: Progress | None = None,
    *,
    passwords: Sequence[str] = (),
) -> PoolReport:
    """Take in the phone list of the public, as the next version of it.

    Args:
        ctx: somebody who may import, and holds the contact key.
        programme: where to.
        path: an Excel workbook of one sheet, or a .csv file; it needs no names.
        progress: told how far it is.
        passwords: are tried if the file is protected, and kept nowhere.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``, ``frames_frozen``, ``list_known``, ``pool_sheets``,
            and what `open_lists` refuses.
    """
    ctx.actor.require(Right.IMPORT_FRAMES)
    opened = open_lists(path, names_needed=False, passwords=passwords)
    if len(opened.lists) != 1:
        raise CatiError(
            "pool_sheets",
            N_(
                "{file} has several sheets with something in them. Nothing was imported. "
                "Put the whole list of the public on one sheet and import the file again."
            ),
            file=opened.name,
        )
    if not opened.lists[0].columns.phones:
        raise heading_missing(opened.name, opened.lists[0].sheet)
    with ctx.database.read() as connection:
        refuse_if_frozen(connection, programme, [PUBLIC])
        _refuse_known(connection, programme.id, opened, [PUBLIC])
    work = _Import(ctx, programme, opened, _Count(progress, opened))
    with work.sealed(None, [(None, opened.lists[0])], ()) as lists, ctx.database.write() as connection:
        store.lock_programme(connection, programme.id)
        refuse_if_frozen(connection, programme, [PUBLIC])
        _refuse_known(connection, programme.id, opened, [PUBLIC])
        frame_id, version = work.store(connection, lists[0], None, late=False)
        also = store.pool_numbers_in_unit_lists(connection, frame_id, programme.id)
        audit.record(ctx, connection, "import_pool", POOL, file=opened.sha256, version=version)
    report = lists[0].report
    return PoolReport(opened.name, report.rows, report.accepted, report.rejected, also)


def listing(ctx: Context, programme: LoadedProgramme) -> tuple[StoredFrame, ...]:
    """All versions of all lists of a programme, in the programme's order, the pool last.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        return store.stored_frames(connection, programme.id)


class _Count:
    """Tells how far an import is: every row counts once when read and once when stored."""

    def __init__(self, progress: Progress | None, opened: ListFile) -> None:
        self._progress = progress
        self._total = 2 * sum(source.height for source in opened.lists)
        self._done = 0

    def add(self, rows: int) -> None:
        self._done += rows
        if self._progress is not None:
            self._progress(min(self._done, self._total), self._total)


class _Import:
    """The import of one file: its lists are sealed, then stored."""

    def __init__(self, ctx: Context, programme: LoadedProgramme, opened: ListFile, count: _Count) -> None:
        self._ctx = ctx
        self._programme = programme
        self._opened = opened
        self._count = count
        self._key = ctx.keys.contact_key(programme.id)

    @contextmanager
    def sealed(
        self,
        unit: Unit | None,
        sources: Sequence[tuple[Group | None, PhoneList]],
        earlier: Sequence[Collection[bytes]],
    ) -> Iterator[list[_SealedList]]:
        """Read and seal lists, each held against those before it and the `earlier` ones."""
        with ExitStack() as stack:
            lists: list[_SealedList] = []
            for group, source in sources:
                tally = ListTally([*earlier, *(one.numbers for one in lists)])
                entries, problems = stack.enter_context(spool()), stack.enter_context(spool())
                place = sealed_place(self._opened.sha256, group.code if group else None)
                mailed = group is not None and group.list_kind == MAIL
                known = self._addressee() if mailed else self._caller()
                coverage = Coverage(self._programme.programme.areas if group and group.covers_areas else ())
                serials = self._read(source, tally, entries, problems, place, coverage, known)
                findings = ListFindings(serials.found, coverage.missing)
                report = tally.report(group.minimum_of(unit) if group and unit else None, findings)
                lists.append(_SealedList(group, source, report, tally.numbers, entries, problems))
            yield lists

    def _read(
        self,
        source: PhoneList,
        tally: ListTally,
        entries: Spool[EntryRow],
        problems: Spool[ProblemRow],
        place: bytes,
        coverage: Coverage,
        known: _Reader,
    ) -> Serials:
        """Read a list row by row; `known` says who stands in a row and what is kept, or why it is no use."""
        # A million rows pass here: what the loop needs lies in locals.
        seal, accept = self._key.seal, tally.place
        serials, told = Serials(), 0
        watch = serials.see if source.columns.serial >= 0 else None
        where = coverage.see if coverage.missing else None
        for at, row in enumerate(source.rows(), 1):
            if at % BATCH == 0:
                self._count.add(BATCH)
                told += BATCH
            if watch is not None:
                watch(row.number, row.serial)
            found = known(row)
            if isinstance(found, RowProblem):
                problem = tally.reject(found)
            else:
                person, plain, others = found
                duplicate = accept(person)
                if duplicate is None:
                    if where is not None:
                        where(clean_text(row.address))
                    entries.add((row.number, person, seal(plain, bound_to=person), others))
                    continue
                problem = duplicate
            problems.add(self._problem(row, problem, place))
        self._count.add(source.height - told)
        return serials

    def _caller(self) -> _Reader:
        """Reads rows of people who are called: they are their number."""
        settings = self._programme.programme.settings
        local_area_code, mobile_only = settings.local_area_code, settings.mobile_only
        number_hash = self._key.number_hash

        def known(row: ListRow) -> _Someone | RowProblem:
            found = of_row(row.phones, local_area_code, mobile_only, row.area_code)
            if isinstance(found, PhoneProblem):
                return RowProblem(found.value)
            contact = Contact(clean_text(row.name), found, clean_text(row.remark))
            others = tuple(number_hash(phone.e164) for phone in found[1:])
            return number_hash(found[0].e164), contact.encode(), others

        return known

    def _addressee(self) -> _Reader:
        """Reads rows of people who are written to: whoever has no address cannot be sent anything.

        A mobile number tells people apart; an office telephone does not, for colleagues share it, and none
        need be there.
        """
        local_area_code, number_hash = (
            self._programme.programme.settings.local_area_code,
            self._key.number_hash,
        )

        def known(row: ListRow) -> _Someone | RowProblem:
            name, address = clean_text(row.name), clean_text(row.address)
            if not address:
                return RowProblem.BLANK_ADDRESS
            found = of_row(row.phones, local_area_code, False, row.area_code)
            phone = None if isinstance(found, PhoneProblem) else found[0]
            known_by = phone.e164 if phone and phone.kind == "mobile" else f"{name}\n{address}"
            to = MailAddress(
                name, address, clean_text(row.postcode), phone.e164 if phone else "", clean_text(row.remark)
            )
            return number_hash(known_by), to.encode(), ()

        return known

    def _problem(self, row: ListRow, problem: RowProblem, place: bytes) -> ProblemRow:
        cells = [row.name, row.remark, *row.phones]
        plain = json.dumps([clean_text(cell) for cell in cells], ensure_ascii=False).encode()
        return row.number, problem.value, self._key.seal(plain, bound_to=place + str(row.number).encode())

    def store(
        self, connection: Connection, one: _SealedList, unit: Unit | None, late: bool
    ) -> tuple[int, int]:
        """Store a list; gives the key of its frame and its version."""
        programme_id, report = self._programme.id, one.report
        unit_ids, group_ids = (find(connection, programme_id) for find in (store.unit_ids, store.group_ids))
        frame = NewFrame(
            programme_id=programme_id,
            unit_id=unit_ids[unit.code] if unit else None,
            group_id=group_ids[one.group.code] if one.group else None,
            file=self._opened.name,
            sha256=self._opened.sha256,
            submitted_on=one.source.titles.submitted_on,
            received_at=self._ctx.now(connection),
            imported_by=self._ctx.actor.user_id,
            late=late,
            short=report.short,
            rows=report.rows,
            accepted=report.accepted,
            rejected=report.rejected,
            findings=report.findings,
        )
        frame_id, version = store.add_frame(connection, frame)
        if one.group is not None and one.group.list_kind == MAIL:
            store.add_mail_entries(connection, frame_id, one.entries.batches(), self._count.add)
        else:
            store.add_entries(
                connection, programme_id, frame_id, one.numbers, one.entries.batches(), self._count.add
            )
        store.add_problems(connection, frame_id, one.problems.batches(), self._count.add)
        return frame_id, version


def sealed_place(sha256: str, group: str | None) -> bytes:
    """What the cells of a list's rejected rows are bound to, before the row's number."""
    return f"{sha256}/{group or POOL}/".encode()


def _other_lists(
    connection: Connection, programme_id: int, unit: Unit, groups: Collection[str]
) -> tuple[int, ...]:
    """Keys of the unit's lists in force of other groups than these."""
    return tuple(
        frame.id
        for frame in store.stored_frames(connection, programme_id)
        if frame.current and frame.unit == unit.code and frame.group not in groups
    )


def _refuse_known(
    connection: Connection,
    programme_id: int,
    opened: ListFile,
    places: Sequence[tuple[str | None, str | None]],
) -> None:
    """Take no file a second time while every list of it is in force as it was taken.

    Raises:
        CatiError: ``list_known``.
    """
    known = [
        frame.version
        for frame in store.stored_frames(connection, programme_id)
        if frame.current and frame.sha256 == opened.sha256 and (frame.unit, frame.group) in places
    ]
    if len(known) == len(places):
        raise CatiError(
            "list_known",
            N_(
                "This very file is here already, as version {version}: {file}. Nothing was changed. Withdraw "
                "that version first if it is to be taken again."
            ),
            file=opened.name,
            version=max(known),
        )


def _changed_meanwhile(file: str) -> CatiError:
    return CatiError(
        "frames_changed",
        N_(
            "Another list of the same unit was imported at the same moment. Nothing of {file} was imported. "
            "Import it again."
        ),
        file=file,
    )
