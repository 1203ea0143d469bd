"""Points that are added or taken, and what they are for."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from cati.store.tables.parts import key, metadata, ref
from cati.store.types import Key, Moment

adjustments = Table(
    "adjustments",
    metadata,
    key(),
    ref("programme_id", "programmes.id"),
    ref("unit_id", "units.id"),
    Column("code", String(32), nullable=False),
    Column("points", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("problem", String(40), nullable=False, server_default=""),
    Column("basis", Text, nullable=False, server_default=""),
    Column("document", String(200), nullable=False, server_default=""),
    Column("proposed_at", Moment, nullable=False),
    Column("proposed_by", Key, ForeignKey("users.id"), nullable=False),
    Column("settled_at", Moment),
    Column("settled_by", Key, ForeignKey("users.id")),
    CheckConstraint("state in ('proposed', 'confirmed', 'waived')", name="state"),
    UniqueConstraint("unit_id", "code", "problem"),
    Index(
        "ix_adjustments_unit_id_problem",
        "unit_id",
        "problem",
        unique=True,
        sqlite_where=text("problem <> ''"),
        postgresql_where=text("problem <> ''"),
    ),
    # Problem: empty where a ground counts once. Basis: how the points come about. Document: what waives them.
    comment="A row is points proposed for or taken from one unit on one ground (exact decimal).",
)

hand_ins = Table(
    "hand_ins",
    metadata,
    ref("programme_id", "programmes.id", index=True),
    Column("unit_id", Key, ForeignKey("units.id"), primary_key=True, autoincrement=False),
    Column("item", String(64), primary_key=True),
    Column("received_on", Date),
    Column("document", String(200), nullable=False),
    Column("hindering", Text, nullable=False),
    Column("waiver", String(200), nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("set_by", Key, ForeignKey("users.id"), nullable=False),
    comment="A row is what is known of one thing a unit hands in: since when it is here, how being late or "
    "missing hindered the work, the number of the document that waives it.",
)

problems = Table(
    "problems",
    metadata,
    ref("programme_id", "programmes.id", index=True),
    Column("unit_id", Key, ForeignKey("units.id"), primary_key=True, autoincrement=False),
    Column("number", String(40), primary_key=True),
    Column("said", Text, nullable=False),
    Column("found_on", Date, nullable=False),
    Column("grounds", Text, nullable=False),
    Column("circumstances", Text, nullable=False),
    Column("persons", Integer, nullable=False),
    Column("relief", String(64), nullable=False),
    Column("points_left", String(64), nullable=False),
    Column("relief_reason", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("set_by", Key, ForeignKey("users.id"), nullable=False),
    comment="A row is a problem found about one unit: the rules it falls under, in which circumstances (with "
    "semicolons), how many persons were held accountable, and a decision that it costs less.",
)

indicator_points = Table(
    "indicator_points",
    metadata,
    ref("programme_id", "programmes.id", index=True),
    Column("unit_id", Key, ForeignKey("units.id"), primary_key=True, autoincrement=False),
    Column("indicator", String(64), primary_key=True),
    Column("points", String(64), nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("set_by", Key, ForeignKey("users.id"), nullable=False),
    comment="A row is the points one unit got for one indicator (exact decimal).",
)

filings = Table(
    "filings",
    metadata,
    Column("programme_id", Key, ForeignKey("programmes.id"), primary_key=True, autoincrement=False),
    Column("item", String(64), primary_key=True),
    Column("team", String(100), primary_key=True),
    Column("indicator", String(64), primary_key=True),
    Column("filed_on", Date),
    Column("progress", Text, nullable=False),
    Column("problems", Text, nullable=False),
    Column("next_steps", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("set_by", Key, ForeignKey("users.id"), nullable=False),
    comment="A row is what a team reports on one indicator by one day: progress, problems, what comes next.",
)

complaints = Table(
    "complaints",
    metadata,
    key(),
    ref("programme_id", "programmes.id", index=True),
    ref("unit_id", "units.id"),
    Column("heard_on", Date, nullable=False),
    Column("said", Text, nullable=False),
    Column("caller", LargeBinary),
    Column("at", Moment, nullable=False),
    Column("user_id", Key, ForeignKey("users.id"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("evidence", Text, nullable=False),
    Column("settled_at", Moment),
    Column("settled_by", Key, ForeignKey("users.id")),
    CheckConstraint("state in ('open', 'verified', 'unfounded')", name="state"),
    comment="A row is a complaint about a unit that somebody took on the supervision line. Caller: sealed, "
    "only where given.",
)
