"""What supervisors decide about cases, cells and interviews goes through functions; claims ask who may call."""

import re

from alembic import context, op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

DEFINER = "security definer set search_path = pg_catalog, public, pg_temp"
CALLED = (
    "p_programme bigint, p_user bigint, p_station text, p_groups bigint[], p_now timestamptz, "
    "p_lease interval, p_factor int, p_languages text[], p_full bigint[], out o_case bigint, out o_reason text"
)

# The owner of the tables, for whom `acting` gives nobody, has looked at all this in the program.
RULES = f"""
create function refuse_unless(p_fits boolean, p_why text) returns void language plpgsql as $$
begin
  if p_fits is not true then
    raise exception '%', p_why using errcode = 'insufficient_privilege';
  end if;
end $$;
create function is_person() returns boolean language sql stable as $$ select acting(null) is not null $$;
create function in_fieldwork(p_programme bigint) returns boolean language sql stable as $$
  select not is_person() or exists (select from programmes where id = p_programme and state = 'drawn')
$$;
create function is_cleared(p_programme bigint, p_user bigint) returns boolean language sql stable as $$
  select not is_person() or 2 = (
    select count(*) from clearances where programme_id = p_programme and user_id = p_user)
$$;
create function clears(p_programme bigint, p_kind text, p_detail jsonb) returns boolean
language sql stable {DEFINER} as $$
  select case p_kind
    when 'pledge' then p_detail ->> 'sha256' = encode(sha256(convert_to(p_detail ->> 'text', 'utf8')), 'hex')
      and strpos(p_detail ->> 'text', p.definition ->> 'title') > 0
    else p_detail ->> 'version' = p.definition ->> 'version'
      and jsonb_typeof(p_detail -> 'interviews') = 'array'
      and (select count(distinct i ->> 'scenario') from jsonb_array_elements(p_detail -> 'interviews') i
            where i -> 'outcomes' <> '[]')
          >= coalesce((p.definition -> 'settings' ->> 'practice_interviews')::int, 2)
    end from programmes p where p.id = p_programme
$$;
create function keep_own_roles() returns trigger language plpgsql {DEFINER} as $$
begin
  perform refuse_unless(acting(null) is distinct from old.id or (new.roles, new.active) = (old.roles, old.active),
    'nobody changes the own roles');
  return new;
end $$;
create trigger own_roles before update of roles, active on users
  for each row execute function keep_own_roles();
create function keep_course() returns trigger language plpgsql {DEFINER} as $$
declare
  v_course text[] := array['setup', 'drawn', 'closed', 'retired'];
begin
  if is_person() then
    perform refuse_unless(
      new.state = old.state or array_position(v_course, new.state) = array_position(v_course, old.state) + 1,
      'a programme does not go back');
    perform refuse_unless(old.state = 'setup' or (new.code, new.definition, new.plan_hash)
      = (old.code, old.definition, old.plan_hash), 'the programme is in use');
    perform refuse_unless(new.state <> 'drawn' or exists (
      select from draws d where d.programme_id = new.id and d.state = 'held'), 'no draw was held');
  end if;
  return new;
end $$;
create trigger course before update on programmes for each row execute function keep_course();
"""

