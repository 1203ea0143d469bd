"""Verdicts on interviews, and what they do to quota, queue and score."""

from __future__ import annotations

from enum import StrEnum

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain import review as rules
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import CaseState, season_closed
from cati.domain.review import Verdict
from cati.domain.users import Right, may
from cati.services import audit
from cati.services.context import Context
from cati.services.reasons import given_words
from cati.services.review import one
from cati.store import draws as draw_store
from cati.store import reviews as store
from cati.store import settlement
from cati.store import users as user_store
from cati.store.engine import Connection
from cati.store.reviews import Reviewed

_ENDED_BY_RESPONDENT = frozenset({"refusal", "refusal_final", "break_off", "recording_refused"})


class Effect(StrEnum):
    """What a verdict did beside being written down."""

    NONE = "none"
    PLACE_FREE = "place_free"
    """The interview left score and quota, and its cell calls for another one."""
    STAYS_SHORT = "stays_short"
    """It left score and quota; fieldwork is over, so its cell stays short."""
    OVERSHOOT_MOVED_UP = "overshoot_moved_up"
    """It left score and quota; one interview beyond the quota took its place."""
    CALLED_AGAIN = "called_again"
    """The person went back to the queue."""
    COUNTED_AGAIN = "counted_again"
    """An excluded interview is back in score and quota."""


EFFECT_WORDS = {
    Effect.NONE: N_("Stored."),
    Effect.PLACE_FREE: N_("Stored: out of score and quota, the cell calls for one more."),
    Effect.STAYS_SHORT: N_("Stored: out of score and quota. Fieldwork is over, the cell stays one short."),
    Effect.OVERSHOOT_MOVED_UP: N_("Stored: out of score and quota; one beyond the quota took its place."),
    Effect.CALLED_AGAIN: N_("Stored: the person is called again."),
    Effect.COUNTED_AGAIN: N_("Stored: back in score and quota."),
}
"""What each effect is told as, to be translated."""


def decide(
    ctx: Context,
    programme: LoadedProgramme,
    interview_id: str,
    verdict: Verdict,
    *,
    reason: str | None = None,
    note: str = "",
) -> Effect:
    """Give a verdict on an interview; the last one holds, all are kept, answers are never changed.

    * Excluded: the interview leaves score and quota at once, its cell calls for another one. When fieldwork
      is over the cell stays short.
    * Sent back: as excluded, and the person goes back to the queue, due at once, for anybody. A complete
      interview is asked anew from the beginning, since nothing that was collected may be changed; one that
      was stopped half-way goes on at its first open question.
    * Accepted: an interview that was out comes back if its cell has a place.
    * Second: somebody else has to decide; until then everything stays as it is.

    Nobody decides on the own interview, except where nobody else may; the audit log then says so.

    Raises:
        CatiError: ``not_allowed``, ``interview_unknown``, ``review_reason``, ``words_too_long``,
            ``own_interview``, ``second_by_same``, ``interview_unfinished``,
            ``case_in_call``, ``send_back_over``, ``send_back_refused``,
            ``cell_full_again``, ``case_counted_already``.
    """
    ctx.actor.require(Right.REVIEW)
    rules.check_reason(verdict, reason)
    note = given_words(note)
    with ctx.database.write() as connection:
        found = one(connection, programme, interview_id)
        state = settlement.lock_case(connection, found.case_id)
        # What was read before the lock may have been decided on meanwhile.
        found = one(connection, programme, interview_id)
        _refuse(ctx, connection, found, state, verdict)
        over = _over(ctx, connection, programme)
        effect = _carry_out(ctx, connection, found, state, verdict, over)
        now = ctx.now(connection)
        store.add(
            connection,
            interview_id,
            verdict=verdict,
            reason=reason,
            note=note,
            user_id=ctx.actor.user_id,
            at=now,
        )
        audit.record(
            ctx,
            connection,
            "review",
            f"interview {interview_id}",
            verdict=str(verdict),
            reason=reason,
            effect=str(effect),
            own=found.operator_id == ctx.actor.user_id,
        )
        return effect


