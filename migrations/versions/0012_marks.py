"""Places in recordings that were marked by who reviews."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key, Moment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "review_marks",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("interview_id", sa.String(36), nullable=False),
        sa.Column("recording_id", sa.String(36), nullable=False),
        sa.Column("offset_ms", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["interview_id"], ["interviews.id"], name="fk_review_marks_interview_id"),
        sa.ForeignKeyConstraint(["recording_id"], ["recordings.id"], name="fk_review_marks_recording_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_review_marks_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_review_marks"),
        comment="A row is a place in a recording that somebody who reviews marked, with what was noted there.",
    )
    op.create_index("ix_review_marks_interview_id", "review_marks", ["interview_id"])


def downgrade() -> None:
    """Drop it, and with it what was noted."""
    op.drop_table("review_marks")
