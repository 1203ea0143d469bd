"""Who spoke how much in a recording."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

COMMENT = (
    "A row is what was told of the speech in one recording while it was made, in milliseconds. Operator: all "
    "speech where one channel was recorded; respondent and overlap then are none. Unspoken: answers before "
    "which nobody who could have given them spoke."
)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "speech",
        sa.Column("recording_id", sa.String(36), nullable=False),
        sa.Column("length_ms", sa.Integer, nullable=False),
        sa.Column("operator_ms", sa.Integer, nullable=False),
        sa.Column("respondent_ms", sa.Integer),
        sa.Column("silence_ms", sa.Integer, nullable=False),
        sa.Column("overlap_ms", sa.Integer),
        sa.Column("longest_pause_ms", sa.Integer, nullable=False),
        sa.Column("answers", sa.Integer, nullable=False),
        sa.Column("answers_unspoken", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["recording_id"], ["recordings.id"], name="fk_speech_recording_id"),
        sa.PrimaryKeyConstraint("recording_id", name="pk_speech"),
        comment=COMMENT,
    )


def downgrade() -> None:
    """Drop it; the recordings stay."""
    op.drop_table("speech")
