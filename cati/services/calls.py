"""Attempts on cases: begun before the number is dialled, settled in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain import dispositions
from cati.domain.contacts import Contact
from cati.domain.dispositions import PastAttempt
from cati.domain.messages import Kind
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import (
    CaseState,
    Closed,
    Fate,
    Settlement,
    SettleResult,
    may_be_dialled,
    season_closed,
)
from cati.domain.users import Right, Role
from cati.domain.wishes import Wish, wish_of
from cati.domain.writes import Begun
from cati.domain.writes import Closing as Closing
from cati.sealing.keyring import Secret
from cati.services import audit, clearances, wishes
from cati.services.context import Context
from cati.store import assignments, queue_postgres, users
from cati.store import calls as store
from cati.store import conflicts as conflict_store
from cati.store import interviews as interview_store
from cati.store import messages as message_store
from cati.store import queue as queue_store
from cati.store import settlement as settlement_store
from cati.store.assignments import started_interview
from cati.store.calls import MyDayAttempt
from cati.store.engine import Connection


def begin_attempt(
    ctx: Context,
    programme: LoadedProgramme,
    *,
    attempt_id: str,
    case_id: int,
    epoch: int,
    alternate: int,
    at: datetime,
    simulated: bool = False,
    incoming: bool = False,
    again: bool = False,
) -> int:
    """Commit an attempt before its number is dialled; gives its number within the case.

    `incoming`: the respondent called, so that nobody is dialled. `again`: nobody knows whether this very
    attempt was committed already.

    Raises:
        CatiError: ``lease_lost`` when the case is no longer this operator's; ``cell_paused``;
            ``refused_meanwhile`` when one of the person's numbers is on the list of those not to be called;
            ``no_refusal_key``; as `refuse_out_of_season`, `refuse_outside_hours` and `clearances.require`.
    """
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.write() as connection:
        stored = store.number_of(connection, attempt_id) if again else None
        if stored is not None:
            return stored
        now = ctx.now(connection)
        over = season_closed(programme.programme.settings, now) is Closed.OVER
        paused = queue_store.is_paused(connection, case_id)
        begun = (over or paused) and started_interview(connection, case_id) is not None
        refuse_out_of_season(programme, now, begun=begun)
        clearances.require(connection, programme, ctx.actor.user_id)
        if paused and not begun:
            raise CatiError(
                "cell_paused",
                N_("Calling in this unit and group is paused. Nobody was dialled. Take the next one."),
            )
        number = store.begin(
            connection,
            attempt_id=attempt_id,
            case_id=case_id,
            epoch=epoch,
            user_id=ctx.actor.user_id,
            station=ctx.actor.station,
            alternate=alternate,
            at=at,
            simulated=simulated,
            incoming=incoming,
        )
        if number is None:
            raise CatiError(
                "lease_lost",
                N_("This case has meanwhile gone to somebody else. It was not dialled. Take the next one."),
            )
        if not incoming:
            _refuse_person(ctx, connection, programme, case_id, number, now)
        return number


def _refuse_person(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    case_id: int,
    number: int,
    now: datetime,
) -> None:
    """Refuse an attempt, by its number, on somebody who may not be called at this hour, or not at all."""
    held = assignments.held_case(connection, case_id)
    cut_off = (
        not may_be_dialled(programme.programme.settings, held.group_code, now)
        and store.was_cut_off(connection, case_id, number - 1, ctx.actor.user_id)
        and started_interview(connection, case_id) is not None
    )
    refuse_outside_hours(programme, held.group_code, now, cut_off=cut_off)
    contact = held.contact.opened(ctx.keys.contact_key(programme.id))
    if wishes.refuses(ctx, connection, contact, now):
        raise CatiError(
            "refused_meanwhile",
            N_("This person is on the list of those not to be called. Nobody was dialled."),
        )


def note_attempt(ctx: Context, begun: Begun) -> bool:
    """Commit an attempt whose number was dialled while the server was silent; False when its lease was lost.

    Doing so twice changes nothing.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.write() as connection:
        if store.is_noted(connection, begun.attempt_id):
            return True
        return queue_postgres.note_attempt(connection, begun, ctx.actor.user_id, ctx.actor.station)


