"""Alembic's way in: the connection is the caller's, with its transaction and its lock."""

from alembic import context

import bot.storage.notes  # noqa: F401 - its tables are part of the metadata
from bot.storage.postings import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
