"""A whole interview on a call that the station makes itself, from the claim to its recording."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from cati.audio.reader import Reader
from cati.base.clock import VirtualClock
from cati.domain.call import Phase
from cati.domain.phone import CallNews, CallState, LineNews, PhoneNews
from cati.sealing.keyring import Secret
from cati.services import recordings
from cati.station.runner import Job, Listeners
from cati.station.workplace import Workplace
from cati.store.engine import Database
from tests.rig.exchange import an_exchange
from tests.rig.pulse import Pulse
from tests.rig.waiting import wait_until
from tests.station.desk import ANSWERS
from tests.station.office import START, open_office, programme_of
from tests.telephony.handset import account


def at_once(job: Job) -> None:
    job()


def test_the_answered_call_is_an_interview_with_both_voices(
    sqlite_url: str, tmp_path: Path, pulse: Pulse
) -> None:
    news: list[PhoneNews] = []
    told: Callable[[PhoneNews], None] = news.append
    with closing(Database(sqlite_url)) as database, an_exchange() as exchange:
        office = open_office(database, VirtualClock(START), tmp_path, programme_of(quotas=(1,)), list_size=4)
        place = Workplace(
            office.hire("zhou"),
            office.programme,
            data_folder=tmp_path / "data",
            schedule=at_once,
            listeners=Listeners(),
            show_number=lambda digits: None,
            on_sound=lambda event: None,
            phone=account(exchange, outside="9"),
            on_phone=told,
        )
        with closing(place):
            runner = place.runner
            wait_until(lambda: any(isinstance(one, LineNews) for one in news), "the exchange")
            found = runner.claim()
            assert found is not None
            runner.take(found)
            runner.dial()
            wait_until(lambda: reached(news, CallState.CONNECTED), "somebody to answer")
            assert exchange.call().number == "9" + found.contact.number.e164.removeprefix("+86")
            runner.connect()
            wait_until(lambda: (place.recorder.offset_ms() or 0) > 100, "the recording")
            for value in ANSWERS:
                runner.answer(value)
            runner.end()
            wait_until(lambda: reached(news, CallState.ENDED), "the end of the call")
            runner.settle("complete")
            assert runner.call.phase is Phase.IDLE
        (noted,) = recordings.listing(office.ctx, office.programme)
        # Nobody said anything.
        assert (noted.complete, noted.problem) == (True, "silent")
        key = office.ctx.keys.secret(office.programme.id, Secret.RECORDING)
        with Reader(tmp_path / "data" / "recordings" / noted.file, key) as reader:
            assert reader.header.channels == 2
            assert {"question", "answer"} <= {marker.kind for marker in reader.markers}


def reached(news: list[PhoneNews], state: CallState) -> bool:
    return any(isinstance(one, CallNews) and one.state is state for one in news)
