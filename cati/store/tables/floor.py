"""The floor: working days, stations, what is sent between operators and supervisors, what came too late."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    false,
    text,
)

from cati.store.tables.parts import key, metadata, ref
from cati.store.types import Document, Key, Moment

messages = Table(
    "messages",
    metadata,
    key(),
    ref("programme_id", "programmes.id"),
    Column("kind", String(16), nullable=False),
    ref("case_id", "cases.id", nullable=True),
    Column("attempt_id", String(36), ForeignKey("attempts.id")),
    Column("text", Text, nullable=False, server_default=""),
    ref("user_id", "users.id"),
    Column("station", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("settled_at", Moment),
    Column("settled_by", Key, ForeignKey("users.id")),
    Column("answer", Text, nullable=False, server_default=""),
    Column("recording_id", String(36)),
    Column("from_ms", Integer),
    Column("to_ms", Integer),
    Column("again", Boolean),
    CheckConstraint("kind in ('complaint', 'help', 'refusal', 'language', 'late')", name="kind"),
    comment="A row is what an operator sent to the supervisor: a respondent's complaint, a call for help, a "
    "refusal to be decided on, a respondent whose language nobody speaks, or work that came too late for its "
    "lease. Again: settled so that the person is called once more; empty where it was not to be decided. "
    "Recording, from, to: what of which recording it marks.",
)
Index(
    "ix_messages_open",
    messages.c.programme_id,
    messages.c.at,
    sqlite_where=text("settled_at is null"),
    postgresql_where=text("settled_at is null"),
)

notices = Table(
    "notices",
    metadata,
    key(),
    Column("text", Text, nullable=False),
    ref("to_id", "users.id", nullable=True),
    Column("at", Moment, nullable=False, index=True),
    ref("user_id", "users.id"),
    comment="A row is what a supervisor wrote to an operator, or to all of them when to_id is null.",
)

notice_reads = Table(
    "notice_reads",
    metadata,
    Column("notice_id", Key, ForeignKey("notices.id"), primary_key=True),
    Column("user_id", Key, ForeignKey("users.id"), primary_key=True),
    Column("at", Moment, nullable=False),
    comment="A row is one operator who has read a notice.",
)

conflicts = Table(
    "conflicts",
    metadata,
    Column("id", String(36), primary_key=True),
    ref("programme_id", "programmes.id"),
    ref("case_id", "cases.id", nullable=True, index=True),
    Column("attempt_id", String(36)),
    ref("user_id", "users.id"),
    Column("station", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("document", Document, nullable=False),
    Column("written_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("holds", Boolean, nullable=False, server_default=false()),
    comment="A row is one write of a station that could not take its place, kept as it came. User: who "
    "wrote it. Reason: set_aside, or the kind of refusal. Holds: nobody gets the case until the supervisor "
    "has decided on it.",
)
Index("ix_conflicts_attempt_id", conflicts.c.attempt_id)

relayed = Table(
    "relayed",
    metadata,
    Column("id", String(36), primary_key=True),
    ref("user_id", "users.id"),
    ref("sender_id", "users.id"),
    Column("xact", String(20), nullable=False),
    Column("at", Moment, nullable=False),
    Column("document", Document, nullable=False),
    comment="A row is one write of a station that somebody else than its writer brought to the server, with "
    "the writer's proof. Xact, at: the last transaction that carried it out.",
)
Index("ix_relayed_xact", relayed.c.xact)

attendance = Table(
    "attendance",
    metadata,
    key(),
    ref("user_id", "users.id"),
    Column("event", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("station", String(64), nullable=False),
    Column("write_id", String(36)),
    CheckConstraint("event in ('in', 'break', 'back', 'out')", name="event"),
    comment="A row is one step of an operator's working day.",
)
Index("ix_attendance_write_id", attendance.c.write_id, unique=True)
Index("ix_attendance_at", attendance.c.at)
Index("ix_attendance_user_id_at", attendance.c.user_id, attendance.c.at)

attendance_corrections = Table(
    "attendance_corrections",
    metadata,
    key(),
    ref("user_id", "users.id"),
    ref("attendance_id", "attendance.id", nullable=True),
    Column("event", String(16)),
    Column("at", Moment),
    Column("reason", Text, nullable=False),
    Column("corrected_at", Moment, nullable=False),
    Column("corrected_by", Key, ForeignKey("users.id"), nullable=False),
    CheckConstraint("event in ('in', 'break', 'back', 'out')", name="event"),
    comment="A row is one correction of a working day; the original stays. Attendance: the step it replaces, "
    "none for one that was forgotten. No event: the step is struck out.",
)
Index("ix_attendance_corrections_user_id_at", attendance_corrections.c.user_id, attendance_corrections.c.at)

sound_tests = Table(
    "sound_tests",
    metadata,
    key(),
    ref("user_id", "users.id"),
    Column("station", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("result", String(16), nullable=False),
    Column("heard", String(16)),
    Column("reason", Text),
    CheckConstraint("result in ('passed', 'skipped')", name="result"),
    CheckConstraint("heard in ('well', 'quiet', 'clipped', 'silent', 'missing')", name="heard"),
    comment="A row is one sound test of a user at a station, or the skipping of one, with its reason. Heard: "
    "how the voice was heard, none when nothing was recorded.",
)
Index("ix_sound_tests_at", sound_tests.c.at)

stations = Table(
    "stations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(64), nullable=False),
    ref("user_id", "users.id"),
    Column("signed_in_at", Moment, nullable=False),
    Column("left_at", Moment),
    Column("heard_at", Moment, nullable=False),
    Column("version", String(32), nullable=False),
    Column("unsent", Integer, nullable=False),
    Column("oldest_unsent_at", Moment),
    Column("ahead_ms", Integer),
    Column("relieved_at", Moment),
    Column("trouble", String(32), nullable=False, server_default=""),
    comment="A row is one computer that people sign in at. Heard: its last sign of life. Unsent: entries "
    "kept there and not on the server yet, as it told last, with the oldest's time. Ahead: how far its clock "
    "was ahead. Relieved: since when whoever signed in there before that works at another one. "
    "Trouble: why the server, which answers, takes nothing of it; empty when it does.",
)

station_users = Table(
    "station_users",
    metadata,
    Column("user_id", Key, ForeignKey("users.id"), primary_key=True),
    Column("heard_at", Moment, nullable=False),
    Column("until_at", Moment, nullable=False),
    comment="A row is a user at whose station somebody else has signed in. Heard: the last sign of life of a "
    "station while it was theirs. Until: when it was another's.",
)

listenings = Table(
    "listenings",
    metadata,
    Column("id", String(36), primary_key=True),
    ref("user_id", "users.id"),
    ref("operator_id", "users.id"),
    Column("attempt_id", String(36), ForeignKey("attempts.id"), nullable=False),
    Column("sealed_key", LargeBinary, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("looked_at", Moment, nullable=False),
    Column("ended_at", Moment),
    comment="A row is one listening of somebody to an operator's call while it ran. Sealed key: of the "
    "sound, for the operator's station. Looked: when the listener last asked for sound.",
)
Index(
    "ix_listenings_open",
    listenings.c.operator_id,
    sqlite_where=text("ended_at is null"),
    postgresql_where=text("ended_at is null"),
)

listening_sounds = Table(
    "listening_sounds",
    metadata,
    Column("listening_id", String(36), ForeignKey("listenings.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    comment="A row is a fraction of a second of a call that somebody listens to, sealed to the listener; the "
    "last few alone are here, and none once it is over.",
)
