"""The fields into which parties of a draw type their names and parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cati.base.i18n import translate as _
from cati.gui.form import labelled
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, row

WIDTH = 680
"""Of a question at the draw, px at 100 %."""
PARTIES = 3
"""How many parties may take part in the window; two at least."""


def ask_parties(
    place: Place,
    title: str,
    lead: str,
    part: str,
    hint: str,
    button: str,
    send: Callable[[Question, list[tuple[str, str]], str], Any],
) -> Question:
    """Let all parties type their names and parts, and the public value be named.

    Args:
        place, title, lead, button: see `Question`.
        part: words for what a party gives.
        hint: in the field of the public value.
        send: gets the question, name and part of each line, and the public value.
    """
    fields, public = PartyFields(part), LineField(_("Public value"), hint=hint)
    asked = Question(
        place, title, lead, [*fields.rows, labelled(public)], button,
        lambda: send(asked, fields.typed(), public.text()), width=WIDTH,
    )  # fmt: skip
    return asked


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
