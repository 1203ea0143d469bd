"""People of the bureau: who they are, what they hold, who may call."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from cati.store.tables.parts import key, metadata, ref
from cati.store.types import Document, Key, Moment

bureau = Table(
    "bureau",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    comment="A row is one fact of this database, such as recovery_public.",
)

users = Table(
    "users",
    metadata,
    key(),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    Column("roles", Document, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("locked_private", LargeBinary, nullable=False),
    Column("lock_parameters", Document, nullable=False),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("simulated", Boolean, nullable=False, server_default=false()),
    Column("failed_sign_ins", Integer, nullable=False, server_default=text("0")),
    Column("locked_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("languages", Document),
    comment="A row is one user; the private key is locked with the password. Languages: codes beside the "
    "programme's own that the user can interview in.",
)

key_grants = Table(
    "key_grants",
    metadata,
    key(),
    ref("programme_id", "programmes.id", nullable=True),
    Column("secret", String(16), nullable=False),
    ref("user_id", "users.id", nullable=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("granted_at", Moment, nullable=False),
    CheckConstraint("secret in ('contact', 'recording', 'refusal')", name="secret"),
    UniqueConstraint("programme_id", "secret", "user_id"),
    comment="A row is one secret sealed to one user's public key; no user means the recovery key, no "
    "programme the bureau: the key of its refusal list.",
)

proof_keys = Table(
    "proof_keys",
    metadata,
    Column("user_id", Key, ForeignKey("users.id"), primary_key=True),
    Column("inner_half", LargeBinary(64), primary_key=True),
    Column("outer_half", LargeBinary(64), nullable=False),
    Column("at", Moment, nullable=False),
    comment="A row is a key by which a server that everybody signs in to as themselves knows what a user "
    "wrote on a station, whoever sends it.",
)

clearances = Table(
    "clearances",
    metadata,
    key(),
    ref("programme_id", "programmes.id"),
    ref("user_id", "users.id"),
    Column("kind", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("detail", Document, nullable=False),
    CheckConstraint("kind in ('pledge', 'practice')", name="kind"),
    UniqueConstraint("programme_id", "user_id", "kind"),
    comment="A row is what a user has to have done before calling live: signed the pledge of "
    "confidentiality, passed the practice test.",
)
