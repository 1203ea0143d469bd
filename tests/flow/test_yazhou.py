"""Yazhou 2023 as it was: 34 units' phone lists, 1,700 interviews; and the same on both engines."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from cati.store.engine import Database
from tests.flow.yazhou import check, evaluated

FEW = ("u11", "u13", "u26")
"""Units of both series; of each, one list runs dry."""


@pytest.mark.long
def test_the_whole_evaluation(sqlite_url: str, tmp_path: Path) -> None:
    with closing(Database(sqlite_url)) as database:
        done = evaluated(database, tmp_path / "one")
        check(done)
    assert (done.result.interviews, done.result.cells) == (1700, 68)
    assert len(done.result.supplemented) >= 5


@pytest.mark.long
def test_both_engines_give_the_same_evaluation_for_the_same_seed(
    sqlite_url: str, postgres_url: str, tmp_path: Path
) -> None:
    """A few units of it: all of them on a server are in the long runs."""
    with closing(Database(sqlite_url)) as database:
        one = evaluated(database, tmp_path / "one", units=FEW)
        check(one)
        scores = one.scores()
    with closing(Database(postgres_url)) as database:
        other = evaluated(database, tmp_path / "other", units=FEW)
        check(other)
        assert other.scores() == scores
    assert one.result == other.result
