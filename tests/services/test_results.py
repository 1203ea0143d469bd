"""Papers on the results: who may have them, what each tells, and what a unit's copy keeps to itself."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import docx
import pytest
import python_calamine

from cati.base.errors import CatiError
from cati.domain.exports import What
from cati.domain.ranking import shown
from cati.domain.users import Actor, Role
from cati.services import adjustments, exports, results, scoring
from tests.services.closed import GOVERNMENT, UNITS, Season, closed_season


@pytest.fixture
def season(furnished_file: Callable[..., Any]) -> Season:
    found: Season = furnished_file(closed_season)
    return found


def approved(season: Season) -> Season:
    scoring.sign_off(*season, "区委组织部", "王干部")
    return season


def words_of(path: Path) -> str:
    """Everything a .docx or .xlsx holds, with the workbooks inside its charts."""
    found = []
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            data = parts.read(name)
            if name.endswith(".xlsx"):
                with zipfile.ZipFile(io.BytesIO(data)) as inner:
                    found += [inner.read(one).decode() for one in inner.namelist()]
            elif name.endswith((".xml", ".rels")):
                found.append(data.decode())
    return re.sub(r"<[^>]*>", " ", " ".join(found))


def tables_of(path: Path) -> dict[str, list[list[str]]]:
    """The tables of a .docx by the caption over them."""
    document = docx.Document(str(path))
    captions = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Caption text"]
    captions = [text.split(": ", 1)[1] for text in captions if text.startswith("Table")]
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    return dict(zip(captions, tables, strict=True))


def test_papers_are_written_only_of_scores_that_are_approved_as_they_are(
    season: Season, tmp_path: Path
) -> None:
    ctx, loaded = season
    with pytest.raises(CatiError, match="Nobody has approved") as refused:
        results.write_results(ctx, loaded, tmp_path / "papers")
    assert refused.value.code == "scores_not_approved"
    scoring.sign_off(ctx, loaded, "区委组织部", "王干部")
    adjustments.adjust(ctx, loaded, "u1", "late", Decimal(-5), "迟报", confirm=True)
    with pytest.raises(CatiError, match="changed since 区委组织部"):
        exports.export(ctx, loaded, What.REPORT, tmp_path / "report.docx")
    observer = replace(ctx, actor=Actor(ctx.actor.user_id, "guest", "客", frozenset({Role.OBSERVER}), "PC"))
    with pytest.raises(CatiError, match="may not do this"):
        results.write_results(observer, loaded, tmp_path / "papers")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(("papers", "report"))] == []


def test_the_whole_set_is_written_or_nothing(season: Season, tmp_path: Path) -> None:
    ctx, loaded = approved(season)
    folder = tmp_path / "papers"

    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done:
            raise Stopped

    with pytest.raises(Stopped):
        results.write_results(ctx, loaded, folder, progress=stop)
    assert [path for path in tmp_path.iterdir() if "papers" in path.name] == []
    folder.mkdir()
    seen: list[tuple[int, int]] = []
    made = results.write_results(
        ctx, loaded, folder, recipient=" 区委组织部 ", progress=lambda done, total: seen.append((done, total))
    )
    assert sorted(path.name for path in folder.iterdir()) == [
        "units", "yazhou-2023-report.docx", "yazhou-2023-scores.xlsx",
    ]  # fmt: skip
    assert sorted(path.name for path in (folder / "units").iterdir())[:2] == [
        "01-区教育局.docx", "01-区教育局.xlsx",
    ]  # fmt: skip
    assert (made.rows, made.what, made.recipient, made.file) == (12, "report", "区委组织部", "papers")
    assert exports.listing(ctx, loaded)[0] == made
    assert seen[0] == (0, 12)
    assert seen[-1] == (12, 12)
    with pytest.raises(CatiError, match="something in"):
        results.write_results(ctx, loaded, folder)

    # The report of the programme.
    tables = tables_of(folder / "yazhou-2023-report.docx")
    lines = {line.unit.name: line for line in scoring.score(ctx, loaded)}
    ranked = tables[f"{GOVERNMENT}: ranking"][1:]
    for place, row in enumerate(ranked, start=1):
        line = lines[row[1]]
        assert (row[0], line.rank_in_series) == (str(place), place)
        assert row[2].removesuffix(" ≈") == shown(line.final or Fraction(0))
    # By hand: item 1 of u1 is 100 for everybody, all else 86.67 of staff and 83.33 of those served.
    rest = Fraction(30, 100) * Fraction(280, 3) + Fraction(70, 100) * Fraction(520, 6)
    phone = Fraction(12, 100) * 100 + Fraction(88, 100) * rest
    assert ["区教育局", f"{shown(phone)} (1)", "81.00 (5)"] in tables[f"{GOVERNMENT}: scores by channel"]
    assert tables["points added and taken"][1:] == [
        ["区民政局", "材料迟报", "-5.00", "名单27日才到，抽样推迟"]
    ]
    text = words_of(folder / "yazhou-2023-report.docx")
    assert "区委组织部 (王干部) approved the scores" in text
    assert "甲方、乙方" in text
    assert "RR6" in text

    # A unit's copy.
    copy = folder / "units" / "02-区民政局.docx"
    for path in (copy, copy.with_suffix(".xlsx")):
        words = words_of(path)
        assert "区民政局" in words
        assert not [name for name, _series in UNITS if name != "区民政局" and name in words]
    tables = tables_of(copy)
    values = dict(tables["score and place"][1:])
    line = lines["区民政局"]
    assert values["Final score"] == shown(line.final or Fraction(0))
    assert values[f"Place in the series {GOVERNMENT}"] == f"{line.rank_in_series} of 3"
    mean = sum((lines[name].final or Fraction(0) for name, s in UNITS if s == GOVERNMENT), Fraction(0)) / 3
    assert values["Mean of the series"] == shown(mean)
    # Three of the staff are too few, and with the other group's figures theirs would follow from the total.
    assert [row[2:] for row in tables["电话访问: groups"][1:]] == [["*", "*"], ["*", "*"]]
    # Number and mean of the answers are told, so three cells are kept back where one has few people.
    first, second = tables["电话访问: answers"][1:3]
    assert first[1:] == ["*", "*", "0", "*", "0"]
    assert second[1:] == ["*", "*", "*", "0", "0"]
    # Of a series of two the mean would tell the other unit's score.
    alone = dict(tables_of(folder / "units" / "04-区总工会.docx")["score and place"][1:])
    assert alone["Mean of the series"] == "*"
    book = python_calamine.load_workbook(str(copy.with_suffix(".xlsx")))
    rows = book.get_sheet_by_name("score and place").to_python()
    assert ["Final score", float(shown(line.final or Fraction(0)))] in rows


def test_the_score_book_has_channels_groups_items_points_and_rates(season: Season, tmp_path: Path) -> None:
    ctx, loaded = season
    path = tmp_path / "scores.xlsx"
    exports.export(ctx, loaded, What.SCORES, path)
    book = python_calamine.load_workbook(str(path))
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    assert list(sheets) == [
        "scores", "channels", "groups", "items", "adjustments", "notes", "method", "rates",
    ]  # fmt: skip
    groups = [row for row in sheets["groups"] if row[0] == "区教育局"]
    assert [row[2:6] for row in groups] == [["管理对象", 30, 3, 14], ["服务对象", 70, 6, 14]]
    items = [row for row in sheets["items"] if row[:3] == ["区教育局", "电话访问", "内容1"]]
    assert [row[3:5] + row[7:8] for row in items] == [[12, 100, 9]]
    assert sheets["adjustments"][1] == ["区民政局", "材料迟报", -5, "名单27日才到，抽样推迟"]
    assert ["I", 45] in sheets["rates"]
    assert ["区教育局", "公开评价", 81, 5] in [row[:4] for row in sheets["channels"]]
