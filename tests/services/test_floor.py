"""On a floor everybody is who the server let in: one interview goes its way under row security."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from cati.base.clock import SystemClock
from cati.base.errors import CatiError
from cati.domain.interview import Outcome
from cati.domain.ports import AnswerEvent
from cati.domain.queue import Fate
from cati.domain.users import Role
from cati.services import calls, clearances, draws, floor, interviews, programmes, queue, users
from cati.services.calls import Closing
from cati.services.context import Context
from cati.services.interviews import DatabaseAnswerLog
from tests.rig.postgres import Postgres
from tests.services.fieldwork import add_list, numbers
from tests.station.office import PARTIES, PASSWORD, PUBLIC, programme_of


@dataclass
class Floor:
    """A floor with a drawn programme.

    Attributes:
        keeper: address with the server's superuser.
        mark: the end of every login: roles belong to the whole server.
    """

    server: Postgres
    keeper: str
    address: str
    mark: str
    sessions: list[Context]

    def enter(self, name: str, password: str = PASSWORD) -> Context:
        session = users.enter_floor(self.address, SystemClock(), self.login(name), password, f"pc-{name}")
        self.sessions.append(session)
        return session

    def login(self, name: str) -> str:
        return f"{name}-{self.mark}"

    def hire(self, bureau: Context, name: str, *roles: Role) -> Context:
        users.add_user(bureau, self.login(name), f"员{name}", roles, PASSWORD)
        return self.enter(name)


@contextmanager
def floor_on(server: Postgres) -> Iterator[Floor]:
    name = f"f_{uuid.uuid4().hex[:12]}"
    server.create(name)
    keeper = server.url(name)
    address = make_url(keeper).set(username=None).render_as_string()
    made = Floor(server, keeper, address, name[2:8], [])
    try:
        floor.init(
            keeper,
            SystemClock(),
            login=made.login("bureau"),
            name="局",
            password=PASSWORD,
            station="pc-keeper",
        )
        yield made
    finally:
        for session in made.sessions:
            session.database.close()
        server.drop(name)
        _drop_roles(server, name, made.mark)


def _drop_roles(server: Postgres, name: str, mark: str) -> None:
    with server.connect("postgres") as connection:
        found = connection.execute(
            "select rolname from pg_roles where rolname like %s or rolname like %s", (f"%-{mark}", f"{name}%")
        ).fetchall()
        for (role,) in found:
            connection.execute(f'drop role "{role}"')


@pytest.fixture(scope="module")
def made(postgres_server: Postgres) -> Iterator[Floor]:
    with pytest.MonkeyPatch.context() as patch:
        from cati.sealing import passwords

        patch.setattr(passwords, "COST", passwords.Cost(passes=1, memory_kib=8))
        with floor_on(postgres_server) as found:
            yield found


@pytest.fixture(scope="module")
def bureau(made: Floor, tmp_path_factory: pytest.TempPathFactory) -> Context:
    """The bureau, signed in, with a drawn programme."""
    ctx = made.enter("bureau")
    plain = programme_of(quotas=(3,))
    loaded = programmes.store_programme(ctx, replace(plain, settings=replace(plain.settings, expires=None)))
    add_list(ctx, loaded, ("u1", "g1"), numbers(int(made.mark, 16) % 1000, 12))
    draws.draw(ctx, loaded, parties=PARTIES, public=PUBLIC, out=tmp_path_factory.mktemp("draw"))
    return ctx


def operator(made: Floor, bureau: Context, name: str) -> Context:
    ctx = made.hire(bureau, name, Role.OPERATOR)
    programme = programmes.get(ctx)
    with bureau.database.write() as connection:
        clearances.clear_for_invented(bureau, connection, programme.id, ctx.actor.user_id)
    return ctx


def test_an_operator_claims_calls_and_settles_one_interview(made: Floor, bureau: Context) -> None:
    ctx = operator(made, bureau, "zhou")
    programme = programmes.get(ctx)
    case = queue.claim_next(ctx, programme)
    assert case is not None
    attempt, interview = str(uuid.uuid4()), str(uuid.uuid4())
    now = ctx.clock.now()
    calls.begin_attempt(
        ctx, programme, attempt_id=attempt, case_id=case.case_id, epoch=case.epoch, alternate=0, at=now
    )
    interviews.open_interview(
        ctx, interview_id=interview, case_id=case.case_id, cell_id=case.cell_id, language="zh", at=now
    )
    event = AnswerEvent(str(uuid.uuid4()), interview, 1, case.epoch, "item1", "fair", now, attempt, None)
    log = DatabaseAnswerLog(ctx)
    log.append(event)
    log.append(event)
    assert queue.heartbeat(ctx, case.case_id, case.epoch)
    closing = Closing(
        attempt_id=attempt,
        case_id=case.case_id,
        group=case.group_code,
        epoch=case.epoch,
        disposition="complete",
        ended_at=now + timedelta(seconds=9),
        connected_at=now,
        interview_id=interview,
        outcome=Outcome("complete", "complete", 3, 3, 3, False, Fraction(1)),
        answers={"item1": "fair"},
    )
    assert calls.close(ctx, programme, closing).fate is Fate.SETTLED
    # Asked once more, as after a broken line, it says the same.
    assert calls.close(ctx, programme, closing).fate is Fate.SETTLED
    with bureau.database.read() as connection:
        kept = connection.execute(
            text("select i.state, r.value from interviews i join responses r on r.interview_id = i.id")
        ).one()
    assert tuple(kept) == ("complete", "fair")


def test_nobody_acts_for_somebody_else(made: Floor, bureau: Context) -> None:
    ctx, colleague = operator(made, bureau, "wu"), operator(made, bureau, "sun")
    other = replace(ctx, actor=colleague.actor)
    with pytest.raises(Exception, match="nobody acts for somebody else"):
        queue.heartbeat(other, 1, 1)


def test_a_wrong_password_is_refused_as_everywhere(made: Floor) -> None:
    for login in ("bureau", "nobody"):
        with pytest.raises(CatiError) as refusal:
            made.enter(login, "quite another 2")
        assert refusal.value.code == "sign_in_refused"


def test_a_fresh_floor_has_no_fault_but_the_test_servers_missing_tls(made: Floor) -> None:
    assert {fault.code for fault in floor.check(made.keeper)} == {"tls"}


def test_a_database_in_use_is_refused(made: Floor) -> None:
    with pytest.raises(CatiError) as refusal:
        floor.init(
            made.keeper, SystemClock(), login="late", name="late", password=PASSWORD, station=os.devnull
        )
    assert refusal.value.code == "floor_taken"
