"""A supervisor hears a call while it runs, from the operator's microphone to the supervisor's ear."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cati.audio.codec import BLOCK_FRAMES
from cati.audio.process import Outbox
from cati.audio.session import Session
from cati.audio.sharing import PIECE_BLOCKS
from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.users import Role
from cati.services import audit, listening, users
from cati.services.context import Context
from cati.station import listening as room_module
from cati.station.listening import ListeningRoom
from cati.station.overhearing import Overheard, Overhearing
from cati.station.runner import CallRunner
from cati.station.sharing import Sharing
from cati.store import listening as store
from tests.audio.studio import KEYS, FakeMicrophone, FakeSystem
from tests.audio.tapes import Ear, pitch
from tests.rig.furnished import Furnished
from tests.rig.waiting import wait_until
from tests.station.desk import Recorder
from tests.station.office import PASSWORD, Office, open_office, runner_of


class Desk:
    """An operator in a call that a recorder records from a fake microphone; it shares as a station does."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.ctx = office.hire("zhou")
        self.runner: CallRunner = runner_of(self.ctx, office.programme, folder, recorder=Recorder())
        case = self.runner.claim()
        assert case is not None
        self.runner.take(case)
        self.runner.dial()
        self.runner.connect()
        self.microphone = FakeMicrophone()
        self.told: list[dict[str, Any]] = []
        self.session = Session(self._tell, lambda: FakeSystem(self.microphone))
        self._thread = threading.Thread(target=self.session.run)
        self._thread.start()
        self.file = folder / "a.crec"
        self.session.take(
            {
                "do": "start",
                "path": str(self.file),
                "recording_id": "a",
                "attempt_id": self.runner.call.attempt_id,
                "public_key": KEYS.public.hex(),
                "started_at": "2024-02-21T02:00:00+00:00",
                "device": None,
                "codec": "pcm",
            }
        )
        self.listened: list[bool] = []
        self.sharing = Sharing(self.ctx, self, tell=self.listened.append)

    def _tell(self, event: dict[str, Any]) -> None:
        self.told.append(event)
        if event["is"] == "shared":
            self.sharing.hear(event)

    def offset_ms(self) -> int | None:
        return 0

    def share(self, listening_id: str, attempt_id: str, key: bytes) -> None:
        self.session.take({"do": "share", "id": listening_id, "attempt_id": attempt_id, "key": key.hex()})

    def unshare(self, listening_id: str) -> None:
        self.session.take({"do": "unshare", "id": listening_id})

    def frames(self) -> int:
        return max((event["frames"] for event in self.told if event["is"] == "level"), default=0)

    def close(self) -> None:
        """As a workplace does: the recorder first."""
        self.session.take(None)
        self._thread.join()
        self.sharing.close()


@dataclass
class Scene:
    """The office, the operator's desk and a supervisor."""

    office: Office
    desk: Desk
    boss: Context

    def listen(self, ear: Ear) -> Overhearing:
        begun = listening.begin(self.boss, self.office.programme, self.desk.ctx.actor.user_id)
        made = Overhearing(self.boss, begun, lambda: ear, fetch_seconds=0.005)
        self.desk.sharing.ask()
        made.start()
        return made

    def noted(self, by: Context | None = None) -> list[str]:
        """What the log says of listening in one session, the supervisor's by default."""
        entries = (
            (entry.seq, entry.action)
            for entry in audit.newest(self.office.ctx)
            if entry.session_id == (by or self.boss).session_id and entry.action.startswith("listening")
        )
        return [action for _seq, action in sorted(entries)]


@pytest.fixture
def scene(furnished_file: Furnished, tmp_path: Path) -> Iterator[Scene]:
    office: Office = furnished_file(open_office)
    users.add_user(office.ctx, "guan", "督导", {Role.SUPERVISOR}, PASSWORD)
    desk = Desk(office, tmp_path)
    yield Scene(office, desk, office.sign_in("guan"))
    desk.close()


def more_than(pieces: list[Any], count: int) -> bool:
    return len(pieces) > count


def test_what_is_said_is_heard_until_the_call_ends_and_the_log_knew_it_first(scene: Scene) -> None:
    ear, other = Ear(), Ear()
    heard = scene.listen(ear)
    assert scene.noted() == ["listening_begun"]
    wait_until(lambda: scene.desk.sharing._begun == {heard.begun.id}, "the operator's station to know")
    # Somebody else hears the same call.
    second = Overhearing(
        scene.office.ctx,
        listening.begin(scene.office.ctx, scene.office.programme, scene.desk.ctx.actor.user_id),
        lambda: other,
        fetch_seconds=0.005,
    )
    second.start()
    scene.desk.sharing.ask()
    wait_until(lambda: len(scene.desk.sharing._begun) == 2, "the second listener to be known")
    for _piece in range(6):
        before = len(ear.pieces)
        scene.desk.microphone.sing(PIECE_BLOCKS)
        wait_until(partial(more_than, ear.pieces, before), "the next piece to be heard")
    wait_until(lambda: len(other.sound) > 0, "the other ear")
    assert heard.state.is_heard
    assert len(heard.state.levels) == 1
    assert heard.state.levels[0] > 0.5
    assert pitch(ear.sound) == pytest.approx(400, abs=20)
    scene.desk.session.take({"do": "stop"})
    heard.join()
    second.join()
    # Where operators are told, they are told once that somebody listens, and once that nobody does.
    scene.desk.sharing.ask()
    wait_until(lambda: scene.desk.listened == [True, False], "the operator to be told")
    assert heard.state == Overheard(on=False, is_heard=True)
    assert ear.closed
    for who in (scene.boss, scene.office.ctx):
        assert scene.noted(who) == ["listening_begun", "listening_ended"]
    with scene.office.database.read() as connection:
        assert store.take(connection, heard.begun.id, 0) == ()
    # What was recorded is whole, whoever listened.
    (stopped,) = [event for event in scene.desk.told if event["is"] == "stopped"]
    assert (stopped["complete"], stopped["problem"]) == (True, None)
    assert stopped["frames"] == 6 * PIECE_BLOCKS * BLOCK_FRAMES


