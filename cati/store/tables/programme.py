"""A programme with its units, groups and cells."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Time,
    UniqueConstraint,
    false,
    text,
)

from cati.store.tables.parts import key, metadata, ref
from cati.store.types import Document, Key, Moment

programmes = Table(
    "programmes",
    metadata,
    key(),
    Column("code", String(64), nullable=False, unique=True),
    Column("definition", Document, nullable=False),
    Column("state", String(16), nullable=False, server_default="setup"),
    Column("plan_hash", String(64), nullable=False),
    Column("recording_public", LargeBinary, nullable=False),
    Column("loaded_at", Moment, nullable=False),
    Column("loaded_by", Key, ForeignKey("users.id"), nullable=False),
    Column("closed_at", Moment),
    Column("retired_at", Moment),
    # What a claim asks of the definition, which is long.
    Column("timezone", String(64), nullable=False, server_default="Asia/Shanghai"),
    Column("calling_from", Date),
    Column("calling_until", Date),
    Column("closed_days", Document),
    Column("replicate_factor", Integer, nullable=False, server_default=text("4")),
    CheckConstraint("state in ('setup', 'drawn', 'closed', 'retired')", name="state"),
    comment="A row is one evaluation of one year. Retired: its contacts are destroyed.",
)

units = Table(
    "units",
    metadata,
    key(),
    ref("programme_id", "programmes.id"),
    Column("code", String(32), nullable=False),
    Column("name", String(200), nullable=False),
    Column("series", String(200), nullable=False),
    Column("position", Integer, nullable=False),
    UniqueConstraint("programme_id", "code"),
    comment="A row is one body evaluated.",
)

groups = Table(
    "groups",
    metadata,
    key(),
    ref("programme_id", "programmes.id"),
    Column("code", String(32), nullable=False),
    Column("label", String(200), nullable=False),
    Column("position", Integer, nullable=False),
    UniqueConstraint("programme_id", "code"),
    comment="A row is one kind of respondent.",
)

call_hours = Table(
    "call_hours",
    metadata,
    key(),
    ref("programme_id", "programmes.id"),
    ref("group_id", "groups.id"),
    Column("weekday", Integer, nullable=False),
    Column("starts", Time, nullable=False),
    Column("ends", Time, nullable=False),
    comment="A row is a stretch of a weekday (0 Monday to 6 Sunday), in the programme's local time and "
    "without its end, in which people of a group may be called.",
)
Index("ix_call_hours_programme_id_weekday", call_hours.c.programme_id, call_hours.c.weekday)

cells = Table(
    "cells",
    metadata,
    key(),
    ref("programme_id", "programmes.id"),
    ref("unit_id", "units.id"),
    ref("group_id", "groups.id"),
    Column("quota", Integer, nullable=False),
    Column("completed", Integer, nullable=False, server_default=text("0")),
    Column("reserved", Integer, nullable=False, server_default=text("0")),
    Column("overshoot", Integer, nullable=False, server_default=text("0")),
    Column("watermark", Integer, nullable=False, server_default=text("0")),
    Column("exhausted", Boolean, nullable=False, server_default=false()),
    Column("paused", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("unit_id", "group_id"),
    CheckConstraint("completed >= 0 and reserved >= 0 and completed + reserved <= quota", name="quota"),
    comment="A row is one unit x one group. Fresh cases up to the watermark's position were taken; "
    "exhausted: no fresh case is left. Paused: nobody is called in it for now. Overshoot: interviews kept "
    "beyond the quota after a lapsed lease.",
)
Index("ix_cells_programme_id", cells.c.programme_id)
