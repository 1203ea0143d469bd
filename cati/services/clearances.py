"""Who may work in a programme: whoever signed its pledge, and to call, passed its practice test as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.clearances import Clearance, Clearing, Pledge, pledge_for
from cati.domain.interview import Script
from cati.domain.logins import folded
from cati.domain.practice import Keyed, Scenario, differences
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right, may
from cati.sealing import passwords
from cati.services import audit, keys
from cati.services.context import Context
from cati.services.reasons import given_reason
from cati.store import clearances as store
from cati.store import users as user_store
from cati.store.engine import Connection

INVENTED = "only invented people are called"
"""Why nobody has to sign or practise in a demonstration or a simulation."""


@dataclass(frozen=True, slots=True)
class Done:
    """One practice interview: what was told, what was keyed."""

    told: Scenario
    keyed: Keyed


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody who interviews or keys ballots has come in one programme; None: not done yet.

    Attributes:
        interviews: whether the practice test is asked of them, too.
    """

    user_id: int
    login: str
    name: str
    pledge: Clearance | None
    practice: Clearance | None
    interviews: bool = True


def require(connection: Connection, programme: LoadedProgramme, user_id: int) -> None:
    """Refuse to let somebody call who has not signed the pledge or not passed the practice test.

    Raises:
        CatiError: ``pledge_missing``, ``practice_missing``.
    """
    done = store.kinds(connection, programme.id, user_id)
    if Clearing.PLEDGE not in done:
        raise CatiError(
            "pledge_missing",
            N_("Before your first call read and sign the pledge of confidentiality. Nobody was dialled."),
        )
    if Clearing.PRACTICE not in done:
        raise CatiError(
            "practice_missing",
            N_(
                "Before your first call pass the practice test: {count} practice interviews recorded as "
                "told. Nobody was dialled. The supervisor may excuse whoever has experience."
            ),
            count=programme.programme.settings.practice_interviews,
        )


def has_to_sign(ctx: Context, programme: LoadedProgramme) -> bool:
    """Whether somebody who may key ballots has not signed the pledge of this programme yet."""
    with ctx.database.read() as connection:
        return _has_to_sign(ctx, connection, programme)


def require_of_keyers(ctx: Context, connection: Connection, programme: LoadedProgramme) -> None:
    """Refuse to let somebody key ballots before the pledge is signed.

    Raises:
        CatiError: ``pledge_before_keying``.
    """
    if _has_to_sign(ctx, connection, programme):
        raise CatiError(
            "pledge_before_keying",
            N_("Before your first ballot read and sign the pledge of confidentiality. Nothing was opened."),
        )


def _has_to_sign(ctx: Context, connection: Connection, programme: LoadedProgramme) -> bool:
    actor = ctx.actor
    keys_ballots = actor.may(Right.KEY_BALLOTS)
    return keys_ballots and Clearing.PLEDGE not in store.kinds(connection, programme.id, actor.user_id)


def who_may_call(connection: Connection, programme: LoadedProgramme) -> frozenset[int]:
    """User rows of everybody who signed the pledge and passed the practice test or was excused."""
    done = store.done_by(connection, programme.id)
    return frozenset(user_id for user_id, kinds in done.items() if kinds >= set(Clearing))


def sign(ctx: Context, programme: LoadedProgramme, shown: Pledge, password: str) -> None:
    """Sign the pledge of confidentiality; one's own password is the signature.

    What was signed is kept word for word, with its version and hash. A second signature changes nothing.

    Args:
        ctx: who signs.
        programme: what is going to be worked for.
        shown: the pledge as it was read.
        password: of whoever signs.

    Raises:
        CatiError: ``not_allowed``, ``signature_wrong``, ``pledge_other``.
    """
    if not ctx.actor.may(Right.KEY_BALLOTS):
        ctx.actor.require(Right.INTERVIEW)
    if shown != pledge_for(programme.programme, ctx.actor):
        raise CatiError(
            "pledge_other", N_("The words of the pledge have changed. Nothing was signed. Read it again.")
        )
    with ctx.database.read() as connection:
        locked = user_store.lock_of(connection, ctx.actor.user_id)
    if passwords.unlock(locked, password) is None:
        raise CatiError(
            "signature_wrong", N_("This is not your password. Nothing was signed. Type it again.")
        )
    detail = {
        "version": shown.version,
        "language": shown.language,
        "sha256": shown.digest,
        "text": shown.text,
        "station": ctx.actor.station,
    }
    with ctx.database.write() as connection:
        if _add(ctx, connection, programme.id, ctx.actor.user_id, Clearing.PLEDGE, detail):
            audit.record(
                ctx,
                connection,
                "sign_pledge",
                f"programme {programme.programme.code}",
                version=shown.version,
                sha256=shown.digest,
            )


