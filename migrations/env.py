"""Run migrations on the connection that `app.persistence.schema` gives, inside its transaction.

The tables of the application are not imported: a migration describes the schema of its own day.
"""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
