"""Orders in which long lists are looked through."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_cases_programme_id", "cases", "programme_id"),
    ("ix_attempts_dialled_at", "attempts", "dialled_at"),
    ("ix_recordings_started_at", "recordings", "started_at"),
)


def upgrade() -> None:
    """Make the indexes."""
    for name, table, column in INDEXES:
        op.create_index(name, table, [column])


def downgrade() -> None:
    """Drop them."""
    for name, table, _column in INDEXES:
        op.drop_index(name, table_name=table)
