"""Whoever acts on a server is told by the session: functions in which cases, leases and places move."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ORDER = "(bigint, bigint, text, bigint[], timestamptz, interval, int, text[], bigint[])"
DEFINER = "security definer set search_path = pg_catalog, public, pg_temp"
"""Of every function that persons may call: it runs as the owner of the tables, wherever it is called from."""

# The owner of the tables acts for whom the program has signed in itself (one station, or a keeper's work);
# everybody else is who the server let in, whatever the parameter says.
WHO = f"""
create function me() returns bigint language sql stable {DEFINER} as $$
  select id from users where login = session_user::text and active and not simulated
$$;
create function acting(p_user bigint) returns bigint language plpgsql stable {DEFINER} as $$
declare
  v_me bigint;
begin
  if pg_has_role(session_user, current_user, 'member') then
    return p_user;
  end if;
  v_me := me();
  if v_me is null or p_user <> v_me then
    raise exception 'nobody acts for somebody else' using errcode = 'insufficient_privilege';
  end if;
  return v_me;
end $$;
create function acting_time(p_now timestamptz) returns timestamptz language sql stable {DEFINER} as $$
  select case when pg_has_role(session_user, current_user, 'member') then coalesce(p_now, now()) else now() end
$$;
create function at_hand() returns bigint[] language sql stable {DEFINER} as $$
  select coalesce(array_agg(of_mine.id), '{{}}') from (
    select c.id from cases c where c.state = 1 and c.held_by = me()
    union
    select a.case_id from attempts a where a.user_id = me() and a.dialled_at > now() - interval '1 day'
  ) of_mine
$$;
create function in_hand() returns bigint[] language sql stable {DEFINER} as $$
  select coalesce(array_agg(of_mine.id), '{{}}') from (
    select c.id from cases c where c.state = 1 and c.held_by = me()
    union
    select a.case_id from attempts a
     where a.user_id = me() and a.ended_at is null and a.dialled_at > now() - interval '1 day'
  ) of_mine
$$;
create function held_entries() returns bigint[] language sql stable {DEFINER} as $$
  select coalesce(array_agg(c.entry_id), '{{}}') from cases c where c.id = any(in_hand())
$$;
create function held_persons() returns bigint[] language sql stable {DEFINER} as $$
  select coalesce(array_agg(c.person_id), '{{}}') from cases c where c.id = any(in_hand())
$$;
create function interviews_at_hand() returns text[] language sql stable {DEFINER} as $$
  select coalesce(array_agg(i.id::text), '{{}}') from interviews i where i.case_id = any(at_hand())
$$;
create function open_interviews() returns text[] language sql stable {DEFINER} as $$
  select coalesce(array_agg(i.id::text), '{{}}') from interviews i
   where i.case_id = any(at_hand()) and i.state in ('open', 'partial')
$$;
create function may_answer(p_interview text, p_attempt text, p_epoch int) returns boolean
language sql stable {DEFINER} as $$
  select exists (
    select from attempts a join interviews i on i.case_id = a.case_id
     where a.id = p_attempt and i.id = p_interview and a.user_id = me() and a.epoch = p_epoch)
$$;
create function lock_of(p_user bigint, out box bytea, out parameters jsonb) language sql stable {DEFINER} as $$
  select u.locked_private, u.lock_parameters from users u where u.id = acting(p_user)
$$;
"""

# Nothing but the functions below calls these; they run as whoever runs those: the owner of the tables.
PLACES = """
create function take_place(p_cell bigint) returns boolean language plpgsql as $$
begin
  update cells set reserved = reserved + 1 where id = p_cell and completed + reserved < quota;
  return found;
end $$;
create function move_place(p_cell bigint, p_reserved int, p_completed int) returns void language sql as $$
  update cells set reserved = reserved + p_reserved, completed = completed + p_completed where id = p_cell
$$;
create function unpark(p_cell bigint) returns void language sql as $$
  update cases set state = case when appointment is null then 2 else 3 end
   where cell_id = p_cell and state = 6
$$;
create function park_if_full(p_cell bigint) returns void language plpgsql as $$
begin
  perform 1 from cells q where q.id = p_cell and q.completed + q.reserved >= q.quota
     and not exists (select from cases c where c.cell_id = q.id and c.state = 1);
  if found then
    update cases set state = 6 where id in (
      select c.id from cases c where c.cell_id = p_cell and c.state in (2, 3) and not c.reserves
         for update skip locked);
  end if;
