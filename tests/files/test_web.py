"""Columns of a survey on the web are told by their headings, in either layout."""

from decimal import Decimal
from pathlib import Path

import pytest

from cati.domain.programmes import Choice, Unit
from cati.domain.web import Opinion, as_read, remembered
from cati.files.ballots import BallotForm, BallotItem
from cati.files.streams import open_stream
from cati.files.web import WebForm, WebReader, guess

CHOICES = (
    Choice("good", {"zh": "满意（好）"}, Decimal(100), "1"),
    Choice("bad", {"zh": "不满意"}, Decimal(0), "2"),
)
FORM = WebForm(
    BallotForm(
        (Unit("u1", "区教育局", "一", ("教育局",)), Unit("u2", "区总工会", "一")),
        (
            BallotItem("style", "作风：效率", CHOICES),
            BallotItem("mark", "打分", numbers=(Decimal(0), Decimal(10))),
        ),
    )
)
WIDE = {
    "u1.style": "区教育局-作风：效率",
    "u1.mark": "打分：教育局",
    "u2.style": "区总工会（作风：效率）",
    "u2.mark": "区总工会·打分",
}


def test_headings_of_both_layouts_are_known() -> None:
    assert guess(FORM, ["序号", "OpenID", "单位", "作风:效率", "mark", "作风:效率"]) == {
        "respondent": "OpenID", "unit": "单位", "style": "作风:效率", "mark": "mark",
    }  # fmt: skip
    wide = {says: as_read(heading) for says, heading in WIDE.items()}
    assert guess(FORM, [*wide.values(), "区教育局-别的", "没有局-作风:效率"]) == wide


def test_a_row_with_columns_for_each_unit_is_an_opinion_about_each_it_answers(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text(
        "\n".join([",".join(WIDE.values()), "满意（好）,9.50,,", "2,,1,10", ",,,"]) + "\n", "utf-8"
    )
    found = list(WebReader(open_stream(path), FORM, WIDE, "each").opinions(lambda _done, _size: None))
    assert found == [
        Opinion("w", 2, "", "u1", "", ("good", "9.5")),
        Opinion("w", 3, "", "u1", "", ("bad", "-")),
        Opinion("w", 3, "", "u2", "", ("good", "10")),
    ]


@pytest.mark.parametrize(
    ("before", "headings", "columns", "gone"),
    [
        ({}, ("单位", "x"), {"unit": "单位"}, ()),
        (
            {"unit": "所评单位", "style": "x"},
            ("单位", "x", "作风"),
            {"unit": "单位", "style": "x"},
            ("所评单位",),
        ),
        ({"unit": "单位"}, ("单位", "作风"), {"unit": "单位"}, ()),
    ],
    ids=["first time", "a heading that changed", "no more than last time"],
)
def test_what_was_named_last_time_goes_before_what_headings_suggest(
    before: dict[str, str], headings: tuple[str, ...], columns: dict[str, str], gone: tuple[str, ...]
) -> None:
    found = remembered(before, "first", guess(FORM, headings), headings)
    assert (found.columns, found.gone) == (columns, gone)
