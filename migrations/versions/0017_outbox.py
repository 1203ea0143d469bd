"""Writes of stations that came too late to take their place, and the messages that tell of late work."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Document, Key, Moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COMMENT = (
    "A row is one write of a station that could not take its place, kept as it came. User: who wrote it. "
    "Reason: set_aside, or the kind of refusal."
)
# An attempt in an interview under way whose telephone has rung already, while the server was silent: it is stored
# although the lease may be lost; then what others do in the case stays as it is. False when the lease was lost.
SIGNATURE = "note_attempt(text, bigint, int, bigint, text, int, timestamptz, bool, bool)"
FUNCTION = """
create function note_attempt(
  p_attempt text, p_case bigint, p_epoch int, p_user bigint, p_station text, p_alternate int,
  p_at timestamptz, p_simulated bool, p_incoming bool
) returns bool language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_user bigint := acting(p_user);
  v_number int;
begin
  if acting(null) is not null and not exists (select from attempts where case_id = p_case and user_id = v_user) then
    raise exception 'nothing is gone on with' using errcode = 'insufficient_privilege';
  end if;
  if begin_attempt(p_attempt, p_case, p_epoch, p_user, p_station, p_alternate, p_at, p_simulated, p_incoming)
      is not null then
    return true;
  end if;
  update cases set attempts = attempts + 1 where id = p_case returning attempts into strict v_number;
  insert into attempts (id, case_id, number, user_id, station, epoch, alternate, dialled_at, simulated,
    incoming) values (p_attempt, p_case, v_number, v_user, p_station, p_epoch, p_alternate, p_at, p_simulated,
    p_incoming);
  return false;
end $$
"""
OLD_KINDS = "kind in ('complaint', 'help', 'refusal', 'language')"
KINDS = "kind in ('complaint', 'help', 'refusal', 'language', 'late')"
OLD_MESSAGES = (
    "A row is what an operator sent to the supervisor: a respondent's complaint, a call for help, a refusal to be "
    "decided on, or a respondent whose language nobody speaks."
)
MESSAGES = (
    "A row is what an operator sent to the supervisor: a respondent's complaint, a call for help, a refusal to be "
    "decided on, a respondent whose language nobody speaks, or work that came too late for its lease."
)


def _kinds(allowed: str, comment: str) -> None:
    with op.batch_alter_table("messages") as change:
        change.drop_constraint(op.f("ck_messages_kind"), type_="check")
        change.create_check_constraint(op.f("ck_messages_kind"), allowed)
    if op.get_bind().dialect.name == "postgresql":
        op.create_table_comment("messages", comment)


def upgrade() -> None:
    """Add the table, and let messages be of one kind more."""
    op.create_table(
        "conflicts",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("programme_id", Key, sa.ForeignKey("programmes.id"), nullable=False),
        sa.Column("case_id", Key, sa.ForeignKey("cases.id")),
        sa.Column("attempt_id", sa.String(36)),
        sa.Column("user_id", Key, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("station", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("document", Document, nullable=False),
        sa.Column("written_at", Moment, nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        comment=COMMENT,
    )
    op.create_index("ix_conflicts_attempt_id", "conflicts", ["attempt_id"])
    _kinds(KINDS, MESSAGES)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(FUNCTION)
        op.execute(f"revoke execute on function {SIGNATURE} from public")


def downgrade() -> None:
    """Drop what was set aside; messages of late work become calls for help."""
    op.execute(sa.text("update messages set kind = 'help' where kind = 'late'"))
    _kinds(OLD_KINDS, OLD_MESSAGES)
    op.drop_table("conflicts")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"drop function {SIGNATURE}")
