"""All tables of the bot but the audit trail's and the account's. One repository each; no other package holds SQL.

`kept_until` says when a row may be deleted; rows without it stay. All texts but names and documents have limits.
"""

from typing import Final

from sqlalchemy import JSON, Boolean, Column, Date, Float, Index, Integer, Table

from bot.storage.account import account_tables  # noqa: F401 - belongs to the metadata
from bot.storage.audit import audit_tables  # noqa: F401 - same
from bot.storage.columns import (
    FINGERPRINT_LENGTH,
    KIND_LENGTH,
    LANGUAGE_LENGTH,
    MENTION_LENGTH,
    OWNER_LENGTH,
    SLACK_ID_LENGTH,
    SUBJECT_LENGTH,
    TEAM_LENGTH,
    FreeText,
    LargeInteger,
    ShortText,
    UtcTime,
)
from bot.storage.columns import metadata as metadata  # noqa: PLC0414 - complete here, for others to import

# One row for each message that must be posted exactly once. Every change makes a new generation.
postings: Final = Table(
    "postings",
    metadata,
    Column("team", ShortText(TEAM_LENGTH), primary_key=True),
    Column("kind", ShortText(KIND_LENGTH), primary_key=True),
    Column("subject", ShortText(SUBJECT_LENGTH), primary_key=True),
    Column("local_date", Date, primary_key=True),
    Column("window_ends", UtcTime, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("owner", ShortText(OWNER_LENGTH)),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt", UtcTime),
    Column("is_posting", Boolean, nullable=False),
    Column("is_done", Boolean, nullable=False),
    Column("is_reported", Boolean, nullable=False),
    Column("channel", ShortText(SLACK_ID_LENGTH)),
    Column("ts", ShortText(SLACK_ID_LENGTH)),
    Column("last_error", FreeText),
    Column("person_id", LargeInteger),
)

# Messages to be sent later. A thread reply or a chart belongs to a posting, a message to an operator to a person, and a
# comment in a timeline to an attempt of the audit trail: its `number` counts how often it was tried.
outbox: Final = Table(
    "outbox",
    metadata,
    Column("kind", ShortText(KIND_LENGTH), primary_key=True),
    Column("subject", ShortText(SUBJECT_LENGTH), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("team", ShortText(TEAM_LENGTH)),
    Column("posting_kind", ShortText(KIND_LENGTH)),
    Column("posting_subject", ShortText(SUBJECT_LENGTH)),
    Column("local_date", Date),
    Column("slack_user_id", ShortText(SLACK_ID_LENGTH)),
    Column("payload", JSON),
    Column("created_at", UtcTime, nullable=False),
    Column("next_attempt", UtcTime),
    Column("kept_until", UtcTime, nullable=False),
)

# Causes of failures of which the operators were alerted, until they are over.
operator_alerts: Final = Table(
    "operator_alerts",
    metadata,
    Column("alert_key", ShortText(SUBJECT_LENGTH), primary_key=True),
    Column("code", FreeText, nullable=False),
    Column("team", ShortText(TEAM_LENGTH), nullable=False),
    Column("kind", ShortText(KIND_LENGTH), nullable=False),
    Column("channel", ShortText(SLACK_ID_LENGTH)),
    Column("person_id", LargeInteger),
    Column("person_name", FreeText, nullable=False),
    Column("alerted_at", UtcTime, nullable=False),
    Column("kept_until", UtcTime, nullable=False),
)

# Since when a team has a plan for digests or reports as it is.
watched_plans: Final = Table(
    "watched_plans",
    metadata,
    Column("team", ShortText(TEAM_LENGTH), primary_key=True),
    Column("kind", ShortText(KIND_LENGTH), primary_key=True),
    Column("plan", FreeText, nullable=False),
    Column("since", UtcTime, nullable=False),
)

# Who pressed Acknowledge, and in whose name Flashduty has it. `press` is None after it was withdrawn.
acknowledgements: Final = Table(
    "acknowledgements",
    metadata,
    Column("team", ShortText(TEAM_LENGTH), primary_key=True),
    Column("incident_id", ShortText(SUBJECT_LENGTH), primary_key=True),
    Column("press", ShortText(FINGERPRINT_LENGTH)),
    Column("slack_user_id", ShortText(SLACK_ID_LENGTH), nullable=False),
    Column("slack_user_name", FreeText, nullable=False),
    Column("acknowledged_at", UtcTime),
    Column("person_id", LargeInteger),
    Column("owner_id", LargeInteger),
    Column("put_there_at", UtcTime),
    Column("kept_until", UtcTime, nullable=False),
)
Index("ix_acknowledgements_slack_user_id", acknowledgements.c.slack_user_id)

# Incidents that have a card, or a place in the message of a storm: then `storm` is when that began, and `ts` None.
# `drawn` is the fingerprint of what the card shows, `story_until` the time in ms of the last entry told in the thread.
cards: Final = Table(
    "cards",
    metadata,
    Column("team", ShortText(TEAM_LENGTH), primary_key=True),
    Column("incident_id", ShortText(SUBJECT_LENGTH), primary_key=True),
    Column("channel", ShortText(SLACK_ID_LENGTH), nullable=False),
    Column("ts", ShortText(SLACK_ID_LENGTH)),
    Column("storm", UtcTime),
    Column("drawn", ShortText(FINGERPRINT_LENGTH), nullable=False),
    Column("payload", JSON(none_as_null=True)),
    Column("seen", JSON, nullable=False),
    Column("story_until", LargeInteger, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("posted_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    Column("is_lost", Boolean, nullable=False),
    Column("reposted", Integer, nullable=False),
    Column("kept_until", UtcTime, nullable=False),
)
Index("ix_cards_closed_at", cards.c.team, cards.c.closed_at)
Index("ix_cards_posted_at", cards.c.team, cards.c.channel, cards.c.posted_at)

# Which incidents may have changed; an empty `incident_id` means that the team's open incidents are to be read now.
incident_hints: Final = Table(
    "incident_hints",
    metadata,
    Column("team", ShortText(TEAM_LENGTH), primary_key=True),
    Column("incident_id", ShortText(SUBJECT_LENGTH), primary_key=True),
    Column("hinted_at", UtcTime, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("is_urgent", Boolean, nullable=False),
)

# The messages that stand for many new incidents.
card_storms: Final = Table(
    "card_storms",
    metadata,
    Column("team", ShortText(TEAM_LENGTH), primary_key=True),
    Column("channel", ShortText(SLACK_ID_LENGTH), primary_key=True),
    Column("started_at", UtcTime, primary_key=True),
    Column("ts", ShortText(SLACK_ID_LENGTH)),
    Column("drawn", ShortText(FINGERPRINT_LENGTH), nullable=False),
    Column("reposted", Integer, nullable=False),
    Column("ended_at", UtcTime),
    Column("kept_until", UtcTime, nullable=False),
)

# The schedules as each digest saw them.
schedule_snapshots: Final = Table(
    "schedule_snapshots",
    metadata,
    Column("team", ShortText(TEAM_LENGTH), primary_key=True),
    Column("local_date", Date, primary_key=True),
    Column("snapshot", JSON, nullable=False),
    Column("kept_until", UtcTime, nullable=False),
)

# Who confirmed to have the pager on a shift.
shift_takeovers: Final = Table(
    "shift_takeovers",
    metadata,
    Column("team", ShortText(TEAM_LENGTH), primary_key=True),
    Column("schedule_id", LargeInteger, primary_key=True, autoincrement=False),
    Column("starts_at", UtcTime, primary_key=True),
    Column("slack_user_id", ShortText(SLACK_ID_LENGTH), nullable=False),
    Column("slack_user_name", FreeText, nullable=False),
    Column("taken_at", UtcTime, nullable=False),
    Column("is_theirs", Boolean, nullable=False),
    Column("kept_until", UtcTime, nullable=False),
)

# Decisions on the proposals to keep a user group in sync; those of version 0007 and before have no id of the person.
usergroup_decisions: Final = Table(
    "usergroup_decisions",
    metadata,
    Column("team", ShortText(TEAM_LENGTH), primary_key=True),
    Column("group_id", ShortText(SLACK_ID_LENGTH), primary_key=True),
    Column("signature", ShortText(FINGERPRINT_LENGTH), primary_key=True),
    Column("handle", FreeText, nullable=False),
    Column("follows", Boolean, nullable=False),
    Column("decided_by", FreeText, nullable=False),
    Column("decided_at", UtcTime, nullable=False),
    Column("slack_user_id", ShortText(SLACK_ID_LENGTH)),
)

# What was last written to something in Slack that is kept in sync, such as a user group or a topic.
sync_states: Final = Table(
    "sync_states",
    metadata,
    Column("team", ShortText(TEAM_LENGTH), primary_key=True),
    Column("subject", ShortText(SUBJECT_LENGTH), primary_key=True),
    Column("state", FreeText, nullable=False),
    Column("checked_at", UtcTime, nullable=False),
    Column("kept_until", UtcTime, nullable=False),
)

# Problems of syncs. One row for each code of a subject, until the next success.
problems: Final = Table(
    "problems",
    metadata,
    Column("team", ShortText(TEAM_LENGTH), primary_key=True),
    Column("subject", ShortText(SUBJECT_LENGTH), primary_key=True),
    Column("code", ShortText(SUBJECT_LENGTH), primary_key=True),
    Column("episode", ShortText(KIND_LENGTH), nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("is_announced", Boolean, nullable=False),
    Column("kept_until", UtcTime, nullable=False),
)

# Slack profiles by e-mail address, without an id where no member has it. Addresses are stored as SHA-256.
slack_profiles: Final = Table(
    "slack_profiles",
    metadata,
    Column("email_hash", ShortText(FINGERPRINT_LENGTH), primary_key=True),
    Column("slack_user_id", ShortText(SLACK_ID_LENGTH)),
    Column("slack_user_name", FreeText),
    Column("kept_until", UtcTime, nullable=False),
)

# Which replica does what only one may do at a time: judged by generation and each replica's own monotonic clock.
leases: Final = Table(
    "leases",
    metadata,
    Column("name", ShortText(SUBJECT_LENGTH), primary_key=True),
    Column("holder", ShortText(OWNER_LENGTH), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("renewed_at", UtcTime, nullable=False),
)

# Changes for a person, from before the request is sent until the outcome was reported to them.
pending_actions: Final = Table(
    "pending_actions",
    metadata,
    Column("request_key", ShortText(FINGERPRINT_LENGTH), primary_key=True),
    Column("request_name", FreeText, nullable=False),
    Column("team", ShortText(TEAM_LENGTH), nullable=False),
    Column("incident_id", ShortText(SUBJECT_LENGTH), nullable=False),
    Column("slack_user_id", ShortText(SLACK_ID_LENGTH), nullable=False),
    Column("slack_user_name", FreeText, nullable=False),
    Column("action", ShortText(KIND_LENGTH), nullable=False),
    Column("value", FreeText, nullable=False),
    Column("occasion", ShortText(KIND_LENGTH), nullable=False),
    Column("in_doubt", FreeText, nullable=False),
    Column("owner", ShortText(OWNER_LENGTH), nullable=False),
    Column("channel", ShortText(SLACK_ID_LENGTH), nullable=False),
    Column("thread", ShortText(SLACK_ID_LENGTH)),
    Column("response_url", FreeText),
    Column("noted_at", UtcTime, nullable=False),
    Column("kept_until", UtcTime, nullable=False),
)

# Text that people typed into forms, until it is processed or an hour has passed. The form's name is hashed.
form_drafts: Final = Table(
    "form_drafts",
    metadata,
    Column("slack_user_id", ShortText(SLACK_ID_LENGTH), primary_key=True),
    Column("form", ShortText(FINGERPRINT_LENGTH), primary_key=True),
    Column("words", FreeText, nullable=False),
    Column("typed_at", UtcTime, nullable=False),
    Column("is_in_doubt", Boolean, nullable=False),
    Column("kept_until", UtcTime, nullable=False),
    Column("incident", FreeText),
)

# What people chose for themselves, if anything: an empty language follows Slack.
preferences: Final = Table(
    "preferences",
    metadata,
    Column("slack_user_id", ShortText(SLACK_ID_LENGTH), primary_key=True),
    Column("language", ShortText(LANGUAGE_LENGTH), nullable=False),
    Column("mention", ShortText(MENTION_LENGTH)),
)

# Requests that changed something: a retry, a replay and another replica must not do them again. Keys are hashed.
seen_requests: Final = Table(
    "seen_requests",
    metadata,
    Column("request_key", ShortText(FINGERPRINT_LENGTH), primary_key=True),
    Column("kept_until", UtcTime, nullable=False),
)

# When the next call of a rate limit that all replicas share may be made, in Unix seconds.
rate_limits: Final = Table(
    "rate_limits",
    metadata,
    Column("name", ShortText(SUBJECT_LENGTH), primary_key=True),
    Column("free_at", Float, nullable=False),
)
