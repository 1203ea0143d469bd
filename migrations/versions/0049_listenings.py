"""Who listens to whose call while it runs, and the last few fractions of a second of its sound on the way."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key, Moment

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

LISTENINGS = (
    "A row is one listening of somebody to an operator's call while it ran. Sealed key: of the sound, "
    "for the operator's station. Looked: when the listener last asked for sound."
)
SOUNDS = (
    "A row is a fraction of a second of a call that somebody listens to, sealed to the listener; the "
    "last few alone are here, and none once it is over."
)
DEFINER = "language plpgsql security definer set search_path = pg_catalog, public, pg_temp"
# Each station listens to a channel of its own name: nobody else's window is woken.
TELL = f"""
create function tell_listening() returns trigger {DEFINER} as $$
begin
  perform pg_notify('cati_' || replace(id, '-', ''), '') from stations
    where user_id = new.operator_id and left_at is null and heard_at > now() - interval '5 minutes';
  return null;
end $$
"""


def upgrade() -> None:
    """Add both; on a server the operator's station is told, and the sound is written without a log."""
    op.create_table(
        "listenings",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("operator_id", Key, nullable=False),
        sa.Column("attempt_id", sa.String(36), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", Moment, nullable=False),
        sa.Column("looked_at", Moment, nullable=False),
        sa.Column("ended_at", Moment),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_listenings_user_id"),
        sa.ForeignKeyConstraint(["operator_id"], ["users.id"], name="fk_listenings_operator_id"),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name="fk_listenings_attempt_id"),
        sa.PrimaryKeyConstraint("id", name="pk_listenings"),
        comment=LISTENINGS,
    )
    op.create_index(
        "ix_listenings_open",
        "listenings",
        ["operator_id"],
        sqlite_where=sa.text("ended_at is null"),
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "listening_sounds",
        sa.Column("listening_id", sa.String(36), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["listening_id"], ["listenings.id"], name="fk_listening_sounds_listening_id"),
        sa.PrimaryKeyConstraint("listening_id", "seq", name="pk_listening_sounds"),
        comment=SOUNDS,
    )
    if op.get_bind().dialect.name != "postgresql":
        return
    # Nobody misses it after a crash, and nobody waits for the disk.
    op.execute("alter table listening_sounds set unlogged")
    op.execute(TELL)
    op.execute("revoke execute on function tell_listening() from public")
    op.execute(
        "create trigger tell_listening after insert or update of ended_at on listenings "
        "for each row execute function tell_listening()"
    )


def downgrade() -> None:
    """Drop both; who listened stays in the audit log."""
    op.drop_table("listening_sounds")
    op.drop_table("listenings")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function tell_listening()")
