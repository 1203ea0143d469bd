"""What a call comes to whose beginning was taken over stands for its case, as of a station that was silent."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

FUNCTION = "resume_held_work(bigint, bigint, timestamptz, timestamptz)"
# As after a lapsed lease: station and epoch tell that nothing has happened to the case since that call.
BEFORE = "owner_id = p_user, owner_until = p_until, epoch = epoch + 1 where id = p_case;"
AFTER = """owner_id = p_user, owner_until = p_until, station = v_last.station,
         epoch = greatest(epoch, v_last.epoch) + 1 where id = p_case;"""
DECLARED = "  r cases;\nbegin\n"
DECLARES = "  r cases;\n  v_last attempts;\nbegin\n"
LOOKED = "  update cases set state = case when appointment is null then 2 else 3 end,"
LOOKS = f"""  select * into v_last from attempts where case_id = p_case and user_id = p_user order by number desc limit 1;
{LOOKED}"""
CHANGES = ((BEFORE, AFTER), (DECLARED, DECLARES), (LOOKED, LOOKS))
"""What is put in place of what."""


def _change(words: tuple[tuple[str, str], ...]) -> None:
    held = op.get_bind()
    if held.dialect.name != "postgresql":
        return
    body = held.scalar(sa.text("select pg_get_functiondef(cast(:name as regprocedure))"), {"name": FUNCTION})
    said = str(body)
    for before, after in words:
        assert said.count(before) == 1, before
        said = said.replace(before, after)
    held.exec_driver_sql(said.replace("%", "%%"))


def upgrade() -> None:
    """Let what comes after taking over count (on SQLite nothing ever comes late)."""
    _change(CHANGES)


def downgrade() -> None:
    """Only record it again."""
    _change(tuple((after, before) for before, after in reversed(CHANGES)))
