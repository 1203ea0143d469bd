"""What every claim runs is planned once in a session, not at each call, and asks who acts in one question."""

import re

import sqlalchemy as sa
from alembic import context, op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

DEFINER = "security definer set search_path = pg_catalog, public, pg_temp"
# A plan made for the values of one call is a guess of what they find; these statements find a row or none by an
# index whatever the values are, and planning them took longer than running them.
PLANNED = ("plan_cache_mode = force_generic_plan", "jit = off")
# Before the first ANALYZE of a floor just drawn the planner would read whole tables.
BY_INDEX = "enable_seqscan = off"
ORDER = "hand_out(bigint, bigint, text, bigint[], timestamptz, interval, int, text[], bigint[])"
CALLED = (
    "p_programme bigint, p_user bigint, p_station text, p_groups bigint[], p_now timestamptz, "
    "p_lease interval, p_factor int, p_languages text[], p_full bigint[], out o_case bigint, out o_reason text"
)

# In the language that keeps its plans: one in SQL is read and planned anew at every call from another function.
SMALL = f"""
create or replace function me() returns bigint language plpgsql stable {DEFINER} as $$
begin
  return (select id from users where login = session_user::text and active and not simulated);
end $$;
create or replace function acting_time(p_now timestamptz) returns timestamptz
language plpgsql stable {DEFINER} as $$
begin
  return case when pg_has_role(session_user, current_user, 'member') then coalesce(p_now, now()) else now() end;
end $$;
create or replace function is_person() returns boolean language plpgsql stable as $$
begin
  return acting(null) is not null;
end $$;
create or replace function move_place(p_cell bigint, p_reserved int, p_completed int) returns void
language plpgsql as $$
begin
  update cells set reserved = reserved + p_reserved, completed = completed + p_completed where id = p_cell;
end $$;
create or replace function unpark(p_cell bigint) returns void language plpgsql as $$
begin
  update cases set state = case when appointment is null then 2 else 3 end
   where cell_id = p_cell and state = 6;
end $$;
create or replace function cut_off(p_case bigint) returns void language plpgsql as $$
begin
  update attempts a set disposition = case
      when exists (select from answers s where s.attempt_id = a.id) then 'interrupted'
      else 'dialling_cut_off' end
   where a.case_id = p_case and a.disposition is null;
end $$;
create or replace function vouched() returns jsonb language plpgsql stable {DEFINER} as $$
begin
  -- both: another server, onto which this one was restored, counts transactions anew
  return (select document from relayed where xact = pg_current_xact_id_if_assigned()::text and at = now());
end $$;
create or replace function writer() returns bigint language plpgsql stable {DEFINER} as $$
begin
  return coalesce((vouched() ->> 'user_id')::bigint, me());
end $$;
"""

CLAIM = f"""
create or replace function claim_case({CALLED}) language plpgsql {DEFINER}
set {PLANNED[0]} set {PLANNED[1]} as $$
declare
  v_user bigint := p_user;
  v_now timestamptz := p_now;
  v_spoken text[] := p_languages;
  v_lease interval := p_lease;
  v_cleared boolean;
  v_drawn boolean;
begin
  -- the owner of the tables acts for whom the program has signed in itself, and has looked at all this
  if not pg_has_role(session_user, current_user, 'member') then
    v_now := now();
    v_lease := least(p_lease, interval '1 hour');
    select u.id, array(select jsonb_array_elements_text(coalesce(u.languages, '[]'::jsonb))),
           2 = (select count(*) from clearances l where l.programme_id = p_programme and l.user_id = u.id),
           exists (select from programmes p where p.id = p_programme and p.state = 'drawn')
      into v_user, v_spoken, v_cleared, v_drawn
      from users u where u.login = session_user::text and u.active and not u.simulated;
    perform refuse_unless(v_user = p_user, 'nobody acts for somebody else');
    perform refuse_unless(v_cleared, 'no pledge, or no practice');
    if not v_drawn then
      return;
    end if;
  end if;
  select h.o_case, h.o_reason into o_case, o_reason from hand_out(
    p_programme, v_user, p_station, p_groups, v_now, v_lease, p_factor, v_spoken, p_full) h;
end $$;
"""

ALSO_PLANNED = (
    "settle_case(bigint, int, bigint, timestamptz, text, text, timestamptz, bigint, timestamptz, bool, bigint, text)",
    "extend_lease(bigint, int, bigint, timestamptz)",
    "begin_attempt(text, bigint, int, bigint, text, int, timestamptz, bool, bool)",
)
# Nobody was passed where the position is the next one.
ORDER_SAID = (
    (
        "greatest(watermark, coalesce(",
        "case when v_position = v_watermark + 1 then v_position else greatest(watermark, coalesce(",
    ),
    (
        "and c.position > v_watermark and c.position < v_position), v_position))",
        "and c.position > v_watermark and c.position < v_position), v_position)) end",
    ),
)
FORMER = {
    "me": ("0015", "WHO"),
    "acting_time": ("0015", "WHO"),
    "move_place": ("0015", "PLACES"),
    "unpark": ("0015", "PLACES"),
    "cut_off": ("0015", "PLACES"),
    "is_person": ("0020", "RULES"),
    "claim_case": ("0020", "CALLS"),
    "vouched": ("0021", "FUNCTIONS"),
    "writer": ("0021", "FUNCTIONS"),
}
"""The revisions that made what is replaced here, and where in them it stands."""


def _say_otherwise(function: str, words: tuple[tuple[str, str], ...]) -> None:
    held = op.get_bind()
    said = held.scalar(sa.text("select pg_get_functiondef(cast(:name as regprocedure))"), {"name": function})
    for before, after in words:
        assert before in said, (function, before)
        said = said.replace(before, after)
    held.exec_driver_sql(said.replace("%", "%%"))


def upgrade() -> None:
    """Put the functions in the place of the former ones (SQLite has none)."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(SMALL)
    op.execute(CLAIM)
    for signature in ALSO_PLANNED:
        for setting in PLANNED:
            op.execute(f"alter function {signature} set {setting}")
    _say_otherwise(ORDER, ORDER_SAID)
    op.execute(f"alter function {ORDER} set {BY_INDEX}")


def downgrade() -> None:
    """Take the former ones again."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(f"alter function {ORDER} reset enable_seqscan")
    _say_otherwise(ORDER, tuple((after, before) for before, after in ORDER_SAID))
    for signature in ALSO_PLANNED:
        for setting in PLANNED:
            op.execute(f"alter function {signature} reset {setting.split()[0]}")
    for name, (revision, part) in FORMER.items():
        said = getattr(context.script.get_revision(revision).module, part)
        found = re.search(rf"^create (?:or replace )?(function {name}\(.*?\$\$;$)", said, re.M | re.S)
        op.execute(f"create or replace {found[1]}")
