"""A station tells its server that it is there, and is told of what changes there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from cati.base.clock import ServerClock, SystemClock, VirtualClock
from cati.domain.findings import Health
from cati.domain.messages import Kind
from cati.domain.stations import SILENT_AFTER, Strain
from cati.domain.stations import Presence as Where
from cati.services import attendance, messages, notices, stations
from cati.station import doctor
from cati.station import presence as module
from cati.station.presence import FILE, Presence
from cati.store import news
from cati.store import stations as store
from cati.store import tables as t
from cati.store.engine import Database
from tests.rig.postgres import Postgres
from tests.rig.proxy import Proxy
from tests.rig.restless import RestlessClock
from tests.rig.waiting import wait_until
from tests.station.office import START, Office, open_office, programme_of, runner_of


@dataclass
class Heard:
    """What a station was told, from its own thread."""

    told: list[tuple[str, int]] = field(default_factory=list)
    lives: list[bool] = field(default_factory=list)
    lost: list[datetime | None] = field(default_factory=list)
    kept: list[tuple[int, datetime | None]] = field(default_factory=lambda: [(0, None)])

    def at(self, presence: Presence) -> Presence:
        presence.told = lambda what, programme: self.told.append((what, programme))
        presence.live = self.lives.append
        presence.lost = lambda since, _code: self.lost.append(since)
        return presence

    def waits_for(self, one: tuple[str, int]) -> None:
        wait_until(lambda: one in self.told, f"{one} to be told")

    def waits_to_live(self) -> None:
        wait_until(lambda: bool(self.lives) and self.lives[-1], "news to come")
        wait_until(lambda: {what for what, _ in self.told} == set(module.EVERYTHING), "all to be told")
        self.told.clear()


@pytest.fixture
def office(postgres_url: str, tmp_path: Path) -> Iterator[Office]:
    with closing(Database(postgres_url)) as database:
        yield open_office(database, VirtualClock(START), tmp_path, programme_of(quotas=(4,)), list_size=8)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def presence(tmp_path: Path, office: Office, heard: Heard) -> Iterator[Presence]:
    made = Presence(
        tmp_path,
        office.ctx.clock,
        lambda: heard.kept[-1],
        sign_seconds=0.02,
        watch_seconds=0.01,
        # A busy machine is no silent server.
        silence_seconds=60.0,
        retry_seconds=0.01,
    )
    yield heard.at(made)
    assert made.stop()


def test_a_window_is_told_what_operators_do_without_a_name_or_number(
    office: Office, presence: Presence, heard: Heard, tmp_path: Path
) -> None:
    ctx, programme = office.hire("zhou"), office.programme
    presence.start(office.ctx)
    heard.waits_to_live()
    runner = runner_of(ctx, programme, tmp_path / "recordings")
    floor = ("floor", programme.id)
    case = runner.claim()
    assert case is not None
    runner.take(case)
    for step in (runner.dial, runner.connect, lambda: runner.settle("refusal")):
        heard.told.clear()
        step()
        heard.waits_for(floor)
    attendance.clock_in(ctx)
    heard.waits_for(("floor", 0))
    messages.send(ctx, programme, Kind.HELP, "请来一下")
    heard.waits_for(("messages", programme.id))
    notices.send(office.ctx, "休息十分钟")
    heard.waits_for(("notices", 0))
    told = {what for what, _programme in heard.told}
    assert told <= set(module.EVERYTHING)


def test_of_commits_that_come_together_one_tells(office: Office, presence: Presence, heard: Heard) -> None:
    presence.start(office.ctx)
    heard.waits_to_live()
    pause = text("update cells set paused = not paused")
    floor = ("floor", office.programme.id)
    with office.database.write() as beside:
        # As a commit that tells of this programme holds it until it is through.
        held = text("select pg_advisory_xact_lock(x'43415449'::int, :programme)")
        beside.execute(held, {"programme": office.programme.id})
        with office.database.write() as connection:
            connection.execute(pause)
        notices.send(office.ctx, "休息十分钟")
        heard.waits_for(("notices", 0))
        assert floor not in heard.told
    with office.database.write() as connection:
        connection.execute(pause)
    heard.waits_for(floor)


def test_the_server_knows_who_is_where_and_what_is_not_sent(
    office: Office, presence: Presence, heard: Heard
) -> None:
    ctx, clock = office.ctx, office.ctx.clock
    oldest = clock.now() - timedelta(minutes=7)
    heard.kept.append((3, oldest))
    presence.start(ctx)
    heard.waits_to_live()
    (line,) = stations.today(ctx).lines
    assert (line.sign.name, line.who) == (ctx.actor.station, ctx.actor.name)
    assert (line.sign.unsent, line.sign.oldest, line.left_at) == (3, oldest, None)
    assert line.presence(clock.now()) is Where.HERE
    assert not line.keeps_work(clock.now())
    later = clock.now() + SILENT_AFTER + timedelta(seconds=1)
    assert line.presence(later) is Where.SILENT
    assert line.keeps_work(later)
    assert presence.stop()
    now = stations.today(ctx)
    assert now.lines[0].presence(now.now) is Where.LEFT
    assert now.keeping == 1
    # The same folder is the same station, whoever signs in.
    heard.kept.append((0, None))
    presence.start(office.hire("zhou"))
    wait_until(lambda: stations.today(ctx).lines[0].left_at is None, "the station to be there again")
    (line,) = stations.today(ctx).lines
    assert (line.who, line.sign.name, line.sign.unsent) == ("话务员zhou", "pc-zhou", 0)
    # Whoever was there before is known to be there no more.
    with ctx.database.read() as connection:
        before = store.seen(connection)[ctx.actor.user_id]
    assert before.heard_at == before.until == now.lines[0].left_at


def test_a_lost_line_is_taken_up_again_and_everything_is_looked_at_anew(
    office: Office, presence: Presence, heard: Heard, postgres_server: Postgres
) -> None:
    presence._silence_seconds = 0.5
    with closing(Proxy(postgres_server.port)) as proxy:
        url = make_url(str(office.database.url)).set(port=proxy.port)
        with closing(Database(url)) as far:
            presence.start(replace(office.ctx, database=far))
            heard.waits_to_live()
            proxy.down()
            wait_until(lambda: heard.lost[-1] is not None, "the line to be lost")
            assert set(heard.lost) == {None, office.ctx.clock.now()}
            proxy.up()
            wait_until(lambda: heard.lost[-1] is None, "the line to be back")
            heard.waits_to_live()
            # A line that looks whole and carries nothing any more.
            proxy.stall()
            wait_until(lambda: heard.lost[-1] is not None, "the silence to be noticed")
            assert presence.stop()


def test_where_nothing_is_told_the_window_is_not_said_to_be_told(
    office: Office, presence: Presence, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As through a pool that lends its connections out for one transaction each.
    monkeypatch.setattr(news, "tell", lambda _database, _channel: None)
    presence.start(office.ctx)
    wait_until(lambda: len(stations.today(office.ctx).lines) == 1, "the station to be there")
    assert presence.stop()
    assert True not in heard.lives


class SetClock(ServerClock):
    """The clock of a computer that is set while somebody works."""

    def __init__(self, set_by_hand: RestlessClock) -> None:
        super().__init__()
        self._by_hand = set_by_hand

    def own(self) -> datetime:
        return self._by_hand.now()

    def monotonic(self) -> float:
        return self._by_hand.monotonic()


class WrongClock(ServerClock):
    """The clock of a computer that is 40 seconds behind."""

    def own(self) -> datetime:
        return super().own() - timedelta(seconds=40)


def test_a_station_works_by_its_servers_time_and_tells_how_far_its_own_is_off(
    office: Office, tmp_path: Path, heard: Heard
) -> None:
    clock = WrongClock()
    ctx = replace(office.ctx, clock=clock)
    presence = heard.at(Presence(tmp_path, clock, lambda: (3, START), lambda: "server_disk_full"))
    presence.start(ctx)
    heard.waits_to_live()
    # What keeps the server from taking anything reaches whoever only reads, as long as the station is there.
    assert stations.strain(ctx) == Strain("server_disk_full", 1, 3)
    found = [one for one in doctor._strain(ctx.database, clock) if one.health is Health.FAULT]
    assert [one.code for one in found] == ["server_disk_full"]
    assert presence.stop()
    assert (stations.strain(ctx), doctor._strain(ctx.database, clock)) == (None, ())
    with ctx.database.read() as connection:
        (ahead,) = connection.execute(select(t.stations.c.ahead_ms)).one()
    assert abs(ahead + 40_000) < 5_000
    assert stations.today(ctx).lines[0].clock_is_off
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize("by", [timedelta(hours=3), -timedelta(hours=3)], ids=["forwards", "back"])
def test_a_floor_counts_by_its_servers_time_when_a_stations_clock_is_set_in_mid_call(
    office: Office, tmp_path: Path, by: timedelta
) -> None:
    own = RestlessClock(datetime.now(UTC))
    clock = SetClock(own)
    plain = office.settings(expires=None)
    ctx = replace(office.hire("zhou"), clock=clock)
    with ctx.database.read() as connection:
        began = ctx.now(connection)
    clock.ask(lambda: began)
    runner = runner_of(ctx, plain, tmp_path / "recordings")
    case = runner.claim()
    assert case is not None
    runner.take(case)
    runner.dial()
    runner.connect()
    own.advance(30)
    own.set(by)
    own.advance(30)
    clock.ask(lambda: began + timedelta(seconds=60))
    runner.settle("refusal")
    attendance.clock_in(ctx)
    with ctx.database.read() as connection:
        (dialled, ended) = connection.execute(select(t.attempts.c.dialled_at, t.attempts.c.ended_at)).one()
        (clocked,) = connection.execute(select(t.attendance.c.at)).one()
        server = ctx.now(connection)
    assert (dialled, ended) == (began, began + timedelta(seconds=60))
    # Attendance is the server's own time, whatever the station shows.
    assert began <= clocked <= server


def test_a_forged_notification_is_passed_over(office: Office, presence: Presence, heard: Heard) -> None:
    presence.start(office.ctx)
    heard.waits_to_live()
    with office.database.write() as connection:
        for payload in ("floor x", "", "何 1", "floor"):
            connection.execute(text("select pg_notify('cati_floor', :it)"), {"it": payload})
        connection.execute(text("select pg_notify('cati_floor', 'floor 7')"))
    heard.waits_for(("floor", 7))
    assert heard.told == [("floor", 7)]


def test_a_copied_data_folder_is_another_station(tmp_path: Path) -> None:
    def station_of(folder: Path) -> str:
        return Presence(folder, SystemClock(), lambda: (0, None)).id

    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    known = station_of(ours)
    assert station_of(ours) == known
    shutil.copytree(ours, theirs)
    other = station_of(theirs)
    assert other != known
    assert (station_of(theirs), station_of(ours)) == (other, known)
    # A folder that is only moved stays the station it was; so does one that noted nothing of its place.
    assert station_of(ours.rename(tmp_path / "moved")) == known
    (tmp_path / "moved" / FILE).write_text(f"{known}\n", "ascii")
    assert station_of(tmp_path / "moved") == known
    shutil.copytree(tmp_path / "moved", ours)
    assert station_of(ours) != known
