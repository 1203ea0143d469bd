"""A bureau whose respondents said something in words, and some of them may be called again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from cati.base.clock import VirtualClock
from cati.domain.programmes import Choice, LoadedProgramme, OpinionCode, Question
from cati.domain.wishes import Wish, expiry
from cati.services import draws
from cati.services.context import Context
from cati.store import wishes
from cati.store.engine import Database
from tests.services.fieldwork import all_lists, cases_of, cell_id, evaluation, interviewed, with_cells

SAID: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "u1": (
        ("窗口排队太久", "yes", "complete"),
        ("请回电13800138000，找我面谈", "yes", "complete"),
        ("没有意见", "yes", "complete"),
        ("停车难", "no", "partial"),
        ("说到一半", "yes", "break_off"),
        ("  ", "yes", "complete"),
    ),
    "u2": (("服务很好", "yes", "complete"),),
}
"""By unit: words, whether they may be called again, how the interview ended."""

CODES = (
    OpinionCode("service", {"zh": "服务态度", "en": "Service"}),
    OpinionCode("speed", {"zh": "办事效率", "en": "Speed"}),
    OpinionCode("none", {"zh": "无具体意见", "en": "Nothing said"}),
)


def opined(database: Database, clock: VirtualClock, folder: Path) -> tuple[Context, LoadedProgramme]:
    """Seven interviews of two units; whoever completed one and agreed is on the list of those."""
    plain = evaluation(quotas=(6, 6))
    again = Question("again", "select_one", {"zh": "可否再次致电"}, "yes_no")
    ctx, loaded = with_cells(
        database,
        clock,
        replace(
            plain,
            settings=replace(plain.settings, call_again="again=yes", bureau="区统计局"),
            questions=(*plain.questions, again),
            choices={**plain.choices, "yes_no": (Choice("yes", {"zh": "是"}), Choice("no", {"zh": "否"}))},
            opinion_codes=CODES,
        ),
    )
    all_lists(ctx, loaded, pool=0)
    draws.draw(ctx, loaded, parties={"a": "1", "b": "2"}, public="3", out=folder / "draw")
    for unit, said in SAID.items():
        cases = cases_of(ctx, cell_id(ctx, loaded, unit, "managed"))
        for case, (words, agreed, state) in zip(cases, said, strict=False):
            interviewed(ctx, case, {"opinion": words, "again": agreed}, state=state)
    agree(ctx, loaded)
    return ctx, loaded


def numbers_of(unit: str) -> list[str]:
    """All numbers of the list whose people were asked about a unit."""
    start = {"u1": 0, "u2": 12}[unit]
    return [f"+8613900{n:06}" for n in range(start, start + 6)]


def agree(ctx: Context, loaded: LoadedProgramme) -> None:
    """Everybody in the two lists has agreed, as a call that completed would have noted."""
    key = ctx.keys.refusal_key()
    hashed = [key.number_hash(number) for unit in SAID for number in numbers_of(unit)]
    with ctx.database.write() as connection:
        now = ctx.now(connection)
        wishes.note(
            connection, hashed, Wish.CALL_AGAIN, programme_id=loaded.id, now=now, expires=expiry(now, 2)
        )
