"""Opinions in words: where they come from, their list of codes, who codes them, what is hidden of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.hiding import Span, hidden, of_words, proposed
from cati.domain.opinions import (
    Agreement,
    Book,
    CodeStep,
    StepKind,
    agreement,
    codebook,
    in_use,
    meant,
    opinion_items,
    refuse_codes,
    refuse_step,
)
from cati.domain.programmes import LoadedProgramme, Programme
from cati.domain.users import Right
from cati.files.opinions import read_words
from cati.services import audit
from cati.services.channels import known_channel
from cati.services.context import Context
from cati.store import frames as frame_store
from cati.store import opinions as store
from cati.store.engine import Connection
from cati.store.opinions import Coding, StoredOpinion, TakenStep
from cati.store.statements import take_turns

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class Opinion:
    """One opinion as the bureau sees it.

    Attributes:
        unit: code.
        group: code of the respondent's group, "" where it did not come in an interview.
        channel: code, "" for interviews of a programme without channels.
        codes: what it is about as the list stands now.
        by: login of who coded it, "" while nobody did.
        second, second_by: the same of another coder.
        hidden: what its unit does not get to see, as decided or else as proposed.
        decided: whether somebody decided what is hidden.
        sent: number of the bundle it was sent in, None while it was not.
    """

    id: int
    unit: str
    group: str
    channel: str
    text: str
    codes: tuple[str, ...]
    by: str
    second: tuple[str, ...]
    second_by: str
    hidden: tuple[Span, ...]
    decided: bool
    sent: int | None = None

    @property
    def shown(self) -> str:
        """Its words without what is hidden."""
        return hidden(self.text, self.hidden)


@dataclass(frozen=True, slots=True)
class Opinions:
    """All opinions of a programme, the list of codes, and how far two coders agree."""

    book: Book
    opinions: tuple[Opinion, ...]
    agreement: Agreement


def listing(ctx: Context, programme: LoadedProgramme) -> Opinions:
    """All opinions; what interviews have said since is taken in when somebody looks who may handle them.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.LISTEN)
    gather(ctx, programme)
    with ctx.database.read() as connection:
        book = book_of(connection, programme)
        sent = store.sent_in(connection, programme.id)
        found = tuple(_opinion(book, one, sent) for one in store.stored(connection, programme.id))
    pairs = [(one.codes, one.second) for one in found if one.by and one.second_by]
    possible = {one.code for one in in_use(book)}.union(*(codes for pair in pairs for codes in pair))
    return Opinions(book, found, agreement(pairs, len(possible)))


def gather(ctx: Context, programme: LoadedProgramme) -> None:
    """Let words of interviews be opinions, if the actor may handle them."""
    items = opinion_items(programme.programme)
    if not items or not ctx.actor.may(Right.HANDLE_OPINIONS):
        return
    with ctx.database.read() as connection:
        if not store.is_ungathered(connection, programme.id, items):
            return
    with ctx.database.write() as connection:
        store.gather(
            connection, programme.id, items, _phone(programme.programme),
            at=ctx.now(connection), by=ctx.actor.user_id,
        )  # fmt: skip


def take_words(ctx: Context, programme: LoadedProgramme, channel: str, path: Path) -> int:
    """Take opinions that came otherwise than in interviews, such as on ballots; gives how many.

    Args:
        ctx: somebody who may handle opinions.
        programme: whose.
        channel: code of the channel they came in.
        path: .xlsx or .csv with a unit and its opinion in each row; see `cati.files.opinions`.

    Raises:
        CatiError: ``not_allowed``, ``channel_unknown``, ``opinions_taken``, and what `read_words` refuses.
    """
    ctx.actor.require(Right.HANDLE_OPINIONS)
    known_channel(programme.programme, channel)
    found = read_words(path, programme.programme.units)
    with ctx.database.write() as connection:
        take_turns(connection, f"opinions {programme.id}")
        if store.was_taken(connection, programme.id, found.sha256):
            raise CatiError(
                "opinions_taken", N_("{file} was taken before. Nothing was changed."), file=found.name
            )
        keys = frame_store.unit_ids(connection, programme.id)
        store.add_words(
            connection, programme.id, channel, [(keys[unit], words) for unit, words in found.words],
            file=found.name, sha256=found.sha256, at=ctx.now(connection), by=ctx.actor.user_id,
        )  # fmt: skip
        audit.record(
            ctx, connection, "take_opinions", f"channel:{channel}",
            file=found.name, sha256=found.sha256, rows=len(found.words),
        )  # fmt: skip
    return len(found.words)


