"""The chained log of who did what."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.attendance import LOCAL
from cati.domain.users import Role
from cati.services import audit, sessions, users
from cati.services.context import Context
from cati.store import audit as store
from cati.store.audit import StoredEntry
from cati.store.engine import Connection, Database
from cati.store.tables import audit as table
from tests.rig.furnished import Furnished
from tests.station.office import open_office

PASSWORD = "long enough 1"


@pytest.fixture
def bureau(furnished: Furnished) -> Context:
    return furnished(founded)


def founded(database: Database, clock: VirtualClock, _folder: Path) -> Context:
    ctx, _recovery = users.init(
        database, clock, login="admin", name="统计员", password=PASSWORD, station="PC-1"
    )
    return ctx


def record(ctx: Context, action: str = "test", subject: str = "thing 1", **detail: Any) -> None:
    with ctx.database.write() as connection:
        audit.record(ctx, connection, action, subject, **detail)


def chain(ctx: Context) -> list[StoredEntry]:
    return sorted((e for e in audit.newest(ctx) if e.session_id == ctx.session_id), key=lambda e: e.seq)


def tamper(ctx: Context, seq: int, **changes: object) -> None:
    with ctx.database.write() as connection:
        connection.execute(
            update(table).where(table.c.session_id == ctx.session_id, table.c.seq == seq).values(**changes)
        )


def test_entries_of_a_session_are_chained_from_the_first(bureau: Context) -> None:
    for count in range(3):
        record(bureau, count=count)
    entries = chain(bureau)
    assert [e.seq for e in entries] == [0, 1, 2, 3]
    assert entries[0].previous == audit.START
    assert [e.previous for e in entries[1:]] == [e.hash for e in entries[:-1]]
    assert [e.hash for e in entries] == [audit.digest(e) for e in entries]
    assert audit.verify(bureau) is None


def test_what_is_undone_is_not_written_down(bureau: Context) -> None:
    with pytest.raises(CatiError):
        undone(bureau)
    record(bureau)
    assert [e.action for e in chain(bureau)] == ["init", "test"]
    assert audit.verify(bureau) is None


def undone(ctx: Context) -> None:
    with ctx.database.write() as connection:
        audit.record(ctx, connection, "undone", "thing 1")
        raise CatiError("refused", "refused")


def test_details_of_every_kind_verify_after_the_way_through_the_database(bureau: Context) -> None:
    record(
        bureau,
        text="区教育局“测评”",
        whole=7,
        yes=True,
        nothing=None,
        points=Decimal("-5.00"),
        names=["b", "a"],
        odd="nul\0 and \ud800",
        big=2**53 + 1,
    )
    assert chain(bureau)[-1].detail == {
        "text": "区教育局“测评”",
        "whole": 7,
        "yes": True,
        "nothing": None,
        "points": "-5.00",
        "names": ["b", "a"],
        "odd": "nul and ?",
        "big": 2**53 + 1,
    }
    assert audit.verify(bureau) is None


def test_numbers_of_people_never_get_in(bureau: Context) -> None:
    record(bureau, subject="number +8613800000000", note="0898-66551234", many=["13800000000"])
    entry = chain(bureau)[-1]
    assert entry.subject == "number #"
    assert entry.detail == {"note": "#", "many": ["#"]}


def test_a_long_subject_is_cut(bureau: Context) -> None:
    record(bureau, subject="局" * 300)
    assert len(chain(bureau)[-1].subject) == 200


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"action": "other"}, "content"),
        ({"subject": "thing 2"}, "content"),
        ({"detail": {"count": 2}}, "content"),
        ({"user_id": None}, "content"),
        ({"at": datetime(2024, 1, 1, tzinfo=UTC)}, "content"),
        ({"hash": "0" * 64}, "content"),
        ({"previous": "1" * 64}, "chain"),
    ],
)
def test_any_change_is_found_at_its_entry(bureau: Context, changes: dict[str, object], problem: str) -> None:
    for count in range(3):
        record(bureau, count=count)
    tamper(bureau, 2, **changes)
    assert audit.verify(bureau) == audit.BadEntry(bureau.session_id, 2, problem, bureau.actor.login)


def test_an_entry_taken_out_is_missed(bureau: Context) -> None:
    for count in range(3):
        record(bureau, count=count)
    with bureau.database.write() as connection:
        connection.execute(delete(table).where(table.c.seq == 1))
    assert audit.verify(bureau) == audit.BadEntry(bureau.session_id, 2, "missing", bureau.actor.login)


def test_an_entry_changed_with_its_own_hash_breaks_the_next_link(bureau: Context) -> None:
    for count in range(3):
        record(bureau, count=count)
    forged = replace(chain(bureau)[1], action="forged")
    tamper(bureau, 1, action="forged", hash=audit.digest(forged))
    assert audit.verify(bureau) == audit.BadEntry(bureau.session_id, 2, "chain", bureau.actor.login)


def test_each_session_has_its_own_chain(bureau: Context) -> None:
    other = sessions.sign_in(bureau.database, bureau.clock, "admin", PASSWORD, "PC-2")
    for ctx in (bureau, other, bureau, other):
        record(ctx)
    assert [e.seq for e in chain(other)] == [0, 1, 2]
    assert audit.verify(other) is None


def test_two_threads_of_one_session_take_turns(bureau: Context) -> None:
    start = Barrier(2)

    def work() -> None:
        start.wait()
        for count in range(20):
            record(bureau, count=count)

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [e.seq for e in chain(bureau)] == list(range(41))
    assert audit.verify(bureau) is None


def test_only_who_manages_users_reads_the_log(bureau: Context) -> None:
    users.add_user(bureau, "op", "op", [Role.OPERATOR], PASSWORD)
    operator = sessions.sign_in(bureau.database, bureau.clock, "op", PASSWORD, "PC-2")
    for look in (audit.verify, audit.newest):
        with pytest.raises(CatiError) as refused:
            look(operator)
        assert refused.value.code == "not_allowed"


def test_the_newest_entries_come_first(bureau: Context, clock: VirtualClock) -> None:
    for count in range(5):
        clock.advance(1)
        record(bureau, count=count)
    assert [e.detail["count"] for e in audit.newest(bureau, 3)] == [4, 3, 2]


MIDNIGHT = datetime(2024, 2, 21, tzinfo=ZoneInfo("Asia/Shanghai"))
ENTRY = StoredEntry("s", 0, MIDNIGHT, 1, "a", "区", {"c": 1}, "p", "")


@given(st.sampled_from(["session_id", "action", "subject", "previous"]), st.text(max_size=5))
def test_the_digest_depends_on_every_text(name: str, text: str) -> None:
    changes: dict[str, Any] = {name: text}
    changed = replace(ENTRY, **changes)
    assert (audit.digest(changed) == audit.digest(ENTRY)) == (changed == ENTRY)


def test_the_digest_is_the_hash_of_canonical_json_in_utc() -> None:
    canonical = (
        '{"action":"a","at":"2024-02-20T16:00:00.000000+00:00","detail":{"c":1},"previous":"p",'
        '"seq":0,"session":"s","subject":"区","user":1}'
    )
    assert audit.digest(ENTRY) == sha256(canonical.encode()).hexdigest()


def test_the_head_of_a_day_stays_while_the_log_grows_and_shows_what_is_gone(
    bureau: Context, clock: VirtualClock
) -> None:
    record(bureau)
    today = clock.now().astimezone(LOCAL).date()
    clock.advance(24 * 3600)
    kept = audit.head(bureau)
    assert (kept.day, kept.entries) == (today, 2)
    record(bureau, "later")
    assert audit.head(bureau, today) == kept
    with bureau.database.write() as connection:
        connection.execute(delete(table).where(table.c.seq >= 1))
    assert audit.verify(bureau) is None
    assert audit.head(bureau, today).hash != kept.hash
    with bureau.database.write() as connection:
        connection.execute(delete(table))
    assert audit.head(bureau, today).hash != kept.hash


def test_a_day_that_is_not_over_has_no_head(bureau: Context, clock: VirtualClock) -> None:
    with pytest.raises(CatiError, match="not over"):
        audit.head(bureau, clock.now().astimezone(LOCAL).date())


def test_a_head_is_for_those_who_manage_users(bureau: Context) -> None:
    users.add_user(bureau, "op", "话务员", {Role.OPERATOR}, PASSWORD)
    operator = sessions.sign_in(bureau.database, bureau.clock, "op", PASSWORD, "PC-2")
    with pytest.raises(CatiError, match="may not"):
        audit.head(operator)


def test_heads_are_added_to_a_file_line_by_line(bureau: Context, clock: VirtualClock, tmp_path: Path) -> None:
    target = tmp_path / "heads.txt"
    audit.export_head(bureau, target)
    audit.export_head(bureau, target)
    clock.advance(86_400)
    found = audit.export_head(bureau, target)
    lines = target.read_text("utf-8").splitlines()
    assert len(lines) == 2
    assert lines[1] == f"{found.day:%Y-%m-%d}={found.hash}"
    with pytest.raises(CatiError) as refused:
        audit.export_head(bureau, tmp_path)
    assert refused.value.code == "head_not_written"


# ---- what somebody with all power over the database may do to the log, against a head kept elsewhere ------


def a_day_of_work(database: Database, clock: VirtualClock, folder: Path) -> Context:
    """A log as it grows: programme, lists, draw, two operators hired and signed in."""
    office = open_office(database, clock, folder)
    for login in ("zhou", "qian"):
        office.hire(login)
    users.disable_user(office.ctx, "qian")
    clock.advance(24 * 3600)
    return office.ctx


def stored(connection: Connection, session: str) -> list[StoredEntry]:
    rows = connection.execute(select(table).where(table.c.session_id == session).order_by(table.c.seq))
    return [StoredEntry(*row) for row in rows]


def rebuild(connection: Connection, session: str, entries: list[StoredEntry]) -> None:
    """Write a session anew so that every entry follows the one before it."""
    connection.execute(delete(table).where(table.c.session_id == session))
    previous = audit.START
    for seq, entry in enumerate(entries):
        linked = replace(entry, session_id=session, seq=seq, previous=previous)
        previous = audit.digest(linked)
        store.add(connection, replace(linked, hash=previous))


def edited(connection: Connection, session: str, _other: str) -> None:
    row = (table.c.session_id == session) & (table.c.seq == 2)
    connection.execute(update(table).where(row).values(subject="cell 9"))


def deleted(connection: Connection, session: str, _other: str) -> None:
    connection.execute(delete(table).where(table.c.session_id == session, table.c.seq == 2))


def reordered(connection: Connection, session: str, _other: str) -> None:
    for before, after in ((2, -1), (3, 2), (-1, 3)):
        row = (table.c.session_id == session) & (table.c.seq == before)
        connection.execute(update(table).where(row).values(seq=after))


def truncated(connection: Connection, session: str, _other: str) -> None:
    connection.execute(delete(table).where(table.c.session_id == session, table.c.seq >= 2))


def rebuilt(connection: Connection, session: str, _other: str) -> None:
    entries = stored(connection, session)
    rebuild(connection, session, [*entries[:2], replace(entries[2], subject="cell 9"), *entries[3:]])


def key_swapped(connection: Connection, session: str, other: str) -> None:
    one, two = stored(connection, session), stored(connection, other)
    rebuild(connection, session, two)
    rebuild(connection, other, one)


@pytest.mark.parametrize(
    ("harm", "problem"),
    [
        (edited, "content"),
        (deleted, "missing"),
        (reordered, "chain"),
        (truncated, None),
        (rebuilt, None),
        (key_swapped, None),
    ],
)
def test_whoever_has_all_power_over_the_database_is_caught_by_a_head_kept_elsewhere(
    furnished: Furnished, harm: Callable[[Connection, str, str], None], problem: str | None
) -> None:
    ctx = furnished(a_day_of_work)
    kept = audit.head(ctx)
    assert kept.entries >= 8
    with ctx.database.write() as connection:
        other = next(
            name for name, _, _ in store.heads(connection, ctx.now(connection)) if name != ctx.session_id
        )
        harm(connection, ctx.session_id, other)
    if problem is None:
        assert audit.verify(ctx) is None, "the chains alone show nothing"
        assert audit.head(ctx, kept.day).hash != kept.hash
    else:
        bad = audit.BadEntry(ctx.session_id, 3 if harm is deleted else 2, problem, ctx.actor.login)
        assert audit.verify(ctx) == bad
