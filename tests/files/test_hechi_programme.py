"""The shipped workbooks of Hechi 2023 say what their document says, and are not loaded without its units."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from pyxform.xls2xform import convert

from cati.base import paths
from cati.base.errors import CatiError
from cati.domain.programmes import Programme
from cati.domain.score_plan import score_plan
from cati.files.programmes import load_workbook

FOLDER = paths.resources() / "programmes"
EVALUATION, FOLLOW_UP = FOLDER / "hechi-2023.xlsx", FOLDER / "hechi-2023-12345.xlsx"
CITY = "市直和驻河池中区直单位"
ASPECTS = ("development", "implementation", "livelihood", "ecology", "conduct")


def units(folder: Path, count: int, *more: str) -> Path:
    path = folder / "units.csv"
    rows = ["单位,系列,编码", *(f"市第{n}局,{CITY}," for n in range(1, count + 1)), *more]
    path.write_text("\n".join(rows) + "\n", "gb18030")
    return path


@pytest.fixture(scope="module")
def hechi(tmp_path_factory: pytest.TempPathFactory) -> Programme:
    return load_workbook(EVALUATION, units_file=units(tmp_path_factory.mktemp("hechi"), 82))


@pytest.mark.parametrize("path", [EVALUATION, FOLLOW_UP], ids=["evaluation", "follow-up"])
def test_the_form_parts_pass_pyxform_and_nothing_is_loaded_without_all_units(path: Path) -> None:
    assert convert(str(path)).warnings == []
    with pytest.raises(CatiError) as refused:
        load_workbook(path)
    assert "11 units are named here" in str(refused.value)
    # Whoever means to evaluate the counties alone says so.
    assert len(load_workbook(path, {"units_number": "11"}).units) == 11


def test_a_file_of_units_adds_to_the_workbook_and_may_name_counties_anew(tmp_path: Path) -> None:
    path = units(tmp_path, 82, f"市第83局,{CITY},s83", "南丹,县（区）,c03", "天峨县,山区县,")
    found = load_workbook(EVALUATION, {"units_number": "94"}, units_file=path).units
    assert len(found) == 94
    by_code = {unit.code: unit for unit in found}
    assert (by_code["c03"].name, by_code["c04"].series, by_code["s83"].name) == ("南丹", "山区县", "市第83局")
    assert by_code["c04"].labels["en"] == "Tian'e County"
    path.write_text(f"单位,系列\n市第1局,{CITY}\n市第1局,{CITY}\n", "utf-8")
    with pytest.raises(CatiError) as twice:
        load_workbook(EVALUATION, {"units_number": "13"}, units_file=path)
    assert "units.csv!3: “市第1局” stands in row 2 already." in str(twice.value)


def test_what_the_document_leaves_open_is_asked(hechi: Programme) -> None:
    assert len(hechi.units) == 93
    assert {name: value for name, value in hechi.settings.assumed.items() if name.startswith("weight_")} == {
        "weight_phone": "50", "weight_web": "30", "weight_leaders": "20",
        **{f"weight_{one}": "20" for one in ASPECTS},
    }  # fmt: skip
    assert [item.weight for item in hechi.items] == [Decimal(20)] * 5
    assert score_plan(hechi).shares(CITY) == {
        "phone": Fraction(1, 2), "web": Fraction(3, 10), "leaders": Fraction(1, 5),
    }  # fmt: skip
    assert hechi.quota == 93 * 165


def test_the_claims_are_those_of_the_report(hechi: Programme) -> None:
    claims = {claim.code: (str(claim.planned), str(claim.done)) for claim in hechi.claims}
    assert claims["city_units"] == ("82", "83")
    assert claims["sample"] == ("20,000", "15,410")
    assert claims["web"] == ("1,200,000+", "1,074,000+")
    assert claims["rate"] == ("100", "94.07")
    assert all(claim.source and claim.labels.get("en") for claim in hechi.claims)
    follow_up = load_workbook(FOLLOW_UP, {"units_number": "11"})
    assert [str(claim.done) for claim in follow_up.claims] == ["11", "22", "4,130"]
    assert [item.short["zh"] for item in follow_up.items] == ["按时办结率", "诉求解决率", "处理满意率"]


def test_every_text_is_there_in_both_languages(hechi: Programme) -> None:
    for programme in (hechi, load_workbook(FOLLOW_UP, {"units_number": "11"})):
        texts = [
            *(q.labels for q in programme.questions if q.type != "calculate"),
            *(c.labels for choices in programme.choices.values() for c in choices),
            *(g.labels for g in programme.groups),
            *(c.labels for c in programme.channels),
            programme.verification_card,
        ]
        assert all(text.get("zh") and text.get("en") for text in texts)
