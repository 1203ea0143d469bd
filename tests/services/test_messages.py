"""Messages to the supervisor and what becomes of a refusal, on either engine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import CaseState
from cati.domain.users import Role
from cati.services import calls, draws, keys, messages, queue, sessions, users
from cati.services.calls import Closing
from cati.services.context import Context
from cati.services.messages import Kind, Message
from cati.store import tables
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.cleared import cleared
from tests.services.fieldwork import all_lists, with_cells

# 10:00 of a Wednesday in Shanghai.
MORNING = datetime(2024, 2, 21, 2, 0, tzinfo=UTC)
NEXT_DAY = datetime(2024, 2, 21, 16, 0, tzinfo=UTC)
PASSWORD = "a long enough phrase"


@pytest.fixture
def season(furnished: Furnished) -> tuple[Context, LoadedProgramme]:
    return furnished(drawn)


def drawn(database: Database, _clock: VirtualClock, folder: Path) -> tuple[Context, LoadedProgramme]:
    """Two units of two groups, drawn."""
    ctx, loaded = with_cells(database, VirtualClock(MORNING))
    all_lists(ctx, loaded, pool=0)
    parties = {"区统计局": "111111", "区委组织部": "222222"}
    draws.draw(ctx, loaded, parties=parties, public="1", out=folder / "draw")
    return ctx, loaded


def hired(ctx: Context, login: str, name: str, *roles: Role) -> Context:
    users.add_user(ctx, login, name, list(roles), PASSWORD)
    keys.grant(ctx, login) if Role.OPERATOR in roles else None
    return cleared(sessions.sign_in(ctx.database, ctx.clock, login, PASSWORD, "12"))


def refused(operator: Context, loaded: LoadedProgramme, code: str = "refusal", nth: int = 1) -> int:
    """The next case, dialled and refused; gives its number."""
    case = queue.claim_next(operator, loaded)
    assert case is not None
    attempt = f"00000000-0000-4000-8000-{case.case_id:06d}{nth:06d}"
    calls.begin_attempt(
        operator,
        loaded,
        attempt_id=attempt,
        case_id=case.case_id,
        epoch=case.epoch,
        alternate=0,
        at=operator.clock.now(),
    )
    calls.close(
        operator,
        loaded,
        Closing(
            attempt, case.case_id, case.group_code, case.epoch, code, operator.clock.now(), note="in a hurry"
        ),
    )
    return case.case_id


def case_row(ctx: Context, case_id: int) -> dict[str, object]:
    with ctx.database.read() as connection:
        return dict(
            connection.execute(select(tables.cases).where(tables.cases.c.id == case_id)).one()._mapping
        )


def only(ctx: Context, loaded: LoadedProgramme) -> Message:
    (found,) = messages.waiting(ctx, loaded)
    return found


def test_a_message_waits_until_it_is_settled_with_an_answer(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    operator = hired(ctx, "li", "李雪", Role.OPERATOR)
    messages.send(operator, loaded, Kind.HELP, " the headset is broken ")
    found = only(ctx, loaded)
    assert (found.kind, found.text, found.operator, found.station) == (
        Kind.HELP,
        "the headset is broken",
        "李雪",
        "12",
    )
    assert (found.case_id, found.unit, found.group) == (None, None, None)
    with pytest.raises(CatiError) as empty:
        messages.settle(ctx, loaded, found.id, "  ")
    assert empty.value.code == "answer_missing"
    messages.settle(ctx, loaded, found.id, "brought another one")
    assert messages.waiting(ctx, loaded) == ()
    with pytest.raises(CatiError) as twice:
        messages.settle(ctx, loaded, found.id, "once more")
    assert twice.value.code == "message_settled"
    assert ctx.actor.name in str(twice.value)


def test_a_complaint_names_the_case(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    operator = hired(ctx, "li", "李雪", Role.OPERATOR)
    case = queue.claim_next(operator, loaded)
    assert case is not None
    messages.send(operator, loaded, Kind.COMPLAINT, "called three times", case_id=case.case_id)
    found = only(ctx, loaded)
    assert (found.case_id, found.unit, found.group) == (case.case_id, case.unit_name, case.group_label)


def test_a_soft_refusal_ends_the_case_and_is_laid_before_the_supervisor(
    season: tuple[Context, LoadedProgramme],
) -> None:
    ctx, loaded = season
    operator = hired(ctx, "li", "李雪", Role.OPERATOR)
    case = refused(operator, loaded)
    assert case_row(ctx, case)["state"] == CaseState.CLOSED
    # Whoever waits for help does not wait behind refusals.
    for kind in (Kind.COMPLAINT, Kind.HELP):
        messages.send(operator, loaded, kind, "please come")
    pressing = [one.kind for one in messages.waiting(ctx, loaded)]
    assert pressing == [Kind.HELP, Kind.COMPLAINT, Kind.REFUSAL]
    for one in messages.waiting(ctx, loaded)[:2]:
        messages.settle(ctx, loaded, one.id, "came")
    found = only(ctx, loaded)
    assert (found.kind, found.case_id, found.text) == (Kind.REFUSAL, case, "in a hurry")
    messages.settle(ctx, loaded, found.id)
    assert messages.waiting(ctx, loaded) == ()
    assert case_row(ctx, case)["state"] == CaseState.CLOSED


def test_a_hard_refusal_is_final_without_asking(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    refused(hired(ctx, "li", "李雪", Role.OPERATOR), loaded, "refusal_final")
    assert messages.waiting(ctx, loaded) == ()


def test_once_more_is_the_next_day_and_for_somebody_else(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    operator = hired(ctx, "li", "李雪", Role.OPERATOR)
    other = hired(ctx, "zhou", "周敏", Role.OPERATOR)
    case = refused(operator, loaded)
    messages.settle(ctx, loaded, only(ctx, loaded).id, again=True)
    row = case_row(ctx, case)
    assert (row["state"], row["barred_id"]) == (CaseState.CALLBACK, operator.actor.user_id)
    assert row["not_before"] == NEXT_DAY
    clock = ctx.clock
    assert isinstance(clock, VirtualClock)
    clock.advance(24 * 3600)
    again = queue.claim_next(other, loaded)
    assert again is not None
    assert again.case_id == case


def test_a_second_refusal_of_the_same_case_is_not_asked_about(
    season: tuple[Context, LoadedProgramme],
) -> None:
    ctx, loaded = season
    operator = hired(ctx, "li", "李雪", Role.OPERATOR)
    case = refused(operator, loaded)
    messages.settle(ctx, loaded, only(ctx, loaded).id, again=True)
    clock = ctx.clock
    assert isinstance(clock, VirtualClock)
    clock.advance(24 * 3600)
    # There is nobody else, so the same operator gets the case.
    assert refused(operator, loaded, nth=2) == case
    assert case_row(ctx, case)["state"] == CaseState.CLOSED
    assert messages.waiting(ctx, loaded) == ()


def test_a_case_that_went_on_meanwhile_is_left_alone(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    operator = hired(ctx, "li", "李雪", Role.OPERATOR)
    refused(operator, loaded)
    first = only(ctx, loaded)
    messages.settle(ctx, loaded, first.id, again=True)
    with ctx.database.write() as connection:
        connection.execute(tables.messages.update().values(settled_at=None, settled_by=None, again=None))
    with pytest.raises(CatiError) as moved:
        messages.settle(ctx, loaded, first.id, again=True)
    assert moved.value.code == "case_goes_on"
    assert only(ctx, loaded) == first


def test_who_may_do_what(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    operator = hired(ctx, "li", "李雪", Role.OPERATOR)
    observer = hired(ctx, "ob", "观察员", Role.OBSERVER)
    sent = messages.send(operator, loaded, Kind.HELP, "please come")
    for deed in (
        lambda: messages.waiting(operator, loaded),
        lambda: messages.waiting(observer, loaded),
        lambda: messages.settle(observer, loaded, sent, "no"),
        lambda: messages.send(observer, loaded, Kind.HELP),
    ):
        with pytest.raises(CatiError) as denied:
            deed()
        assert denied.value.code == "not_allowed"
    with pytest.raises(CatiError) as unknown:
        messages.settle(ctx, loaded, sent + 1, "what")
    assert unknown.value.code == "unknown_message"
