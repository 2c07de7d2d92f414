"""The table of what timelines show of an account."""

from typing import Final

from sqlalchemy import Column, Table

from bot.storage.columns import TEAM_LENGTH, LargeInteger, ShortText, UtcTime, metadata

ACTION_NAME_LENGTH: Final = 60

# Custom actions that were run, by the Flashduty channel in which they were: no operation of Flashduty lists them.
learnt_actions: Final = Table(
    "learnt_actions",
    metadata,
    Column("team", ShortText(TEAM_LENGTH), primary_key=True),
    Column("flashduty_channel", LargeInteger, primary_key=True, autoincrement=False),
    Column("integration_id", LargeInteger, primary_key=True, autoincrement=False),
    Column("name", ShortText(ACTION_NAME_LENGTH), nullable=False),
    Column("last_run_at", UtcTime, nullable=False),
    Column("kept_until", UtcTime, nullable=False),
)
