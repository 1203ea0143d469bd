"""Phone lists as they were handed in, and whom they name."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    true,
)

from cati.store.tables.parts import key, metadata, ref, unchecked
from cati.store.types import Document, Key, Moment

frames = Table(
    "frames",
    metadata,
    key(),
    ref("programme_id", "programmes.id"),
    ref("unit_id", "units.id", nullable=True),
    ref("group_id", "groups.id", nullable=True),
    Column("version", Integer, nullable=False),
    Column("current", Boolean, nullable=False, server_default=true()),
    Column("file", String(400), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("submitted_on", Date),
    Column("received_at", Moment, nullable=False),
    Column("imported_by", Key, ForeignKey("users.id"), nullable=False),
    Column("late", Boolean, nullable=False),
    Column("short", Boolean, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("rejected", Document, nullable=False),
    Column("withdrawn_at", Moment),
    Column("withdrawn_because", Text),
    Column("findings", Document),
    UniqueConstraint("programme_id", "unit_id", "group_id", "version"),
    comment="A row is one version of one phone list; no unit and group means the public pool. "
    "Of the versions of a list only the current one is drawn from.",
)

mail_entries = Table(
    "mail_entries",
    metadata,
    Column("frame_id", Key, ForeignKey("frames.id"), primary_key=True, autoincrement=False),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("person_hash", LargeBinary(32), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    comment="A row is one usable row of a list of addresses: who is sent a questionnaire, sealed. The hash, "
    "under the programme's key, is of the mobile number, else of name and address.",
)

list_exemptions = Table(
    "list_exemptions",
    metadata,
    key(),
    ref("programme_id", "programmes.id", index=True),
    ref("unit_id", "units.id"),
    ref("group_id", "groups.id"),
    Column("kind", String(8), nullable=False),
    Column("granted_by", String(200), nullable=False),
    Column("document", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
    ref("user_id", "users.id"),
    CheckConstraint("kind in ('size', 'areas')", name="kind"),
    UniqueConstraint("unit_id", "group_id", "kind"),
    comment="A row is what a unit's list of a group need not meet: its smallest size, or to cover all areas. "
    "Granted by: who decided so, by which document.",
)

persons = Table(
    "persons",
    metadata,
    key(),
    unchecked("programme_id", "programmes.id"),
    Column("number_hash", LargeBinary(32), nullable=False),
    Column("case_id", Key),
    UniqueConstraint("programme_id", "number_hash"),
    comment="A row is one phone number in one programme, by keyed hash; case_id is the case that took it.",
)

other_numbers = Table(
    "other_numbers",
    metadata,
    unchecked("person_id", "persons.id"),
    Column("number_hash", LargeBinary(32), nullable=False, index=True),
    comment="A row is a further number of a person, by the same keyed hash as the first.",
)

entries = Table(
    "entries",
    metadata,
    key(),
    unchecked("frame_id", "frames.id"),
    Column("row", Integer, nullable=False),
    unchecked("person_id", "persons.id", index=True),
    UniqueConstraint("frame_id", "row"),
    comment="A row is one usable row of a phone list.",
)

contacts = Table(
    "contacts",
    metadata,
    unchecked("entry_id", "entries.id", primary=True),
    Column("sealed", LargeBinary, nullable=False),
    comment="A row is the name and numbers of one entry, sealed. Nothing else holds them.",
)

frame_problems = Table(
    "frame_problems",
    metadata,
    ref("frame_id", "frames.id"),
    Column("row", Integer, nullable=False),
    Column("code", String(32), nullable=False),
    Column("sealed", LargeBinary),
    UniqueConstraint("frame_id", "row"),
    comment="A row is one rejected row of a phone list, its cells sealed.",
)
