"""Channels beside the telephone: ballots, representatives, the web, the hotline, finished scores."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from cati.store.tables.parts import key, metadata, ref
from cati.store.types import Document, Key, Moment

channel_scores = Table(
    "channel_scores",
    metadata,
    ref("programme_id", "programmes.id"),
    Column("channel", String(32), nullable=False),
    ref("unit_id", "units.id"),
    Column("score", String(64), nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("set_by", Key, ForeignKey("users.id"), nullable=False),
    UniqueConstraint("channel", "unit_id"),
    comment="A row is the finished score of one unit in a channel computed elsewhere (exact decimal).",
)

ballot_sets = Table(
    "ballot_sets",
    metadata,
    key(),
    ref("programme_id", "programmes.id", index=True),
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
    key(),
    ref("programme_id", "programmes.id", index=True),
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
    key(),
    ref("keying_id", "keyings.id"),
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
    key(),
    ref("programme_id", "programmes.id", index=True),
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
    Column("moments", LargeBinary),
    comment="A row is part of what tells respondents of a survey on the web apart in later files: 64 bits "
    "each, of respondent and unit under a key of the programme's contacts, in order; where each stood in its "
    "file, and when each answered, if a column says so. Gone once the programme is retired.",
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
    key(),
    ref("programme_id", "programmes.id", index=True),
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
    key(),
    ref("programme_id", "programmes.id"),
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
    key(),
    ref("roster_id", "rosters.id"),
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

hotline_tickets = Table(
    "hotline_tickets",
    metadata,
    key(),
    ref("programme_id", "programmes.id"),
    ref("unit_id", "units.id"),
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
    ref("programme_id", "programmes.id"),
    ref("unit_id", "units.id"),
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
    ref("programme_id", "programmes.id"),
    ref("unit_id", "units.id"),
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
    key(),
    ref("programme_id", "programmes.id"),
    ref("unit_id", "units.id"),
    Column("number", String(40), nullable=False),
    Column("ground", String(32), nullable=False),
    Column("points", String(64), nullable=False),
    Column("claimed_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("user_id", Key, ForeignKey("users.id"), nullable=False),
    Column("turned_down", Text, nullable=False, server_default=""),
    UniqueConstraint("programme_id", "number", "ground"),
    comment="A row is points that a unit claims for one ticket on one ground (exact decimal). Turned down: "
    "why it does not count, empty where it does.",
)