end $$;
create function cut_off(p_case bigint) returns void language sql as $$
  update attempts a set disposition = case
      when exists (select from answers s where s.attempt_id = a.id) then 'interrupted'
      else 'dialling_cut_off' end
   where a.case_id = p_case and a.disposition is null
$$;
create function let_go(
  p_case bigint, p_now timestamptz, p_kind text, p_disposition text, p_not_before timestamptz,
  p_owner bigint, p_owner_until timestamptz, p_firm bool, p_barred bigint, p_language text, p_late bool
) returns smallint language plpgsql as $$
declare
  r cases;
  v_state smallint := case p_kind when 'complete' then 4 when 'callback' then 2 when 'appointment' then 3
                                  else 5 end;
  v_firm bool := p_kind = 'appointment' and p_firm;
  v_waits bool := p_kind in ('callback', 'appointment');
begin
  select * into strict r from cases where id = p_case for update;
  update cases set state = v_state, disposition = p_disposition,
         not_before = case when v_waits then coalesce(p_not_before, p_now) end,
         owner_id = case when v_waits then p_owner end,
         owner_until = case when v_waits and p_owner is not null then p_owner_until end,
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
create function freshen(p_case bigint, p_barred bigint) returns void language plpgsql as $$
declare
  r cases;
begin
  update cases set state = 0, reserves = false, epoch = epoch + 1, held_by = null, station = null,
         lease_until = null, barred_id = coalesce(p_barred, barred_id)
   where id = p_case returning * into strict r;
  update cells set exhausted = false, reserved = reserved - 1, watermark = least(watermark, r.position - 1)
   where id = r.cell_id;
  perform unpark(r.cell_id);
end $$;
create function hand_back(p_case bigint, p_now timestamptz, p_barred bigint) returns void
language plpgsql as $$
declare
  r cases;
begin
  select * into strict r from cases where id = p_case for update;
  if r.attempts = 0 then
    perform freshen(p_case, p_barred);
  else
    perform let_go(p_case, p_now, case when r.appointment is null then 'callback' else 'appointment' end,
      r.disposition, r.not_before, case when p_barred is null then r.owner_id end,
      case when p_barred is null then r.owner_until end, r.appointment is not distinct from 'firm', p_barred,
      null, false);
  end if;
end $$;
create function refuse_unheld(p_case bigint) returns void language plpgsql as $$
declare
  v_user bigint := acting(null);
begin
  if v_user is not null then
    perform 1 from cases where id = p_case and state = 1 and held_by = v_user;
    if not found then
      raise exception 'the case is in other hands' using errcode = 'insufficient_privilege';
    end if;
  end if;
end $$;
"""

MOVES = f"""
create function claim_case(
  p_programme bigint, p_user bigint, p_station text, p_groups bigint[], p_now timestamptz,
  p_lease interval, p_factor int, p_languages text[], p_full bigint[], out o_case bigint, out o_reason text
) language plpgsql {DEFINER} as $$
declare
  v_user bigint := acting(p_user);
  v_spoken text[] := p_languages;
  v_lease interval := p_lease;
begin
  if acting(null) is not null then
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
create function settle_case(
  p_case bigint, p_epoch int, p_user bigint, p_now timestamptz, p_kind text, p_disposition text,
  p_not_before timestamptz, p_owner bigint, p_owner_until timestamptz, p_firm bool, p_barred bigint,
  p_language text, out o_fate text, out o_state smallint
) language plpgsql {DEFINER} as $$
declare
  v_user bigint := acting(p_user);
  v_now timestamptz := acting_time(p_now);
  v_firm bool := p_firm;
  r cases;
begin
  select * into strict r from cases where id = p_case for update;
  if r.state = 1 and r.epoch = p_epoch and r.held_by = v_user then
    o_fate := 'settled';
    o_state := let_go(p_case, v_now, p_kind, p_disposition, p_not_before, p_owner, p_owner_until, p_firm,
      p_barred, p_language, false);
    return;
  end if;
  -- what comes late comes from whoever held the case under this epoch and dialled
  if acting(null) is not null then
    perform 1 from attempts a where a.case_id = p_case and a.user_id = v_user and a.epoch = p_epoch;
    if not found then
      raise exception 'the case is in other hands' using errcode = 'insufficient_privilege';
    end if;
  end if;
  o_state := r.state;
  if p_kind = 'complete' and r.state = 4 then
    o_fate := 'late_duplicate';
  elsif p_kind = 'complete' then
    update cases set state = 4, disposition = p_disposition, epoch = epoch + 1, not_before = null,
           owner_id = null, owner_until = null, appointment = null, reserves = false, held_by = null,
           station = null, lease_until = null where id = p_case;
    o_fate := 'late_counted';
    o_state := 4;
    -- who holds the case now, or its firm appointment, held a place for this very interview
    if r.reserves or take_place(r.cell_id) then
      perform move_place(r.cell_id, -1, 1);
    else
      update cells set overshoot = overshoot + 1 where id = r.cell_id;
      o_fate := 'late_overshoot';
    end if;
    perform park_if_full(r.cell_id);
  elsif r.state <> 1 and r.station is not null and r.epoch = p_epoch + 1 then
    if p_firm and p_kind = 'appointment' and not r.reserves then
      v_firm := take_place(r.cell_id);
    end if;
    o_fate := 'late_settled';
    o_state := let_go(p_case, v_now, p_kind, p_disposition, p_not_before, p_owner, p_owner_until, v_firm,
      p_barred, p_language, true);
  else
    o_fate := 'late_recorded';
  end if;
