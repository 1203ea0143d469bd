"""The queue: cases, how they were dialled, and what their people wish."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from cati.store.tables.parts import key, metadata, ref
from cati.store.types import Key, Moment

cases = Table(
    "cases",
    metadata,
    key(),
    ref("programme_id", "programmes.id"),
    ref("cell_id", "cells.id"),
    ref("entry_id", "entries.id"),
    ref("person_id", "persons.id", index=True),
    Column("ticket", String(64), nullable=False),
    Column("position", Integer, nullable=False),
    Column("source", String(8), nullable=False, server_default="list"),
    Column("state", SmallInteger, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("not_before", Moment),
    Column("owner_id", Key, ForeignKey("users.id")),
    Column("owner_until", Moment),
    Column("barred_id", Key, ForeignKey("users.id")),
    Column("reserves", Boolean, nullable=False, server_default=false()),
    Column("appointment", String(4)),
    Column("held_by", Key, ForeignKey("users.id")),
    Column("station", String(64)),
    Column("lease_until", Moment),
    Column("epoch", Integer, nullable=False, server_default=text("0")),
    Column("disposition", String(32)),
    Column("language", String(8)),
    UniqueConstraint("cell_id", "position"),
    UniqueConstraint("cell_id", "entry_id"),
    CheckConstraint("source in ('list', 'pool')", name="source"),
    CheckConstraint("state between 0 and 8", name="state"),
    CheckConstraint("appointment in ('soft', 'firm')", name="appointment"),
    comment="A row is one entry that is to be called. Owner: whose appointment it is, or who was cut off "
    "in it (until owner_until only that operator gets it). Barred: an operator who must not get it again. "
    "Reserves: it holds a place of its cell's quota. Appointment: what was last agreed, also while the "
    "case is held or parked; a firm one keeps its place. Language: only who speaks it gets the case. "
    "Positions count from 1 in each cell.",
)
# For lists; nothing in it ever changes.
Index("ix_cases_programme_id", cases.c.programme_id)
# The claim reads nothing but these: the literal states are part of its statements.
Index(
    "ix_cases_fresh",
    cases.c.cell_id,
    cases.c.position,
    sqlite_where=text("state = 0"),
    postgresql_where=text("state = 0"),
)
Index(
    "ix_cases_due",
    cases.c.programme_id,
    cases.c.state,
    cases.c.not_before,
    cases.c.id,
    sqlite_where=text("state in (2, 3)"),
    postgresql_where=text("state in (2, 3)"),
)
# A server reads the few that are held through the holder's index; this one would change with every sign of
# life, and all others of the row with it.
Index(
    "ix_cases_held",
    cases.c.programme_id,
    cases.c.lease_until,
    sqlite_where=text("state = 1"),
    info={"only": "sqlite"},
).ddl_if(dialect="sqlite")
Index(
    "ix_cases_owner",
    cases.c.owner_id,
    cases.c.not_before,
    sqlite_where=text("owner_id is not null and state in (2, 3)"),
    postgresql_where=text("owner_id is not null and state in (2, 3)"),
)
Index(
    "ix_cases_reserve",
    cases.c.cell_id,
    cases.c.position,
    sqlite_where=text("state = 7"),
    postgresql_where=text("state = 7"),
)
Index(
    "ix_cases_parked",
    cases.c.cell_id,
    sqlite_where=text("state = 6"),
    postgresql_where=text("state = 6"),
)
Index(
    "ix_cases_holder",
    cases.c.held_by,
    sqlite_where=text("state = 1"),
    postgresql_where=text("state = 1"),
)

case_steps = Table(
    "case_steps",
    metadata,
    key(),
    ref("case_id", "cases.id", index=True),
    Column("kind", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    ref("to_id", "users.id", nullable=True),
    Column("at", Moment, nullable=False),
    ref("user_id", "users.id"),
    CheckConstraint("kind in ('aside', 'back', 'give', 'reopen')", name="kind"),
    comment="A row is one thing decided by hand about a case. To: who alone was given it for a while.",
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", String(36), primary_key=True),
    ref("case_id", "cases.id"),
    Column("number", SmallInteger, nullable=False),
    ref("user_id", "users.id"),
    Column("station", String(64), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("alternate", SmallInteger, nullable=False, server_default=text("0")),
    Column("dialled_at", Moment, nullable=False),
    Column("connected_at", Moment),
    Column("ended_at", Moment),
    Column("disposition", String(32)),
    Column("note", Text, nullable=False, server_default=""),
    Column("prompted", Boolean, nullable=False, server_default=false()),
    Column("late", Boolean, nullable=False, server_default=false()),
    Column("simulated", Boolean, nullable=False, server_default=false()),
    Column("incoming", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("case_id", "number"),
    comment="A row is one dialling of a case. Alternate: which of the entry's numbers, 0 the first. "
    "Prompted: somebody told the respondent what to say. Late: settled after its lease lapsed. Incoming: "
    "the respondent called.",
)
Index("ix_attempts_user_id_dialled_at", attempts.c.user_id, attempts.c.dialled_at)
Index("ix_attempts_dialled_at", attempts.c.dialled_at)

wishes = Table(
    "wishes",
    metadata,
    key(),
    Column("kind", String(16), nullable=False),
    Column("number_hash", LargeBinary(32), nullable=False),
    ref("programme_id", "programmes.id"),
    Column("noted_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    CheckConstraint("kind in ('refusal', 'call_again')", name="kind"),
    UniqueConstraint("kind", "number_hash"),
    comment="A row is what the holder of one phone number, by the bureau's keyed hash, wishes: never to be "
    "called, or to be called again. Programme: in which it was said.",
)