CALLS = f"""
create or replace function claim_case({CALLED}) language plpgsql {DEFINER} as $$
declare
  v_user bigint := acting(p_user);
  v_spoken text[] := p_languages;
  v_lease interval := p_lease;
begin
  if acting(null) is not null then
    perform refuse_unless(is_cleared(p_programme, v_user), 'no pledge, or no practice');
    v_lease := least(p_lease, interval '1 hour');
    select array(select jsonb_array_elements_text(coalesce(u.languages, '[]'::jsonb))) into v_spoken
      from users u where u.id = v_user;
    perform 1 from programmes where id = p_programme and state = 'drawn';
    if not found then
      return;
    end if;
  end if;
  select h.o_case, h.o_reason into o_case, o_reason from hand_out(
    p_programme, v_user, p_station, p_groups, acting_time(p_now), v_lease, p_factor, v_spoken, p_full) h;
end $$;
create or replace function let_go(
  p_case bigint, p_now timestamptz, p_kind text, p_disposition text, p_not_before timestamptz,
  p_owner bigint, p_owner_until timestamptz, p_firm bool, p_barred bigint, p_language text, p_late bool
) returns smallint language plpgsql as $$
declare
  r cases;
  v_state smallint := case p_kind when 'complete' then 4 when 'callback' then 2 when 'appointment' then 3
                                  else 5 end;
  v_firm bool := p_kind = 'appointment' and p_firm;
  v_waits bool := p_kind in ('callback', 'appointment');
  v_until timestamptz := p_owner_until;
begin
  if v_until is not null and is_person() then
    v_until := least(v_until, p_now + interval '1 day');
  end if;
  select * into strict r from cases where id = p_case for update;
  update cases set state = v_state, disposition = p_disposition,
         not_before = case when v_waits then coalesce(p_not_before, p_now) end,
         owner_id = case when v_waits then p_owner end,
         owner_until = case when v_waits and p_owner is not null then v_until end,
         barred_id = coalesce(p_barred, barred_id),
         appointment = case when v_state = 3 then case when v_firm then 'firm' else 'soft' end end,
         language = coalesce(p_language, language), reserves = v_firm,
         epoch = epoch + p_late::int, held_by = null, station = null, lease_until = null
   where id = p_case;
  if r.reserves and not v_firm then
    perform move_place(r.cell_id, -1, (v_state = 4)::int);
  end if;
  if r.reserves and not v_firm and v_state <> 4 then
    perform unpark(r.cell_id);
  else
    perform park_if_full(r.cell_id);
  end if;
  return v_state;
end $$;
create or replace function hold_for_call_back(
  p_case bigint, p_user bigint, p_station text, p_until timestamptz
) returns boolean language plpgsql {DEFINER} as $$
declare
  v_user bigint := acting(p_user);
  v_until timestamptz := p_until;
  r cases;
begin
  select * into strict r from cases where id = p_case for update;
  if is_person() then
    perform refuse_unless(
      r.attempts > 0 and r.state <> 4 and r.barred_id is distinct from v_user
        and not (r.state = 1 and r.held_by <> v_user and r.lease_until > now())
        and in_fieldwork(r.programme_id) and is_cleared(r.programme_id, v_user),
      'the case is not to be opened');
    v_until := least(p_until, acting_time(p_until) + interval '1 hour');
  end if;
  update persons set case_id = p_case where id = r.person_id and (case_id is null or case_id = p_case);
  if not found or (not r.reserves and not take_place(r.cell_id)) then
    return false;
  end if;
  update cases set state = 1, held_by = v_user, station = p_station, lease_until = v_until,
         epoch = epoch + 1, reserves = true where id = p_case;
  return true;
end $$;
"""

