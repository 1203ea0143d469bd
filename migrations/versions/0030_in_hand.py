"""Whom a case is about is shown to whoever holds it, and for a short time to whoever was cut off in it."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

DEFINER = "language sql stable security definer set search_path = pg_catalog, public, pg_temp"
# As long as a case that was cut off is kept for its operator. Whoever takes it back leaves the station, counts the
# epoch on and writes down when that was; whoever settles or claims it does otherwise.
SHORTLY = """
    select c.id from cases c
     where c.state = 1 and c.held_by = writer() and c.lease_until > now() - interval '15 minutes'
    union
    select c.id from attempts a join cases c on c.id = a.case_id
     where a.user_id = writer() and a.ended_at is null and a.dialled_at > now() - interval '4 days'
       and c.state in (2, 3) and c.station is not null and c.epoch = a.epoch + 1
       and c.not_before > now() - interval '15 minutes'"""
BEFORE = """
    select c.id from cases c where c.state = 1 and c.held_by = writer()
    union
    select a.case_id from attempts a
     where a.user_id = writer() and a.ended_at is null and a.dialled_at > now() - interval '4 days'"""

# What comes late asks how far others have gone on, of a case that is shown no more.
SIGNATURE = "standing_of(text)"
STANDING = f"""
create function standing_of(p_interview text, out state smallint, out epoch int) {DEFINER} as $$
  select c.state, c.epoch from interviews i join cases c on c.id = i.case_id
   where i.id = p_interview and (not is_person() or c.id = any(at_hand()))
$$
"""


def _in_hand(of_mine: str) -> str:
    return f"""
create or replace function in_hand() returns bigint[] {DEFINER} as $$
  select coalesce(array_agg(of_mine.id), '{{}}') from ({of_mine}
  ) of_mine
$$
"""


def upgrade() -> None:
    """Show it no longer (SQLite shows everything to whoever reads the file)."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_in_hand(SHORTLY))
        op.execute(STANDING)
        op.execute(f"revoke execute on function {SIGNATURE} from public")


def downgrade() -> None:
    """Show it until the attempt has an end, for four days."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"drop function {SIGNATURE}")
        op.execute(_in_hand(BEFORE))
