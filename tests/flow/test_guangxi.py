"""Guangxi 2015 from its workbook and its lists to scores, each figure worked out by other lines here."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

from sqlalchemy import text

from cati.base import paths
from cati.base.clock import VirtualClock
from cati.domain.exports import What
from cati.domain.list_checks import AREAS, SIZE
from cati.domain.programmes import LoadedProgramme, Programme
from cati.domain.ranking import shown
from cati.domain.wishes import Wish
from cati.files.programmes import load_workbook
from cati.services import (
    adjustments,
    ballots,
    ceremony,
    draws,
    exemptions,
    exports,
    follow_up,
    frames,
    mailing,
    overview,
    programmes,
    scoring,
    web,
)
from cati.services.context import Context
from cati.station.simulate import simulate
from cati.store import wishes as wish_store
from cati.store.engine import Database
from tests.flow.papers import finals
from tests.rig.furnished import Furnished
from tests.services.bureau import bureau_of, programme_of, write_list
from tests.services.fieldwork import add_list, cases_of, cell_id, interviewed, numbers
from tests.services.guangxi import Row, called, hot_list, staff_list
from tests.station.office import PARTIES, PUBLIC

WORKBOOK = paths.resources() / "programmes" / "guangxi-2015.xlsx"
POINTS = {"satisfied": 100, "fairly_satisfied": 75, "rather_dissatisfied": 50, "very_dissatisfied": 0}
GRADES = {"优秀": 100, "4": 80, "一般": 60, "2": 40, "很差": 20}
CHOSEN = {
    **{f"points_{name}": str(points) for name, points in POINTS.items()},
    "quota_follow_up": "2",
    "quota_approval": "2",
    "quota_hot": "3",
    "points_quality": "-1.5",
}
SIZES = {"approval": 5, "hot": 8}
LEVELS = ("满意", "比较满意", "不太满意", "很不满意")
GRANTED = {"granted_by": "自治区绩效考评办", "document": "桂绩办函〔2015〕8号", "reason": "人数不足"}


@dataclass
class Papers:
    """What came back on paper and on the web, by code of the unit."""

    staff: Mapping[str, Sequence[str]]
    leaders: Mapping[str, Sequence[str]]
    web: Mapping[str, Sequence[str]]


def two_years(database: Database, clock: VirtualClock, folder: Path) -> tuple[Context, LoadedProgramme]:
    """This year's programme, and last year's, in which two people of each unit gave opinions.

    A unit of each kind is enough: government with 500 and with 300 people a list, Party, public institution.
    """
    ctx, _other = bureau_of(database, clock, programme_of([("区统计局", "部门")]))
    definition = load_workbook(WORKBOOK, CHOSEN)
    some = tuple(unit for unit in definition.units if unit.code in ("slt", "tjj", "tw", "cgdw"))
    definition = replace(definition, units=some)
    old = programmes.store_programme(ctx, replace(definition, code="guangxi-2014"))
    new = programmes.store_programme(ctx, definition)
    people = {
        unit.code: numbers(2 * place, 2)
        for place, unit in enumerate(definition.units)
        if definition.group("follow_up").is_of(unit)
    }
    for unit, own in people.items():
        add_list(ctx, old, (unit, "hot"), own)
    draws.draw(ctx, old, parties=PARTIES, public=PUBLIC, out=folder / "draw")
    for unit in people:
        for case in cases_of(ctx, cell_id(ctx, old, unit, "hot")):
            interviewed(ctx, case, {"opinion": "办事要快", "again": "yes"})
    with ctx.database.write() as connection:
        now = ctx.now(connection)
        agreed = [ctx.keys.refusal_key().number_hash(n) for own in people.values() for n in own]
        until = now + timedelta(days=700)
        wish_store.note(connection, agreed, Wish.CALL_AGAIN, programme_id=old.id, now=now, expires=until)
    return ctx, new


def hand_in(ctx: Context, loaded: LoadedProgramme, folder: Path) -> None:
    """The lists of every unit: people who are called, and people who are mailed to."""
    first = 10_000
    for unit, group in loaded.programme.lists:
        if group.list_kind == "follow_up":
            continue
        if group.list_kind == "mail":
            areas = loaded.programme.areas if unit.code == "slt" else loaded.programme.areas[:3]
            rows = [Row(n, f"干部{n}", f"{area.name}人民路{n}号") for n, area in enumerate(areas, 1)]
            path = write_list(folder / f"{unit.code}-s.xlsx", {"Sheet1": staff_list(unit.name, rows)})
        else:
            people = called(SIZES[group.code], first)
            path = write_list(
                folder / f"{unit.code}-{group.code}.xlsx", {group.label: hot_list(unit.name, people)}
            )
            first += 100
        frames.import_frame(ctx, loaded, path)
    pool: list[list[object]] = [["手机号码"], *([row.mobile] for row in called(60, 90_000))]
    frames.import_pool(ctx, loaded, write_list(folder / "pool.xlsx", {"公众": pool}))


def hand_out(programme: Programme) -> Papers:
    """Answers that differ from unit to unit."""
    codes = [unit.code for unit in programme.units]
    return Papers(
        {code: [LEVELS[(n + place) % 4] for n in range(3)] for place, code in enumerate(codes)},
        {code: [list(GRADES)[(n * place) % 5] for n in range(4)] for place, code in enumerate(codes)},
        {code: [LEVELS[(n * n + place) % 4] for n in range(5)] for place, code in enumerate(codes)},
    )


def take_papers(ctx: Context, loaded: LoadedProgramme, papers: Papers, folder: Path) -> None:
    """Ballots of the staff and of leaders (a column for each unit), and what the web gave."""
    names = {unit.code: unit.name for unit in loaded.programme.units}
    told = [(code, answer) for code, answers in papers.staff.items() for answer in answers]
    rows = [[str(n), names[code], answer] for n, (code, answer) in enumerate(told, 1)]
    # A column for each unit, as in the form: a paper is about one, and what it does not ask is not void.
    rows = [
        [number, *[answer if name == of else "" for of in names.values()]] for number, name, answer in rows
    ]
    staff = written(folder / "staff.csv", ["票号", *names.values()], rows)
    assert ballots.take(ctx, loaded, "staff", staff, group="系统干部").void == 0
    columns = zip(*papers.leaders.values(), strict=True)
    grades = [[str(n), *column] for n, column in enumerate(columns, 1)]
    ballots.take(ctx, loaded, "leaders", written(folder / "leaders.csv", ["票号", *names.values()], grades))
    clicks = [[names[code], answer] for code, answers in papers.web.items() for answer in answers]
    path = written(folder / "web.csv", ["单位", "总体评价"], clicks)
    web.take(ctx, loaded, "web", path, {"unit": "单位", "overall": "总体评价"}, "each")


def written(path: Path, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heading, *rows])
    return path


def mean(points: Iterable[int]) -> Fraction | None:
    found = list(points)
    return Fraction(sum(found), len(found)) if found else None


def weighed(parts: Iterable[tuple[int, Fraction | None]]) -> Fraction | None:
    there = [(weight, value) for weight, value in parts if value is not None]
    return sum((w * v for w, v in there), Fraction(0)) / sum(w for w, _ in there) if there else None


def by_telephone(ctx: Context, loaded: LoadedProgramme) -> dict[str, Fraction | None]:
    """Items of 20 each of the unit's own questionnaire; 30, 30 and 40 for the groups the unit has."""
    answers: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    with ctx.database.read() as connection:
        rows = connection.execute(
            text(
                "select u.code, g.code, r.item, r.value from interviews i join cells c on c.id = i.cell_id"
                " join units u on u.id = c.unit_id join groups g on g.id = c.group_id"
                " join responses r on r.interview_id = i.id and r.on_path"
                " where i.state = 'complete' and c.programme_id = :programme"
            ),
            {"programme": loaded.id},
        )
        for unit, group, item, value in rows:
            if value in POINTS:
                answers[unit, group, item].append(POINTS[value])
            if item.startswith(("slt_", "zwb_", "jdd_", "tjj_", "tw_", "zzgw_", "cgdw_")):
                assert (item.split("_")[0], group) == (unit, "hot"), (
                    "asked what another unit's people are asked"
                )
    found: dict[str, Fraction | None] = {}
    for unit in (u.code for u in loaded.programme.units):
        hot = weighed((20, mean(answers[unit, "hot", f"{unit}_{n}"])) for n in range(1, 6))
        mended = mean(answers[unit, "follow_up", "rectification"])
        approved = mean(answers[unit, "approval", "approval_work"])
        found[unit] = weighed([(30, mended), (30, approved), (40, hot)])
    return found


