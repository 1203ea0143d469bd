"""Which lists a draw takes, so that those of cells without one may come later and get a draw of their own."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; draws there were took every list in force, which none has been changed since."""
    op.create_table(
        "drawn_lists",
        sa.Column("draw_id", Key, autoincrement=False, nullable=False),
        sa.Column("frame_id", Key, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["draws.id"], name="fk_drawn_lists_draw_id"),
        sa.ForeignKeyConstraint(["frame_id"], ["frames.id"], name="fk_drawn_lists_frame_id"),
        sa.PrimaryKeyConstraint("draw_id", "frame_id", name="pk_drawn_lists"),
        comment="A row is a list that a draw takes; from then on it is frozen, unless the draw is voided.",
    )
    op.create_index("ix_drawn_lists_frame_id", "drawn_lists", ["frame_id"])
    op.execute(
        "insert into drawn_lists (draw_id, frame_id) select d.id, f.id from draws d "
        "join frames f on f.programme_id = d.programme_id where d.state <> 'void' and f.current"
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("drawn_lists")
