"""Looking through a programme's cases, attempts and recordings, however many there are."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import NoReturn

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain import phones
from cati.domain.browse import Filters, Order, Uuids
from cati.domain.contacts import Contact, masked
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right, Role
from cati.sealing.contacts import ContactKey
from cati.sealing.keyring import Secret
from cati.services import audit
from cati.services.context import Context
from cati.store import browse as store
from cati.store import browse_rows, case_card
from cati.store import users as user_store
from cati.store.browse import Step
from cati.store.browse_rows import AttemptRow, CaseRow, RecordingRow
from cati.store.case_card import StoredCard
from cati.store.persons import add_other_numbers, has_other_numbers

__all__ = ["AttemptRow", "CaseCard", "CaseRow", "Filters", "Found", "NumberedCase", "Order", "RecordingRow"]

FOUND_AT_MOST = 500
LEAST_DIGITS = 4
"""Of a number that is not whole."""
MOST_CASE_DIGITS = 9
"""Of a case's own number; more are a phone's."""
Progress = Callable[[float], None]
"""Told the share that is done, 0 to 1; may stop by raising."""


@dataclass(frozen=True, slots=True)
class NumberedCase:
    """One case of a list with its number as screens may show it; empty for who may not see numbers."""

    case: CaseRow
    number: str


@dataclass(frozen=True, slots=True)
class CaseCard:
    """One case with its whole history, with name and masked number; empty for who may not see them."""

    stored: StoredCard
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave.

    Attributes:
        cases: by number of the case; at most `FOUND_AT_MOST`.
        more: there are more than these.
    """

    cases: tuple[int, ...]
    more: bool = False


def sees_numbers(ctx: Context, programme: LoadedProgramme) -> bool:
    """Whether the actor may see masked numbers and holds the key to them."""
    return ctx.actor.may(Right.SEE_NUMBERS) and (programme.id, Secret.CONTACT) in ctx.keys.held()


def reads_words(ctx: Context) -> bool:
    """Whether the actor may read notes and messages: whoever hears the interviews."""
    return ctx.actor.may(Right.LISTEN)


def case_ids(
    ctx: Context,
    programme: LoadedProgramme,
    filters: Filters = Filters(),  # noqa: B008 # it is frozen
    order: Order = Order.TICKET,
    *,
    down: bool = False,
    limit: int | None = None,
    step: Step = lambda _count: None,
) -> array[int]:
    """Ids of all cases that are wanted, in order.

    Args:
        ctx: whoever looks.
        programme: whose cases.
        filters: which ones.
        order: any but TIME.
        down: the last first.
        limit: only the first ones.
        step: told how many there are so far; may stop by raising.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        return store.case_ids(connection, programme.id, filters, order, down=down, limit=limit, step=step)


def attempt_ids(
    ctx: Context,
    programme: LoadedProgramme,
    filters: Filters = Filters(),  # noqa: B008 # it is frozen
    *,
    down: bool = True,
    limit: int | None = None,
    step: Step = lambda _count: None,
) -> Uuids:
    """Ids of all attempts that are wanted, by time; arguments as of `case_ids`."""
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        return store.attempt_ids(connection, programme.id, filters, down=down, limit=limit, step=step)


def recording_ids(
    ctx: Context,
    programme: LoadedProgramme,
    filters: Filters = Filters(),  # noqa: B008 # it is frozen
    *,
    down: bool = True,
    limit: int | None = None,
    step: Step = lambda _count: None,
) -> Uuids:
    """Ids of all recordings that are wanted, by time; arguments as of `case_ids`."""
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        return store.recording_ids(connection, programme.id, filters, down=down, limit=limit, step=step)


def cases(ctx: Context, programme: LoadedProgramme, ids: Sequence[int]) -> tuple[NumberedCase | None, ...]:
    """Cases by their ids, in that order; None for one that is gone."""
    ctx.actor.require(Right.SEE_PROGRESS)
    key = ctx.keys.contact_key(programme.id) if sees_numbers(ctx, programme) else None
    with ctx.database.read() as connection:
        rows = browse_rows.case_rows(connection, ids, with_contacts=key is not None)
    return tuple(NumberedCase(row, _number(row, key)) if row is not None else None for row in rows)


def attempts(ctx: Context, ids: Sequence[str]) -> tuple[AttemptRow | None, ...]:
    """Attempts by their ids, in that order; None for one that is gone; notes for who may read them."""
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        return browse_rows.attempt_rows(connection, ids, with_notes=reads_words(ctx))


def recordings(ctx: Context, ids: Sequence[str]) -> tuple[RecordingRow | None, ...]:
    """Recordings by their ids, in that order; None for one that is gone."""
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        return browse_rows.recording_rows(connection, ids)


def _number(row: CaseRow, key: ContactKey | None) -> str:
    if key is None or not row.sealed:
        return ""
    return masked(Contact.decode(key.open(row.sealed, bound_to=row.number_hash)).number.e164)


def operators(ctx: Context) -> tuple[tuple[int, str], ...]:
    """Row number and name of all operators, those who left too, by name."""
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        people = user_store.everybody(connection)
    found = ((user.id, user.name) for user in people if Role.OPERATOR in user.roles)
    return tuple(sorted(found, key=lambda one: one[1]))


def _refuse_unknown(number: str) -> NoReturn:
    raise CatiError(
        "unknown_case", N_("There is no case {number} in this programme. Check the number."), number=number
    )


def card(ctx: Context, programme: LoadedProgramme, case_id: int) -> CaseCard:
    """One case with its whole history; name and number only for who holds the key, words for who may read.

    Raises:
        CatiError: ``not_allowed``, ``unknown_case``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    key = ctx.keys.contact_key(programme.id) if sees_numbers(ctx, programme) else None
    with ctx.database.read() as connection:
        found = case_card.read(
            connection, programme.id, case_id, with_contact=key is not None, with_words=reads_words(ctx)
        )
    if found is None:
        _refuse_unknown(str(case_id))
    row = found.case
    if key is None or not row.sealed:
        return CaseCard(found, "", "")
    contact = Contact.decode(key.open(row.sealed, bound_to=row.number_hash))
    return CaseCard(found, contact.name, masked(contact.number.e164))


