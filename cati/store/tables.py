"""Every table, with what one row of it is. The schema itself is built by the migrations."""

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
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    false,
    text,
    true,
)

from cati.store.types import Document, Key, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key() -> Column[int]:
    return Column("id", Key, primary_key=True, autoincrement=True)


def _ref(name: str, target: str, *, nullable: bool = False, index: bool = False) -> Column[int]:
    return Column(name, Key, ForeignKey(target), nullable=nullable, index=index)


def _unchecked(name: str, target: str, *, primary: bool = False, index: bool = False) -> Column[int]:
    """A reference without a foreign key, in tables that an import fills by the million.

    For each row and key PostgreSQL looks up and locks the row referred to, which took longer than storing
    all of them. `cati.store.frames.add_entries` alone adds to these tables, in the transaction in which the
    rows referred to are locked or stored, and no row that is referred to is ever deleted.
    """
    return Column(
        name,
        Key,
        primary_key=primary,
        autoincrement=False,
        nullable=False,
        index=index,
        info={"refers_to": target},
    )


# ---- people of the bureau ------------------------------------------------------------------------

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
    _key(),
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

# ---- the programme -------------------------------------------------------------------------------

programmes = Table(
    "programmes",
    metadata,
    _key(),
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

key_grants = Table(
    "key_grants",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id", nullable=True),
    Column("secret", String(16), nullable=False),
    _ref("user_id", "users.id", nullable=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("granted_at", Moment, nullable=False),
    CheckConstraint("secret in ('contact', 'recording', 'refusal')", name="secret"),
    UniqueConstraint("programme_id", "secret", "user_id"),
    comment="A row is one secret sealed to one user's public key; no user means the recovery key, no "
    "programme the bureau: the key of its refusal list.",
)

units = Table(
    "units",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id"),
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
    _key(),
    _ref("programme_id", "programmes.id"),
    Column("code", String(32), nullable=False),
    Column("label", String(200), nullable=False),
    Column("position", Integer, nullable=False),
    UniqueConstraint("programme_id", "code"),
    comment="A row is one kind of respondent.",
)

call_hours = Table(
    "call_hours",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id"),
    _ref("group_id", "groups.id"),
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
    _key(),
    _ref("programme_id", "programmes.id"),
    _ref("unit_id", "units.id"),
    _ref("group_id", "groups.id"),
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

# ---- phone lists ---------------------------------------------------------------------------------

frames = Table(
    "frames",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id"),
    _ref("unit_id", "units.id", nullable=True),
    _ref("group_id", "groups.id", nullable=True),
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
    _key(),
    _ref("programme_id", "programmes.id", index=True),
    _ref("unit_id", "units.id"),
    _ref("group_id", "groups.id"),
    Column("kind", String(8), nullable=False),
    Column("granted_by", String(200), nullable=False),
    Column("document", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
    _ref("user_id", "users.id"),
    CheckConstraint("kind in ('size', 'areas')", name="kind"),
    UniqueConstraint("unit_id", "group_id", "kind"),
    comment="A row is what a unit's list of a group need not meet: its smallest size, or to cover all areas. "
    "Granted by: who decided so, by which document.",
)

persons = Table(
    "persons",
    metadata,
    _key(),
    _unchecked("programme_id", "programmes.id"),
    Column("number_hash", LargeBinary(32), nullable=False),
    Column("case_id", Key),
    UniqueConstraint("programme_id", "number_hash"),
    comment="A row is one phone number in one programme, by keyed hash; case_id is the case that took it.",
)

other_numbers = Table(
    "other_numbers",
    metadata,
    _unchecked("person_id", "persons.id"),
    Column("number_hash", LargeBinary(32), nullable=False, index=True),
    comment="A row is a further number of a person, by the same keyed hash as the first.",
)

entries = Table(
    "entries",
    metadata,
    _key(),
    _unchecked("frame_id", "frames.id"),
    Column("row", Integer, nullable=False),
    _unchecked("person_id", "persons.id", index=True),
    UniqueConstraint("frame_id", "row"),
    comment="A row is one usable row of a phone list.",
)

contacts = Table(
    "contacts",
    metadata,
    _unchecked("entry_id", "entries.id", primary=True),
    Column("sealed", LargeBinary, nullable=False),
    comment="A row is the name and numbers of one entry, sealed. Nothing else holds them.",
)

frame_problems = Table(
    "frame_problems",
    metadata,
    _ref("frame_id", "frames.id"),
    Column("row", Integer, nullable=False),
    Column("code", String(32), nullable=False),
    Column("sealed", LargeBinary),
    UniqueConstraint("frame_id", "row"),
    comment="A row is one rejected row of a phone list, its cells sealed.",
)

# ---- the draw ------------------------------------------------------------------------------------

draws = Table(
    "draws",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id", index=True),
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
    _ref("draw_id", "draws.id"),
    Column("name", String(200), nullable=False),
    Column("position", Integer, nullable=False),
    Column("commit", String(64), nullable=False),
    Column("reveal", String(200)),
    UniqueConstraint("draw_id", "name"),
    comment="A row is one party's part of a draw's seed.",
)

supplements = Table(
    "supplements",
    metadata,
    _key(),
    _ref("cell_id", "cells.id", index=True),
    Column("reason", Text, nullable=False),
    Column("cases", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("opened_by", Key, ForeignKey("users.id"), nullable=False),
    comment="A row is one opening of the public pool for a cell.",
)

cell_steps = Table(
    "cell_steps",
    metadata,
    _key(),
    _ref("cell_id", "cells.id", index=True),
    Column("kind", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("cases", Integer),
    Column("at", Moment, nullable=False),
    _ref("user_id", "users.id"),
    CheckConstraint("kind in ('release', 'pause', 'resume')", name="kind"),
    comment="A row is one thing decided by hand about whom a cell calls. Cases: how many were released.",
)

# ---- queue, attempts, interviews -----------------------------------------------------------------

cases = Table(
    "cases",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id"),
    _ref("cell_id", "cells.id"),
    _ref("entry_id", "entries.id"),
    _ref("person_id", "persons.id", index=True),
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
    _key(),
    _ref("case_id", "cases.id", index=True),
    Column("kind", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    _ref("to_id", "users.id", nullable=True),
    Column("at", Moment, nullable=False),
    _ref("user_id", "users.id"),
    CheckConstraint("kind in ('aside', 'back', 'give', 'reopen')", name="kind"),
    comment="A row is one thing decided by hand about a case. To: who alone was given it for a while.",
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", String(36), primary_key=True),
    _ref("case_id", "cases.id"),
    Column("number", SmallInteger, nullable=False),
    _ref("user_id", "users.id"),
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

interviews = Table(
    "interviews",
    metadata,
    Column("id", String(36), primary_key=True),
    _ref("case_id", "cases.id", index=True),
    _ref("cell_id", "cells.id"),
    Column("state", String(16), nullable=False),
    Column("counted", SmallInteger, nullable=False, server_default=text("0")),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    _ref("user_id", "users.id"),
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
Index("ix_interviews_user_id", interviews.c.user_id)
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
    _ref("user_id", "users.id"),
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

# ---- review, and what operators send to the supervisor --------------------------------------------

reviews = Table(
    "reviews",
    metadata,
    _key(),
    Column("interview_id", String(36), ForeignKey("interviews.id"), nullable=False, index=True),
    Column("verdict", String(16), nullable=False),
    Column("reason", String(32)),
    Column("note", Text, nullable=False, server_default=""),
    _ref("user_id", "users.id"),
    Column("at", Moment, nullable=False),
    CheckConstraint("verdict in ('accepted', 'excluded', 'sent_back', 'second')", name="verdict"),
    comment="A row is one verdict on an interview; the last one holds. Second: another opinion is asked for. "
    "Reason: from the closed list, for what is not accepted.",
)

review_marks = Table(
    "review_marks",
    metadata,
    _key(),
    Column("interview_id", String(36), ForeignKey("interviews.id"), nullable=False, index=True),
    Column("recording_id", String(36), ForeignKey("recordings.id"), nullable=False),
    Column("offset_ms", Integer, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    _ref("user_id", "users.id"),
    Column("at", Moment, nullable=False),
    comment="A row is a place in a recording that somebody who reviews marked, with what was noted there.",
)

messages = Table(
    "messages",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id"),
    Column("kind", String(16), nullable=False),
    _ref("case_id", "cases.id", nullable=True),
    Column("attempt_id", String(36), ForeignKey("attempts.id")),
    Column("text", Text, nullable=False, server_default=""),
    _ref("user_id", "users.id"),
    Column("station", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("settled_at", Moment),
    Column("settled_by", Key, ForeignKey("users.id")),
    Column("answer", Text, nullable=False, server_default=""),
    CheckConstraint("kind in ('complaint', 'help', 'refusal', 'language', 'late')", name="kind"),
    comment="A row is what an operator sent to the supervisor: a respondent's complaint, a call for help, a "
    "refusal to be decided on, a respondent whose language nobody speaks, or work that came too late for its "
    "lease.",
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
    _key(),
    Column("text", Text, nullable=False),
    _ref("to_id", "users.id", nullable=True),
    Column("at", Moment, nullable=False, index=True),
    _ref("user_id", "users.id"),
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

# ---- wishes that outlive a programme -------------------------------------------------------------

conflicts = Table(
    "conflicts",
    metadata,
    Column("id", String(36), primary_key=True),
    _ref("programme_id", "programmes.id"),
    _ref("case_id", "cases.id", nullable=True, index=True),
    Column("attempt_id", String(36)),
    _ref("user_id", "users.id"),
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

relayed = Table(
    "relayed",
    metadata,
    Column("id", String(36), primary_key=True),
    _ref("user_id", "users.id"),
    _ref("sender_id", "users.id"),
    Column("xact", String(20), nullable=False),
    Column("at", Moment, nullable=False),
    Column("document", Document, nullable=False),
    comment="A row is one write of a station that somebody else than its writer brought to the server, with "
    "the writer's proof. Xact, at: the last transaction that carried it out.",
)
Index("ix_relayed_xact", relayed.c.xact)

wishes = Table(
    "wishes",
    metadata,
    _key(),
    Column("kind", String(16), nullable=False),
    Column("number_hash", LargeBinary(32), nullable=False),
    _ref("programme_id", "programmes.id"),
    Column("noted_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    CheckConstraint("kind in ('refusal', 'call_again')", name="kind"),
    UniqueConstraint("kind", "number_hash"),
    comment="A row is what the holder of one phone number, by the bureau's keyed hash, wishes: never to be "
    "called, or to be called again. Programme: in which it was said.",
)

# ---- who may call ----------------------------------------------------------------------------------

clearances = Table(
    "clearances",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id"),
    _ref("user_id", "users.id"),
    Column("kind", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("detail", Document, nullable=False),
    CheckConstraint("kind in ('pledge', 'practice')", name="kind"),
    UniqueConstraint("programme_id", "user_id", "kind"),
    comment="A row is what a user has to have done before calling live: signed the pledge of "
    "confidentiality, passed the practice test.",
)

# ---- scores --------------------------------------------------------------------------------------

channel_scores = Table(
    "channel_scores",
    metadata,
    _ref("programme_id", "programmes.id"),
    Column("channel", String(32), nullable=False),
    _ref("unit_id", "units.id"),
    Column("score", String(64), nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("set_by", Key, ForeignKey("users.id"), nullable=False),
    UniqueConstraint("channel", "unit_id"),
    comment="A row is the finished score of one unit in a channel computed elsewhere (exact decimal).",
)

ballot_sets = Table(
    "ballot_sets",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id", index=True),
    Column("channel", String(32), nullable=False),
    Column("group_code", String(32), nullable=False),
    Column("file", String(255), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("ballots", Integer, nullable=False),
    Column("void", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("user_id", Key, ForeignKey("users.id"), nullable=False),
    Column("withdrawn_at", Moment),
    Column("withdrawn_by", Key, ForeignKey("users.id")),
    Column("withdrawn_for", Text),
    comment="A row is ballots of one channel and group that were taken from a file. Group: empty where the "
    "channel has none. Void: how many of their lines count nothing. Withdrawn ones count no more.",
)

ballot_lines = Table(
    "ballot_lines",
    metadata,
    Column("set_id", Key, ForeignKey("ballot_sets.id"), primary_key=True),
    Column("ballot", Integer, primary_key=True, autoincrement=False),
    Column("unit_id", Key, ForeignKey("units.id"), primary_key=True),
    Column("answers", Text, nullable=False),
    comment="A row is what one ballot says about one unit: names of the answers to the items of the channel "
    "in their order; - without a tick, * with several.",
)

keyings = Table(
    "keyings",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id", index=True),
    Column("channel", String(32), nullable=False),
    Column("group_code", String(32), nullable=False),
    Column("ballots", Integer, nullable=False),
    Column("by_item", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    Column("user_id", Key, ForeignKey("users.id"), nullable=False),
    Column("set_id", Key, ForeignKey("ballot_sets.id")),
    comment="A row is ballots of one channel and group that are keyed twice in the window, and the set they "
    "were taken as. By item: on paper the units follow each other under each item.",
)

keyed_ballots = Table(
    "keyed_ballots",
    metadata,
    _key(),
    _ref("keying_id", "keyings.id"),
    Column("ballot", Integer, nullable=False),
    Column("turn", SmallInteger, nullable=False),
    Column("user_id", Key, ForeignKey("users.id"), nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("done_at", Moment),
    UniqueConstraint("keying_id", "ballot", "turn"),
    UniqueConstraint("keying_id", "ballot", "user_id"),
    CheckConstraint("turn in (1, 2)", name="turn"),
    comment="A row is one keying of one ballot; nobody keys a ballot twice.",
)

keyed_lines = Table(
    "keyed_lines",
    metadata,
    Column("keyed_id", Key, ForeignKey("keyed_ballots.id"), primary_key=True),
    Column("unit_id", Key, ForeignKey("units.id"), primary_key=True),
    Column("answers", Text, nullable=False),
    comment="A row is what was keyed of one ballot about one unit, as in ballot_lines; . where nothing was "
    "keyed yet.",
)

keyed_looks = Table(
    "keyed_looks",
    metadata,
    Column("keying_id", Key, ForeignKey("keyings.id"), primary_key=True),
    Column("ballot", Integer, primary_key=True, autoincrement=False),
    Column("unit_id", Key, ForeignKey("units.id"), primary_key=True),
    Column("item", SmallInteger, primary_key=True, autoincrement=False),
    Column("answer", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("user_id", Key, ForeignKey("users.id"), nullable=False),
    comment="A row is what the paper says where two keyings are not alike, as a third look found it; item: "
    "its place, from 0.",
)

web_sets = Table(
    "web_sets",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id", index=True),
    Column("channel", String(32), nullable=False),
    Column("file", String(255), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("opinions", Integer, nullable=False),
    Column("doubles", Integer, nullable=False),
    Column("void", Integer, nullable=False),
    Column("rule", String(16), nullable=False),
    Column("columns", Document, nullable=False),
    Column("at", Moment, nullable=False),
    Column("user_id", Key, ForeignKey("users.id"), nullable=False),
    Column("withdrawn_at", Moment),
    Column("withdrawn_by", Key, ForeignKey("users.id")),
    Column("withdrawn_for", Text),
    CheckConstraint("rule in ('refuse', 'first', 'last', 'each')", name="rule"),
    comment="A row is opinions of one channel that were taken from a file of a survey on the web. Opinions: "
    "how many count, one for each respondent and unit. Doubles: how many were left out by the rule. Void: "
    "how many of those that count answer nothing. Columns: heading by what it says. Withdrawn ones count "
    "no more.",
)

web_respondents = Table(
    "web_respondents",
    metadata,
    Column("set_id", Key, ForeignKey("web_sets.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
    Column("places", LargeBinary, nullable=False),
    comment="A row is part of what tells respondents of a survey on the web apart in later files: 64 bits "
    "each, of respondent and unit under a key of the programme's contacts, in order; and where each stood in "
    "its file. Gone once the programme is retired.",
)

web_patterns = Table(
    "web_patterns",
    metadata,
    Column("set_id", Key, ForeignKey("web_sets.id"), primary_key=True),
    Column("unit_id", Key, ForeignKey("units.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("group_code", String(32), nullable=False),
    Column("answers", Text, nullable=False),
    Column("times", Integer, nullable=False),
    comment="A row is how many respondents of one group said the same about one unit: names of the answers "
    "to the items of the channel in their order, - where nothing was answered. Nobody is named or numbered.",
)

noted_claims = Table(
    "noted_claims",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id", index=True),
    Column("code", String(64), nullable=False),
    Column("planned", String(64), nullable=False),
    Column("done", String(64), nullable=False),
    Column("source", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("user_id", Key, ForeignKey("users.id"), nullable=False),
    comment="A row is what a report claims in place of what the workbook says: planned and done as text, "
    "empty where that stays. The last row of a code holds.",
)

rosters = Table(
    "rosters",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id"),
    Column("code", String(32), nullable=False),
    Column("file", String(255), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("user_id", Key, ForeignKey("users.id"), nullable=False),
    UniqueConstraint("programme_id", "code"),
    comment="A row is a list of people of whom representatives are drawn, as it was handed in last.",
)

roster_members = Table(
    "roster_members",
    metadata,
    _key(),
    _ref("roster_id", "rosters.id"),
    Column("row", Integer, nullable=False),
    Column("number_hash", LargeBinary, nullable=False),
    Column("sealed", LargeBinary),
    Column("place", Integer),
    Column("absent_at", Moment),
    Column("absent_for", Text),
    Column("absent_by", Key, ForeignKey("users.id")),
    UniqueConstraint("roster_id", "row"),
    comment="A row is one person of a roster. Sealed: name, organisation, post and number, gone once the "
    "programme is retired. Place: in the order of the draw, from 1; nobody's ballot is known by it.",
)

roster_draws = Table(
    "roster_draws",
    metadata,
    Column("programme_id", Key, ForeignKey("programmes.id"), primary_key=True, autoincrement=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("frame", LargeBinary, nullable=False),
    Column("held_at", Moment, nullable=False),
    Column("held_by", Key, ForeignKey("users.id"), nullable=False),
    comment="A row is the draw of a programme's representatives, with its two files byte for byte.",
)

adjustments = Table(
    "adjustments",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id"),
    _ref("unit_id", "units.id"),
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
    _ref("programme_id", "programmes.id", index=True),
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
    _ref("programme_id", "programmes.id", index=True),
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
    _ref("programme_id", "programmes.id", index=True),
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
    _key(),
    _ref("programme_id", "programmes.id", index=True),
    _ref("unit_id", "units.id"),
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

hotline_tickets = Table(
    "hotline_tickets",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id"),
    _ref("unit_id", "units.id"),
    Column("number", String(40), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("way", String(16), nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("done_at", Moment, nullable=False),
    Column("marked", Boolean),
    Column("satisfied", Boolean),
    Column("sms", String(16)),
    Column("call", String(16)),
    Column("spot_unresolved", Boolean, nullable=False),
    Column("appeal", String(16)),
    Column("appealed_on", Date),
    Column("extension", SmallInteger, nullable=False),
    Column("suspended_at", Moment),
    Column("resumed_at", Moment),
    CheckConstraint("kind in ('urgent', 'question', 'help', 'proposal', 'complaint', 'report')", name="kind"),
    CheckConstraint("way in ('closed', 'returned')", name="way"),
    UniqueConstraint("programme_id", "number"),
    comment="A row is what one unit did with one ticket of the 12345 hotline. Nothing of what citizens wrote "
    "or who they are. Marked: whether the platform says it was in time.",
)

hotline_figures = Table(
    "hotline_figures",
    metadata,
    _ref("programme_id", "programmes.id"),
    _ref("unit_id", "units.id"),
    Column("on_time", String(64)),
    Column("satisfied", String(64)),
    Column("resolved", String(64)),
    Column("unresolved", Integer, nullable=False),
    Column("points", String(64)),
    Column("set_at", Moment, nullable=False),
    Column("set_by", Key, ForeignKey("users.id"), nullable=False),
    UniqueConstraint("unit_id"),
    comment="A row is the hotline's own figures of one unit, which score (percents, points; exact decimals).",
)

hotline_follow_ups = Table(
    "hotline_follow_ups",
    metadata,
    _ref("programme_id", "programmes.id"),
    _ref("unit_id", "units.id"),
    Column("followed", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("set_by", Key, ForeignKey("users.id"), nullable=False),
    UniqueConstraint("unit_id"),
    comment="A row is how many of last year's unresolved tickets of one unit were followed up, and how many "
    "of its appeals failed.",
)

hotline_claims = Table(
    "hotline_claims",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id"),
    _ref("unit_id", "units.id"),
    Column("number", String(40), nullable=False),
    Column("ground", String(32), nullable=False),
    Column("points", String(64), nullable=False),
    Column("claimed_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("user_id", Key, ForeignKey("users.id"), nullable=False),
    UniqueConstraint("programme_id", "number", "ground"),
    comment="A row is points that a unit claims for one ticket on one ground (exact decimal).",
)

# ---- opinions ------------------------------------------------------------------------------------

opinions = Table(
    "opinions",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id", index=True),
    _ref("unit_id", "units.id"),
    Column("channel", String(32), nullable=False),
    Column("interview_id", String(36), ForeignKey("interviews.id")),
    Column("item", String(64)),
    Column("text", Text),
    Column("file", String(255)),
    Column("sha256", String(64)),
    Column("at", Moment, nullable=False),
    Column("user_id", Key, ForeignKey("users.id"), nullable=False),
    UniqueConstraint("interview_id", "item"),
    comment="A row is one opinion in words about one unit: of an interview, whose answer holds the words, or "
    "of a file of words that came otherwise.",
)

opinion_code_steps = Table(
    "opinion_code_steps",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id", index=True),
    Column("kind", String(16), nullable=False),
    Column("code", String(32), nullable=False),
    Column("label", String(200), nullable=False, server_default=""),
    Column("into_code", String(32), nullable=False, server_default=""),
    Column("at", Moment, nullable=False),
    _ref("user_id", "users.id"),
    CheckConstraint("kind in ('add', 'rename', 'merge', 'retire', 'restore')", name="kind"),
    comment="A row is one change of the list of codes of opinions, which begins as the workbook says.",
)

opinion_codings = Table(
    "opinion_codings",
    metadata,
    _key(),
    _ref("opinion_id", "opinions.id", index=True),
    Column("second", Boolean, nullable=False),
    Column("codes", Text, nullable=False),
    Column("at", Moment, nullable=False),
    _ref("user_id", "users.id"),
    comment="A row is all codes that somebody gave an opinion at a moment, with blanks between; the last one "
    "holds. Second: of another coder, who decides nothing.",
)

opinion_maskings = Table(
    "opinion_maskings",
    metadata,
    _key(),
    _ref("opinion_id", "opinions.id", index=True),
    Column("spans", Text, nullable=False),
    Column("at", Moment, nullable=False),
    _ref("user_id", "users.id"),
    comment="A row is where somebody decided that words of an opinion be hidden from its unit, as first-end "
    "places; the last one holds.",
)

opinion_bundles = Table(
    "opinion_bundles",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id"),
    _ref("unit_id", "units.id"),
    Column("number", Integer, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("file", String(255), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    _ref("user_id", "users.id"),
    UniqueConstraint("programme_id", "number"),
    comment="A row is one workbook of opinions for one unit, which is to answer them by the day named.",
)

opinion_bundle_lines = Table(
    "opinion_bundle_lines",
    metadata,
    Column("bundle_id", Key, ForeignKey("opinion_bundles.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("opinion_id", Key, ForeignKey("opinions.id"), nullable=False, unique=True),
    Column("text", Text, nullable=False),
    comment="A row is one opinion in a bundle, numbered by lot, with its words as they were sent.",
)

opinion_replies = Table(
    "opinion_replies",
    metadata,
    _key(),
    _ref("bundle_id", "opinion_bundles.id", index=True),
    Column("number", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("result", Text, nullable=False),
    Column("answered_on", Date),
    Column("received_on", Date, nullable=False),
    Column("file", String(255), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    _ref("user_id", "users.id"),
    CheckConstraint("state in ('done', 'doing', 'planned', 'declined')", name="state"),
    comment="A row is what a unit answered to one line of a bundle; the last one holds. Received: the day on "
    "which the answer was handed in.",
)

sign_offs = Table(
    "sign_offs",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id", index=True),
    Column("body", String(200), nullable=False),
    Column("signer", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("signed_at", Moment, nullable=False),
    _ref("user_id", "users.id"),
    comment="A row is one approval of a programme's scores by a second body; the last one holds. Sha256: of "
    "the scores as they were. User: who wrote it down.",
)

exports = Table(
    "exports",
    metadata,
    _key(),
    _ref("programme_id", "programmes.id", index=True),
    Column("what", String(16), nullable=False),
    Column("format", String(8), nullable=False),
    Column("identity", String(16), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("file", String(400), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    _ref("user_id", "users.id"),
    comment="A row is one file that left the program. Sha256: of the file, or of its parts one after the "
    "other. Identity: whether people are masked in it. Recipient: for whom it is, in words.",
)

# ---- attendance, audit ---------------------------------------------------------------------------

attendance = Table(
    "attendance",
    metadata,
    _key(),
    _ref("user_id", "users.id"),
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
    _key(),
    _ref("user_id", "users.id"),
    _ref("attendance_id", "attendance.id", nullable=True),
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
    _key(),
    _ref("user_id", "users.id"),
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
    _ref("user_id", "users.id"),
    Column("signed_in_at", Moment, nullable=False),
    Column("left_at", Moment),
    Column("heard_at", Moment, nullable=False),
    Column("version", String(32), nullable=False),
    Column("unsent", Integer, nullable=False),
    Column("oldest_unsent_at", Moment),
    Column("ahead_ms", Integer),
    comment="A row is one computer that people sign in at. Heard: its last sign of life. Unsent: entries "
    "kept there and not on the server yet, as it told last, with the oldest's time. Ahead: how far its clock "
    "was ahead.",
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
