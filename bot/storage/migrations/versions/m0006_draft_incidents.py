"""The incident that was chosen in a form that is not done yet."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column."""
    op.add_column("form_drafts", sa.Column("incident", sa.Text))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("form_drafts", "incident")
