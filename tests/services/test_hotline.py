"""The 12345 hotline: adopted figures score, tickets only say where they differ, claims are proposed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain import hotline_scores
from cati.domain.hotline_scores import Satisfied, hotline_score
from cati.domain.programmes import AdjustmentRule, Channel, LoadedProgramme
from cati.domain.users import Role
from cati.services import (
    adjustments,
    audit,
    channels,
    complaints,
    hotline,
    hotline_claims,
    reports,
    scoring,
)
from cati.services.context import Context
from tests.rig.furnished import Furnished
from tests.services.fieldwork import close_fieldwork
from tests.services.hotlines import NAMES, SAMPLE, TOWNS, counted, hotline_of, in_time, points, rows

Bureau = tuple[Context, LoadedProgramme]


@pytest.fixture
def bureau(furnished: Furnished) -> Bureau:
    return furnished(hotline_of)


def file(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def adopted_as_marked(folder: Path) -> Path:
    """Figures as a platform would print them that trusts its own marks; one rate was typed wrongly."""
    lines = ["承办单位,按时率,处理满意率,诉求解决率,申诉未通过"]
    for name, n in counted(rows()).items():
        satisfied = Fraction(n["satisfied"], n["rated"]) + (Fraction(1, 10) if name == "区教育局" else 0)
        rates = [Fraction(n["marked"], n["all"]), satisfied, Fraction(n["good"], n["said"])]
        lines.append(",".join([name, *(f"{float(100 * rate):.2f}%" for rate in rates), str(n["failed"])]))
    return file(folder, "figures.csv", *lines)


def test_the_whole_sample_is_counted_as_by_other_lines(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    assert hotline.import_tickets(ctx, loaded, SAMPLE) == hotline.Taken(1400, 0)
    hotline.adopt(ctx, loaded, adopted_as_marked(tmp_path))
    hotline.take_follow_up(ctx, loaded, file(tmp_path, "f.csv", "单位,跟踪问效量,申诉未通过量", "白沙镇,8,1"))
    board = hotline.board(ctx, loaded)
    sample = rows()
    expected, found = counted(sample), {line.unit.name: line for line in board.lines}
    assert (board.tickets, set(found)) == (1400, set(NAMES))
    for name, n in expected.items():
        line = found[name]
        assert line.tickets == n["all"]
        assert line.recomputed.on_time == Fraction(n["in_time"], n["all"])
        assert line.recomputed.satisfied == Fraction(n["satisfied"], n["rated"])
        assert line.recomputed.resolved == Fraction(n["good"], n["said"])
        assert line.recomputed.unresolved == n["failed"]
        own = hotline_score(line.recomputed, line.follow_up)
        followed = Fraction(7, 8) * 3 if name == "白沙镇" else 0
        assert (own.earned, own.possible) == (points(n) + followed, Fraction(10 if followed else 7))
        differ = {one.figure: one for one in line.differences}
        assert ("on_time" in differ) == (n["in_time"] != n["marked"])
        assert ("satisfied" in differ) == (name == "区教育局")
        assert not {"resolved", "unresolved"} & differ.keys()
        odd = [r["工单号"] for r in sample if r["承办单位"] == name and in_time(r) != (r["是否按时"] == "是")]
        if "on_time" in differ:
            assert list(differ["on_time"].tickets) == sorted(odd)
            assert differ["on_time"].adopted != differ["on_time"].recomputed == line.recomputed.on_time
    assert any(line.differences for line in board.lines)


def test_what_was_adopted_scores_in_every_channel_of_the_hotline(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    hotline.import_tickets(ctx, loaded, SAMPLE)
    heading = "单位,按时率,满意率,解决率,申诉未通过"
    rows = [f"{name},100,80,50,1" for name in NAMES[1:]] + [f"{NAMES[0]},100,-,50,0"]
    hotline.adopt(ctx, loaded, file(tmp_path, "figures.csv", heading, *rows))
    loaded = close_fieldwork(ctx, loaded)
    waiting = scoring.score(ctx, loaded)
    assert [line.final for line in waiting] == [None] * 12
    assert "hotline_follow_up_missing" in {note.code for note in waiting[0].notes}
    hotline.take_follow_up(
        ctx, loaded, file(tmp_path, "f.csv", "单位,跟踪问效量,申诉未通过量", "洛埠镇,4,1", "区教育局,4,4")
    )
    lines = {line.unit.name: line for line in scoring.score(ctx, loaded)}
    # 0.7 + 1.68 + 2.1 − 0.2 of 7; with the follow-up 2.25 and 0 more of 10.
    assert lines["里雍镇"].composite == Fraction("4.28") / 7 * 10
    assert lines["洛埠镇"].composite == Fraction("6.53")
    assert lines["区教育局"].channels["offices"].score == Fraction("42.8")
    assert lines["区教育局"].composite == Fraction("2.14")
    assert lines["白沙镇"].composite == Fraction("2.8") / Fraction("4.9") * 10
    assert [str(note).split(";")[0] for note in lines["白沙镇"].notes] == [
        "Nobody said whether they were satisfied",
        "No ticket of last year was followed up",
    ]
    assert {line.rank for line in lines.values()} > {1}
    less = file(tmp_path, "less.csv", heading, *rows[1:])
    assert hotline.adopt(ctx, loaded, less).lost == (rows[0].split(",")[0],)
    # Dashes alone, and nothing to follow up: the channel does not apply to the unit.
    hotline.adopt(ctx, loaded, file(tmp_path, "none.csv", heading, f"{NAMES[0]},-,—,,0", "洛埠镇,-,-,-,0"))
    lines = {line.unit.name: line for line in scoring.score(ctx, loaded)}
    assert (lines["白沙镇"].exempt, lines["洛埠镇"].exempt) == (frozenset({"towns"}), frozenset())
    assert "channel_exempt" in {note.code for note in lines["白沙镇"].notes}
    assert lines["洛埠镇"].composite == Fraction("7.5")


def test_other_tickets_or_none_leave_the_scores_alone(
    bureau: Bureau, clock: VirtualClock, tmp_path: Path
) -> None:
    ctx, loaded = bureau
    hotline.adopt(ctx, loaded, adopted_as_marked(tmp_path))
    hotline.take_follow_up(ctx, loaded, file(tmp_path, "f.csv", "单位,跟踪问效量,申诉未通过量", "白沙镇,8,1"))
    closed = close_fieldwork(ctx, loaded)
    before = scoring.score(ctx, closed)
    hotline.import_tickets(ctx, loaded, SAMPLE)
    heading = "工单号,承办单位,诉求类型,派单时间,办结时间,处理方式"
    one = file(tmp_path, "one.csv", heading, "T001,白沙镇,咨询,2024-07-01 09:00,2024-07-02 10:30,办结")
    assert hotline.import_tickets(ctx, loaded, one) == hotline.Taken(1, 1400)
    assert scoring.score(ctx, closed) == before
    entries = [e for e in audit.newest(ctx) if e.action == "import_tickets"]
    assert len({entry.detail["sha256"] for entry in entries}) == 2
    # Whoever takes the same figures again gives nobody more days to appeal.
    assert hotline.board(ctx, loaded).appeals_until == date(2024, 3, 31)
    clock.advance(timedelta(days=35).total_seconds())
    path = adopted_as_marked(tmp_path)
    assert hotline.adopt(ctx, loaded, path).replaced == len(NAMES)
    assert hotline.board(ctx, loaded).appeals_until == date(2024, 3, 31)
    heading, first, *others = path.read_text("utf-8").splitlines()
    name, _rate, *rest = first.split(",")
    hotline.adopt(ctx, loaded, file(tmp_path, "better.csv", heading, ",".join([name, "1%", *rest]), *others))
    assert hotline.board(ctx, loaded).appeals_until == date(2024, 4, 30)


def test_a_refused_file_leaves_everything_as_it_was(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    hotline.import_tickets(ctx, loaded, SAMPLE)
    before = hotline.board(ctx, loaded)
    heading = "工单号,承办单位,诉求类型,派单时间,办结时间,处理方式"
    wrong = file(tmp_path, "t.csv", heading, "T001,某局,咨询,,,")
    with pytest.raises(CatiError, match="row 2"):
        hotline.import_tickets(ctx, loaded, wrong)
    assert hotline.board(ctx, loaded) == before


def test_points_are_claimed_within_their_days_and_proposed_in_one_sum(bureau: Bureau) -> None:
    ctx, loaded = bureau
    hotline.import_tickets(ctx, loaded, SAMPLE)
    mine = [
        row
        for row in rows()
        if row["承办单位"] == "白沙镇"
        and row["处理满意"] == "满意"
        and row["办结时间"] < rows()[0]["派单时间"]
    ]
    first, second = mine[0], mine[1]
    for row, worth in ((first, "0.1"), (second, "0.05")):
        made = hotline_claims.claim(
            ctx, loaded, row["工单号"], "hotline_hard", Decimal(worth), "附照片",
            claimed_on=row["办结时间"].date(),
        )  # fmt: skip
    assert (made.unit, made.code, made.points, made.state) == ("u1", "hotline_hard", "0.15", "proposed")
    assert made.reason == f"{first['工单号']}: 附照片; {second['工单号']}: 附照片"
    assert len(adjustments.listing(ctx, loaded)) == 1
    assert [c.claim.number for c in hotline.board(ctx, loaded).claims] == [first["工单号"], second["工单号"]]


TICKETS = "工单号,承办单位,诉求类型,派单时间,办结时间,处理方式,处理满意"


def test_claims_are_turned_down_one_by_one_and_do_not_come_back(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    days = "2024-09-01 09:00,2024-09-13 10:30,办结,满意"
    rows = [f"T{n:03},白沙镇,投诉,{days}" for n in range(1, 5)]
    hotline.import_tickets(ctx, loaded, file(tmp_path, "t.csv", TICKETS, *rows))

    def claim(number: str, points: str = "0.05") -> tuple[str, str]:
        on = date(2024, 9, 20)
        made = hotline_claims.claim(
            ctx, loaded, number, "hotline_hard", Decimal(points), "附照片", claimed_on=on
        )
        return made.points, made.state

    def turn_down(number: str, why: str = "佐证不足") -> tuple[str, str]:
        left = hotline_claims.turn_down(ctx, loaded, number, "hotline_hard", why)
        return left.points, left.state

    def listed() -> list[str]:
        return [f"{one.claim.number} {one.state} {one.why}" for one in hotline_claims.listing(ctx, loaded)]

    assert (claim("T001"), claim("T002", "0.1")) == (("0.05", "proposed"), ("0.15", "proposed"))
    # A slip: turned down and claimed anew, with the right points.
    assert turn_down("T002", "分值录错") == ("0.05", "proposed")
    assert claim("T002", "0.05") == ("0.10", "proposed")
    assert listed() == ["T001 proposed ", "T002 proposed "]
    # All of the ground is waived: only what is claimed then is proposed.
    adjustments.settle(ctx, loaded, "白沙镇", "hotline_hard", "材料不实", confirm=False)
    assert claim("T003") == ("0.05", "proposed")
    assert listed() == ["T001 waived 材料不实", "T002 waived 材料不实", "T003 proposed "]
    # A shorter list, such as of the last month alone, says which claims it leaves without a ticket.
    taken = hotline.import_tickets(ctx, loaded, file(tmp_path, "t.csv", TICKETS, rows[0], rows[3]))
    assert taken.replaced_words() == "4 that were there before are replaced. No longer among them: T003."
    hotline.import_tickets(ctx, loaded, file(tmp_path, "t.csv", TICKETS, *rows))
    # What was confirmed is to be confirmed anew without what is turned down; nothing left is nothing granted.
    assert claim("T004") == ("0.10", "proposed")
    adjustments.settle(ctx, loaded, "白沙镇", "hotline_hard", "已核实", confirm=True)
    assert listed()[2:] == ["T003 confirmed 已核实", "T004 confirmed 已核实"]
    assert turn_down("T003") == ("0.05", "proposed")
    assert turn_down("T004")[1] == "waived"
    assert adjustments.listing(ctx, loaded)[0].reason == "佐证不足"
    for number, code in (("T004", "claim_turned_down"), ("T009", "claim_unknown")):
        with pytest.raises(CatiError) as refusal:
            turn_down(number)
        assert refusal.value.code == code
    told = [e.detail["number"] for e in audit.newest(ctx) if e.action == "turn_down_claim"]
    assert sorted(told) == ["T002", "T003", "T004"]
    with pytest.raises(CatiError) as refusal:
        adjustments.adjust(ctx, loaded, "白沙镇", "hotline_hard", Decimal("0.1"), "照片", confirm=True)
    assert refusal.value.code == "ground_of_tickets"
    one = complaints.take(ctx, loaded, "白沙镇", "无人接听")
    with pytest.raises(CatiError) as refusal:
        complaints.settle(ctx, loaded, one.id, "录音核实", verified=True, ground="hotline_hard")
    assert refusal.value.code == "ground_adds"


def test_some_grounds_ask_for_a_ticket_done_in_time(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    joint = AdjustmentRule("hotline_joint", "牵头办理", Decimal("0.1"), "每项加0.05至0.1分")
    loaded = replace(loaded, programme=replace(loaded.programme, adjustments=(joint,)))
    late = "2024-09-02 09:00,2024-09-30 10:30,办结,满意"
    rows = [f"T001,白沙镇,投诉,{late},是", f"T002,白沙镇,投诉,{late},否", f"T003,白沙镇,投诉,{late},"]
    hotline.import_tickets(ctx, loaded, file(tmp_path, "t.csv", f"{TICKETS},是否按时", *rows))
    # The platform's mark is adopted as its figures are.
    claimed = {}
    for number in ("T001", "T002", "T003"):
        try:
            on = date(2024, 10, 8)
            hotline_claims.claim(
                ctx, loaded, number, "hotline_joint", Decimal("0.1"), "附照片", claimed_on=on
            )
            claimed[number] = ""
        except CatiError as refusal:
            claimed[number] = refusal.code
    assert claimed == {"T001": "", "T002": "claim_not_in_time", "T003": "claim_not_in_time"}


def test_a_claim_that_does_not_fit_is_refused(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    heading = "工单号,承办单位,诉求类型,派单时间,办结时间,处理方式,处理满意"
    days = "2024-09-01 09:00,2024-09-13 10:30"
    rows = [f"T001,白沙镇,投诉,{days},办结,满意", f"T002,白沙镇,投诉,{days},退单,",
            f"T003,白沙镇,投诉,{days},办结,不满意"]  # fmt: skip
    hotline.import_tickets(ctx, loaded, file(tmp_path, "t.csv", heading, *rows))

    def refused(
        number: str, ground: str = "hotline_hard", points: str = "0.1", on: str = "2024-10-11"
    ) -> str:
        with pytest.raises(CatiError) as refusal:
            hotline_claims.claim(
                ctx, loaded, number, ground, Decimal(points), "附照片", claimed_on=date.fromisoformat(on)
            )
        return refusal.value.code

    assert refused("T009") == "ticket_unknown"
    assert refused("T001", "hotline_easy") == "claim_ground"
    assert refused("T001", points="0.11") == "claim_points"
    assert refused("T001", points="NaN") == "claim_points"
    assert refused("T002") == "claim_returned"
    assert refused("T003") == "claim_dissatisfied"
    assert refused("T001", on="2024-09-12") == "claim_early"
    assert refused("T001", on="2024-10-12") == "claim_late"
    assert refused("T001", "hotline_joint") == "ground_unknown"
    last = date(2024, 10, 11)
    hotline_claims.claim(ctx, loaded, "T001", "hotline_hard", Decimal("0.05"), "附照片", claimed_on=last)
    assert refused("T001") == "claim_twice"


def test_only_the_bureau_and_only_a_programme_with_the_hotline(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    watcher = replace(ctx, actor=replace(ctx.actor, roles=frozenset({Role.SUPERVISOR})))
    for act in (hotline.import_tickets, hotline.adopt, hotline.take_follow_up):
        with pytest.raises(CatiError) as refusal:
            act(watcher, loaded, tmp_path / "none.csv")
        assert refusal.value.code == "not_allowed"
    with pytest.raises(CatiError) as refusal:
        hotline.board(watcher, loaded)
    assert refusal.value.code == "not_allowed"
    plain = replace(loaded.programme, channels=(Channel("public", "公开", Decimal(100), "ballots"),))
    with pytest.raises(CatiError) as refusal:
        hotline.board(ctx, replace(loaded, programme=plain))
    assert refusal.value.code == "hotline_none"


def test_finished_scores_give_way_to_what_was_adopted_and_are_then_refused(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx, loaded = bureau
    hotline.import_tickets(ctx, loaded, SAMPLE)
    channels.enter_score(ctx, loaded, "towns", "u1", "12")
    hotline.adopt(
        ctx,
        loaded,
        file(tmp_path, "a.csv", "单位,按时率,满意率,解决率,得分", *(f"{n},,,,9.25" for n in TOWNS)),
    )
    closed = close_fieldwork(ctx, loaded)
    assert scoring.score(ctx, closed)[0].channels["towns"].score == Fraction("92.5")
    with pytest.raises(CatiError) as refusal:
        channels.enter_score(ctx, loaded, "towns", "u1", "13")
    assert refusal.value.code == "channel_adopted"

    # No report waits for a calendar: without one tickets are not held against what is adopted.
    def unknown(_ticket: object) -> bool:
        raise CatiError("holidays_unknown", "The holidays of {year} are not known.", year=2031)

    told = reports.facts(ctx, closed).hotline
    monkeypatch.setattr(hotline_scores, "is_on_time", unknown)
    unchecked = reports.facts(ctx, closed).hotline
    assert [one.adopted for one in unchecked] == [one.adopted for one in told]
    assert sum(one.tickets for one in told) > sum(one.tickets for one in unchecked) == 0


def test_the_formula_of_the_satisfied_is_what_the_programme_says(bureau: Bureau) -> None:
    ctx, loaded = bureau
    hotline.import_tickets(ctx, loaded, SAMPLE)
    settings = replace(loaded.programme.settings, hotline_satisfied=str(Satisfied.OF_CLOSED))
    other = replace(loaded, programme=replace(loaded.programme, settings=settings))
    n = counted(rows())["白沙镇"]
    assert hotline.board(ctx, other).lines[0].recomputed.satisfied == Fraction(n["satisfied"], n["closed"])
