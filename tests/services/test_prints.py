"""What was printed is written down, and only for who may see it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.users import Role
from cati.services import audit, prints
from cati.services.prints import Print
from cati.store.engine import Database
from tests.services.bureau import bureau_of, programme_of


def test_a_paper_is_noted_and_an_observer_prints_no_attendance(
    database_url: str, clock: VirtualClock
) -> None:
    database = Database(database_url)
    ctx, _programme = bureau_of(database, clock, programme_of([("区教育局", "x")]))
    facts = {"file": "draw.pdf", "pages": 3, "sha256": "ab" * 32}
    observer = replace(ctx, actor=replace(ctx.actor, roles=frozenset({Role.OBSERVER})))
    prints.note(observer, Print.DRAW, "draw yazhou-2023", **facts)  # type: ignore[arg-type]
    with pytest.raises(CatiError) as refused:
        prints.note(observer, Print.ATTENDANCE, "attendance 2024-02", **facts)  # type: ignore[arg-type]
    assert refused.value.code == "not_allowed"
    noted = [entry for entry in audit.newest(ctx) if entry.action == "print"]
    assert [(entry.subject, entry.detail["what"], entry.detail["pages"]) for entry in noted] == [
        ("draw yazhou-2023", "draw", 3)
    ]
    database.close()
