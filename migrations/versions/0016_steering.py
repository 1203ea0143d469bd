"""What a supervisor decides by hand about one case, and what is written to operators."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key, Moment

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATES, OLD_STATES = "state between 0 and 8", "state between 0 and 7"


def upgrade() -> None:
    """Add the tables, and the state of a case that was set aside."""
    _allow(STATES)
    op.create_table(
        "case_steps",
        sa.Column("id", Key, primary_key=True),
        sa.Column("case_id", Key, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("to_id", Key, sa.ForeignKey("users.id")),
        sa.Column("at", Moment, nullable=False),
        sa.Column("user_id", Key, sa.ForeignKey("users.id"), nullable=False),
        sa.CheckConstraint("kind in ('aside', 'back', 'give', 'reopen')", name=op.f("ck_case_steps_kind")),
        comment="A row is one thing decided by hand about a case. To: who alone was given it for a while.",
    )
    op.create_index("ix_case_steps_case_id", "case_steps", ["case_id"])
    op.create_table(
        "notices",
        sa.Column("id", Key, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("to_id", Key, sa.ForeignKey("users.id")),
        sa.Column("at", Moment, nullable=False),
        sa.Column("user_id", Key, sa.ForeignKey("users.id"), nullable=False),
        comment="A row is what a supervisor wrote to an operator, or to all of them when to_id is null.",
    )
    op.create_index("ix_notices_at", "notices", ["at"])
    op.create_table(
        "notice_reads",
        sa.Column("notice_id", Key, sa.ForeignKey("notices.id"), primary_key=True),
        sa.Column("user_id", Key, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("at", Moment, nullable=False),
        comment="A row is one operator who has read a notice.",
    )


def downgrade() -> None:
    """Drop the tables; what was set aside waits again where it waited."""
    op.drop_table("notice_reads")
    op.drop_table("notices")
    op.drop_table("case_steps")
    op.execute(
        sa.text(
            "update cases set state = case when appointment is not null then 3"
            " when attempts > 0 then 2 else 0 end where state = 8"
        )
    )
    _allow(OLD_STATES)


def _allow(states: str) -> None:
    with op.batch_alter_table("cases") as change:
        change.drop_constraint(op.f("ck_cases_state"), type_="check")
        change.create_check_constraint(op.f("ck_cases_state"), states)