def refuse_out_of_season(programme: LoadedProgramme, now: datetime, *, begun: bool = False) -> None:
    """Refuse dialling outside the days of fieldwork, and after the approval has run out (有效期止).

    Args:
        programme: its settings name the days.
        now: aware.
        begun: an interview is under way in the case, cut off or called in; the end of fieldwork lets it be
            finished.

    Raises:
        CatiError: ``approval_expired``, ``fieldwork_over``, ``fieldwork_not_begun``.
    """
    settings = programme.programme.settings
    match season_closed(settings, now):
        case Closed.EXPIRED:
            assert settings.expires is not None
            raise CatiError(
                "approval_expired",
                N_(
                    "The approval of this survey ended on {day}, so nobody may be called. Nobody "
                    "was dialled; what was stored is kept. Tell the supervisor."
                ),
                day=settings.expires.isoformat(),
            )
        case Closed.OVER if not begun:
            assert settings.fieldwork_end is not None
            raise CatiError(
                "fieldwork_over",
                N_(
                    "Fieldwork ended on {day}. Nobody is called any more, not even to finish an interview; "
                    "what was stored is kept."
                ),
                day=settings.fieldwork_end.isoformat(),
            )
        case Closed.NOT_BEGUN:
            assert settings.fieldwork_start is not None
            raise CatiError(
                "fieldwork_not_begun",
                N_("Fieldwork begins on {day}. Nobody was dialled; wait until then."),
                day=settings.fieldwork_start.isoformat(),
            )


def refuse_outside_hours(
    programme: LoadedProgramme, group: str, now: datetime, *, cut_off: bool = False
) -> None:
    """Refuse dialling at an hour at which nobody of a group may be called.

    Args:
        programme: its settings name the hours.
        group: code.
        now: aware.
        cut_off: see `cati.domain.queue.may_be_dialled`.

    Raises:
        CatiError: ``outside_call_hours``.
    """
    if not may_be_dialled(programme.programme.settings, group, now, cut_off=cut_off):
        raise CatiError(
            "outside_call_hours",
            N_("At this hour nobody of this group may be called. Nobody was dialled."),
        )


def end_attempt(
    ctx: Context,
    *,
    attempt_id: str,
    disposition: str,
    note: str,
    prompted: bool,
    connected_at: datetime | None,
    ended_at: datetime,
    late: bool = False,
) -> None:
    """Close one attempt of a case that stays with the operator, as when a dropped line is redialled.

    `late`: the case had gone to somebody else.
    """
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.write() as connection:
        store.end(
            connection,
            attempt_id=attempt_id,
            disposition=disposition,
            note=note,
            prompted=prompted,
            connected_at=connected_at,
            ended_at=ended_at,
            late=late,
        )


def is_settled(connection: Connection, closing: Closing) -> bool:
    """Whether this very end of an attempt is written down already."""
    return (
        store.settled_state(connection, closing.attempt_id, closing.disposition, closing.ended_at) is not None
    )


def with_contact(ctx: Context, programme: LoadedProgramme, closing: Closing, contact: Contact) -> Closing:
    """The end of a case with what it needs of whom it is about.

    It may come to the database when the case is out of hand, and nobody is shown then whom it is about.
    """
    wished = None
    # Without the key it waits for somebody who has it.
    if _wish(programme, closing) is not None and (None, Secret.REFUSAL) in ctx.keys.held():
        wished = tuple(one.hex() for one in wishes.hashes_of(ctx, contact))
    return replace(closing, numbers=len(contact.phones), wished=wished)