def test_from_the_workbook_and_the_lists_to_the_scores(furnished_file: Furnished, tmp_path: Path) -> None:
    ctx, loaded = furnished_file(two_years)
    units = loaded.programme.units

    # Lists: all are short; one unit's are exempted, the others' cost points once somebody confirms them.
    hand_in(ctx, loaded, tmp_path)
    without = {unit.code for unit, _group in ceremony.look(ctx, loaded).missing}
    assert without == {unit.code for unit in units if unit.code != "cgdw"}
    assert set(exemptions.propose_for_lists(ctx, loaded)) == {unit.code for unit in units}
    exemptions.grant(ctx, loaded, "slt", "hot", SIZE, **GRANTED)
    exemptions.grant(ctx, loaded, "tw", "staff", AREAS, **GRANTED)
    states = {a.unit: a.state for a in adjustments.listing(ctx, loaded)}
    assert [unit for unit, state in states.items() if state == "waived"] == ["slt"]
    adjustments.settle(ctx, loaded, "tw", "list_quality", "评价工作推迟三天", confirm=True)
    addresses = {one.unit.code: one.addresses for one in mailing.progress(ctx, loaded)}
    assert addresses == {unit.code: 125 if unit.code == "slt" else 3 for unit in units}

    # The draw; whoever gave an opinion last year is taken after it, and drawn apart.
    draws.draw(ctx, loaded, parties=PARTIES, public=PUBLIC, out=tmp_path / "drawn")
    taken = follow_up.take(ctx, loaded, "guangxi-2014")
    assert {one.unit.code: one.report.accepted for one in taken} == dict.fromkeys(without, 2)
    assert overview.look(ctx, programmes.get(ctx, loaded.programme.code)).facts.draw.later == len(without)
    draws.draw(ctx, loaded, parties=PARTIES, public=PUBLIC, out=tmp_path / "drawn")
    # The calls; by this seed nobody of last year refuses, and the pool may not replace them.
    done = simulate(ctx, programmes.get(ctx, loaded.programme.code), stations=2, seed=2)
    # Two units have all three groups, one has no approvals, one has hot topics only.
    assert (done.interviews, done.cells) == (2 * (2 + 2 + 3) + (2 + 3) + 3, 2 * 3 + 2 + 1)

    # Paper and web, then the scores.
    papers = hand_out(loaded.programme)
    take_papers(ctx, loaded, papers, tmp_path)
    assert {one.unit.code: one.returned for one in mailing.progress(ctx, loaded)} == {
        u.code: 3 for u in units
    }
    level = dict(zip(LEVELS, POINTS.values(), strict=True))
    phone = by_telephone(ctx, loaded)
    expected = {}
    for unit in (u.code for u in units):
        parts = {
            "phone": phone[unit],
            "staff": mean(level[answer] for answer in papers.staff[unit]),
            "leaders": mean(GRADES[answer] for answer in papers.leaders[unit]),
            "web": mean(level[answer] for answer in papers.web[unit]),
        }
        composite = weighed(
            (w, parts[c]) for c, w in {"phone": 50, "staff": 20, "leaders": 20, "web": 10}.items()
        )
        assert composite is not None
        expected[unit] = (parts, composite, composite - (Fraction("1.5") if unit == "tw" else 0))
    closed = programmes.get(ctx, loaded.programme.code)
    scored = {line.unit.code: line for line in scoring.score(ctx, closed)}
    for unit, (parts, composite, final) in expected.items():
        line = scored[unit]
        assert {code: channel.score for code, channel in line.channels.items()} == parts
        assert (line.composite, line.final) == (composite, final)
        assert line.rank == 1 + sum(other > final for _p, _c, other in expected.values())
    notes = {
        unit: {note.code for note in line.channels["phone"].behind.notes}
        for unit, line in scored.items()
        if line.channels["phone"].behind
    }
    assert {unit for unit, codes in notes.items() if "group_elsewhere" in codes} == {"tw", "cgdw"}

    scoring.sign_off(ctx, closed, "自治区绩效考评领导小组", "王干部", without_undecided=True)
    exports.export(ctx, closed, What.REPORT, tmp_path / "report.docx")
    names = {unit.code: unit.labels.get("en", unit.name) for unit in units}
    assert finals(tmp_path / "report.docx") == {
        names[unit]: (shown(final), shown(composite)) for unit, (_parts, composite, final) in expected.items()
    }
