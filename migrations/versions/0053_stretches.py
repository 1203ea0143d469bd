"""What of a recording a complaint marks, so that whoever answers it hears what was said."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

BEFORE = (
    "A row is what an operator sent to the supervisor: a respondent's complaint, a call for help, a refusal to be "
    "decided on, a respondent whose language nobody speaks, or work that came too late for its lease. Again: "
    "settled so that the person is called once more; empty where it was not to be decided."
)
AFTER = f"{BEFORE} Recording, from, to: what of which recording it marks."


def _comment(words: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_table_comment("messages", words)


def upgrade() -> None:
    """Add them; earlier ones mark nothing."""
    op.add_column("messages", sa.Column("recording_id", sa.String(36)))
    op.add_column("messages", sa.Column("from_ms", sa.Integer))
    op.add_column("messages", sa.Column("to_ms", sa.Integer))
    _comment(AFTER)


def downgrade() -> None:
    """Forget them; the recordings keep a marker each."""
    with op.batch_alter_table("messages") as change:
        for name in ("recording_id", "from_ms", "to_ms"):
            change.drop_column(name)
    _comment(BEFORE)
