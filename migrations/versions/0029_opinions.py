"""Opinions in words: the list of codes, who coded and hid what, bundles for the units and their replies."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Key, Moment

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

OPINIONS = (
    "A row is one opinion in words about one unit: of an interview, whose answer holds the words, or of a "
    "file of words that came otherwise."
)
CODINGS = (
    "A row is all codes that somebody gave an opinion at a moment, with blanks between; the last one holds. "
    "Second: of another coder, who decides nothing."
)
MASKINGS = (
    "A row is where somebody decided that words of an opinion be hidden from its unit, as first-end places; "
    "the last one holds."
)
REPLIES = (
    "A row is what a unit answered to one line of a bundle; the last one holds. Received: the day on which "
    "the answer was handed in."
)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "opinions",
        _key(),
        _ref("programme_id", "programmes.id"),
        _ref("unit_id", "units.id"),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("interview_id", sa.String(36), sa.ForeignKey("interviews.id")),
        sa.Column("item", sa.String(64)),
        sa.Column("text", sa.Text),
        sa.Column("file", sa.String(255)),
        sa.Column("sha256", sa.String(64)),
        *_done(),
        sa.UniqueConstraint("interview_id", "item"),
        comment=OPINIONS,
    )
    op.create_index("ix_opinions_programme_id", "opinions", ["programme_id"])
    op.create_table(
        "opinion_code_steps",
        _key(),
        _ref("programme_id", "programmes.id"),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("label", sa.String(200), nullable=False, server_default=""),
        sa.Column("into_code", sa.String(32), nullable=False, server_default=""),
        *_done(),
        sa.CheckConstraint(
            "kind in ('add', 'rename', 'merge', 'retire', 'restore')",
            name=op.f("ck_opinion_code_steps_kind"),
        ),
        comment="A row is one change of the list of codes of opinions, which begins as the workbook says.",
    )
    op.create_index("ix_opinion_code_steps_programme_id", "opinion_code_steps", ["programme_id"])
    op.create_table(
        "opinion_codings",
        _key(),
        _ref("opinion_id", "opinions.id"),
        sa.Column("second", sa.Boolean, nullable=False),
        sa.Column("codes", sa.Text, nullable=False),
        *_done(),
        comment=CODINGS,
    )
    op.create_index("ix_opinion_codings_opinion_id", "opinion_codings", ["opinion_id"])
    op.create_table(
        "opinion_maskings",
        _key(),
        _ref("opinion_id", "opinions.id"),
        sa.Column("spans", sa.Text, nullable=False),
        *_done(),
        comment=MASKINGS,
    )
    op.create_index("ix_opinion_maskings_opinion_id", "opinion_maskings", ["opinion_id"])
    _add_bundles()


def _add_bundles() -> None:
    op.create_table(
        "opinion_bundles",
        _key(),
        _ref("programme_id", "programmes.id"),
        _ref("unit_id", "units.id"),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        *_done(),
        sa.UniqueConstraint("programme_id", "number"),
        comment="A row is one workbook of opinions for one unit, which is to answer them by the day named.",
    )
    op.create_table(
        "opinion_bundle_lines",
        sa.Column("bundle_id", Key, sa.ForeignKey("opinion_bundles.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("opinion_id", Key, sa.ForeignKey("opinions.id"), nullable=False, unique=True),
        sa.Column("text", sa.Text, nullable=False),
        comment="A row is one opinion in a bundle, numbered by lot, with its words as they were sent.",
    )
    op.create_table(
        "opinion_replies",
        _key(),
        _ref("bundle_id", "opinion_bundles.id"),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("answered_on", sa.Date),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        *_done(),
        sa.CheckConstraint(
            "state in ('done', 'doing', 'planned', 'declined')", name=op.f("ck_opinion_replies_state")
        ),
        comment=REPLIES,
    )
    op.create_index("ix_opinion_replies_bundle_id", "opinion_replies", ["bundle_id"])


def downgrade() -> None:
    """Drop them; the words of interviews stay where they are."""
    for table in (
        "opinion_replies",
        "opinion_bundle_lines",
        "opinion_bundles",
        "opinion_maskings",
        "opinion_codings",
        "opinion_code_steps",
        "opinions",
    ):
        op.drop_table(table)


def _key() -> sa.Column[int]:
    return sa.Column("id", Key, primary_key=True)


def _ref(name: str, target: str) -> sa.Column[int]:
    return sa.Column(name, Key, sa.ForeignKey(target), nullable=False)


def _done() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("at", Moment, nullable=False),
        sa.Column("user_id", Key, sa.ForeignKey("users.id"), nullable=False),
    )
