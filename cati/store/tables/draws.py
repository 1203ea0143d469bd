"""The draw, and what was decided by hand about whom a cell calls."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from cati.store.tables.parts import key, metadata, ref
from cati.store.types import Key, Moment

draws = Table(
    "draws",
    metadata,
    key(),
    ref("programme_id", "programmes.id", index=True),
    Column("state", String(16), nullable=False),
    Column("frame_hash", String(64), nullable=False),
    Column("plan_hash", String(64), nullable=False),
    Column("public_name", String(200), nullable=False),
    Column("public_value", String(200)),
    Column("seed", String(64)),
    Column("certificate", LargeBinary),
    Column("created_at", Moment, nullable=False),
    Column("held_at", Moment),
    Column("held_by", Key, ForeignKey("users.id")),
    CheckConstraint("state in ('committed', 'held', 'void')", name="state"),
    comment="A row is one draw, from the publication of the frame hash on.",
)

draw_parties = Table(
    "draw_parties",
    metadata,
    ref("draw_id", "draws.id"),
    Column("name", String(200), nullable=False),
    Column("position", Integer, nullable=False),
    Column("commit", String(64), nullable=False),
    Column("reveal", String(200)),
    UniqueConstraint("draw_id", "name"),
    comment="A row is one party's part of a draw's seed.",
)

drawn_lists = Table(
    "drawn_lists",
    metadata,
    Column("draw_id", Key, ForeignKey("draws.id"), primary_key=True, autoincrement=False),
    Column("frame_id", Key, ForeignKey("frames.id"), primary_key=True, autoincrement=False, index=True),
    comment="A row is a list that a draw takes; from then on it is frozen, unless the draw is voided.",
)

supplements = Table(
    "supplements",
    metadata,
    key(),
    ref("cell_id", "cells.id", index=True),
    Column("reason", Text, nullable=False),
    Column("cases", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("opened_by", Key, ForeignKey("users.id"), nullable=False),
    comment="A row is one opening of the public pool for a cell.",
)

cell_steps = Table(
    "cell_steps",
    metadata,
    key(),
    ref("cell_id", "cells.id", index=True),
    Column("kind", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("cases", Integer),
    Column("at", Moment, nullable=False),
    ref("user_id", "users.id"),
    CheckConstraint("kind in ('release', 'pause', 'resume')", name="kind"),
    comment="A row is one thing decided by hand about whom a cell calls. Cases: how many were released.",
)
