"""What everybody may know, and what is the bureau's: programmes, lists, draws, channels, scores, users."""

from __future__ import annotations

from cati.store.grants.rules import (
    ALL,
    BEFORE_CLOSING,
    BUREAU,
    CLERK,
    DELETE,
    DRAW_IS_OPEN,
    DRAWN_NOW,
    IN_SETUP,
    INSERT,
    KEYERS,
    KEYING_IS_OPEN,
    LEADERS,
    LISTS_CHANGE,
    MANAGERS,
    ME,
    NOT_DONE,
    NOT_DRAWN_YET,
    OBSERVER,
    OPERATOR,
    OWN_KEYING,
    PLEDGED,
    ROSTERS_CHANGE,
    SELECT,
    SUPERVISOR,
    UPDATE,
    Grant,
    but,
    seen,
)

BUREAU_GRANTS: tuple[Grant, ...] = (
    # What everybody has to know to find the way. Locked keys are given out by `lock_of`, each one's own.
    *seen("bureau", "programmes", "units", "groups", "cells", "call_hours"),
    Grant("users", (SELECT,), ALL, columns=but("users", "locked_private", "lock_parameters")),
    Grant("key_grants", (SELECT,), ALL, "user_id is null or user_id = (select me())"),
    # Programmes, lists, draws and scores are the bureau's. What is in use is not changed any more: no list
    # that a draw has taken, no draw after it was held. Where a programme stands only goes on (a trigger).
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
            "drawn_lists",
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
    Grant("draws", (INSERT,), (BUREAU,), f"state = 'committed' and {BEFORE_CLOSING}"),
    Grant(
        "draws",
        (UPDATE,),
        (BUREAU,),
        "state = 'committed'",
        ("state", "public_value", "seed", "certificate", "held_at", "held_by"),
        after="true",
    ),
    Grant("draw_parties", (INSERT,), (BUREAU,), DRAW_IS_OPEN),
    Grant("drawn_lists", (INSERT,), (BUREAU,), f"{DRAW_IS_OPEN} and {NOT_DRAWN_YET}"),
    Grant(
        "draw_parties", (UPDATE,), (BUREAU,), f"reveal is null and {DRAW_IS_OPEN}", ("reveal",), DRAW_IS_OPEN
    ),
    Grant(
        "cases",
        (INSERT,),
        (BUREAU,),
        f"case source when 'list' then {IN_SETUP} or {DRAWN_NOW} else not {IN_SETUP} end and state in (0, 7)",
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
    # Whoever keys signs the pledge first.
    Grant(
        "keyed_ballots",
        (INSERT,),
        (CLERK, BUREAU),
        f"{ME} and {KEYING_IS_OPEN} and done_at is null and {PLEDGED}",
    ),
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
    # One that was turned down may be claimed anew.
    Grant("hotline_claims", (UPDATE,), (BUREAU,), columns=("turned_down",)),
    Grant("hotline_claims", (DELETE,), (BUREAU,), "turned_down <> ''"),
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
    # What was said and by whom it was taken stays; it is settled once, and again after it was taken up again.
    Grant("complaints", (INSERT,), (BUREAU,), f"{ME} and state = 'open'"),
    Grant(
        "complaints",
        (UPDATE,),
        (BUREAU,),
        "state = 'open'",
        ("state", "evidence", "settled_at", "settled_by"),
        "settled_by = (select me())",
    ),
    Grant(
        "complaints",
        (UPDATE,),
        (BUREAU,),
        "state <> 'open'",
        ("state", "evidence", "settled_at", "settled_by"),
        "state = 'open' and settled_by is null",
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
)