def _refuse(
    ctx: Context, connection: Connection, found: Reviewed, state: CaseState, verdict: Verdict
) -> None:
    if found.verdict == Verdict.SECOND and found.verdict_by == ctx.actor.user_id:
        raise CatiError(
            "second_by_same",
            N_("You asked for a second opinion yourself: somebody else has to give it. Nothing was stored."),
        )
    if found.operator_id == ctx.actor.user_id and verdict is not Verdict.SECOND:
        others = (u for u in user_store.everybody(connection) if u.id != ctx.actor.user_id)
        if any(u.active and not u.simulated and may(u.roles, Right.REVIEW) for u in others):
            raise CatiError(
                "own_interview",
                N_(
                    "You held this interview yourself: somebody else has to decide on it. Nothing was stored."
                ),
            )
    waits = state in (CaseState.CALLBACK, CaseState.APPOINTMENT, CaseState.PARKED)
    if found.state == "open" or (found.state == "partial" and waits):
        raise CatiError(
            "interview_unfinished",
            N_("This interview is still to be finished. Nothing was stored; decide when it is."),
        )
    if state is CaseState.HELD:
        raise CatiError(
            "case_in_call",
            N_("This person is being called again just now. Nothing was stored; decide when that has ended."),
        )


def is_over(ctx: Context, programme: LoadedProgramme) -> bool:
    """Whether nobody is called any more, so that a cell that loses an interview stays short.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.REVIEW)
    with ctx.database.read() as connection:
        return _over(ctx, connection, programme)


def _over(ctx: Context, connection: Connection, programme: LoadedProgramme) -> bool:
    closed = draw_store.programme_state(connection, programme.id) != "drawn"
    shut = season_closed(programme.programme.settings, ctx.now(connection))
    return closed or shut is not None


def _carry_out(
    ctx: Context, connection: Connection, found: Reviewed, state: CaseState, verdict: Verdict, over: bool
) -> Effect:
    match verdict:
        case Verdict.SECOND:
            return Effect.NONE
        case Verdict.ACCEPTED:
            return _accept(connection, found, state)
        case Verdict.SENT_BACK:
            _refuse_to_send_back(found, connection, state, over)
    now = ctx.now(connection)
    again = verdict is Verdict.SENT_BACK
    # One that was stopped half-way goes on, and is not out while it does.
    store.set_excluded(connection, found.interview_id, not (again and found.state == "partial"))
    counted = found.state == "complete" and not found.excluded
    if not counted and not again:
        return Effect.NONE
    free = settlement.withdraw(connection, found.case_id, now=now, again=again)
    if again:
        return Effect.CALLED_AGAIN
    if not free:
        return Effect.OVERSHOOT_MOVED_UP
    return Effect.STAYS_SHORT if over else Effect.PLACE_FREE


def _refuse_to_send_back(found: Reviewed, connection: Connection, state: CaseState, over: bool) -> None:
    if over:
        raise CatiError(
            "send_back_over",
            N_("Fieldwork is over, nobody is called any more. Nothing was stored. Exclude it or accept it."),
        )
    if found.excluded and state is CaseState.COMPLETE:
        raise _counted_already()
    disposition = settlement.disposition(connection, found.case_id)
    if disposition in _ENDED_BY_RESPONDENT or found.state not in ("complete", "no_opinion", "partial"):
        raise CatiError(
            "send_back_refused",
            N_("This person ended the interview and is not called again. Nothing was stored. Exclude it."),
        )


def _accept(connection: Connection, found: Reviewed, state: CaseState) -> Effect:
    if not found.excluded:
        return Effect.NONE
    if found.state == "complete":
        if state is CaseState.COMPLETE:
            raise CatiError(
                "case_counted_already",
                N_(
                    "A later interview of the same person counts. Nothing was stored. Exclude that one first."
                ),
            )
        if not settlement.bring_back(connection, found.case_id):
            raise CatiError(
                "cell_full_again",
                N_(
                    "{unit}, {group} has no place left: others took it. Nothing was stored; the interview "
                    "stays excluded."
                ),
                unit=found.unit_name,
                group=found.group_label,
            )
    store.set_excluded(connection, found.interview_id, False)
    return Effect.COUNTED_AGAIN if found.state == "complete" else Effect.NONE


def _counted_already() -> CatiError:
    return CatiError(
        "case_counted_already",
        N_("A later interview of the same person counts. Nothing was stored. Exclude that one first."),
    )
