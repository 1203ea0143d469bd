"""Problems found about units, points for indicators, and how far teams say these are."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key, Moment

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

PROBLEMS = (
    "A row is a problem found about one unit: the rules it falls under, in which circumstances (with "
    "semicolons), how many persons were held accountable, and a decision that it costs less."
)
POINTS = "A row is the points one unit got for one indicator (exact decimal)."
FILINGS = "A row is what a team reports on one indicator by one day: progress, problems, what comes next."


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "problems",
        _programme(),
        sa.Column("unit_id", Key, sa.ForeignKey("units.id"), primary_key=True, autoincrement=False),
        sa.Column("number", sa.String(40), primary_key=True),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("found_on", sa.Date, nullable=False),
        sa.Column("grounds", sa.Text, nullable=False),
        sa.Column("circumstances", sa.Text, nullable=False),
        sa.Column("persons", sa.Integer, nullable=False),
        sa.Column("relief", sa.String(64), nullable=False),
        sa.Column("points_left", sa.String(64), nullable=False),
        sa.Column("relief_reason", sa.Text, nullable=False),
        *_set(),
        comment=PROBLEMS,
    )
    op.create_index("ix_problems_programme_id", "problems", ["programme_id"])
    op.create_table(
        "indicator_points",
        _programme(),
        sa.Column("unit_id", Key, sa.ForeignKey("units.id"), primary_key=True, autoincrement=False),
        sa.Column("indicator", sa.String(64), primary_key=True),
        sa.Column("points", sa.String(64), nullable=False),
        *_set(),
        comment=POINTS,
    )
    op.create_index("ix_indicator_points_programme_id", "indicator_points", ["programme_id"])
    op.create_table(
        "filings",
        sa.Column("programme_id", Key, sa.ForeignKey("programmes.id"), primary_key=True, autoincrement=False),
        sa.Column("item", sa.String(64), primary_key=True),
        sa.Column("team", sa.String(100), primary_key=True),
        sa.Column("indicator", sa.String(64), primary_key=True),
        sa.Column("filed_on", sa.Date),
        sa.Column("progress", sa.Text, nullable=False),
        sa.Column("problems", sa.Text, nullable=False),
        sa.Column("next_steps", sa.Text, nullable=False),
        *_set(),
        comment=FILINGS,
    )


def downgrade() -> None:
    """Drop them; points that were proposed for problems stay."""
    for table in ("filings", "indicator_points", "problems"):
        op.drop_table(table)


def _programme() -> sa.Column[int]:
    return sa.Column("programme_id", Key, sa.ForeignKey("programmes.id"), nullable=False)


def _set() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("set_at", Moment, nullable=False),
        sa.Column("set_by", Key, sa.ForeignKey("users.id"), nullable=False),
    )
