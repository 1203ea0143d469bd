"""Practice: all that was done is gone with it; of the real database only the passed test is touched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cati.base.clock import VirtualClock
from cati.domain.practice import Scenario
from cati.domain.users import Role
from cati.services import clearances, users
from cati.station.practice import Judged, PracticeRoom, clear_away
from cati.station.runner import CallRunner
from cati.store import tables as t
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.station.office import PASSWORD, Office, open_office, programme_of, runner_of


@pytest.fixture
def office(furnished_file: Furnished) -> Office:
    return furnished_file(of_five_units)


def of_five_units(database: Database, clock: VirtualClock, folder: Path) -> Office:
    return open_office(database, clock, folder, programme_of(units=5, quotas=(2, 3)))


@pytest.fixture
def room(office: Office, tmp_path: Path) -> Iterator[PracticeRoom]:
    users.add_user(office.ctx, "zhou", "周", {Role.OPERATOR}, PASSWORD)
    credit = (office.sign_in("zhou"), office.programme)
    clock = office.ctx.clock
    with closing(PracticeRoom(tmp_path, office.programme.programme, clock, "pc-zhou", credit)) as made:
        yield made


def play(room: PracticeRoom, runner: CallRunner, **wrong: str) -> Judged:
    """One respondent from the first call to the verdict, recorded as told but for `wrong`."""
    while True:
        case = runner.claim()
        assert case is not None
        runner.take(case)
        told = room.told(case)
        runner.dial()
        line = told.lines[len(case.history)] if len(case.history) < len(told.lines) else "complete"
        if line == "complete":
            runner.connect()
            answer_all(runner, told, wrong)
        runner.end()
        runner.settle(line)
        judged = room.judge(case.case_id)
        if judged is not None:
            return judged


def answer_all(runner: CallRunner, told: Scenario, wrong: dict[str, str]) -> None:
    while runner.call.shown is not None:
        name = runner.call.shown
        runner.answer({**told.answers, **wrong}[name])


def test_the_test_is_passed_by_what_was_recorded_as_told(room: PracticeRoom, tmp_path: Path) -> None:
    runner = runner_of(room.ctx, room.programme, tmp_path)
    first = play(room, runner)
    assert (first.told.number, first.told.lines) == (1, ("busy",))
    assert (first.different, first.right, first.wanted, first.passed) == ((), 1, 2, False)
    second = play(room, runner, item1="bad")
    assert [(one.question, one.keyed) for one in second.different] == [("item1", "bad")]
    assert (second.right, second.passed) == (1, False)
    third = play(room, runner)
    assert (third.right, third.passed) == (2, True)
    assert not play(room, runner).passed


def test_nothing_of_it_reaches_the_real_database(room: PracticeRoom, office: Office, tmp_path: Path) -> None:
    def rows() -> dict[str, int]:
        with office.database.read() as connection:
            tables = [table for table in t.metadata.sorted_tables if table.name != "clearances"]
            return {
                table.name: connection.scalar(select(func.count()).select_from(table)) or 0
                for table in tables
            }

    before = rows()
    runner = runner_of(room.ctx, room.programme, tmp_path)
    play(room, runner)
    play(room, runner)
    after = rows()
    assert after.pop("audit") == before.pop("audit") + 1
    assert after == before
    [standing] = [one for one in clearances.listing(office.ctx, office.programme) if one.login == "zhou"]
    assert standing.practice is not None
    assert not standing.practice.waived


def test_practice_leaves_nothing_behind(room: PracticeRoom, tmp_path: Path) -> None:
    assert (room.folder / "cati.db").exists()
    assert room.folder.parent == tmp_path
    assert room.folder.stat().st_mode & 0o077 == 0
    room.close()
    assert not room.folder.exists()


def test_a_practice_that_was_cut_off_is_cleared_away(tmp_path: Path) -> None:
    left = tmp_path / "practice" / "recordings" / "small"
    left.mkdir(parents=True)
    (left / "voice.crec").write_bytes(b"sealed")
    clear_away(tmp_path)
    assert not (tmp_path / "practice").exists()


def test_whoever_has_not_signed_in_may_practise_without_credit(office: Office, tmp_path: Path) -> None:
    programme = office.programme.programme
    with closing(PracticeRoom(tmp_path, programme, office.ctx.clock, "pc")) as room:
        runner = runner_of(room.ctx, room.programme, tmp_path)
        assert [play(room, runner).passed for _nth in range(2)] == [False, False]
        assert room.ctx.actor.name == "Practice"


def test_a_few_units_are_practised_on_and_calls_are_allowed_at_any_hour(room: PracticeRoom) -> None:
    settings = room.programme.programme.settings
    assert len(room.programme.programme.units) == 3
    assert [group.quota for group in room.programme.programme.groups] == [10, 10]
    assert settings.retry.busy_minutes == 0
    assert [hours.weekdays for hours in settings.call_hours] == [tuple(range(7))]
