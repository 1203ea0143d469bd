"""Tables as files of SPSS, read back by the library that other programs read them with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyreadstat
import pytest

from cati.files.exports import Cell, Table
from cati.files.sav import Code, Kind, Variable, write_sav
from tests.rig.small_disk import small_disk

LEVELS = {"good": Code(1, "好"), "bad": Code(2, "差"), "refused": Code(9, "拒答")}


def written(
    path: Path, headings: Sequence[str], variables: Sequence[Variable], *rows: Sequence[Cell]
) -> tuple[Any, Any]:
    assert write_sav([path], [Table("t", headings, rows)], lambda _heading: variables, "试") == [len(rows)]
    return pyreadstat.read_sav(path, user_missing=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.sav"


def test_names_are_made_such_that_spss_takes_them(path: Path) -> None:
    headings = ["item-1", "ITEM_1", "作风", "by", "长" * 30, "_x", "a."]
    found, about = written(path, headings, [Variable(h) for h in headings], ["x"] * 7)
    assert list(found.columns) == ["item_1", "ITEM_1_2", "作风", "v_by", "长" * 21, "v__x", "a"]
    assert about.column_names_to_labels["item_1"] == "item-1"


def test_several_choices_become_a_variable_each(path: Path) -> None:
    several = Variable("渠道", Kind.CHOICES, LEVELS)
    found, about = written(path, ["q"], [several], ["good refused"], [""], [None])
    assert list(found.columns) == ["q_good", "q_bad", "q_refused"]
    assert found["q_good"].tolist()[:2] == [1, 0]
    assert found["q_refused"].isna().tolist() == [False, False, True]
    assert about.column_names_to_labels["q_bad"] == "渠道: 差"


def test_ranges_of_missing_values_are_kept(path: Path) -> None:
    variable = Variable("q", Kind.CHOICE, LEVELS, ((7, 9), (0, 0)), ordered=True)
    _found, about = written(path, ["q"], [variable], ["refused"])
    assert about.missing_ranges == {"q": [{"lo": 7, "hi": 9}, {"lo": 0, "hi": 0}]}
    hidden, _about = pyreadstat.read_sav(path)
    assert hidden["q"].isna().all()


@pytest.mark.parametrize(
    ("kind", "cell"),
    [(Kind.CHOICE, "other"), (Kind.CHOICES, "good other"), (Kind.NUMBER, "约四十"), (Kind.MOMENT, "昨天")],
)
def test_a_column_with_something_else_in_it_stays_text(path: Path, kind: Kind, cell: str) -> None:
    found, about = written(path, ["q"], [Variable("问", kind, LEVELS)], [cell], [None])
    assert found["q"].tolist() == [cell, ""]
    assert about.column_names_to_labels == {"q": "问"}


def test_a_table_without_rows_keeps_its_types(path: Path) -> None:
    kinds = [Kind.TEXT, Kind.NUMBER, Kind.MOMENT, Kind.CHOICE]
    variables = [Variable(str(kind), kind, LEVELS) for kind in kinds]
    found, about = written(path, [str(kind) for kind in kinds], variables)
    assert len(found) == 0
    assert list(about.original_variable_types.values()) == ["A1", "F11.0", "DATETIME20", "F1.0"]


@pytest.mark.parametrize("rows", [1, 1000])
def test_a_full_disk_is_an_error_of_the_file(tmp_path: Path, rows: int) -> None:
    with small_disk(tmp_path / "disk", 1) as disk:
        disk.fill()
        with pytest.raises(OSError, match="No space left"):
            written(disk.folder / "t.sav", ["a"], [Variable("a")], *[["x" * 500]] * rows)
