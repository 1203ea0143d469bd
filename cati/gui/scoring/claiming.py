"""The fields into which points are written that a unit claims for a ticket of the hotline, or is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.hotline import GROUNDS
from cati.domain.programmes import LoadedProgramme
from cati.gui.form import labelled
from cati.gui.register.pages import day_in
from cati.gui.widgets.chooser import Chooser
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.segments import Segment
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.adjustments import StoredAdjustment
    from cati.services.context import Context


Work = Callable[[], "StoredAdjustment"]


def _grounds() -> Chooser:
    return Chooser(_("What for"), [Segment(code, _(words)) for code, words in GROUNDS.items()], 300)


def _labelled(chooser: Chooser) -> Holder:
    return Holder(column(Text(_("What for"), 14, "ink2"), chooser, None, gap=4))


class ClaimFields(Holder):
    """Ticket, ground, points, day and evidence of a claim."""

    def __init__(self) -> None:
        self.ticket = LineField(_("Ticket number"))
        self.ground = _grounds()
        self.points = LineField(_("Points claimed"), hint="0.05")
        self.day = LineField(_("Day handed in; empty: today"), hint="2024-01-25")
        self.evidence = LineField(_("Evidence handed in"))
        super().__init__(
            row(
                (labelled(self.ticket), 2),
                _labelled(self.ground),
                (labelled(self.points), 2),
                (labelled(self.day), 3),
                (labelled(self.evidence), 4),
                gap=8,
            )
        )

    @property
    def needed(self) -> Sequence[LineField]:
        """What has to be filled in."""
        return self.ticket, self.points, self.evidence

    def work(self, session: Context, loaded: LoadedProgramme) -> Work:
        """What the fields say to do, for the worker.

        Raises:
            CatiError: ``claim_points_typed``, ``day_unreadable``.
        """
        try:
            points = Decimal(self.points.text().strip())
        except InvalidOperation as error:
            raise CatiError(
                "claim_points_typed",
                N_("“{text}” is no number of points. Nothing was changed. Type it such as 0.05."),
                text=self.points.text(),
            ) from error
        number, ground, evidence = self.ticket.text(), self.ground.code, self.evidence.text()
        day = day_in(self.day) if self.day.text().strip() else None

        def work() -> StoredAdjustment:
            from cati.services import hotline_claims

            return hotline_claims.claim(session, loaded, number, ground, points, evidence, claimed_on=day)

        return work

    def clear(self) -> None:
        """Empty the fields after something was stored."""
        for field in (self.ticket, self.points, self.day, self.evidence):
            field.clear()


class TurnDownFields(Holder):
    """Ticket and ground of a claim that does not count, and why."""

    def __init__(self) -> None:
        self.ticket = LineField(_("Ticket number"))
        self.ground = _grounds()
        self.why = LineField(_("Why it does not count"))
        super().__init__(
            row((labelled(self.ticket), 2), _labelled(self.ground), (labelled(self.why), 6), gap=8)
        )

    @property
    def needed(self) -> Sequence[LineField]:
        """What has to be filled in."""
        return self.ticket, self.why

    def work(self, session: Context, loaded: LoadedProgramme) -> Work:
        """What the fields say to do, for the worker."""
        number, ground, why = self.ticket.text(), self.ground.code, self.why.text()

        def work() -> StoredAdjustment:
            from cati.services import hotline_claims

            return hotline_claims.turn_down(session, loaded, number, ground, why)

        return work

    def clear(self) -> None:
        """Empty the fields after something was stored."""
        for field in self.needed:
            field.clear()
