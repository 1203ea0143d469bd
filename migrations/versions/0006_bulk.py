"""Lists of a million rows are stored without a look at another table for each row."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DROPPED = (
    ("persons", "programme_id", "programmes"),
    ("entries", "frame_id", "frames"),
    ("entries", "person_id", "persons"),
    ("contacts", "entry_id", "entries"),
)


def upgrade() -> None:
    """Drop the foreign keys of what an import writes by the million."""
    for table, column, _ in DROPPED:
        with op.batch_alter_table(table) as change:
            change.drop_constraint(f"fk_{table}_{column}", type_="foreignkey")


def downgrade() -> None:
    """Have them again."""
    for table, column, target in DROPPED:
        with op.batch_alter_table(table) as change:
            change.create_foreign_key(f"fk_{table}_{column}", target, [column], ["id"])
