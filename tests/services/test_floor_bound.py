"""On a floor a session is believed only what the server can see: its call, its station, hours and shares."""

from __future__ import annotations

from cati.services import attendance, calls, programmes, queue, wishes
from cati.services.context import Context
from tests.services.floors import Floor, operator, psql

FORBIDDEN, DONE = "42501", "00000"


def outcomes(made: Floor, ctx: Context, *statements: str) -> list[str]:
    """How the server answers each statement of one session."""
    script = "".join(f"{statement};\n\\echo = :SQLSTATE\n" for statement in statements)
    lines = psql(made, ctx.actor.login, script).splitlines()
    return [line.removeprefix("= ") for line in lines if line.startswith("= ")]


def test_a_wish_is_what_the_call_just_ended_came_to(made: Floor, bureau: Context) -> None:
    ctx, loaded = operator(made, bureau, "qin"), programmes.get(bureau)
    case = queue.claim_next(ctx, loaded)
    assert case is not None
    calls.begin_attempt(
        ctx,
        loaded,
        attempt_id="a",
        case_id=case.case_id,
        epoch=case.epoch,
        alternate=0,
        at=ctx.clock.now(),
    )

    def wish(kind: str = "refusal", attempt: str = "'a'", numbers: int = 1) -> str:
        hashes = f"array(select sha256(x::text::bytea) from generate_series(1, {numbers}) x)"
        until = "now() + interval '99 years'"
        return f"select note_wish({hashes}, '{kind}', {loaded.id}, now(), {until}, {attempt})"

    ends = (
        "update attempts set disposition = 'refusal_final', connected_at = now(), ended_at = now() "
        "where id = 'a'"
    )
    assert outcomes(made, ctx, wish(attempt="null"), wish()) == [FORBIDDEN] * 2
    for other in (wish("call_again"), wish(numbers=9)):
        assert outcomes(made, ctx, "begin", ends, other, "rollback")[2] == FORBIDDEN
    twice = (wish(numbers=8), "commit", wish(numbers=8))
    assert outcomes(made, ctx, "begin", ends, *twice) == [DONE] * 4 + [FORBIDDEN]
    with made.server.connect(made.name) as keeper:
        kept = keeper.execute("select count(*), max(expires_at) < now() + interval '3 years' from wishes")
        assert kept.fetchall() == [(8, True)]
    wishes.add(bureau, loaded, "13800138000", "asked for it by the hotline")
    assert wishes.of_number(bureau, loaded, "13800138000")


def test_a_station_is_told_of_by_whoever_is_signed_in_there(made: Floor, bureau: Context) -> None:
    first, second = (operator(made, bureau, name) for name in ("he", "lv"))

    def hear(ctx: Context, station: str, name: str, comes: bool) -> str:
        given = f"'{station}', {ctx.actor.user_id}, null, '{name}', '1', 0, null, null, {comes}, false"
        return f"select hear_station({given})"

    assert outcomes(made, first, hear(first, "x", "desk 1", True), hear(first, "x", "desk 7", False)) == [
        DONE,
        DONE,
    ]
    assert outcomes(
        made,
        second,
        hear(second, "x", "desk 2", False),
        hear(second, "x", "desk 2", True),
        hear(second, "y", "desk 2", False),
        hear(second, "y", "desk 2", True),
    ) == [FORBIDDEN, DONE, FORBIDDEN, DONE]
    with made.server.connect(made.name) as keeper:
        told = "select id, name, user_id from stations where id in ('x', 'y') order by id"
        assert keeper.execute(told).fetchall() == [
            ("x", "desk 1", first.actor.user_id),
            ("y", "desk 2", second.actor.user_id),
        ]
        keeper.execute("update stations set heard_at = now() - interval '1 minute' where id = 'x'")
        assert outcomes(made, second, hear(second, "x", "desk 1", True)) == [DONE]
        assert keeper.execute(f"{told} limit 1").fetchall() == [("x", "desk 1", second.actor.user_id)]


def test_hours_and_shares_are_what_the_server_sees_whatever_is_asked(made: Floor, bureau: Context) -> None:
    ctx, others = operator(made, bureau, "yan"), [operator(made, bureau, name) for name in ("hua", "jin")]
    loaded, me = programmes.get(ctx), ctx.actor.user_id
    asks = (
        f"select 'got', o_reason from claim_case({loaded.id}, {me}, 'pc', (select array_agg(id) from groups),"
        " now(), '1 minute', 4000, '{}', '{}')"
    )

    def given() -> bool:
        """Whether a session is given somebody now; it is not kept."""
        return "got|fresh" in psql(made, ctx.actor.login, f"begin;\n{asks};\nrollback;\n")

    with made.server.connect(made.name) as keeper:
        assert given()
        today = "(now() at time zone 'Asia/Shanghai')::date"
        for column, closed, opened in (
            ("calling_until", f"{today} - 1", today),
            ("calling_from", f"{today} + 1", today),
            ("closed_days", f"jsonb_build_array({today})", "'[]'"),
        ):
            keeper.execute(f"update programmes set {column} = {closed}")
            assert not given(), column
            keeper.execute(f"update programmes set {column} = {opened}")
        assert given()
        by_now = "(now() at time zone 'Asia/Shanghai')::time"
        keeper.execute(f"update call_hours set starts = '00:00', ends = {by_now}")
        assert not given()
        assert queue.claim_next(ctx, loaded) is None
        keeper.execute("update call_hours set starts = ends, ends = '24:00'")
        assert given()

        for one in (ctx, *others):
            attendance.clock_in(one)
        done = "insert into interviews (id, case_id, cell_id, state, started_at, user_id) select"
        keeper.execute(
            f"{done} 'i' || c.id, c.id, c.cell_id, 'complete', now(), {me} from cases c order by c.id limit 4"
        )
        assert not given()
        # Whoever names units is believed no more than who names none; the program asks as it is wanted.
        asks = asks.replace("'{}')", "'{0}')")
        assert not given()
        assert queue.claim_next(ctx, loaded) is None
        assert {one.login for one in attendance.colleagues(ctx, loaded)} == {o.actor.login for o in others}
        gone = others[0].actor.user_id
        keeper.execute(
            "insert into stations (id, name, user_id, signed_in_at, heard_at, version, unsent) values "
            f"('z', 'z', {gone}, now(), now() - interval '2 minutes', '1', 0)"
        )
        keeper.execute(f"update attendance set at = at - interval '2 minutes' where user_id = {gone}")
        assert {one.user_id for one in attendance.colleagues(ctx, loaded)} == {others[1].actor.user_id}
        assert given()
