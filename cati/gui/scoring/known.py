"""What the page of scores knows of a programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cati.domain.overview import Overview
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right

if TYPE_CHECKING:
    from cati.services.adjustments import StoredAdjustment
    from cati.services.scoring import Board


@dataclass(frozen=True)
class Known:
    """All that the page shows; without a board fieldwork is still open."""

    loaded: LoadedProgramme
    overview: Overview
    board: Board | None
    finished: Mapping[tuple[str, str], Decimal]
    points: tuple[StoredAdjustment, ...]

    @property
    def changeable(self) -> bool:
        """Whether scores and points may still be entered."""
        return self.loaded.state in ("setup", "drawn", "closed")

    @property
    def closeable(self) -> bool:
        """In the field; before the draw only where nobody is called, or the last day of calling is past."""
        facts = self.overview.facts
        end = facts.programme.settings.fieldwork_end
        unasked = not facts.programme.has_interviews or (end is not None and facts.today > end)
        return facts.state == "drawn" or (facts.state == "setup" and not facts.draw.state and unasked)

    def has(self, *kinds: str) -> bool:
        """Whether the programme has a channel of one of the kinds."""
        return any(channel.kind in kinds for channel in self.loaded.programme.channels)


def look(session: Any, code: str) -> Known:
    """Read everything anew; points for lists that were late are proposed by whoever may."""
    from cati.services import adjustments, channels, overview, programmes, scoring

    loaded = programmes.get(session, code)
    may = session.actor.may(Right.ADJUST)
    found = overview.look(session, loaded)
    if may and found.facts.scores.late:
        adjustments.propose_late(session, loaded)
    return Known(
        loaded,
        found,
        scoring.board(session, loaded) if loaded.state in ("closed", "retired") else None,
        channels.finished(session, loaded) if may else {},
        adjustments.listing(session, loaded) if may else (),
    )
