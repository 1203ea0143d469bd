"""Operators who are no people sign in to a server as themselves, in a time of their own; their calls say so."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

DEFINER = "security definer set search_path = pg_catalog, public, pg_temp"

ME = f"""
create or replace function me() returns bigint language sql stable {DEFINER} as $$
  select id from users where login = session_user::text and active{{but}}
$$
"""
SIMULATES = f"""
create function simulates() returns boolean language sql stable {DEFINER} as $$
  select exists (select from users where login = session_user::text and simulated)
$$
"""
TIME = f"""
create or replace function acting_time(p_now timestamptz) returns timestamptz
language sql stable {DEFINER} as $$
  select case when pg_has_role(session_user, current_user, 'member'){{or_else}} then coalesce(p_now, now())
              else now() end
$$
"""
BEGIN = f"""
create or replace function begin_attempt(
  p_attempt text, p_case bigint, p_epoch int, p_user bigint, p_station text, p_alternate int,
  p_at timestamptz, p_simulated bool, p_incoming bool
) returns int language plpgsql {DEFINER} as $$
declare
  v_user bigint := acting(p_user);
  v_number int;
begin
  update cases set attempts = attempts + 1
   where id = p_case and state = 1 and held_by = v_user and epoch = p_epoch returning attempts into v_number;
  if v_number is null then
    return null;
  end if;
  if v_number > 1 then
    perform cut_off(p_case);
  end if;
  insert into attempts (id, case_id, number, user_id, station, epoch, alternate, dialled_at, simulated,
    incoming) values (p_attempt, p_case, v_number, v_user, p_station, p_epoch, p_alternate, p_at,
    p_simulated{{or_else}}, p_incoming);
  return v_number;
end $$
"""
ADMIT = f"""
create or replace function admit(p_user bigint, p_verifier text) returns void language plpgsql {DEFINER} as $$
declare
  u users;
  v_me bigint := acting(null);
  v_manages boolean := v_me is null or exists (
    select from users m where m.id = v_me and (m.roles ? 'bureau' or m.roles ? 'admin'));
  v_group text;
begin
  select * into strict u from users where id = p_user;
  if {{refused}} then
    raise exception 'nobody may admit this person' using errcode = 'insufficient_privilege';
  end if;
  if p_verifier !~ '^SCRAM-SHA-256[$][0-9]+:' then
    raise exception 'no verifier' using errcode = 'invalid_parameter_value';
  end if;
  if not exists (select from pg_roles where rolname = u.login) then
    execute format('create role %I login', u.login);
    execute format('comment on role %I is %L', u.login, 'cati ' || current_database());
  elsif shobj_description((select oid from pg_roles where rolname = u.login), 'pg_authid')
        is distinct from 'cati ' || current_database() then
    raise exception 'the role is somebody else''s' using errcode = 'duplicate_object';
  end if;
  if p_verifier is not null then
    execute format('alter role %I password %L', u.login, p_verifier);
  end if;
  if not v_manages then
    return;
  end if;
  execute format('alter role %I %s', u.login, case when u.active then 'login' else 'nologin' end);
  foreach v_group in array array['operator', 'supervisor', 'bureau', 'observer', 'admin'] loop
    if u.active and u.roles ? v_group then
      execute format('grant %I to %I', current_database() || '_' || v_group, u.login);
    else
      execute format('revoke %I from %I', current_database() || '_' || v_group, u.login);
    end if;
  end loop;
end $$
"""


def upgrade() -> None:
    """Let simulated operators act (SQLite has no such functions); only who manages users lets them in."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(SIMULATES)
    op.execute("revoke execute on function simulates() from public")
    op.execute(ME.format(but=""))
    op.execute(TIME.format(or_else=" or simulates()"))
    op.execute(BEGIN.format(or_else=" or simulates()"))
    op.execute(
        ADMIT.format(
            refused="not (v_manages or (p_user = v_me and p_verifier is not null and not u.simulated))"
        )
    )


def downgrade() -> None:
    """Let nobody in who is no person."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        ADMIT.format(refused="u.simulated or not (v_manages or (p_user = v_me and p_verifier is not null))")
    )
    op.execute(BEGIN.format(or_else=""))
    op.execute(TIME.format(or_else=""))
    op.execute(ME.format(but=" and not simulated"))
    op.execute("drop function simulates()")
