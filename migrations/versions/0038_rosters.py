"""Lists of people of whom representatives are drawn, and their draw."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key, Moment

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "rosters",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name="fk_rosters_programme_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_rosters_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rosters"),
        sa.UniqueConstraint("programme_id", "code"),
        comment="A row is a list of people of whom representatives are drawn, as it was handed in last.",
    )
    op.create_table(
        "roster_members",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("roster_id", Key, nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("number_hash", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("place", sa.Integer),
        sa.Column("absent_at", Moment),
        sa.Column("absent_for", sa.Text),
        sa.Column("absent_by", Key),
        sa.ForeignKeyConstraint(["roster_id"], ["rosters.id"], name="fk_roster_members_roster_id"),
        sa.ForeignKeyConstraint(["absent_by"], ["users.id"], name="fk_roster_members_absent_by"),
        sa.PrimaryKeyConstraint("id", name="pk_roster_members"),
        sa.UniqueConstraint("roster_id", "row"),
        comment="A row is one person of a roster. Sealed: name, organisation, post and number, gone once the "
        "programme is retired. Place: in the order of the draw, from 1; nobody's ballot is known by it.",
    )
    op.create_table(
        "roster_draws",
        sa.Column("programme_id", Key, autoincrement=False, nullable=False),
        sa.Column("certificate", sa.LargeBinary, nullable=False),
        sa.Column("frame", sa.LargeBinary, nullable=False),
        sa.Column("held_at", Moment, nullable=False),
        sa.Column("held_by", Key, nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name="fk_roster_draws_programme_id"),
        sa.ForeignKeyConstraint(["held_by"], ["users.id"], name="fk_roster_draws_held_by"),
        sa.PrimaryKeyConstraint("programme_id", name="pk_roster_draws"),
        comment="A row is the draw of a programme's representatives, with its two files byte for byte.",
    )


def downgrade() -> None:
    """Drop them; the lists and the files of the draw are the bureau's."""
    for table in ("roster_draws", "roster_members", "rosters"):
        op.drop_table(table)
