"""Tiny programmes for tests, one for each feature of a questionnaire."""

from __future__ import annotations

from decimal import Decimal

from cati.domain.programmes import Choice, Group, Programme, Question, Settings, Unit

LEVELS = (
    Choice("satisfied", {"zh": "满意", "en": "Satisfied"}, Decimal(100), "1"),
    Choice("dissatisfied", {"zh": "不满意", "en": "Dissatisfied"}, Decimal(40), "2"),
    Choice("dont_know", {"zh": "不了解"}, None, "0"),
    Choice("unclear", {"zh": "说不清"}, None, "7"),
    Choice("not_applicable", {"zh": "不适用"}, None, "8"),
    Choice("refused", {"zh": "拒答本题"}, None, "9"),
)
YES_NO = (Choice("yes", {"zh": "是", "en": "Yes"}, key="1"), Choice("no", {"zh": "否", "en": "No"}, key="2"))
THINGS = tuple(Choice(name, {"zh": name}, key=str(i)) for i, name in enumerate("abc", 1))

FACTS = {
    "unit": "甲局",
    "unit_code": "u1",
    "group": "服务对象",
    "group_code": "g",
    "surname": "孔",
    "title": "女士",
    "source": "list",
}


def programme_of(
    *questions: Question,
    minimum_counted: int = 1,
    not_applicable: tuple[tuple[str, str], ...] = (),
    card: str = "",
) -> Programme:
    return Programme(
        code="tiny",
        title="试",
        version="1",
        default_language="zh",
        settings=Settings("0898", True, minimum_counted=minimum_counted, bureau="统计局", hotline="热线"),
        units=(Unit("u1", "甲局", "一", labels={"en": "Bureau A"}), Unit("u2", "乙局", "一")),
        groups=(Group("g", "服务对象", None, 2, labels={"zh": "服务对象", "en": "People served"}),),
        questions=questions,
        choices={"level": LEVELS, "yes_no": YES_NO, "things": THINGS},
        verification_card={"zh": card} if card else {},
        not_applicable=not_applicable,
    )


def item(name: str, **more: object) -> Question:
    text = {"zh": "您对${unit}的${item}满意吗？", "en": "Are you satisfied with the ${item} of ${unit}?"}
    return Question(
        name,
        "select_one",
        text,
        "level",
        required=True,
        weight=Decimal(10),
        short={"zh": f"{name}方面", "en": name},
        **more,  # type: ignore[arg-type]
    )


def ask(name: str, kind: str = "select_one", list_name: str = "yes_no", **more: object) -> Question:
    lists = list_name if kind.startswith("select") else ""
    return Question(name, kind, {"zh": name + "？"}, lists, **more)  # type: ignore[arg-type]


def note(name: str, **more: object) -> Question:
    return Question(name, "note", {"zh": name + "。"}, **more)  # type: ignore[arg-type]


def fact(name: str) -> Question:
    return Question(name, "calculate", {}, calculation="'××'")


def calculate(name: str, calculation: str) -> Question:
    return Question(name, "calculate", {}, calculation=calculation)
