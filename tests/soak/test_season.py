"""The whole evaluation of Yazhou 2023 on a server gives what it gives in a file."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from cati.store.engine import Database
from tests.flow.yazhou import check, evaluated


def test_both_engines_give_the_same_whole_evaluation_for_the_same_seed(
    sqlite_url: str, postgres_url: str, tmp_path: Path
) -> None:
    with closing(Database(sqlite_url)) as database:
        one = evaluated(database, tmp_path / "one")
        check(one)
        scores = one.scores()
    with closing(Database(postgres_url)) as database:
        other = evaluated(database, tmp_path / "other")
        check(other)
        assert other.scores() == scores
    assert one.result == other.result
    assert (other.result.interviews, other.result.cells) == (1700, 68)
