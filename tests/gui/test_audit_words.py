"""Whatever is written into the audit log is told in words of both languages: action, subject, details."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

import cati
from cati.base import i18n
from cati.domain import sound
from cati.domain.attendance import Step
from cati.domain.dispositions import DISPOSITIONS
from cati.domain.exports import Identity, What
from cati.domain.messages import Kind
from cati.domain.programmes import AdjustmentRule, Unit
from cati.domain.review import REASONS, Verdict
from cati.domain.users import Role
from cati.gui.exports.page import WHAT
from cati.gui.system.entries import DETAILS, SUBJECTS, WORDS, Entries
from cati.gui.system.words import ACTIONS, action_words
from cati.services import ballots, web
from cati.services.audit import StoredEntry
from cati.services.prints import Print
from cati.services.verdicts import Effect
from tests.services.bureau import programme_of

CALLS = {"audit.record": 2, "record": 2, "audit.append": 4}
"""What writes an entry, and where the action stands among what it is given."""
EXPANDED = {
    "attendance_{step}": [f"attendance_{step}" for step in Step],
    "case_{kind}": ["case_aside", "case_back", "case_give", "case_reopen"],
    "recording_{purpose}": ["recording_listen", "recording_export"],
    "withdraw_{kind.name}": [f"withdraw_{kind.SETS.name}" for kind in (ballots, web)],
    "sound_test_{result}": [f"sound_test_{result}" for result in sound.Tested],
}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def said(node: ast.expr, function: ast.FunctionDef) -> list[str]:
    """What an expression can be; fails where that cannot be read."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp():
            return said(node.body, function) + said(node.orelse, function)
        case ast.JoinedStr():
            text = ast.unparse(node)[2:-1]
            assert text in EXPANDED, f"say what {text} can be"
            return EXPANDED[text]
        case ast.Name(id=name):
            given = [
                one.value
                for one in ast.walk(function)
                if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == name
            ]
            if not given:
                # Handed in: whoever calls the function says it.
                return handed_in(function, name)
            return [text for value in given for text in said(value, function)]
    raise AssertionError(f"the action cannot be read: {ast.unparse(node)} in {function.name}")


def handed_in(function: ast.FunctionDef, name: str) -> list[str]:
    place = [one.arg for one in (*function.args.args, *function.args.kwonlyargs)].index(name)
    found = []
    for caller, node in calls(function.name):
        given = {one.arg: one.value for one in node.keywords}
        value = given[name] if name in given else node.args[place]
        found += said(value, caller)
    return found


@dataclass
class Read:
    """The whole program: its functions by name, and by what is called the calls and in which function."""

    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    calls: defaultdict[str, list[tuple[ast.FunctionDef, ast.Call]]] = field(
        default_factory=partial(defaultdict, list)
    )


@cache
def program() -> Read:
    read = Read()
    for file in sorted(Path(cati.__file__).parent.rglob("*.py")):
        for function in functions(ast.parse(file.read_text("utf-8"))):
            read.functions.setdefault(function.name, function)
            for node in ast.walk(function):
                match node:
                    case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                        read.calls[name].append((function, node))
    return read


@pytest.fixture(autouse=True, scope="module")
def _put_away() -> Iterator[None]:
    """What was read is millions of objects, through which every later collection of garbage would go."""
    yield
    program.cache_clear()


def calls(name: str) -> Iterator[tuple[ast.FunctionDef, ast.Call]]:
    yield from program().calls[name]


def writing() -> Iterator[tuple[ast.FunctionDef, ast.Call, int]]:
    """Each place that writes an entry: its function, the call, and where the action stands in it."""
    for name in {name.split(".")[-1] for name in CALLS}:
        for function, node in calls(name):
            # The log's own module calls it by its bare name, and nothing else is called so there.
            if (called := ast.unparse(node.func)) in CALLS:
                yield function, node, CALLS[called]


def written() -> set[str]:
    """All actions that are written anywhere in the program."""
    return {text for function, node, place in writing() for text in said(node.args[place], function)}


def test_every_action_that_is_written_has_words_and_no_words_are_left_over() -> None:
    actions = written()
    assert {"import_frame", "attendance_in", "pause_cell", "resume_cell", "sign_in_refused"} <= actions
    assert sorted(actions - ACTIONS.keys()) == []
    assert sorted(ACTIONS.keys() - actions) == []


def test_an_action_of_a_newer_program_is_told_by_its_code(tongue: str) -> None:
    assert "from_next_year" in action_words("from_next_year")
    assert action_words("from_next_year") != "from_next_year"
    assert i18n.language() == tongue


# ---- to what, and with which details --------------------------------------------------------------------

MODULE_NAMES = {"_LOG": "audit log", "POOL": "pool"}


