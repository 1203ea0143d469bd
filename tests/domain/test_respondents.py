"""What a console may say of a respondent, and the digits that reach them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cati.domain.contacts import Contact, Phone
from cati.domain.interview import FACTS, GIVEN_FACTS
from cati.domain.programmes import Settings
from cati.domain.queue import Assignment, Effort, Reason
from cati.domain.respondents import TWO_CHARACTER_SURNAMES, dial_digits, facts, surname
from tests.domain.questionnaires import programme_of

SANYA = Settings("0898", False)
CASE = Assignment(
    case_id=1,
    programme_id=1,
    cell_id=1,
    unit_code="u2",
    unit_name="乙局",
    group_code="g",
    group_label="服务对象",
    ticket="0" * 64,
    position=1,
    source="pool",
    epoch=1,
    lease_until=datetime(2024, 2, 21, tzinfo=UTC),
    reason=Reason.FRESH,
    entry_id=1,
    contact=Contact("欧阳某某", (Phone("+8613900000001"),)),
    appointment=None,
    appointment_at=None,
    history=(),
    interview=None,
    effort=Effort(0, 0, False, False, 5, 3),
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("陈某", "陈"),
        ("欧阳某某", "欧阳"),
        ("欧阳某", "欧阳"),
        ("欧阳", "欧"),
        (" 李 四 ", "李"),
        ("李　四", "李"),
        ("王", "王"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_the_surname_is_what_people_are_addressed_by(name: str, found: str) -> None:
    assert surname(name) == found


def test_compound_surnames_have_two_characters() -> None:
    assert {len(name) for name in TWO_CHARACTER_SURNAMES} == {2}


def test_the_facts_are_those_questionnaires_may_name() -> None:
    found = facts(programme_of(), CASE)
    assert set(GIVEN_FACTS) <= set(found) <= set(FACTS)
    assert (found["unit"], found["group"], found["surname"]) == ("乙局", "服务对象", "欧阳")
    assert (found["unit_code"], found["group_code"], found["source"]) == ("u2", "g", "pool")
    assert (found["bureau"], found["hotline"], found["title"]) == ("统计局", "热线", "")


def test_no_fact_holds_the_given_name_or_the_number() -> None:
    for value in facts(programme_of(), CASE).values():
        assert "某" not in value
        assert "139" not in value


@pytest.mark.parametrize(
    ("phone", "digits"),
    [
        (Phone("+8613900000001"), "13900000001"),
        (Phone("+8613900000001", non_local=True), "013900000001"),
        (Phone("+8689888001234", "landline"), "88001234"),
        (Phone("+867712345678", "landline"), "07712345678"),
        (Phone("+861088001234", "landline"), "01088001234"),
    ],
)
def test_numbers_are_dialled_as_the_bureau_dials_them(phone: Phone, digits: str) -> None:
    assert dial_digits(phone, SANYA) == digits


def test_without_an_own_area_code_every_landline_gets_its_area() -> None:
    anywhere = replace(SANYA, local_area_code="")
    assert dial_digits(Phone("+8689888001234", "landline"), anywhere) == "089888001234"
