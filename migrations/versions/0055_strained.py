"""A station tells why the server takes nothing of it, so that whoever can help hears of it."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

BEFORE = (
    "A row is one computer that people sign in at. Heard: its last sign of life. Unsent: entries kept there and "
    "not on the server yet, as it told last, with the oldest's time. Ahead: how far its clock was ahead. "
    "Relieved: since when whoever signed in there before that works at another one."
)
AFTER = f"{BEFORE} Trouble: why the server, which answers, takes nothing of it; empty when it does."
HEAR = "hear_station(text, bigint, timestamptz, text, text, int, timestamptz, int, boolean, boolean{})"
# Windows of the version before go on telling of themselves until they notice that the floor has another one.
WORDS = (
    ("p_comes boolean, p_goes boolean)", "p_comes boolean, p_goes boolean, p_trouble text DEFAULT ''::text)"),
    ("oldest_unsent_at, ahead_ms)", "oldest_unsent_at, ahead_ms, trouble)"),
    ("p_oldest, p_ahead)", "p_oldest, p_ahead, left(p_trouble, 32))"),
    ("ahead_ms = excluded.ahead_ms;", "ahead_ms = excluded.ahead_ms, trouble = excluded.trouble;"),
)
"""What is put in place of what."""
TOLD = "(old.user_id, old.left_at, old.unsent > 0{0}) is distinct from (new.user_id, new.left_at, new.unsent > 0{1})"


def _change(old: str, words: tuple[tuple[str, str], ...], columns: str, told: str, comment: str) -> None:
    held = op.get_bind()
    said = str(held.scalar(sa.text("select pg_get_functiondef(cast(:name as regprocedure))"), {"name": old}))
    for before, after in words:
        assert said.count(before) == 1, before
        said = said.replace(before, after)
    op.execute(f"drop function {old}")
    held.exec_driver_sql(said.replace("%", "%%"))
    op.execute("drop trigger tell_change on stations")
    op.execute(
        f"create constraint trigger tell_change after update of user_id, left_at, unsent{columns} on stations "
        f"deferrable initially deferred for each row when ({told}) execute function tell_change('stations')"
    )
    op.create_table_comment("stations", comment)


def upgrade() -> None:
    """Add the column, filled by the function that takes a station's signs of life."""
    op.add_column("stations", sa.Column("trouble", sa.String(32), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "postgresql":
        told = TOLD.format(", old.trouble", ", new.trouble")
        _change(HEAR.format(""), WORDS, ", trouble", told, AFTER)
        op.execute(f"revoke execute on function {HEAR.format(', text')} from public")


def downgrade() -> None:
    """Tell of it no more."""
    if op.get_bind().dialect.name == "postgresql":
        back = tuple((after, before) for before, after in reversed(WORDS))
        _change(HEAR.format(", text"), back, "", TOLD.format("", ""), BEFORE)
        op.execute(f"revoke execute on function {HEAR.format('')} from public")
    with op.batch_alter_table("stations") as change:
        change.drop_column("trouble")
