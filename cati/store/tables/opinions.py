"""What was said of units, and what they replied."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from cati.store.tables.parts import key, metadata, ref
from cati.store.types import Key, Moment

opinions = Table(
    "opinions",
    metadata,
    key(),
    ref("programme_id", "programmes.id", index=True),
    ref("unit_id", "units.id"),
    Column("channel", String(32), nullable=False),
    Column("interview_id", String(36), ForeignKey("interviews.id")),
    Column("item", String(64)),
    Column("text", Text),
    Column("file", String(255)),
    Column("sha256", String(64)),
    Column("at", Moment, nullable=False),
    Column("user_id", Key, ForeignKey("users.id"), nullable=False),
    UniqueConstraint("interview_id", "item"),
    comment="A row is one opinion in words about one unit: of an interview, whose answer holds the words, or "
    "of a file of words that came otherwise.",
)

opinion_code_steps = Table(
    "opinion_code_steps",
    metadata,
    key(),
    ref("programme_id", "programmes.id", index=True),
    Column("kind", String(16), nullable=False),
    Column("code", String(32), nullable=False),
    Column("label", String(200), nullable=False, server_default=""),
    Column("into_code", String(32), nullable=False, server_default=""),
    Column("at", Moment, nullable=False),
    ref("user_id", "users.id"),
    CheckConstraint("kind in ('add', 'rename', 'merge', 'retire', 'restore')", name="kind"),
    comment="A row is one change of the list of codes of opinions, which begins as the workbook says.",
)

opinion_codings = Table(
    "opinion_codings",
    metadata,
    key(),
    ref("opinion_id", "opinions.id", index=True),
    Column("second", Boolean, nullable=False),
    Column("codes", Text, nullable=False),
    Column("at", Moment, nullable=False),
    ref("user_id", "users.id"),
    comment="A row is all codes that somebody gave an opinion at a moment, with blanks between; the last one "
    "holds. Second: of another coder, who decides nothing.",
)

opinion_maskings = Table(
    "opinion_maskings",
    metadata,
    key(),
    ref("opinion_id", "opinions.id", index=True),
    Column("spans", Text, nullable=False),
    Column("at", Moment, nullable=False),
    ref("user_id", "users.id"),
    comment="A row is where somebody decided that words of an opinion be hidden from its unit, as first-end "
    "places; the last one holds.",
)

opinion_bundles = Table(
    "opinion_bundles",
    metadata,
    key(),
    ref("programme_id", "programmes.id"),
    ref("unit_id", "units.id"),
    Column("number", Integer, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("file", String(255), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    ref("user_id", "users.id"),
    UniqueConstraint("programme_id", "number"),
    comment="A row is one workbook of opinions for one unit, which is to answer them by the day named.",
)

opinion_bundle_lines = Table(
    "opinion_bundle_lines",
    metadata,
    Column("bundle_id", Key, ForeignKey("opinion_bundles.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("opinion_id", Key, ForeignKey("opinions.id"), nullable=False, unique=True),
    Column("text", Text, nullable=False),
    comment="A row is one opinion in a bundle, numbered by lot, with its words as they were sent.",
)

opinion_replies = Table(
    "opinion_replies",
    metadata,
    key(),
    ref("bundle_id", "opinion_bundles.id", index=True),
    Column("number", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("result", Text, nullable=False),
    Column("answered_on", Date),
    Column("received_on", Date, nullable=False),
    Column("file", String(255), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    ref("user_id", "users.id"),
    CheckConstraint("state in ('done', 'doing', 'planned', 'declined')", name="state"),
    comment="A row is what a unit answered to one line of a bundle; the last one holds. Received: the day on "
    "which the answer was handed in.",
)
