"""A wish is what the call just ended came to, and a station is told of by whoever is signed in there."""

import sqlalchemy as sa
from alembic import context, op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

DEFINER = "language plpgsql security definer set search_path = pg_catalog, public, pg_temp"
FORMER_WISH = "note_wish(bytea[], text, bigint, timestamptz, timestamptz)"
WISH = "note_wish(bytea[], text, bigint, timestamptz, timestamptz, text)"
# The hash of a number is under a key that the server does not have, so whose number it is stays the program's to
# know; a row that this transaction has written bears its number. Nobody has more than a few telephones.
NOTE_WISH = f"""
create function note_wish(
  p_numbers bytea[], p_kind text, p_programme bigint, p_now timestamptz, p_expires timestamptz, p_attempt text
) returns void {DEFINER} as $$
declare
  v_now timestamptz := acting_time(p_now);
  v_expires timestamptz := p_expires;
begin
  if is_person() and not (p_attempt is null and exists (
      select from users u where u.id = me() and u.roles ? 'bureau')) then
    perform refuse_unless(exists (
      select from attempts a join cases c on c.id = a.case_id
       where a.id = p_attempt and c.programme_id = p_programme and a.ended_at is not null
         and a.disposition = case p_kind when 'refusal' then 'refusal_final' else 'complete' end
         and a.xmin = pg_current_xact_id()::xid), 'that was not said in a call that ends now');
    perform refuse_unless(8 >= cardinality(p_numbers) + (
      select count(*) from wishes w where w.xmin = pg_current_xact_id()::xid), 'nobody has so many numbers');
    select least(p_expires, v_now + make_interval(
        years => coalesce((p.definition #>> '{{settings,wish_years}}')::int, 2))) into v_expires
      from programmes p where p.id = p_programme;
  end if;
  delete from wishes where expires_at <= v_now or number_hash = any(p_numbers);
  insert into wishes (kind, number_hash, programme_id, noted_at, expires_at)
    select distinct p_kind, n, p_programme, v_now, v_expires from unnest(p_numbers) n
    on conflict do nothing;
end $$
"""

HEAR = "hear_station(text, bigint, timestamptz, text, text, int, timestamptz, int, boolean, boolean)"
BEFORE = "  perform set_config('synchronous_commit', 'off', true);\n"
# Where a window died a moment ago, whoever signs in there next is heard a little later.
BOUND = """  if is_person() then
    if p_comes and exists (
        select from stations s where s.id = p_station and s.user_id <> v_user and s.left_at is null
          and s.heard_at > v_now - interval '45 seconds') then
      return clock_timestamp();
    end if;
    perform refuse_unless(p_comes or exists (
      select from stations s where s.id = p_station and s.user_id = v_user), 'nobody has signed in here');
  end if;
"""
ANY_NAME = "name = excluded.name,"
OWN_NAME = "name = case when p_comes then excluded.name else s.name end,"


def _hear(*words: tuple[str, str]) -> None:
    held = op.get_bind()
    said = str(held.scalar(sa.text("select pg_get_functiondef(cast(:name as regprocedure))"), {"name": HEAR}))
    for before, after in words:
        assert said.count(before) == 1, before
        said = said.replace(before, after)
    held.exec_driver_sql(said.replace("%", "%%"))


def upgrade() -> None:
    """Ask for it (SQLite has no functions)."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(f"drop function {FORMER_WISH}")
    op.execute(NOTE_WISH)
    op.execute(f"revoke execute on function {WISH} from public")
    _hear((BEFORE, BOUND + BEFORE), (ANY_NAME, OWN_NAME))


def downgrade() -> None:
    """Believe what is said."""
    if op.get_bind().dialect.name != "postgresql":
        return
    _hear((BOUND + BEFORE, BEFORE), (OWN_NAME, ANY_NAME))
    op.execute(f"drop function {WISH}")
    former = context.script.get_revision("0015").module.SIGHT
    begin = former.index("create function note_wish(")
    op.execute(former[begin : former.index("$$;", begin) + 3])
    op.execute(f"revoke execute on function {FORMER_WISH} from public")
