"""Ballots: who ticked what about which unit, without a name."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key, Moment

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "ballot_sets",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("group_code", sa.String(32), nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("ballots", sa.Integer, nullable=False),
        sa.Column("void", sa.Integer, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("withdrawn_at", Moment()),
        sa.Column("withdrawn_by", Key),
        sa.Column("withdrawn_for", sa.Text),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name="fk_ballot_sets_programme_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_ballot_sets_user_id"),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["users.id"], name="fk_ballot_sets_withdrawn_by"),
        sa.PrimaryKeyConstraint("id", name="pk_ballot_sets"),
        comment="A row is ballots of one channel and group that were taken from a file. Group: empty where the "
        "channel has none. Void: how many of their lines count nothing. Withdrawn ones count no more.",
    )
    op.create_index("ix_ballot_sets_programme_id", "ballot_sets", ["programme_id"])
    op.create_table(
        "ballot_lines",
        sa.Column("set_id", Key, nullable=False),
        sa.Column("ballot", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("unit_id", Key, nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["set_id"], ["ballot_sets.id"], name="fk_ballot_lines_set_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_ballot_lines_unit_id"),
        sa.PrimaryKeyConstraint("set_id", "ballot", "unit_id", name="pk_ballot_lines"),
        comment="A row is what one ballot says about one unit: names of the answers to the items of the channel "
        "in their order; - without a tick, * with several.",
    )


def downgrade() -> None:
    """Drop them; the files the ballots came from are the bureau's."""
    op.drop_table("ballot_lines")
    op.drop_table("ballot_sets")