end $$;
create function hand_over_case(p_case bigint, p_epoch int, p_user bigint, p_now timestamptz) returns boolean
language plpgsql {DEFINER} as $$
declare
  v_user bigint := acting(p_user);
begin
  perform 1 from cases where id = p_case and state = 1 and epoch = p_epoch and held_by = v_user for update;
  if not found then
    return false;
  end if;
  perform cut_off(p_case);
  perform hand_back(p_case, acting_time(p_now), v_user);
  return true;
end $$;
create function give_back_case(p_case bigint, p_now timestamptz) returns void language plpgsql {DEFINER} as $$
begin
  perform refuse_unheld(p_case);
  perform hand_back(p_case, acting_time(p_now), null);
end $$;
create function close_held_case(p_case bigint, p_disposition text, p_now timestamptz) returns void
language plpgsql {DEFINER} as $$
begin
  perform refuse_unheld(p_case);
  perform let_go(p_case, acting_time(p_now), 'final', p_disposition, null, null, null, false, null, null,
    false);
end $$;
create function cut_off_attempts(p_case bigint) returns void language plpgsql {DEFINER} as $$
begin
  perform refuse_unheld(p_case);
  perform cut_off(p_case);
end $$;
create function extend_lease(p_case bigint, p_epoch int, p_user bigint, p_until timestamptz) returns bigint
language plpgsql {DEFINER} as $$
declare
  v_user bigint := acting(p_user);
  v_programme bigint;
begin
  update cases set lease_until = case when acting(null) is null then p_until
                                      else least(p_until, now() + interval '1 hour') end
   where id = p_case and state = 1 and epoch = p_epoch and held_by = v_user
   returning programme_id into v_programme;
  return v_programme;
end $$;
create function lease_lapsed(p_programme bigint, p_now timestamptz) returns boolean
language sql stable {DEFINER} as $$
  select exists (select from cases c where c.state = 1 and c.programme_id = p_programme
                    and c.lease_until <= acting_time(p_now))
$$;
create function reap_cases(p_programme bigint, p_now timestamptz, p_owner_keeps interval, p_most int)
returns int language plpgsql {DEFINER} as $$
declare
  v_now timestamptz := acting_time(p_now);
  v_begun bool;
  v_firm bool;
  v_count int := 0;
  r cases;
begin
  -- cells are locked one after the other: always in the same order
  for r in select * from cases c where c.state = 1 and c.programme_id = p_programme and c.lease_until <= v_now
            order by c.cell_id, c.id limit p_most for update skip locked loop
    v_count := v_count + 1;
    v_begun := exists (select from interviews i where i.case_id = r.id and i.state = 'open'
                          and exists (select from answers s where s.interview_id = i.id));
    if r.attempts = 0 and not v_begun then
      perform freshen(r.id, null);
      continue;
    end if;
    perform cut_off(r.id);
    v_firm := r.appointment is not distinct from 'firm';
    -- the station stays: it tells that nothing has happened to the case since
    update cases set state = case when v_firm then 3 else 2 end, not_before = v_now, reserves = v_firm,
           epoch = epoch + 1, held_by = null, lease_until = null,
           appointment = case when v_firm then appointment end,
           owner_id = case when v_begun then r.held_by when v_firm then owner_id end,
           owner_until = case when v_begun then v_now + p_owner_keeps when v_firm then owner_until end
     where id = r.id;
    if not v_firm then
      perform move_place(r.cell_id, -1, 0);
      perform unpark(r.cell_id);
    end if;
  end loop;
  return v_count;
end $$;
create function begin_attempt(
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
    incoming) values (p_attempt, p_case, v_number, v_user, p_station, p_epoch, p_alternate, p_at, p_simulated,
    p_incoming);
  return v_number;
