"""What is entered, taken and decided over the scores: each on a sheet of its own, for whoever may."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.programmes import BALLOT_KINDS
from cati.domain.undecided import Undecided
from cati.domain.users import Right
from cati.gui.scoring import asking
from cati.gui.scoring.claims import ClaimsSheet
from cati.gui.scoring.hotline import HotlineSheet
from cati.gui.scoring.known import Known
from cati.gui.scoring.papers import PapersSheet
from cati.gui.scoring.sets import look_at_sets
from cati.gui.scoring.survey import SurveySheet

if TYPE_CHECKING:
    from cati.gui.scoring.page import ScoresPage


class ScoreSheets:
    """Opens the sheets.

    Args:
        page: they lie over it.
    """

    def __init__(self, page: ScoresPage) -> None:
        self._page = page

    def handlers(self, known: Known) -> dict[str, Callable[..., Any]]:
        """What can be done as the programme stands, by whoever signed in."""
        may, programme = self._page.office.may, known.loaded.programme
        found: dict[str, Callable[..., Any]] = {}
        if may(Right.ADJUST) and known.changeable:
            found |= {
                "score_points": self._ask_points,
                "score_enter": self._ask_score,
                "score_file": self._ask_file,
            }
            if known.has("hotline"):
                found["score_hotline"] = self._look_at_hotline
            if known.has("web"):
                found["score_survey"] = self._ask_survey
            if known.board is not None:
                found["score_sign"] = self._ask_approval
        if may(Right.ADJUST) and known.has("web", *BALLOT_KINDS):
            found["score_sets"] = self._look_at_sets
        if may(Right.SEE_PROGRESS) and programme.claims:
            found["score_claims"] = self._look_at_claims
        if may(Right.EXPORT) and known.board is not None:
            found["score_papers"] = self._ask_papers
        if may(Right.CLOSE_FIELDWORK) and known.closeable:
            found["score_close"] = self._ask_closing
        return found

    @property
    def _known(self) -> Known:
        known = self._page.known
        assert known is not None
        return known

    def _ask_papers(self) -> None:
        PapersSheet(self._page, self._known.loaded)

    def _ask_points(self) -> None:
        code, loaded = self._page.unit_code(), self._known.loaded
        if code:
            known = [a for a in self._known.points if a.unit == code]
            counted = loaded.programme.adjustments and not asking.open_rules(loaded.programme)
            if counted and not any(a.state == "proposed" for a in known):
                self._page.office.tell(_("Points are counted for tickets here: H, claim points."))
                return
            asking.ask_points(self._page, loaded, loaded.programme.unit(code), known, self._page.refresh)

    def _ask_score(self) -> None:
        code, loaded, others = self._page.unit_code(), self._known.loaded, self._others()
        if code and others:
            score = self._known.finished.get((others[0], code))
            asking.ask_score(self._page, loaded, loaded.programme.unit(code), score, self._next_unit)

    def _next_unit(self) -> None:
        """Whoever enters scores by hand goes on with the next unit."""
        self._page.walk("Down")
        self._page.refresh()

    def _others(self) -> list[str]:
        return [channel.code for channel in self._known.loaded.programme.other_channels]

    def _ask_file(self) -> None:
        if self._others():
            asking.ask_file(self._page, self._known.loaded, self._say_taken)

    def _say_taken(self, count: int) -> None:
        words = ngettext(
            "The score of {count} unit was taken.", "The scores of {count} units were taken.", count
        )
        self._page.office.tell(words.format(count=count))
        self._page.refresh()

    def _look_at_sets(self) -> None:
        look_at_sets(self._page, self._known.loaded, self._page.refresh)

    def _ask_survey(self) -> None:
        SurveySheet(self._page, self._known.loaded, self._page.refresh)

    def _look_at_claims(self) -> None:
        from cati.services import claims

        page, loaded, session = self._page, self._known.loaded, self._page.office.session
        page.office.ask(
            page, lambda: claims.listing(session, loaded), lambda found: ClaimsSheet(page, loaded, found)
        )

    def _look_at_hotline(self) -> None:
        from cati.services import hotline

        page, loaded, session = self._page, self._known.loaded, self._page.office.session
        page.office.ask(
            page,
            lambda: hotline.board(session, loaded),
            lambda found: HotlineSheet(page, loaded, found, page.refresh),
        )

    def _ask_approval(self) -> None:
        board = self._known.board
        undecided = Undecided() if board is None else board.undecided
        asking.ask_approval(self._page, self._known.loaded, undecided, self._page.refresh)

    def _ask_closing(self) -> None:
        known = self._known
        if known.board is None:
            missing = known.loaded.programme.quota - known.overview.facts.completed
            asking.ask_closing(self._page, known.loaded, missing, lambda _loaded: self._page.refresh())
