"""What runs at every claim keeps its plans; a function written anew would lose that without a word."""

from __future__ import annotations

from contextlib import closing

from sqlalchemy import text

from cati.store.engine import Database

SETTINGS = text("select array_to_string(proconfig, ',') from pg_proc where proname = :name")


def test_what_every_call_runs_is_planned_once_in_a_session(postgres_url: str) -> None:
    with closing(Database(postgres_url)) as database, database.read() as connection:
        settings = {
            name: connection.scalar(SETTINGS, {"name": name})
            for name in ("claim_case", "settle_case", "extend_lease", "begin_attempt")
        }
    assert all("plan_cache_mode=force_generic_plan" in str(each) for each in settings.values()), settings
    assert all("jit=off" in str(each) for each in settings.values()), settings
    assert "enable_seqscan=off" in str(settings["claim_case"]), "as the function that it calls has to have it"


def test_a_claim_waits_for_no_disk_and_what_comes_after_it_does(postgres_url: str) -> None:
    asked = "select claim_case(1, 1, 'pc', '{}', now(), '1 minute', 4, '{}', '{}')"
    waits = text("show synchronous_commit")
    with closing(Database(postgres_url)) as database:
        with database.write() as connection:
            connection.execute(text("set synchronous_commit = on"))
        with database.write() as connection:
            connection.execute(text(asked))
            assert connection.scalar(waits) == "off"
        with database.write() as connection:
            assert connection.scalar(waits) == "on"
