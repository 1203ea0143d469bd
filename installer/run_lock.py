"""Prints the part of a lock that is needed to run the program and to install it as a folder.

What the program asks for, and what is optional and exists for this computer, is read from pyproject.toml;
what that asks for in turn, from the packages of the environment in which this runs.

usage: run_lock.py LOCK
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def closure(wanted: Iterable[str]) -> set[str]:
    """The normalised names of the requirements `wanted` and of all they depend on, on this computer."""
    seen: set[tuple[str, str]] = set()
    todo = [Requirement(text) for text in wanted]
    while todo:
        one = todo.pop()
        name = canonicalize_name(one.name)
        for extra in {"", *one.extras}:
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            asked = [Requirement(text) for text in requires(name) or []]
            todo += [each for each in asked if each.marker is None or each.marker.evaluate({"extra": extra})]
    return {name for name, _extra in seen}


def part(lock: str, names: set[str]) -> str:
    """The lines of `lock` that pin packages of these normalised `names`, each with its hashes."""
    pinned = re.findall(r"^[\w.-]+==(?:.*\\\n)*.*\n", lock, re.MULTILINE)
    return "".join(lines for lines in pinned if canonicalize_name(lines.split("==")[0]) in names)


if __name__ == "__main__":
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
    roots = project["project"]["dependencies"] + project["build-system"]["requires"]
    for optional in project["project"]["optional-dependencies"].values():
        roots += [
            text for text in optional if (marker := Requirement(text).marker) is None or marker.evaluate()
        ]
    sys.stdout.write(part(Path(sys.argv[1]).read_text("utf-8"), closure(roots)))
