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
    v_lease := least(p_lease, interval '1 hour');
    select u.id, case when u.simulated then coalesce(p_now, now()) else now() end,
           array(select jsonb_array_elements_text(coalesce(u.languages, '[]'::jsonb))),
           2 = (select count(*) from clearances l where l.programme_id = p_programme and l.user_id = u.id),
           exists (select from programmes p where p.id = p_programme and p.state = 'drawn')
      into v_user, v_now, v_spoken, v_cleared, v_drawn
      from users u where u.login = session_user::text collate "default" and u.active;
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
VALUES = ("me()", "simulates()", "acting_time(timestamptz)", "vouched()", "writer()")
DEEDS = ("move_place(bigint, int, int)", "unpark(bigint)", "cut_off(bigint)")
"""Small functions in SQL, which is read and planned anew wherever another function calls one."""
# A name of the server's is of another collation than a login, and no index is asked across two.
BY_LOGIN = dict.fromkeys(
    VALUES[:2], (("session_user::text and", 'session_user::text collate "default" and'),)
)
LANGUAGES = ("LANGUAGE sql", "LANGUAGE plpgsql")
DEED = (("AS $function$\n", "AS $function$\nbegin\n"), ("\n$function$", ";\nend\n$function$"))
VALUE = (
    ("AS $function$\n", "AS $function$\nbegin\n  return (\n"),
    ("\n$function$", "\n  );\nend\n$function$"),
)


def _say_otherwise(function: str, words: tuple[tuple[str, str], ...]) -> None:
    held = op.get_bind()
    said = held.scalar(sa.text("select pg_get_functiondef(cast(:name as regprocedure))"), {"name": function})
    for before, after in words:
        assert before in said, (function, before)
        said = said.replace(before, after)
    held.exec_driver_sql(said.replace("%", "%%"))


def _back(words: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((after, before) for before, after in reversed(words))


def upgrade() -> None:
    """Put the functions in the place of the former ones (SQLite has none)."""
    if op.get_bind().dialect.name != "postgresql":
        return
    # Each sign of life moved it, and so all other indexes of the case; the holder's has the same few rows.
    op.drop_index("ix_cases_held", table_name="cases")
    for signature in VALUES:
        _say_otherwise(signature, (*BY_LOGIN.get(signature, ()), LANGUAGES, *VALUE))
    for signature in DEEDS:
        _say_otherwise(signature, (LANGUAGES, *DEED))
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
    op.create_index(
        "ix_cases_held", "cases", ["programme_id", "lease_until"], postgresql_where=sa.text("state = 1")
    )
    op.execute(f"alter function {ORDER} reset enable_seqscan")
    _say_otherwise(ORDER, _back(ORDER_SAID))
    for signature in ALSO_PLANNED:
        for setting in PLANNED:
            op.execute(f"alter function {signature} reset {setting.split()[0]}")
    former = re.search(
        r"^create or replace (function claim_case\(.*?\$\$;$)",
        context.script.get_revision("0020").module.CALLS,
        re.M | re.S,
    )
    op.execute(f"create or replace {former[1]}")
    for signature in DEEDS:
        _say_otherwise(signature, _back((LANGUAGES, *DEED)))
    for signature in VALUES:
        _say_otherwise(signature, _back((*BY_LOGIN.get(signature, ()), LANGUAGES, *VALUE)))
