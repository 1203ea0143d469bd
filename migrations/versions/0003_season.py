"""A whole season on one station: reviews, wishes, clearances, messages, corrections, pauses, languages."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Document, Key, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = (
    ("users", "languages"),
    ("cells", "paused"),
    ("cases", "language"),
    ("attempts", "incoming"),
    ("interviews", "excluded"),
    ("programmes", "retired_at"),
)
COMMENTS = {
    "users": (
        "A row is one user; the private key is locked with the password.",
        "A row is one user; the private key is locked with the password. Languages: codes beside the programme's own that the user can interview in.",
    ),
    "programmes": (
        "A row is one evaluation of one year.",
        "A row is one evaluation of one year. Retired: its contacts are destroyed.",
    ),
    "key_grants": (
        "A row is one secret sealed to one user's public key; no user means the recovery key.",
        "A row is one secret sealed to one user's public key; no user means the recovery key, no programme the bureau: the key of its refusal list.",
    ),
    "cells": (
        "A row is one unit x one group. Fresh cases up to the watermark's position were taken; exhausted: no fresh case is left. Overshoot: interviews kept beyond the quota after a lapsed lease.",
        "A row is one unit x one group. Fresh cases up to the watermark's position were taken; exhausted: no fresh case is left. Paused: nobody is called in it for now. Overshoot: interviews kept beyond the quota after a lapsed lease.",
    ),
    "cases": (
        "A row is one entry that is to be called. Owner: whose appointment it is, or who was cut off in it (until owner_until only that operator gets it). Barred: an operator who must not get it again. Reserves: it holds a place of its cell's quota. Appointment: what was last agreed, also while the case is held or parked; a firm one keeps its place. Positions count from 1 in each cell.",
        "A row is one entry that is to be called. Owner: whose appointment it is, or who was cut off in it (until owner_until only that operator gets it). Barred: an operator who must not get it again. Reserves: it holds a place of its cell's quota. Appointment: what was last agreed, also while the case is held or parked; a firm one keeps its place. Language: only who speaks it gets the case. Positions count from 1 in each cell.",
    ),
    "attempts": (
        "A row is one dialling of a case. Alternate: which of the entry's numbers, 0 the first. Prompted: somebody told the respondent what to say. Late: settled after its lease lapsed.",
        "A row is one dialling of a case. Alternate: which of the entry's numbers, 0 the first. Prompted: somebody told the respondent what to say. Late: settled after its lease lapsed. Incoming: the respondent called.",
    ),
    "interviews": (
        "A row is one questionnaire as answered, over one or several attempts. Counted: answers to evaluated items that count. No_opinion: complete with fewer counted answers than the minimum. Duplicate: the second complete one of a case, under a lapsed lease; kept, never scored.",
        "A row is one questionnaire as answered, over one or several attempts. Counted: answers to evaluated items that count. No_opinion: complete with fewer counted answers than the minimum. Duplicate: the second complete one of a case, under a lapsed lease; kept, never scored. Excluded: by the last verdict of a review; out of score and quota.",
    ),
}
"""Old and new comment of each table that changed."""

NEW_TABLES = ("attendance_corrections", "clearances", "wishes", "messages", "reviews")


def comment(texts):
    # SQLite keeps no comments.
    if op.get_bind().dialect.name == "postgresql":
        for table, text in texts.items():
            op.create_table_comment(table, text)


def upgrade() -> None:
    comment({table: new for table, (_old, new) in COMMENTS.items()})
    flag = {"nullable": False, "server_default": sa.false()}
    op.add_column("users", sa.Column("languages", Document))
    op.add_column("cells", sa.Column("paused", sa.Boolean(), **flag))
    op.add_column("cases", sa.Column("language", sa.String(8)))
    op.add_column("attempts", sa.Column("incoming", sa.Boolean(), **flag))
    op.add_column("interviews", sa.Column("excluded", sa.Boolean(), **flag))
    op.add_column("programmes", sa.Column("retired_at", Moment()))
    with op.batch_alter_table("programmes") as change:
        change.drop_constraint(op.f("ck_programmes_state"), type_="check")
        change.create_check_constraint(
            op.f("ck_programmes_state"), "state in ('setup', 'drawn', 'closed', 'retired')"
        )
    with op.batch_alter_table("key_grants") as change:
        change.alter_column("programme_id", existing_type=Key, nullable=True)
        change.drop_constraint(op.f("ck_key_grants_secret"), type_="check")
        change.create_check_constraint(
            op.f("ck_key_grants_secret"), "secret in ('contact', 'recording', 'refusal')"
        )
    op.create_table(
        "reviews",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("interview_id", sa.String(length=36), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint(
            "verdict in ('accepted', 'excluded', 'sent_back', 'second')", name=op.f("ck_reviews_verdict")
        ),
        sa.ForeignKeyConstraint(["interview_id"], ["interviews.id"], name=op.f("fk_reviews_interview_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reviews_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        comment="A row is one verdict on an interview; the last one holds. Second: another opinion is asked for. Reason: from the closed list, for what is not accepted.",
    )
    op.create_index(op.f("ix_reviews_interview_id"), "reviews", ["interview_id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("case_id", Key, nullable=True),
        sa.Column("attempt_id", sa.String(length=36), nullable=True),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("station", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("settled_by", Key, nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("kind in ('complaint', 'help', 'refusal')", name=op.f("ck_messages_kind")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_messages_attempt_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_messages_case_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_messages_programme_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], name=op.f("fk_messages_settled_by")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_messages_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        comment="A row is what an operator sent to the supervisor: a respondent's complaint, a call for help, or a refusal to be decided on.",
    )
    op.create_index(
        "ix_messages_open",
        "messages",
        ["programme_id", "at"],
        unique=False,
        sqlite_where=sa.text("settled_at is null"),
        postgresql_where=sa.text("settled_at is null"),
    )
    op.create_table(
        "wishes",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("noted_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.CheckConstraint("kind in ('refusal', 'call_again')", name=op.f("ck_wishes_kind")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_wishes_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wishes")),
        sa.UniqueConstraint("kind", "number_hash", name=op.f("uq_wishes_kind_number_hash")),
        comment="A row is what the holder of one phone number, by the bureau's keyed hash, wishes: never to be called, or to be called again. Programme: in which it was said.",
    )
    op.create_table(
        "clearances",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("detail", Document, nullable=False),
        sa.CheckConstraint("kind in ('pledge', 'practice')", name=op.f("ck_clearances_kind")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_clearances_programme_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_clearances_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearances")),
        sa.UniqueConstraint(
            "programme_id", "user_id", "kind", name=op.f("uq_clearances_programme_id_user_id_kind")
        ),
        comment="A row is what a user has to have done before calling live: signed the pledge of confidentiality, passed the practice test.",
    )
    op.create_table(
        "attendance_corrections",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("attendance_id", Key, nullable=True),
        sa.Column("event", sa.String(length=16), nullable=True),
        sa.Column("at", Moment(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_at", Moment(), nullable=False),
        sa.Column("corrected_by", Key, nullable=False),
        sa.CheckConstraint(
            "event in ('in', 'break', 'back', 'out')", name=op.f("ck_attendance_corrections_event")
        ),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["attendance.id"], name=op.f("fk_attendance_corrections_attendance_id")
        ),
        sa.ForeignKeyConstraint(
            ["corrected_by"], ["users.id"], name=op.f("fk_attendance_corrections_corrected_by")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_attendance_corrections_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_corrections")),
        comment="A row is one correction of a working day; the original stays. Attendance: the step it replaces, none for one that was forgotten. No event: the step is struck out.",
    )
    op.create_index(
        "ix_attendance_corrections_user_id_at", "attendance_corrections", ["user_id", "at"], unique=False
    )


def downgrade() -> None:
    for table in NEW_TABLES:
        op.drop_table(table)
    op.execute("delete from key_grants where secret = 'refusal' or programme_id is null")
    op.execute("update programmes set state = 'closed' where state = 'retired'")
    with op.batch_alter_table("key_grants") as change:
        change.alter_column("programme_id", existing_type=Key, nullable=False)
        change.drop_constraint(op.f("ck_key_grants_secret"), type_="check")
        change.create_check_constraint(op.f("ck_key_grants_secret"), "secret in ('contact', 'recording')")
    with op.batch_alter_table("programmes") as change:
        change.drop_constraint(op.f("ck_programmes_state"), type_="check")
        change.create_check_constraint(op.f("ck_programmes_state"), "state in ('setup', 'drawn', 'closed')")
    for table, column in COLUMNS:
        op.drop_column(table, column)
    comment({table: old for table, (old, _new) in COMMENTS.items()})
