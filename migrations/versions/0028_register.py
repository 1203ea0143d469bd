"""What units hand in, complaints about them, and points for each of several problems."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key, Moment

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

HAND_INS = (
    "A row is what is known of one thing a unit hands in: since when it is here, how being late or "
    "missing hindered the work, the number of the document that waives it."
)
COMPLAINTS = (
    "A row is a complaint about a unit that somebody took on the supervision line. Caller: sealed, "
    "only where given."
)


def upgrade() -> None:
    """Add tables and columns."""
    with op.batch_alter_table("adjustments") as change:
        change.add_column(sa.Column("problem", sa.String(40), nullable=False, server_default=""))
        change.add_column(sa.Column("basis", sa.Text, nullable=False, server_default=""))
        change.add_column(sa.Column("document", sa.String(200), nullable=False, server_default=""))
        change.drop_constraint(op.f("uq_adjustments_unit_id_code"), type_="unique")
        change.create_unique_constraint(
            op.f("uq_adjustments_unit_id_code_problem"), ["unit_id", "code", "problem"]
        )
    op.create_index(
        "ix_adjustments_unit_id_problem",
        "adjustments",
        ["unit_id", "problem"],
        unique=True,
        sqlite_where=sa.text("problem <> ''"),
        postgresql_where=sa.text("problem <> ''"),
    )
    op.create_table(
        "hand_ins",
        sa.Column("programme_id", Key, sa.ForeignKey("programmes.id"), nullable=False),
        sa.Column("unit_id", Key, sa.ForeignKey("units.id"), primary_key=True, autoincrement=False),
        sa.Column("item", sa.String(64), primary_key=True),
        sa.Column("received_on", sa.Date),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("hindering", sa.Text, nullable=False),
        sa.Column("waiver", sa.String(200), nullable=False),
        sa.Column("set_at", Moment, nullable=False),
        sa.Column("set_by", Key, sa.ForeignKey("users.id"), nullable=False),
        comment=HAND_INS,
    )
    op.create_index("ix_hand_ins_programme_id", "hand_ins", ["programme_id"])
    op.create_table(
        "complaints",
        sa.Column("id", Key, primary_key=True, autoincrement=True),
        sa.Column("programme_id", Key, sa.ForeignKey("programmes.id"), nullable=False),
        sa.Column("unit_id", Key, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("heard_on", sa.Date, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("caller", sa.LargeBinary),
        sa.Column("at", Moment, nullable=False),
        sa.Column("user_id", Key, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("settled_at", Moment),
        sa.Column("settled_by", Key, sa.ForeignKey("users.id")),
        sa.CheckConstraint("state in ('open', 'verified', 'unfounded')", name=op.f("ck_complaints_state")),
        comment=COMPLAINTS,
    )
    op.create_index("ix_complaints_programme_id", "complaints", ["programme_id"])


def downgrade() -> None:
    """Drop them; of points for several problems on one ground the first are kept."""
    op.drop_table("complaints")
    op.drop_table("hand_ins")
    op.drop_index("ix_adjustments_unit_id_problem", "adjustments")
    op.execute(
        sa.text(
            "delete from adjustments where id not in (select min(id) from adjustments group by unit_id, code)"
        )
    )
    with op.batch_alter_table("adjustments") as change:
        change.drop_constraint(op.f("uq_adjustments_unit_id_code_problem"), type_="unique")
        change.create_unique_constraint(op.f("uq_adjustments_unit_id_code"), ["unit_id", "code"])
        for name in ("document", "basis", "problem"):
            change.drop_column(name)
