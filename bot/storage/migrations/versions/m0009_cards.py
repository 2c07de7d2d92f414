"""The cards of incidents: where each is, which incidents may have changed, and the messages of storms."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "cards",
        sa.Column("team", sa.String(60), primary_key=True),
        sa.Column("incident_id", sa.String(200), primary_key=True),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("ts", sa.String(40)),
        sa.Column("storm", _INSTANT),
        sa.Column("drawn", sa.String(64), nullable=False),
        sa.Column("seen", sa.JSON, nullable=False),
        sa.Column("story_until", sa.BigInteger, nullable=False),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("posted_at", _INSTANT, nullable=False),
        sa.Column("closed_at", _INSTANT),
        sa.Column("is_lost", sa.Boolean, nullable=False),
        sa.Column("reposted", sa.Integer, nullable=False),
        sa.Column("kept_until", _INSTANT, nullable=False),
    )
    op.create_index("ix_cards_closed_at", "cards", ["team", "closed_at"])
    op.create_index("ix_cards_posted_at", "cards", ["team", "channel", "posted_at"])
    op.create_table(
        "incident_hints",
        sa.Column("team", sa.String(60), primary_key=True),
        sa.Column("incident_id", sa.String(200), primary_key=True),
        sa.Column("hinted_at", _INSTANT, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("is_urgent", sa.Boolean, nullable=False),
    )
    op.create_table(
        "card_storms",
        sa.Column("team", sa.String(60), primary_key=True),
        sa.Column("channel", sa.String(40), primary_key=True),
        sa.Column("started_at", _INSTANT, primary_key=True),
        sa.Column("ts", sa.String(40)),
        sa.Column("drawn", sa.String(64), nullable=False),
        sa.Column("reposted", sa.Integer, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.Column("kept_until", _INSTANT, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("card_storms", "incident_hints", "cards"):
        op.drop_table(name)
