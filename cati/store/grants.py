"""Who may do what to which table where everybody signs in to the server as themselves: the one list of it.

`cati.store.floor` carries it out on a database, and tests ask of each table, role and verb whether it holds.
A right that is not here does not exist. Everything beyond it that an operator does to cases, leases and
places goes through functions that look at who calls (migrations/versions/0015_floor.py).
"""

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


def _proven(what: str) -> str:
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
LISTS_CHANGE = (
    f"{IN_SETUP} and not exists (select from draws d where d.programme_id = frames.programme_id "
    "and d.state <> 'void')"
)
OWN_KEYING = "keyed_id in (select k.id from keyed_ballots k where k.user_id = (select me()))"
NOT_DONE = "keyed_id in (select k.id from keyed_ballots k where k.done_at is null)"
KEYING_IS_OPEN = "keying_id in (select k.id from keyings k where k.set_id is null)"
PLEDGED = (
    "keying_id in (select k.id from keyings k join clearances c on c.programme_id = k.programme_id "
    "where c.kind = 'pledge' and c.user_id = (select me()))"
)
ROSTERS_CHANGE = "rosters.programme_id not in (select d.programme_id from roster_draws d)"
DRAW_IS_OPEN = "draw_id in (select d.id from draws d where d.state = 'committed')"


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


def _but(table: str, *hidden: str) -> tuple[str, ...]:
    return tuple(column.name for column in metadata.tables[table].c if column.name not in hidden)


def _seen(*tables: str) -> tuple[Grant, ...]:
    return tuple(Grant(table, (SELECT,), ALL) for table in tables)


