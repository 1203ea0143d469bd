"""On a floor a supervisor hears a running call by right, and nobody else gets anything of it."""

from __future__ import annotations

import uuid

import pytest

from cati.base.errors import CatiError
from cati.domain.users import Role
from cati.sealing import passing
from cati.services import calls, listening, programmes, queue, recordings, users
from cati.services.context import Context
from cati.station.presence import Presence
from tests.rig.waiting import wait_until
from tests.services.floors import Floor, operator, psql


def in_call(ctx: Context) -> str:
    """The attempt of a call that is being recorded."""
    programme = programmes.get(ctx)
    case = queue.claim_next(ctx, programme)
    assert case is not None
    attempt, now = str(uuid.uuid4()), ctx.clock.now()
    calls.begin_attempt(
        ctx, programme, attempt_id=attempt, case_id=case.case_id, epoch=case.epoch, alternate=0, at=now
    )
    recordings.register(ctx, recording_id=str(uuid.uuid4()), attempt_id=attempt, file="a.crec", at=now)
    return attempt


def test_sound_goes_from_the_operator_to_the_listener_and_to_nobody_else(
    made: Floor, bureau: Context, tmp_path_factory: pytest.TempPathFactory
) -> None:
    zhou, other = operator(made, bureau, "zhou"), operator(made, bureau, "qian")
    guan = made.hire(bureau, "guan", Role.SUPERVISOR)
    attempt = in_call(zhou)
    # The operator's station is told on a channel of its own.
    asked: list[bool] = []
    station = Presence(tmp_path_factory.mktemp("data"), zhou.clock, lambda: (0, None), sign_seconds=0.05)
    station.asked = lambda: asked.append(True)
    station.start(zhou)
    wait_until(lambda: station.is_live and bool(asked), "the line to live")
    asked.clear()
    begun = listening.begin(guan, programmes.get(guan), zhou.actor.user_id)
    wait_until(lambda: bool(asked), "the station to be told")
    (wanted,) = listening.wanted(zhou)
    assert (wanted.attempt_id, wanted.key) == (attempt, begun.key)
    assert listening.wanted(other) == ()
    for seq in range(1, listening.KEPT + 2):
        assert listening.give(zhou, begun.id, seq, passing.seal_piece(wanted.key, begun.id, seq, b"sound"))
    assert not listening.give(other, begun.id, 99, b"other")
    found = listening.take(guan, begun.id, 0)
    assert found is not None
    assert [passing.open_piece(begun.key, begun.id, *one) for one in found] == [b"sound"] * listening.KEPT
    assert passing.open_piece(begun.key, begun.id, found[0][0] + 1, found[0][1]) is None
    assert listening.take(bureau, begun.id, 0) is None
    # Past the program neither a colleague nor another leader reads or writes any of it.
    script = "select count(*) from listening_sounds;\n"
    assert psql(made, other.actor.login, script + script.replace("_sounds", "s")).split() == ["0", "0"]
    assert psql(made, bureau.actor.login, script).split() == ["0"]
    forged = f"insert into listening_sounds values ('{begun.id}', 200, 'x');\n\\echo :SQLSTATE\n"
    assert psql(made, other.actor.login, forged).split() == ["42501"]
    # Nobody listens without an entry in the log, not even once more to the same call.
    unnoted = (
        "insert into listenings (id, user_id, operator_id, attempt_id, sealed_key, begun_at, looked_at) "
        "select gen_random_uuid(), user_id, operator_id, attempt_id, sealed_key, now(), now() "
        f"from listenings where id = '{begun.id}';\n\\echo :SQLSTATE\n"
    )
    assert psql(made, guan.actor.login, unnoted).split() == ["42501"]
    asked.clear()
    users.set_roles(bureau, guan.actor.login, {Role.CLERK})
    with pytest.raises(CatiError):
        listening.take(guan, begun.id, 0)
    assert not listening.give(zhou, begun.id, 100, b"sound")
    assert listening.wanted(zhou) == ()
    assert station.stop()
