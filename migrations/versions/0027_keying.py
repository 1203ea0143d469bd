"""Ballots keyed twice in the window, and the clerks who are hired for it."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key, Moment

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ROLES = "array['operator', 'supervisor', 'bureau', 'observer', 'admin']"
ROLES_NOW = "array['operator', 'supervisor', 'bureau', 'observer', 'admin', 'clerk']"


def upgrade() -> None:
    """Add the tables; who is let in may be a clerk."""
    op.create_table(
        "keyings",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("group_code", sa.String(32), nullable=False),
        sa.Column("ballots", sa.Integer, nullable=False),
        sa.Column("by_item", sa.Boolean, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("set_id", Key),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name="fk_keyings_programme_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_keyings_user_id"),
        sa.ForeignKeyConstraint(["set_id"], ["ballot_sets.id"], name="fk_keyings_set_id"),
        sa.PrimaryKeyConstraint("id", name="pk_keyings"),
        comment="A row is ballots of one channel and group that are keyed twice in the window, and the set they "
        "were taken as. By item: on paper the units follow each other under each item.",
    )
    op.create_index("ix_keyings_programme_id", "keyings", ["programme_id"])
    op.create_table(
        "keyed_ballots",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("keying_id", Key, nullable=False),
        sa.Column("ballot", sa.Integer, nullable=False),
        sa.Column("turn", sa.SmallInteger, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("begun_at", Moment, nullable=False),
        sa.Column("done_at", Moment),
        sa.ForeignKeyConstraint(["keying_id"], ["keyings.id"], name="fk_keyed_ballots_keying_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_keyed_ballots_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_keyed_ballots"),
        sa.UniqueConstraint("keying_id", "ballot", "turn"),
        sa.UniqueConstraint("keying_id", "ballot", "user_id"),
        sa.CheckConstraint("turn in (1, 2)", name=op.f("ck_keyed_ballots_turn")),
        comment="A row is one keying of one ballot; nobody keys a ballot twice.",
    )
    op.create_table(
        "keyed_lines",
        sa.Column("keyed_id", Key, autoincrement=False, nullable=False),
        sa.Column("unit_id", Key, autoincrement=False, nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["keyed_id"], ["keyed_ballots.id"], name="fk_keyed_lines_keyed_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_keyed_lines_unit_id"),
        sa.PrimaryKeyConstraint("keyed_id", "unit_id", name="pk_keyed_lines"),
        comment="A row is what was keyed of one ballot about one unit, as in ballot_lines; . where nothing was "
        "keyed yet.",
    )
    op.create_table(
        "keyed_looks",
        sa.Column("keying_id", Key, autoincrement=False, nullable=False),
        sa.Column("ballot", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("unit_id", Key, autoincrement=False, nullable=False),
        sa.Column("item", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("answer", sa.String(64), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["keying_id"], ["keyings.id"], name="fk_keyed_looks_keying_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_keyed_looks_unit_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_keyed_looks_user_id"),
        sa.PrimaryKeyConstraint("keying_id", "ballot", "unit_id", "item", name="pk_keyed_looks"),
        comment="A row is what the paper says where two keyings are not alike, as a third look found it; item: "
        "its place, from 0.",
    )
    _let_in(ROLES, ROLES_NOW)


def downgrade() -> None:
    """Drop them; the papers are the bureau's."""
    _let_in(ROLES_NOW, ROLES)
    for table in ("keyed_looks", "keyed_lines", "keyed_ballots", "keyings"):
        op.drop_table(table)


def _let_in(before: str, now: str) -> None:
    """Change the list of roles in the function that lets users in; SQLite has no such function."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "do $do$ begin execute replace("
        f"pg_get_functiondef('admit(bigint, text)'::regprocedure), $old${before}$old$, $new${now}$new$); end $do$"
    )