GRANTS: tuple[Grant, ...] = (
    # What everybody has to know to find the way. Locked keys are given out by `lock_of`, each one's own.
    *_seen("bureau", "programmes", "units", "groups", "cells", "call_hours"),
    Grant("users", (SELECT,), ALL, columns=_but("users", "locked_private", "lock_parameters")),
    Grant("key_grants", (SELECT,), ALL, "user_id is null or user_id = (select me())"),
    # Programmes, lists, draws and scores are the bureau's. What is in use is not changed any more: no list
    # after a draw was begun, no draw after it was held. Where a programme stands only goes on (a trigger).
    Grant("programmes", (INSERT, UPDATE), (BUREAU,)),
    *(
        Grant(table, (INSERT, DELETE), (BUREAU,), IN_SETUP)
        for table in ("units", "groups", "cells", "call_hours")
    ),
    *(
        Grant(table, (SELECT,), (BUREAU,))
        for table in (
            "frames",
            "persons",
            "other_numbers",
            "entries",
            "contacts",
            "frame_problems",
            "draws",
            "draw_parties",
            "supplements",
            "cell_steps",
            "cases",
            "case_steps",
            "wishes",
            "channel_scores",
            "ballot_sets",
            "ballot_lines",
            "web_sets",
            "web_patterns",
            "web_respondents",
            "noted_claims",
            "adjustments",
            "sign_offs",
            "hotline_tickets",
            "hotline_figures",
            "hotline_follow_ups",
            "hotline_claims",
            "hand_ins",
            "complaints",
            "opinion_code_steps",
            "opinions",
            "opinion_codings",
            "opinion_maskings",
            "opinion_bundles",
            "opinion_bundle_lines",
            "opinion_replies",
            "problems",
            "indicator_points",
            "filings",
            "mail_entries",
            "list_exemptions",
        )
    ),
    Grant("frames", (INSERT,), (BUREAU,), LISTS_CHANGE),
    Grant("frames", (UPDATE,), (BUREAU,), LISTS_CHANGE, ("current", "withdrawn_at", "withdrawn_because")),
    Grant(
        "entries", (INSERT,), (BUREAU,), f"frame_id in (select frames.id from frames where {LISTS_CHANGE})"
    ),
    *(
        Grant(table, (INSERT,), (BUREAU,))
        for table in ("persons", "other_numbers", "contacts", "frame_problems")
    ),
    Grant(
        "mail_entries",
        (INSERT,),
        (BUREAU,),
        f"frame_id in (select frames.id from frames where {LISTS_CHANGE})",
    ),
    Grant(
        "mail_entries",
        (DELETE,),
        (BUREAU,),
        "exists (select from frames f join programmes p on p.id = f.programme_id "
        "where f.id = frame_id and p.state = 'retired')",
    ),
    Grant("list_exemptions", (INSERT,), (BUREAU,), ME),
    Grant("list_exemptions", (DELETE,), (BUREAU,)),
    # How lists stand is seen by whoever sees the lists.
    Grant("list_exemptions", (SELECT,), (SUPERVISOR, OBSERVER)),
    # Retiring a programme destroys what it knows of people.
    Grant(
        "contacts",
        (DELETE,),
        (BUREAU,),
        "exists (select from entries e join frames f on f.id = e.frame_id join programmes p "
        "on p.id = f.programme_id where e.id = entry_id and p.state = 'retired')",
    ),
    Grant("frame_problems", (UPDATE,), (BUREAU,), columns=("sealed",), after="sealed is null"),
    Grant("draws", (INSERT,), (BUREAU,), f"state = 'committed' and {IN_SETUP}"),
    Grant(
        "draws",
        (UPDATE,),
        (BUREAU,),
        "state = 'committed'",
        ("state", "public_value", "seed", "certificate", "held_at", "held_by"),
        after="true",
    ),
    Grant("draw_parties", (INSERT,), (BUREAU,), DRAW_IS_OPEN),
    Grant(
        "draw_parties", (UPDATE,), (BUREAU,), f"reveal is null and {DRAW_IS_OPEN}", ("reveal",), DRAW_IS_OPEN
    ),
    Grant(
        "cases",
        (INSERT,),
        (BUREAU,),
        f"case source when 'list' then {IN_SETUP} else not {IN_SETUP} end and state in (0, 7)",
        ("programme_id", "cell_id", "entry_id", "person_id", "ticket", "position", "source", "state"),
    ),
    Grant("supplements", (INSERT,), (BUREAU,), "opened_by = (select me())"),
    Grant("wishes", (DELETE,), (BUREAU,)),
    Grant("channel_scores", (INSERT, DELETE), (BUREAU,)),
    # What was taken stays; it is only withdrawn, once.
    *(
        grant
        for table in ("ballot_sets", "web_sets")
        for grant in (
            Grant(table, (INSERT,), (BUREAU,), f"{ME} and withdrawn_at is null"),
            Grant(
                table,
                (UPDATE,),
                (BUREAU,),
                "withdrawn_at is null",
                ("withdrawn_at", "withdrawn_by", "withdrawn_for"),
                "withdrawn_by = (select me())",
            ),
        )
    ),
    Grant("ballot_lines", (INSERT,), (BUREAU,)),
    # Lists of representatives change until they are drawn; afterwards only who is absent is noted.
    *(Grant(table, (SELECT, INSERT), (BUREAU,)) for table in ("rosters", "roster_members", "roster_draws")),
    Grant("rosters", (DELETE,), (BUREAU,), ROSTERS_CHANGE),
    Grant(
        "roster_members",
        (DELETE,),
        (BUREAU,),
        f"roster_id in (select rosters.id from rosters where {ROSTERS_CHANGE})",
    ),
    Grant(
        "roster_members",
        (UPDATE,),
        (BUREAU,),
        columns=("sealed", "place", "absent_at", "absent_for", "absent_by"),
    ),
    # Who keyed which ballot is seen by all who key; what was keyed by its writer and by who settles, so that
    # a second keying never knows the first. Once done it stays.
    Grant("keyings", (SELECT,), KEYERS),
    Grant("keyings", (INSERT,), (BUREAU,), ME),
    Grant("keyings", (UPDATE,), (BUREAU,), columns=("ballots", "set_id")),
    Grant("keyed_ballots", (SELECT,), KEYERS),
    # Whoever is hired to key signs the pledge first.
    Grant(
        "keyed_ballots", (INSERT,), (CLERK,), f"{ME} and {KEYING_IS_OPEN} and done_at is null and {PLEDGED}"
    ),
    Grant("keyed_ballots", (INSERT,), (BUREAU,), f"{ME} and {KEYING_IS_OPEN} and done_at is null"),
    Grant("clearances", (SELECT,), (CLERK,), ME),
    Grant(
        "clearances", (INSERT,), (CLERK,), f"{ME} and kind = 'pledge' and clears(programme_id, kind, detail)"
    ),
    Grant("keyed_ballots", (UPDATE,), (CLERK, BUREAU), f"{ME} and {KEYING_IS_OPEN}", ("done_at",)),
    Grant("keyed_lines", (SELECT,), LEADERS),
    Grant("keyed_lines", (SELECT,), (CLERK,), OWN_KEYING),
    Grant("keyed_lines", (INSERT, UPDATE), (CLERK, BUREAU), f"{OWN_KEYING} and {NOT_DONE}"),
    Grant("keyed_looks", (SELECT,), LEADERS),
    Grant("keyed_looks", (INSERT,), LEADERS, ME),
    Grant("keyed_looks", (DELETE,), LEADERS),
    Grant("web_patterns", (INSERT,), (BUREAU,)),
    # By them nobody is known, and yet somebody who answered again: they are of the bureau alone.
    Grant("web_respondents", (INSERT, DELETE), (BUREAU,)),
    Grant("noted_claims", (INSERT,), (BUREAU,), ME),
    *(
        Grant(table, (INSERT, DELETE), (BUREAU,))
        for table in ("hotline_tickets", "hotline_figures", "hotline_follow_ups")
    ),
    Grant("hotline_claims", (INSERT,), (BUREAU,), ME),
    # Opinions are coded, hidden in part and sent by the bureau; whatever is decided of one is added, and
    # nothing of it changed. Supervisors read; operators only what they typed, with their interview.
    *(
        Grant(table, (INSERT,), (BUREAU,), ME)
        for table in (
            "opinions",
            "opinion_code_steps",
            "opinion_codings",
            "opinion_maskings",
            "opinion_bundles",
            "opinion_replies",
        )
    ),
    Grant("opinion_bundle_lines", (INSERT,), (BUREAU,)),
    *(
        Grant(table, (SELECT,), (SUPERVISOR,))
        for table in (
            "opinions",
            "opinion_code_steps",
            "opinion_codings",
            "opinion_maskings",
            "opinion_bundles",
            "opinion_bundle_lines",
            "opinion_replies",
        )
    ),
    Grant("adjustments", (INSERT, UPDATE, DELETE), (BUREAU,)),
    *(
        grant
        for table in ("hand_ins", "problems", "indicator_points", "filings")
        for grant in (
            Grant(table, (INSERT,), (BUREAU,), "set_by = (select me())"),
            Grant(table, (DELETE,), (BUREAU,)),
        )
    ),
    # What was said and by whom it was taken stays; it is settled once.
    Grant("complaints", (INSERT,), (BUREAU,), f"{ME} and state = 'open'"),
    Grant(
        "complaints",
        (UPDATE,),
        (BUREAU,),
        "state = 'open'",
        ("state", "evidence", "settled_at", "settled_by"),
        "settled_by = (select me())",
    ),
    Grant("sign_offs", (INSERT,), (BUREAU,), ME),
    Grant("exports", (SELECT, INSERT), (BUREAU,)),
    # Users.
    Grant("bureau", (INSERT, UPDATE), MANAGERS),
    Grant("users", (INSERT,), MANAGERS),
    Grant(
        "users",
        (UPDATE,),
        MANAGERS,
        columns=(
            "name",
            "roles",
            "active",
            "languages",
            "public_key",
            "locked_private",
            "lock_parameters",
            "failed_sign_ins",
            "locked_until",
        ),
    ),
    Grant(
        "users",
        (UPDATE,),
        (OPERATOR, SUPERVISOR, OBSERVER, CLERK),
        "id = (select me())",
        ("public_key", "locked_private", "lock_parameters", "failed_sign_ins", "locked_until"),
    ),
    Grant("key_grants", (SELECT, INSERT, DELETE), MANAGERS),
    # Whoever holds a key may pass it on.
    Grant("key_grants", (INSERT,), (OPERATOR, SUPERVISOR)),
    # The case in hand, and the own day. What comes late brings what it needs of whom it is about.
    Grant("cases", (SELECT,), (OPERATOR,), "id = any((select in_hand())::bigint[]) or state = 3"),
    Grant("contacts", (SELECT,), (OPERATOR,), "entry_id = any((select held_entries())::bigint[])"),
    Grant("persons", (SELECT,), (OPERATOR,), "id = any((select held_persons())::bigint[])"),
    Grant("attempts", (SELECT,), (OPERATOR,), f"{WRITER} or {AT_HAND}"),
    Grant(
        "attempts",
        (UPDATE,),
        CALLERS,
        # As it was, it may say that it was cut off: what its writer then sends late still ends it. Once
        # ended it stays so.
        f"{WRITER} and ended_at is null and {_proven('id, null, null, null, null')}",
        ("disposition", "note", "prompted", "connected_at", "ended_at", "late"),
        f"{WRITER} and {TALKED} and {_proven('id, null, null, null, disposition')}",
    ),
    # Who was cut off after the last answer may be offered to a colleague, who only adds the outcome.
    Grant(
        "attempts",
        (UPDATE,),
        CALLERS,
        f"{IN_HAND} and ended_at is null and disposition = 'interrupted' "
        f"and {_proven('id, null, null, null, null')}",
        ("disposition", "note", "prompted", "connected_at", "ended_at", "late"),
        f"{IN_HAND} and ended_at is not null and disposition = 'complete' "
        f"and {_proven('id, null, null, null, disposition')}",
    ),
    Grant("interviews", (SELECT,), (OPERATOR,), f"{WRITER} or {AT_HAND}"),
    Grant(
        "interviews",
        (INSERT,),
        CALLERS,
        f"{WRITER} and {AT_HAND} and state = 'open' and {_proven('null, id, null, null, null')}",
        ("id", "case_id", "cell_id", "state", "started_at", "user_id", "language"),
    ),
    Grant(
        "interviews",
        (UPDATE,),
        CALLERS,
        f"id::text = any((select open_interviews())::text[]) and {_proven('null, id, null, null, null')}",
        ("state", "counted", "late", "ended_at", "typed"),
    ),
    Grant("answers", (SELECT,), (OPERATOR,), f"{WRITER} or {INTERVIEW_AT_HAND}"),
    Grant(
        "answers",
        (INSERT,),
        CALLERS,
        f"{WRITER} and may_answer(interview_id, attempt_id, epoch) "
        f"and {_proven('attempt_id, interview_id, item, value, null')}",
    ),
    Grant("responses", (SELECT,), (OPERATOR,), INTERVIEW_AT_HAND),
    Grant(
        "responses",
        (DELETE,),
        CALLERS,
        f"{OPEN_INTERVIEW} and {_proven('null, interview_id, null, null, null')}",
    ),
    Grant(
        "responses",
        (INSERT,),
        CALLERS,
        f"{OPEN_INTERVIEW} and {_proven('null, interview_id, item, value, null')}",
    ),
    Grant("recordings", (SELECT,), (OPERATOR,), OWN_ATTEMPT),
    Grant("recordings", (INSERT,), CALLERS, OWN_ATTEMPT),
    Grant(
        "recordings",
        (UPDATE,),
        CALLERS,
        OWN_ATTEMPT,
        ("duration_ms", "size", "channels", "complete", "problem"),
    ),
    # Where it lies by now is written down once, and never otherwise.
    Grant("archived", (SELECT,), (OPERATOR,), OWN_RECORDING),
    Grant("archived", (INSERT,), (OPERATOR,), OWN_RECORDING),
    Grant("archived", (SELECT, INSERT), LEADERS),
    # What is told of a recording with its end: who wrote that also wrote this.
    Grant("speech", (INSERT,), CALLERS, WRITTEN_RECORDING),
    Grant("speech", (SELECT,), (OPERATOR,), WRITTEN_RECORDING),
    Grant("speech", (SELECT,), OFFICE),
    Grant("messages", (SELECT,), (OPERATOR,), f"{WRITER} or {AT_HAND}"),
    Grant("messages", (INSERT,), CALLERS, f"{WRITER} and settled_at is null"),
    # Of colleagues only whether they may call: cases are handed to them.
    Grant("clearances", (SELECT,), (OPERATOR,), columns=("id", "programme_id", "user_id", "kind")),
    Grant("clearances", (INSERT,), CALLERS, f"{ME} and clears(programme_id, kind, detail)"),
    *(
        grant
        for table in ("attendance", "attendance_corrections")
        for grant in (
            Grant(table, (SELECT,), (OBSERVER, ADMIN, CLERK), f"{ME} or {LATELY}"),
            Grant(table, (SELECT,), (OPERATOR,), f"{WRITER} or {LATELY}"),
        )
    ),
    Grant("attendance", (INSERT,), ALL, ME),
    # That somebody went home, a colleague may bring.
    Grant(
        "attendance",
        (INSERT,),
        CALLERS,
        "event = 'out' and (select vouched()) ->> 'kind' = 'out' "
        "and user_id = ((select vouched()) ->> 'user_id')::bigint and write_id = (select vouched()) ->> 'id' "
        "and at <= ((select vouched()) -> 'write' ->> 'at')::timestamptz + interval '1 minute'",
    ),
    Grant("sound_tests", (SELECT,), (OPERATOR, OBSERVER, ADMIN, CLERK), ME),
    Grant("sound_tests", (INSERT,), ALL, ME),
    # What came too late from a station is set aside by whoever wrote it, or as that one wrote it.
    Grant(
        "conflicts",
        (INSERT,),
        CALLERS,
        f"{WRITER} and coalesce(document = (select vouched()) -> 'write', true)",
    ),
    # Supervisors and the bureau decide on what was collected; nobody changes it.
    *(
        Grant(table, (SELECT,), LEADERS)
        for table in (
            "attempts",
            "interviews",
            "answers",
            "responses",
            "recordings",
            "reviews",
            "review_marks",
            "messages",
            "conflicts",
            "clearances",
            "attendance",
            "attendance_corrections",
            "sound_tests",
        )
    ),
    *(
        Grant(table, (SELECT,), (SUPERVISOR,))
        for table in ("cases", "entries", "contacts", "persons", "other_numbers")
    ),
    # What they decide by hand about a cell or a case, and what they write to operators.
    Grant("cell_steps", (INSERT,), LEADERS, ME),
    Grant("case_steps", (SELECT,), (SUPERVISOR, OBSERVER)),
    Grant("case_steps", (SELECT,), (OPERATOR,), "to_id = (select me())"),
    Grant("case_steps", (INSERT,), LEADERS, ME),
    Grant("notices", (SELECT,), LEADERS),
    Grant("notices", (SELECT,), (OPERATOR,), "to_id is null or to_id = (select me())"),
    Grant("notices", (INSERT,), LEADERS, ME),
    Grant("notice_reads", (SELECT,), LEADERS),
    Grant("notice_reads", (SELECT,), (OPERATOR,), ME),
    Grant("notice_reads", (INSERT,), CALLERS, ME),
    Grant("reviews", (INSERT,), LEADERS, ME),
    Grant("review_marks", (INSERT, DELETE), LEADERS, ME),
    Grant("messages", (UPDATE,), LEADERS, columns=("settled_at", "settled_by", "answer")),
    # Whoever has experience is excused from practising; nobody from the pledge.
    Grant(
        "clearances",
        (INSERT,),
        LEADERS,
        "kind = 'practice' and detail ->> 'waived_by' = (select me())::text and detail ->> 'reason' <> ''",
    ),
    Grant("clearances", (INSERT,), (BUREAU,), "user_id in (select u.id from users u where u.simulated)"),
    Grant("attendance_corrections", (INSERT,), LEADERS, "corrected_by = (select me())"),
    # Who sees how a programme stands; an observer nobody's contact, words or notes, and no interim scores.
    *(
        Grant(table, (SELECT,), (SUPERVISOR, OBSERVER))
        for table in ("draws", "draw_parties", "supplements", "cell_steps", "frames")
    ),
    *(
        Grant(table, (SELECT,), (OBSERVER,))
        for table in ("recordings", "attendance", "attendance_corrections", "sound_tests")
    ),
    Grant("wishes", (SELECT,), (SUPERVISOR, OBSERVER), columns=("id", "kind", "programme_id", "expires_at")),
    Grant("cases", (SELECT,), (OBSERVER,), columns=_but("cases", "person_id")),
    Grant("entries", (SELECT,), (OBSERVER,), columns=_but("entries", "person_id")),
    Grant("attempts", (SELECT,), (OBSERVER,), columns=_but("attempts", "note")),
    Grant("interviews", (SELECT,), (OBSERVER,), columns=_but("interviews", "typed")),
    Grant("answers", (SELECT,), (OBSERVER,), columns=("id", "interview_id", "attempt_id")),
    Grant("reviews", (SELECT,), (OBSERVER,), columns=_but("reviews", "note")),
    Grant("exports", (SELECT,), (SUPERVISOR, OBSERVER)),
    Grant("messages", (SELECT,), (OBSERVER,), columns=_but("messages", "text", "answer")),
    Grant(
        "responses",
        (SELECT,),
        (OBSERVER,),
        "interview_id in (select i.id from interviews i join cells q on q.id = i.cell_id "
        "join programmes p on p.id = q.programme_id where p.state in ('closed', 'retired'))",
    ),
    *(
        Grant(
            table,
            (SELECT,),
            (SUPERVISOR, OBSERVER),
            "programme_id in (select p.id from programmes p where p.state in ('closed', 'retired'))",
        )
        for table in (
            "channel_scores",
            "ballot_sets",
            "web_sets",
            "adjustments",
            "sign_offs",
            "hotline_figures",
            "hotline_follow_ups",
            "indicator_points",
            "hand_ins",
        )
    ),
    *(
        Grant(
            lines,
            (SELECT,),
            (SUPERVISOR, OBSERVER),
            f"set_id in (select s.id from {sets} s join programmes p on p.id = s.programme_id "
            "where p.state in ('closed', 'retired'))",
        )
        for lines, sets in (("ballot_lines", "ballot_sets"), ("web_patterns", "web_sets"))
    ),
    # Stations tell of themselves through a function.
    *(Grant(table, (SELECT,), OFFICE) for table in ("stations", "station_users")),
    # The log: added to, never changed.
    Grant("audit", (INSERT,), ALL, ME),
    Grant("audit", (SELECT,), ALL, ME),
    Grant("audit", (SELECT,), MANAGERS),
    # By what it says of a retired programme its certificate is checked.
    Grant("audit", (SELECT,), (SUPERVISOR, OBSERVER), "action = 'retire'"),
)

