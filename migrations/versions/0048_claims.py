"""A claim costs less: it looks once what there is at all, refuses a full share, and tells nobody of a case held."""

from alembic import context, op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

DEFINER = "security definer set search_path = pg_catalog, public, pg_temp"
PLANNED = "set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off"
CALLED = (
    "p_programme bigint, p_user bigint, p_station text, p_groups bigint[], p_now timestamptz, "
    "p_lease interval, p_factor int, p_languages text[], p_full bigint[], out o_case bigint, out o_reason text"
)
CLAIM = f"""
create or replace function claim_case({CALLED}) language plpgsql {DEFINER} {PLANNED} as $$
declare
  v_user bigint := p_user;
  v_now timestamptz := p_now;
  v_spoken text[] := p_languages;
  v_lease interval := p_lease;
  v_groups bigint[] := p_groups;
  v_factor int := p_factor;
  v_full bigint[] := p_full;
  v_cleared boolean;
  v_found record;
  v_unit bigint;
  v_waits text;
begin
  -- whether a claim outlives a crash of the server is not waited for: without it the attempt, which is, is refused,
  -- and with the attempt all that was before it is on the disk
  v_waits := set_config('synchronous_commit', 'off', true);
  -- the owner of the tables acts for whom the program has signed in itself, and has looked at all this
  if pg_has_role(session_user, current_user, 'member') then
    v_found := hand_out(
      p_programme, p_user, p_station, p_groups, p_now, p_lease, p_factor, p_languages, p_full);
    o_case := v_found.o_case;
    o_reason := v_found.o_reason;
    return;
  end if;
  v_lease := least(p_lease, interval '1 hour');
  -- what a session says of hours is not asked, and of shares only that all of them are to be counted
  select u.id, n.at, case when u.languages is null then '{{}}' else
           array(select jsonb_array_elements_text(u.languages)) end,
         2 = (select count(*) from clearances l where l.programme_id = p_programme and l.user_id = u.id),
         p.replicate_factor,
         case when (p.calling_from is null or l.at::date >= p.calling_from)
               and (p.calling_until is null or l.at::date <= p.calling_until)
               and (p.closed_days is null or not p.closed_days ? to_char(l.at, 'YYYY-MM-DD'))
           then array(
             select h.group_id from call_hours h
              where h.programme_id = p.id and h.weekday = extract(isodow from l.at)::int - 1
                and h.starts <= l.at::time and l.at::time < h.ends) end
    into v_user, v_now, v_spoken, v_cleared, v_factor, v_groups
    from users u cross join lateral (
      select case when u.simulated then coalesce(p_now, now()) else now() end as at) n
      left join programmes p on p.id = p_programme and p.state = 'drawn'
      cross join lateral (select n.at at time zone p.timezone as at) l
   where u.login = session_user::text collate "default" and u.active;
  if v_user is distinct from p_user then
    perform refuse_unless(false, 'nobody acts for somebody else');
  end if;
  if v_cleared is not true then
    perform refuse_unless(false, 'no pledge, or no practice');
  end if;
  if v_factor is null then
    return;
  end if;
  if p_full <> '{{}}' then
    v_full := full_units(p_programme, v_user, v_now);
  end if;
  v_found := hand_out(p_programme, v_user, p_station, v_groups, v_now, v_lease, v_factor, v_spoken, v_full);
  o_case := v_found.o_case;
  o_reason := v_found.o_reason;
  if p_full = '{{}}' and o_reason in ('fresh', 'callback', 'appointment') then
    -- a full share is a fifth of a unit at least, so mostly nobody has to be counted for all units
    select max(q.unit_id) into v_unit
      from cells q cross join lateral (
        select count(*) as number from interviews i
         where i.user_id = v_user and i.cell_id = q.id and i.state = 'complete' and not i.excluded) d
     where q.unit_id = (select h.unit_id from cases c join cells h on h.id = c.cell_id where c.id = o_case)
     having 5 * sum(d.number) >= sum(q.quota);
    if v_unit is not null then
      v_full := full_units(p_programme, v_user, v_now);
      if v_unit = any(v_full) then
        raise exception 'a full share' using errcode = 'CA001';
      end if;
    end if;
  end if;
end $$;
"""
ORDER = "hand_out(bigint, bigint, text, bigint[], timestamptz, interval, int, text[], bigint[])"
LOOKED_UP = (
    (
        "  v_passed bigint[] := '{}';\n",
        "  v_passed bigint[] := '{}';\n  v_holds bool;\n  v_owns bool;\n  v_agreed bool;\n  v_due bool;\n",
    ),
    (
        "  -- what the operator holds already\n",
        """  -- what there is at all: mostly there is nothing of a kind
  select exists (select from cases c where c.state = 1 and c.held_by = p_user),
         exists (select from cases c where c.state in (2, 3) and c.owner_id = p_user and c.not_before <= v_now),
         exists (select from cases c where c.state in (2, 3) and c.state = 3
                   and c.programme_id = p_programme and c.not_before <= v_now),
         exists (select from cases c where c.state in (2, 3) and c.state = 2
                   and c.programme_id = p_programme and c.not_before <= v_now)
    into v_holds, v_owns, v_agreed, v_due;

  -- what the operator holds already
  if v_holds then
""",
    ),
    (
        """    return;
  end if;

  -- what the operator was cut off in a moment ago
""",
        """    return;
  end if;
  end if;

  -- what the operator was cut off in a moment ago
  if v_owns then
""",
    ),
    (
        """  -- the operator's own appointments, then others'
  if o_case is null then
""",
        """  end if;
  -- the operator's own appointments, then others'
  if o_case is null and v_owns then
""",
    ),
    (
        """  if o_case is null then
    select c.id, c.cell_id, c.reserves, 'appointment' into""",
        """  if o_case is null and v_agreed then
    select c.id, c.cell_id, c.reserves, 'appointment' into""",
    ),
    (
        """  -- callbacks
  if o_case is null then
""",
        """  -- callbacks
  if o_case is null and v_due then
""",
    ),
)
"""Words of the function that holds the order, and what is said instead."""
TOLD = (
    "create constraint trigger tell_change after update of state, held_by on cases deferrable initially deferred "
    "for each row when ((old.state, old.held_by) is distinct from (new.state, new.held_by){but}) "
    "execute function tell_change('floor')"
)


def _tell(but: str) -> None:
    op.execute("drop trigger tell_change on cases")
    op.execute(TOLD.format(but=but))


def upgrade() -> None:
    """Say it otherwise on a server (SQLite has neither function nor trigger)."""
    if op.get_bind().dialect.name != "postgresql":
        return
    context.script.get_revision("0046").module.say(LOOKED_UP, ORDER)
    op.execute(f"alter function {ORDER} reset enable_seqscan")
    op.execute(CLAIM)
    # 1: held. Who holds a case dials next, and that is told.
    _tell(" and new.state <> 1")


def downgrade() -> None:
    """Take the former claim, and tell of each."""
    if op.get_bind().dialect.name != "postgresql":
        return
    _tell("")
    op.execute(context.script.get_revision("0042").module.CLAIM)
    shares = context.script.get_revision("0046").module
    shares.say(shares.CHANGES)
    op.execute(f"alter function {ORDER} set enable_seqscan = off")
    shares.say(tuple((after, before) for before, after in reversed(LOOKED_UP)), ORDER)
