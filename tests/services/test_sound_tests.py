"""Sound tests of a shift, on either engine."""

from __future__ import annotations

import pytest

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.programmes import LoadedProgramme
from cati.domain.sound import Heard
from cati.domain.users import Role
from cati.services import attendance, audit, sound_tests
from cati.services.board import Sound
from cati.services.context import Context
from tests.services.test_board import line_of, season
from tests.services.test_messages import hired

__all__ = ["season"]


def test_a_test_is_due_once_a_day_at_each_station_and_the_board_shows_who_skipped(
    season: tuple[Context, LoadedProgramme],
) -> None:
    ctx, loaded = season
    operator = hired(ctx, "wang", "王丽", Role.OPERATOR)
    assert line_of(ctx, loaded, operator).sound is Sound.NOT_IN
    attendance.clock_in(operator)
    assert sound_tests.due(operator)
    assert line_of(ctx, loaded, operator).sound is Sound.UNTESTED
    with pytest.raises(CatiError, match="reason"):
        sound_tests.skip(operator, None, " ")
    sound_tests.skip(operator, Heard.SILENT, "the loudspeaker  is broken")
    assert not sound_tests.due(operator)
    assert line_of(ctx, loaded, operator).sound is Sound.UNTESTED
    sound_tests.passed(operator, Heard.WELL)
    assert line_of(ctx, loaded, operator).sound is Sound.TESTED
    noted = {entry.action: entry.detail for entry in audit.newest(ctx)}
    assert noted["sound_test_passed"]["heard"] == "well"
    assert noted["sound_test_skipped"]["reason"] == "the loudspeaker is broken"
    assert isinstance(ctx.clock, VirtualClock)
    ctx.clock.advance(86_400)
    assert sound_tests.due(operator)
    assert line_of(ctx, loaded, operator).sound is Sound.NOT_IN
