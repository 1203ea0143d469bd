"""Every way a number is written in a list leads to the number, and nothing else does."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cati.domain.contacts import Phone
from cati.domain.phones import PhoneProblem, clean_text, national_digits, normalise, of_row

MOBILE = "13800138000"
OTHER = "15912345678"
LANDLINE = "07712433787"


def read(raw: object, *, mobile_only: bool = False, area_code: object = "") -> list[str] | str:
    """Dialled digits of a cell, ``x`` and the extension behind, or the code of its problem."""
    found = normalise(raw, "0771", mobile_only, area_code)
    if isinstance(found, PhoneProblem):
        return found.value
    return [national_digits(p) + (f"x{p.extension}" if p.extension else "") for p in found]


@pytest.mark.parametrize(
    "raw",
    [
        MOBILE,
        13800138000.0,
        13800138000,
        f" {MOBILE}\xa0",
        "138 0013 8000",
        "138-0013-8000",
        "138–0013—8000",
        "138.0013.8000",
        "(138)00138000",
        "【13800138000】",
        "１３８００１３８０００",
        "１３８－００１３－８０００",
        "\u200b138\u200d0013\ufeff8000\u2060",
        f"\u202a{MOBILE}\u202c",
        f"+86 {MOBILE}",
        f"+86-{MOBILE}",
        f"＋86{MOBILE}",
        f"86{MOBILE}",
        f"0086{MOBILE}",
        "0086-138-0013-8000",
        f"（手机）{MOBILE}",
        f"{MOBILE}（手机）",
        f"{MOBILE}（本人，微信同号）",
        f"手机：{MOBILE}",
        f"手机号码 {MOBILE}",
        f"Tel: {MOBILE}",
        f"'{MOBILE}",
        f"{MOBILE}.0",
        f"{MOBILE}、",
        "138\n00138000",
    ],
)
def test_a_mobile_is_found_however_it_is_decorated(raw: object) -> None:
    assert normalise(raw, "0898", True) == (Phone("+8613800138000", "mobile"),)


@pytest.mark.parametrize(
    "raw", [f"0{MOBILE}", f"0 {MOBILE}", f"+86 0{MOBILE}", f"００{MOBILE}"[1:], "0-138-0013-8000"]
)
def test_a_zero_before_a_mobile_is_remembered_as_not_local(raw: str) -> None:
    assert normalise(raw, "0898", True) == (Phone("+8613800138000", "mobile", non_local=True),)


@pytest.mark.parametrize(
    "raw",
    [
        "无",
        "同上",
        "没有",
        "-",
        "/",
        "1.38E+10",
        "1.38001E+10",
        "1.3800138000E+10",
        "1380013800.0",
        "1380013800",
        "138001380001",
        "138****8000",
        "12800138000",
        "23800138000",
        f"{MOBILE}张三",
        f"{MOBILE}{OTHER}",
        f"{MOBILE} 123",
        "2023-01-05",
        "2023/1/5",
        "2023年11月15日",
        "2023.11.15",
        "2023年11月",
        "2023-01-05 10:30",
        "020230105",
        "95588",
        "12345",
        "4008123123",
        "+85291234567",
        "+1 202 555 0123",
        "0085291234567",
        "1380013",
        "٠١٢٣٤٥٦٧٨٩٠",
        13800138000.5,
        138001380.0,
        45231.0,
        float("nan"),
        float("inf"),
        True,
        date(2023, 1, 5),
        datetime(2023, 1, 5, 10, 30),
        time(10, 30),
        timedelta(hours=2),
    ],
)
def test_what_is_no_number_is_invalid(raw: object) -> None:
    assert read(raw) == "invalid_phone"


@pytest.mark.parametrize("raw", [None, "", "  ", "\xa0", "\u200b", "\u3000", "\t\n"])
def test_a_cell_without_a_visible_sign_is_blank(raw: object) -> None:
    assert read(raw) == "blank_phone"


@pytest.mark.parametrize(
    ("raw", "area_code", "dialled"),
    [
        ("0771-2433787", "", LANDLINE),
        ("(0771)2433787", "", LANDLINE),
        ("（0771）243 3787", "0775", LANDLINE),
        ("+86 771 2433787", "", LANDLINE),
        ("+86-0771-2433787", "", LANDLINE),
        ("86-771-2433787", "", LANDLINE),
        (7712433787.0, "", LANDLINE),
        ("771-2433787", "", LANDLINE),
        ("2433787", "", LANDLINE),
        (2433787.0, None, LANDLINE),
        ("2433787", "0771", LANDLINE),
        ("2433787", "（0771）", LANDLINE),
        ("2433787", "0771-", LANDLINE),
        ("2433787", "７７１", LANDLINE),
        (2433787.0, 771.0, LANDLINE),
        ("2433787", "0775", "07752433787"),
        ("2433787", 775.0, "07752433787"),
        ("62001234", "010", "01062001234"),
        ("62001234", 10.0, "01062001234"),
        ("010-62001234", "", "01062001234"),
        ("1062001234", "", "01062001234"),
        ("0898-88830630", "", "089888830630"),
        ("办公室：0771-2433787", "", LANDLINE),
    ],
)
def test_a_landline_gets_its_area_code(raw: object, area_code: object, dialled: str) -> None:
    assert read(raw, area_code=area_code) == [dialled]


@pytest.mark.parametrize("area_code", ["无", "12345", 1.5, date(2023, 1, 5)])
def test_a_landline_with_a_bad_area_code_is_invalid(area_code: object) -> None:
    assert read("2433787", area_code=area_code) == "invalid_phone"


@pytest.mark.parametrize(
    "raw",
    [
        "0771-2433787转801",
        "0771-2433787 转 801",
        "0771-2433787转接801",
        "0771-2433787（转801）",
        "0771-2433787-801",
        "0771-2433787 — 801",
        "771-2433787-801",
        "2433787-801",
        "2433787转分机801",
        "2433787 ext. 801",
        "2433787#801",
        "2433787x801",
    ],
)
def test_an_extension_is_kept(raw: str) -> None:
    assert read(raw) == [LANDLINE + "x801"]


def test_a_mobile_has_no_extension() -> None:
    assert read(f"{MOBILE}转801") == "invalid_phone"


@pytest.mark.parametrize(
    "between", ["/", "、", "，", ",", ";", "；", "\n", "|", " ", "  ", "-", "或", "和", " / ", "；\n"]
)
def test_of_two_numbers_the_first_is_the_number_and_the_second_an_alternate(between: str) -> None:
    assert read(f"{MOBILE}{between}{OTHER}") == [MOBILE, OTHER]


def test_two_numbers_may_be_decorated() -> None:
    assert read("138 0013 8000 159 1234 5678") == [MOBILE, OTHER]
    assert read(f"办公：0771-2433787，手机：0{MOBILE}") == [LANDLINE, MOBILE]
    assert read(f"0771-2433787转801/{MOBILE}") == [LANDLINE + "x801", MOBILE]


def test_the_same_number_twice_is_one() -> None:
    assert read(f"{MOBILE}/+86{MOBILE}") == [MOBILE]


def test_of_two_numbers_one_bad_the_good_one_is_used() -> None:
    assert read(f"1380013800/{OTHER}") == [OTHER]
    assert read(f"{OTHER}/无") == [OTHER]


def test_a_landline_is_refused_where_only_mobiles_are_called() -> None:
    assert read("0898-88830630", mobile_only=True) == "landline_not_allowed"
    assert read("2433787", mobile_only=True) == "landline_not_allowed"


def test_a_landline_beside_a_mobile_is_dropped_where_only_mobiles_are_called() -> None:
    assert read(f"0898-88830630/{MOBILE}", mobile_only=True) == [MOBILE]


def row(*cells: object, mobile_only: bool = False, area_code: object = "") -> list[str] | str:
    found = of_row(cells, "0771", mobile_only, area_code)
    return found.value if isinstance(found, PhoneProblem) else [national_digits(phone) for phone in found]


def test_a_mobile_is_preferred_to_an_office_telephone() -> None:
    assert row(MOBILE, "2433787", area_code="0775") == [MOBILE, "07752433787"]
    assert row("2433787", MOBILE) == [MOBILE, LANDLINE]


def test_an_office_telephone_serves_where_there_is_no_mobile() -> None:
    assert row("", "2433787") == [LANDLINE]
    assert row("1380013", "2433787") == [LANDLINE]


def test_a_number_in_both_columns_is_one() -> None:
    assert row(MOBILE, f"0{MOBILE}") == [MOBILE]


def test_a_row_has_one_problem_blank_before_invalid_before_landline() -> None:
    assert row("", None) == "blank_phone"
    assert row("", "无") == "invalid_phone"
    assert row("无", "2433787", mobile_only=True) == "landline_not_allowed"
    assert row("", "2433787", mobile_only=True) == "landline_not_allowed"


def mobiles() -> st.SearchStrategy[str]:
    """Mobiles that the library itself calls valid."""
    digits = st.from_regex(r"\A1[3-9][0-9]{9}\Z")
    return digits.filter(lambda d: phonenumbers.is_valid_number(phonenumbers.parse(d, "CN")))


@given(mobiles())
def test_what_the_library_calls_a_valid_mobile_is_one(digits: str) -> None:
    assert read(digits, mobile_only=True) == [digits]


def is_mobile_to_the_library(digits: str) -> bool:
    try:
        number = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE


@given(st.from_regex(r"\A1[0-9]{10}\Z"))
@example("11000002200")  # some the library does not even parse
def test_what_the_library_calls_invalid_is_no_mobile(digits: str) -> None:
    assert (read(digits, mobile_only=True) == [digits]) == is_mobile_to_the_library(digits)


@given(mobiles(), st.data())
def test_decoration_never_changes_a_number(digits: str, data: st.DataObject) -> None:
    signs = st.text(st.sampled_from(" -\xa0\u200b\u3000\ufeff()（）[]·'"), max_size=2)
    written = "".join(digit + data.draw(signs) for digit in digits)
    prefix = data.draw(st.sampled_from(["", "+86", "0086 ", "86-", "+86 "]))
    suffix = data.draw(st.sampled_from(["", "（手机）", "(本人)", " "]))
    full_width = str.maketrans("0123456789", "０１２３４５６７８９")
    written = data.draw(st.sampled_from([written, written.translate(full_width)]))
    assert read(data.draw(signs) + prefix + written + suffix, mobile_only=True) == [digits]


def cells() -> st.SearchStrategy[object]:
    """Anything a cell may hold, much of it nearly a number."""
    nearly = st.text(st.sampled_from("0123456789-+ ()转/、.手机无Ee０１８"), max_size=26)
    return st.one_of(nearly, st.text(), st.floats(), st.integers(), st.none(), st.booleans(), st.dates())


@given(cells(), st.booleans(), st.sampled_from(["", "0771", 10.0, "无"]))
def test_normalising_twice_is_normalising_once(raw: object, mobile_only: bool, area_code: object) -> None:
    found = normalise(raw, "0898", mobile_only, area_code)
    if not isinstance(found, PhoneProblem):
        assert len({phone.e164 for phone in found}) == len(found)
        for phone in found:
            for written in (phone.e164, national_digits(phone)):
                again = normalise(written, "010", mobile_only)
                assert not isinstance(again, PhoneProblem)
                assert [(p.e164, p.kind) for p in again] == [(phone.e164, phone.kind)]


@given(cells())
def test_only_what_the_library_calls_valid_comes_out(raw: object) -> None:
    found = normalise(raw, "0898", False)
    if not isinstance(found, PhoneProblem):
        for phone in found:
            assert phonenumbers.is_valid_number(phonenumbers.parse(phone.e164))


@given(st.text())
def test_cleaning_text_twice_is_cleaning_it_once(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


def test_numbers_in_cells_become_text_as_people_see_them() -> None:
    assert [clean_text(cell) for cell in (12.0, 1.5, None, "Ａ\u200bB ")] == ["12", "1.5", "", "AB"]
