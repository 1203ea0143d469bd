"""From a score down to the answers it is made of."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from cati.base.errors import CatiError
from cati.domain.users import Actor, Role
from cati.services import behind
from tests.services.closed import Season, closed_season


@pytest.fixture
def season(furnished_file: Callable[..., Any]) -> Season:
    found: Season = furnished_file(closed_season)
    return found


def test_every_layer_adds_up_to_the_one_above(season: Season) -> None:
    ctx, loaded = season
    found = behind.unit_behind(ctx, loaded, "区司法局")
    assert found.line.unit.code == "u3"
    phone, public = found.channels
    assert (public.score, public.n, public.groups) == (Fraction(83), None, ())
    assert (phone.n, phone.score) == (9, found.line.channels["phone"].score)
    whole, staff, served = phone.groups
    assert [(g.code, g.n) for g in phone.groups] == [("", 9), ("managed", 3), ("served", 6)]
    assert (30 * (staff.score or 0) + 70 * (served.score or 0)) / 100 == whole.score == phone.score
    first = staff.items[0]
    # Two of the staff are very dissatisfied with item 1, and one is satisfied.
    assert [(a.label, a.count) for a in first.answers] == [("满意", 1), ("很不满意", 2)]
    assert [a.points for a in first.answers] == [Fraction(100), Fraction(40)]
    assert (first.score, first.n) == (Fraction(180, 3), 3)
    listed = behind.interviews_behind(ctx, loaded, "u3", "managed", "item1")
    assert sorted(one.answer or "" for one in listed) == ["1", "4", "4"]
    assert len(behind.interviews_behind(ctx, loaded, "u3", item="item1")) == whole.n
    told = behind.as_json(found)["channels"]["phone"]["groups"]["managed"]["items"]["item1"]
    assert told == {"score": 60.0, "n": 3, "answers": {"1": 1, "4": 2}}


def test_only_who_may_hear_interviews_looks_below_a_score_and_only_after_fieldwork(season: Season) -> None:
    ctx, loaded = season
    for roles in ({Role.OBSERVER}, {Role.SUPERVISOR}, {Role.ADMIN}):
        other = replace(ctx, actor=Actor(ctx.actor.user_id, "x", "X", frozenset(roles), "PC"))
        with pytest.raises(CatiError, match="may not do this"):
            behind.unit_behind(other, loaded, "u1")
        with pytest.raises(CatiError, match="may not do this"):
            behind.interviews_behind(other, loaded, "u1")
    with pytest.raises(CatiError) as unknown:
        behind.unit_behind(ctx, loaded, "区气象局")
    assert unknown.value.code == "unit_not_found"
