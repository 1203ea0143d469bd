"""Scores approved by a second body, and every file that left the program."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key, Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("sign_offs", "exports")


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "sign_offs",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("body", sa.String(200), nullable=False),
        sa.Column("signer", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("signed_at", Moment(), nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name="fk_sign_offs_programme_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sign_offs_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_offs"),
        comment="A row is one approval of a programme's scores by a second body; the last one holds. Sha256: "
        "of the scores as they were. User: who wrote it down.",
    )
    op.create_table(
        "exports",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("format", sa.String(8), nullable=False),
        sa.Column("identity", sa.String(16), nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("file", sa.String(400), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name="fk_exports_programme_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_exports_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
        comment="A row is one file that left the program. Sha256: of the file, or of its parts one after the "
        "other. Identity: whether people are masked in it. Recipient: for whom it is, in words.",
    )
    for table in TABLES:
        op.create_index(f"ix_{table}_programme_id", table, ["programme_id"])


def downgrade() -> None:
    """Drop them, and with them who approved and who took files away."""
    for table in TABLES:
        op.drop_table(table)