def close(
    ctx: Context, programme: LoadedProgramme, closing: Closing, *, tell_late: bool = False
) -> SettleResult:
    """Settle attempt, interview, case, place and lease in one transaction.

    An interview finished under a lapsed lease is kept, and marked late. Closing once more, as after a
    connection that broke before it could say "done", changes nothing. Who refuses for good, or agrees to be
    called again, is noted for the programmes to come.

    Args:
        ctx: who called.
        programme: of the case.
        closing: what became of it.
        tell_late: lay it before the supervisor when it came too late for its lease.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.INTERVIEW)
    with ctx.database.write() as connection:
        settled = store.settled_state(connection, closing.attempt_id, closing.disposition, closing.ended_at)
        if settled is not None:
            return SettleResult(Fate.SETTLED, settled)
        now = ctx.now(connection)
        settlement = settlement_of(ctx, connection, programme, closing, now)
        wish = _wish(programme, closing)
        # Whom it is about is seen while the case is held.
        wishers = (
            _wishers(ctx, connection, programme, closing)
            if wish is not None and not store.is_simulated(connection, closing.attempt_id)
            else ()
        )
        # Where only the outcome was missing after a cut, the call before gets it, which may have been a
        # colleague's: whoever holds the case may do so as long as it is held.
        before = _is_of_call_before(connection, closing, ctx.actor.user_id)
        if before:
            _write_end(connection, closing, settlement, Fate.SETTLED)
        result = settlement_store.settle(
            connection,
            case_id=closing.case_id,
            epoch=closing.epoch,
            user_id=ctx.actor.user_id,
            now=now,
            outcome=settlement,
        )
        if not before:
            _write_end(connection, closing, settlement, result.fate)
        if result.state is CaseState.CLOSED and closing.disposition == dispositions.SOFT_REFUSAL:
            _ask_supervisor(ctx, connection, programme, closing, Kind.REFUSAL, closing.note, now)
        if result.state is CaseState.CLOSED and closing.language:
            said = " ".join(filter(None, (closing.language, closing.note)))
            _ask_supervisor(ctx, connection, programme, closing, Kind.LANGUAGE, said, now)
        if tell_late and result.late:
            tell_supervisor(ctx, connection, programme, closing.case_id, closing.attempt_id, str(result.fate))
        if wish is not None and wishers:
            wishes.note_of(connection, programme, wishers, wish, now, closing.attempt_id)
        audit.record(
            ctx,
            connection,
            "case_settled",
            f"case {closing.case_id}",
            disposition=closing.disposition,
            late=result.late,
        )
        return result


def settlement_of(
    ctx: Context, connection: Connection, programme: LoadedProgramme, closing: Closing, now: datetime
) -> Settlement:
    """What becomes of a case by the outcome of a call and of all calls before it.

    Args:
        ctx: who called, as actor.
        connection, programme: of the case.
        closing: the end of the call.
        now: aware.
    """
    history = (
        *store.history(connection, closing.case_id, closing.attempt_id),
        PastAttempt(
            closing.ended_at, closing.disposition, store.alternate_of(connection, closing.attempt_id)
        ),
    )
    return dispositions.settlement(
        closing.disposition,
        history=history,
        settings=programme.programme.settings,
        group=closing.group,
        now=now,
        user_id=ctx.actor.user_id,
        alone=closing.disposition in dispositions.FOR_ANOTHER and _alone(ctx, connection),
        no_opinion=closing.outcome is not None and closing.outcome.no_opinion,
        not_before=closing.not_before,
        mine=closing.mine,
        firm=closing.firm,
        numbers=_numbers(ctx, connection, programme, closing),
        language=closing.language,
        spoken=not closing.language or _is_spoken(connection, closing.language),
        colleague=_colleague(ctx, connection, programme, closing),
    )


def note_wish(
    ctx: Context, connection: Connection, programme: LoadedProgramme, closing: Closing, now: datetime
) -> None:
    """Note what was wished in a call for the programmes to come, as its station named it."""
    wish = _wish(programme, closing)
    if wish is not None and not store.is_simulated(connection, closing.attempt_id):
        wishers = _wishers(ctx, connection, programme, closing)
        wishes.note_of(connection, programme, wishers, wish, now, closing.attempt_id)


def _is_of_call_before(connection: Connection, closing: Closing, user_id: int) -> bool:
    """Whether a case that this user holds ends with a call that was made under an earlier lease."""
    attempt = conflict_store.attempt_of(connection, closing.attempt_id)
    if attempt is None or attempt.epoch >= closing.epoch:
        return False
    return queue_store.holds(connection, closing.case_id, closing.epoch, user_id)


def _write_end(connection: Connection, closing: Closing, settlement: Settlement, fate: Fate) -> None:
    """Write down how attempt and interview ended."""
    late = fate is not Fate.SETTLED
    store.end(
        connection,
        attempt_id=closing.attempt_id,
        disposition=closing.disposition,
        note=closing.note,
        prompted=closing.prompted,
        connected_at=closing.connected_at,
        ended_at=closing.ended_at,
        late=late,
    )
    if closing.interview_id is None or closing.outcome is None:
        return
    duplicate = fate is Fate.LATE_DUPLICATE
    # What was gone on with here and finished by its former holder after all stays as that one left it.
    if duplicate and interview_store.is_complete(connection, closing.interview_id):
        return
    interview_store.close_interview(
        connection,
        interview_id=closing.interview_id,
        state="duplicate" if duplicate else dispositions.interview_state(settlement, closing.outcome),
        counted=closing.outcome.counted,
        late=late,
        held=closing.answers,
        off_path=closing.off_path,
        at=closing.ended_at,
    )


def tell_supervisor(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    case_id: int | None,
    attempt_id: str | None,
    said: str,
) -> None:
    """Tell the supervisor, once of each attempt, that work came too late for its lease.

    Args:
        ctx: whose work it was.
        connection: a write transaction.
        said: one of `cati.domain.messages.LATE_WORDS`.
    """
    if attempt_id is not None and conflict_store.is_told(connection, attempt_id, said):
        return
    message_store.add(
        connection,
        programme_id=programme.id,
        kind=Kind.LATE,
        text=said,
        user_id=ctx.actor.user_id,
        station=ctx.actor.station,
        at=ctx.now(connection),
        case_id=case_id,
        attempt_id=attempt_id,
    )


def _ask_supervisor(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    closing: Closing,
    kind: Kind,
    text: str,
    now: datetime,
) -> None:
    """Let the supervisor decide, once in a case, whether somebody else tries again."""
    if message_store.was_asked(connection, closing.case_id, kind):
        return
    message_store.add(
        connection,
        programme_id=programme.id,
        kind=kind,
        text=text,
        user_id=ctx.actor.user_id,
        station=ctx.actor.station,
        at=now,
        case_id=closing.case_id,
        attempt_id=closing.attempt_id,
    )


def _numbers(ctx: Context, connection: Connection, programme: LoadedProgramme, closing: Closing) -> int:
    """How many numbers the person has; looked up only where that matters."""
    if closing.disposition not in dispositions.NUMBER_ENDS:
        return 1
    if closing.numbers is not None:
        return closing.numbers
    return len(_contact(ctx, connection, programme, closing).phones)


def _contact(ctx: Context, connection: Connection, programme: LoadedProgramme, closing: Closing) -> Contact:
    sealed = assignments.contact_of(connection, closing.case_id)
    return sealed.opened(ctx.keys.contact_key(programme.id))


def _wish(programme: LoadedProgramme, closing: Closing) -> Wish | None:
    return wish_of(closing.disposition, closing.answers, closing.off_path, programme.programme.settings)


def _wishers(
    ctx: Context, connection: Connection, programme: LoadedProgramme, closing: Closing
) -> tuple[bytes, ...]:
    """The numbers, as the lists name them, for which something was wished in a call."""
    if closing.wished is not None:
        return tuple(map(bytes.fromhex, closing.wished))
    return wishes.hashes_of(ctx, _contact(ctx, connection, programme, closing))


def _is_spoken(connection: Connection, language: str) -> bool:
    """Whether some operator speaks a language."""
    return any(
        user.active and Role.OPERATOR in user.roles and language in user.languages
        for user in users.everybody(connection)
    )


def _colleague(
    ctx: Context, connection: Connection, programme: LoadedProgramme, closing: Closing
) -> int | None:
    """Who alone gets the case for a while; None where that one could not call."""
    for user in users.everybody(connection):
        if user.id == closing.colleague != ctx.actor.user_id:
            speaks = not closing.language or closing.language in user.languages
            may = user.active and Role.OPERATOR in user.roles
            cleared = user.id in clearances.who_may_call(connection, programme)
            return user.id if may and speaks and cleared else None
    return None


def _alone(ctx: Context, connection: Connection) -> bool:
    """Whether nobody else could take over what this operator shall not call again."""
    others = (user for user in users.everybody(connection) if user.id != ctx.actor.user_id)
    return not any(user.active and Role.OPERATOR in user.roles for user in others)


def my_day(ctx: Context, programme: LoadedProgramme, day: date) -> tuple[MyDayAttempt, ...]:
    """The operator's own attempts of a day of local time, oldest first."""
    ctx.actor.require(Right.INTERVIEW)
    start = datetime.combine(day, time(), ZoneInfo(programme.programme.settings.timezone))
    with ctx.database.read() as connection:
        return store.of_day(connection, ctx.actor.user_id, start, start + timedelta(days=1))


def has_live_attempts(ctx: Context, programme: LoadedProgramme) -> bool:
    """Whether a person has ever dialled in this programme."""
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        return store.any_live(connection, programme.id)
