import subprocess
import sys
from pathlib import Path

import pytest

from cati.base.errors import CatiError
from cati.station.lock import WindowLock

HOLDER = """
import sys
from pathlib import Path
from cati.station.lock import WindowLock

lock = WindowLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_window_on_the_same_folder_is_refused_with_the_folder_in_the_sentence(
    tmp_path: Path,
) -> None:
    first = WindowLock(tmp_path)
    with pytest.raises(CatiError, match=str(tmp_path)) as refused:
        WindowLock(tmp_path)
    assert refused.value.code == "window_open"
    first.release()
    WindowLock(tmp_path).release()


def test_another_folder_is_free(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    locks = [WindowLock(here), WindowLock(there)]
    for lock in locks:
        lock.release()


def test_a_killed_window_leaves_the_folder_free(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(CatiError):
            WindowLock(tmp_path)
        holder.kill()
        holder.wait()
    WindowLock(tmp_path).release()
