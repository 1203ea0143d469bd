"""What supervisors write to operators."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.users import Role
from cati.services import attendance, audit, notices, users
from cati.store.engine import Database
from tests.station.office import PASSWORD, START, Office, open_office, programme_of


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def office(database_url: str, clock: VirtualClock, tmp_path: Path) -> Iterator[Office]:
    with closing(Database(database_url)) as database:
        yield open_office(database, clock, tmp_path, programme_of(quotas=(2,)))


def test_a_notice_to_all_is_read_by_each_and_one_to_somebody_by_that_one(office: Office) -> None:
    first, second = office.hire("zhou"), office.hire("wu")
    notices.send(office.ctx, "十一点开会")
    notices.send(office.ctx, "请到主任台来", to=second.actor.user_id)
    # Whether it is read at once or at the next sign-in is told by who is at work.
    attendance.clock_in(first)
    attendance.clock_in(second)
    attendance.clock_out(second)
    assert [attendance.is_at_work(office.ctx, one.actor.user_id) for one in (first, second)] == [True, False]
    assert [one.text for one in notices.take(first)] == ["十一点开会"]
    latest, earlier = notices.of_today(office.ctx)
    assert (latest.to, latest.reads, earlier.to, earlier.reads) == (second.actor.name, 0, None, 1)
    assert [one.text for one in notices.take(second)] == ["十一点开会", "请到主任台来"]
    assert notices.take(first) == notices.take(second) == ()
    assert [one.reads for one in notices.of_today(office.ctx)] == [1, 2]


def test_nobody_is_told_what_they_wrote_to_all(office: Office) -> None:
    notices.send(office.ctx, "十一点开会")
    assert notices.take(office.ctx) == ()


def test_yesterdays_notices_are_not_shown(office: Office, clock: VirtualClock) -> None:
    operator = office.hire("zhou")
    notices.send(office.ctx, "十一点开会")
    clock.advance(notices.LASTS.total_seconds() + 1)
    assert notices.take(operator) == ()


def test_a_notice_needs_words_and_somebody_who_calls(office: Office) -> None:
    observer = users.add_user(office.ctx, "guan", "观察员", [Role.OBSERVER], PASSWORD)
    for text, to, code in ((" ", None, "words_missing"), ("来", observer.id, "no_operator")):
        with pytest.raises(CatiError) as refused:
            notices.send(office.ctx, text, to=to)
        assert refused.value.code == code
    with pytest.raises(CatiError) as refused:
        notices.send(office.hire("zhou"), "来")
    assert refused.value.code == "not_allowed"
    notices.send(office.ctx, "十一点开会")
    sent = next(entry for entry in audit.newest(office.ctx) if entry.action == "notice_sent")
    assert "开会" not in str(sent)
