"""Opinions from surveys on the web, those that are alike counted together."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Document, Key, Moment

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "web_sets",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("opinions", sa.Integer, nullable=False),
        sa.Column("doubles", sa.Integer, nullable=False),
        sa.Column("void", sa.Integer, nullable=False),
        sa.Column("rule", sa.String(16), nullable=False),
        sa.Column("columns", Document, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("withdrawn_at", Moment()),
        sa.Column("withdrawn_by", Key),
        sa.Column("withdrawn_for", sa.Text),
        sa.CheckConstraint("rule in ('refuse', 'first', 'last', 'each')", name=op.f("ck_web_sets_rule")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name="fk_web_sets_programme_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_web_sets_user_id"),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["users.id"], name="fk_web_sets_withdrawn_by"),
        sa.PrimaryKeyConstraint("id", name="pk_web_sets"),
        comment="A row is opinions of one channel that were taken from a file of a survey on the web. Opinions: how "
        "many count, one for each respondent and unit. Doubles: how many were left out by the rule. Void: how many "
        "of those that count answer nothing. Columns: heading by what it says. Withdrawn ones count no more.",
    )
    op.create_index("ix_web_sets_programme_id", "web_sets", ["programme_id"])
    op.create_table(
        "web_patterns",
        sa.Column("set_id", Key, nullable=False),
        sa.Column("unit_id", Key, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("group_code", sa.String(32), nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["set_id"], ["web_sets.id"], name="fk_web_patterns_set_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_web_patterns_unit_id"),
        sa.PrimaryKeyConstraint("set_id", "unit_id", "number", name="pk_web_patterns"),
        comment="A row is how many respondents of one group said the same about one unit: names of the answers to "
        "the items of the channel in their order, - where nothing was answered. Nobody is named or numbered.",
    )


def downgrade() -> None:
    """Drop them; the files the opinions came from are the bureau's."""
    op.drop_table("web_patterns")
    op.drop_table("web_sets")
