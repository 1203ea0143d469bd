"""On a floor everybody is who the server let in, and may do what is listed for it and nothing else."""

from __future__ import annotations

import uuid
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Table

from cati.base.errors import CatiError
from cati.domain.call_effects import KeepTyped
from cati.domain.clearances import pledge_of
from cati.domain.messages import Kind
from cati.domain.programmes import Channel, ChannelItem
from cati.domain.users import Role
from cati.domain.writes import Envelope
from cati.services import (
    board,
    browse,
    calls,
    ceremony,
    claims,
    clearances,
    deliveries,
    drawn_lists,
    draws,
    exemptions,
    frames,
    interviews,
    keying,
    mailing,
    messages,
    overview,
    programmes,
    queue,
    quotas,
    rates,
    register,
    review,
    sessions,
    stations,
    third_look,
    users,
    wishes,
)
from cati.services.context import Context
from cati.store.grants import FUNCTIONS, GRANTS
from cati.store.tables import metadata
from tests.services.bureau import list_rows, write_list
from tests.services.floors import Floor, operator, psql
from tests.station.office import PARTIES, PASSWORD, PUBLIC, programme_of

MARK = ChannelItem("work", {"zh": "工作"}, Decimal(100), numbers=(Decimal(0), Decimal(100)))


def asked(table: Table) -> dict[tuple[str, str], str]:
    """A statement that changes and shows nothing, for every verb and column it can be granted for."""
    statements = {("delete", ""): f"delete from {table.name} where false"}
    for column in table.c:
        name = f'"{column.name}"'
        statements["select", column.name] = f"select {name} from {table.name} limit 0"
        statements["insert", column.name] = f"insert into {table.name} ({name}) select null where false"
        statements["update", column.name] = f"update {table.name} set {name} = null where false"
    return statements


def granted(role: Role, table: str, verb: str, column: str) -> bool:
    return any(
        grant.table == table
        and role in grant.roles
        and verb in grant.verbs
        and (not grant.columns or column in grant.columns)
        for grant in GRANTS
    )


@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_what_is_listed_and_nothing_else(made: Floor, bureau: Context, role: Role) -> None:
    name = f"one-{role}"
    users.add_user(bureau, made.login(name), role, {role}, PASSWORD)
    cells = [
        (table, verb, column, statement)
        for table in metadata.sorted_tables
        for (verb, column), statement in asked(table).items()
    ]
    script = "\n".join(f"{statement};\n\\echo :SQLSTATE" for _, _, _, statement in cells)
    states = psql(made, made.login(name), script).split()
    assert len(states) == len(cells)
    wrong = {
        (table.name, verb, column, state)
        for (table, verb, column, _), state in zip(cells, states, strict=True)
        if state != ("00000" if granted(role, table.name, verb, column) else "42501")
    }
    assert wrong == set()


def test_no_function_is_called_but_by_those_who_may(made: Floor, bureau: Context) -> None:
    with made.server.connect(made.name) as connection:
        rows = connection.execute(
            "select p.proname, r.rolname from pg_proc p, pg_roles r "
            "where p.pronamespace = 'public'::regnamespace and r.rolname = any(%s) "
            "and has_function_privilege(r.oid, p.oid, 'execute')",
            ([f"{made.name}_{role}" for role in Role],),
        ).fetchall()
    may = {(function, f"{made.name}_{role}") for function, roles in FUNCTIONS.items() for role in roles}
    assert set(rows) == may


