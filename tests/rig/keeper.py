"""Runs one server for exactly as long as the process that wants it lives.

Started as a script of its own, `keeper.py OWNER STOP_SIGNAL FOLDER USER COMMAND...`: it runs COMMAND as
USER and, when the process OWNER is gone (even killed) or the keeper is told to end, it stops the server
and removes FOLDER. So no server outlives a test run, whatever becomes of the run. Only the output of a
server that ended by itself stays: beside FOLDER, for whoever started it to read.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.rig.folders import ON_DISK

STOP_SECONDS = 15
_keepers: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True)
class Kept:
    """A server under a keeper.

    Attributes:
        keeper: the keeper's process id.
        folder: the server's own folder, removed when it ends.
    """

    keeper: int
    folder: Path

    def log(self) -> str:
        """What the program has said so far."""
        return _log_of(self.folder).read_text("utf-8", "replace")

    def take_log(self) -> str:
        """What a server that ended by itself had said; the file is removed."""
        log = _log_of(self.folder)
        said = log.read_text("utf-8", "replace") if log.exists() else ""
        log.unlink(missing_ok=True)
        return said

    def running(self) -> bool:
        try:
            handle = os.pidfd_open(self.keeper)
        except ProcessLookupError:
            return False
        try:
            return not select.select([handle], [], [], 0)[0]
        finally:
            os.close(handle)

    def stop(self) -> None:
        """Stop the server and return when it is gone with its folder."""
        try:
            handle = os.pidfd_open(self.keeper)
        except ProcessLookupError:
            return
        try:
            signal.pidfd_send_signal(handle, signal.SIGTERM)
            if not select.select([handle], [], [], STOP_SECONDS + 5)[0]:
                raise RuntimeError(f"the server in {self.folder} does not stop")
        except ProcessLookupError:
            return
        finally:
            os.close(handle)


def make_folder(name: str, user: str = "", parent: Path = ON_DISK) -> Path:
    """A new folder with a short path (sockets need that), owned by `user` if one is named."""
    folder = Path(tempfile.mkdtemp(prefix=f"cati-{name}-", dir=parent))
    if user:
        shutil.chown(folder, user, user)
    return folder


def keep(
    command: Sequence[str],
    folder: Path,
    owner: int,
    *,
    user: str = "",
    stop_signal: signal.Signals = signal.SIGTERM,
    environment: Mapping[str, str] | None = None,
    hand_over: Sequence[int] = (),
) -> Kept:
    """Start `command` under a keeper that ends with the process `owner`.

    Args:
        command: the server's program and arguments; it must stay in the foreground.
        folder: where the server works; removed at the end.
        owner: id of the process the server is for.
        user: who the server runs as, if not the caller.
        stop_signal: what ends the server in good order.
        environment: the server's environment, the caller's if not given.
        hand_over: open file descriptors the server inherits.
    """
    with _log_of(folder).open("ab") as log:
        keeper = subprocess.Popen(
            [sys.executable, __file__, str(owner), str(int(stop_signal)), str(folder), user, *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            pass_fds=tuple(hand_over),
            start_new_session=True,  # Ctrl-C is for the test run, which ends its servers itself
        )
    _keepers.append(keeper)
    return Kept(keeper.pid, folder)


def _log_of(folder: Path) -> Path:
    return folder.with_name(folder.name + ".log")


def _main(owner: int, stop_signal: int, folder: Path, user: str, command: list[str]) -> None:
    woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGTERM, lambda number, frame: None)
    inherited = [int(name) for name in os.listdir("/proc/self/fd") if int(name) > 2]
    handed = [fd for fd in inherited if _is_inheritable(fd)]
    try:
        gone = os.pidfd_open(owner)
        server = subprocess.Popen(
            command,
            cwd=folder,
            pass_fds=handed,
            user=user or None,
            group=user or None,
            extra_groups=[] if user else None,
        )
        for fd in handed:
            os.close(fd)
        ended = os.pidfd_open(server.pid)
        ready, _, _ = select.select([gone, ended, woken], [], [])
        if ended not in ready:
            _log_of(folder).unlink(missing_ok=True)
        server.send_signal(stop_signal)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_inheritable(fd: int) -> bool:
    try:
        return os.get_inheritable(fd)
    except OSError:
        return False  # the descriptor that listed /proc/self/fd


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], sys.argv[5:])
