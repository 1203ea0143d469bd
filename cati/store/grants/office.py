"""What supervisors, the bureau and observers may see and decide of what was collected; the log."""

from __future__ import annotations

from cati.store.grants.rules import (
    ALL,
    BUREAU,
    CALLERS,
    DELETE,
    INSERT,
    LEADERS,
    LISTENS,
    MANAGERS,
    ME,
    OBSERVER,
    OF_LISTENING,
    OFFICE,
    OPERATOR,
    SELECT,
    SUPERVISOR,
    UPDATE,
    Grant,
    but,
)

OFFICE_GRANTS: tuple[Grant, ...] = (
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
    Grant("messages", (UPDATE,), LEADERS, columns=("settled_at", "settled_by", "answer", "again")),
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
        for table in ("draws", "draw_parties", "drawn_lists", "supplements", "cell_steps", "frames")
    ),
    # What units handed in, what a report claims, and what of it is here: how many, and nobody's rating.
    *(
        Grant(table, (SELECT,), (SUPERVISOR, OBSERVER))
        for table in ("hand_ins", "filings", "noted_claims", "ballot_sets", "web_sets")
    ),
    *(
        Grant(table, (SELECT,), (OBSERVER,))
        for table in ("recordings", "attendance", "attendance_corrections", "sound_tests")
    ),
    Grant("wishes", (SELECT,), (SUPERVISOR, OBSERVER), columns=("id", "kind", "programme_id", "expires_at")),
    Grant("cases", (SELECT,), (OBSERVER,), columns=but("cases", "person_id")),
    Grant("entries", (SELECT,), (OBSERVER,), columns=but("entries", "person_id")),
    Grant("attempts", (SELECT,), (OBSERVER,), columns=but("attempts", "note")),
    Grant("interviews", (SELECT,), (OBSERVER,), columns=but("interviews", "typed")),
    Grant("answers", (SELECT,), (OBSERVER,), columns=("id", "interview_id", "attempt_id")),
    Grant("reviews", (SELECT,), (OBSERVER,), columns=but("reviews", "note")),
    Grant("exports", (SELECT,), (SUPERVISOR, OBSERVER)),
    Grant("messages", (SELECT,), (OBSERVER,), columns=but("messages", "text", "answer")),
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
            "adjustments",
            "sign_offs",
            "hotline_figures",
            "hotline_follow_ups",
            "indicator_points",
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
    # Who listens to whose call while it runs; what was left open may be ended by anybody who may listen.
    Grant("listenings", (SELECT,), LEADERS),
    Grant("listenings", (INSERT,), LEADERS, f"{ME} and ended_at is null"),
    Grant(
        "listenings",
        (UPDATE,),
        LEADERS,
        LISTENS,
        ("looked_at", "ended_at"),
        f"{ME} or ended_at is not null",
    ),
    Grant("listening_sounds", (SELECT, DELETE), LEADERS, f"{OF_LISTENING} where {LISTENS})"),
    # Stations tell of themselves through a function; where somebody is signed in, that one may know.
    Grant("stations", (SELECT,), ALL, ME),
    *(Grant(table, (SELECT,), OFFICE) for table in ("stations", "station_users")),
    # The log: added to, never changed.
    Grant("audit", (INSERT,), ALL, ME),
    Grant("audit", (SELECT,), ALL, ME),
    Grant("audit", (SELECT,), MANAGERS),
    # By what it says of a retired programme its certificate is checked.
    Grant("audit", (SELECT,), (SUPERVISOR, OBSERVER), "action = 'retire'"),
)
