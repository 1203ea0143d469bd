"""Sound tests at the beginning of a shift, passed or skipped."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key, Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COMMENT = (
    "A row is one sound test of a user at a station, or the skipping of one, with its reason. Heard: "
    "how the voice was heard, none when nothing was recorded."
)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "sound_tests",
        sa.Column("id", Key, primary_key=True),
        sa.Column("user_id", Key, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("station", sa.String(64), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("heard", sa.String(16)),
        sa.Column("reason", sa.Text),
        sa.CheckConstraint("result in ('passed', 'skipped')", name=op.f("ck_sound_tests_result")),
        sa.CheckConstraint(
            "heard in ('well', 'quiet', 'clipped', 'silent', 'missing')", name=op.f("ck_sound_tests_heard")
        ),
        comment=COMMENT,
    )
    op.create_index("ix_sound_tests_at", "sound_tests", ["at"])


def downgrade() -> None:
    """Drop it; the audit log still knows of every test."""
    op.drop_table("sound_tests")
