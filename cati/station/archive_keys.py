"""Knows a server of sftp by the fingerprint of its key."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from hashlib import sha256

import paramiko

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_

FAULTS = (paramiko.SSHException,)
"""What goes wrong on the way that the system has no error for."""

# It names hosts and users in its log; what went wrong is told by its errors too.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)


def pinned(wanted: str, meet: Callable[[str], None]) -> paramiko.MissingHostKeyPolicy:
    """Lets only that server in whose key has a fingerprint.

    Args:
        wanted: such as ``SHA256:…``, as ``ssh-keygen -l`` prints it; empty lets any in, to be told of it.
        meet: told the fingerprint of whoever answers.
    """
    return _Pinned(wanted, meet)


class _Pinned(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
    def __init__(self, wanted: str, meet: Callable[[str], None]) -> None:
        self._wanted, self._meet = wanted, meet

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        """Compare before anything is said to it.

        Raises:
            CatiError: ``archive_stranger``.
        """
        found = "SHA256:" + base64.b64encode(sha256(key.asbytes()).digest()).decode().rstrip("=")
        if self._wanted not in ("", found):
            client.close()
            raise CatiError(
                "archive_stranger",
                N_(
                    "Another server answers at the archive's address: its key is {found}, and not {wanted}. "
                    "Nothing was sent. If its keeper changed the key, name the archive again."
                ),
                found=found,
                wanted=self._wanted,
            )
        self._meet(found)