end $$;
create function lock_case(p_case bigint) returns smallint language sql {DEFINER} as $$
  select state from cases where id = p_case for update
$$;
create function holds_case(p_case bigint, p_epoch int, p_user bigint) returns boolean
language plpgsql {DEFINER} as $$
begin
  perform 1 from cases where id = p_case and state = 1 and epoch = p_epoch and held_by = acting(p_user)
     for update;
  return found;
end $$;
create function hold_for_call_back(p_case bigint, p_user bigint, p_station text, p_until timestamptz)
returns boolean language plpgsql {DEFINER} as $$
declare
  v_user bigint := acting(p_user);
  r cases;
begin
  select * into strict r from cases where id = p_case for update;
  if acting(null) is not null and (r.attempts = 0 or (r.state = 1 and r.held_by <> v_user
      and r.lease_until > now()) or r.barred_id = v_user) then
    raise exception 'the case is not to be opened' using errcode = 'insufficient_privilege';
  end if;
  update persons set case_id = p_case where id = r.person_id and (case_id is null or case_id = p_case);
  if not found or (not r.reserves and not take_place(r.cell_id)) then
    return false;
  end if;
  update cases set state = 1, held_by = v_user, station = p_station, lease_until = p_until,
         epoch = epoch + 1, reserves = true where id = p_case;
  return true;
end $$;
create function move_appointment(p_case bigint, p_user bigint, p_at timestamptz) returns boolean
language plpgsql {DEFINER} as $$
begin
  update cases set not_before = p_at 
   where id = p_case and state = 3 and (owner_id is null or owner_id = acting(p_user));
  return found;
end $$;
create function cancel_appointment(p_case bigint, p_user bigint) returns boolean
language plpgsql {DEFINER} as $$
declare
  r cases;
begin
  select * into r from cases where id = p_case for update;
  if not found or r.state <> 3 or r.owner_id <> acting(p_user) then
    return false;
  end if;
  update cases set state = 2, appointment = null, owner_id = null, owner_until = null, reserves = false
   where id = p_case;
  if r.reserves then
    perform move_place(r.cell_id, -1, 0);
    perform unpark(r.cell_id);
  else
    perform park_if_full(r.cell_id);
  end if;
  return true;
end $$;
"""

SIGHT = f"""
create function outlook(p_programme bigint, p_user bigint, p_languages text[], p_full bigint[])
returns table (code text, fresh boolean, due timestamptz) language plpgsql stable {DEFINER} as $$
declare
  v_user bigint := acting(p_user);
begin
  return query
  select g.code::text,
    exists (select from cells q where q.programme_id = p_programme and q.group_id = g.id
       and q.completed + q.reserved < q.quota and not q.paused and q.unit_id <> all(p_full)
       and (exists (select from cases c where c.cell_id = q.id and c.state = 0
                       and (c.barred_id is null or c.barred_id <> v_user))
            or exists (select from cases c where c.cell_id = q.id and c.state = 7))),
    (select min(case when c.owner_until > c.not_before and (c.owner_id is null or c.owner_id <> v_user)
                     then c.owner_until else c.not_before end)
       from cases c join cells q on q.id = c.cell_id
      where c.programme_id = p_programme and q.group_id = g.id and c.state in (2, 3)
        and (c.reserves or q.completed + q.reserved < q.quota) and not q.paused
        and (c.barred_id is null or c.barred_id <> v_user)
        and (c.language is null or c.language = any(p_languages))
        and (c.owner_id = v_user or q.unit_id <> all(p_full)))
    from groups g where g.programme_id = p_programme order by g.position;
end $$;
create function cases_of_number(p_programme bigint, p_number bytea, p_user bigint, p_now timestamptz)
returns table (case_id bigint, state smallint, disposition text, attempts smallint, barred boolean,
  taken boolean, busy boolean, paused boolean) language plpgsql stable {DEFINER} as $$
#variable_conflict use_column
declare
  v_user bigint := acting(p_user);
  v_now timestamptz := acting_time(p_now);
begin
  return query
  select c.id, c.state, c.disposition::text, c.attempts, c.barred_id is not distinct from v_user,
         p.case_id is not null and p.case_id <> c.id,
         c.state = 1 and c.held_by is distinct from v_user and c.lease_until > v_now, q.paused
    from cases c join persons p on p.id = c.person_id join cells q on q.id = c.cell_id
   where c.person_id in (
     select f.id from persons f where f.programme_id = p_programme and f.number_hash = p_number
     union all
     select f.id from persons f join other_numbers o on o.person_id = f.id
      where f.programme_id = p_programme and o.number_hash = p_number)
   order by c.ticket;
