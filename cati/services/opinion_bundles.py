"""Opinions sent to the units they are about, without anybody's identity, and what the units reply."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from random import SystemRandom
from zoneinfo import ZoneInfo

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.contacts import Contact
from cati.domain.hiding import sendable
from cati.domain.opinions import Book, is_sent, meant
from cati.domain.programmes import LoadedProgramme, Unit, in_language
from cati.domain.replies import Answer, Tally, tally
from cati.domain.users import Right
from cati.domain.working_days import working_days_after
from cati.files.aside import written_aside
from cati.files.opinions import BundleLine, read_replies, refuse_rows, write_bundle
from cati.services import audit, opinions
from cati.services.context import Context
from cati.store import frames as frame_store
from cati.store import opinion_bundles as store
from cati.store import opinions as opinion_store
from cati.store.engine import Connection
from cati.store.opinion_bundles import SentLine as SentLine
from cati.store.opinion_bundles import StoredBundle
from cati.store.opinions import StoredOpinion
from cati.store.statements import take_turns

_UNFIT = re.compile(r'[\\/:*?"<>|\s]+')
FILE = "{mark}-{unit}.xlsx"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A workbook that was written: its number, the unit (code), how many opinions, the file."""

    number: int
    unit: str
    count: int
    file: Path


@dataclass(frozen=True, slots=True)
class Taken:
    """Replies that were taken: of which bundle and unit (code), how many, and of these too late."""

    bundle: int
    unit: str
    count: int
    late: int


@dataclass(frozen=True, slots=True)
class Sent:
    """All that was sent.

    Attributes:
        bundles: the first sent first.
        lines: the opinions in them, with what came back.
        tallies: by code of the unit, of those that were sent something.
        today: the bureau's day, by which lines are overdue.
    """

    bundles: tuple[StoredBundle, ...]
    lines: tuple[SentLine, ...]
    tallies: Mapping[str, Tally]
    today: date

    @property
    def overdue(self) -> tuple[SentLine, ...]:
        """Opinions nobody answered, due before today."""
        return tuple(
            one for one in self.lines if one.first_received is None and one.bundle.due_on < self.today
        )


