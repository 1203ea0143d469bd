"""What the script that makes a bundle refuses before it downloads anything."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

INSTALLER = Path(__file__).parents[2] / "installer"


def test_what_is_no_clone_of_the_repository_is_refused_at_once(tmp_path: Path) -> None:
    shutil.copytree(INSTALLER, tmp_path / "installer")
    before = set(tmp_path.rglob("*"))
    done = subprocess.run(
        [tmp_path / "installer/bundle", tmp_path / "bundle.tar"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)},
    )
    assert done.returncode == 1
    assert done.stderr == "cati: a bundle is made in a clone of the repository, with git installed.\n"
    assert set(tmp_path.rglob("*")) == before
