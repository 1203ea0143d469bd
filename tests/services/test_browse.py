"""Looking through cases, attempts and recordings, on either engine."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.contacts import Contact, Phone
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import CaseState
from cati.domain.review import Verdict
from cati.domain.users import Role
from cati.services import browse, draws, messages, sessions, users, verdicts
from cati.services.browse import Filters, Order
from cati.services.context import Context
from cati.store import browse as store
from cati.store import tables
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.fieldwork import all_lists, cell_id, interviewed, with_cells

# 09:00 of a Wednesday in Shanghai.
MORNING = datetime(2024, 2, 21, 1, 0, tzinfo=UTC)
PASSWORD = "a long enough phrase"
CELLS = (("u1", "managed"), ("u1", "served"), ("u2", "managed"), ("u2", "served"))


@pytest.fixture
def season(furnished: Furnished) -> tuple[Context, LoadedProgramme]:
    return furnished(drawn)


def drawn(database: Database, _clock: VirtualClock, folder: Path) -> tuple[Context, LoadedProgramme]:
    """Two units of two groups, six people each, drawn."""
    ctx, loaded = with_cells(database, VirtualClock(MORNING))
    all_lists(ctx, loaded, pool=0)
    parties = {"区统计局": "111111", "区委组织部": "222222"}
    draws.draw(ctx, loaded, parties=parties, public="1", out=folder / "draw")
    return ctx, loaded


def by_ticket(ctx: Context, loaded: LoadedProgramme) -> list[int]:
    """All cases as the draw put them, read one cell after the other."""
    found: list[int] = []
    with ctx.database.read() as connection:
        for unit, group in CELLS:
            cell = cell_id(ctx, loaded, unit, group)
            of_cell = select(tables.cases.c.id).where(tables.cases.c.cell_id == cell)
            found += connection.scalars(of_cell.order_by(tables.cases.c.position))
    return found


def change(ctx: Context, case: int, **values: object) -> None:
    with ctx.database.write() as connection:
        connection.execute(update(tables.cases).where(tables.cases.c.id == case).values(**values))


def dial(
    ctx: Context, case: int, code: str | None, *, minutes: int = 0, user: int | None = None, number: int = 1
) -> str:
    """An attempt of a case; gives its id."""
    attempt = str(uuid.uuid4())
    at = MORNING + timedelta(minutes=minutes)
    with ctx.database.write() as connection:
        connection.execute(
            insert(tables.attempts).values(
                id=attempt,
                case_id=case,
                number=number,
                user_id=user or ctx.actor.user_id,
                station="12",
                epoch=1,
                dialled_at=at,
                connected_at=at + timedelta(seconds=10),
                ended_at=at + timedelta(seconds=70),
                disposition=code,
                note="later",
            )
        )
        connection.execute(update(tables.cases).where(tables.cases.c.id == case).values(attempts=number))
    return attempt


def record(ctx: Context, attempt: str, *, minutes: int = 0, complete: bool = True, problem: str = "") -> str:
    recording = str(uuid.uuid4())
    with ctx.database.write() as connection:
        connection.execute(
            insert(tables.recordings).values(
                id=recording,
                attempt_id=attempt,
                file=f"{recording}.crec",
                station="12",
                started_at=MORNING + timedelta(minutes=minutes),
                duration_ms=60_000,
                size=300_000,
                channels=2,
                complete=complete,
                problem=problem or None,
            )
        )
    return recording


def somebody(ctx: Context, *roles: Role) -> Context:
    """The same keys in other hands."""
    return replace(ctx, actor=replace(ctx.actor, roles=frozenset(roles)))


def colleague(ctx: Context, login: str = "li", name: str = "李雪") -> int:
    users.add_user(ctx, login, name, [Role.OPERATOR], PASSWORD)
    with ctx.database.read() as connection:
        found = connection.scalar(select(tables.users.c.id).where(tables.users.c.login == login))
    assert found is not None
    return int(found)


# ---- cases ---------------------------------------------------------------------------------------


def test_cases_stand_in_the_order_of_units_groups_and_the_lot(
    season: tuple[Context, LoadedProgramme],
) -> None:
    ctx, loaded = season
    drawn = by_ticket(ctx, loaded)
    assert len(drawn) == 24
    assert list(browse.case_ids(ctx, loaded)) == drawn
    assert list(browse.case_ids(ctx, loaded, down=True)) == drawn[::-1]
    assert list(browse.case_ids(ctx, loaded, limit=8)) == drawn[:8]
    assert list(browse.case_ids(ctx, loaded, order=Order.NUMBER)) == sorted(drawn)
    assert list(browse.case_ids(ctx, loaded, order=Order.NUMBER, down=True, limit=3)) == sorted(drawn)[:-4:-1]


def test_those_that_wait_for_a_time_come_first_by_it(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    drawn = sorted(by_ticket(ctx, loaded))
    late, soon = drawn[2], drawn[20]
    change(ctx, late, state=int(CaseState.APPOINTMENT), not_before=MORNING + timedelta(days=2))
    change(ctx, soon, state=int(CaseState.CALLBACK), not_before=MORNING + timedelta(hours=1))
    due = list(browse.case_ids(ctx, loaded, order=Order.DUE))
    assert due[:2] == [soon, late]
    assert due[2:] == [case for case in drawn if case not in (late, soon)]
    assert list(browse.case_ids(ctx, loaded, order=Order.DUE, down=True)) == due[::-1]
    assert list(browse.case_ids(ctx, loaded, order=Order.DUE, limit=3)) == due[:3]


def test_filters_leave_only_what_is_wanted(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    drawn = by_ticket(ctx, loaded)
    other = colleague(ctx)
    refused, again = drawn[0], drawn[13]
    dial(ctx, refused, "refusal", user=other)
    dial(ctx, again, "no_answer", minutes=24 * 60)
    change(ctx, refused, state=int(CaseState.CLOSED), disposition="refusal")
    change(ctx, again, state=int(CaseState.CALLBACK), disposition="no_answer", not_before=MORNING)

    def wanted(**filters: object) -> list[int]:
        found = [list(browse.case_ids(ctx, loaded, Filters(**filters), order)) for order in list(Order)[:3]]  # type: ignore[arg-type]
        assert sorted(found[0]) == sorted(found[1]) == sorted(found[2])
        return found[0]

    assert wanted(unit="u2") == drawn[12:]
    assert wanted(group="managed") == [*drawn[:6], *drawn[12:18]]
    assert wanted(unit="u2", group="served") == drawn[18:]
    assert wanted(state=CaseState.CALLBACK) == [again]
    assert wanted(disposition="refusal") == [refused]
    assert wanted(operator=other) == [refused]
    assert wanted(since=MORNING + timedelta(hours=1)) == [again]
    assert wanted(until=MORNING + timedelta(hours=1)) == [refused]
    assert wanted(cases=(refused, again, 10**9)) == [refused, again]
    assert wanted(unit="u9") == []


def test_a_case_tells_where_it_stands(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    first, second = by_ticket(ctx, loaded)[:2]
    other = colleague(ctx)
    dial(ctx, first, "no_answer")
    dial(ctx, first, "appointment", minutes=30, user=other, number=2)
    agreed = MORNING + timedelta(days=1)
    change(
        ctx,
        first,
        state=int(CaseState.APPOINTMENT),
        disposition="appointment",
        appointment="firm",
        not_before=agreed,
    )
    found, gone, untouched = browse.cases(ctx, loaded, [first, 10**9, second])
    assert gone is None
    assert found is not None
    assert untouched is not None
    case = found.case
    assert (case.unit, case.group, case.position) == ("区教育局", "管理对象", 1)
    assert (case.state, case.disposition, case.attempts) == (CaseState.APPOINTMENT, "appointment", 2)
    assert (case.not_before, case.appointment) == (agreed, "firm")
    assert (case.last_at, case.operator) == (MORNING + timedelta(minutes=30), "李雪")
    assert (untouched.case.last_at, untouched.case.operator, untouched.case.attempts) == (None, None, 0)


def test_an_old_list_is_searched_for_a_second_number_and_has_it_by_hash_from_then_on(
    season: tuple[Context, LoadedProgramme],
) -> None:
    ctx, loaded = season
    key, (one, *_rest) = ctx.keys.contact_key(loaded.id), by_ticket(ctx, loaded)
    second = "+8613912345678"
    assert browse.find(ctx, loaded, second).cases == ()
    cases, persons, contacts = tables.cases.c, tables.persons.c, tables.contacts.c
    with ctx.database.write() as connection:
        entry, first = connection.execute(
            select(cases.entry_id, persons.number_hash)
            .join(tables.persons, persons.id == cases.person_id)
            .where(cases.id == one)
        ).one()
        sealed = connection.scalar(select(contacts.sealed).where(contacts.entry_id == entry))
        assert sealed is not None
        contact = Contact.decode(key.open(sealed, bound_to=first))
        both = replace(contact, phones=(*contact.phones, Phone(second)))
        connection.execute(
            update(tables.contacts)
            .where(contacts.entry_id == entry)
            .values(sealed=key.seal(both.encode(), bound_to=first))
        )
    assert browse.find(ctx, loaded, second).cases == (one,)
    with ctx.database.read() as connection:
        assert store.cases_of_number(connection, loaded.id, key.number_hash(second)) == (one,)
    assert browse.find(ctx, loaded, second).cases == (one,)


def test_numbers_are_masked_and_only_for_who_holds_the_key(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    (found,) = browse.cases(ctx, loaded, by_ticket(ctx, loaded)[:1])
    assert found is not None
    assert found.number.startswith("139****")
    assert found.case.sealed
    for hidden in (somebody(ctx, Role.OBSERVER), users_without_key(ctx)):
        (seen,) = browse.cases(hidden, loaded, by_ticket(ctx, loaded)[:1])
        assert seen is not None
        assert (seen.number, seen.case.sealed) == ("", b"")


def users_without_key(ctx: Context) -> Context:
    users.add_user(ctx, "sun", "孙宁", [Role.SUPERVISOR], PASSWORD)
    return sessions.sign_in(ctx.database, ctx.clock, "sun", PASSWORD, "3")


def test_reading_ids_can_be_watched_and_stopped(
    season: tuple[Context, LoadedProgramme], monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx, loaded = season
    told: list[int] = []
    browse.case_ids(ctx, loaded, step=told.append)
    assert told == [6, 12, 18, 24]

    def stop(_count: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        browse.case_ids(ctx, loaded, step=stop)
    assert len(browse.case_ids(ctx, loaded)) == 24


# ---- attempts and recordings -----------------------------------------------------------------------


def test_attempts_stand_by_time_the_newest_first(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    first, _second, third = by_ticket(ctx, loaded)[:3]
    other = colleague(ctx)
    old = dial(ctx, first, "no_answer")
    new = dial(ctx, third, "complete", minutes=90, user=other)
    mid = dial(ctx, first, None, minutes=60, number=2)
    assert list(browse.attempt_ids(ctx, loaded)) == [new, mid, old]
    assert list(browse.attempt_ids(ctx, loaded, down=False)) == [old, mid, new]
    assert list(browse.attempt_ids(ctx, loaded, limit=2)) == [new, mid]

    def wanted(**filters: object) -> list[str]:
        return list(browse.attempt_ids(ctx, loaded, Filters(**filters)))  # type: ignore[arg-type]

    assert wanted(operator=other) == [new]
    assert wanted(disposition="no_answer") == [old]
    assert wanted(unit="u1", group="managed") == [new, mid, old]
    assert wanted(unit="u2") == []
    assert wanted(since=MORNING + timedelta(minutes=60)) == [new, mid]
    assert wanted(until=MORNING + timedelta(minutes=60)) == [old]
    assert wanted(cases=(first,)) == [mid, old]
    assert wanted(state=CaseState.HELD) == []


def test_an_attempt_tells_how_it_went(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    case = by_ticket(ctx, loaded)[7]
    silent, fine = dial(ctx, case, "silent"), dial(ctx, case, "complete", number=2)
    record(ctx, fine)
    record(ctx, silent, problem="silence")
    first, gone, second = browse.attempts(ctx, [silent, str(uuid.uuid4()), fine])
    assert gone is None
    assert first is not None
    assert second is not None
    assert (first.case_id, first.number, first.disposition, first.note) == (case, 1, "silent", "later")
    assert (first.unit, first.group, first.operator) == ("区教育局", "服务对象", ctx.actor.name)
    assert (first.recorded, first.faulty) == (True, True)
    assert (second.recorded, second.faulty) == (True, False)
    assert list(browse.attempt_ids(ctx, loaded, Filters(faulty=True))) == [silent]


def test_recordings_stand_by_time_and_tell_what_is_wrong(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    case, cut = by_ticket(ctx, loaded)[:2]
    other = colleague(ctx)
    with ctx.database.read() as connection:
        row = connection.execute(select(tables.cases).where(tables.cases.c.id == case)).one()
    interview = interviewed(ctx, dict(row._mapping), {"item1": "1"})
    whole = record(ctx, dial(ctx, case, "complete"))
    broken = record(ctx, dial(ctx, cut, "dropped", user=other), minutes=5, complete=False)
    assert list(browse.recording_ids(ctx, loaded)) == [broken, whole]
    assert list(browse.recording_ids(ctx, loaded, down=False, limit=1)) == [whole]
    found, gone = browse.recordings(ctx, [whole, str(uuid.uuid4())])
    assert gone is None
    assert found is not None
    assert (found.interview_id, found.case_id, found.duration_ms) == (interview, case, 60_000)
    (other_one,) = browse.recordings(ctx, [broken])
    assert other_one is not None
    assert (other_one.interview_id, other_one.complete, other_one.operator) == (None, False, "李雪")

    def wanted(**filters: object) -> list[str]:
        return list(browse.recording_ids(ctx, loaded, Filters(**filters)))  # type: ignore[arg-type]

    assert wanted(faulty=True) == [broken]
    # What is still being recorded is not whole yet, and nothing is wrong with it.
    assert not other_one.under_way
    with ctx.database.write() as connection:
        live = update(tables.attempts).where(tables.attempts.c.disposition == "dropped")
        connection.execute(live.values(ended_at=None, disposition=None))
        connection.execute(update(tables.recordings).values(problem=None))
    assert [one.under_way for one in browse.recordings(ctx, [broken, whole]) if one] == [True, False]
    assert wanted(faulty=True) == []
    assert not list(browse.attempt_ids(ctx, loaded, Filters(faulty=True)))
    assert wanted(operator=other) == [broken]
    assert wanted(disposition="complete") == [whole]
    assert wanted(since=MORNING + timedelta(minutes=5)) == [broken]
    assert wanted(unit="u2") == []
    assert wanted(cases=(case,)) == [whole]


# ---- one case --------------------------------------------------------------------------------------


def test_the_card_tells_the_whole_history_of_a_case(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    case = by_ticket(ctx, loaded)[0]
    other = colleague(ctx)
    dial(ctx, case, "no_answer")
    recording = record(ctx, dial(ctx, case, "complete", minutes=60, user=other, number=2), minutes=60)
    with ctx.database.read() as connection:
        row = connection.execute(select(tables.cases).where(tables.cases.c.id == case)).one()
    interview = interviewed(ctx, dict(row._mapping), {"item1": "1", "item2": "2"})
    with ctx.database.write() as connection:
        connection.execute(
            insert(tables.answers).values(
                id=str(uuid.uuid4()),
                interview_id=interview,
                seq=1,
                epoch=1,
                item="item1",
                value="1",
                user_id=other,
                at=MORNING,
            )
        )
    verdicts.decide(ctx, loaded, interview, Verdict.ACCEPTED)
    messages.send(ctx, loaded, messages.Kind.COMPLAINT, "too late in the day", case_id=case)
    card = browse.card(ctx, loaded, case)
    stored = card.stored
    assert card.name.startswith("受访者")
    assert card.number == f"139****{card.name[-4:]}"
    assert (stored.case.id, stored.origin.file, stored.origin.version) == (case, "list.xlsx", 1)
    assert stored.origin.ticket == row.ticket
    assert [(a.number, a.disposition) for a in stored.attempts] == [(1, "no_answer"), (2, "complete")]
    (line,) = stored.interviews
    assert (line.id, line.state, line.answers, line.counted) == (interview, "complete", 1, 2)
    assert [sound.id for sound in stored.recordings] == [recording]
    assert [(v.verdict, v.name) for v in stored.verdicts] == [("accepted", ctx.actor.name)]
    assert [m.text for m in stored.messages] == ["too late in the day"]


def test_an_observer_reads_no_notes_and_no_messages(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    case = by_ticket(ctx, loaded)[0]
    dial(ctx, case, "no_answer")
    messages.send(ctx, loaded, messages.Kind.COMPLAINT, "too late in the day", case_id=case)
    for who, note, words in (
        (ctx, "later", "too late in the day"),
        (somebody(ctx, Role.OBSERVER), "", ""),
    ):
        card = browse.card(who, loaded, case).stored
        assert [(a.number, a.note) for a in card.attempts] == [(1, note)]
        assert [m.text for m in card.messages] == [words]
        (line,) = browse.attempts(who, list(browse.attempt_ids(who, loaded)))
        assert line is not None
        assert line.note == note


def test_an_observers_card_has_neither_name_nor_number(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    case = by_ticket(ctx, loaded)[0]
    card = browse.card(somebody(ctx, Role.OBSERVER), loaded, case)
    assert (card.name, card.number, card.stored.case.sealed) == ("", "", b"")
    assert card.stored.interviews == ()


def test_a_card_of_no_case_is_refused(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    with pytest.raises(CatiError) as unknown:
        browse.card(ctx, loaded, 10**9)
    assert unknown.value.code == "unknown_case"
    with pytest.raises(CatiError) as elsewhere:
        browse.card(ctx, replace(loaded, id=loaded.id + 1), by_ticket(ctx, loaded)[0])
    assert elsewhere.value.code == "unknown_case"


# ---- people ----------------------------------------------------------------------------------------


def test_a_number_is_found_by_its_hash(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    found = browse.find(ctx, loaded, "139 0000 0003")
    (case,) = browse.cases(ctx, loaded, found.cases)
    assert case is not None
    assert case.number == "139****0003"
    assert browse.find(ctx, loaded, "13911111111").cases == ()


def test_names_and_last_digits_are_found_by_opening_contacts(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    told: list[float] = []
    everybody = browse.find(ctx, loaded, " 受访者 ", told.append)
    assert everybody.cases == tuple(sorted(by_ticket(ctx, loaded)))
    assert not everybody.more
    assert told == [1.0]
    one = browse.find(ctx, loaded, "受访者0007")
    assert one.cases == browse.find(ctx, loaded, "0007").cases
    assert len(one.cases) == 1
    assert browse.find(ctx, loaded, "nobody of this name").cases == ()


def test_a_search_that_finds_too_many_says_so(
    season: tuple[Context, LoadedProgramme], monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx, loaded = season
    monkeypatch.setattr(browse, "FOUND_AT_MOST", 4)
    found = browse.find(ctx, loaded, "受访者")
    assert found.more
    assert found.cases == tuple(sorted(by_ticket(ctx, loaded)))[:4]


def test_a_case_is_found_by_its_own_number_without_the_key(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    observer = somebody(ctx, Role.OBSERVER)
    case = by_ticket(ctx, loaded)[2]
    for who in (ctx, users_without_key(ctx), observer):
        assert browse.find(who, loaded, f"0{case}").cases == (case,)
    with pytest.raises(CatiError) as unknown:
        browse.find(observer, loaded, "99999")
    assert unknown.value.code == "unknown_case"
    elsewhere = replace(loaded, id=loaded.id + 1)
    with pytest.raises(CatiError):
        browse.find(observer, elsewhere, str(case))


def test_a_case_stands_beside_numbers_that_end_like_it(
    season: tuple[Context, LoadedProgramme], monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx, loaded = season
    monkeypatch.setattr(browse, "LEAST_DIGITS", 1)
    case = by_ticket(ctx, loaded)[0]
    alike = browse.find(ctx, loaded, str(case)).cases
    assert case in alike
    assert len(alike) > 1
    assert alike == tuple(sorted(alike))


@pytest.mark.parametrize("words", ["", "  ", "999"])
def test_too_little_is_not_looked_for(season: tuple[Context, LoadedProgramme], words: str) -> None:
    ctx, loaded = season
    with pytest.raises(CatiError) as refused:
        browse.find(ctx, loaded, words)
    assert refused.value.code == "search_too_short"


def test_a_search_is_written_down_without_its_words(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    browse.find(ctx, loaded, "受访者0007")
    with ctx.database.read() as connection:
        entry = connection.execute(
            select(tables.audit).where(tables.audit.c.action == "contacts_searched")
        ).one()
    assert entry.subject == f"programme {loaded.id}"
    assert entry.detail == {"by": "contact", "found": 1}


def test_who_may_see_what(season: tuple[Context, LoadedProgramme]) -> None:
    ctx, loaded = season
    operator, observer = somebody(ctx, Role.OPERATOR), somebody(ctx, Role.OBSERVER)
    looks = (
        lambda who: browse.case_ids(who, loaded),
        lambda who: browse.attempt_ids(who, loaded),
        lambda who: browse.recording_ids(who, loaded),
        lambda who: browse.cases(who, loaded, []),
        lambda who: browse.attempts(who, []),
        lambda who: browse.recordings(who, []),
    )
    for look in looks:
        with pytest.raises(CatiError) as refused:
            look(operator)
        assert refused.value.code == "not_allowed"
        look(observer)
    for who, code in (
        (operator, "not_allowed"),
        (observer, "not_allowed"),
        (users_without_key(ctx), "no_contact_key"),
    ):
        with pytest.raises(CatiError) as refused:
            browse.find(who, loaded, "受访者")
        assert refused.value.code == code
