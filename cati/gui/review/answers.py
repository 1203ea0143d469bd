"""Questions and answers of the interview: to be looked at, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt

from cati.base.i18n import translate as _
from cati.domain.interview import READ
from cati.domain.programmes import Programme
from cati.domain.signal_words import clock, short, whole
from cati.domain.signals import ItemTime, Signal
from cati.gui.review.words import answer_words, item_name
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Cell, Column, Table
from cati.gui.widgets.text import Name, Text


class AnswerRow(NamedTuple):
    """One question as it is listed.

    Attributes:
        number: of an evaluated item; empty for other questions.
        place_ms: where it was asked; None when that was not recorded.
        signal: a few words; empty without one.
    """

    item: str
    number: str
    name: str
    answer: str
    place_ms: int | None
    seconds: float | None
    signal: str


def answer_rows(
    programme: Programme, times: Sequence[ItemTime], signals: Sequence[Signal]
) -> tuple[AnswerRow, ...]:
    """The questions in the order asked, without words that are only read out."""
    numbers = item_numbers(programme)
    said = {item: words for signal in signals if (words := short(signal)) for item in signal.items}
    return tuple(
        AnswerRow(
            time.item,
            str(numbers.get(time.item, "")),
            item_name(programme, time.item),
            answer_words(programme, time.item, time.value),
            time.start_ms,
            time.seconds,
            said.get(time.item, ""),
        )
        for time in times
        if time.value != READ
    )


def item_numbers(programme: Programme) -> Mapping[str, int]:
    """The evaluated questions as they are counted, by name."""
    return {item.name: number for number, item in enumerate(programme.items, start=1)}


class AnswerSheet(Surface):
    """The list on paper, with how long each answer took."""

    def __init__(self) -> None:
        columns = (
            Column("number", _("No."), 34),
            Column("name", _("Question"), 100, grows=1),
            Column("answer", _("Answer"), 112, grows=1),
            Column("place", _("At"), 54, gives_way=1),
            Column("seconds", _("Time used"), 60),
            Column("signal", _("Signal"), 108, grows=1),
        )
        nothing = _("No answer was given")
        self.table = Table(_("Questions and answers"), columns, _cells, lambda r: r.item, nothing, 26, 21)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._reading = Text(size=13, ink="ink2")
        hint = Name((13, 12), ink="ink2", bold=False)
        hint.set_text(_("only to look at"))
        head = row(Text(_("Questions and answers"), 15, bold=True), (hint, 1), self._reading, gap=8)
        super().__init__(column(head, (self.table, 1), gap=4, margins=(14, 10, 12, 8)))

    def show_answers(self, rows: Sequence[AnswerRow], reading: Mapping[str, float]) -> None:
        """Show another interview."""
        self.table.show_rows(rows)
        seconds = sorted(reading.values())
        words = ""
        if seconds:
            least, most = whole(seconds[0]), whole(seconds[-1])
            span = least if least == most else f"{least}–{most}"
            words = _("reading one aloud takes {span} s").format(span=span)
        self._reading.set_text(words)


def _cells(answer: AnswerRow) -> Sequence[Cell | str]:
    ink = "warn" if answer.signal else "ink2"
    seconds = "" if answer.seconds is None else _("{seconds} s").format(seconds=whole(answer.seconds))
    return (
        Cell(answer.number, "ink2"),
        answer.name,
        Cell(answer.answer, bold=True),
        Cell("" if answer.place_ms is None else clock(answer.place_ms), "ink2"),
        Cell(seconds, ink, bool(answer.signal)),
        Cell(answer.signal, "warn", icon="warning" if answer.signal else None),
    )
