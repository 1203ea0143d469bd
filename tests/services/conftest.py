"""Floors on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from cati.sealing import passwords as locks
from cati.services import (
    draws,
    programmes,
)
from cati.services.context import Context
from cati.store.engine import Database
from cati.store.floor import make_roles
from tests.rig.postgres import Postgres
from tests.services.fieldwork import add_list, numbers
from tests.services.floors import Floor, drop_roles, start_floor
from tests.station.office import PARTIES, PUBLIC, programme_of


@pytest.fixture(scope="session")
def furnished_floor(
    postgres_server: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Floor, str]]:
    """A floor whose bureau has a drawn programme, and the database that it is copied from for each test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locks, "COST", locks.Cost(passes=1, memory_kib=8))
        found = start_floor(postgres_server)
        with closing(found.enter("bureau").database):
            ctx = found.sessions.pop()
            plain = programme_of(quotas=(6,))
            lasting = replace(plain, settings=replace(plain.settings, expires=None))
            loaded = programmes.store_programme(ctx, lasting)
            add_list(ctx, loaded, ("u1", "g1"), numbers(int(found.mark, 16) % 1000, 12))
            draws.draw(ctx, loaded, parties=PARTIES, public=PUBLIC, out=tmp_path_factory.mktemp("draw"))
        kept = f"{found.name}_kept"
        postgres_server.create(kept, template=found.name)
        yield found, kept
    for name in (found.name, kept):
        postgres_server.drop(name)
    for pattern in (f"%-{found.mark}", f"{found.name}%"):
        drop_roles(postgres_server, pattern)


@pytest.fixture
def made(
    furnished_floor: tuple[Floor, str], postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Floor]:
    """The floor as it was in the beginning: roles know it by its name, so it is made anew under the same."""
    monkeypatch.setattr(locks, "COST", locks.Cost(passes=1, memory_kib=8))
    found, kept = furnished_floor
    postgres_server.drop(found.name)
    postgres_server.create(found.name, template=kept)
    # Who may connect is no part of a copy.
    with closing(Database(found.keeper)) as keeper, keeper.write() as connection:
        make_roles(connection, found.name)
    yield found
    while found.sessions:
        found.sessions.pop().database.close()
    drop_roles(postgres_server, f"%-{found.mark}", but=found.login("bureau"))


@pytest.fixture
def bureau(made: Floor) -> Context:
    """The bureau, signed in, with a drawn programme."""
    return made.enter("bureau")
