"""Runs migrations on the database handed over by `cati.store.migrate`."""

from alembic import context
from sqlalchemy import func, select

from cati.store.tables import metadata

LOCK = 0x63617469
"""Of the server: whoever holds it changes tables."""

database = context.config.attributes["database"]
with database.engine.connect() as connection:
    connection.execution_options(cati_begin="BEGIN IMMEDIATE")
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True
    )
    if database.is_sqlite:
        # SQLite changes a table by making it anew, and counts dropping the old one as deleting its rows.
        # Outside a transaction only; the connection is thrown away afterwards.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
    with context.begin_transaction():
        if not database.is_sqlite:
            # Of two programs that start on one empty server, the second waits here and finds all done.
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        context.run_migrations()
        if database.is_sqlite:
            lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if lost:
                raise RuntimeError(f"rows without what they belong to: {lost[:5]}")
    if database.is_sqlite:
        connection.invalidate()