def begun(node: ast.expr, function: ast.FunctionDef) -> list[str]:
    """How a subject begins."""
    match node:
        case ast.JoinedStr(values=[first, *_rest]):
            return begun(first, function)
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp():
            return begun(node.body, function) + begun(node.orelse, function)
        case ast.Name(id=name) if name in MODULE_NAMES:
            return [MODULE_NAMES[name]]
        case ast.Name(id=name):
            given = [
                one.value
                for one in ast.walk(function)
                if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == name
            ]
            return [text for value in given for text in begun(value, function)]
        case ast.Call(func=ast.Name(id=name)):
            told = program().functions[name]
            ends = (one.value for one in ast.walk(told) if isinstance(one, ast.Return))
            return [text for value in ends if value is not None for text in begun(value, told)]
    raise AssertionError(f"the subject cannot be read: {ast.unparse(node)} in {function.name}")


def entries() -> Iterator[tuple[ast.FunctionDef, ast.expr, list[str | None]]]:
    """Each place that writes: its function, the subject, the names of the details."""
    for function, node, place in writing():
        yield function, node.args[place + 1], [one.arg for one in node.keywords]


def entry(subject: str, **detail: Any) -> StoredEntry:
    return StoredEntry("s", 0, datetime(2024, 2, 21, tzinfo=UTC), 1, "export", subject, detail, "", "")


def test_every_detail_that_is_written_has_a_name_and_no_name_is_left_over() -> None:
    names = {name for _function, _subject, details in entries() for name in details if name is not None}
    assert {"reason", "sha256", "size", "unreadable_grants"} <= names
    assert sorted(names - DETAILS.keys()) == []
    assert sorted(DETAILS.keys() - names) == []


def test_every_kind_of_subject_has_words_and_no_words_are_left_over() -> None:
    kinds = {
        re.split("[ :]$", text)[0]
        for function, subject, _details in entries()
        # The log's own function and the note of a paper hand on what they were given.
        if not (
            isinstance(subject, ast.Name) and subject.id == "subject" and function.name in ("append", "note")
        )
        for text in begun(subject, function)
    }
    # What papers are of, and who tried to sign in without being known.
    kinds = (kinds | {"attendance", "draw", "retirement"}) - {"user unknown"}
    assert kinds == SUBJECTS.keys()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("disposition", DISPOSITIONS),
        ("effect", Effect),
        ("heard", sound.Heard),
        ("identity", Identity),
        ("kind", Kind),
        ("reason", {code for verdict in Verdict for code in REASONS.get(verdict, ())}),
        ("what", {*map(str, What), *map(str, Print)}),
    ],
)
def test_every_value_of_a_closed_set_has_words(name: str, values: Any) -> None:
    assert set(map(str, values)) == set(map(str, WORDS[name]))


def test_a_whole_entry_is_told_in_words(tongue: str) -> None:
    unit = Unit("u01", "区委办公室", "党群", labels={"zh": "区委办公室", "en": "District office"})
    ground = AdjustmentRule("late", "迟报", Decimal(-5), "", {"zh": "迟报", "en": "Late papers"})
    programme = replace(programme_of([]), units=(unit,), adjustments=(ground,))
    group = programme.groups[0]
    told = Entries(programme, {3: "wang"})
    late = entry(f"unit:{unit.code}", code=ground.code, state="proposed", reason="晚了", points=None)
    paper = entry("attendance 2024-02", what="attendance", pages=2, sha256="ab" * 32)
    heard = entry(
        "recording 1", from_ms=61_000, own=True, verdict="sent_back", roles=[Role.ADMIN, Role.BUREAU]
    )
    words = [(told.subject(one), told.details(one)) for one in (late, paper, heard)]
    others = (
        entry("user 3"),
        entry("user unknown"),
        entry(f"cell:y/{unit.code}/{group.code}"),
        entry("what?"),
    )
    if tongue == "en":
        assert words == [
            (f"unit {unit.labels['en']}", f"ground: {ground.labels['en']}; state: proposed; reason: 晚了"),
            ("attendance 2024-02", "what: attendance; pages: 2; hash: abab abab abab abab …"),
            (
                "recording 1",
                "heard from: 1:01; own interview: yes; verdict: sent back; roles: Administrator, Bureau",
            ),
        ]
    else:
        assert words == [
            (f"被评单位 {unit.name}", f"事由：{ground.label}；状态：待确认；理由：晚了"),
            ("考勤 2024-02", "内容：考勤；页数：2；校验值：abab abab abab abab …"),
            ("录音 1", "收听起点：1:01；本人访问：是；结论：退回；角色：系统管理员、统计局"),
        ]
    assert [told.subject(one) for one in others][:2] == (
        ["user wang", "user unknown"] if tongue == "en" else ["用户 wang", "用户 未知"]
    )
    assert told.subject(others[2]).count(" · ") == 1
    assert told.subject(others[3]) == "what?"
    assert WHAT.keys() == set(What)
