"""Interviews, what was answered, recorded and found of them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    false,
    text,
    true,
)

from cati.store.tables.parts import key, metadata, ref
from cati.store.types import Document, Key, Moment

interviews = Table(
    "interviews",
    metadata,
    Column("id", String(36), primary_key=True),
    ref("case_id", "cases.id", index=True),
    ref("cell_id", "cells.id"),
    Column("state", String(16), nullable=False),
    Column("counted", SmallInteger, nullable=False, server_default=text("0")),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    ref("user_id", "users.id"),
    Column("language", String(8), nullable=False, server_default="zh"),
    Column("late", Boolean, nullable=False, server_default=false()),
    Column("excluded", Boolean, nullable=False, server_default=false()),
    # Words that were typed and not entered, by item, and the number of the last answer before them.
    Column("typed", Document),
    CheckConstraint(
        "state in ('open', 'complete', 'no_opinion', 'partial', 'break_off', 'ended', 'duplicate')",
        name="state",
    ),
    comment="A row is one questionnaire as answered, over one or several attempts. Counted: answers to "
    "evaluated items that count. No_opinion: complete with fewer counted answers than the minimum. "
    "Duplicate: the second complete one of a case, under a lapsed lease; kept, never scored. Excluded: by "
    "the last verdict of a review; out of score and quota.",
)
Index("ix_interviews_user_id_cell_id", interviews.c.user_id, interviews.c.cell_id)
Index("ix_interviews_cell_id_state", interviews.c.cell_id, interviews.c.state)

answers = Table(
    "answers",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("interview_id", String(36), ForeignKey("interviews.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("item", String(64), nullable=False),
    Column("value", Text),
    ref("user_id", "users.id"),
    Column("at", Moment, nullable=False),
    Column("attempt_id", String(36), ForeignKey("attempts.id")),
    Column("offset_ms", Integer),
    comment="A row is one answer event: what was recorded for an item at that moment. The last one by seq "
    "holds. Offset: place in the attempt's recording.",
)
Index("ix_answers_interview_id_seq", answers.c.interview_id, answers.c.seq)

responses = Table(
    "responses",
    metadata,
    Column("interview_id", String(36), ForeignKey("interviews.id"), primary_key=True),
    Column("item", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    Column("on_path", Boolean, nullable=False, server_default=true()),
    comment="A row is the answer of an item that held when the interview was closed; scores read these.",
)

recordings = Table(
    "recordings",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("attempt_id", String(36), ForeignKey("attempts.id"), nullable=False, index=True),
    Column("file", String(400), nullable=False),
    Column("station", String(64), nullable=False),
    Column("started_at", Moment, nullable=False, index=True),
    Column("duration_ms", Integer),
    Column("size", Key),
    Column("channels", SmallInteger),
    Column("complete", Boolean, nullable=False, server_default=false()),
    Column("problem", String(64)),
    comment="A row is one recording file of an attempt; not complete until its end record is written.",
)

archived = Table(
    "archived",
    metadata,
    Column("recording_id", String(36), ForeignKey("recordings.id"), primary_key=True),
    Column("place", String(400), nullable=False),
    Column("size", Key, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    comment="A row is one recording file that was put into the archive and read back there: its size and "
    "SHA-256 then. Place: the archive's address without secrets; the file lies below it as below a "
    "recordings folder.",
)

speech = Table(
    "speech",
    metadata,
    Column("recording_id", String(36), ForeignKey("recordings.id"), primary_key=True),
    Column("length_ms", Integer, nullable=False),
    Column("operator_ms", Integer, nullable=False),
    Column("respondent_ms", Integer),
    Column("silence_ms", Integer, nullable=False),
    Column("overlap_ms", Integer),
    Column("longest_pause_ms", Integer, nullable=False),
    Column("answers", Integer, nullable=False),
    Column("answers_unspoken", Integer, nullable=False),
    comment="A row is what was told of the speech in one recording while it was made, in milliseconds. "
    "Operator: all speech where one channel was recorded; respondent and overlap then are none. Unspoken: "
    "answers before which nobody who could have given them spoke.",
)

reviews = Table(
    "reviews",
    metadata,
    key(),
    Column("interview_id", String(36), ForeignKey("interviews.id"), nullable=False, index=True),
    Column("verdict", String(16), nullable=False),
    Column("reason", String(32)),
    Column("note", Text, nullable=False, server_default=""),
    ref("user_id", "users.id"),
    Column("at", Moment, nullable=False),
    CheckConstraint("verdict in ('accepted', 'excluded', 'sent_back', 'second')", name="verdict"),
    comment="A row is one verdict on an interview; the last one holds. Second: another opinion is asked for. "
    "Reason: from the closed list, for what is not accepted.",
)

review_marks = Table(
    "review_marks",
    metadata,
    key(),
    Column("interview_id", String(36), ForeignKey("interviews.id"), nullable=False, index=True),
    Column("recording_id", String(36), ForeignKey("recordings.id"), nullable=False),
    Column("offset_ms", Integer, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    ref("user_id", "users.id"),
    Column("at", Moment, nullable=False),
    comment="A row is a place in a recording that somebody who reviews marked, with what was noted there.",
)