def pass_practice(ctx: Context, programme: LoadedProgramme, done: Sequence[Done]) -> bool:
    """Note that the practice test was passed; every interview given is compared with what was told.

    False when that stands already, which is left as it is.

    Args:
        ctx: who practised.
        programme: what is going to be called for.
        done: practice interviews recorded as told.

    Raises:
        CatiError: ``not_allowed``; ``practice_not_passed`` when too few are as told.
    """
    ctx.actor.require(Right.INTERVIEW)
    script, wanted = Script.of(programme.programme), programme.programme.settings.practice_interviews
    right = {one.told.number: one for one in done if not differences(script, one.told, one.keyed)}
    if len(right) < wanted:
        raise CatiError(
            "practice_not_passed",
            N_("{right} of {wanted} practice interviews were recorded as told. Go on practising."),
            right=len(right),
            wanted=wanted,
        )
    detail = {
        "version": programme.programme.version,
        "station": ctx.actor.station,
        "interviews": [
            {"scenario": number, "outcomes": list(one.keyed.outcomes), "answers": dict(one.keyed.answers)}
            for number, one in sorted(right.items())
        ],
    }
    with ctx.database.write() as connection:
        new = _add(ctx, connection, programme.id, ctx.actor.user_id, Clearing.PRACTICE, detail)
        if new:
            audit.record(
                ctx,
                connection,
                "pass_practice",
                f"programme {programme.programme.code}",
                interviews=len(right),
            )
    return new


def waive(ctx: Context, programme: LoadedProgramme, login: str, reason: str) -> None:
    """Excuse an experienced operator from the practice test; the pledge is signed all the same.

    Raises:
        CatiError: ``not_allowed``, ``reason_missing``, ``unknown_user``; ``no_interviewer`` for who may not
            interview; ``practice_stands`` when there is nothing to excuse from.
    """
    ctx.actor.require(Right.CLEAR_OPERATORS)
    reason = given_reason(reason)
    with ctx.database.write() as connection:
        user = user_store.by_login(connection, folded(login))
        if user is None or not user.active:
            raise keys.unknown_user(login)
        if not may(user.roles, Right.INTERVIEW):
            raise CatiError(
                "no_interviewer",
                N_("{login} is not an operator. Nothing was changed. Give the role first."),
                login=user.login,
            )
        detail = {"waived_by": ctx.actor.user_id, "reason": reason}
        if not _add(ctx, connection, programme.id, user.id, Clearing.PRACTICE, detail):
            raise CatiError(
                "practice_stands",
                N_(
                    "{login} has passed the practice test or was excused before, and may call. "
                    "Nothing was changed."
                ),
                login=user.login,
            )
        audit.record(
            ctx,
            connection,
            "waive_practice",
            f"user {user.id}",
            programme=programme.programme.code,
            reason=reason,
        )


def listing(ctx: Context, programme: LoadedProgramme) -> tuple[Standing, ...]:
    """Everybody who may interview or key ballots, by login, with what they have done in this programme."""
    ctx.actor.require(Right.CLEAR_OPERATORS)
    with ctx.database.read() as connection:
        people, done = user_store.everybody(connection), store.everybodys(connection, programme.id)
    return tuple(
        Standing(
            user.id,
            user.login,
            user.name,
            done.get(user.id, {}).get(Clearing.PLEDGE),
            done.get(user.id, {}).get(Clearing.PRACTICE),
            may(user.roles, Right.INTERVIEW),
        )
        for user in people
        if user.active
        and not user.simulated
        and (may(user.roles, Right.INTERVIEW) or may(user.roles, Right.KEY_BALLOTS))
    )


def clear_for_invented(ctx: Context, connection: Connection, programme_id: int, user_id: int) -> None:
    """Clear somebody for a programme in which only invented people are called; the caller writes the log."""
    for kind in Clearing:
        _add(ctx, connection, programme_id, user_id, kind, {"reason": INVENTED})


def _add(
    ctx: Context,
    connection: Connection,
    programme_id: int,
    user_id: int,
    kind: Clearing,
    detail: Mapping[str, Any],
) -> bool:
    return store.add(
        connection,
        programme_id=programme_id,
        user_id=user_id,
        kind=kind,
        at=ctx.now(connection),
        detail=detail,
    )
