"""Whoever listens to a call is in the audit log first, whatever program asks."""

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

DEFINER = "language plpgsql security definer set search_path = pg_catalog, public, pg_temp"
# The entry closes the transaction, so it is looked for when that ends. The keeper puts back copies.
OWN = f"""
create function own_listening() returns trigger {DEFINER} as $$
begin
  if me() is not null and not exists (
    select from audit where user_id = new.user_id and action = 'listening_begun' and at = new.begun_at
      and subject = 'user ' || new.operator_id and detail ->> 'attempt' = new.attempt_id) then
    raise exception 'nobody listens without an entry in the log' using errcode = 'insufficient_privilege';
  end if;
  return null;
end $$
"""


def upgrade() -> None:
    """Refuse a listening that the log does not know (SQLite has no roles, and nobody to listen to)."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(OWN)
    op.execute("revoke execute on function own_listening() from public")
    op.execute(
        "create constraint trigger own_listening after insert on listenings deferrable initially deferred "
        "for each row execute function own_listening()"
    )


def downgrade() -> None:
    """Leave the log to the program."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop trigger own_listening on listenings")
        op.execute("drop function own_listening()")
