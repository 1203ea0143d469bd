"""What came back of questionnaires that were mailed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from sqlalchemy import func, select

from cati.domain.ballots import NONE_TICKED
from cati.store.engine import Connection
from cati.store.tables import ballot_lines, ballot_sets, units


def returned(
    connection: Connection, programme_id: int, groups: Collection[str]
) -> dict[tuple[str, str], int]:
    """Ballots about each unit that were taken from people of each group, by codes of unit and group.

    A questionnaire is about its sender's own unit: a line without a tick is of one about another unit.
    """
    rows = connection.execute(
        select(units.c.code, ballot_sets.c.group_code, ballot_lines.c.answers, func.count())
        .select_from(ballot_lines)
        .join(ballot_sets, ballot_sets.c.id == ballot_lines.c.set_id)
        .join(units, units.c.id == ballot_lines.c.unit_id)
        .where(
            ballot_sets.c.programme_id == programme_id,
            ballot_sets.c.group_code.in_(groups),
            ballot_sets.c.withdrawn_at.is_(None),
        )
        .group_by(units.c.code, ballot_sets.c.group_code, ballot_lines.c.answers)
    )
    found: Counter[tuple[str, str]] = Counter()
    for unit, group, answers, count in rows:
        if set(answers.split(" ")) != {NONE_TICKED}:
            found[unit, group] += count
    return dict(found)