def code(
    ctx: Context, programme: LoadedProgramme, opinion_id: int, codes: Sequence[str], *, second: bool = False
) -> tuple[str, ...]:
    """Say what an opinion is about, in place of what the same coder said before; gives the codes that hold.

    Every coding is kept with its time, so nothing is lost by the next one.

    Args:
        ctx: somebody who may handle opinions.
        programme: whose.
        opinion_id: key of the opinion.
        codes: of the list, in use; none takes back what was given.
        second: as another coder, whose codes only show how far both agree.

    Raises:
        CatiError: ``not_allowed``, ``opinion_unknown``, ``opinion_code_unknown``, ``opinion_same_coder``.
    """
    ctx.actor.require(Right.HANDLE_OPINIONS)
    with ctx.database.write() as connection:
        one = _one(connection, programme, opinion_id)
        book = book_of(connection, programme)
        refuse_codes(book, codes)
        other = one.coding if second else one.second
        if codes and other is not None and other.by == ctx.actor.login:
            raise CatiError(
                "opinion_same_coder",
                N_("You coded this opinion yourself: somebody else has to be the other coder."),
            )
        held = meant(book, codes)
        store.add_coding(
            connection, opinion_id, held, second=second, at=ctx.now(connection), by=ctx.actor.user_id
        )
    return held


def hide(ctx: Context, programme: LoadedProgramme, opinion_id: int, words: Sequence[str]) -> tuple[Span, ...]:
    """Decide what a unit does not get to see of an opinion, in place of what was proposed or decided.

    Args:
        ctx: somebody who may handle opinions.
        programme: whose.
        opinion_id: key of the opinion.
        words: as they stand in it; none lets all of it be seen.

    Returns:
        Where they stand.

    Raises:
        CatiError: ``not_allowed``, ``opinion_unknown``, ``opinion_sent``, ``opinion_words_missing``.
    """
    ctx.actor.require(Right.HANDLE_OPINIONS)
    with ctx.database.write() as connection:
        one = _one(connection, programme, opinion_id)
        number = store.sent_in(connection, programme.id).get(opinion_id)
        if number is not None:
            raise CatiError(
                "opinion_sent",
                N_("This opinion was sent in bundle {number} already. Nothing was changed."),
                number=number,
            )
        missing = next((word for word in words if word not in one.text), None)
        if missing is not None:
            raise CatiError(
                "opinion_words_missing",
                N_("“{words}” does not stand in this opinion. Nothing was changed. Copy the words from it."),
                words=missing,
            )
        spans = of_words(one.text, words)
        store.add_masking(connection, opinion_id, spans, at=ctx.now(connection), by=ctx.actor.user_id)
    return spans


def change_codes(ctx: Context, programme: LoadedProgramme, step: CodeStep) -> Book:
    """Change the list of codes; gives it as it is then.

    Nothing that was coded is touched: a code that was merged means the other one from now on, one that was
    retired stays where it was given.

    Args:
        ctx: somebody who may handle opinions.
        programme: whose.
        step: what to change.

    Raises:
        CatiError: ``not_allowed``, ``opinion_code_malformed``, and what `refuse_step` refuses.
    """
    ctx.actor.require(Right.HANDLE_OPINIONS)
    step = replace(step, code=step.code.strip(), label=" ".join(step.label.split()), into=step.into.strip())
    malformed = step.kind is StepKind.ADD and not _CODE.fullmatch(step.code)
    if malformed or len(step.label) > LONGEST_LABEL:
        raise CatiError(
            "opinion_code_malformed",
            N_(
                "A code has up to 32 letters and digits, and up to 200 characters say what it means. "
                "Nothing was changed."
            ),
        )
    with ctx.database.write() as connection:
        take_turns(connection, f"opinions {programme.id}")
        refuse_step(book_of(connection, programme), step)
        store.add_step(connection, programme.id, step, at=ctx.now(connection), by=ctx.actor.user_id)
        audit.record(
            ctx, connection, "change_opinion_codes", f"programme:{programme.id}",
            decided=[" ".join(filter(None, (str(step.kind), step.code, step.into, step.label)))],
        )  # fmt: skip
        return book_of(connection, programme)


def history(ctx: Context, programme: LoadedProgramme) -> tuple[TakenStep, ...]:
    """How the list of codes was changed, the first change first.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.LISTEN)
    with ctx.database.read() as connection:
        return store.steps(connection, programme.id)


def book_of(connection: Connection, programme: LoadedProgramme) -> Book:
    """The list of codes as it stands."""
    taken = (one.step for one in store.steps(connection, programme.id))
    return codebook(programme.programme.opinion_codes, taken)


def _one(connection: Connection, programme: LoadedProgramme, opinion_id: int) -> StoredOpinion:
    found = store.stored(connection, programme.id, only=opinion_id)
    if not found:
        raise CatiError(
            "opinion_unknown",
            N_("There is no opinion {number}, or its interview counts no more. Nothing was changed."),
            number=opinion_id,
        )
    return found[0]


def _opinion(book: Book, one: StoredOpinion, sent: Mapping[int, int]) -> Opinion:
    codes, by = _held(book, one.coding)
    second, second_by = _held(book, one.second)
    spans = proposed(one.text) if one.spans is None else one.spans
    return Opinion(
        one.id, one.unit, one.group, one.channel, one.text, codes, by, second, second_by, spans,
        one.spans is not None, sent.get(one.id),
    )  # fmt: skip


def _held(book: Book, coding: Coding | None) -> tuple[tuple[str, ...], str]:
    return ((), "") if coding is None else (meant(book, coding.codes), coding.by)


def _phone(programme: Programme) -> str:
    """The code of the channel made of interviews."""
    return next((one.code for one in programme.channels if one.kind == "phone"), "")
