"""The Slack user id of whoever decided on the sync of a user group: two people may have one name."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column."""
    op.add_column("usergroup_decisions", sa.Column("slack_user_id", sa.String(40)))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("usergroup_decisions", "slack_user_id")
