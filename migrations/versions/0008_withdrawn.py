"""A list that was imported by mistake can be withdrawn while nothing is drawn."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add when and why."""
    op.add_column("frames", sa.Column("withdrawn_at", Moment, nullable=True))
    op.add_column("frames", sa.Column("withdrawn_because", sa.Text, nullable=True))


def downgrade() -> None:
    """Drop both; the versions that hold stay those that hold."""
    with op.batch_alter_table("frames") as change:
        change.drop_column("withdrawn_because")
        change.drop_column("withdrawn_at")
