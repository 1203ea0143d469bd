"""What ballots and surveys have alike: sets taken from files are listed, known again, and withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right
from cati.services import audit
from cati.services.context import Context
from cati.services.reasons import given_reason
from cati.store.engine import Connection
from cati.store.scoring import lock_scores
from cati.store.sets import Sets


class Taken(Protocol):
    """What every set has."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def channel(self) -> str:
        """Code of the channel it counts for."""

    @property
    def sha256(self) -> str:
        """Of what it was taken from, in hex."""

    @property
    def withdrawn_for(self) -> str:
        """Why it counts no more; empty while it counts."""


Found = TypeVar("Found", bound=Taken)


@dataclass(frozen=True, slots=True)
class SetKind(Generic[Found]):
    """Sets of one kind, and what differs between the kinds.

    Attributes:
        name: ends its actions in the audit log.
        sets: as they are stored.
        listed: all of a programme, the first taken first.
        let_go: does what else follows once a set is withdrawn.
    """

    name: str
    sets: Sets
    listed: Callable[[Connection, int], tuple[Found, ...]]
    let_go: Callable[[Connection, int], None] = lambda _connection, _set_id: None


def taken(ctx: Context, programme: LoadedProgramme, kind: SetKind[Found]) -> tuple[Found, ...]:
    """All sets that were taken, the first taken first, withdrawn ones too.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.ADJUST)
    with ctx.database.read() as connection:
        return kind.listed(connection, programme.id)


def withdraw(
    ctx: Context, programme: LoadedProgramme, kind: SetKind[Found], number: int, reason: str
) -> Found:
    """Let a set count no more; it stays stored, and its file may be taken again.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        kind: of which kind.
        number: of the set.
        reason: kept with it.

    Raises:
        CatiError: ``not_allowed``, ``reason_missing``, ``set_unknown``.
    """
    ctx.actor.require(Right.ADJUST)
    reason = given_reason(reason)
    with ctx.database.write() as connection:
        lock_scores(connection, programme.id)
        known = next((s for s in kind.listed(connection, programme.id) if s.id == number), None)
        if known is None or known.withdrawn_for:
            raise CatiError(
                "set_unknown",
                N_("No set {number} counts. Nothing was changed. Look at the list of sets again."),
                number=number,
            )
        kind.sets.withdraw(connection, number, reason=reason, at=ctx.now(connection), by=ctx.actor.user_id)
        kind.let_go(connection, number)
        audit.record(
            ctx, connection, f"withdraw_{kind.name}", f"channel:{known.channel}", set=number, reason=reason
        )
        return set_of(connection, programme, kind, number)


def refuse_known(
    connection: Connection,
    programme: LoadedProgramme,
    kind: SetKind[Found],
    channel: str,
    file: str,
    digest: str,
) -> None:
    """Take nothing twice that counts already.

    Raises:
        CatiError: ``set_taken``.
    """
    for known in kind.listed(connection, programme.id):
        if (known.channel, known.sha256, known.withdrawn_for) == (channel, digest, ""):
            raise CatiError(
                "set_taken",
                N_(
                    "{file} was taken already, as set {number}. Nothing was changed. Withdraw that set "
                    "first if it is to be taken again."
                ),
                file=file,
                number=known.id,
            )


def set_of(connection: Connection, programme: LoadedProgramme, kind: SetKind[Found], key: int) -> Found:
    """The set of a key (StopIteration if none)."""
    return next(one for one in kind.listed(connection, programme.id) if one.id == key)
