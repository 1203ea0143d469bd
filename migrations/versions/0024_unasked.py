"""A programme in which nobody is called is closed without ever having been drawn."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

DEFINER = "security definer set search_path = pg_catalog, public, pg_temp"


def course(allowed: str) -> str:
    """The function of the trigger that keeps a programme on its course."""
    return f"""
create or replace function keep_course() returns trigger language plpgsql {DEFINER} as $$
declare
  v_course text[] := array['setup', 'drawn', 'closed', 'retired'];
begin
  if is_person() then
    perform refuse_unless({allowed}, 'a programme does not go back');
    perform refuse_unless(old.state = 'setup' or (new.code, new.definition, new.plan_hash)
      = (old.code, old.definition, old.plan_hash), 'the programme is in use');
    perform refuse_unless(new.state <> 'drawn' or exists (
      select from draws d where d.programme_id = new.id and d.state = 'held'), 'no draw was held');
  end if;
  return new;
end $$
"""


NEXT = (
    "new.state = old.state or array_position(v_course, new.state) = array_position(v_course, old.state) + 1"
)
UNDRAWN = """(old.state = 'setup' and new.state = 'closed' and not exists (
      select from draws d where d.programme_id = new.id and d.state <> 'void'))"""


def upgrade() -> None:
    """Let a programme be closed from its set-up (SQLite keeps no course)."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(course(f"{NEXT} or {UNDRAWN}"))


def downgrade() -> None:
    """Let only drawn ones be closed."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(course(NEXT))