FUNCTIONS: dict[str, tuple[Role, ...]] = {
    # Conditions of the list above call these.
    **dict.fromkeys(
        (
            "me",
            "writer",
            "vouched",
            "proven",
            "at_hand",
            "in_hand",
            "held_entries",
            "held_persons",
            "interviews_at_hand",
            "open_interviews",
            "may_answer",
            "lock_of",
            "admit",
            "hear_station",
        ),
        ALL,
    ),
    **dict.fromkeys(
        (
            "enrol",
            "vouch",
            "claim_case",
            "settle_case",
            "hand_over_case",
            "give_back_case",
            "close_held_case",
            "cut_off_attempts",
            "extend_lease",
            "lease_lapsed",
            "reap_cases",
            "begin_attempt",
            "note_attempt",
            "holds_case",
            "hold_for_call_back",
            "move_appointment",
            "cancel_appointment",
            "outlook",
            "cases_of_number",
            "settled_state",
            "standing_of",
            "cell_of",
            "refused_by",
            "hold_for_write",
            "at_work",
            "full_units",
        ),
        CALLERS,
    ),
    "clears": (*CALLERS, CLERK),
    # Who takes late work over notes what the respondent wished in it.
    **dict.fromkeys(("lock_case", "note_wish"), (OPERATOR, SUPERVISOR, BUREAU)),
    **dict.fromkeys(
        (
            "set_case_aside",
            "bring_case_back",
            "give_case",
            "call_case_again",
            "withdraw_interview",
            "count_interview_again",
            "exclude_interview",
            "pause_cell",
            "offer_again",
            "store_held_work",
            "settle_held_work",
            "resume_held_work",
        ),
        LEADERS,
    ),
    **dict.fromkeys(("release_cases", "serve_cell"), (BUREAU,)),
}
"""Which functions whose members may call."""
