"""What a console may say of a respondent, and the digits that reach them."""

from __future__ import annotations

from collections.abc import Mapping

from cati.domain.contacts import Phone
from cati.domain.programmes import Programme, Settings
from cati.domain.queue import Assignment

TWO_CHARACTER_SURNAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "司徒",
        "司空",
        "夏侯",
        "轩辕",
        "端木",
        "独孤",
        "南宫",
        "宇文",
        "长孙",
        "申屠",
        "西门",
        "呼延",
        "百里",
        "东郭",
        "闻人",
        "澹台",
        "公冶",
        "宗政",
        "濮阳",
        "淳于",
        "单于",
        "太叔",
        "钟离",
    ]
)
"""Compound surnames that occur among living people."""


def surname(name: str) -> str:
    """The family name of a Chinese name as lists write it; "" for an empty one."""
    bare = "".join(name.split())
    return bare[:2] if bare[:2] in TWO_CHARACTER_SURNAMES and len(bare) > 2 else bare[:1]


def facts(programme: Programme, assignment: Assignment) -> Mapping[str, str]:
    """What texts and conditions of the questionnaire may name, by variable.

    A list names nobody's sex, so the title stays empty until the programme's own question sets it.
    """
    return {
        "unit": assignment.unit_name,
        "unit_code": assignment.unit_code,
        "group": assignment.group_label,
        "group_code": assignment.group_code,
        "surname": surname(assignment.contact.name),
        "title": "",
        "source": assignment.source,
        "bureau": programme.settings.bureau,
        "approval_number": programme.settings.approval_number,
        "hotline": programme.settings.hotline,
    }


def dial_digits(phone: Phone, settings: Settings) -> str:
    """The digits to dial from the bureau's own place.

    A mobile that lists mark as non-local gets a 0 in front; a landline of the bureau's own area is
    dialled without its area code.
    """
    national = phone.e164.removeprefix("+86")
    if phone.kind == "mobile":
        return f"0{national}" if phone.non_local else national
    area = settings.local_area_code.removeprefix("0")
    return national.removeprefix(area) if area and national.startswith(area) else f"0{national}"
