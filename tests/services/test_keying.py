"""Ballots keyed twice, settled by a third, and scored as those of a file are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.ballots import Line
from cati.domain.clearances import pledge_for, pledge_of
from cati.domain.programmes import MAIL, Group
from cati.domain.users import Right, Role
from cati.services import audit, ballots, clearances, keying, scoring, sets, third_look, users
from cati.services.context import Context
from cati.services.keying import Desk
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.cleared import cleared
from tests.services.fieldwork import close_fieldwork, with_cells
from tests.services.test_ballots import Bureau, public, yufeng_like

PASSWORD = "long enough 1"
GOOD, BAD = ("good",), ("bad",)


@pytest.fixture
def bureau(furnished: Furnished) -> Bureau:
    return furnished(_bureau)


def _bureau(database: Database, clock: VirtualClock, folder: Path) -> Bureau:
    return with_cells(database, clock, yufeng_like())


def hired(ctx: Context, login: str, *roles: Role) -> Context:
    made = users.add_user(ctx, login, login, roles, PASSWORD)
    actor = replace(ctx.actor, user_id=made.id, login=login, name=login, roles=frozenset(roles))
    return replace(ctx, actor=actor, session_id=f"session-{login}")


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(CatiError) as error:
        work()
    return error.value.code


def keyed(ctx: Context, bureau: Bureau, number: int, *lines: Line) -> Desk:
    """Key a ballot, a line for each of its units."""
    loaded = bureau[1]
    [progress] = keying.progress(ctx, loaded)
    desk = keying.take_in_hand(ctx, loaded, progress.keying.id, number)
    assert desk is not None
    keying.finish(ctx, loaded, desk, dict(zip([u.code for u in desk.units], lines, strict=True)))
    return desk


def test_ballots_keyed_twice_and_settled_score_as_those_of_a_file(bureau: Bureau, tmp_path: Path) -> None:
    ctx, loaded = bureau
    opened = keying.open_keying(ctx, loaded, "public", 3, group="干部", by_item=True)
    assert keying.open_keying(ctx, loaded, "public", 2, group="cadres") == replace(opened, ballots=2)
    li, wang = (cleared(hired(ctx, login, Role.CLERK)) for login in ("li", "wang"))
    cleared(ctx)
    chief = hired(ctx, "chief", Role.SUPERVISOR)
    # What was keyed of a ballot is there again after the window died.
    desk = keying.take_in_hand(li, loaded, opened.id)
    assert desk is not None
    assert (desk.ballot, desk.lines, desk.keying.by_item) == (1, {}, True)
    assert desk.items[0].answers == {"1": "good", "2": "fair", "3": "bad"}
    first, other = (unit.code for unit in desk.units)
    keying.keep_lines(li, loaded, desk, {first: GOOD})
    assert refused(lambda: keying.finish(li, loaded, desk, {other: (".",)})) == "ballot_not_whole"
    assert refused(lambda: keying.finish(li, loaded, desk, {other: ("junk",)})) == "ballot_not_whole"
    again = keying.take_in_hand(li, loaded, opened.id)
    assert again is not None
    assert (again.id, again.lines) == (desk.id, {first: GOOD})
    # The second keying sees nothing of the first, and the same person never gets it.
    assert keying.take_in_hand(wang, loaded, opened.id, 1).lines == {}  # type: ignore[union-attr]
    assert refused(lambda: keying.keep_lines(wang, loaded, desk, {first: BAD})) == "ballot_not_in_hand"
    keying.finish(li, loaded, again, {other: GOOD})
    assert refused(lambda: keying.keep_lines(li, loaded, again, {first: BAD})) == "ballot_not_in_hand"
    keyed(li, bureau, 1, GOOD, ("-",))
    keyed(wang, bureau, 1, BAD, GOOD)
    assert refused(lambda: keying.take_in_hand(li, loaded, opened.id, 1)) == "ballot_keyed_twice"
    assert refused(lambda: keying.take_in_hand(ctx, loaded, opened.id, 1)) == "ballot_keyed_twice"
    assert refused(lambda: keying.take_in_hand(li, loaded, opened.id, 3)) == "ballot_unknown"
    assert refused(lambda: third_look.take(ctx, loaded, opened.id)) == "keying_not_whole"
    keyed(li, bureau, 2, GOOD, BAD)
    assert keying.take_in_hand(li, loaded, opened.id) is None
    keyed(wang, bureau, 2, GOOD, BAD)
    [found] = keying.progress(chief, loaded)
    assert (found.once, found.twice, found.differing, found.open) == (2, 2, 2, 2)
    assert keying.progress(li, loaded)[0].differing is None
    one, two = third_look.doubts(chief, loaded, opened.id)
    assert [(d.difference.first, d.difference.second, d.look) for d in (one, two)] == [
        ("good", "bad", None),
        ("-", "good", None),
    ]
    assert (
        refused(lambda: third_look.settle(chief, loaded, opened.id, one.difference, "8")) == "look_no_answer"
    )
    assert third_look.settle(chief, loaded, opened.id, one.difference, "3") == "bad"
    assert third_look.settle(chief, loaded, opened.id, one.difference, "1") == "good"
    assert third_look.settle(chief, loaded, opened.id, two.difference, "-") == "-"
    # The key that the grid has for it serves too.
    assert third_look.settle(chief, loaded, opened.id, two.difference, ".") == "-"
    [found] = keying.progress(ctx, loaded)
    assert found.is_ready
    taken = third_look.take(ctx, loaded, opened.id)
    assert (taken.ballots, taken.void, taken.group, taken.file) == (2, 1, "cadres", "")
    assert refused(lambda: keying.take_in_hand(li, loaded, opened.id)) == "keying_taken"

    close_fieldwork(ctx, loaded)

    def scores() -> list[object]:
        return [line.channels["public"].score for line in scoring.score(ctx, loaded)]

    keyed_scores = scores()
    sets.withdraw(ctx, loaded, ballots.SETS, taken.id, "again from a file")
    assert keying.progress(ctx, loaded)[0].is_ready
    ballots.take(
        ctx, loaded, "public", public(tmp_path / "p.xlsx", ("满意", None), ("满意", "不满意")), group="cadres"
    )
    assert scores() == keyed_scores
    assert audit.verify(ctx) is None


def test_only_who_may_keys_settles_and_takes(bureau: Bureau) -> None:
    ctx, loaded = bureau
    opened = keying.open_keying(ctx, loaded, "public", 1, group="cadres")
    assert refused(lambda: keying.open_keying(ctx, loaded, "public", 0, group="cadres")) == "keying_number"
    assert refused(lambda: keying.open_keying(ctx, loaded, "phone", 1)) == "channel_unknown"
    li = hired(ctx, "li", Role.CLERK)
    assert not li.actor.may(Right.SEE_PROGRESS)
    # Whoever keys signs the pledge of ballots first; who runs the programme, that of calls and ballots.
    pledge = pledge_of(loaded.programme, calls=False, ballots=True)
    assert refused(lambda: keying.take_in_hand(li, loaded, opened.id)) == "pledge_before_keying"
    assert refused(lambda: keying.take_in_hand(ctx, loaded, opened.id)) == "pledge_before_keying"
    assert (
        refused(lambda: clearances.sign(li, loaded, pledge_of(loaded.programme), PASSWORD)) == "pledge_other"
    )
    assert pledge_for(loaded.programme, ctx.actor) == pledge_of(loaded.programme, ballots=True)
    assert not any("interview" in words for words in pledge.text.splitlines())
    assert refused(lambda: clearances.sign(li, loaded, pledge, "not the password")) == "signature_wrong"
    clearances.sign(li, loaded, pledge, PASSWORD)
    assert keying.take_in_hand(li, loaded, opened.id) is not None
    newest = replace(loaded, id=loaded.id + 1)
    assert keying.most_to_do_first(li, (newest, loaded)) == (loaded, newest)
    [standing] = [one for one in clearances.listing(ctx, loaded) if one.login == "li"]
    assert (standing.pledge is not None, standing.interviews) == (True, False)
    watcher = hired(ctx, "guan", Role.OBSERVER, Role.OPERATOR)
    for work in (
        lambda: keying.open_keying(li, loaded, "public", 1),
        lambda: third_look.doubts(li, loaded, opened.id),
        lambda: third_look.take(li, loaded, opened.id),
        lambda: keying.progress(watcher, loaded),
        lambda: keying.take_in_hand(watcher, loaded, opened.id),
    ):
        assert refused(work) == "not_allowed"
    keyed(li, bureau, 1, GOOD, GOOD)
    keyed(cleared(ctx), bureau, 1, GOOD, BAD)
    assert refused(lambda: keying.open_keying(ctx, loaded, "public", 0, group="cadres")) == "keying_number"
    [doubt] = third_look.doubts(ctx, loaded, opened.id)
    # There is nobody else yet who could look: with two people the paper lies before both.
    assert third_look.settle(ctx, loaded, opened.id, doubt.difference, "*") == "*"
    chief = hired(ctx, "chief", Role.SUPERVISOR)
    assert (
        refused(lambda: third_look.settle(ctx, loaded, opened.id, doubt.difference, "1")) == "look_by_keyer"
    )
    assert third_look.settle(chief, loaded, opened.id, doubt.difference, "不满意") == "bad"


def test_a_mailed_questionnaire_is_keyed_about_its_own_unit_alone(bureau: Bureau) -> None:
    ctx, loaded = bureau
    staff = Group("cadres", "干部", None, 0, list_kind=MAIL)
    loaded = replace(loaded, programme=replace(loaded.programme, mailed=(staff,)))
    opened = keying.open_keying(ctx, loaded, "public", 1, group="cadres")
    cleared(ctx)
    desk = keying.take_in_hand(ctx, loaded, opened.id)
    assert desk is not None
    assert desk.about_one
    first, other = (unit.code for unit in desk.units)
    assert refused(lambda: keying.finish(ctx, loaded, desk, {})) == "ballot_not_whole"
    keying.finish(ctx, loaded, desk, {first: GOOD})
    li = cleared(hired(ctx, "li", Role.CLERK))
    second = keying.take_in_hand(li, loaded, opened.id)
    assert second is not None
    # The wrong unit was typed first: nothing is left of it.
    keying.keep_lines(li, loaded, second, {other: BAD})
    keying.finish(li, loaded, second, {other: (".",), first: GOOD})
    [found] = keying.progress(ctx, loaded)
    assert (found.twice, found.differing) == (1, 0)
    taken = third_look.take(ctx, loaded, opened.id)
    assert (taken.ballots, taken.void) == (1, 0)