def sent(ctx: Context, programme: LoadedProgramme) -> Sent:
    """What was sent and answered.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.LISTEN)
    with ctx.database.read() as connection:
        today = _today(ctx, connection, programme)
        bundles, lines = store.bundles(connection, programme.id), store.lines(connection, programme.id)
    by_unit: dict[str, list[tuple[date, date | None]]] = {}
    for line in lines:
        by_unit.setdefault(line.bundle.unit, []).append((line.bundle.due_on, line.first_received))
    return Sent(bundles, lines, {unit: tally(found, today) for unit, found in by_unit.items()}, today)


def send(
    ctx: Context,
    programme: LoadedProgramme,
    folder: Path,
    *,
    due_on: date | None = None,
    working_days: int | None = None,
    units: Sequence[str] = (),
) -> tuple[Bundle, ...]:
    """Write for each unit a workbook of the opinions it was not sent yet.

    Nothing in it tells who said what: no interview, no time, no group; the order is left to chance. Words
    that look like a number, or that somebody decided to hide, are hidden, and so are always name and numbers
    of whoever was asked.

    Args:
        ctx: somebody who may handle opinions, and holds the contact key.
        programme: whose.
        folder: where to; one file for each unit.
        due_on: last day to answer.
        working_days: in its place: how many working days from tomorrow on they have.
        units: codes; none means all.

    Returns:
        The bundles, in the programme's order; units with nothing to send have none.

    Raises:
        CatiError: ``not_allowed``, ``opinions_due_missing``, ``opinions_due_past``, ``holidays_unknown``,
            ``no_contact_key``, ``opinions_none``, ``file_not_written``.
    """
    ctx.actor.require(Right.HANDLE_OPINIONS)
    opinions.gather(ctx, programme)
    with ctx.database.read() as connection:
        due = _due(_today(ctx, connection, programme), due_on, working_days)
    wanted = [one for one in programme.programme.units if not units or one.code in units]
    made = [found for unit in wanted if (found := _send_unit(ctx, programme, unit, folder, due)) is not None]
    if not made:
        raise CatiError(
            "opinions_none", N_("There are no opinions that were not sent yet. Nothing was written.")
        )
    return tuple(made)


def _due(today: date, due_on: date | None, working_days: int | None) -> date:
    if due_on is None and not working_days:
        raise CatiError("opinions_due_missing", N_("Say until which day the units are to answer."))
    due = due_on or working_days_after(today, working_days or 1)
    if due < today:
        raise CatiError("opinions_due_past", N_("{day} is over. Nothing was written."), day=due.isoformat())
    return due


def _send_unit(
    ctx: Context, programme: LoadedProgramme, unit: Unit, folder: Path, due: date
) -> Bundle | None:
    """Write and store the bundle of one unit; None where there is nothing to send."""
    definition = programme.programme
    with ctx.database.write() as connection:
        take_turns(connection, f"opinions {programme.id}")
        book = opinions.book_of(connection, programme)
        waiting = _waiting(connection, programme, book, unit.code)
        if not waiting:
            return None
        number = store.next_number(connection, programme.id)
        texts = _texts(ctx, connection, programme, waiting)
        SystemRandom().shuffle(waiting)
        lines = [BundleLine(at, texts[one.id], _about(book, one)) for at, one in enumerate(waiting, start=1)]
        mark = mark_of(programme, number)
        target = folder / FILE.format(mark=mark, unit=_UNFIT.sub("_", unit.name))
        with written_aside(target, private=True) as (aside,):
            write_bundle(
                aside, mark=mark, unit=unit.name, title=definition.title, bureau=definition.settings.bureau,
                due_on=due, lines=lines,
            )  # fmt: skip
            digest = sha256(aside.read_bytes()).hexdigest()
        store.add_bundle(
            connection,
            programme.id,
            frame_store.unit_ids(connection, programme.id)[unit.code],
            {line.number: (one.id, line.text) for line, one in zip(lines, waiting, strict=True)},
            number=number,
            due_on=due,
            file=target.name,
            sha256=digest,
            at=ctx.now(connection),
            by=ctx.actor.user_id,
        )
        audit.record(
            ctx, connection, "send_opinions", f"unit:{unit.code}", set=number, rows=len(lines),
            last=due.isoformat(), file=target.name, sha256=digest,
        )  # fmt: skip
    return Bundle(number, unit.code, len(lines), target)


def mark_of(programme: LoadedProgramme, number: int) -> str:
    """What a bundle is called in its workbook."""
    return f"{programme.programme.code}-{number:03}"


def _waiting(
    connection: Connection, programme: LoadedProgramme, book: Book, unit: str
) -> list[StoredOpinion]:
    gone = opinion_store.sent_in(connection, programme.id)
    return [
        one
        for one in opinion_store.stored(connection, programme.id, unit=unit)
        if one.id not in gone and is_sent(_codes(book, one))
    ]


def _codes(book: Book, one: StoredOpinion) -> tuple[str, ...]:
    return () if one.coding is None else meant(book, one.coding.codes)


def _about(book: Book, one: StoredOpinion) -> str:
    return "、".join(in_language(book[code].labels, "zh", code) for code in _codes(book, one))


def _texts(
    ctx: Context, connection: Connection, programme: LoadedProgramme, waiting: Sequence[StoredOpinion]
) -> dict[int, str]:
    """The words that may leave the bureau, by key of the opinion."""
    sealed = opinion_store.sealed_contacts(connection, [one.interview for one in waiting if one.interview])
    key = ctx.keys.contact_key(programme.id) if sealed else None
    found = {}
    for one in waiting:
        contact = None
        if key is not None and one.interview in sealed:
            blob, number = sealed[one.interview]
            contact = Contact.decode(key.open(blob, bound_to=number))
        found[one.id] = sendable(one.text, one.spans, contact)
    return found


def take_replies(
    ctx: Context, programme: LoadedProgramme, path: Path, *, received_on: date | None = None
) -> Taken:
    """Take a bundle that a unit sent back, all of it or nothing; a later file adds and replaces answers.

    Args:
        ctx: somebody who may handle opinions.
        programme: whose.
        path: .xlsx or .csv.
        received_on: day on which it was handed in; None is today.

    Raises:
        CatiError: ``not_allowed``, ``bundle_unknown``, ``opinions_problems`` with rows and reasons,
            ``replies_day``, and what `read_replies` refuses.
    """
    ctx.actor.require(Right.HANDLE_OPINIONS)
    found = read_replies(path)
    with ctx.database.write() as connection:
        take_turns(connection, f"opinions {programme.id}")
        bundle = _bundle(connection, programme, path, found.bundle)
        today = _today(ctx, connection, programme)
        received = received_on or today
        if not _sent_on(programme, bundle) <= received <= today:
            raise CatiError(
                "replies_day",
                N_("Answers cannot be handed in on {day}: it is before they were asked for, or to come."),
                day=received.isoformat(),
            )
        known = {
            line.number: line.answer
            for line in store.lines(connection, programme.id)
            if line.bundle.id == bundle.id
        }
        problems = [
            (found.rows[number], problem)
            for number, answer in found.answers.items()
            if (problem := _problem(number, answer, known, received))
        ]
        refuse_rows(path, problems)
        new = [(n, answer) for n, answer in found.answers.items() if known[n] != answer]
        if new:
            store.add_replies(
                connection, bundle.id, new, received_on=received, file=found.name, sha256=found.sha256,
                at=ctx.now(connection), by=ctx.actor.user_id,
            )  # fmt: skip
        audit.record(
            ctx, connection, "take_replies", f"unit:{bundle.unit}", set=bundle.number, rows=len(new),
            day=received.isoformat(), file=found.name, sha256=found.sha256,
        )  # fmt: skip
    late = sum(known[n] is None for n, _answer in new) if received > bundle.due_on else 0
    return Taken(bundle.number, bundle.unit, len(new), late)


def _bundle(connection: Connection, programme: LoadedProgramme, path: Path, mark: str) -> StoredBundle:
    for one in store.bundles(connection, programme.id):
        if mark_of(programme, one.number) == mark:
            return one
    raise CatiError(
        "bundle_unknown",
        N_("{file} answers “{mark}”, which is no bundle of this programme. Nothing was changed."),
        file=path.name,
        mark=mark,
    )


def _problem(number: int, answer: Answer, known: Mapping[int, Answer | None], received: date) -> str:
    if number not in known:
        return _("the bundle has no number {number}.").format(number=number)
    if answer.answered_on is not None and answer.answered_on > received:
        words = _("it was answered on {day}, after it was handed in.")
        return words.format(day=answer.answered_on.isoformat())
    return ""


def _today(ctx: Context, connection: Connection, programme: LoadedProgramme) -> date:
    return ctx.now(connection).astimezone(_zone(programme)).date()


def _sent_on(programme: LoadedProgramme, bundle: StoredBundle) -> date:
    return bundle.at.astimezone(_zone(programme)).date()


def _zone(programme: LoadedProgramme) -> ZoneInfo:
    return ZoneInfo(programme.programme.settings.timezone)
