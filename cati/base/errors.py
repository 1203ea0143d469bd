"""The one exception for what a user can cause or cure."""

from __future__ import annotations

from typing import Any

from cati.base.i18n import translate


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
