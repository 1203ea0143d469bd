"""Today's board, on either engine."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.attendance import Event, Step, local_day
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Role
from cati.services import attendance, board, calls, draws, queue
from cati.services.board import Activity, BoardLine
from cati.services.context import Context
from cati.store import tables
from cati.store.board import Tally
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.fieldwork import all_lists, with_cells
from tests.services.test_messages import hired, refused

# 10:00 of a Wednesday in Shanghai.
MORNING = datetime(2024, 2, 21, 2, 0, tzinfo=UTC)


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


def line_of(ctx: Context, loaded: LoadedProgramme, who: Context) -> BoardLine:
    (found,) = [line for line in board.today(ctx, loaded) if line.user_id == who.actor.user_id]
    return found


def called(
    operator: Context,
    case: int,
    code: str,
    *,
    number: int,
    at: datetime,
    seconds: int = 60,
    sound: str | None = "",
) -> None:
    """A finished call; `sound`: None for no recording, else its problem."""
    attempt = str(uuid.uuid4())
    with operator.database.write() as connection:
        connection.execute(
            insert(tables.attempts).values(
                id=attempt,
                case_id=case,
                number=number,
                user_id=operator.actor.user_id,
                station="12",
                epoch=1,
                dialled_at=at,
                connected_at=at + timedelta(seconds=5) if seconds else None,
                ended_at=at + timedelta(seconds=5 + seconds),
                disposition=code,
            )
        )
        if sound is not None:
            connection.execute(
                insert(tables.recordings).values(
                    id=str(uuid.uuid4()),
                    attempt_id=attempt,
                    file="a.crec",
                    station="12",
                    started_at=at,
                    complete=True,
                    problem=sound or None,
                )
            )


def test_an_operator_is_followed_from_clocking_in_to_the_interview(
    season: tuple[Context, LoadedProgramme],
) -> None:
    ctx, loaded = season
    clock = ctx.clock
    assert isinstance(clock, VirtualClock)
    operator = hired(ctx, "li", "李雪", Role.OPERATOR)

    def seen() -> tuple[Activity, datetime | None]:
        line = line_of(ctx, loaded, operator)
        return line.activity, line.since

    assert seen() == (Activity.OUT, None)
    attendance.clock_in(operator)
    assert seen() == (Activity.READY, MORNING)
    case = queue.claim_next(operator, loaded)
    assert case is not None
    line = line_of(ctx, loaded, operator)
    assert (line.activity, line.case_id, line.unit, line.group, line.station) == (
        Activity.READY,
        case.case_id,
        case.unit_name,
        case.group_label,
        "12",
    )
    clock.advance(30)
    attempt = str(uuid.uuid4())
    calls.begin_attempt(
        operator,
        loaded,
        attempt_id=attempt,
        case_id=case.case_id,
        epoch=case.epoch,
        alternate=0,
        at=clock.now(),
    )
    assert seen() == (Activity.DIALLING, clock.now())
    clock.advance(30)
    with ctx.database.write() as connection:
        connection.execute(
            insert(tables.interviews).values(
                id=str(uuid.uuid4()),
                case_id=case.case_id,
                cell_id=case.cell_id,
                state="open",
                started_at=clock.now(),
                user_id=operator.actor.user_id,
            )
        )
    assert seen() == (Activity.INTERVIEW, clock.now())
    # A station that fell silent holds nothing any more.
    clock.advance(3600)
    assert seen() == (Activity.READY, MORNING)
    attendance.start_break(operator)
    assert seen() == (Activity.BREAK, clock.now())
    attendance.clock_out(operator)
    assert seen() == (Activity.OUT, clock.now())


def test_who_was_killed_or_relieved_is_seen_no_more(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    clock = ctx.clock
    assert isinstance(clock, VirtualClock)
    operator = hired(ctx, "li", "李雪", Role.OPERATOR)
    user_id = operator.actor.user_id
    station = {"id": "a", "name": "12", "user_id": user_id, "version": "0.1.0", "unsent": 0}

    def seen() -> tuple[Activity, datetime | None]:
        line = line_of(ctx, loaded, operator)
        return line.activity, line.since

    def change(**values: object) -> None:
        with ctx.database.write() as connection:
            connection.execute(update(tables.stations).values(**values))

    attendance.clock_in(operator)
    with ctx.database.write() as connection:
        connection.execute(insert(tables.stations).values(**station, signed_in_at=MORNING, heard_at=MORNING))
    clock.advance(40)
    assert seen() == (Activity.READY, MORNING)
    clock.advance(10)
    assert seen() == (Activity.UNSEEN, MORNING)
    change(heard_at=clock.now())
    assert seen() == (Activity.READY, MORNING)
    # Whoever is in a call on whose case the hold has lapsed is in that call.
    case = queue.claim_next(operator, loaded)
    assert case is not None
    began, epoch = clock.now(), case.epoch
    calls.begin_attempt(
        operator, loaded, attempt_id="a" * 36, case_id=case.case_id, epoch=epoch, alternate=0, at=began
    )
    assert seen() == (Activity.DIALLING, began)
    clock.advance(600)
    queue._reap(ctx, loaded.id)
    change(heard_at=clock.now())
    assert seen() == (Activity.DIALLING, began)
    assert line_of(ctx, loaded, operator).case_id == case.case_id
    # Whoever signed in anew after the computer had died is not.
    change(signed_in_at=clock.now())
    assert seen() == (Activity.READY, MORNING)
    # A colleague signs in at that station.
    change(user_id=ctx.actor.user_id)
    with ctx.database.write() as connection:
        before = {"user_id": user_id, "heard_at": clock.now(), "until_at": clock.now()}
        connection.execute(insert(tables.station_users).values(before))
    assert seen() == (Activity.UNSEEN, clock.now())
    attendance.clock_out(operator)
    assert seen() == (Activity.OUT, clock.now())


def test_a_corrected_day_is_followed_as_it_was_put_right(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    operator, other = (hired(ctx, login, login, Role.OPERATOR) for login in ("li", "wu"))
    for one in (operator, other):
        attendance.clock_in(one)
    came, left = MORNING - timedelta(hours=1), MORNING - timedelta(minutes=5)
    day = local_day(MORNING)
    attendance.correct(ctx, "li", day, [Event(Step.IN, came), Event(Step.OUT, left)], "forgot to clock out")
    attendance.correct(ctx, "wu", day, [], "was not there")
    for one, since in ((operator, left), (other, None)):
        line = line_of(ctx, loaded, one)
        assert (line.activity, line.since) == (Activity.OUT, since)


def test_the_calls_of_today_are_counted(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    operator = hired(ctx, "li", "李雪", Role.OPERATOR)
    case = refused(operator, loaded)
    called(operator, case, "complete", number=2, at=MORNING + timedelta(minutes=1), seconds=300)
    called(
        operator, case, "complete", number=3, at=MORNING + timedelta(minutes=10), seconds=200, sound="silence"
    )
    called(operator, case, "busy", number=4, at=MORNING + timedelta(minutes=20), seconds=0, sound=None)
    called(operator, case, "inconvenient", number=5, at=MORNING + timedelta(minutes=30), sound=None)
    called(operator, case, "recording_refused", number=6, at=MORNING + timedelta(minutes=40), sound=None)
    # As the respondent wished: nothing is wrong with such a recording.
    called(operator, case, "partial", number=7, at=MORNING + timedelta(minutes=50), sound="declined")
    called(operator, case, "complete", number=8, at=MORNING - timedelta(days=1))
    tally = line_of(ctx, loaded, operator).today
    assert tally.seconds == pytest.approx(250, abs=0.01)
    last_end = MORNING + timedelta(minutes=51, seconds=5)
    assert replace(tally, seconds=None) == Tally(7, 2, 2, 2, None, last_end)


def test_what_is_still_recorded_is_no_fault(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    operator = hired(ctx, "li", "李雪", Role.OPERATOR)
    case = refused(operator, loaded)
    called(operator, case, "complete", number=2, at=MORNING)
    going_on = tables.attempts.c.number == 2
    with ctx.database.write() as connection:
        connection.execute(update(tables.recordings).values(complete=False))
        connection.execute(update(tables.attempts).where(going_on).values(ended_at=None, disposition=None))
    assert line_of(ctx, loaded, operator).today.unheard == 0
    with ctx.database.write() as connection:
        connection.execute(update(tables.attempts).where(going_on).values(disposition="interrupted"))
    assert line_of(ctx, loaded, operator).today.unheard == 1


def test_who_works_stands_first(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    for nth, name in enumerate(("丙", "乙", "甲")):
        who = hired(ctx, f"op{nth}", name, Role.OPERATOR)
        if nth == 0:
            attendance.clock_in(who)
    hired(ctx, "sun", "孙宁", Role.SUPERVISOR)
    lines = board.today(ctx, loaded)
    assert [line.name for line in lines] == ["丙", "乙", "甲"]
    assert lines[0].activity is Activity.READY


def test_operators_do_not_see_the_board(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    with pytest.raises(CatiError) as denied:
        board.today(hired(ctx, "li", "李雪", Role.OPERATOR), loaded)
    assert denied.value.code == "not_allowed"