end $$;
create function settled_state(p_attempt text, p_disposition text, p_ended timestamptz) returns smallint
language plpgsql stable {DEFINER} as $$
declare
  v_user bigint := acting(null);
begin
  return (select c.state from cases c join attempts a on a.case_id = c.id
           where a.id = p_attempt and a.disposition = p_disposition and a.ended_at = p_ended
             and (v_user is null or a.user_id = v_user));
end $$;
create function note_wish(
  p_numbers bytea[], p_kind text, p_programme bigint, p_now timestamptz, p_expires timestamptz
) returns void language plpgsql {DEFINER} as $$
begin
  delete from wishes where expires_at <= acting_time(p_now) or number_hash = any(p_numbers);
  insert into wishes (kind, number_hash, programme_id, noted_at, expires_at)
    select distinct p_kind, n, p_programme, acting_time(p_now), p_expires from unnest(p_numbers) n
    on conflict do nothing;
end $$;
"""

# Roles belong to a whole server: those of a floor carry the name of its database.
LOGINS = f"""
create function admit(p_user bigint, p_verifier text) returns void language plpgsql {DEFINER} as $$
declare
  u users;
  v_me bigint := acting(null);
  v_manages boolean := v_me is null or exists (
    select from users m where m.id = v_me and (m.roles ? 'bureau' or m.roles ? 'admin'));
  v_group text;
begin
  select * into strict u from users where id = p_user;
  if u.simulated or not (v_manages or (p_user = v_me and p_verifier is not null)) then
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
end $$;
"""

PERSONS_CALL = (
    "me()",
    "acting(bigint)",
    "acting_time(timestamptz)",
    "at_hand()",
    "in_hand()",
    "held_entries()",
    "held_persons()",
    "interviews_at_hand()",
    "open_interviews()",
    "may_answer(text, text, int)",
    "lock_of(bigint)",
    f"claim_case{ORDER}",
    "settle_case(bigint, int, bigint, timestamptz, text, text, timestamptz, bigint, timestamptz, bool, bigint, "
    "text)",
    "hand_over_case(bigint, int, bigint, timestamptz)",
    "give_back_case(bigint, timestamptz)",
    "close_held_case(bigint, text, timestamptz)",
    "cut_off_attempts(bigint)",
    "extend_lease(bigint, int, bigint, timestamptz)",
    "lease_lapsed(bigint, timestamptz)",
    "reap_cases(bigint, timestamptz, interval, int)",
    "begin_attempt(text, bigint, int, bigint, text, int, timestamptz, bool, bool)",
    "lock_case(bigint)",
    "holds_case(bigint, int, bigint)",
    "hold_for_call_back(bigint, bigint, text, timestamptz)",
    "move_appointment(bigint, bigint, timestamptz)",
    "cancel_appointment(bigint, bigint)",
    "outlook(bigint, bigint, text[], bigint[])",
    "cases_of_number(bigint, bytea, bigint, timestamptz)",
    "settled_state(text, text, timestamptz)",
    "note_wish(bytea[], text, bigint, timestamptz, timestamptz)",
    "admit(bigint, text)",
)
OWN = (
    "take_place(bigint)",
    "move_place(bigint, int, int)",
    "unpark(bigint)",
    "park_if_full(bigint)",
    "cut_off(bigint)",
    "let_go(bigint, timestamptz, text, text, timestamptz, bigint, timestamptz, bool, bigint, text, bool)",
    "freshen(bigint, bigint)",
    "hand_back(bigint, timestamptz, bigint)",
    "refuse_unheld(bigint)",
)


def upgrade() -> None:
    """Make the functions, for nobody but their owner to call (SQLite has none)."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(f"alter function claim_case{ORDER} rename to hand_out")
    # Bodies name functions that are made further down.
    op.execute("set local check_function_bodies = off")
    for part in (WHO, PLACES, MOVES, SIGHT, LOGINS):
        op.execute(part)
    for signature in (*PERSONS_CALL, *OWN, f"hand_out{ORDER}"):
        op.execute(f"revoke execute on function {signature} from public")


def downgrade() -> None:
    """Leave the former claim, which everybody may call who may read the tables."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for signature in reversed((*PERSONS_CALL, *OWN)):
        op.execute(f"drop function {signature}")
    op.execute(f"alter function hand_out{ORDER} rename to claim_case")
    op.execute(f"grant execute on function claim_case{ORDER} to public")
