"""The chosen cell explained in words, with what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.attendance import LOCAL
from cati.domain.queue import CaseState
from cati.gui.actions import Keys
from cati.gui.office.words import date_words
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.surface import Surface, Tag
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.quotas import CellDetail


class DetailPaper(Surface):
    """List, people called, people left, outlook; and the three things to do.

    Args:
        keys: the buttons do the same as the keys.
        may_act: whether whoever looks may open the pool, release and pause.
    """

    def __init__(self, keys: Keys, may_act: bool) -> None:
        self._name, self._state = (
            Text(size=16, bold=True, elide=True),
            Tag("", "warn", "warn_s", "warning", None),
        )
        self._lines = {
            _("List"): Text(size=14, elide=True),
            _("Called"): Text(size=14, elide=True),
            _("Left"): Text(size=14, elide=True),
            _("Outlook"): Text(size=14, elide=True),
            _("Decided"): Text(size=14, elide=True),
        }
        self.supplement = Button(_("Open the public pool"), "B", Kind.PRIMARY, 14, 32)
        self.release = Button(_("Release the next batch"), "R", Kind.PLAIN, 14, 32)
        self.cases = Button(_("See its cases"), "Enter", Kind.PLAIN, 14, 32)
        for button, action in (
            (self.supplement, "quota_supplement"),
            (self.release, "quota_release"),
            (self.cases, "quota_cases"),
        ):
            button.clicked.connect(lambda _checked=False, name=action: keys.trigger(name))
        # The key bar says it, and has the room.
        self.supplement.give_reason(beside=False)
        self.release.give_reason(beside=False)
        if not may_act:
            self.supplement.hide()
            self.release.hide()
        lines = [
            row(Text(name, 13, "ink2", width=72), (text, 1), gap=8) for name, text in self._lines.items()
        ]
        super().__init__(
            column(
                row((self._name, 1), self._state, gap=8),
                *lines,
                None,
                row(self.supplement, self.release, self.cases, None, gap=6),
                gap=3,
                margins=(16, 6, 16, 6),
            ),
            edge="ink",
            radius=8,
        )
        self._state.hide()

    def show_cell(self, name: str, found: CellDetail, over: str) -> None:
        """Explain a cell.

        Args:
            name: of unit and group.
            found: everything about it.
            over: why nothing can be done about it any more; empty while something can.
        """
        self._name.set_text(name)
        words = (
            _list_words(found),
            _called_words(found),
            _left_words(found),
            _missing_words(found) if over else _outlook_words(found),
            _step_words(found),
        )
        for text, said in zip(self._lines.values(), words, strict=True):
            text.set_text(said)
            text.setToolTip(said)
        cell = found.progress
        said = over or (_("paused") if cell.paused else _("list used up") if cell.dry else "")
        self._state.setVisible(bool(said))
        if said:
            self._state.set_text(said)
        self.supplement.set_off(over or why_no_pool(found))
        waiting = found.states.get(CaseState.RESERVE, 0)
        self.release.set_off(over or ("" if waiting else _("no reserve")))


def why_no_pool(found: CellDetail) -> str:
    """Why the public pool is not opened for a cell while people are called; empty when it may be."""
    if not found.takes_pool:
        return _("followed up: no pool")
    return "" if found.progress.dry else _("not used up")


def _list_words(found: CellDetail) -> str:
    if found.usable is None:
        return _("no list")
    words = ngettext("{count} usable row", "{count} usable rows", found.usable).format(count=found.usable)
    return words + (_(", short when it was handed in") if found.short else "")


def _called_words(found: CellDetail) -> str:
    cell, ended = found.progress, found.ended
    unreached = sum(count for category, count in ended.items() if category in ("UH", "UO", "NC", "O"))
    words = _("completed {done} · refused {refused} · not eligible {out} · not reached {unreached}")
    said = words.format(
        done=cell.completed,
        refused=ended.get("R", 0) + ended.get("P", 0),
        out=ended.get("NE", 0),
        unreached=unreached,
    )
    return said + (_(" · of the public pool {count}").format(count=cell.from_pool) if cell.from_pool else "")


def _left_words(found: CellDetail) -> str:
    states = found.states
    words = _(
        "fresh {fresh} · call again {again} · appointments {agreed} · reserve {reserve} · under way {held}"
    )
    return words.format(
        fresh=states.get(CaseState.FRESH, 0),
        again=states.get(CaseState.CALLBACK, 0) + states.get(CaseState.PARKED, 0),
        agreed=states.get(CaseState.APPOINTMENT, 0),
        reserve=states.get(CaseState.RESERVE, 0),
        held=states.get(CaseState.HELD, 0),
    )


def _missing_words(found: CellDetail) -> str:
    """What became of a cell in which nobody is called any more."""
    missing = found.progress.quota - found.progress.completed
    return _("{count} short of the quota, and stays so").format(count=missing) if missing > 0 else _("full")


def _outlook_words(found: CellDetail) -> str:
    cell, outlook = found.progress, found.outlook
    if cell.completed >= cell.quota:
        return _("full")
    if outlook is None:
        return _("nobody was called to an end yet")
    if outlook.low >= cell.quota:
        return _("the quota will be reached")
    words = _("ends at {low} to {high} of {quota} as people answered so far")
    return words.format(low=outlook.low, high=outlook.high, quota=cell.quota)


def _step_words(found: CellDetail) -> str:
    """What was decided last by hand, who decided it, when and why."""
    step = found.step
    if step is None:
        return _("nothing by hand; batches follow by themselves")
    count = step.cases or 0
    what = {
        "release": ngettext("{count} person released", "{count} people released", count),
        "supplement": ngettext("{count} person of the pool added", "{count} people of the pool added", count),
        "pause": _("paused"),
        "resume": _("going on"),
    }[step.kind].format(count=count)
    at = step.at.astimezone(LOCAL)
    return _("{day} {time} {name}: {what}. {reason}").format(
        day=date_words(at.date()), time=f"{at:%H:%M}", name=step.name, what=what, reason=step.reason
    )
