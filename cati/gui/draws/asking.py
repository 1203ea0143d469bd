"""The fields into which parties of a draw type their names and parts."""

from __future__ import annotations

from cati.base.i18n import translate as _
from cati.gui.form import labelled
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, row

PARTIES = 3
"""How many parties may take part in the window; two at least."""


class PartyFields:
    """A line of two fields for each party.

    Args:
        part: words for what a party gives.
    """

    def __init__(self, part: str) -> None:
        self._lines = [
            (LineField(_("Party {number}").format(number=n)), LineField(part, secret=True))
            for n in range(1, PARTIES + 1)
        ]
        self.rows = [Holder(row((labelled(n), 1), (labelled(p), 1), gap=12)) for n, p in self._lines]

    def typed(self) -> list[tuple[str, str]]:
        """Name and part of each line, empty ones too."""
        return [(name.text(), part.text()) for name, part in self._lines]
