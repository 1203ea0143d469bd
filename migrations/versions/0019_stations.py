"""What the server knows of each station, and how it tells windows that something has changed."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key, Moment

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

COMMENT = (
    "A row is one computer that people sign in at. Heard: its last sign of life. Unsent: entries kept there and "
    "not on the server yet, as it told last, with the oldest's time. Ahead: how far its clock was ahead."
)
DEFINER = "language plpgsql security definer set search_path = pg_catalog, public, pg_temp"
SIGNATURE = "hear_station(text, bigint, timestamptz, text, text, int, timestamptz, int, boolean, boolean)"
# A sign of life is worth no wait for the disk: the next one comes in half a minute.
HEAR = f"""
create function hear_station(
  p_station text, p_user bigint, p_now timestamptz, p_name text, p_version text, p_unsent int,
  p_oldest timestamptz, p_ahead int, p_comes boolean, p_goes boolean
) returns timestamptz {DEFINER} as $$
declare
  v_user bigint := acting(p_user);
  v_now timestamptz := acting_time(p_now);
begin
  perform set_config('synchronous_commit', 'off', true);
  insert into stations as s (id, name, user_id, signed_in_at, left_at, heard_at, version, unsent,
      oldest_unsent_at, ahead_ms)
    values (p_station, left(p_name, 64), v_user, v_now, case when p_goes then v_now end, v_now,
      left(p_version, 32), p_unsent, p_oldest, p_ahead)
    on conflict (id) do update set
      name = excluded.name, user_id = excluded.user_id,
      signed_in_at = case when p_comes or s.user_id <> excluded.user_id then v_now else s.signed_in_at end,
      left_at = excluded.left_at, heard_at = excluded.heard_at, version = excluded.version,
      unsent = excluded.unsent, oldest_unsent_at = excluded.oldest_unsent_at, ahead_ms = excluded.ahead_ms;
  return case when p_now is null then clock_timestamp() else v_now end;
end $$
"""
# Commits that notify wait for each other on the whole server. So of those that come together one tells, and
# the others leave it at that: whoever hears of it looks twice, the second time when they are through.
TELL = f"""
create function tell_change() returns trigger {DEFINER} as $$
declare
  v_what text := tg_argv[0];
  v_programme bigint := 0;
begin
  if tg_table_name = 'attempts' then
    select programme_id into v_programme from cases where id = new.case_id;
  elsif tg_table_name = 'interviews' then
    select programme_id into v_programme from cells where id = new.cell_id;
  elsif tg_table_name in ('cases', 'cells', 'messages') then
    v_programme := new.programme_id;
  end if;
  if v_what <> 'floor' or pg_try_advisory_xact_lock(x'43415449'::int, v_programme::int) then
    perform pg_notify(case v_what when 'notices' then 'cati_notices' else 'cati_floor' end,
      v_what || ' ' || v_programme);
  end if;
  return null;
end $$
"""
TRIGGERS = {
    "cases": (
        "floor",
        "update of state, held_by",
        "(old.state, old.held_by) is distinct from (new.state, new.held_by)",
    ),
    "attempts": ("floor", "insert or update of disposition, connected_at, ended_at", "true"),
    "interviews": ("floor", "insert or update of state, excluded", "true"),
    "cells": (
        "floor",
        "update of quota, completed, exhausted, paused",
        "(old.quota, old.completed, old.exhausted, old.paused) is distinct from "
        "(new.quota, new.completed, new.exhausted, new.paused)",
    ),
    "attendance": ("floor", "insert", "true"),
    "attendance_corrections": ("floor", "insert", "true"),
    "sound_tests": ("floor", "insert", "true"),
    "messages": ("messages", "insert or update of settled_at", "true"),
    "notices": ("notices", "insert", "true"),
    "stations": (
        "stations",
        "update of user_id, left_at, unsent",
        "(old.user_id, old.left_at, old.unsent > 0) is distinct from (new.user_id, new.left_at, new.unsent > 0)",
    ),
}
"""What is told of which table's changes, and when."""


def upgrade() -> None:
    """Add the table; on a server the function that fills it, and what tells of changes at each commit."""
    op.create_table(
        "stations",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("user_id", Key, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("signed_in_at", Moment, nullable=False),
        sa.Column("left_at", Moment),
        sa.Column("heard_at", Moment, nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("unsent", sa.Integer, nullable=False),
        sa.Column("oldest_unsent_at", Moment),
        sa.Column("ahead_ms", sa.Integer),
        comment=COMMENT,
    )
    if op.get_bind().dialect.name != "postgresql":
        return
    # Room beside each row: a sign of life changes no index and grows no table.
    op.execute("alter table stations set (fillfactor = 50)")
    op.execute(HEAR)
    op.execute(TELL)
    op.execute(f"revoke execute on function {SIGNATURE}, tell_change() from public")
    for table, (what, when, condition) in TRIGGERS.items():
        # At the end of the transaction: what tells is held by nobody for longer than a commit takes.
        op.execute(
            f"create constraint trigger tell_change after {when} on {table} deferrable initially deferred "
            f"for each row when ({condition}) execute function tell_change('{what}')"
        )


def downgrade() -> None:
    """Forget the stations; windows look for themselves every now and then."""
    if op.get_bind().dialect.name == "postgresql":
        for table in TRIGGERS:
            op.execute(f"drop trigger tell_change on {table}")
        op.execute("drop function tell_change()")
        op.execute(f"drop function {SIGNATURE}")
    op.drop_table("stations")
