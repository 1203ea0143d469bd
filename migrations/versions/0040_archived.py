"""What recordings lie in the archive."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key, Moment

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

COMMENT = (
    "A row is one recording file that was put into the archive and read back there: its size and SHA-256 "
    "then. Place: the archive's address without secrets; the file lies below it as below a recordings folder."
)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "archived",
        sa.Column("recording_id", sa.String(36), nullable=False),
        sa.Column("place", sa.String(400), nullable=False),
        sa.Column("size", Key, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["recording_id"], ["recordings.id"], name="fk_archived_recording_id"),
        sa.PrimaryKeyConstraint("recording_id", name="pk_archived"),
        comment=COMMENT,
    )


def downgrade() -> None:
    """Drop it; the files in the archive stay, and nothing says so any more."""
    op.drop_table("archived")
