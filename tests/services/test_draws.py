"""The draw as a service: files, cases, parties in steps, and what is refused."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from cati.base import paths
from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain import draws as rules
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import CaseState
from cati.domain.users import Actor, Role
from cati.services import ceremony, draw_frames, drawn_lists, draws, supplements
from cati.services.context import Context
from cati.store import draws as store
from cati.store import tables
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.fieldwork import (
    add_list,
    all_lists,
    cases_of,
    cell_id,
    close_all_cases,
    evaluation,
    interviewed,
    numbers,
    with_cells,
)

PARTS = {"区统计局": "928471305662", "区委组织部": "116354265413"}
COMMITS = {name: rules.commitment(name, part) for name, part in PARTS.items()}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def bureau(furnished: Furnished) -> tuple[Context, LoadedProgramme]:
    return furnished(set_up)


def set_up(database: Database, clock: VirtualClock, _folder: Path) -> tuple[Context, LoadedProgramme]:
    return with_cells(database, clock)


def held(ctx: Context, loaded: LoadedProgramme, out: Path) -> draws.HeldDraw:
    return draws.draw(ctx, loaded, parties=PARTS, public="2830.53", out=out)


def frame_of(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "frame.csv").read_text("utf-8").splitlines()))


def verified(folder: Path) -> bool:
    script = paths.resources() / "verify_draw.py"
    return subprocess.run([sys.executable, "-I", script, folder], capture_output=True).stdout == b"OK\n"


def state_of(ctx: Context, loaded: LoadedProgramme) -> str:
    with ctx.database.read() as connection:
        return str(
            connection.scalar(select(tables.programmes.c.state).where(tables.programmes.c.id == loaded.id))
        )


def actions(ctx: Context) -> list[str]:
    with ctx.database.read() as connection:
        return list(connection.scalars(select(tables.audit.c.action).order_by(tables.audit.c.seq)))


def test_a_draw_writes_two_files_that_anybody_can_check(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    all_lists(ctx, loaded)
    result = held(ctx, loaded, tmp_path / "draw")
    assert sorted(p.name for p in (tmp_path / "draw").iterdir()) == ["certificate.json", "frame.csv"]
    assert verified(tmp_path / "draw")
    assert result.cases == {"u1/managed": 6, "u1/served": 6, "u2/managed": 6, "u2/served": 6}
    assert state_of(ctx, loaded) == "drawn"
    assert actions(ctx) == ["commit_draw", "reveal_draw", "reveal_draw", "hold_draw"]


def test_cases_follow_the_certificate_and_the_first_replicate_is_released(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    all_lists(ctx, loaded)
    result = held(ctx, loaded, tmp_path)
    certificate = json.loads(result.certificate.read_bytes())
    cases = cases_of(ctx, cell_id(ctx, loaded, "u1", "managed"))
    rows = {entry.entry_id: row for entry, row in entries(ctx, loaded)}
    assert [rows[c["entry_id"]].entry for c in cases] == certificate["order"]["u1/managed"]
    assert [c["position"] for c in cases] == [1, 2, 3, 4, 5, 6]
    assert [c["ticket"] for c in cases] == sorted(str(c["ticket"]) for c in cases)
    assert [c["state"] for c in cases] == [CaseState.FRESH] * 4 + [CaseState.RESERVE] * 2
    assert {c["source"] for c in cases} == {"list"}


def entries(ctx: Context, loaded: LoadedProgramme) -> list[tuple[Any, Any]]:
    with ctx.database.read() as connection:
        return list(draw_frames.rows(ctx, connection, loaded, store.drawn(connection, loaded.id)))


def test_a_person_in_several_lists_gets_one_case(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    shared = numbers(0, 4)
    for unit in ("u1", "u2"):
        add_list(ctx, loaded, (unit, "managed"), shared)
    assert sum(held(ctx, loaded, tmp_path).cases.values()) == 4
    assert verified(tmp_path)
    with ctx.database.read() as connection:
        people = list(connection.scalars(select(tables.cases.c.person_id)))
    assert len(people) == len(set(people)) == 4


def test_only_the_last_version_of_a_list_is_drawn_from(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    add_list(ctx, loaded, ("u1", "managed"), numbers(0, 5))
    add_list(ctx, loaded, ("u1", "managed"), numbers(3, 3))
    assert held(ctx, loaded, tmp_path).cases["u1/managed"] == 3
    assert {row["entry"].split("/")[3] for row in frame_of(tmp_path)} == {"2"}


def test_the_frame_holds_no_number_and_its_names_can_be_proved(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    all_lists(ctx, loaded, size=2, pool=2)
    held(ctx, loaded, tmp_path)
    text = (tmp_path / "frame.csv").read_text("utf-8") + (tmp_path / "certificate.json").read_text("utf-8")
    assert "13900" not in text
    first = frame_of(tmp_path)[0]
    secret = draw_frames.nonce(ctx.keys.contact_key(loaded.id), first["entry"])
    assert first["entry"] == "yazhou-2023/u1/managed/1/2"
    assert first["name"] == rules.entry_name(first["entry"], numbers(0, 1)[0], secret)


def test_the_same_lists_and_parts_give_the_same_order_in_another_database(
    database: Database, sqlite_url: str, clock: VirtualClock, tmp_path: Path
) -> None:
    orders = []
    for name, opened in (("one", database), ("other", Database(sqlite_url.replace("cati.db", "other.db")))):
        if name == "other":
            from cati.store.migrate import upgrade

            upgrade(str(opened.url))
        ctx, loaded = with_cells(opened, clock)
        all_lists(ctx, loaded)
        orders.append(json.loads(held(ctx, loaded, tmp_path / name).certificate.read_bytes())["order"])
        opened.close()
    assert orders[0] == orders[1]


def test_parties_commit_first_and_reveal_later(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    all_lists(ctx, loaded)
    assert draws.status(ctx, loaded) is None
    begun = draws.commit(ctx, loaded, COMMITS, "上证指数")
    assert (begun.state, begun.waiting, begun.public_name) == ("committed", tuple(PARTS), "上证指数")
    assert draws.reveal(ctx, loaded, "区统计局", PARTS["区统计局"]).waiting == ("区委组织部",)
    with pytest.raises(CatiError, match="区委组织部 has not revealed"):
        draws.hold(ctx, loaded, "2830.53", tmp_path)
    assert list(tmp_path.glob("*.json")) == []
    draws.reveal(ctx, loaded, "区委组织部", PARTS["区委组织部"])
    draws.hold(ctx, loaded, "2830.53", tmp_path)
    assert verified(tmp_path)
    certificate = json.loads((tmp_path / "certificate.json").read_bytes())
    assert certificate["frame_hash"] == begun.frame_hash
    assert certificate["public"] == {"name": "上证指数", "value": "2830.53"}
    finished = draws.status(ctx, loaded)
    assert finished is not None
    assert (finished.state, finished.waiting) == ("held", ())


def test_a_party_that_reveals_something_else_is_refused(bureau: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = bureau
    all_lists(ctx, loaded)
    draws.commit(ctx, loaded, COMMITS)
    with pytest.raises(CatiError, match="not what it committed to"):
        draws.reveal(ctx, loaded, "区统计局", "1")
    with pytest.raises(CatiError, match="has made no commitment"):
        draws.reveal(ctx, loaded, "区委宣传部", "1")


def test_the_certificate_tells_of_every_draw_that_was_given_up(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    all_lists(ctx, loaded)
    given = dict(PARTS)
    first = draws.commit(ctx, loaded, {name: rules.commitment(name, part) for name, part in given.items()})
    for name, part in given.items():
        draws.reveal(ctx, loaded, name, part)
    draws.void(ctx, loaded, "次序不合意")
    held(ctx, loaded, tmp_path)
    certificate = json.loads((tmp_path / "certificate.json").read_text("utf-8"))
    (voided,) = certificate["voided"]
    assert voided["frame_hash"] == first.frame_hash
    assert voided["parties"] == voided["revealed"] == list(given)
    assert verified(tmp_path)


def test_a_void_draw_lets_lists_change_and_another_begin(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    all_lists(ctx, loaded)
    first = draws.commit(ctx, loaded, COMMITS)
    with pytest.raises(CatiError, match="has a draw already"):
        draws.commit(ctx, loaded, COMMITS)
    with pytest.raises(CatiError, match="reason is needed"):
        draws.void(ctx, loaded, " ")
    draws.void(ctx, loaded, "区委组织部未公布")
    assert draws.status(ctx, loaded) is None
    add_list(ctx, loaded, ("u1", "managed"), numbers(100, 3))
    held(ctx, loaded, tmp_path)
    assert verified(tmp_path)
    assert json.loads((tmp_path / "certificate.json").read_bytes())["frame_hash"] != first.frame_hash


def test_a_frame_changed_after_its_publication_stops_the_draw(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    all_lists(ctx, loaded)
    draws.commit(ctx, loaded, COMMITS)
    for name, part in PARTS.items():
        draws.reveal(ctx, loaded, name, part)
    add_list(ctx, loaded, ("u1", "managed"), numbers(100, 3))
    with pytest.raises(CatiError, match="not those whose hash was published"):
        draws.hold(ctx, loaded, "2830.53", tmp_path / "draw")
    assert list((tmp_path / "draw").iterdir()) == []
    assert state_of(ctx, loaded) == "setup"
    assert cases_of(ctx, cell_id(ctx, loaded, "u1", "managed")) == []


def test_a_quota_changed_after_the_publication_stops_the_draw(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    all_lists(ctx, loaded)
    draws.commit(ctx, loaded, COMMITS)
    for name, part in PARTS.items():
        draws.reveal(ctx, loaded, name, part)
    with pytest.raises(CatiError, match="quotas are not those"):
        draws.hold(ctx, replace(loaded, programme=evaluation(quotas=(1, 1))), "2830.53", tmp_path)


def test_a_held_draw_stands_and_its_files_can_be_written_again(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    all_lists(ctx, loaded)
    with pytest.raises(CatiError, match="No draw was begun"):
        draws.hold(ctx, loaded, "1", tmp_path)
    with pytest.raises(CatiError, match="not been held yet"):
        draws.write_files(ctx, loaded, tmp_path)
    held(ctx, loaded, tmp_path / "one")
    for act in (
        lambda: draws.void(ctx, loaded, "x"),
        lambda: draws.reveal(ctx, loaded, "区统计局", "1"),
        lambda: draws.hold(ctx, loaded, "1", tmp_path),
    ):
        with pytest.raises(CatiError, match="held already"):
            act()
    with pytest.raises(CatiError, match="has a draw already"):
        held(ctx, loaded, tmp_path / "one")
    draws.write_files(ctx, loaded, tmp_path / "two")
    for name in ("certificate.json", "frame.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_nothing_changes_when_the_folder_cannot_be_written(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    all_lists(ctx, loaded)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CatiError, match="could not be written"):
        held(ctx, loaded, tmp_path / "file" / "draw")
    assert state_of(ctx, loaded) == "setup"
    assert draws.status(ctx, loaded) is None


def test_without_lists_there_is_nothing_to_draw(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    with pytest.raises(CatiError, match="no phone lists"):
        held(ctx, loaded, tmp_path)


def test_only_the_bureau_draws(bureau: tuple[Context, LoadedProgramme], tmp_path: Path) -> None:
    ctx, loaded = bureau
    operator = replace(ctx, actor=Actor(ctx.actor.user_id, "o", "o", frozenset({Role.OPERATOR}), "s"))
    for act in (
        lambda: held(operator, loaded, tmp_path),
        lambda: draws.commit(operator, loaded, COMMITS),
        lambda: supplements.open_supplement(operator, loaded, "u1", "managed", "x"),
        lambda: supplements.release_replicate(operator, loaded, "u1", "managed", "earlier calls"),
    ):
        with pytest.raises(CatiError, match="may not do this"):
            act()


def test_the_next_replicate_is_released_in_order(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    all_lists(ctx, loaded, size=7)
    with pytest.raises(CatiError, match="not been held yet"):
        supplements.release_replicate(ctx, loaded, "u1", "managed", "earlier calls")
    held(ctx, loaded, tmp_path)
    cell = cell_id(ctx, loaded, "u1", "managed")
    assert supplements.release_replicate(ctx, loaded, "u1", "managed", "earlier calls") == 3
    assert {c["state"] for c in cases_of(ctx, cell)} == {CaseState.FRESH}
    assert supplements.release_replicate(ctx, loaded, "u1", "managed", "earlier calls") == 0
    with pytest.raises(CatiError, match="no unit u9"):
        supplements.release_replicate(ctx, loaded, "u9", "managed", "earlier calls")


# ---- the public pool -----------------------------------------------------------------------------


def dry(ctx: Context, loaded: LoadedProgramme, out: Path, *, pool: int = 20) -> int:
    """A held draw with one cell whose two cases gave one interview and one refusal; gives the cell."""
    for unit in ("u1", "u2"):
        add_list(ctx, loaded, (unit, "served"), numbers(100 if unit == "u1" else 200, 5))
    add_list(ctx, loaded, ("u1", "managed"), numbers(0, 2))
    add_list(ctx, loaded, None, [*numbers(0, 2), *numbers(100, 3), *numbers(900, pool)])
    held(ctx, loaded, out)
    cell = cell_id(ctx, loaded, "u1", "managed")
    first, _ = cases_of(ctx, cell)
    close_all_cases(ctx, cell)
    interviewed(ctx, first, {"item1": "1"})
    with ctx.database.write() as connection:
        connection.execute(update(tables.cells).where(tables.cells.c.id == cell).values(exhausted=True))
    return cell


def test_the_pool_fills_a_dry_cell_by_ticket_with_people_who_have_no_case(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    cell = dry(ctx, loaded, tmp_path)
    assert supplements.open_supplement(ctx, loaded, "u1", "managed", "样本库用完") == 2
    added = [c for c in cases_of(ctx, cell) if c["source"] == "pool"]
    assert [c["position"] for c in added] == [3, 4]
    assert {c["state"] for c in added} == {CaseState.FRESH}
    certificate = json.loads((tmp_path / "certificate.json").read_bytes())
    tickets = sorted(
        rules.ticket(certificate["seed"], certificate["plan_hash"], "u1/managed", row["entry"])
        for row in frame_of(tmp_path)
        if not row["cell"] and int(row["person"]) > 12
    )
    assert [c["ticket"] for c in added] == tickets[:2]
    with ctx.database.read() as connection:
        supplement = connection.execute(select(tables.supplements)).one()
        exhausted = connection.scalar(select(tables.cells.c.exhausted).where(tables.cells.c.id == cell))
    assert (supplement.reason, supplement.cases, supplement.cell_id) == ("样本库用完", 2, cell)
    assert exhausted is False
    assert actions(ctx)[-1] == "open_supplement"


def test_the_pool_can_be_opened_again_and_gives_other_people_to_every_cell(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    cell = dry(ctx, loaded, tmp_path, pool=3)
    assert supplements.open_supplement(ctx, loaded, "u1", "managed", "一") == 2
    close_all_cases(ctx, cell)
    assert supplements.open_supplement(ctx, loaded, "u2", "managed", "没有名单") == 1
    with pytest.raises(CatiError, match="Nobody is left in the public pool"):
        supplements.open_supplement(ctx, loaded, "u1", "managed", "二")
    with ctx.database.read() as connection:
        people = list(connection.scalars(select(tables.cases.c.person_id)))
    assert len(people) == len(set(people))


def test_the_pool_stays_closed_while_the_list_may_still_give_interviews(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    with pytest.raises(CatiError, match="not been held yet"):
        supplements.open_supplement(ctx, loaded, "u1", "managed", "x")
    all_lists(ctx, loaded)
    held(ctx, loaded, tmp_path)
    with pytest.raises(CatiError, match="区教育局, 管理对象 is not used up: 6 cases are not final"):
        supplements.open_supplement(ctx, loaded, "u1", "managed", "x")
    with pytest.raises(CatiError, match="reason is needed"):
        supplements.open_supplement(ctx, loaded, "u1", "managed", "")


def test_the_pool_stays_closed_for_a_full_cell_and_after_fieldwork(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    cell = dry(ctx, loaded, tmp_path)
    interviewed(ctx, cases_of(ctx, cell)[1], {"item1": "1"})
    with pytest.raises(CatiError, match="has all its interviews"):
        supplements.open_supplement(ctx, loaded, "u1", "managed", "x")
    with ctx.database.write() as connection:
        connection.execute(update(tables.programmes).values(state="closed"))
    with pytest.raises(CatiError, match="Fieldwork is closed"):
        supplements.open_supplement(ctx, loaded, "u2", "managed", "x")


def test_a_draw_of_another_programme_is_left_alone(
    database: Database, clock: VirtualClock, tmp_path: Path
) -> None:
    ctx, loaded = with_cells(database, clock)
    all_lists(ctx, loaded)
    with database.write() as connection:
        added = connection.execute(
            insert(tables.programmes).values(
                code="other",
                definition={},
                plan_hash="0" * 64,
                recording_public=b"",
                loaded_at=clock.now(),
                loaded_by=ctx.actor.user_id,
            )
        )
        assert added.inserted_primary_key is not None
        other = int(added.inserted_primary_key[0])
    held(ctx, loaded, tmp_path)
    elsewhere = LoadedProgramme(other, replace(evaluation(), code="other"), "setup", clock.now())
    assert draws.status(ctx, elsewhere) is None
    assert state_of(ctx, elsewhere) == "setup"


def test_lists_of_cells_that_had_none_come_later_and_get_a_provable_draw_of_their_own(
    bureau: tuple[Context, LoadedProgramme], tmp_path: Path
) -> None:
    ctx, loaded = bureau
    out = tmp_path / "draw"
    for at, cell in enumerate((("u1", "managed"), ("u1", "served"), ("u2", "managed"))):
        add_list(ctx, loaded, cell, numbers(10 * at, 6))
    missing = drawn_lists.unlisted(ctx, loaded)
    assert drawn_lists.cells_named(loaded.programme, missing) == "服务对象：区总工会"
    held(ctx, loaded, out)
    assert drawn_lists.unlisted(ctx, loaded) == ()
    assert ("u2", "served") not in drawn_lists.frozen_places(ctx, loaded)
    for code, action in (
        ("draw_begun", lambda: held(ctx, loaded, out)),
        ("draw_held", lambda: void(ctx, loaded)),
    ):
        with pytest.raises(CatiError) as refused:
            action()
        assert refused.value.code == code, "no list came since"
    add_list(ctx, loaded, ("u2", "served"), [*numbers(0, 2), *numbers(30, 5)])
    first_one = ceremony.look(ctx, loaded)
    assert (first_one.lists, first_one.people, first_one.later) == (3, 18, 1)
    waiting = ceremony.look(ctx, loaded, 1)
    assert (waiting.state, waiting.lists, waiting.people, waiting.count) == ("none", 1, 7, 2)
    draws.commit(ctx, loaded, COMMITS, "上证指数")
    assert drawn_lists.frozen_places(ctx, loaded) >= {("u2", "served"), ("u1", "managed"), (None, None)}
    for name, part in PARTS.items():
        draws.reveal(ctx, loaded, name, part)
    later = draws.hold(ctx, loaded, "3110.01", out)
    assert (later.certificate.parent, later.cases, later.passed_over) == (
        out / "later-1",
        {"u2/served": 5},
        2,
    )
    assert verified(out / "later-1")
    assert verified(out)
    first, second = (
        json.loads((folder / "certificate.json").read_bytes()) for folder in (out, out / "later-1")
    )
    assert second["follows"] == first["digest"]
    assert second["seed"] != first["seed"]
    assert list(second["order"]) == ["u2/served"]
    assert len(second["order"]["u2/served"]) == 7, "who has a case already stands in it, and is passed over"
    cases = cases_of(ctx, cell_id(ctx, loaded, "u2", "served"))
    assert [(case["position"], case["source"]) for case in cases] == [(n, "list") for n in range(1, 6)]
    assert [case["ticket"] for case in cases] == sorted(str(case["ticket"]) for case in cases)
    assert actions(ctx)[-4:] == ["commit_draw", "reveal_draw", "reveal_draw", "hold_draw"]
    assert draws.held_number(ctx, loaded) == 2
    assert ceremony.look(ctx, loaded, 1).digest == second["digest"]
    assert ceremony.check(ctx, loaded, tmp_path / "again", 1) == "OK"
    with pytest.raises(CatiError) as refused:
        held(ctx, loaded, out)
    assert refused.value.code == "draw_begun"


def void(ctx: Context, loaded: LoadedProgramme) -> None:
    draws.void(ctx, loaded, "nobody came")
