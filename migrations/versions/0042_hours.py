"""When a group may be called and of which units somebody has a full share, the server sees for itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from cati.store.types import Document, Key

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

COMMENT = (
    "A row is a stretch of a weekday (0 Monday to 6 Sunday), in the programme's local time and without its end, in "
    "which people of a group may be called."
)
# What a workbook that says nothing else means.
DEFAULT_HOURS = (
    ((0, 1, 2, 3, 4, 5), "09:00", "12:00"),
    ((0, 1, 2, 3, 4, 5), "14:00", "20:30"),
    ((6,), "10:00", "12:00"),
    ((6,), "14:00", "20:30"),
)

DEFINER = "security definer set search_path = pg_catalog, public, pg_temp"
PLANNED = "set plan_cache_mode = force_generic_plan set jit = off"
# As cati/domain/attendance.py counts a working day, and cati/domain/stations.py who is still there: a correction
# speaks for its whole day, and who is signed in at a station is heard every half minute.
AT_WORK = f"""
create function at_work(p_now timestamptz) returns table (user_id bigint, event text)
language plpgsql stable {DEFINER} as $$
declare
  v_now timestamptz := acting_time(p_now);
  v_start timestamptz := date_trunc('day', v_now at time zone 'Asia/Shanghai') at time zone 'Asia/Shanghai';
begin
  return query
  with newest as (
    select c.user_id, max(c.corrected_at) as made from attendance_corrections c
     where c.at >= v_start and c.at < v_start + interval '1 day' group by 1),
  corrected as (
    select c.user_id, c.attendance_id, c.event, c.at from attendance_corrections c
      join newest n on n.user_id = c.user_id and n.made = c.corrected_at
     where c.at >= v_start and c.at < v_start + interval '1 day'),
  steps as (
    select a.id, a.user_id, a.event, a.at from attendance a
     where a.at >= v_start and a.at < v_start + interval '1 day'
       and not exists (select from corrected c where c.attendance_id = a.id)
    union all
    select null, c.user_id, c.event, c.at from corrected c where c.event is not null),
  last as (
    select distinct on (s.user_id) s.user_id, s.event, s.at from steps s left join newest n using (user_id)
     order by s.user_id, case when n.user_id is not null then s.at end desc, s.id desc nulls first),
  seen as (
    select distinct on (t.user_id) t.user_id, t.heard_at, t.until_at from (
      select s.user_id, s.heard_at, s.left_at as until_at from stations s
      union all select u.user_id, u.heard_at, u.until_at from station_users u) t
     order by t.user_id, t.heard_at desc)
  select l.user_id, l.event::text from last l left join seen using (user_id)
   where l.event <> 'out' and (seen.user_id is null or (
     greatest(seen.heard_at, l.at) > coalesce(seen.until_at, '-infinity')
     and greatest(seen.heard_at, l.at) >= v_now - interval '45 seconds'));
end $$
"""
# As `share_limit` in cati/domain/queue.py.
FULL_UNITS = f"""
create function full_units(p_programme bigint, p_user bigint, p_now timestamptz) returns bigint[]
language plpgsql stable {DEFINER} as $$
declare
  v_user bigint := acting(p_user);
  v_operators bigint := (select count(*) from at_work(p_now));
begin
  if v_operators <= 2 then
    return '{{}}';
  end if;
  return array(
    select d.unit_id from (
      select q.unit_id, count(*) as number from interviews i join cells q on q.id = i.cell_id
       where i.user_id = v_user and i.state = 'complete' and not i.excluded and q.programme_id = p_programme
       group by 1) d
     where d.number * least(5, v_operators / 2.0)
        >= (select sum(q.quota) from cells q where q.unit_id = d.unit_id)
     order by 1);
end $$
"""
NEW = (("at_work(timestamptz)", AT_WORK), ("full_units(bigint, bigint, timestamptz)", FULL_UNITS))

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
begin
  -- the owner of the tables acts for whom the program has signed in itself, and has looked at all this
  if not pg_has_role(session_user, current_user, 'member') then
    v_lease := least(p_lease, interval '1 hour');
    -- what a session says of hours and shares is not asked; a full share is a fifth of a unit at least, so mostly
    -- nobody has to be counted
    select u.id, n.at, case when u.languages is null then '{{}}' else
             array(select jsonb_array_elements_text(u.languages)) end,
           2 = (select count(*) from clearances l where l.programme_id = p_programme and l.user_id = u.id),
           array(
             select d.unit_id from (
               select q.unit_id, count(*) as number from interviews i join cells q on q.id = i.cell_id
                where i.user_id = u.id and i.state = 'complete' and not i.excluded and q.programme_id = p_programme
                group by 1) d
              where d.number * 5 >= (select sum(q.quota) from cells q where q.unit_id = d.unit_id)),
           p.replicate_factor,
           case when (p.calling_from is null or l.at::date >= p.calling_from)
                 and (p.calling_until is null or l.at::date <= p.calling_until)
                 and (p.closed_days is null or not p.closed_days ? to_char(l.at, 'YYYY-MM-DD'))
             then array(
               select h.group_id from call_hours h
                where h.programme_id = p.id and h.weekday = extract(isodow from l.at)::int - 1
                  and h.starts <= l.at::time and l.at::time < h.ends) end
      into v_user, v_now, v_spoken, v_cleared, v_full, v_factor, v_groups
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
    if v_full <> '{{}}' then
      v_full := full_units(p_programme, v_user, v_now);
    end if;
  end if;
  select h.o_case, h.o_reason into o_case, o_reason from hand_out(
    p_programme, v_user, p_station, v_groups, v_now, v_lease, v_factor, v_spoken, v_full) h;
end $$;
"""