DECISIONS = f"""
create function set_case_aside(p_case bigint) returns void language plpgsql {DEFINER} as $$
begin
  update cases set state = 8, epoch = epoch + 1
   where id = p_case and state in (0, 2, 3, 6) and in_fieldwork(programme_id);
  perform refuse_unless(found, 'the case does not wait');
end $$;
create function bring_case_back(p_case bigint) returns void language plpgsql {DEFINER} as $$
declare
  r cases;
begin
  select * into r from cases where id = p_case and state = 8 and in_fieldwork(programme_id) for update;
  perform refuse_unless(found, 'the case is not aside');
  update cases set epoch = epoch + 1,
         state = case when appointment is not null then 3 when attempts > 0 then 2 else 0 end
   where id = p_case;
  update cells set exhausted = false,
         watermark = case when r.appointment is null and r.attempts = 0 then least(watermark, r.position - 1)
                          else watermark end
   where id = r.cell_id;
  perform park_if_full(r.cell_id);
end $$;
create function give_case(p_case bigint, p_to bigint, p_not_before timestamptz, p_until timestamptz)
returns boolean language plpgsql {DEFINER} as $$
declare
  v_person boolean := is_person();
  r cases;
begin
  select * into r from cases where id = p_case and state in (0, 2, 3, 6, 8) and in_fieldwork(programme_id)
     for update;
  perform refuse_unless(found, 'the case does not wait');
  perform refuse_unless(not v_person or exists (
    select from users u where u.id = p_to and u.active and u.roles ? 'operator'), 'that is no operator');
  update persons set case_id = p_case where id = r.person_id and (case_id is null or case_id = p_case);
  if not found then
    return false;
  end if;
  update cases set epoch = epoch + 1, owner_id = p_to, barred_id = nullif(barred_id, p_to),
         state = case when appointment is null then 2 else 3 end,
         not_before = case when appointment is null then p_not_before else not_before end,
         owner_until = case when appointment is null
                            then case when v_person then least(p_until, now() + interval '1 day') else p_until end
                       end
   where id = p_case;
  perform park_if_full(r.cell_id);
  return true;
end $$;
create function call_case_again(p_case bigint, p_not_before timestamptz, p_barred bigint) returns boolean
language plpgsql {DEFINER} as $$
declare
  v_cell bigint;
begin
  update cases set state = 2, not_before = p_not_before, epoch = epoch + 1, held_by = null, station = null,
         lease_until = null, barred_id = p_barred
   where id = p_case and state = 5 and (attempts > 0 or not is_person()) and in_fieldwork(programme_id)
   returning cell_id into v_cell;
  if not found then
    return false;
  end if;
  perform park_if_full(v_cell);
  return true;
end $$;
create function withdraw_interview(p_case bigint, p_now timestamptz, p_again boolean) returns boolean
language plpgsql {DEFINER} as $$
declare
  v_free boolean;
  r cases;
begin
  select * into strict r from cases where id = p_case for update;
  perform refuse_unless(not is_person() or (r.state <> 1 and exists (
    select from interviews i where i.case_id = p_case and i.state <> 'open')), 'nothing is to be withdrawn');
  if r.state = 4 or (p_again and r.state = 5) then
    update cases set state = case when p_again then 2 else 5 end,
           not_before = case when p_again then acting_time(p_now) end, epoch = epoch + 1, held_by = null,
           station = null, lease_until = null where id = p_case;
  end if;
  if r.state <> 4 then
    return false;
  end if;
  -- an interview beyond the quota moves up into the place that falls free
  update cells set overshoot = greatest(overshoot - 1, 0),
         completed = case when overshoot > 0 then completed else completed - 1 end
   where id = r.cell_id returning completed + reserved < quota into v_free;
  if v_free then
    update cells set exhausted = false where id = r.cell_id;
    perform unpark(r.cell_id);
  else
    perform park_if_full(r.cell_id);
  end if;
  return v_free;
end $$;
create function count_interview_again(p_case bigint) returns boolean language plpgsql {DEFINER} as $$
declare
  r cases;
begin
  select * into strict r from cases where id = p_case for update;
  perform refuse_unless(not is_person() or (r.state not in (1, 4) and exists (
    select from interviews i where i.case_id = p_case and i.state = 'complete')), 'nothing is to be counted');
  if not r.reserves and not take_place(r.cell_id) then
    return false;
  end if;
  perform move_place(r.cell_id, -1, 1);
  update cases set state = 4, disposition = 'complete', epoch = epoch + 1, not_before = null, owner_id = null,
         owner_until = null, appointment = null, reserves = false, held_by = null, station = null,
         lease_until = null where id = p_case;
  perform park_if_full(r.cell_id);
  return true;
end $$;
create function exclude_interview(p_interview text, p_excluded boolean) returns void
language plpgsql {DEFINER} as $$
begin
  update interviews set excluded = p_excluded
   where id = p_interview and (state <> 'open' or not is_person());
  perform refuse_unless(found, 'the interview goes on');
end $$;
create function pause_cell(p_cell bigint, p_paused boolean) returns boolean language plpgsql {DEFINER} as $$
begin
  update cells set paused = p_paused where id = p_cell and paused <> p_paused;
  return found;
end $$;
create function release_cases(p_cell bigint, p_count int) returns int language plpgsql {DEFINER} as $$
declare
  v_count int;
begin
  update cases set state = 0 where id in (
    select c.id from cases c where c.cell_id = p_cell and c.state = 7 and in_fieldwork(c.programme_id)
     order by c.position limit p_count);
  get diagnostics v_count = row_count;
  if v_count > 0 then
    update cells set exhausted = false where id = p_cell;
  end if;
  return v_count;
end $$;
create function serve_cell(p_cell bigint) returns void language sql {DEFINER} as $$
  update cells set exhausted = false where id = p_cell
$$;
"""

NEW = (
    "clears(bigint, text, jsonb)",
    "set_case_aside(bigint)",
    "bring_case_back(bigint)",
    "give_case(bigint, bigint, timestamptz, timestamptz)",
    "call_case_again(bigint, timestamptz, bigint)",
    "withdraw_interview(bigint, timestamptz, boolean)",
    "count_interview_again(bigint)",
    "exclude_interview(text, boolean)",
    "pause_cell(bigint, boolean)",
    "release_cases(bigint, int)",
    "serve_cell(bigint)",
    "keep_own_roles()",
    "keep_course()",
    "is_cleared(bigint, bigint)",
    "in_fieldwork(bigint)",
    "is_person()",
    "refuse_unless(boolean, text)",
)

FORMER = "0015"
"""The revision that made the functions that are replaced here."""
REPLACED = ("claim_case", "let_go", "hold_for_call_back")


def upgrade() -> None:
    """Make the functions, for nobody but their owner to call (SQLite has none)."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("set local check_function_bodies = off")
    for part in (RULES, CALLS, DECISIONS):
        op.execute(part)
    for signature in NEW:
        op.execute(f"revoke execute on function {signature} from public")


def downgrade() -> None:
    """Let the former functions hold, and take the others away."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("drop trigger own_roles on users")
    op.execute("drop trigger course on programmes")
    made = context.script.get_revision(FORMER).module
    for function in re.findall(r"^create (function (\w+).*?\$\$;$)", made.PLACES + made.MOVES, re.M | re.S):
        if function[1] in REPLACED:
            op.execute(f"create or replace {function[0]}")
    for signature in NEW:
        op.execute(f"drop function {signature}")
