"""A floor with a drawn programme on a real server, for tests that sign in to it."""

from __future__ import annotations

import os
import subprocess
import uuid
from dataclasses import dataclass

from sqlalchemy.engine import make_url

from cati.base.clock import SystemClock
from cati.domain.clearances import pledge_of
from cati.domain.users import Role
from cati.services import (
    clearances,
    floor,
    programmes,
    sessions,
    users,
)
from cati.services.context import Context
from tests.rig.postgres import Postgres
from tests.station.office import PASSWORD

OF_THE_TEST_SERVER = {"tls", "hba_open"}
"""Faults of it: it has no certificate, and lets its superuser in unasked."""


@dataclass
class Floor:
    """A floor with a drawn programme.

    Attributes:
        keeper: address with the server's superuser.
        mark: the end of every login: roles belong to the whole server.
        recovery_key: as it was shown once.
    """

    server: Postgres
    name: str
    keeper: str
    address: str
    mark: str
    sessions: list[Context]
    recovery_key: str = ""

    def enter(self, name: str, password: str = PASSWORD) -> Context:
        session = sessions.enter_floor(self.address, SystemClock(), self.login(name), password, f"pc-{name}")
        self.sessions.append(session)
        return session

    def login(self, name: str) -> str:
        return f"{name}-{self.mark}"

    def hire(self, bureau: Context, name: str, *roles: Role) -> Context:
        users.add_user(bureau, self.login(name), f"员{name}", roles, PASSWORD)
        return self.enter(name)


def start_floor(server: Postgres) -> Floor:
    name = f"f_{uuid.uuid4().hex[:12]}"
    server.create(name)
    keeper = server.url(name)
    # `set` takes None for "as it is".
    address = make_url(keeper)._replace(username=None).render_as_string()
    made = Floor(server, name, keeper, address, name[2:8], [])
    made.recovery_key = floor.init(
        keeper,
        SystemClock(),
        login=made.login("bureau"),
        name="局",
        password=PASSWORD,
        station="pc-keeper",
    )
    return made


def drop_roles(server: Postgres, pattern: str, but: str = "") -> None:
    with server.connect("postgres") as connection:
        found = connection.execute(
            "select rolname from pg_roles where rolname like %s and rolname <> %s", (pattern, but)
        ).fetchall()
        for (role,) in found:
            connection.execute(f'drop role "{role}"')


def operator(made: Floor, bureau: Context, name: str) -> Context:
    """Somebody signed in who has signed the pledge and was excused from practising."""
    ctx = made.hire(bureau, name, Role.OPERATOR)
    clear(ctx, bureau, PASSWORD)
    return ctx


def clear(ctx: Context, bureau: Context, password: str, code: str | None = None) -> None:
    """Let somebody call, in the only programme or in that of a code."""
    programme = programmes.get(ctx, code)
    clearances.sign(ctx, programme, pledge_of(programme.programme), password)
    clearances.waive(bureau, programme, ctx.actor.login, "has called before")


def psql(made: Floor, login: str, script: str) -> str:
    """What Debian's psql prints of a script, signed in as this person."""
    return subprocess.run(
        [
            "psql",
            "-X",
            "-q",
            "-A",
            "-t",
            "-h",
            "127.0.0.1",
            "-p",
            str(made.server.port),
            "-U",
            login,
            made.name,
        ],
        input=script,
        env={**os.environ, "PGPASSWORD": PASSWORD},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
