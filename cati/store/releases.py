"""What was approved and what left the program: sign-offs of scores, files exported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from cati.store.engine import Connection
from cati.store.tables import exports, sign_offs, users


@dataclass(frozen=True, slots=True)
class SignOff:
    """One approval of a programme's scores by a second body.

    Attributes:
        body, signer: who approved.
        sha256: of the scores as they were, hexadecimal.
        by: name of the user who wrote it down.
    """

    body: str
    signer: str
    sha256: str
    signed_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Released:
    """One file that left the program.

    Attributes:
        identity: masked or full.
        recipient: for whom it is; empty when nobody said.
        file: its name.
        rows: of all its tables together.
        sha256: of the file, or of its parts one after the other; hexadecimal.
        by: name of the user who made it.
    """

    what: str
    format: str
    identity: str
    recipient: str
    file: str
    rows: int
    sha256: str
    at: datetime
    by: str


def add_sign_off(
    connection: Connection,
    programme_id: int,
    *,
    body: str,
    signer: str,
    sha256: str,
    at: datetime,
    by: int,
) -> None:
    """Note that a body approved the scores."""
    connection.execute(
        insert(sign_offs).values(
            programme_id=programme_id, body=body, signer=signer, sha256=sha256, signed_at=at, user_id=by
        )
    )


def last_sign_off(connection: Connection, programme_id: int) -> SignOff | None:
    """The approval that holds, None without one."""
    row = connection.execute(
        select(sign_offs.c.body, sign_offs.c.signer, sign_offs.c.sha256, sign_offs.c.signed_at, users.c.name)
        .join(users, users.c.id == sign_offs.c.user_id)
        .where(sign_offs.c.programme_id == programme_id)
        .order_by(sign_offs.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else SignOff(*tuple(row))


def add_export(
    connection: Connection,
    programme_id: int,
    *,
    what: str,
    format_: str,
    identity: str,
    recipient: str,
    file: str,
    rows: int,
    sha256: str,
    at: datetime,
    by: int,
) -> None:
    """Note a file that leaves the program."""
    connection.execute(
        insert(exports).values(
            programme_id=programme_id,
            what=what,
            format=format_,
            identity=identity,
            recipient=recipient,
            file=file,
            rows=rows,
            sha256=sha256,
            at=at,
            user_id=by,
        )
    )


def exported(connection: Connection, programme_id: int) -> tuple[Released, ...]:
    """All files of a programme that left the program, the newest first."""
    rows = connection.execute(
        select(
            exports.c.what,
            exports.c.format,
            exports.c.identity,
            exports.c.recipient,
            exports.c.file,
            exports.c.rows,
            exports.c.sha256,
            exports.c.at,
            users.c.name,
        )
        .join(users, users.c.id == exports.c.user_id)
        .where(exports.c.programme_id == programme_id)
        .order_by(exports.c.id.desc())
    )
    return tuple(Released(*tuple(row)) for row in rows)
