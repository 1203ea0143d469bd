"""The fields into which points are written that a unit claims for a ticket of the hotline."""

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


class ClaimFields(Holder):
    """Ticket, ground, points, day and evidence of a claim."""

    def __init__(self) -> None:
        self.ticket = LineField(_("Ticket number"))
        self.ground = Chooser(_("Ground"), [Segment(code, _(words)) for code, words in GROUNDS.items()], 300)
        self.points = LineField(_("Points claimed"), hint="0.05")
        self.day = LineField(_("Day handed in; empty: today"), hint="2024-01-25")
        self.evidence = LineField(_("Evidence handed in"))
        ground = Holder(column(Text(_("Ground"), 14, "ink2"), self.ground, gap=4))
        super().__init__(
            row(
                (labelled(self.ticket), 2),
                ground,
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

    def work(self, session: Context, loaded: LoadedProgramme) -> Callable[[], StoredAdjustment]:
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
            from cati.services import hotline

            return hotline.claim(session, loaded, number, ground, points, evidence, claimed_on=day)

        return work

    def clear(self) -> None:
        """Empty the fields after something was stored."""
        for field in (self.ticket, self.points, self.day, self.evidence):
            field.clear()
