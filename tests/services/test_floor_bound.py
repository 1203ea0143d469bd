"""On a floor what a session tells is bound to what it holds: the call just ended, the station it is at."""

from __future__ import annotations

from cati.services import calls, programmes, queue, wishes
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
