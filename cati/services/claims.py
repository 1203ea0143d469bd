"""What a report claims was planned and done, beside what the programme counts itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.claims import Claim, Compared, Correction, compared, read_amount
from cati.domain.programmes import LoadedProgramme, Programme
from cati.domain.users import Right
from cati.services import audit
from cati.services.context import Context
from cati.services.reasons import given_reason
from cati.store import claims as store
from cati.store.engine import Connection


def listing(ctx: Context, programme: LoadedProgramme) -> tuple[Compared, ...]:
    """Every claim of the workbook, as noted last, beside what is computed; no score is among it.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        return listed(connection, programme)


def note(
    ctx: Context, programme: LoadedProgramme, code: str, source: str, *, planned: str = "", done: str = ""
) -> Compared:
    """Note what a report claims now, in place of what was claimed before.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        code: of a row of the workbook's claims.
        source: where it is said, kept with it.
        planned, done: a number, or 300+ for more than 300; empty leaves it as it is.

    Raises:
        CatiError: ``not_allowed``, ``claim_unknown``, ``claim_number``, ``reason_missing``.
    """
    ctx.actor.require(Right.ADJUST)
    _known(programme.programme, code)
    source = given_reason(source)
    texts = [text.strip() for text in (planned, done)]
    for text in texts:
        if (text and read_amount(text) is None) or not any(texts):
            raise CatiError(
                "claim_number",
                N_(
                    "“{text}” is no number. Nothing was changed. Give what was planned or done, such as "
                    "15410, or 300+ for more than 300."
                ),
                text=text,
            )
    with ctx.database.write() as connection:
        store.note(
            connection,
            programme.id,
            code,
            planned=texts[0],
            done=texts[1],
            source=source,
            at=ctx.now(connection),
            by=ctx.actor.user_id,
        )
        audit.record(
            ctx, connection, "note_claim", f"programme:{programme.id}",
            claim=code, planned=texts[0], done=texts[1], reason=source,
        )  # fmt: skip
        return next(one for one in listed(connection, programme) if one.claim.code == code)


def listed(connection: Connection, programme: LoadedProgramme) -> tuple[Compared, ...]:
    """As `listing`, in a transaction of the caller, who has asked for the right."""
    noted = store.noted(connection, programme.id)
    first = {claim.code: claim for claim in programme.programme.claims}
    claims = [_as_noted(claim, noted.get(code)) for code, claim in first.items()]
    counted = {
        claim.code: Decimal(number)
        for claim in claims
        if (number := _counted(connection, programme, claim.figure, claim.of)) is not None
    }
    found = []
    for one in compared(claims, counted):
        now, was = noted.get(one.claim.code), first[one.claim.code]
        corrected = None if now is None else Correction(was.planned, was.done, now.at, now.by)
        found.append(replace(one, corrected=corrected))
    return tuple(found)


def _as_noted(claim: Claim, noted: store.NotedClaim | None) -> Claim:
    if noted is None:
        return claim
    return replace(
        claim,
        planned=read_amount(noted.planned) or claim.planned,
        done=read_amount(noted.done) or claim.done,
        source=noted.source or claim.source,
    )


def _counted(
    connection: Connection, programme: LoadedProgramme, figure: str, of: Sequence[str]
) -> int | None:
    """What the program counts itself; None for a figure that it does not count."""
    match figure:
        case "units":
            return sum(not of or unit.series in of for unit in programme.programme.units)
        case "list_rows":
            return store.list_rows(connection, programme.id)
        case "dialled":
            return store.dialled(connection, programme.id)
        case "interviews":
            return store.completed(connection, programme.id)
        case "web":
            return store.opinions(connection, programme.id, of)
        case "ballots":
            return store.ballots(connection, programme.id, of)
        case _:
            return None


def _known(programme: Programme, code: str) -> Claim:
    found = next((claim for claim in programme.claims if claim.code == code), None)
    if found is None:
        raise CatiError(
            "claim_unknown",
            N_("The programme has no claim {claim}. Nothing was changed. There are: {known}."),
            claim=code,
            known=", ".join(claim.code for claim in programme.claims) or "—",
        )
    return found
