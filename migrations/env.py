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
    with context.begin_transaction():
        if not database.is_sqlite:
            # Of two programs that start on one empty server, the second waits here and finds all done.
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        context.run_migrations()
