"""A claim of points for a ticket may be turned down by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

BEFORE = "A row is points that a unit claims for one ticket on one ground (exact decimal)."
AFTER = f"{BEFORE} Turned down: why it does not count, empty where it does."


def upgrade() -> None:
    """Add why; none was turned down by itself before."""
    with op.batch_alter_table("hotline_claims") as change:
        change.add_column(sa.Column("turned_down", sa.Text, nullable=False, server_default=""))
    _comment(AFTER)


def downgrade() -> None:
    """Drop it; what was turned down counts again once its ground is claimed on."""
    with op.batch_alter_table("hotline_claims") as change:
        change.drop_column("turned_down")
    _comment(BEFORE)


def _comment(words: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_table_comment("hotline_claims", words)
