"""What was approved, what left the program, and who did what."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from cati.store.tables.parts import key, metadata, ref
from cati.store.types import Document, Key, Moment

sign_offs = Table(
    "sign_offs",
    metadata,
    key(),
    ref("programme_id", "programmes.id", index=True),
    Column("body", String(200), nullable=False),
    Column("signer", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("signed_at", Moment, nullable=False),
    ref("user_id", "users.id"),
    comment="A row is one approval of a programme's scores by a second body; the last one holds. Sha256: of "
    "the scores as they were. User: who wrote it down.",
)

exports = Table(
    "exports",
    metadata,
    key(),
    ref("programme_id", "programmes.id", index=True),
    Column("what", String(16), nullable=False),
    Column("format", String(8), nullable=False),
    Column("identity", String(16), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("file", String(400), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    ref("user_id", "users.id"),
    comment="A row is one file that left the program. Sha256: of the file, or of its parts one after the "
    "other. Identity: whether people are masked in it. Recipient: for whom it is, in words.",
)

audit = Table(
    "audit",
    metadata,
    Column("session_id", String(36), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("user_id", Key, ForeignKey("users.id")),
    Column("action", String(64), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("detail", Document, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    comment="A row is one thing done; hashes chain the rows of a session.",
)
Index("ix_audit_at", audit.c.at)
