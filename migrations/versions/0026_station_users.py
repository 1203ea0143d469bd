"""Who was signed in at a station before whoever is now, so that nobody stands on the board who was relieved."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key, Moment

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

COMMENT = (
    "A row is a user at whose station somebody else has signed in. Heard: the last sign of life of a station while "
    "it was theirs. Until: when it was another's."
)
HEAR = "hear_station(text, bigint, timestamptz, text, text, int, timestamptz, int, boolean, boolean)"
BEFORE = "  perform set_config('synchronous_commit', 'off', true);\n"
AFTER = f"""{BEFORE}  if p_comes then
    insert into station_users as u (user_id, heard_at, until_at)
      select s.user_id, s.heard_at, coalesce(s.left_at, v_now) from stations s
        where s.id = p_station and s.user_id <> v_user
      on conflict (user_id) do update set heard_at = excluded.heard_at, until_at = excluded.until_at
        where u.heard_at <= excluded.heard_at;
  end if;
"""


def _change(before: str, after: str) -> None:
    held = op.get_bind()
    body = held.execute(sa.text("select pg_get_functiondef(cast(:name as regprocedure))"), {"name": HEAR})
    said = str(body.scalar_one())
    assert before in said
    held.exec_driver_sql(said.replace(before, after).replace("%", "%%"))


def upgrade() -> None:
    """Add the table, filled by the function that takes a station's signs of life."""
    op.create_table(
        "station_users",
        sa.Column("user_id", Key, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("heard_at", Moment, nullable=False),
        sa.Column("until_at", Moment, nullable=False),
        comment=COMMENT,
    )
    if op.get_bind().dialect.name == "postgresql":
        _change(BEFORE, AFTER)


def downgrade() -> None:
    """Forget whoever was there before."""
    if op.get_bind().dialect.name == "postgresql":
        _change(AFTER, BEFORE)
    op.drop_table("station_users")