def _columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("timezone", sa.String(64), nullable=False, server_default="Asia/Shanghai"),
        sa.Column("calling_from", sa.Date),
        sa.Column("calling_until", sa.Date),
        sa.Column("closed_days", Document),
        sa.Column("replicate_factor", sa.Integer, nullable=False, server_default=sa.text("4")),
    )


PROGRAMMES = sa.table(
    "programmes",
    sa.column("id", Key),
    sa.column("definition", Document),
    *(sa.column(column.name, column.type) for column in _columns()),
)
GROUPS = sa.table(
    "groups", sa.column("id", Key), sa.column("programme_id", Key), sa.column("code", sa.String)
)


IN_USE = (
    """(new.code, new.definition, new.plan_hash)
      = (old.code, old.definition, old.plan_hash)""",
    """(new.code, new.definition, new.plan_hash, new.timezone, new.calling_from, new.calling_until,
      new.closed_days, new.replicate_factor) is not distinct from (old.code, old.definition, old.plan_hash,
      old.timezone, old.calling_from, old.calling_until, old.closed_days, old.replicate_factor)""",
)


def _keep_course(before: str, after: str) -> None:
    held = op.get_bind()
    said = str(held.scalar(sa.text("select pg_get_functiondef('keep_course()'::regprocedure)")))
    assert said.count(before) == 1
    held.exec_driver_sql(said.replace(before, after).replace("%", "%%"))


def _hours(settings: dict[str, Any], group: str) -> list[tuple[list[int], str, str]]:
    told = [h for h in settings.get("call_hours") or () if group in h["groups"]]
    told = told or [h for h in settings.get("call_hours") or () if not h["groups"]]
    return [(h["weekdays"], h["start"], h["end"]) for h in told] or list(DEFAULT_HOURS)  # type: ignore[arg-type]


def _fill(hours: sa.Table) -> None:
    """Say of the programmes there are what their definitions say."""
    held = op.get_bind()
    for programme_id, definition in held.execute(sa.select(PROGRAMMES.c.id, PROGRAMMES.c.definition)).all():
        settings = definition.get("settings") or {}
        days = {name: settings.get(name) for name in ("fieldwork_start", "fieldwork_end", "expires")}
        last = min((day for day in (days["fieldwork_end"], days["expires"]) if day), default=None)
        facts = {
            "timezone": settings.get("timezone") or "Asia/Shanghai",
            "calling_from": days["fieldwork_start"] and dt.date.fromisoformat(days["fieldwork_start"]),
            "calling_until": last and dt.date.fromisoformat(last),
            "closed_days": settings.get("closed_days") or [],
            "replicate_factor": settings.get("replicate_factor") or 4,
        }
        held.execute(sa.update(PROGRAMMES).where(PROGRAMMES.c.id == programme_id).values(facts))
        groups = held.execute(
            sa.select(GROUPS.c.id, GROUPS.c.code).where(GROUPS.c.programme_id == programme_id)
        )
        rows = [
            {
                "programme_id": programme_id,
                "group_id": group_id,
                "weekday": weekday,
                "starts": dt.time.fromisoformat(start),
                "ends": dt.time.fromisoformat(end),
            }
            for group_id, code in groups.all()
            for weekdays, start, end in _hours(settings, code)
            for weekday in weekdays
        ]
        if rows:
            held.execute(sa.insert(hours), rows)


def upgrade() -> None:
    """Keep hours beside the programme; on a server let the claim ask for them."""
    for column in _columns():
        op.add_column("programmes", column)
    hours = op.create_table(
        "call_hours",
        sa.Column("id", Key, primary_key=True),
        sa.Column("programme_id", Key, sa.ForeignKey("programmes.id"), nullable=False),
        sa.Column("group_id", Key, sa.ForeignKey("groups.id"), nullable=False),
        sa.Column("weekday", sa.Integer, nullable=False),
        sa.Column("starts", sa.Time, nullable=False),
        sa.Column("ends", sa.Time, nullable=False),
        comment=COMMENT,
    )
    op.create_index("ix_call_hours_programme_id_weekday", "call_hours", ["programme_id", "weekday"])
    _fill(hours)
    if op.get_bind().dialect.name != "postgresql":
        return
    for signature, function in NEW:
        op.execute(function)
        op.execute(f"revoke execute on function {signature} from public")
    op.execute(CLAIM)
    _keep_course(*IN_USE)


def downgrade() -> None:
    """Let whoever claims say when groups are open."""
    if op.get_bind().dialect.name == "postgresql":
        _keep_course(*reversed(IN_USE))
        op.execute(context.script.get_revision("0025").module.CLAIM)
        for signature, _ in reversed(NEW):
            op.execute(f"drop function {signature}")
    op.drop_table("call_hours")
    with op.batch_alter_table("programmes") as change:
        for column in _columns():
            change.drop_column(column.name)
