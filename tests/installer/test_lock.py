"""The lock pins everything the project asks for, by hash, and says nothing about where it comes from."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = (ROOT / "installer/requirements.lock").read_text("utf-8")
# One package: a line "name==version ; marker \" and below it its hashes.
PINNED = re.findall(r"^([\w.-]+)==(\S+)((?:.*\\\n)*.*)$", LOCK, re.MULTILINE)


SOFTPHONE = PROJECT["project"]["optional-dependencies"]["sip"]


@pytest.mark.parametrize(
    "wanted", PROJECT["project"]["dependencies"] + SOFTPHONE + PROJECT["dependency-groups"]["dev"]
)
def test_what_the_project_asks_for_is_pinned_within_its_bounds(wanted: str) -> None:
    requirement = Requirement(wanted)
    versions = [
        version
        for name, version, _ in PINNED
        if canonicalize_name(name) == canonicalize_name(requirement.name)
    ]
    assert versions
    assert all(requirement.specifier.contains(version) for version in versions)


def test_every_pinned_package_has_a_hash() -> None:
    assert len(PINNED) > 60
    assert [name for name, _, rest in PINNED if "--hash=sha256:" not in rest] == []


def test_what_is_optional_is_left_out_where_no_wheel_of_it_exists() -> None:
    (wanted,) = (Requirement(text) for text in SOFTPHONE)
    assert wanted.marker is not None
    here = {"python_version": "3.11", "python_full_version": "3.11.2"}
    assert [
        machine
        for machine in ("x86_64", "AMD64", "arm64", "aarch64", "riscv64")
        if wanted.marker.evaluate({**here, "platform_machine": machine})
    ] == ["x86_64", "AMD64", "arm64"]


def test_no_line_says_where_packages_come_from() -> None:
    assert [line for line in LOCK.splitlines() if "://" in line or line.startswith("-")] == []


def test_the_part_for_running_has_all_that_is_needed_and_nothing_of_the_tests() -> None:
    command = [sys.executable, "installer/run_lock.py", "installer/requirements.lock"]
    part = subprocess.check_output(command, cwd=ROOT, text=True)
    names = {line.split("==")[0] for line in part.splitlines() if "==" in line}
    wanted = {
        canonicalize_name(Requirement(text).name) for text in PROJECT["project"]["dependencies"] + SOFTPHONE
    }
    assert names >= wanted | {"psycopg-binary", "shiboken6", "cffi", "olefile", "hatchling"}
    assert not names & {"pytest", "mypy", "ruff", "hypothesis", "setuptools"}
    assert all(line in LOCK for line in part.splitlines())
