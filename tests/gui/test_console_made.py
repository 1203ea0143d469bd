"""How a console comes to be: part by part, so that no key and no picture waits for all of it."""

from __future__ import annotations

from typing import Any

import pytest

from cati.domain.call import Phase
from cati.gui.console.console import Console
from cati.gui.console.question import QuestionScreen
from cati.station.workplace import Workplace
from tests.gui.operators import Operator

pytestmark = pytest.mark.usefixtures("look")


def test_it_is_made_part_by_part_and_one_that_is_left_before_its_end_is_never_opened(
    operator: Operator,
) -> None:
    opened: list[str] = []
    made: dict[str, Console] = {}

    def go_to(name: str) -> None:
        def workplace(**wiring: Any) -> Workplace:
            opened.append(name)
            return operator._make_workplace(**wiring)

        def make() -> Console:
            made[name] = Console(operator.shell, workplace)
            return made[name]

        operator.shell.change_place(make)

    go_to("first")
    assert made["first"].findChildren(QuestionScreen) == []
    go_to("second")
    operator.wait(lambda: made["second"].is_made)
    operator.wait_for(Phase.READY)
    assert opened == ["second"]
    # Time goes on: what the first one was to become is gone with it.
    assert operator.console is made["second"]
    assert len(operator.shell.findChildren(QuestionScreen)) == 1
