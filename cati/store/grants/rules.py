"""Whom a right is given to, on which rows, and the conditions that rights have in common."""

from __future__ import annotations

from dataclasses import dataclass

from cati.domain.users import Role
from cati.store.tables import metadata

OPERATOR, SUPERVISOR, BUREAU, OBSERVER, ADMIN, CLERK = Role
CALLERS = (OPERATOR, BUREAU)
"""Who may interview."""
LEADERS = (SUPERVISOR, BUREAU)
KEYERS = (CLERK, SUPERVISOR, BUREAU)
OFFICE = (SUPERVISOR, BUREAU, OBSERVER)
MANAGERS = (BUREAU, ADMIN)
ALL = tuple(Role)

SELECT, INSERT, UPDATE, DELETE = "select", "insert", "update", "delete"

ME = "user_id = (select me())"
WRITER = "user_id = (select writer())"
"""Who wrote what this transaction carries out: oneself, or who is vouched for (`vouch`)."""
IN_HAND = "case_id = any((select in_hand())::bigint[])"
AT_HAND = "case_id = any((select at_hand())::bigint[])"
INTERVIEW_AT_HAND = "interview_id::text = any((select interviews_at_hand())::text[])"
OPEN_INTERVIEW = "interview_id::text = any((select open_interviews())::text[])"
OWN_RECORDING = (
    "exists (select from recordings r join attempts a on a.id = r.attempt_id "
    "where r.id = recording_id and a.user_id = (select me()))"
)
WRITTEN_RECORDING = OWN_RECORDING.replace("me()", "writer()")
OWN_ATTEMPT = "exists (select from attempts a where a.id = attempt_id and a.user_id = (select writer()))"


def proven(what: str) -> str:
    """What is written in another's name is what that one can be shown to have written."""
    return f"((select vouched()) is null or proven({what}))"


TALKED = (
    "(connected_at is not null or coalesce(disposition, '') not in ('appointment', 'inconvenient', "
    "'refusal', 'refusal_final', 'recording_refused', 'wrong_person', 'language', 'business', 'partial', "
    "'break_off', 'handed_over', 'not_eligible'))"
)
"""What was said by somebody was said when somebody had answered."""
LATELY = "at > now() - interval '1 day'"
IN_SETUP = "programme_id in (select p.id from programmes p where p.state = 'setup')"
BEFORE_CLOSING = "programme_id in (select p.id from programmes p where p.state in ('setup', 'drawn'))"
LISTS_CHANGE = (
    f"{BEFORE_CLOSING} and not exists (select from draws d where d.programme_id = frames.programme_id "
    "and d.state = 'committed') and not exists (select from drawn_lists l join draws d on d.id = l.draw_id "
    "join frames f on f.id = l.frame_id where d.programme_id = frames.programme_id and d.state <> 'void' "
    "and (frames.unit_id is null or (f.unit_id, f.group_id) = (frames.unit_id, frames.group_id)))"
)
"""No list changes that a draw has taken; what had none then may get one later, but for the public pool."""
OWN_KEYING = "keyed_id in (select k.id from keyed_ballots k where k.user_id = (select me()))"
NOT_DONE = "keyed_id in (select k.id from keyed_ballots k where k.done_at is null)"
KEYING_IS_OPEN = "keying_id in (select k.id from keyings k where k.set_id is null)"
PLEDGED = (
    "keying_id in (select k.id from keyings k join clearances c on c.programme_id = k.programme_id "
    "where c.kind = 'pledge' and c.user_id = (select me()))"
)
ROSTERS_CHANGE = "rosters.programme_id not in (select d.programme_id from roster_draws d)"
LISTENED_TO = "operator_id = (select me()) and ended_at is null"
LISTENS = "ended_at is null and (user_id = (select me()) or looked_at < now() - interval '1 minute')"
OF_LISTENING = "listening_id in (select l.id from listenings l"
DRAWN_NOW = (
    "exists (select from entries e join drawn_lists l on l.frame_id = e.frame_id "
    "join draws d on d.id = l.draw_id where e.id = entry_id and d.state = 'committed')"
)
DRAW_IS_OPEN = "draw_id in (select d.id from draws d where d.state = 'committed')"
NOT_DRAWN_YET = (
    "not exists (select from drawn_lists l join draws d on d.id = l.draw_id "
    "where l.frame_id = drawn_lists.frame_id and d.state = 'held')"
)


@dataclass(frozen=True, slots=True)
class Grant:
    """What some roles may do to the rows of a table for which a condition holds.

    Attributes:
        table: its name.
        verbs: of select, insert, update, delete.
        roles: whose members may.
        where: SQL over a row, as it is before and after; a call of a function stands in a subselect, so that
            it is asked once and not for every row.
        columns: the verbs hold for these columns alone; all if empty (never for delete).
        after: SQL over a row as an update leaves it, where that is another condition.
    """

    table: str
    verbs: tuple[str, ...]
    roles: tuple[Role, ...]
    where: str = "true"
    columns: tuple[str, ...] = ()
    after: str = ""


def but(table: str, *hidden: str) -> tuple[str, ...]:
    """The columns of a table that are not hidden."""
    return tuple(column.name for column in metadata.tables[table].c if column.name not in hidden)


def seen(*tables: str) -> tuple[Grant, ...]:
    """That everybody may read these tables."""
    return tuple(Grant(table, (SELECT,), ALL) for table in tables)
