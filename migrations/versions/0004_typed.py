"""What is typed in an interview and not entered yet."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Document

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add its column."""
    op.add_column("interviews", sa.Column("typed", Document, nullable=True))


def downgrade() -> None:
    """Drop it, and with it words that nobody entered."""
    op.drop_column("interviews", "typed")
