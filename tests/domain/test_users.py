"""Who may do what, and how that is said."""

from __future__ import annotations

import pytest

from cati.base.errors import CatiError
from cati.base.i18n import translate
from cati.domain.users import RIGHT_WORDS, RIGHTS, Actor, Right, Role


def actor(*roles: Role) -> Actor:
    return Actor(1, "guest", "观察员", frozenset(roles), "12")


def test_every_right_has_words_and_a_refusal_says_them() -> None:
    assert set(RIGHT_WORDS) == set(Right)
    assert len(set(RIGHT_WORDS.values())) == len(Right)
    with pytest.raises(CatiError) as refused:
        actor(Role.OPERATOR).require(Right.SEE_NUMBERS)
    assert translate("see phone numbers") in str(refused.value)
    assert "see_numbers" not in str(refused.value)


def test_an_observer_looks_and_never_touches() -> None:
    assert RIGHTS[Role.OBSERVER] == {Right.SEE_PROGRESS, Right.SEE_SCORES}
    assert not actor(Role.OBSERVER).may(Right.SEE_NUMBERS)
