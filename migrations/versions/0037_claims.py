"""What a report claims, noted after the programme was loaded."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key, Moment

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "noted_claims",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("planned", sa.String(64), nullable=False),
        sa.Column("done", sa.String(64), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name="fk_noted_claims_programme_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_noted_claims_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_noted_claims"),
        comment="A row is what a report claims in place of what the workbook says: planned and done as text, empty "
        "where that stays. The last row of a code holds.",
    )
    op.create_index("ix_noted_claims_programme_id", "noted_claims", ["programme_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("noted_claims")
