"""What callers may: the case in hand and the own day."""

from __future__ import annotations

from cati.store.grants.rules import (
    ADMIN,
    ALL,
    AT_HAND,
    CALLERS,
    CLERK,
    DELETE,
    IN_HAND,
    INSERT,
    INTERVIEW_AT_HAND,
    LATELY,
    LEADERS,
    LISTENED_TO,
    ME,
    OBSERVER,
    OF_LISTENING,
    OFFICE,
    OPEN_INTERVIEW,
    OPERATOR,
    OWN_ATTEMPT,
    OWN_RECORDING,
    SELECT,
    TALKED,
    UPDATE,
    WRITER,
    WRITTEN_RECORDING,
    Grant,
    proven,
)

CALLERS_GRANTS: tuple[Grant, ...] = (
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
        f"{WRITER} and ended_at is null and {proven('id, null, null, null, null')}",
        ("disposition", "note", "prompted", "connected_at", "ended_at", "late"),
        f"{WRITER} and {TALKED} and {proven('id, null, null, null, disposition')}",
    ),
    # Who was cut off after the last answer may be offered to a colleague, who only adds the outcome.
    Grant(
        "attempts",
        (UPDATE,),
        CALLERS,
        f"{IN_HAND} and ended_at is null and disposition = 'interrupted' "
        f"and {proven('id, null, null, null, null')}",
        ("disposition", "note", "prompted", "connected_at", "ended_at", "late"),
        f"{IN_HAND} and ended_at is not null and disposition = 'complete' "
        f"and {proven('id, null, null, null, disposition')}",
    ),
    Grant("interviews", (SELECT,), (OPERATOR,), f"{WRITER} or {AT_HAND}"),
    Grant(
        "interviews",
        (INSERT,),
        CALLERS,
        f"{WRITER} and {AT_HAND} and state = 'open' and {proven('null, id, null, null, null')}",
        ("id", "case_id", "cell_id", "state", "started_at", "user_id", "language"),
    ),
    Grant(
        "interviews",
        (UPDATE,),
        CALLERS,
        f"id::text = any((select open_interviews())::text[]) and {proven('null, id, null, null, null')}",
        ("state", "counted", "late", "ended_at", "typed"),
    ),
    Grant("answers", (SELECT,), (OPERATOR,), f"{WRITER} or {INTERVIEW_AT_HAND}"),
    Grant(
        "answers",
        (INSERT,),
        CALLERS,
        f"{WRITER} and may_answer(interview_id, attempt_id, epoch) "
        f"and {proven('attempt_id, interview_id, item, value, null')}",
    ),
    Grant("responses", (SELECT,), (OPERATOR,), INTERVIEW_AT_HAND),
    Grant(
        "responses",
        (DELETE,),
        CALLERS,
        f"{OPEN_INTERVIEW} and {proven('null, interview_id, null, null, null')}",
    ),
    Grant(
        "responses",
        (INSERT,),
        CALLERS,
        f"{OPEN_INTERVIEW} and {proven('null, interview_id, item, value, null')}",
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
    # The operator's station gives the sound of the call under way, and to nobody of an earlier one.
    Grant("listenings", (SELECT,), (OPERATOR,), LISTENED_TO),
    Grant("listening_sounds", (SELECT, INSERT, DELETE), CALLERS, f"{OF_LISTENING} where {LISTENED_TO})"),
    Grant("sound_tests", (SELECT,), (OPERATOR, OBSERVER, ADMIN, CLERK), ME),
    Grant("sound_tests", (INSERT,), ALL, ME),
    # What came too late from a station is set aside by whoever wrote it, or as that one wrote it.
    Grant(
        "conflicts",
        (INSERT,),
        CALLERS,
        f"{WRITER} and coalesce(document = (select vouched()) -> 'write', true)",
    ),
)
