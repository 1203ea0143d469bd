"""Persons are found by each of their numbers; those of lists imported before by their first one only."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "other_numbers",
        sa.Column("person_id", Key, nullable=False),
        sa.Column("number_hash", sa.LargeBinary(32), nullable=False),
        comment="A row is a further number of a person, by the same keyed hash as the first.",
    )
    op.create_index("ix_other_numbers_number_hash", "other_numbers", ["number_hash"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("other_numbers")
