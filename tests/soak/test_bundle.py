"""The bundle installs the program on a bare Debian 12 without network, and there it works, with its window.

Needs root, and the Debian and Python packages that `installer/run` would download.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rig.window import Window

ROOT = Path(__file__).parents[2]
CLERK = 1000
"""The user, without rights, who works with what root installed."""
# Everything below is mounted for one command alone and gone after it; the network has no way out, nor in.
_INSIDE = """set -e
mount -t proc proc "$0/proc"
mount -t tmpfs tmpfs "$0/dev/shm"
mkdir -p "$0/tmp/.X11-unix"
mount --bind /tmp/.X11-unix "$0/tmp/.X11-unix"
exec chroot "$0" "$@"
"""


@dataclass(frozen=True)
class Computer:
    """A Debian in a folder, without network."""

    root: Path

    def command(self, *words: str, user: int = 0, **variables: str) -> list[str]:
        """The command that runs `words` on it."""
        given = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"} | variables
        given["HOME"] = "/home/clerk" if user else "/root"
        return [
            *("unshare", "--net", "--mount", "sh", "-c", _INSIDE, str(self.root)),
            *("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"),
            *("env", "-i", "-C", given["HOME"], *(f"{name}={value}" for name, value in given.items())),
            *words,
        ]

    def run(
        self, *words: str, user: int = 0, seconds: float = 120, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command on it to its end."""
        return subprocess.run(
            self.command(*words, user=user, **variables),
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
        )

    def cati(self, *words: str) -> str:
        """What the program prints when the clerk calls it; it must not fail."""
        done = self.run("cati", *words, user=CLERK, CATI_LANGUAGE="en", CATI_PASSWORD_FILE="password")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def files(self, folder: str) -> dict[str, bytes]:
        """All files below a folder with what is in them."""
        found = (self.root / folder).rglob("*")
        return {str(file): file.read_bytes() for file in found if file.is_file()}


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder on a disk with room for some gigabytes."""
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="cati-bundle-") as name:
        yield Path(name)


@pytest.fixture
def computer(disk: Path) -> Computer:
    """A Debian 12 as small as it is installed, from where this computer takes its packages."""
    wanted = ["Created-By: Packages", "Codename: bookworm", "Component: main"]
    asked = ["apt-get", "indextargets", "--format", "$(REPO_URI)", *wanted]
    mirror = subprocess.check_output(asked, text=True).splitlines()[0]
    root = disk / "debian"
    made = subprocess.run(
        ["debootstrap", "--variant=minbase", "bookworm", str(root), mirror],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert made.returncode == 0, made.stdout[-2000:]
    here = Computer(root)
    added = here.run("useradd", "--create-home", "--uid", str(CLERK), "clerk")
    assert added.returncode == 0, added.stderr
    (root / "home/clerk/password").write_text("correct horse 42\n")
    return here


@pytest.fixture
def archive(disk: Path) -> Path:
    """The bundle of this checkout."""
    file = disk / "bundle.tar"
    subprocess.run([ROOT / "installer/bundle", file], check=True, timeout=1800)
    return file


def test_a_bare_debian_without_network(
    archive: Path, computer: Computer, x_display: object, tmp_path: Path
) -> None:
    assert _networks(computer) == ["lo"]
    _refuses_half(archive, computer)
    _installs(archive, computer)
    _works(computer)
    _opens_a_window(computer, tmp_path)


def _networks(computer: Computer) -> list[str]:
    table = computer.run("cat", "/proc/net/dev").stdout.splitlines()[2:]
    return [line.split(":")[0].strip() for line in table]


def _unpack(archive: Path, computer: Computer) -> tuple[int, str]:
    """Unpack the archive as somebody there does; gives tar's exit code and the folder inside."""
    home = computer.root / "root"
    done = subprocess.run(["tar", "-xf", archive, "-C", home], capture_output=True, check=False, timeout=120)
    (folder,) = home.glob("cati-*")
    return done.returncode, f"/root/{folder.name}"


def _refuses_half(archive: Path, computer: Computer) -> None:
    half = archive.with_name("half.tar")
    with archive.open("rb") as whole:
        half.write_bytes(whole.read(archive.stat().st_size // 2))
    code, folder = _unpack(half, computer)
    assert code != 0
    refused = computer.run("sh", f"{folder}/install")
    assert refused.returncode == 1
    assert "broken or was cut short" in refused.stderr
    assert not (computer.root / "opt/cati").exists()


def _installs(archive: Path, computer: Computer) -> None:
    sources = computer.files("etc/apt") | computer.files("var/lib/apt/lists")
    code, folder = _unpack(archive, computer)
    assert code == 0
    done = computer.run("sh", f"{folder}/install", seconds=900)
    assert done.returncode == 0, done.stderr
    again = computer.run("sh", f"{folder}/install")
    assert again.returncode == 0
    assert "already installed" in again.stderr
    assert computer.files("etc/apt") | computer.files("var/lib/apt/lists") == sources
    assert computer.run("sh", "-c", "command -v gcc").returncode != 0, "a compiler is not needed there"


def _works(computer: Computer) -> None:
    assert computer.cati("--version").split()[-1] in (ROOT / "pyproject.toml").read_text("utf-8")
    computer.cati("init")
    computer.cati("programme", "load", "/opt/cati/resources/programmes/yazhou-2023.xlsx")
    manifest = json.loads((ROOT / "tests/data/manifest.json").read_text("utf-8"))
    name = next(iter(manifest))
    (report,) = json.loads(computer.cati("import", f"/opt/cati/tests/data/{name}", "--json"))
    expected = manifest[name]["lists"]
    for group, facts in expected.items():
        assert report["lists"][group]["accepted"] == facts["accepted"]
    (computer.root / "home/clerk/.local/share/cati/recovery-key.txt").unlink()
    done = computer.run("cati", "doctor", "--json", user=CLERK)
    found = {one["check"]: one["health"] for one in json.loads(done.stdout)}
    # There is no sound card; all else is as it should be.
    assert {check for check, health in found.items() if health != "well"} <= {
        "microphone",
        "loudspeaker",
        "backup",
    }
    assert {"fonts", "database", "files"} <= set(found)


def _opens_a_window(computer: Computer, folder: Path) -> None:
    display = os.environ["DISPLAY"]
    command = computer.command(
        "cati", user=CLERK, DISPLAY=display, CATI_DEMO="1", CATI_DATA="/home/clerk/demo"
    )
    window = Window(folder / "window", command)
    try:
        assert window.close() == 0
        assert window.said() == ""
    finally:
        window.kill()
