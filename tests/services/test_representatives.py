"""Representatives drawn by the lot that anybody can compute again, and followed by the next ticket."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest

from cati.base import paths
from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain import representatives as rules
from cati.domain.programmes import Channel, Programme, Roster
from cati.domain.users import Role
from cati.services import audit, guests, reports, representatives
from cati.store import representatives as store
from cati.store import retiring
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.fieldwork import close_fieldwork, evaluation, with_cells
from tests.services.test_ballots import Bureau

KINDS = {"party": "党代表", "congress": "人大代表", "conference": "政协委员"}
PARTIES, PUBLIC = {"区统计局": "928471", "区委组织部": "116354"}, "2830.53"
HEAD = ("序号", "姓名", "工作单位", "职务", "手机号码")


def with_rosters() -> Programme:
    public = Channel("public", "公开评价", Decimal(100), "ballots", {"zh": "公开评价"})
    rosters = tuple(Roster(code, "public", {"zh": label}, 6, 2) for code, label in KINDS.items())
    return replace(evaluation(), channels=(public,), rosters=rosters)


@pytest.fixture
def bureau(furnished: Furnished) -> Bureau:
    return furnished(_bureau)


def _bureau(database: Database, clock: VirtualClock, folder: Path) -> Bureau:
    return with_cells(database, clock, with_rosters())


def roster(path: Path, *numbers: object, head: tuple[str, ...] = HEAD) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(head)
    for n, number in enumerate(numbers, start=1):
        sheet.append((n, f"代表{n}", f"{path.stem}单位{n}", "主任", number))
    book.save(path)
    return path


def numbers(first: int, count: int = 6) -> list[int]:
    return [13800000000 + first * 100 + n for n in range(count)]


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(CatiError) as error:
        work()
    return error.value.code


def test_who_is_drawn_can_be_computed_again_and_the_next_ticket_follows(
    bureau: Bureau, tmp_path: Path
) -> None:
    ctx, loaded = bureau
    out = tmp_path / "draw"

    def draw() -> object:
        return representatives.draw(ctx, loaded, parties=PARTIES, public=PUBLIC, out=out)

    assert refused(draw) == "rosters_missing"
    lists = {code: numbers(at) for at, code in enumerate(KINDS, start=1)}
    # One deputy is a delegate as well, and is drawn at most once.
    lists["congress"][0] = lists["party"][0]
    for code, given in lists.items():
        state = representatives.import_roster(
            ctx, loaded, KINDS[code], roster(tmp_path / f"{code}.xlsx", *given)
        )
        assert (state.rows, state.roster.code, state.coming) == (6, code, 0)
    for file, code in (
        (roster(tmp_path / "bad.xlsx", 13800000001, "无", 13800000001), "file_problems"),
        (roster(tmp_path / "none.xlsx"), "roster_empty"),
        (roster(tmp_path / "head.xlsx", 1, head=("a", "b")), "column_missing"),
    ):
        assert refused(lambda file=file: representatives.import_roster(ctx, loaded, "party", file)) == code  # type: ignore[misc]
    assert refused(lambda: representatives.import_roster(ctx, loaded, "nobody", out)) == "roster_unknown"
    twice = tmp_path / "congress.xlsx"
    assert refused(lambda: representatives.import_roster(ctx, loaded, "party", twice)) == "roster_file_twice"
    assert refused(lambda: guests.drawn(ctx, loaded)) == "rosters_not_drawn"
    draw()
    said = subprocess.run(
        [sys.executable, str(paths.resources() / "verify_draw.py"), str(out)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (said.returncode, said.stdout) == (0, "OK\n"), said.stderr
    assert not any(str(number) in (out / "frame.csv").read_text() for number in lists["party"])
    assert refused(draw) == "rosters_drawn"
    again = representatives.write_files(ctx, loaded, tmp_path / "again")
    assert [file.read_bytes() for file in again] == [(out / file.name).read_bytes() for file in again]

    before = guests.drawn(ctx, loaded)
    assert {guest.roster: [g.ticket for g in before if g.roster == guest.roster] for guest in before} == {
        code: [1, 2] for code in KINDS
    }
    assert len({guest.person.number for guest in before}) == 6
    # Tickets by independent lines: the smallest hash of the party's rows comes first.
    seed = sha256("\n".join([*sum(PARTIES.items(), ()), "public value", PUBLIC]).encode()).hexdigest()
    planned = rules.plan_hash(loaded.programme)
    tickets = sorted(
        (
            sha256(f"{seed}\n{planned}\npublic/party\nyazhou-2023/public/party/1/{row}".encode()).hexdigest(),
            row,
        )
        for row in range(2, 8)
    )
    first = [guest.person.number for guest in before if guest.roster == "party"]
    mine = [f"+86{lists['party'][row - 2]}" for _ticket, row in tickets]
    assert first == [number for number in mine if number in first]

    assert refused(lambda: guests.note_absent(ctx, loaded, "party", 3, "x")) == "ticket_not_invited"
    assert refused(lambda: guests.note_absent(ctx, loaded, "party", 1, " ")) == "reason_missing"
    follows = guests.note_absent(ctx, loaded, "党代表", 1, "出差")
    assert follows is not None
    assert (follows.ticket, follows.comes) == (3, True)
    left = [guests.note_absent(ctx, loaded, "party", ticket, "病假") for ticket in (2, 3, 4)]
    assert [guest.ticket if guest else None for guest in left][:2] == [4, 5]
    [party] = [state for state in representatives.states(ctx, loaded) if state.roster.code == "party"]
    assert party.absent == 4
    assert [g.absent_for for g in guests.drawn(ctx, loaded) if g.roster == "party"][:2] == [
        "出差",
        "病假",
    ]
    check_report(bureau, out)
    check_list(bureau, tmp_path)
    assert audit.verify(ctx) is None


def check_report(bureau: Bureau, out: Path) -> None:
    """The report names the lot that can be computed again, and which tickets came instead of which."""
    ctx, loaded = bureau
    told = reports.facts(ctx, close_fieldwork(ctx, loaded))
    stated = json.loads((out / "certificate.json").read_bytes())
    assert told.roster_lot is not None
    assert told.lot is None
    assert (told.roster_lot.certificate, told.roster_lot.seed) == (stated["digest"], stated["seed"])
    assert told.roster_lot.parties == tuple(PARTIES)
    party, congress, _conference = told.rosters
    assert (party.channel, party.label, party.people, party.drawn) == ("public", "党代表", 6, 2)
    assert (party.absent, party.instead) == ((1, 2, 3, 4), tuple(
        guest.ticket for guest in guests.drawn(ctx, loaded) if guest.roster == "party" and guest.comes
    ))  # fmt: skip
    assert (congress.absent, congress.instead) == ((), ())


def check_list(bureau: Bureau, folder: Path) -> None:
    """The list to sign holds no number; that of whoever invites does; after retiring nothing is left."""
    ctx, loaded = bureau
    coming = [guest for guest in guests.drawn(ctx, loaded) if guest.comes]
    for name, wanted in (("sign.xlsx", False), ("call.xlsx", True)):
        assert guests.write_list(ctx, loaded, folder / name, numbers=wanted) == len(coming)
        book = openpyxl.load_workbook(folder / name)
        assert book.sheetnames == list(KINDS.values())
        rows = [row for sheet in book.worksheets for row in sheet.iter_rows(min_row=2, values_only=True)]
        assert [(row[1], bool(row[4])) for row in rows] == [(guest.person.name, wanted) for guest in coming]
    clerk = replace(ctx, actor=replace(ctx.actor, roles=frozenset({Role.CLERK, Role.SUPERVISOR})))
    assert refused(lambda: guests.drawn(clerk, loaded)) == "not_allowed"
    assert refused(lambda: representatives.states(clerk, loaded)) == "not_allowed"
    with ctx.database.write() as connection:
        connection.exec_driver_sql("update programmes set state = 'closed'")
        retiring.destroy(connection, loaded.id, ctx.now(connection))
        assert {member.sealed for member in store.members(connection, loaded.id)} == {None}


def test_places_are_followed_in_the_order_of_the_lot() -> None:
    lot = random.Random(3)
    for _time in range(50):
        places = {place: lot.random() < 0.4 for place in range(1, lot.randint(2, 12))}
        found = list(rules.invited(places, 3))
        here = [place for place, absent in places.items() if not absent]
        assert found == here[:3]
