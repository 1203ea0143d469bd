"""What supervisors and the bureau decide on a floor goes through functions of the server and holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from cati.base.errors import CatiError
from cati.domain.clearances import pledge_of
from cati.domain.opinions import CodeStep, StepKind
from cati.domain.review import Verdict
from cati.domain.users import Role
from cati.services import (
    clearances,
    follow_ups,
    opinion_bundles,
    opinions,
    programmes,
    queue,
    quotas,
    review,
    steering,
    supplements,
    users,
    verdicts,
)
from cati.services.context import Context
from cati.services.verdicts import Effect
from tests.services.floors import Floor, operator, psql
from tests.services.test_clearances import practised
from tests.services.test_opinions import answered
from tests.station.desk import ANSWERS
from tests.station.office import PASSWORD, runner_of

WHY = "受访者来信，核实中"
FORBIDDEN = "42501"


def test_a_supervisor_steers_cases_and_cells_without_touching_their_rows(
    made: Floor, bureau: Context
) -> None:
    caller, ctx = operator(made, bureau, "zhou"), made.hire(bureau, "lead", Role.SUPERVISOR)
    loaded = programmes.get(ctx)
    case = queue.claim_next(caller, loaded)
    assert case is not None
    assert queue.hand_over(caller, case.case_id, case.epoch)
    steering.set_aside(ctx, loaded, case.case_id, WHY)
    steering.bring_back(ctx, loaded, case.case_id, WHY)
    steering.give(ctx, loaded, case.case_id, caller.actor.user_id, WHY)
    given = queue.claim_next(caller, loaded)
    assert given is not None
    assert given.case_id == case.case_id
    (cell,) = quotas.cells(ctx, loaded)
    assert quotas.pause(ctx, loaded, cell, True, WHY)
    with pytest.raises(CatiError) as refusal:
        steering.set_aside(ctx, loaded, case.case_id, WHY)
    assert refusal.value.code == "case_on_desk"
    # Whoever asks the server itself is held to the same.
    asks = (f"set_case_aside({case.case_id})", f"bring_case_back({case.case_id})")
    script = "".join(f"select {one};\n\\echo :SQLSTATE\n" for one in asks)
    assert psql(made, ctx.actor.login, script).split() == [FORBIDDEN] * 2
    assert supplements.release_replicate(bureau, loaded, "u1", "g1", WHY) == 0


def test_verdicts_take_an_interview_out_and_let_it_in_again(
    made: Floor, bureau: Context, tmp_path: Path
) -> None:
    caller, ctx = operator(made, bureau, "qian"), made.hire(bureau, "lead", Role.SUPERVISOR)
    loaded = programmes.get(ctx)
    runner = runner_of(caller, loaded, tmp_path)
    case = runner.claim()
    assert case is not None
    runner.take(case)
    runner.dial()
    runner.connect()
    for value in ("yes", *ANSWERS[1:]):
        runner.answer(value)
    runner.keep()
    runner.settle("complete")
    _handle_what_was_said(made, bureau, ctx, tmp_path)
    (line,) = review.worklist(ctx, loaded)
    interview = line.interview.interview_id
    assert (
        verdicts.decide(ctx, loaded, interview, Verdict.EXCLUDED, reason="wrong_person") is Effect.PLACE_FREE
    )
    assert [cell.completed for cell in quotas.cells(ctx, loaded)] == [0]
    assert verdicts.decide(ctx, loaded, interview, Verdict.ACCEPTED) is Effect.COUNTED_AGAIN
    assert [cell.completed for cell in quotas.cells(ctx, loaded)] == [1]
    # A case whose interview counts is not counted twice, whoever asks.
    script = f"select count_interview_again({case.case_id});\n\\echo :SQLSTATE\n"
    assert psql(made, ctx.actor.login, script).split() == [FORBIDDEN]
    sent = verdicts.decide(ctx, loaded, interview, Verdict.SENT_BACK, reason="missed")
    assert sent is Effect.CALLED_AGAIN


def _handle_what_was_said(made: Floor, bureau: Context, supervisor: Context, folder: Path) -> None:
    """The bureau codes, sends and takes back what was said; a supervisor reads it and writes nothing."""
    loaded = programmes.get(bureau)
    (said,) = opinions.listing(bureau, loaded).opinions
    opinions.change_codes(bureau, loaded, CodeStep(StepKind.ADD, "road", "道路"))
    opinions.code(bureau, loaded, said.id, ["road"])
    opinions.hide(bureau, loaded, said.id, [said.text[:1]])
    (sent,) = opinion_bundles.send(bureau, loaded, folder / "sent", working_days=3)
    reply = answered(sent.file, folder / "reply.xlsx", {1: ("已办结", "好", None)})
    assert opinion_bundles.take_replies(bureau, loaded, reply).count == 1
    assert dict(follow_ups.foresee(bureau, loaded).willing) == {"u1": 1}
    (read,) = opinions.listing(supervisor, loaded).opinions
    assert (read.codes, read.sent) == (("road",), 1)
    assert opinion_bundles.sent(supervisor, loaded).tallies["u1"].answered == 1
    row = f"{said.id}, false, 'x', now(), {supervisor.actor.user_id}"
    into = "insert into opinion_codings (opinion_id, second, codes, at, user_id)"
    script = f"{into} values ({row});\n\\echo :SQLSTATE\n"
    assert psql(made, supervisor.actor.login, script).split() == [FORBIDDEN]


def test_the_server_itself_asks_for_pledge_and_practice(made: Floor, bureau: Context) -> None:
    ctx = made.hire(bureau, "neu", Role.OPERATOR)
    loaded, me = programmes.get(ctx), ctx.actor.user_id
    claim = (
        f"select o_reason from claim_case({loaded.id}, {me}, 'pc', (select array_agg(id) from groups), "
        "now(), '1 minute', 4, '{}', '{}');\n\\echo :SQLSTATE\n"
    )
    note = (
        "insert into clearances (programme_id, user_id, kind, at, detail) "
        f"values ({loaded.id}, {{who}}, '{{kind}}', now(), '{{detail}}');\n\\echo :SQLSTATE\n"
    )
    forged = (
        note.format(who=me, kind="pledge", detail='{"text": "x", "sha256": "y"}'),
        note.format(who=me, kind="practice", detail='{"version": "1", "interviews": []}'),
        note.format(who=me, kind="practice", detail=f'{{"waived_by": {me}, "reason": "x"}}'),
        note.format(who=bureau.actor.user_id, kind="practice", detail="{}"),
    )
    assert psql(made, ctx.actor.login, claim + "".join(forged)).split() == [FORBIDDEN] * 5
    pledge = pledge_of(loaded.programme)
    clearances.sign(ctx, loaded, pledge, PASSWORD)
    assert psql(made, ctx.actor.login, claim).split() == [FORBIDDEN]
    clearances.pass_practice(ctx, loaded, practised(loaded, 1, 2))
    assert psql(made, ctx.actor.login, claim).split() == ["fresh", "00000"]


def test_nobody_holds_a_case_longer_than_an_hour_at_a_time(made: Floor, bureau: Context) -> None:
    ctx = operator(made, bureau, "sun")
    loaded = programmes.get(ctx)
    case = queue.claim_next(ctx, loaded)
    assert case is not None
    me, then = ctx.actor.user_id, "now() + interval '1 year'"
    script = (
        f"select extend_lease({case.case_id}, {case.epoch}, {me}, {then});\n"
        f"select begin_attempt('{'a' * 36}', {case.case_id}, {case.epoch}, {me}, 'pc', 0, now(), false, "
        "false);\n"
        f"select hold_for_call_back({case.case_id}, {me}, 'pc', {then});\n"
        f"select lease_until < now() + interval '2 hours' from cases where id = {case.case_id};\n"
    )
    assert psql(made, ctx.actor.login, script).split() == [str(loaded.id), "1", "t", "t"]


def test_what_was_drawn_is_not_changed_any_more(made: Floor, bureau: Context) -> None:
    statements = {
        "update draws set seed = 'x'": "UPDATE 0",
        "update draws set state = 'void'": "UPDATE 0",
        "update draw_parties set reveal = 'x'": "UPDATE 0",
        "update frames set current = false": "UPDATE 0",
        "delete from cells": "DELETE 0",
        "delete from contacts": "DELETE 0",
        "update programmes set state = 'setup'": FORBIDDEN,
        "update programmes set state = 'retired'": FORBIDDEN,
        "update programmes set definition = '{}'": FORBIDDEN,
        "insert into cases (programme_id, cell_id, entry_id, person_id, ticket, position, source, state) "
        "select programme_id, cell_id, entry_id, person_id, '0', 99, 'list', 0 from cases limit 1": FORBIDDEN,
        # Lists that come later get a draw of their own: it begins, is not there already, and takes none that
        # was drawn from.
        "insert into draws (programme_id, state, frame_hash, plan_hash, public_name, created_at) "
        "select programme_id, 'held', '', '', '', now() from draws": FORBIDDEN,
        "insert into draws (programme_id, state, frame_hash, plan_hash, public_name, created_at) "
        "select programme_id, 'committed', '', '', '', now() from draws": "INSERT 0 1",
        "insert into drawn_lists select d.id, f.id from draws d, frames f "
        "where d.state = 'committed'": FORBIDDEN,
        **dict.fromkeys(
            (
                f"delete from {table}"
                for table in ("draws", "draw_parties", "frames", "entries", "cases", "audit")
            ),
            FORBIDDEN,
        ),
        **dict.fromkeys(
            ("update entries set row = 9", "update cases set state = 0", "update cells set quota = 1"),
            FORBIDDEN,
        ),
    }
    script = "\\set QUIET off\n" + "".join(f"{one};\n\\echo :SQLSTATE\n" for one in statements)
    said = [line for line in psql(made, bureau.actor.login, script).splitlines() if line != "00000"]
    assert said == list(statements.values())


def test_what_was_never_drawn_may_be_closed_where_nobody_is_to_be_called(
    made: Floor, bureau: Context
) -> None:
    script = (
        "\\set QUIET off\nbegin;\n"
        "insert into programmes (code, definition, plan_hash, recording_public, state, loaded_at, loaded_by) "
        "select 'unasked', definition, plan_hash, recording_public, 'setup', loaded_at, loaded_by "
        "from programmes limit 1;\n"
        "update programmes set state = 'closed' where code = 'unasked';\n"
        "update programmes set state = 'drawn' where code = 'unasked';\n\\echo :SQLSTATE\nrollback;\n"
    )
    said = psql(made, bureau.actor.login, script).splitlines()
    assert said == ["BEGIN", "INSERT 0 1", "UPDATE 1", FORBIDDEN, "ROLLBACK"]


def test_nobody_changes_the_own_roles(made: Floor, bureau: Context) -> None:
    users.add_user(bureau, made.login("guan"), "管", {Role.ADMIN}, PASSWORD)
    users.add_user(bureau, made.login("gong"), "工", {Role.OPERATOR}, PASSWORD)
    change = "update users set roles = '[\"admin\", \"bureau\"]' where login = '{}';\n\\echo :SQLSTATE\n"
    for who in ("guan", "bureau"):
        script = change.format(made.login(who))
        assert psql(made, made.login(who), script).split() == [FORBIDDEN]
    assert psql(made, made.login("guan"), change.format(made.login("gong"))).split() == ["00000"]