def test_a_list_that_comes_after_the_draw_is_drawn_there_and_one_that_was_drawn_never_changes(
    made: Floor, bureau: Context, tmp_path: Path
) -> None:
    loaded = programmes.store_programme(bureau, replace(programme_of(quotas=(1, 1)), code="later"))

    def hand_in(group: str, *listed: str) -> None:
        rows = {group: list_rows("单位1", listed, group=group)}
        frames.import_frame(bureau, loaded, write_list(tmp_path / "list.xlsx", rows))

    hand_in("对象1", "13876543210")
    draws.draw(bureau, loaded, parties=PARTIES, public=PUBLIC, out=tmp_path)
    hand_in("对象2", "13876543211")
    held = draws.draw(bureau, loaded, parties=PARTIES, public=PUBLIC, out=tmp_path)
    assert held.cases == {"u1/g2": 1}
    for said in (
        "insert into frames (programme_id, unit_id, group_id, version, file, sha256, received_at, "
        "imported_by, late, short, rows, accepted, rejected) select programme_id, unit_id, group_id, 9, "
        "file, sha256, received_at, imported_by, late, short, rows, accepted, rejected from frames "
        f"where programme_id = {loaded.id};",
        "insert into drawn_lists select draw_id, (select min(id) from frames) from drawn_lists;",
        "insert into cases (programme_id, cell_id, entry_id, person_id, ticket, position, source, state) "
        "select programme_id, cell_id, entry_id, person_id, ticket, 99, source, 0 from cases "
        f"where programme_id = {loaded.id};",
    ):
        assert psql(made, made.login("bureau"), said + "\n\\echo :SQLSTATE").split()[-1] == "42501"


def test_whoever_holds_no_case_sees_nobody(made: Floor, bureau: Context) -> None:
    holder, idle = operator(made, bureau, "he"), operator(made, bureau, "xian")
    case = queue.claim_next(holder, programmes.get(holder))
    assert case is not None
    script = "".join(f"select count(*) from {table};\n" for table in ("contacts", "persons", "entries"))
    assert psql(made, idle.actor.login, script).split() == ["0", "0"]
    assert psql(made, holder.actor.login, script).split() == ["1", "1"]
    answer = (
        "insert into answers (id, interview_id, seq, epoch, item, user_id, at) "
        f"values ('x', 'y', 1, {case.epoch}, 'item1', {{}}, now());\n\\echo :SQLSTATE\n"
    )
    for acting in (holder.actor.user_id, idle.actor.user_id):
        assert psql(made, idle.actor.login, answer.format(acting)).split() == ["42501"]
    own = f"update cases set state = 4 where id = {case.case_id};\n\\echo :SQLSTATE\n"
    assert psql(made, holder.actor.login, own).split() == ["42501"]
    queue.hand_over(holder, case.case_id, case.epoch)
    assert psql(made, holder.actor.login, "select count(*) from contacts;").split() == ["0"]


def test_an_observer_sees_no_answer_before_fieldwork_is_closed(made: Floor, bureau: Context) -> None:
    users.add_user(bureau, made.login("guan"), "观察员", {Role.OBSERVER}, PASSWORD)
    asks = "select count(*) from responses;\nselect count(*) from users;\n"
    responses, people = psql(made, made.login("guan"), asks).split()
    assert responses == "0"
    assert int(people) > 1


def test_a_clerk_keys_and_sees_nobody_elses_keying(made: Floor, bureau: Context) -> None:
    loaded = programmes.get(bureau)
    plain = loaded.programme
    public = Channel("public", "公开评价", Decimal(50), "ballots", items=(MARK,))
    loaded = replace(loaded, programme=replace(plain, channels=(public,)))
    opened = keying.open_keying(bureau, loaded, "public", 1)
    clerks = [made.hire(bureau, name, Role.CLERK) for name in ("lu", "shi")]
    lines = {unit.code: ("90",) for unit in plain.units}
    columns, values = "keying_id, ballot, turn, user_id, begun_at", f"{opened.id}, 1, 1, me(), now()"
    begin = f"insert into keyed_ballots ({columns}) values ({values});\n\\echo :SQLSTATE\n"
    assert psql(made, clerks[0].actor.login, begin).split() == ["42501"]
    for ctx in clerks:
        clearances.sign(ctx, loaded, pledge_of(loaded.programme, calls=False, ballots=True), PASSWORD)
        desk = keying.take_in_hand(ctx, loaded, opened.id)
        assert desk is not None
        keying.keep_lines(ctx, loaded, desk, lines)
        asks = "select count(*) from keyed_lines;\nselect count(*) from keyed_ballots;\n"
        own, ballots = psql(made, ctx.actor.login, asks).split()[:2]
        assert (int(own), int(ballots)) == (len(lines), clerks.index(ctx) + 1)
        keying.finish(ctx, loaded, desk, lines)
    late = "update keyed_lines set answers = '10';\n\\echo :ROW_COUNT\n"
    assert psql(made, clerks[0].actor.login, late).split()[-1] == "0"
    assert third_look.take(bureau, loaded, opened.id).ballots == 1


