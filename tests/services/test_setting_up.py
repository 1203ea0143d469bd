"""How far the first setting up has come, on either engine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.sound import Heard
from cati.domain.users import Role
from cati.services import audit, programmes, setting_up, sound_tests, users
from cati.services.context import Context
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.station.office import PASSWORD, programme_of


@pytest.fixture
def first(furnished: Furnished) -> Context:
    return furnished(founded)


def founded(database: Database, clock: VirtualClock, _folder: Path) -> Context:
    """The first user of a bureau, signed in."""
    ctx, _recovery = users.init(database, clock, login="li", name="李", password=PASSWORD, station="PC-1")
    return ctx


def test_sound_comes_first_and_then_the_programme_until_one_is_loaded(first: Context) -> None:
    assert setting_up.unfinished(first) == ("sound", "programme")
    sound_tests.skip(first, None, "no headset yet")
    assert setting_up.unfinished(first) == ("programme",)
    programmes.store_programme(first, programme_of())
    assert setting_up.unfinished(first) == ()


def test_sound_is_tested_on_each_station(first: Context) -> None:
    sound_tests.passed(first, Heard.WELL)
    elsewhere = replace(first, actor=replace(first.actor, station="PC-2"))
    assert setting_up.unfinished(first) == ("programme",)
    assert setting_up.unfinished(elsewhere) == ("sound", "programme")


def test_whoever_says_that_the_programme_comes_later_is_asked_no_more(first: Context) -> None:
    setting_up.finish(first)
    assert setting_up.unfinished(first) == ()
    assert ("set_up_finished", "station PC-1") in [
        (entry.action, entry.subject) for entry in audit.newest(first)
    ]


def test_with_a_second_user_the_station_is_set_up_unless_that_one_may_not_sign_in(first: Context) -> None:
    users.add_user(first, "wang", "王", {Role.OPERATOR}, PASSWORD)
    assert setting_up.unfinished(first) == ()
    users.disable_user(first, "wang")
    assert setting_up.unfinished(first) == ("sound", "programme")


def test_who_sets_no_programme_up_is_neither_asked_nor_heard(first: Context) -> None:
    operator = replace(first, actor=replace(first.actor, roles=frozenset({Role.OPERATOR})))
    assert setting_up.unfinished(operator) == ()
    with pytest.raises(CatiError) as refused:
        setting_up.finish(operator)
    assert refused.value.code == "not_allowed"
    assert setting_up.unfinished(first) == ("sound", "programme")
