from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.draws import Party
from cati.domain.programmes import Channel, LoadedProgramme
from cati.domain.users import Actor, Role
from cati.sealing.keyring import Secret
from cati.sealing.keys import new_pair
from cati.sealing.recovery import new_recovery_key
from cati.services import audit, programmes, scoring, users
from cati.services import draws as draw_service
from cati.services.context import Context
from cati.store import draws, frames, tables
from cati.store.engine import Database
from cati.store.frames import NewFrame
from tests.files.workbooks import Sheets, changed
from tests.rig.furnished import Furnished

LEFT = ("programmes", "units", "groups", "cells", "key_grants")
UNASKED = (Channel("public", "公众评议", Decimal(100), "ballots", {"zh": "公众评议"}),)
PARTIES = (Party("甲", "0" * 64), Party("乙", "1" * 64))
BUREAUS = 2
"""Grants of the bureau's own secret, which a programme does not bring."""


@pytest.fixture
def ctx(furnished: Furnished) -> Context:
    return furnished(founded)


def founded(database: Database, clock: VirtualClock, _folder: Path) -> Context:
    context, _recovery = users.init(
        database,
        clock,
        login="admin",
        name="局",
        password="a long enough password",
        station="station-1",
        recovery_key=new_recovery_key(),
    )
    return context


def count(ctx: Context, table: str) -> int:
    with ctx.database.read() as connection:
        return len(connection.execute(tables.metadata.tables[table].select()).all())


def load(ctx: Context, folder: Path, version: str = "1", **chosen: str) -> LoadedProgramme:
    def change(sheets: Sheets) -> None:
        sheets["settings"][1][2] = version

    return programmes.load_programme(ctx, changed(folder / "p.xlsx", change), chosen)


def as_role(ctx: Context, role: Role) -> Context:
    return replace(ctx, actor=Actor(ctx.actor.user_id, "x", "x", frozenset({role}), "station-1"))


def set_state(ctx: Context, programme: LoadedProgramme, state: str) -> None:
    table = tables.programmes
    with ctx.database.write() as connection:
        connection.execute(table.update().where(table.c.id == programme.id).values(state=state))


def hand_in_a_list(ctx: Context, programme: LoadedProgramme) -> None:
    with ctx.database.write() as connection:
        unit_id = frames.unit_ids(connection, programme.id)["u1"]
        group_id = frames.group_ids(connection, programme.id)["m"]
        list_ = NewFrame(
            programme.id,
            unit_id,
            group_id,
            file="a.xlsx",
            sha256="0" * 64,
            submitted_on=date(2024, 1, 22),
            received_at=ctx.clock.now(),
            imported_by=ctx.actor.user_id,
            late=False,
            short=False,
            rows=0,
            accepted=0,
            rejected={},
        )
        frames.add_frame(connection, list_)


def test_a_loaded_programme_is_found_again_as_it_was(ctx: Context, tmp_path: Path) -> None:
    loaded = load(ctx, tmp_path, hotline="12345")
    assert loaded.state == "setup"
    assert loaded.programme.settings.assumed == {"approval_number": "无"}
    for found in (programmes.get(ctx), programmes.get(ctx, "tiny"), programmes.listing(ctx)[0]):
        assert found == loaded


def test_it_brings_its_units_groups_and_cells(ctx: Context, tmp_path: Path) -> None:
    loaded = load(ctx, tmp_path)
    with ctx.database.read() as connection:
        assert set(frames.unit_ids(connection, loaded.id)) == {"u1", "u2"}
        quotas = [row.quota for row in connection.execute(tables.cells.select().order_by(tables.cells.c.id))]
    assert quotas == [3, 7, 3, 7]
    assert count(ctx, "groups") == 2


def test_it_brings_its_secrets_granted_by_role(ctx: Context, tmp_path: Path) -> None:
    loaded = load(ctx, tmp_path)
    assert ctx.keys.contact_key(loaded.id)
    assert (loaded.id, Secret.RECORDING) in ctx.keys.held()
    assert (
        count(ctx, "key_grants") == 6
    )  # two secrets and the bureau's own, for its user and the recovery key
    with ctx.database.read() as connection:
        row = connection.execute(tables.programmes.select()).one()
    assert len(row.recording_public) == len(new_pair().public)


