"""Lists of addresses, what is found about a list as a whole, and what a list need not meet."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Document, Key, Moment

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and the column."""
    with op.batch_alter_table("frames") as frames:
        frames.add_column(sa.Column("findings", Document))
    op.create_table(
        "mail_entries",
        sa.Column("frame_id", Key, autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("person_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["frame_id"], ["frames.id"], name="fk_mail_entries_frame_id"),
        sa.PrimaryKeyConstraint("frame_id", "row", name="pk_mail_entries"),
        comment="A row is one usable row of a list of addresses: who is sent a questionnaire, sealed. The hash, "
        "under the programme's key, is of the mobile number, else of name and address.",
    )
    op.create_table(
        "list_exemptions",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("unit_id", Key, nullable=False),
        sa.Column("group_id", Key, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("granted_by", sa.String(200), nullable=False),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.CheckConstraint("kind in ('size', 'areas')", name=op.f("ck_list_exemptions_kind")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name="fk_list_exemptions_programme_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_list_exemptions_unit_id"),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_list_exemptions_group_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_list_exemptions_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_list_exemptions"),
        sa.UniqueConstraint("unit_id", "group_id", "kind", name="uq_list_exemptions_unit_id_group_id_kind"),
        comment="A row is what a unit's list of a group need not meet: its smallest size, or to cover all areas. "
        "Granted by: who decided so, by which document.",
    )
    op.create_index("ix_list_exemptions_programme_id", "list_exemptions", ["programme_id"])


def downgrade() -> None:
    """Drop them; the lists the addresses came from are the bureau's."""
    op.drop_table("list_exemptions")
    op.drop_table("mail_entries")
    with op.batch_alter_table("frames") as frames:
        frames.drop_column("findings")
