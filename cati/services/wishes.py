"""The bureau's list of those who are not to be called, and of those who agreed to be called again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.contacts import Contact
from cati.domain.phones import PhoneProblem, of_row
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right
from cati.domain.wishes import Wish, expiry
from cati.services import audit
from cati.services.context import Context
from cati.services.reasons import given_reason
from cati.store import wishes as store
from cati.store.engine import Connection
from cati.store.wishes import StoredWish as StoredWish


def note_of(
    connection: Connection,
    programme: LoadedProgramme,
    hashes: Collection[bytes],
    wish: Wish,
    now: datetime,
    attempt_id: str,
) -> None:
    """Store what a person wishes, for every number of that person, as the call's transaction ends it."""
    store.note(
        connection,
        hashes,
        wish,
        programme_id=programme.id,
        now=now,
        expires=expiry(now, programme.programme.settings.wish_years),
        attempt_id=attempt_id,
    )


def refuses(ctx: Context, connection: Connection, contact: Contact, now: datetime) -> bool:
    """Whether a person is not to be called: one of the numbers is on the list.

    Raises:
        CatiError: ``no_refusal_key``.
    """
    return store.refused(connection, hashes_of(ctx, contact), now)


def hashes_of(ctx: Context, contact: Contact) -> tuple[bytes, ...]:
    """The hashes by which the lists name the numbers of a person.

    Raises:
        CatiError: ``no_refusal_key``.
    """
    key = ctx.keys.refusal_key()
    return tuple(key.number_hash(phone.e164) for phone in contact.phones)


def add(ctx: Context, programme: LoadedProgramme, number: str, reason: str) -> None:
    """Put a number on the list of those not to be called, as when somebody asked for it by the hotline.

    Raises:
        CatiError: ``not_allowed``, ``number_invalid``, ``reason_missing``, ``no_refusal_key``.
    """
    ctx.actor.require(Right.KEEP_WISHES)
    reason, hashed = given_reason(reason), hash_of(ctx, programme, number)
    with ctx.database.write() as connection:
        now = ctx.now(connection)
        expires = expiry(now, programme.programme.settings.wish_years)
        store.note(connection, [hashed], Wish.REFUSAL, programme_id=programme.id, now=now, expires=expires)
        audit.record(ctx, connection, "add_wish", f"programme {programme.programme.code}", reason=reason)


def withdraw(ctx: Context, programme: LoadedProgramme, number: str, reason: str) -> None:
    """Forget what is wished for a number; cases that were closed for it stay closed.

    Raises:
        CatiError: ``not_allowed``, ``number_invalid``, ``reason_missing``, ``no_refusal_key``,
            ``wish_unknown``.
    """
    ctx.actor.require(Right.KEEP_WISHES)
    reason, hashed = given_reason(reason), hash_of(ctx, programme, number)
    with ctx.database.write() as connection:
        if not store.withdraw(connection, hashed):
            raise CatiError(
                "wish_unknown", N_("This number is on no list. Nothing was changed. Check the number.")
            )
        audit.record(ctx, connection, "withdraw_wish", f"programme {programme.programme.code}", reason=reason)


def of_number(ctx: Context, programme: LoadedProgramme, number: str) -> tuple[StoredWish, ...]:
    """What is wished for a number.

    Raises:
        CatiError: ``not_allowed``, ``number_invalid``, ``no_refusal_key``.
    """
    ctx.actor.require(Right.KEEP_WISHES)
    hashed = hash_of(ctx, programme, number)
    with ctx.database.read() as connection:
        return store.of_numbers(connection, (hashed,), ctx.now(connection))


def counts(ctx: Context) -> Mapping[Wish, int]:
    """How many numbers wish what.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        return store.counts(connection, ctx.now(connection))


def typed_number(programme: LoadedProgramme, number: str) -> str:
    """A number somebody typed, as ``+86`` and digits; landlines of the bureau's area need no area code.

    Raises:
        CatiError: ``number_invalid``.
    """
    found = of_row((number,), programme.programme.settings.local_area_code, False)
    if isinstance(found, PhoneProblem):
        raise CatiError(
            "number_invalid", N_("This is no telephone number. Nothing was stored. Type all its digits.")
        )
    return found[0].e164


def hash_of(ctx: Context, programme: LoadedProgramme, number: str) -> bytes:
    """The hash by which the lists name a number somebody typed.

    Raises:
        CatiError: ``number_invalid``, ``no_refusal_key``.
    """
    return ctx.keys.refusal_key().number_hash(typed_number(programme, number))
