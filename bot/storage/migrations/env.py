"""Alembic's way in: the connection is the caller's, with its transaction and its lock."""

from alembic import context

from bot.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
