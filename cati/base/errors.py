"""The one exception for what a user can cause or cure."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Any

from cati.base.i18n import mark as N_
from cati.base.i18n import translate

_REASONS: Mapping[int, str] = {
    errno.ENOSPC: N_("the disk is full"),
    errno.EDQUOT: N_("no more room is allowed on this disk"),
    errno.EROFS: N_("the folder can only be read"),
    errno.EACCES: N_("not allowed"),
    errno.EPERM: N_("not allowed"),
    errno.ENOENT: N_("it is not there"),
    errno.ENOTDIR: N_("it is not there"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENAMETOOLONG: N_("the name is too long"),
    errno.EIO: N_("the disk does not answer"),
}

SERVER_AWAY = frozenset(
    {
        "database_unreachable",
        "server_disk_full",
        "server_full",
        "server_memory",
        "server_restoring",
        "server_starting",
    }
)
"""Codes of refusals of a database server that just cannot be worked with; what waits for it goes on later."""
STRAINED = frozenset({"server_disk_full", "server_full", "server_memory"})
"""Those of a server that answers and takes nothing more: its keeper has to make room."""
SHUT_OUT = frozenset({"login_closed", "let_in_no_more", "place_taken"})
"""Codes of refusals that no waiting for the line mends: whoever is at work is told which it is."""


class CatiError(Exception):
    """A refusal in words: what happened, what was kept, what to do.

    Args:
        code: stable snake_case name for scripts and tests, such as ``sheet_missing``.
        message: English sentence with ``{name}`` fields; it is the msgid of its translation.
        params: values of the fields. Never a phone number, a person's name, an answer or a password.

    Anything else that is raised is a fault of the program.
    """

    def __init__(self, code: str, message: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return translate(self.message).format(**self.params)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.code, self.message, self.params))


def _rebuild(kind: type[CatiError], code: str, message: str, params: dict[str, Any]) -> CatiError:
    return kind(code, message, **params)


def reason_of(error: OSError) -> str:
    """Why the system refused something, in words of the language in use where they are known."""
    words = _REASONS.get(error.errno or 0)
    return translate(words) if words else error.strerror or str(error) or type(error).__name__
