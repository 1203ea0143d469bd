"""How a message was settled where there are two ways, so that a person who is to be called can still not be called."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

BEFORE = (
    "A row is what an operator sent to the supervisor: a respondent's complaint, a call for help, a refusal to be "
    "decided on, a respondent whose language nobody speaks, or work that came too late for its lease."
)
AFTER = (
    f"{BEFORE} Again: settled so that the person is called once more; empty where it was not to be decided."
)


def _comment(words: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_table_comment("messages", words)


def upgrade() -> None:
    """Add how it was settled, which is not known of earlier ones."""
    op.add_column("messages", sa.Column("again", sa.Boolean))
    _comment(AFTER)


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("messages") as change:
        change.drop_column("again")
    _comment(BEFORE)
