"""Who gave an opinion and may be called again: whom a later programme asks what became of it.

Where the questionnaire asks who may be called again, those who agreed; else whoever gave an opinion, as
Guangxi 2015, section 2, draws among them. Whoever asked since to be left alone is never among them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.contacts import Contact
from cati.domain.opinions import is_sent, meant
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right
from cati.domain.wishes import Wish
from cati.services import opinions
from cati.services.context import Context
from cati.store import opinions as store
from cati.store import wishes as wish_store
from cati.store.engine import Connection
from cati.store.opinions import Respondent


@dataclass(frozen=True, slots=True)
class Willing:
    """Somebody who gave an opinion about a unit and may be called about it again.

    Attributes:
        unit: code of the unit.
        entry_id: the entry of the programme's list.
        contact: who it is; to be sealed anew at once, and shown to nobody.
    """

    unit: str
    entry_id: int
    contact: Contact


@dataclass(frozen=True, slots=True)
class FollowUps:
    """How many people a later programme could ask again.

    Attributes:
        asked: who gave an opinion and whose contact is still there.
        agreed: of these, agreed in the interview to be called again, or were not asked whether they do.
        willing: of these, by code of the unit: the agreement still holds, and no number is to be left alone.
    """

    asked: int
    agreed: int
    willing: Mapping[str, int]


def foresee(ctx: Context, programme: LoadedProgramme) -> FollowUps:
    """How many people a follow-up of this programme could ask.

    Raises:
        CatiError: ``not_allowed``, ``contacts_destroyed``, ``no_contact_key``, ``no_refusal_key``.
    """
    ctx.actor.require(Right.HANDLE_OPINIONS)
    opinions.gather(ctx, programme)
    with ctx.database.read() as connection:
        _refuse(programme)
        asked = _asked(connection, programme)
        agreed = [one for one in asked if one.agreed]
        found = Counter(one.unit for one in _still_willing(ctx, connection, programme, agreed))
    in_order = {unit.code: found[unit.code] for unit in programme.programme.units if found[unit.code]}
    return FollowUps(len(asked), len(agreed), in_order)


def willing(ctx: Context, connection: Connection, programme: LoadedProgramme) -> Iterator[Willing]:
    """Those a later programme may call again, in the order of the lists they stood in, each once for a unit.

    For whoever makes a list of them inside the database: nobody gets to see a number.

    Args:
        ctx: somebody who may handle opinions, and holds the contact key of the programme.
        connection: of the transaction in which the list is made.
        programme: the earlier one, whose contacts must not be destroyed yet.

    Raises:
        CatiError: as `foresee`.
    """
    ctx.actor.require(Right.HANDLE_OPINIONS)
    _refuse(programme)
    agreed = (one for one in _asked(connection, programme) if one.agreed)
    return _still_willing(ctx, connection, programme, agreed)


def _refuse(programme: LoadedProgramme) -> None:
    if programme.state == "retired":
        raise CatiError(
            "contacts_destroyed",
            N_("The contacts of {programme} were destroyed when it was retired. Nothing was changed."),
            programme=programme.programme.code,
        )


def _asked(connection: Connection, programme: LoadedProgramme) -> list[Respondent]:
    """Whoever gave an opinion, each once for a unit."""
    book = opinions.book_of(connection, programme)
    said = {
        one.interview
        for one in store.stored(connection, programme.id)
        if one.interview and is_sent(() if one.coding is None else meant(book, one.coding.codes))
    }
    question, _sign, answer = programme.programme.settings.call_again.partition("=")
    found = {
        (one.unit, one.entry_id): one
        for one in store.respondents(connection, programme.id, question, answer)
        if one.interview in said
    }
    return [found[place] for place in sorted(found, key=lambda place: place[1])]


def _still_willing(
    ctx: Context, connection: Connection, programme: LoadedProgramme, agreed: Iterable[Respondent]
) -> Iterator[Willing]:
    now, asked = ctx.now(connection), bool(programme.programme.settings.call_again)
    again, never = (wish_store.numbers_of(connection, wish, now) for wish in (Wish.CALL_AGAIN, Wish.REFUSAL))
    key, hashed = ctx.keys.contact_key(programme.id), ctx.keys.refusal_key().number_hash
    for one in agreed:
        contact = Contact.decode(key.open(one.sealed, bound_to=one.number_hash))
        numbers = {hashed(phone.e164) for phone in contact.phones}
        # What invented people agree to goes onto no list of the bureau.
        if not numbers & never and (numbers & again or one.simulated or not asked):
            yield Willing(one.unit, one.entry_id, contact)
