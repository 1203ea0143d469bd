"""What was decided by hand about whom a cell calls, with its reason."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key, Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "cell_steps",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("cell_id", Key, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("cases", sa.Integer),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.CheckConstraint("kind in ('release', 'pause', 'resume')", name="ck_cell_steps_kind"),
        sa.ForeignKeyConstraint(["cell_id"], ["cells.id"], name="fk_cell_steps_cell_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_cell_steps_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_cell_steps"),
        comment="A row is one thing decided by hand about whom a cell calls. Cases: how many were released.",
    )
    op.create_index("ix_cell_steps_cell_id", "cell_steps", ["cell_id"])


def downgrade() -> None:
    """Drop it; the audit log still tells what was decided."""
    op.drop_table("cell_steps")
