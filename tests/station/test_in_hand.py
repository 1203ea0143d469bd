"""The power fails while the server is gone: the operator of the interview signs in and finishes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from cati.base import settings
from cati.base.clock import SystemClock, VirtualClock
from cati.base.errors import CatiError
from cati.bootstrap import Station, open_station
from cati.domain.attendance import LOCAL
from cati.domain.call import Phase
from cati.domain.queue import Reason
from cati.services.context import Context
from cati.station.outbox import FILE
from cati.station.runner import Listeners
from cati.station.workplace import Workplace
from cati.store import tables as t
from cati.store.engine import Database
from tests.rig.postgres import Postgres
from tests.rig.proxy import Proxy
from tests.station.desk import ANSWERS
from tests.station.office import PASSWORD, Office, open_office, programme_of


@pytest.fixture
def proxy(postgres_server: Postgres) -> Iterator[Proxy]:
    with closing(Proxy(postgres_server.port)) as proxy:
        yield proxy


@pytest.fixture
def office(postgres_url: str, tmp_path: Path) -> Iterator[Office]:
    lasting = programme_of()
    lasting = replace(lasting, settings=replace(lasting.settings, expires=None))
    with closing(Database(postgres_url)) as database:
        made = open_office(database, SystemClock(), tmp_path, lasting)
        made.hire("zhou")
        made.hire("wu")
        yield made


def opened(proxy: Proxy, office: Office, folder: Path) -> Station:
    direct = office.database.url.render_as_string(hide_password=False)
    chosen = {"data_folder": str(folder), "database": proxy.url(direct)}
    station = open_station(settings.load(chosen), demonstration=False, tell=lambda _done, _total: None)
    assert isinstance(station, Station)
    return station


def seated(station: Station, session: Context) -> Workplace:
    place = station.workplace(
        session,
        schedule=lambda job: job(),
        listeners=Listeners(fault=lambda _error: None),
        show_number=lambda number: None,
        on_sound=lambda sound: None,
    )
    place.arrive()
    return place


def refusal(station: Station, login: str, password: str = PASSWORD) -> str:
    with pytest.raises(CatiError) as refused:
        station.sign_in(login, password)
    return refused.value.code


def test_after_a_power_cut_without_the_server_the_interview_in_hand_is_finished_by_its_operator(
    office: Office, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pc, left_at = tmp_path / "pc", datetime.now(UTC) + timedelta(hours=1)
    station = opened(proxy, office, pc)
    place = seated(station, station.sign_in("zhou", PASSWORD))
    case = place.claim()
    assert case is not None
    place.runner.take(case)
    place.runner.dial()
    place.runner.connect()
    place.runner.answer("yes")
    proxy.down()
    place.runner.answer("fair")
    place.runner.note("听得清")
    place.runner.keep()
    station.close()
    digits = case.contact.number.e164.removeprefix("+86")
    assert all(digits.encode() not in file.read_bytes() for file in pc.glob(f"{FILE}*"))

    with closing(opened(proxy, office, pc)) as station:
        assert refusal(station, "wu") == "database_unreachable"
        assert refusal(station, "zhou", "quite another 2") == "sign_in_refused"
        session = station.sign_in("ZHOU", PASSWORD)
        assert station.unfinished(session) == ()
        place = seated(station, session)
        assert place.today().completed == 0
        again = place.claim()
        assert again is not None
        assert (again.case_id, again.reason, again.contact) == (case.case_id, Reason.RESUME, case.contact)
        place.runner.take(again)
        assert place.runner.call.note == "听得清"
        place.runner.dial()
        place.runner.connect()
        assert place.runner.call.answers == {"opening": "yes", "item1": "fair"}
        for value in ANSWERS[2:-1]:
            place.runner.answer(value)
        place.runner.redial()  # to hear the rest, and the power fails again
        monkeypatch.setattr(station._line, "_clock", VirtualClock(left_at))
        with pytest.raises(CatiError):
            station.sign_out(session)

    with closing(opened(proxy, office, pc)) as station:
        session = station.sign_in("zhou", PASSWORD)
        place = seated(station, session)
        again = place.claim()
        assert again is not None
        place.runner.take(again)
        place.runner.settle("complete")
        assert place.runner.call.phase is Phase.IDLE
        with pytest.raises(CatiError) as refused:
            place.claim()
        assert refused.value.code == "saved_here"
        proxy.up()
        assert place.sender is not None
        assert place.sender.outbox.wait(lambda: place.unsent == 0, 30)
        # The day is known again, without anybody's being looked for.
        assert place.today().completed == 1
        station.sign_out(session)
    with office.database.read() as connection:
        assert connection.execute(select(t.cells.c.completed, t.cells.c.overshoot)).one() == (1, 0)
        seqs = connection.scalars(select(t.answers.c.seq).order_by(t.answers.c.seq)).all()
        outcomes = connection.scalars(select(t.attempts.c.disposition).order_by(t.attempts.c.number)).all()
        asked = select(t.audit.c.action, t.audit.c.detail).where(t.audit.c.action.like("sign_%_offline"))
        noted = connection.execute(asked.order_by(t.audit.c.at)).all()
    assert list(seqs) == [1, 2, 3, 4, 5]
    assert list(outcomes) == ["interrupted", "dropped", "complete"]
    # Also of the session that was over before the server came back, when it began and ended.
    assert [action for action, _detail in noted] == ["sign_in_offline", "sign_out_offline", "sign_in_offline"]
    moments = [detail["moment"] for _action, detail in noted]
    assert moments[0] <= moments[2] < moments[1]
    assert moments[1] == f"{left_at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}"


def test_who_had_nobody_on_the_line_waits_for_the_server(
    office: Office, proxy: Proxy, tmp_path: Path
) -> None:
    station = opened(proxy, office, tmp_path / "pc")
    place = seated(station, station.sign_in("zhou", PASSWORD))
    case = place.claim()
    assert case is not None
    place.runner.take(case)
    proxy.down()
    station.close()
    with closing(opened(proxy, office, tmp_path / "pc")) as station:
        assert refusal(station, "zhou") == "database_unreachable"
    with pytest.raises(CatiError) as refused:
        opened(proxy, office, tmp_path / "fresh")
    assert refused.value.code == "database_unreachable"
