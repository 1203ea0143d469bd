"""Copies of a floor by the server's own tools: pg_dump writes one, pg_restore puts it into an empty database.

Roles belong to the whole server and are not in a copy; what they may do is in `cati.store.grants`. So neither
owners nor rights are taken from it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import text

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.store import floor, migrate
from cati.store.engine import Database

_NOT_TAKEN = (" POLICY ", " ROW SECURITY ", " ACL ", " SCHEMA ")
"""Kinds of entries of a copy that are made anew from this program's own list, or are in every database."""


def dump(url: str, target: Path) -> None:
    """Write a floor as of one moment into a file, in PostgreSQL's own archive format.

    Args:
        url: with the keeper.
        target: is there already, empty and private.

    Raises:
        CatiError: ``tool_missing``, ``tool_failed``.
    """
    database = Database(floor.server_url(url))
    try:
        migrate.require_present(database)
    finally:
        database.close()
    # The owner may see every row by a policy, which pg_dump is told to trust.
    role = floor.owner(database.url.database or "")
    chosen = ["--format=custom", f"--role={role}", "--enable-row-security", "--schema=public"]
    _run("pg_dump", database, [*chosen, f"--file={target}"])


def version(file: Path) -> str | None:
    """The schema in a copy; None when it is none of this program's."""
    told = _output(["pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(file)])
    found = re.search(r"^(\d{4})$", told or "", re.MULTILINE)
    return found[1] if found else None


def restore(url: str, file: Path) -> None:
    """Put a copy into a database in which `floor.found` has just made a floor's roles.

    Raises:
        CatiError: ``tool_missing``, ``tool_failed``; nothing is in the database then.
    """
    database = Database(floor.server_url(url))
    try:
        listing = _output(["pg_restore", "--list", str(file)]) or ""
        wanted = [line for line in listing.splitlines() if not any(kind in line for kind in _NOT_TAKEN)]
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".list") as chosen:
            chosen.write("\n".join(wanted) + "\n")
            chosen.flush()
            role = floor.owner(database.url.database or "")
            options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
            _run("pg_restore", database, [*options, f"--role={role}", f"--use-list={chosen.name}", str(file)])
        with database.write() as connection:
            floor.note_restored(connection, database.url.database or "")
    finally:
        database.close()


def everybody(url: str) -> tuple[str, ...]:
    """Let all users of a restored floor in again; gives the logins that another floor of the server has."""
    left_out = []
    holder = Database(floor.owner_url(url))
    try:
        with holder.write() as connection:
            for user in connection.execute(_USERS).all():
                if user.elsewhere:
                    left_out.append(user.login)
                else:
                    floor.admit(connection, user.id, None)
    finally:
        holder.close()
    return tuple(left_out)


_USERS = text(
    "select u.id, u.login, r.oid is not null and shobj_description(r.oid, 'pg_authid') "
    "is distinct from 'cati ' || current_database() as elsewhere "
    "from users u left join pg_roles r on r.rolname = u.login where not u.simulated order by u.login"
)


def _run(tool: str, database: Database, arguments: Sequence[str]) -> None:
    where = database.url
    given = {
        "PGHOST": where.host,
        "PGPORT": str(where.port) if where.port else None,
        "PGUSER": where.username,
        "PGPASSWORD": where.password,
        "PGSSLMODE": where.query.get("sslmode"),
        "PGSSLROOTCERT": where.query.get("sslrootcert"),
    }
    # What a process is started with can be read by everybody on the computer, its environment cannot.
    environment = {**os.environ, **{name: str(value) for name, value in given.items() if value}}
    done = _started([tool, f"--dbname={where.database}", "--no-password", *arguments], environment)
    if done.returncode != 0:
        raise _failed(tool, done.stderr)


def _output(command: list[str]) -> str | None:
    done = _started(command, dict(os.environ))
    if done.returncode != 0:
        raise _failed(command[0], done.stderr)
    return done.stdout


def _started(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    if shutil.which(command[0]) is None:
        raise CatiError(
            "tool_missing",
            N_("{tool} is not installed here. Nothing was done. Install the PostgreSQL client programs."),
            tool=command[0],
        )
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def _failed(tool: str, told: str) -> CatiError:
    return CatiError(
        "tool_failed",
        N_("{tool} gave up: {told} What was there before is unchanged."),
        tool=tool,
        told=" ".join(told.split())[:400],
    )
