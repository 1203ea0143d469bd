"""Which write of a station a step of a working day came by, so that it is taken in once."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; what was clocked at the database itself has none."""
    op.add_column("attendance", sa.Column("write_id", sa.String(36)))
    op.create_index("ix_attendance_write_id", "attendance", ["write_id"], unique=True)


def downgrade() -> None:
    """Drop it; the steps stay."""
    op.drop_index("ix_attendance_write_id", "attendance")
    with op.batch_alter_table("attendance") as change:
        change.drop_column("write_id")