def call_with_words(made: Floor, bureau: Context) -> tuple[Context, int]:
    """An operator who wrote a note and a message about a case; whose interview, and which case."""
    ctx = operator(made, bureau, "zhou")
    loaded = programmes.get(ctx)
    case = queue.claim_next(ctx, loaded)
    assert case is not None
    attempt, now = str(uuid.uuid4()), ctx.clock.now()
    calls.begin_attempt(
        ctx, loaded, attempt_id=attempt, case_id=case.case_id, epoch=case.epoch, alternate=0, at=now
    )
    interviews.keep_typed(ctx, KeepTyped(attempt, "a note", None, {}, 0))
    messages.send(ctx, loaded, Kind.HELP, "a plea", case_id=case.case_id, attempt_id=attempt)
    return ctx, case.case_id


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OBSERVER])
def test_who_watches_sees_how_things_stand(made: Floor, bureau: Context, role: Role) -> None:
    ctx, loaded = made.hire(bureau, f"sees-{role}", role), programmes.get(bureau)
    _, case = call_with_words(made, bureau)
    for look in (
        quotas.cells,
        overview.look,
        board.today,
        rates.indicators,
        frames.listing,
        drawn_lists.frozen_places,
        exemptions.listing,
        mailing.progress,
        draws.status,
        ceremony.look,
        register.look,
        claims.listing,
        calls.has_live_attempts,
        browse.recording_ids,
    ):
        look(ctx, loaded)
    quotas.detail(ctx, loaded, quotas.cells(ctx, loaded)[0])
    wishes.counts(ctx)
    stations.today(ctx)
    assert browse.operators(ctx)
    assert browse.cases(ctx, loaded, browse.case_ids(ctx, loaded)[:3])
    (attempt,) = browse.attempts(ctx, list(browse.attempt_ids(ctx, loaded)))
    assert attempt is not None
    card = browse.card(ctx, loaded, case).stored
    # Notes and words of operators are not for everybody.
    words = [attempt.note, card.attempts[0].note, card.messages[0].text]
    assert words == (["", "", ""] if role is Role.OBSERVER else ["a note", "a note", "a plea"])
    if role is Role.SUPERVISOR:
        review.worklist(ctx, loaded)
        messages.waiting(ctx, loaded)
    sessions.sign_out(ctx)


def test_nobody_acts_for_somebody_else(made: Floor, bureau: Context) -> None:
    ctx, colleague = operator(made, bureau, "wu"), operator(made, bureau, "sun")
    other = replace(ctx, actor=colleague.actor)
    with pytest.raises(CatiError) as refusal:
        queue.heartbeat(other, 1, 1)
    assert refusal.value.code == "server_forbids"


def test_what_somebody_else_wrote_waits_for_whoever_wrote_it(made: Floor, bureau: Context) -> None:
    writer, sender = operator(made, bureau, "xie"), operator(made, bureau, "song")
    typed = KeepTyped(str(uuid.uuid4()), "a note", None, {}, 0)
    now = writer.clock.now()
    written = Envelope(str(uuid.uuid4()), "small", writer.actor.user_id, "pc-xie", now, typed)
    with pytest.raises(CatiError) as refusal:
        deliveries.acting_for(sender, written)
    assert refusal.value.code == "written_by_other"
    assert deliveries.acting_for(writer, written).actor.user_id == writer.actor.user_id
