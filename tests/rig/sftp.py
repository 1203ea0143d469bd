"""Debian's server of ssh on loopback, a process of its own with keys of its own, as an archive over sftp."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.rig.keeper import Kept, keep, make_folder
from tests.rig.ports import free_port
from tests.rig.waiting import wait_until

_SSHD = "/usr/sbin/sshd"
_CONFIGURATION = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/let-in
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
Subsystem sftp internal-sftp
ForceCommand internal-sftp
"""


@dataclass(frozen=True)
class Sftp:
    """The server while it runs.

    Attributes:
        user: who is let in by the key.
        key: file of that private key.
        host_key: fingerprint of the server's own.
        root: folder that the user may write.
    """

    port: int
    user: str
    key: Path
    host_key: str
    root: Path
    kept: Kept

    def url(self, folder: str, port: int | None = None) -> str:
        """Of a folder below the root, by another port where something stands between."""
        return f"sftp://{self.user}@127.0.0.1:{port or self.port}{self.root}/{folder}"

    def options(self) -> dict[str, str]:
        """What opens it."""
        return {"key_filename": str(self.key), "host_key": self.host_key}


def start_sftp(owner: int) -> Sftp:
    """Start a server that ends with the process `owner`.

    Raises:
        RuntimeError: it did not start; what it said is in the message.
    """
    # As root it would want a folder of the system's; so root lends it the user of another package.
    user = "postgres" if os.geteuid() == 0 else ""
    folder = make_folder("sftp", user)
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    shutil.copyfile(folder / "user.pub", folder / "let-in")
    printed = subprocess.check_output(["ssh-keygen", "-lf", folder / "host.pub"], text=True)
    port = free_port()
    (folder / "sshd.conf").write_text(_CONFIGURATION.format(port=port, folder=folder), "utf-8")
    (folder / "root").mkdir()
    if user:
        for made in folder.iterdir():
            shutil.chown(made, user)
    command = [_SSHD, "-D", "-e", "-f", str(folder / "sshd.conf")]
    kept = keep(command, folder, owner, user=user)
    wait_until(lambda: _answers(port) or not kept.running(), "sshd to start")
    if not kept.running():
        raise RuntimeError(f"sshd did not start (./installer/test installs it):\n{kept.take_log()}")
    login = user or getpass.getuser()
    return Sftp(port, login, folder / "user", printed.split()[1], folder / "root", kept)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
