"""The one list of the office's places: who may enter, which key leads there, and what it is called."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from cati.base.i18n import mark as N_
from cati.domain.users import Right
from cati.gui.action import Mode
from cati.gui.office.place import PlaceKind


def _page(module: str, name: str) -> Callable[..., Any]:
    """The page's class, imported when somebody first goes there."""

    def make(*given: Any) -> Any:
        return getattr(import_module(f"cati.gui.{module}"), name)(*given)

    return make


def _any(*rights: Right) -> frozenset[Right]:
    return frozenset(rights)


PLACES: tuple[PlaceKind, ...] = (
    PlaceKind(
        Mode.OVERVIEW,
        "1",
        N_("Overview"),
        _any(Right.SEE_PROGRESS),
        _page("overview.page", "OverviewPage"),
        needs_programme=False,
    ),
    PlaceKind(
        Mode.PROGRAMMES,
        "2",
        N_("Programme"),
        _any(Right.SEE_PROGRESS),
        _page("programmes.page", "ProgrammesPage"),
        needs_programme=False,
    ),
    PlaceKind(Mode.FRAMES, "3", N_("Lists"), _any(Right.SEE_PROGRESS), _page("frames.page", "FramesPage")),
    PlaceKind(Mode.DRAWS, "4", N_("Draw"), _any(Right.SEE_PROGRESS), _page("draws.page", "DrawsPage")),
    PlaceKind(Mode.QUOTAS, "5", N_("Quotas"), _any(Right.SEE_PROGRESS), _page("quotas.page", "QuotasPage")),
    PlaceKind(Mode.FIELD, "6", N_("Field"), _any(Right.SEE_PROGRESS), _page("field.page", "FieldPage")),
    PlaceKind(Mode.REVIEW, "7", N_("Review"), _any(Right.LISTEN), _page("review.page", "ReviewPage")),
    PlaceKind(Mode.SCORES, "8", N_("Scores"), _any(Right.SEE_SCORES), _page("scoring.page", "ScoresPage")),
    PlaceKind(Mode.EXPORTS, "9", N_("Exports"), _any(Right.EXPORT), _page("exports.page", "ExportsPage")),
    PlaceKind(Mode.OPINIONS, "O", N_("Opinions"), _any(Right.LISTEN), _page("opinions.page", "OpinionsPage")),
    PlaceKind(
        Mode.BALLOTS,
        "B",
        N_("Ballots"),
        _any(Right.KEY_BALLOTS, Right.SETTLE_BALLOTS),
        _page("ballots.page", "BallotsPage"),
    ),
    PlaceKind(
        Mode.SYSTEM,
        "0",
        N_("System"),
        _any(Right.MANAGE_USERS),
        _page("system.page", "SystemPage"),
        needs_programme=False,
    ),
)
