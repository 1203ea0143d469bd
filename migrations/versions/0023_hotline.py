"""The 12345 hotline: tickets of citizens, the platform's own figures, follow-ups, claims of points."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key, Moment

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TICKETS = (
    "A row is what one unit did with one ticket of the 12345 hotline. Nothing of what citizens wrote "
    "or who they are. Marked: whether the platform says it was in time."
)
FIGURES = "A row is the hotline's own figures of one unit, which score (percents, points; exact decimals)."
FOLLOW_UPS = (
    "A row is how many of last year's unresolved tickets of one unit were followed up, and how many "
    "of its appeals failed."
)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "hotline_tickets",
        sa.Column("id", Key, primary_key=True),
        *_owners(),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("sent_at", Moment, nullable=False),
        sa.Column("done_at", Moment, nullable=False),
        sa.Column("marked", sa.Boolean),
        sa.Column("satisfied", sa.Boolean),
        sa.Column("sms", sa.String(16)),
        sa.Column("call", sa.String(16)),
        sa.Column("spot_unresolved", sa.Boolean, nullable=False),
        sa.Column("appeal", sa.String(16)),
        sa.Column("appealed_on", sa.Date),
        sa.Column("extension", sa.SmallInteger, nullable=False),
        sa.Column("suspended_at", Moment),
        sa.Column("resumed_at", Moment),
        sa.CheckConstraint(
            "kind in ('urgent', 'question', 'help', 'proposal', 'complaint', 'report')",
            name=op.f("ck_hotline_tickets_kind"),
        ),
        sa.CheckConstraint("way in ('closed', 'returned')", name=op.f("ck_hotline_tickets_way")),
        sa.UniqueConstraint("programme_id", "number"),
        comment=TICKETS,
    )
    op.create_table(
        "hotline_figures",
        *_owners(),
        sa.Column("on_time", sa.String(64)),
        sa.Column("satisfied", sa.String(64)),
        sa.Column("resolved", sa.String(64)),
        sa.Column("unresolved", sa.Integer, nullable=False),
        sa.Column("points", sa.String(64)),
        *_set(),
        sa.UniqueConstraint("unit_id"),
        comment=FIGURES,
    )
    op.create_table(
        "hotline_follow_ups",
        *_owners(),
        sa.Column("followed", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        *_set(),
        sa.UniqueConstraint("unit_id"),
        comment=FOLLOW_UPS,
    )
    op.create_table(
        "hotline_claims",
        sa.Column("id", Key, primary_key=True),
        *_owners(),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("ground", sa.String(32), nullable=False),
        sa.Column("points", sa.String(64), nullable=False),
        sa.Column("claimed_on", sa.Date, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("user_id", Key, sa.ForeignKey("users.id"), nullable=False),
        sa.UniqueConstraint("programme_id", "number", "ground"),
        comment="A row is points that a unit claims for one ticket on one ground (exact decimal).",
    )


def downgrade() -> None:
    """Drop them; points proposed for claims stay."""
    for table in ("hotline_claims", "hotline_follow_ups", "hotline_figures", "hotline_tickets"):
        op.drop_table(table)


def _owners() -> tuple[sa.Column[int], ...]:
    return (
        sa.Column("programme_id", Key, sa.ForeignKey("programmes.id"), nullable=False),
        sa.Column("unit_id", Key, sa.ForeignKey("units.id"), nullable=False),
    )


def _set() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("set_at", Moment, nullable=False),
        sa.Column("set_by", Key, sa.ForeignKey("users.id"), nullable=False),
    )
