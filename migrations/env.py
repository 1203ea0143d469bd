"""Runs migrations on the database handed over by `cati.store.migrate`."""

from alembic import context

from cati.store.tables import metadata

database = context.config.attributes["database"]
with database.engine.connect() as connection:
    connection.execution_options(cati_begin="BEGIN IMMEDIATE")
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True
    )
    with context.begin_transaction():
        context.run_migrations()
