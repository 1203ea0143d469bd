"""Every text of the program has its Chinese, with the same fields in it."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from cati.base import paths

PROGRAM = Path(__file__).resolve().parents[2] / "cati"
# What marks a text in code; `ngettext` marks two.
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "ngettext": (1, 2)}


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with (paths.resources() / "locale" / "zh_CN" / "LC_MESSAGES" / "cati.po").open("rb") as file:
        return read_po(file, locale="zh_CN")


@pytest.fixture(scope="module")
def texts() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(PROGRAM, method_map=[("**.py", "python")], keywords=KEYWORDS)
    return {message for _file, _line, message, _comments, _context in found if message}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def all_of(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def test_every_text_has_its_chinese(chinese: Catalog, texts: set[str | tuple[str, ...]]) -> None:
    def translated(message: Message | None) -> bool:
        texts = all_of(message.string) if message is not None else []
        return bool(texts) and all(texts)

    assert {text for text in texts if not translated(chinese.get(text))} == set()


def test_no_translation_is_left_of_a_text_that_is_gone(
    chinese: Catalog, texts: set[str | tuple[str, ...]]
) -> None:
    known = {tuple(m.id) if isinstance(m.id, list) else m.id for m in chinese if m.id}
    assert known - texts == set()


def test_a_translation_names_the_same_fields(chinese: Catalog) -> None:
    for message in chinese:
        if message.id:
            wanted = set().union(*map(fields, all_of(message.id)))
            for text in all_of(message.string):
                assert fields(text) <= wanted, message.id