def test_a_workbook_with_a_mistake_leaves_nothing_behind(ctx: Context, tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        sheets["units"][2][2] = None

    with pytest.raises(CatiError) as refusal:
        programmes.load_programme(ctx, changed(tmp_path / "p.xlsx", change))
    assert refusal.value.code == "workbook_problems"
    assert [count(ctx, name) for name in LEFT] == [0, 0, 0, 0, BUREAUS]


def test_a_failure_half_way_leaves_nothing_behind(
    ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(Exception):
        pass

    def breaks(*_args: object, **_more: object) -> None:
        raise Broken

    monkeypatch.setattr(audit, "record", breaks)
    with pytest.raises(Broken):
        load(ctx, tmp_path)
    assert [count(ctx, name) for name in LEFT] == [0, 0, 0, 0, BUREAUS]
    assert ctx.keys.held() == {(None, Secret.REFUSAL)}


def test_in_set_up_another_version_takes_its_place_and_its_secrets(ctx: Context, tmp_path: Path) -> None:
    first = load(ctx, tmp_path)
    key = ctx.keys.secret(first.id, Secret.CONTACT)
    second = load(ctx, tmp_path, version="2")
    assert second.id == first.id
    assert programmes.get(ctx).programme.version == "2"
    assert [count(ctx, name) for name in ("programmes", "units", "groups", "cells")] == [1, 2, 2, 4]
    assert ctx.keys.secret(second.id, Secret.CONTACT) == key


def test_a_programme_with_lists_is_not_replaced(ctx: Context, tmp_path: Path) -> None:
    loaded = load(ctx, tmp_path)
    hand_in_a_list(ctx, loaded)
    with pytest.raises(CatiError) as refusal:
        load(ctx, tmp_path, version="2")
    assert refusal.value.code == "programme_in_use"
    assert "tiny" in str(refusal.value)
    assert programmes.get(ctx).programme.version == "1"


@pytest.mark.parametrize("state", ["drawn", "closed"])
def test_a_programme_past_set_up_is_not_replaced(ctx: Context, tmp_path: Path, state: str) -> None:
    set_state(ctx, load(ctx, tmp_path), state)
    with pytest.raises(CatiError) as refusal:
        load(ctx, tmp_path, version="2")
    assert refusal.value.code == "programme_in_use"


def test_several_programmes_live_side_by_side(ctx: Context, tmp_path: Path, clock: VirtualClock) -> None:
    with pytest.raises(CatiError) as none:
        programmes.get(ctx)
    assert none.value.code == "programme_none"
    first = load(ctx, tmp_path)
    clock.advance(60)
    second = programmes.store_programme(ctx, replace(first.programme, code="other"))
    assert {p.id for p in programmes.listing(ctx)} == {first.id, second.id}
    with pytest.raises(CatiError) as several:
        programmes.get(ctx)
    assert several.value.code == "programme_several"
    assert "other, tiny" in str(several.value)
    assert programmes.get(ctx, "other").id == second.id
    with pytest.raises(CatiError) as unknown:
        programmes.get(ctx, "third")
    assert unknown.value.code == "programme_unknown"


def test_fieldwork_is_closed_once_and_only_after_the_draw(ctx: Context, tmp_path: Path) -> None:
    loaded = load(ctx, tmp_path)
    with pytest.raises(CatiError) as early:
        programmes.close_fieldwork(ctx, "tiny")
    assert early.value.code == "fieldwork_not_begun"
    set_state(ctx, loaded, "drawn")
    assert programmes.close_fieldwork(ctx, "tiny").state == "closed"
    with pytest.raises(CatiError) as again:
        programmes.close_fieldwork(ctx, "tiny")
    assert again.value.code == "fieldwork_closed"
    with ctx.database.read() as connection:
        row = connection.execute(tables.programmes.select()).one()
    assert row.closed_at == ctx.clock.now()


def test_what_was_never_drawn_is_closed_only_where_nobody_is_to_be_called(
    ctx: Context, tmp_path: Path
) -> None:
    loaded = load(ctx, tmp_path)
    with ctx.database.write() as connection:
        draws.add_draw(
            connection,
            loaded.id,
            frame_hash="",
            plan_hash="",
            public_name="",
            parties=PARTIES,
            lists=(),
            at=ctx.clock.now(),
        )
    with pytest.raises(CatiError) as drawing:
        programmes.close_fieldwork(ctx, "tiny", without_interviews=True)
    assert drawing.value.code == "draw_under_way"
    with ctx.database.write() as connection:
        draw = draws.live_draw(connection, loaded.id)
        assert draw is not None
        draws.void(connection, draw.id)
    closed = programmes.close_fieldwork(ctx, "tiny", without_interviews=True)
    assert closed.state == "closed"
    assert {line.final for line in scoring.score(ctx, closed)} == {None}
    with pytest.raises(CatiError) as late:
        draw_service.commit(ctx, closed, {party.name: party.commit for party in PARTIES})
    assert late.value.code == "fieldwork_closed"
    definition = replace(loaded.programme, code="unasked", channels=UNASKED)
    assert definition.quota == 0
    programmes.store_programme(ctx, definition)
    assert programmes.close_fieldwork(ctx, "unasked").state == "closed"


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SUPERVISOR, Role.OBSERVER, Role.ADMIN])
def test_only_the_bureau_sets_up_and_closes(ctx: Context, tmp_path: Path, role: Role) -> None:
    loaded = load(ctx, tmp_path)
    set_state(ctx, loaded, "drawn")
    other = as_role(ctx, role)
    with pytest.raises(CatiError) as load_refused:
        load(other, tmp_path)
    with pytest.raises(CatiError) as store_refused:
        programmes.store_programme(other, loaded.programme)
    with pytest.raises(CatiError) as close_refused:
        programmes.close_fieldwork(other, "tiny")
    refusals = (load_refused, store_refused, close_refused)
    assert {refusal.value.code for refusal in refusals} == {"not_allowed"}
    assert programmes.get(other).state == "drawn"