def find(
    ctx: Context, programme: LoadedProgramme, words: str, progress: Progress = lambda _share: None
) -> Found:
    """Cases by their own number, by a whole phone number, by the last digits of one, or by a part of a name.

    A whole number is found by its keyed hash; for all else, and for a number nobody has, every contact of the
    programme is opened, and what is looked for is kept nowhere. Lists that were imported when only a person's
    first number was hashed get the hashes of the others at that. Written down in the audit log without the
    words. The number of a case tells nothing of a person: whoever looks through the lists finds a case by it.

    Args:
        ctx: whoever looks; for all but a case's own number with the key to names and numbers.
        programme: whose cases.
        words: number of a case or a phone, at least `LEAST_DIGITS` digits of one, or part of a name.
        progress: called as contacts are opened.

    Raises:
        CatiError: ``not_allowed``, ``no_contact_key``, ``search_too_short``, ``unknown_case`` when whoever
            may not see numbers typed one that no case has.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    wanted = " ".join(words.split())
    may_be_case = wanted.isdecimal() and len(wanted) <= MOST_CASE_DIGITS
    own = _own_number(ctx, programme, int(wanted)) if may_be_case else ()
    if may_be_case and not sees_numbers(ctx, programme):
        return Found(own) if own else _refuse_unknown(wanted)
    if own and len(wanted) < LEAST_DIGITS:
        return Found(own)
    ctx.actor.require(Right.SEE_NUMBERS)
    found = _find_contacts(ctx, programme, wanted, progress)
    return replace(found, cases=tuple(sorted({*own, *found.cases})))


def _own_number(ctx: Context, programme: LoadedProgramme, number: int) -> tuple[int, ...]:
    with ctx.database.read() as connection:
        return (number,) if store.has_case(connection, programme.id, number) else ()


def _find_contacts(ctx: Context, programme: LoadedProgramme, wanted: str, progress: Progress) -> Found:
    key = ctx.keys.contact_key(programme.id)
    settings = programme.programme.settings
    numbers = phones.normalise(wanted, settings.local_area_code, mobile_only=False)
    if isinstance(numbers, tuple):
        found = _find_number(ctx, programme, key, numbers[0].e164, progress)
    elif not wanted or (wanted.isdigit() and len(wanted) < LEAST_DIGITS):
        raise CatiError(
            "search_too_short",
            N_("Type a whole number, its last {count} digits or more, or a part of a name."),
            count=LEAST_DIGITS,
        )
    else:
        found, _others = _open_all(ctx, programme, key, wanted, progress)
    with ctx.database.write() as connection:
        by = "number" if isinstance(numbers, tuple) else "contact"
        audit.record(
            ctx, connection, "contacts_searched", f"programme {programme.id}", by=by, found=len(found.cases)
        )
    return found


def _find_number(
    ctx: Context, programme: LoadedProgramme, key: ContactKey, e164: str, progress: Progress
) -> Found:
    hashed = key.number_hash(e164)
    with ctx.database.read() as connection:
        cases = store.cases_of_number(connection, programme.id, hashed)
        hashes_all = has_other_numbers(connection, programme.id)
    if cases or hashes_all:
        return Found(cases)
    found, others = _open_all(ctx, programme, key, e164.removeprefix("+"), progress)
    with ctx.database.write() as connection:
        if not has_other_numbers(connection, programme.id):
            add_other_numbers(connection, programme.id, others)
    return found


def _open_all(
    ctx: Context, programme: LoadedProgramme, key: ContactKey, wanted: str, progress: Progress
) -> tuple[Found, Sequence[tuple[bytes, bytes]]]:
    """Cases of whoever matches; and by hash of their first number, the hashes of people's other ones."""
    found: list[int] = []
    others: list[tuple[bytes, bytes]] = []
    digits = wanted if wanted.isdigit() else ""
    with ctx.database.read() as connection, closing(store.sealed_contacts(connection, programme.id)) as parts:
        count = store.count_cases(connection, programme.id)
        opened = 0
        for part in parts:
            for case_id, sealed, number_hash in part:
                contact = Contact.decode(key.open(sealed, bound_to=number_hash))
                if _matches(contact, wanted, digits):
                    found.append(case_id)
                others += [(number_hash, key.number_hash(phone.e164)) for phone in contact.phones[1:]]
            if len(found) > FOUND_AT_MOST:
                return Found(tuple(found[:FOUND_AT_MOST]), more=True), others
            opened += len(part)
            progress(opened / count)
    return Found(tuple(found)), others


def _matches(contact: Contact, wanted: str, digits: str) -> bool:
    if digits:
        return any(phone.e164.endswith(digits) for phone in contact.phones)
    return wanted.casefold() in contact.name.casefold()
