"""All tables."""

import sqlalchemy as sa
from alembic import op

from cati.store.types import Document, Key, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build."""
    op.create_table(
        "bureau",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_bureau")),
        comment="A row is one fact of this database, such as recovery_public.",
    )
    op.create_table(
        "users",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("roles", Document, nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("locked_private", sa.LargeBinary(), nullable=False),
        sa.Column("lock_parameters", Document, nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("simulated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("failed_sign_ins", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("locked_until", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
        comment="A row is one user; the private key is locked with the password.",
    )
    op.create_table(
        "attendance",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("station", sa.String(length=64), nullable=False),
        sa.CheckConstraint("event in ('in', 'break', 'back', 'out')", name=op.f("ck_attendance_event")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_attendance_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        comment="A row is one step of an operator's working day.",
    )
    op.create_index("ix_attendance_user_id_at", "attendance", ["user_id", "at"], unique=False)
    op.create_table(
        "audit",
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("user_id", Key, nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("detail", Document, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_audit_user_id")),
        sa.PrimaryKeyConstraint("session_id", "seq", name=op.f("pk_audit")),
        comment="A row is one thing done; hashes chain the rows of a session.",
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_table(
        "programmes",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("definition", Document, nullable=False),
        sa.Column("state", sa.String(length=16), server_default="setup", nullable=False),
        sa.Column("plan_hash", sa.String(length=64), nullable=False),
        sa.Column("recording_public", sa.LargeBinary(), nullable=False),
        sa.Column("loaded_at", Moment(), nullable=False),
        sa.Column("loaded_by", Key, nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.CheckConstraint("state in ('setup', 'drawn', 'closed')", name=op.f("ck_programmes_state")),
        sa.ForeignKeyConstraint(["loaded_by"], ["users.id"], name=op.f("fk_programmes_loaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sa.UniqueConstraint("code", name=op.f("uq_programmes_code")),
        comment="A row is one evaluation of one year.",
    )
    op.create_table(
        "draws",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("frame_hash", sa.String(length=64), nullable=False),
        sa.Column("plan_hash", sa.String(length=64), nullable=False),
        sa.Column("public_name", sa.String(length=200), nullable=False),
        sa.Column("public_value", sa.String(length=200), nullable=True),
        sa.Column("seed", sa.String(length=64), nullable=True),
        sa.Column("certificate", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("held_at", Moment(), nullable=True),
        sa.Column("held_by", Key, nullable=True),
        sa.CheckConstraint("state in ('committed', 'held', 'void')", name=op.f("ck_draws_state")),
        sa.ForeignKeyConstraint(["held_by"], ["users.id"], name=op.f("fk_draws_held_by")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_draws_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draws")),
        comment="A row is one draw, from the publication of the frame hash on.",
    )
    op.create_index(op.f("ix_draws_programme_id"), "draws", ["programme_id"], unique=False)
    op.create_table(
        "groups",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_groups_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("programme_id", "code", name=op.f("uq_groups_programme_id_code")),
        comment="A row is one kind of respondent.",
    )
    op.create_table(
        "key_grants",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("secret", sa.String(length=16), nullable=False),
        sa.Column("user_id", Key, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("granted_at", Moment(), nullable=False),
        sa.CheckConstraint("secret in ('contact', 'recording')", name=op.f("ck_key_grants_secret")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_key_grants_programme_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_key_grants_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_grants")),
        sa.UniqueConstraint(
            "programme_id", "secret", "user_id", name=op.f("uq_key_grants_programme_id_secret_user_id")
        ),
        comment="A row is one secret sealed to one user's public key; no user means the recovery key.",
    )
    op.create_table(
        "persons",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("number_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("case_id", Key, nullable=True),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_persons_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("programme_id", "number_hash", name=op.f("uq_persons_programme_id_number_hash")),
        comment="A row is one phone number in one programme, by keyed hash; case_id is the case that took it.",
    )
    op.create_table(
        "units",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("series", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_units_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("programme_id", "code", name=op.f("uq_units_programme_id_code")),
        comment="A row is one body evaluated.",
    )
    op.create_table(
        "adjustments",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("unit_id", Key, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("points", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("proposed_by", Key, nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("settled_by", Key, nullable=True),
        sa.CheckConstraint("state in ('proposed', 'confirmed', 'waived')", name=op.f("ck_adjustments_state")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_adjustments_programme_id")
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["users.id"], name=op.f("fk_adjustments_proposed_by")),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], name=op.f("fk_adjustments_settled_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_adjustments_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustments")),
        sa.UniqueConstraint("unit_id", "code", name=op.f("uq_adjustments_unit_id_code")),
        comment="A row is points proposed for or taken from one unit on one ground (exact decimal).",
    )
    op.create_table(
        "cells",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("unit_id", Key, nullable=False),
        sa.Column("group_id", Key, nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("completed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("reserved", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("overshoot", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("watermark", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("exhausted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "completed >= 0 and reserved >= 0 and completed + reserved <= quota", name=op.f("ck_cells_quota")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_cells_group_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_cells_programme_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_cells_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cells")),
        sa.UniqueConstraint("unit_id", "group_id", name=op.f("uq_cells_unit_id_group_id")),
        comment="A row is one unit x one group. Fresh cases up to the watermark's position were taken; exhausted: no fresh case is left. Overshoot: interviews kept beyond the quota after a lapsed lease.",
    )
    op.create_index("ix_cells_programme_id", "cells", ["programme_id"], unique=False)
    op.create_table(
        "channel_scores",
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("unit_id", Key, nullable=False),
        sa.Column("score", sa.String(length=64), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.Column("set_by", Key, nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_channel_scores_programme_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["users.id"], name=op.f("fk_channel_scores_set_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_channel_scores_unit_id")),
        sa.UniqueConstraint("channel", "unit_id", name=op.f("uq_channel_scores_channel_unit_id")),
        comment="A row is the finished score of one unit in a channel computed elsewhere (exact decimal).",
    )
    op.create_table(
        "draw_parties",
        sa.Column("draw_id", Key, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("commit", sa.String(length=64), nullable=False),
        sa.Column("reveal", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["draw_id"], ["draws.id"], name=op.f("fk_draw_parties_draw_id")),
        sa.UniqueConstraint("draw_id", "name", name=op.f("uq_draw_parties_draw_id_name")),
        comment="A row is one party's part of a draw's seed.",
    )
    op.create_table(
        "frames",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("unit_id", Key, nullable=True),
        sa.Column("group_id", Key, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("file", sa.String(length=400), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("imported_by", Key, nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("short", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("rejected", Document, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_frames_group_id")),
        sa.ForeignKeyConstraint(["imported_by"], ["users.id"], name=op.f("fk_frames_imported_by")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_frames_programme_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_frames_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frames")),
        sa.UniqueConstraint(
            "programme_id",
            "unit_id",
            "group_id",
            "version",
            name=op.f("uq_frames_programme_id_unit_id_group_id_version"),
        ),
        comment="A row is one version of one phone list; no unit and group means the public pool. Of the versions of a list only the current one is drawn from.",
    )
    op.create_table(
        "entries",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("frame_id", Key, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["frame_id"], ["frames.id"], name=op.f("fk_entries_frame_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_entries_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("frame_id", "row", name=op.f("uq_entries_frame_id_row")),
        comment="A row is one usable row of a phone list.",
    )
    op.create_index(op.f("ix_entries_person_id"), "entries", ["person_id"], unique=False)
    op.create_table(
        "frame_problems",
        sa.Column("frame_id", Key, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["frame_id"], ["frames.id"], name=op.f("fk_frame_problems_frame_id")),
        sa.UniqueConstraint("frame_id", "row", name=op.f("uq_frame_problems_frame_id_row")),
        comment="A row is one rejected row of a phone list, its cells sealed.",
    )
    op.create_table(
        "supplements",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("cell_id", Key, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("opened_by", Key, nullable=False),
        sa.ForeignKeyConstraint(["cell_id"], ["cells.id"], name=op.f("fk_supplements_cell_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["users.id"], name=op.f("fk_supplements_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplements")),
        comment="A row is one opening of the public pool for a cell.",
    )
    op.create_index(op.f("ix_supplements_cell_id"), "supplements", ["cell_id"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("programme_id", Key, nullable=False),
        sa.Column("cell_id", Key, nullable=False),
        sa.Column("entry_id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=8), server_default="list", nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("not_before", Moment(), nullable=True),
        sa.Column("owner_id", Key, nullable=True),
        sa.Column("owner_until", Moment(), nullable=True),
        sa.Column("barred_id", Key, nullable=True),
        sa.Column("reserves", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("appointment", sa.String(length=4), nullable=True),
        sa.Column("held_by", Key, nullable=True),
        sa.Column("station", sa.String(length=64), nullable=True),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("epoch", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("disposition", sa.String(length=32), nullable=True),
        sa.CheckConstraint("appointment in ('soft', 'firm')", name=op.f("ck_cases_appointment")),
        sa.CheckConstraint("source in ('list', 'pool')", name=op.f("ck_cases_source")),
        sa.CheckConstraint("state between 0 and 7", name=op.f("ck_cases_state")),
        sa.ForeignKeyConstraint(["barred_id"], ["users.id"], name=op.f("fk_cases_barred_id")),
        sa.ForeignKeyConstraint(["cell_id"], ["cells.id"], name=op.f("fk_cases_cell_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_cases_entry_id")),
        sa.ForeignKeyConstraint(["held_by"], ["users.id"], name=op.f("fk_cases_held_by")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_cases_owner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_cases_person_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_cases_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("cell_id", "entry_id", name=op.f("uq_cases_cell_id_entry_id")),
        sa.UniqueConstraint("cell_id", "position", name=op.f("uq_cases_cell_id_position")),
        comment="A row is one entry that is to be called. Owner: whose appointment it is, or who was cut off in it (until owner_until only that operator gets it). Barred: an operator who must not get it again. Reserves: it holds a place of its cell's quota. Appointment: what was last agreed, also while the case is held or parked; a firm one keeps its place. Positions count from 1 in each cell.",
    )
    op.create_index(
        "ix_cases_due",
        "cases",
        ["programme_id", "state", "not_before", "id"],
        unique=False,
        sqlite_where=sa.text("state in (2, 3)"),
        postgresql_where=sa.text("state in (2, 3)"),
    )
    op.create_index(
        "ix_cases_fresh",
        "cases",
        ["cell_id", "position"],
        unique=False,
        sqlite_where=sa.text("state = 0"),
        postgresql_where=sa.text("state = 0"),
    )
    op.create_index(
        "ix_cases_held",
        "cases",
        ["programme_id", "lease_until"],
        unique=False,
        sqlite_where=sa.text("state = 1"),
        postgresql_where=sa.text("state = 1"),
    )
    op.create_index(
        "ix_cases_holder",
        "cases",
        ["held_by"],
        unique=False,
        sqlite_where=sa.text("state = 1"),
        postgresql_where=sa.text("state = 1"),
    )
    op.create_index(
        "ix_cases_owner",
        "cases",
        ["owner_id", "not_before"],
        unique=False,
        sqlite_where=sa.text("owner_id is not null and state in (2, 3)"),
        postgresql_where=sa.text("owner_id is not null and state in (2, 3)"),
    )
    op.create_index(
        "ix_cases_parked",
        "cases",
        ["cell_id"],
        unique=False,
        sqlite_where=sa.text("state = 6"),
        postgresql_where=sa.text("state = 6"),
    )
    op.create_index(op.f("ix_cases_person_id"), "cases", ["person_id"], unique=False)
    op.create_index(
        "ix_cases_reserve",
        "cases",
        ["cell_id", "position"],
        unique=False,
        sqlite_where=sa.text("state = 7"),
        postgresql_where=sa.text("state = 7"),
    )
    op.create_table(
        "contacts",
        sa.Column("entry_id", Key, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_contacts_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_contacts")),
        comment="A row is the name and numbers of one entry, sealed. Nothing else holds them.",
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("station", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("alternate", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("dialled_at", Moment(), nullable=False),
        sa.Column("connected_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("disposition", sa.String(length=32), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("prompted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("simulated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_attempts_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_attempts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_attempts_case_id_number")),
        comment="A row is one dialling of a case. Alternate: which of the entry's numbers, 0 the first. Prompted: somebody told the respondent what to say. Late: settled after its lease lapsed.",
    )
    op.create_index("ix_attempts_user_id_dialled_at", "attempts", ["user_id", "dialled_at"], unique=False)
    op.create_table(
        "interviews",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("cell_id", Key, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("counted", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("language", sa.String(length=8), server_default="zh", nullable=False),
        sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "state in ('open', 'complete', 'no_opinion', 'partial', 'break_off', 'ended', 'duplicate')",
            name=op.f("ck_interviews_state"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_interviews_case_id")),
        sa.ForeignKeyConstraint(["cell_id"], ["cells.id"], name=op.f("fk_interviews_cell_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_interviews_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interviews")),
        comment="A row is one questionnaire as answered, over one or several attempts. Counted: answers to evaluated items that count. No_opinion: complete with fewer counted answers than the minimum. Duplicate: the second complete one of a case, under a lapsed lease; kept, never scored.",
    )
    op.create_index(op.f("ix_interviews_case_id"), "interviews", ["case_id"], unique=False)
    op.create_index("ix_interviews_cell_id_state", "interviews", ["cell_id", "state"], unique=False)
    op.create_table(
        "answers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("interview_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("attempt_id", sa.String(length=36), nullable=True),
        sa.Column("offset_ms", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_answers_attempt_id")),
        sa.ForeignKeyConstraint(["interview_id"], ["interviews.id"], name=op.f("fk_answers_interview_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_answers_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        comment="A row is one answer event: what was recorded for an item at that moment. The last one by seq holds. Offset: place in the attempt's recording.",
    )
    op.create_index("ix_answers_interview_id_seq", "answers", ["interview_id", "seq"], unique=False)
    op.create_table(
        "recordings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("attempt_id", sa.String(length=36), nullable=False),
        sa.Column("file", sa.String(length=400), nullable=False),
        sa.Column("station", sa.String(length=64), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("size", Key, nullable=True),
        sa.Column("channels", sa.SmallInteger(), nullable=True),
        sa.Column("complete", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("problem", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_recordings_attempt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
        comment="A row is one recording file of an attempt; not complete until its end record is written.",
    )
    op.create_index(op.f("ix_recordings_attempt_id"), "recordings", ["attempt_id"], unique=False)
    op.create_table(
        "responses",
        sa.Column("interview_id", sa.String(length=36), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("on_path", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.ForeignKeyConstraint(["interview_id"], ["interviews.id"], name=op.f("fk_responses_interview_id")),
        sa.PrimaryKeyConstraint("interview_id", "item", name=op.f("pk_responses")),
        comment="A row is the answer of an item that held when the interview was closed; scores read these.",
    )


def downgrade() -> None:
    """Take away."""
    op.drop_table("responses")
    op.drop_index(op.f("ix_recordings_attempt_id"), table_name="recordings")
    op.drop_table("recordings")
    op.drop_index("ix_answers_interview_id_seq", table_name="answers")
    op.drop_table("answers")
    op.drop_index("ix_interviews_cell_id_state", table_name="interviews")
    op.drop_index(op.f("ix_interviews_case_id"), table_name="interviews")
    op.drop_table("interviews")
    op.drop_index("ix_attempts_user_id_dialled_at", table_name="attempts")
    op.drop_table("attempts")
    op.drop_table("contacts")
    op.drop_index(
        "ix_cases_reserve",
        table_name="cases",
        sqlite_where=sa.text("state = 7"),
        postgresql_where=sa.text("state = 7"),
    )
    op.drop_index(op.f("ix_cases_person_id"), table_name="cases")
    op.drop_index(
        "ix_cases_parked",
        table_name="cases",
        sqlite_where=sa.text("state = 6"),
        postgresql_where=sa.text("state = 6"),
    )
    op.drop_index(
        "ix_cases_owner",
        table_name="cases",
        sqlite_where=sa.text("owner_id is not null and state in (2, 3)"),
        postgresql_where=sa.text("owner_id is not null and state in (2, 3)"),
    )
    op.drop_index(
        "ix_cases_holder",
        table_name="cases",
        sqlite_where=sa.text("state = 1"),
        postgresql_where=sa.text("state = 1"),
    )
    op.drop_index(
        "ix_cases_held",
        table_name="cases",
        sqlite_where=sa.text("state = 1"),
        postgresql_where=sa.text("state = 1"),
    )
    op.drop_index(
        "ix_cases_fresh",
        table_name="cases",
        sqlite_where=sa.text("state = 0"),
        postgresql_where=sa.text("state = 0"),
    )
    op.drop_index(
        "ix_cases_due",
        table_name="cases",
        sqlite_where=sa.text("state in (2, 3)"),
        postgresql_where=sa.text("state in (2, 3)"),
    )
    op.drop_table("cases")
    op.drop_index(op.f("ix_supplements_cell_id"), table_name="supplements")
    op.drop_table("supplements")
    op.drop_table("frame_problems")
    op.drop_index(op.f("ix_entries_person_id"), table_name="entries")
    op.drop_table("entries")
    op.drop_table("frames")
    op.drop_table("draw_parties")
    op.drop_table("channel_scores")
    op.drop_index("ix_cells_programme_id", table_name="cells")
    op.drop_table("cells")
    op.drop_table("adjustments")
    op.drop_table("units")
    op.drop_table("persons")
    op.drop_table("key_grants")
    op.drop_table("groups")
    op.drop_index(op.f("ix_draws_programme_id"), table_name="draws")
    op.drop_table("draws")
    op.drop_table("programmes")
    op.drop_index("ix_audit_at", table_name="audit")
    op.drop_table("audit")
    op.drop_index("ix_attendance_user_id_at", table_name="attendance")
    op.drop_table("attendance")
    op.drop_table("users")
    op.drop_table("bureau")