def test_nothing_is_heard_of_who_is_in_no_call_or_without_the_log(scene: Scene) -> None:
    programme, operator = scene.office.programme, scene.desk.ctx.actor.user_id

    def full(*_args: object, **_named: object) -> None:
        raise CatiError("disk_full", "The disk is full.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit, "record", full)
        with pytest.raises(CatiError):
            listening.begin(scene.boss, programme, operator)
    assert listening.wanted(scene.desk.ctx) == ()
    refusals = (
        (scene.desk.ctx, operator, "not_allowed"),
        (scene.boss, scene.boss.actor.user_id, "no_call_to_hear"),
    )
    for who, whom, code in refusals:
        with pytest.raises(CatiError) as refused:
            listening.begin(who, programme, whom)
        assert refused.value.code == code
    scene.desk.runner.settle("refusal")
    with pytest.raises(CatiError) as refused:
        listening.begin(scene.boss, programme, operator)
    assert refused.value.code == "no_call_to_hear"
    assert scene.noted() == []


def test_it_ends_with_the_wish_the_right_and_the_listener(scene: Scene, clock: VirtualClock) -> None:
    operator = scene.desk.ctx
    heard = scene.listen(Ear())
    heard.close()
    assert not heard.state.on
    assert not listening.give(operator, heard.begun.id, 1, b"sealed")
    # The right is withdrawn in the middle of it: neither end goes on.
    heard = scene.listen(Ear())
    users.set_roles(scene.office.ctx, "guan", {Role.OBSERVER})
    heard.join()
    assert heard.state.fault is not None
    assert heard.state.fault.code == "may_listen_no_more"
    assert not listening.give(operator, heard.begun.id, 1, b"sealed")
    assert scene.noted() == ["listening_begun", "listening_ended"] * 2
    # A listener whose computer was switched off is soon given nothing; the next one has it noted.
    begun = listening.begin(scene.office.ctx, scene.office.programme, operator.actor.user_id)
    assert listening.give(operator, begun.id, 1, b"sealed")
    clock.advance(listening.GONE_AFTER.total_seconds())
    assert not listening.give(operator, begun.id, 2, b"sealed")
    again = listening.begin(scene.office.ctx, scene.office.programme, operator.actor.user_id)
    assert scene.noted(scene.office.ctx) == ["listening_begun", "listening_ended", "listening_begun"]
    entry = next(one for one in audit.newest(scene.office.ctx) if one.action == "listening_ended")
    assert (entry.detail["seconds"], entry.detail["listener"]) == (10, "bureau")
    # Where the server tells nothing, the operator's station looks for itself.
    looking = Sharing(operator, scene.desk, look_seconds=0.01)
    wait_until(lambda: again.id in looking._begun, "the station to look")
    looking.close()
    # Nobody fetches what another listens to, and who is slow misses the oldest.
    assert listening.take(scene.office.ctx, begun.id, 0) is None
    for seq in range(1, listening.KEPT + 4):
        assert listening.give(operator, again.id, seq, str(seq).encode())
    found = listening.take(scene.office.ctx, again.id, 0)
    assert found is not None
    assert [seq for seq, _sealed in found] == list(range(4, listening.KEPT + 4))


def test_who_signs_out_listens_no_more_and_an_operator_who_does_ends_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def with_ear(ctx: Context, begun: listening.Begun) -> Overhearing:
        return Overhearing(ctx, begun, Ear, fetch_seconds=0.005)

    monkeypatch.setattr(room_module, "Overhearing", with_ear)
    room, operator = ListeningRoom(scene.boss, tmp_path), scene.desk.ctx.actor.user_id
    first = room.overhear(scene.office.programme, operator)
    # Whom else they listened to before is over.
    second = room.overhear(scene.office.programme, operator)
    assert (first.state.on, second.state.on) == (False, True)
    room.close()
    assert not second.state.on
    assert scene.noted() == ["listening_begun", "listening_ended"] * 2
    third = scene.listen(Ear())
    wait_until(lambda: third.begun.id in scene.desk.sharing._begun, "the operator's station to know")
    scene.desk.close()
    third.join()
    assert (third.state.on, third.state.fault) == (False, None)


def test_a_pipe_that_nobody_reads_keeps_the_newest_of_a_shared_call() -> None:
    pipe = io.BytesIO()
    outbox = Outbox(pipe)
    for seq in range(100):
        outbox.post({"is": "shared", "seq": seq})
    outbox.post({"is": "stopped"})
    outbox.close()
    outbox.run()
    lines = pipe.getvalue().decode().splitlines()
    assert "stopped" in lines[0]
    assert len(lines) == 13
    assert '"seq": 99' in lines[-1]
