"""Invented people for demonstrations and practice: no list of real people is ever shipped."""

from __future__ import annotations

import random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓韩冯曹"
    "彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉梅建国海燕"
    "波宁雪松云飞志红文辉春生秋月冬青嘉欣子涵一诺思远"
)
PREFIXES = (
    "134",
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "151",
    "152",
    "157",
    "158",
    "159",
    "182",
    "183",
    "187",
)
"""Mobile prefixes that every numbering plan of the last decades has."""


def people(seed: str, count: int) -> list[tuple[str, str]]:
    """`count` names with numbers, all different, the same ones for the same seed."""
    chance = random.Random(seed)
    numbers: set[str] = set()
    found: list[tuple[str, str]] = []
    while len(found) < count:
        number = chance.choice(PREFIXES) + f"{chance.randrange(10**8):08d}"
        if number in numbers:
            continue
        numbers.add(number)
        given = "".join(chance.choices(GIVEN, k=chance.choice((1, 2))))
        found.append((chance.choice(SURNAMES) + given, number))
    return found
