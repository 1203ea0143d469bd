"""Bringing a database's schema to this program's, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy

from cati.base import paths
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.store.engine import Database

if TYPE_CHECKING:
    from alembic.config import Config


def _config(database: Database) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(paths.migrations()))
    config.attributes["database"] = database
    return config


def head() -> str:
    """The newest schema this program knows."""
    from alembic.script import ScriptDirectory

    found = ScriptDirectory(str(paths.migrations())).get_current_head()
    assert found is not None
    return found


def current(database: Database) -> str | None:
    """The schema the database has; None for an empty one."""
    if not sqlalchemy.inspect(database.engine).has_table("alembic_version"):
        return None
    with database.read() as connection:
        version: str | None = connection.scalar(sqlalchemy.text("select version_num from alembic_version"))
        return version


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` up to a revision; nothing happens when it is there already.

    Raises:
        CatiError: ``database_newer`` when a newer program made it.
    """
    from alembic import command
    from alembic.script import ScriptDirectory

    database = Database(url)
    try:
        have = current(database)
        known = {s.revision for s in ScriptDirectory(str(paths.migrations())).walk_revisions()}
        if have is not None and have not in known:
            raise CatiError(
                "database_newer",
                N_(
                    "This database was made by a newer version of the program. Nothing was changed. "
                    "Install that version, or choose another database."
                ),
            )
        command.upgrade(_config(database), revision)
    finally:
        database.close()


def downgrade(url: str, revision: str) -> None:
    """Take the database at `url` back to a revision ("base" removes all tables)."""
    from alembic import command

    database = Database(url)
    try:
        command.downgrade(_config(database), revision)
    finally:
        database.close()


def differences(url: str) -> list[str]:
    """What the database's tables differ in from `tables`; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from cati.store.tables import metadata

    database = Database(url)
    try:
        with database.engine.connect() as connection:
            found = compare_metadata(MigrationContext.configure(connection), metadata)
            return [repr(d) for d in found]
    finally:
        database.close()
