"""The tables of the audit trail. Both are append-only: rows are inserted, and deleted after `kept_until` alone."""

from typing import Final

from sqlalchemy import Column, Index, Table

from bot.storage.columns import (
    FINGERPRINT_LENGTH,
    KIND_LENGTH,
    SLACK_ID_LENGTH,
    SUBJECT_LENGTH,
    TEAM_LENGTH,
    FreeText,
    LargeInteger,
    ShortText,
    UtcTime,
    metadata,
)

# What people asked for, written before it is sent: one row for each incident, or for something without one.
audit_attempts: Final = Table(
    "audit_attempts",
    metadata,
    Column("attempt_id", ShortText(FINGERPRINT_LENGTH), primary_key=True),
    Column("attempted_at", UtcTime, nullable=False),
    Column("team", ShortText(TEAM_LENGTH), nullable=False),
    Column("workspace", ShortText(SLACK_ID_LENGTH), nullable=False),
    Column("slack_user_id", ShortText(SLACK_ID_LENGTH), nullable=False),
    Column("slack_user_name", FreeText, nullable=False),
    Column("action", ShortText(KIND_LENGTH), nullable=False),
    # Empty for what has no incident: then `subject` says what it was about.
    Column("incident_id", ShortText(SUBJECT_LENGTH), nullable=False),
    Column("subject", FreeText, nullable=False),
    Column("asked", FreeText, nullable=False),
    Column("request_key", ShortText(FINGERPRINT_LENGTH), nullable=False),
    Column("kept_until", UtcTime, nullable=False),
)
Index("ix_audit_attempts_attempted_at", audit_attempts.c.attempted_at)
Index("ix_audit_attempts_request_key", audit_attempts.c.request_key)

# What became of them. An attempt without a row is not known; one that was not known may be found out later.
audit_outcomes: Final = Table(
    "audit_outcomes",
    metadata,
    Column("attempt_id", ShortText(FINGERPRINT_LENGTH), primary_key=True),
    Column("result", ShortText(KIND_LENGTH), primary_key=True),
    Column("noted_at", UtcTime, nullable=False),
    Column("reason", FreeText, nullable=False),
    Column("old_value", FreeText, nullable=False),
    Column("new_value", FreeText, nullable=False),
    Column("key_owner_id", LargeInteger),
    Column("key_owner_name", FreeText, nullable=False),
    Column("request_id", FreeText, nullable=False),
    Column("kept_until", UtcTime, nullable=False),
)
