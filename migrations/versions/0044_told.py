"""Hashes by which whoever answered on the web is noticed in a later file."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

COMMENT = (
    "A row is part of what tells respondents of a survey on the web apart in later files: 64 bits each, of "
    "respondent and unit under a key of the programme's contacts, in order; and where each stood in its file. "
    "Gone once the programme is retired."
)


def upgrade() -> None:
    """Add the table; of sets taken before nothing is known."""
    op.create_table(
        "web_respondents",
        sa.Column("set_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["set_id"], ["web_sets.id"], name="fk_web_respondents_set_id"),
        sa.PrimaryKeyConstraint("set_id", "number", name="pk_web_respondents"),
        comment=COMMENT,
    )


def downgrade() -> None:
    """Drop it; doubles are then told within a file alone."""
    op.drop_table("web_respondents")
