"""Papers that leave the program: who printed what is written down."""

from __future__ import annotations

from enum import StrEnum

from cati.domain.users import Right
from cati.services import audit
from cati.services.context import Context


class Print(StrEnum):
    """What can be printed."""

    ATTENDANCE = "attendance"
    DRAW = "draw"
    RETIREMENT = "retirement"
    SIGN_IN = "sign_in"


_RIGHTS = {
    Print.ATTENDANCE: Right.KEEP_ATTENDANCE,
    Print.DRAW: Right.SEE_PROGRESS,
    Print.RETIREMENT: Right.SEE_PROGRESS,
    Print.SIGN_IN: Right.EXPORT_IDENTITY,
}


def note(ctx: Context, what: Print, subject: str, *, file: str, pages: int, sha256: str) -> None:
    """Write down that somebody made a paper.

    Args:
        ctx: who may see what is on it.
        what: which paper.
        subject: of what, such as ``attendance 2024-02``.
        file: name of the file, without its folder.
        pages: how many.
        sha256: of the file, hexadecimal.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(_RIGHTS[what])
    with ctx.database.write() as connection:
        audit.record(ctx, connection, "print", subject, what=str(what), file=file, pages=pages, sha256=sha256)
