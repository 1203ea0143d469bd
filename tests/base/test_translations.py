"""Every text of the program has its Chinese, with the same fields in it."""

from __future__ import annotations

import ast
import re
import string
from collections import Counter
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


MANUAL = paths.resources() / "manual" / "zh_CN"
# What has a name is called by no other one.
STRAY = {
    "麦克风": "话筒",
    "席位": "机位",
    "座席": "机位",
    "工位": "机位",
    "签到": "上班",
    "签退": "下班",
    "审计记录": "审计日志",
    "方案代码": "方案编号",
    "事由代码": "事由编码",
    "结束调查": "结束访问",
    "现场调查": "访问",
    "结案": "个案结束",
    "语种": "语言",
    "听审": "复核",
    "听取": "收听",
    "剔除": "排除",
    "签发": "签署",
    "工作站": "机位",
    "名单哈希": "名单校验值",
    "迟交": "迟报",
    "公众名单": "社会公众样本库",
    "日摘要": "每日摘要",
    "回车": "Enter",
    "未作任何更改": "未作任何改动",
    "存好": "保存",
}

PO = paths.resources() / "locale" / "zh_CN" / "LC_MESSAGES" / "cati.po"


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN")


def marked(folder: Path) -> set[str | tuple[str, ...]]:
    found = extract_from_dir(folder, method_map=[("**.py", "python")], keywords=KEYWORDS)
    return {message for _file, _line, message, _comments, _context in found if message}


def marked_inside_f_strings(folder: Path) -> set[str]:
    """Texts the extractor may not see: before Python 3.12 an f-string is one piece to it."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for outer in ast.walk(ast.parse(path.read_text("utf-8"))):
            for node in ast.walk(outer) if isinstance(outer, ast.JoinedStr) else ():
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in KEYWORDS:
                    constants = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
                    found |= {text for text in constants if isinstance(text, str)}
    return found


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


def test_no_text_hides_from_the_extractor_in_an_f_string(texts: set[str | tuple[str, ...]]) -> None:
    seen = {one for text in texts for one in all_of(text)}
    assert marked_inside_f_strings(PROGRAM) - seen == set()


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


def test_no_text_has_two_translations_of_which_one_is_lost() -> None:
    texts = re.findall(r'^msgid ((?:".*"\n)+)', PO.read_text("utf-8"), re.MULTILINE)
    assert [text for text, count in Counter(texts).items() if count > 1] == []


def test_one_thing_has_one_name(chinese: Catalog) -> None:
    texts = [text for message in chinese if message.id for text in all_of(message.string)]
    texts += [file.read_text("utf-8") for file in MANUAL.glob("*.md")]
    wrong = {
        f"{stray}, not {name}: {text[:60]}"
        for stray, name in STRAY.items()
        for text in texts
        if stray in text.replace(name, "")
    }
    assert wrong == set()
