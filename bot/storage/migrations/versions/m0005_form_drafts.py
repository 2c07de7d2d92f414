"""What people typed into forms that are not done yet."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "form_drafts",
        sa.Column("slack_user_id", sa.String(40), primary_key=True),
        sa.Column("form", sa.String(64), primary_key=True),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_in_doubt", sa.Boolean, nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("form_drafts")
