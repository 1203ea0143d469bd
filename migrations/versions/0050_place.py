"""Somebody calls from one place of work at a time: which window was relieved by another one of the same person."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Moment

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

DEFINER = "language plpgsql security definer set search_path = pg_catalog, public, pg_temp"
SIGNATURE = "take_place(text, bigint, timestamptz)"
BEFORE = (
    "A row is one computer that people sign in at. Heard: its last sign of life. Unsent: entries kept there and "
    "not on the server yet, as it told last, with the oldest's time. Ahead: how far its clock was ahead."
)
AFTER = f"{BEFORE} Relieved: since when whoever signed in there before that works at another one."
# A window that was relieved hears of it by the name it listens to.
TAKE = f"""
create function take_place(p_station text, p_user bigint, p_now timestamptz) returns integer {DEFINER} as $$
declare
  v_user bigint := acting(p_user);
  v_now timestamptz := acting_time(p_now);
  v_id text;
  v_count int := 0;
begin
  update stations set relieved_at = null where id = p_station and user_id = v_user;
  for v_id in
    update stations set relieved_at = v_now where user_id = v_user and id <> p_station and left_at is null
      returning id
  loop
    perform pg_notify('cati_' || replace(v_id, '-', ''), '');
    v_count := v_count + 1;
  end loop;
  return v_count;
end $$;
"""


def upgrade() -> None:
    """Add the column; on a server the function that fills it."""
    op.add_column("stations", sa.Column("relieved_at", Moment))
    if op.get_bind().dialect.name == "postgresql":
        op.create_table_comment("stations", AFTER)
        op.execute(TAKE)
        op.execute(f"revoke execute on function {SIGNATURE} from public")


def downgrade() -> None:
    """Forget who was relieved."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"drop function {SIGNATURE}")
        op.create_table_comment("stations", BEFORE)
    with op.batch_alter_table("stations") as table:
        table.drop_column("relieved_at")
