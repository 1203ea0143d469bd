"""Copying a programme to next year: its definition, and never a contact."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.copying import CLOSED_DAYS, copied, proposals
from cati.domain.programmes import LoadedProgramme, Programme
from cati.domain.users import Right
from cati.domain.wishes import Wish
from cati.services import audit, programmes, wishes
from cati.services.context import Context

Ask = Callable[[str, str], str]
"""Given a name and what is proposed, what was decided; empty takes the proposed."""

NONE = "-"
"""What may be typed for no days without calling where an empty answer takes what is proposed."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Copy:
    """A programme made from another.

    Attributes:
        decided: title and days, by name.
        refusals, call_again: numbers of the bureau's lists that hold for the new programme without copying.
    """

    programme: LoadedProgramme
    decided: Mapping[str, str]
    refusals: int
    call_again: int


def copy(
    ctx: Context, code: str, new_code: str, chosen: Mapping[str, str] | None = None, ask: Ask | None = None
) -> Copy:
    """Make next year's programme: same units, groups, questionnaire and weights, other code, title and days.

    Lists, draw, interviews, scores and contacts are not part of it. Who is not to be called, and who agreed
    to be called again, stands in the bureau's own list and holds for every programme.

    Args:
        ctx: somebody who may set programmes up.
        code: of the programme there is.
        new_code: of the one to be made.
        chosen: what was decided beforehand, by the names of `cati.domain.copying.proposals`.
        ask: asked for the rest; None takes what is proposed.

    Raises:
        CatiError: ``not_allowed``, ``programme_unknown``, ``code_malformed``, ``code_taken``,
            ``copy_unknown_name``, ``copy_no_date``, ``copy_dates_crossed``.
    """
    ctx.actor.require(Right.SET_UP_PROGRAMME)
    loaded = programmes.get(ctx, code)
    _refuse_code(ctx, new_code)
    decided = _decide(loaded.programme, dict(chosen or {}), ask)
    try:
        made = copied(loaded.programme, new_code, decided)
    except ValueError as error:
        raise CatiError(
            "copy_no_date",
            N_("A day was not understood ({reason}). Nothing was changed. Write it as 2025-01-31."),
            reason=str(error),
        ) from error
    start, end = made.settings.fieldwork_start, made.settings.fieldwork_end
    if start is not None and end is not None and end < start:
        raise CatiError(
            "copy_dates_crossed",
            N_("Calling would end on {end}, before it begins ({start}). Nothing was changed. Correct it."),
            start=start.isoformat(),
            end=end.isoformat(),
        )
    stored = programmes.store_programme(ctx, made)
    with ctx.database.write() as connection:
        audit.record(
            ctx, connection, "copy_programme", f"programme {new_code}", copied=code,
            decided=[f"{name}={value}" for name, value in decided.items()],
        )  # fmt: skip
    known = wishes.counts(ctx)
    return Copy(stored, decided, known.get(Wish.REFUSAL, 0), known.get(Wish.CALL_AGAIN, 0))


def _refuse_code(ctx: Context, code: str) -> None:
    if not _CODE.fullmatch(code):
        raise CatiError(
            "code_malformed",
            N_(
                "“{programme}” cannot be the code of a programme. Nothing was changed. "
                "Take up to 64 letters, digits, dots, dashes."
            ),
            programme=code,
        )
    if any(known.programme.code == code for known in programmes.listing(ctx)):
        raise CatiError(
            "code_taken",
            N_("There is a programme {programme} already. Nothing was changed. Take another code."),
            programme=code,
        )


def _decide(programme: Programme, chosen: dict[str, str], ask: Ask | None) -> dict[str, str]:
    proposed = proposals(programme)
    if unknown := sorted(chosen.keys() - proposed.keys()):
        raise CatiError(
            "copy_unknown_name",
            N_("There is nothing called {name} to decide. Nothing was changed. There are {names}."),
            name=unknown[0],
            names=", ".join(proposed),
        )
    decided = {}
    for name, value in proposed.items():
        answer = chosen[name] if name in chosen else ask(name, value) if ask is not None else ""
        answer = answer.strip()
        # Days without calling may be none at all; everything else has to be something.
        none = name == CLOSED_DAYS and (answer == NONE or (not answer and name in chosen))
        decided[name] = "" if none else answer or value
    return decided
