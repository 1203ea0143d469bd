"""Every text of the program has its Chinese, with the same fields in it."""

from __future__ import annotations

import string
from pathlib import Path

import click
import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from cati.base import paths
from cati.cli.main import cati

PROGRAM = Path(__file__).resolve().parents[2] / "cati"
# What marks a text in code; `ngettext` marks two.
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "ngettext": (1, 2)}


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with (paths.resources() / "locale" / "zh_CN" / "LC_MESSAGES" / "cati.po").open("rb") as file:
        return read_po(file, locale="zh_CN")


def marked(folder: Path) -> set[str | tuple[str, ...]]:
    found = extract_from_dir(folder, method_map=[("**.py", "python")], keywords=KEYWORDS)
    return {message for _file, _line, message, _comments, _context in found if message}


def helps(command: click.Command, context: click.Context) -> set[str]:
    """The help texts of a command, its options and its subcommands; in English here."""
    found_here = [getattr(part, "help", None) for part in (command, *command.params)]
    here = {text for text in found_here if text}
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            here |= helps(found, context)
    return here


@pytest.fixture(scope="module")
def texts() -> set[str | tuple[str, ...]]:
    return marked(PROGRAM) | helps(cati, click.Context(cati))


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
    # Click says some of its own words in our language.
    assert known - texts - marked(Path(click.__file__).parent) == set()


def test_a_translation_names_the_same_fields(chinese: Catalog) -> None:
    for message in chinese:
        if message.id:
            wanted = set().union(*map(fields, all_of(message.id)))
            for text in all_of(message.string):
                assert fields(text) <= wanted, message.id
