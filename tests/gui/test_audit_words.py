"""Every action that anything writes into the audit log is told in words of both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import cati
from cati.base import i18n
from cati.domain import sound
from cati.domain.attendance import Step
from cati.gui.system.words import ACTIONS, action_words

CALLS = {"audit.record": 2, "record": 2, "audit.append": 4}
"""What writes an entry, and where the action stands among what it is given."""
EXPANDED = {
    "attendance_{step}": [f"attendance_{step}" for step in Step],
    "recording_{purpose}": ["recording_listen", "recording_export"],
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


def trees() -> Iterator[ast.AST]:
    for file in sorted(Path(cati.__file__).parent.rglob("*.py")):
        yield ast.parse(file.read_text("utf-8"))


TREES = list(trees())


def calls(name: str) -> Iterator[tuple[ast.FunctionDef, ast.Call]]:
    for tree in TREES:
        for function in functions(tree):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name:
                    yield function, node


def written() -> set[str]:
    """All actions that are written anywhere in the program."""
    found: set[str] = set()
    for tree in TREES:
        for function in functions(tree):
            for node in ast.walk(function):
                # The log's own module calls it by its bare name, and nothing else is called so there.
                if isinstance(node, ast.Call) and (name := ast.unparse(node.func)) in CALLS:
                    found |= set(said(node.args[CALLS[name]], function))
    return found


def test_every_action_that_is_written_has_words_and_no_words_are_left_over() -> None:
    actions = written()
    assert {"import_frame", "attendance_in", "pause_cell", "resume_cell", "sign_in_refused"} <= actions
    assert sorted(actions - ACTIONS.keys()) == []
    assert sorted(ACTIONS.keys() - actions) == []


def test_an_action_of_a_newer_program_is_told_by_its_code(tongue: str) -> None:
    assert "from_next_year" in action_words("from_next_year")
    assert action_words("from_next_year") != "from_next_year"
    assert i18n.language() == tongue
