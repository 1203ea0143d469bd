"""Beside the lists: the chosen one with its versions, its problems by reason, and what may be decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.frames import PROBLEM_LABELS, RowProblem
from cati.domain.list_checks import AREAS, SIZE
from cati.domain.list_words import finding_words
from cati.domain.programmes import FOLLOW_UP, MAIL, Settings
from cati.gui.actions import Keys
from cati.gui.frames.lists import ListLine, moment
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.layouts import Holder, Item, column, row
from cati.gui.widgets.surface import Rule, Surface
from cati.gui.widgets.text import Name, Part, Strong, Text

if TYPE_CHECKING:
    from cati.services.frames import StoredFrame

WIDTH = 316
VERSIONS_SHOWN = 3
_ADJUSTED = {"proposed": "warn", "confirmed": "ink", "waived": "ink2"}


class ListSide(Surface):
    """All about the chosen list.

    Args:
        keys: its buttons do the same as the keys.
        allowed: names of the actions whoever signed in may do.
    """

    def __init__(self, keys: Keys, allowed: frozenset[str]) -> None:
        self._name = Name((17, 16, 15))
        self._facts = Text(size=14, wrap=True, line_height=118)
        self._versions = Text(size=13, ink="ink2", wrap=True, line_height=118)
        self._late = Text(size=14, wrap=True, line_height=112)
        self._buttons = {
            name: _button(keys, name, words, key)
            for name, words, key in (
                ("table_open", _("See problems"), "Enter"),
                ("frames_export", _("Problem list"), "E"),
                ("frames_withdraw", _("Withdraw"), "W"),
                ("frames_exempt", _("Exempt"), "X"),
                ("frames_mailing", _("Addresses for letters"), "M"),
                ("frames_follow", _("People of last year"), "L"),
                ("frames_confirm", _("Confirm"), "C"),
                ("frames_waive", _("Waive"), "V"),
            )
        }
        self._allowed = allowed
        self._deciding = Holder(
            column(
                Rule(),
                self._late,
                row(self._buttons["frames_confirm"], self._buttons["frames_waive"], gap=8),
                gap=8,
            )
        )
        single = ("table_open", "frames_export", "frames_mailing", "frames_follow")
        below: list[Item] = [self._buttons[name] for name in single]
        below.append(row(self._buttons["frames_withdraw"], self._buttons["frames_exempt"], gap=8))
        super().__init__(
            column(
                self._name,
                self._facts,
                Rule(),
                Text(_("Versions"), 13, "ink2", bold=True),
                self._versions,
                self._deciding,
                None,
                *below,
                gap=6,
                margins=(16, 10, 16, 12),
            ),
            width=WIDTH,
        )

    def show_line(self, line: ListLine | None, settings: Settings, last: bool) -> None:
        """Show another list.

        Args:
            line: None shows nothing.
            settings: of the programme.
            last: whether the version in force came with the last file of its unit.
        """
        self.setVisible(line is not None)
        if line is None:
            return
        self._name.set_text(line.title)
        self._facts.set_text(_facts(line))
        self._versions.set_text(_versions(line.versions, settings))
        self._show_late(line)
        frame = line.current
        bad = frame is not None and frame.rows > frame.accepted
        state = line.proposal.state if line.proposal is not None else ""
        proposed = state == "proposed"
        # Confirmed for a file that was withdrawn since.
        moot = state == "confirmed" and not (frame is not None and frame.late)
        shown = {
            "table_open": bad,
            "frames_export": bad,
            "frames_withdraw": last,
            "frames_exempt": bool(line.wanting or line.exemptions),
            "frames_mailing": line.list_kind == MAIL and frame is not None,
            "frames_follow": line.list_kind == FOLLOW_UP,
            "frames_confirm": proposed,
            "frames_waive": proposed or moot,
        }
        self._buttons["frames_exempt"].set_words(_("Exempt") if line.wanting else _("End exemption"))
        for name, button in self._buttons.items():
            button.setVisible(name in self._allowed and shown[name])

    def set_off(self, name: str, reason: str) -> None:
        """Say why something cannot be done now."""
        self._buttons[name].set_off(reason)

    def _show_late(self, line: ListLine) -> None:
        proposal = line.proposal
        self._deciding.setVisible(proposal is not None)
        if proposal is None:
            return
        words = {
            "proposed": _("Late lists: {points} points proposed for {unit}, to be decided."),
            "confirmed": _("Late lists: {points} points confirmed for {unit}. {reason}"),
            "waived": _("Late lists: {points} points waived for {unit}. {reason}"),
        }[proposal.state]
        points = proposal.points.replace("-", "−")
        self._late.set_text(words.format(points=points, unit=line.unit_name, reason=proposal.reason))
        self._late.set_ink(_ADJUSTED[proposal.state])


def _button(keys: Keys, name: str, words: str, key: str) -> Button:
    button = Button(words, key, Kind.PLAIN, 14, 32, spread=True)
    button.clicked.connect(lambda: keys.trigger(name))
    return button


def _facts(line: ListLine) -> Sequence[Part]:
    frame = line.current
    if frame is None and line.list_kind == FOLLOW_UP:
        return (_("Units hand in nothing: these people are taken from the programme of last year."),)
    if frame is None:
        return (_("Nothing was handed in yet."),) if line.unit else (_("No list of the public yet."),)
    found: list[Part] = [
        Strong(f"{frame.accepted:,}"),
        _(" of {rows:,} rows usable").format(rows=frame.rows),
    ]
    if frame.short and line.minimum is not None:
        found.append("\n" + _("Fewer than the {minimum:,} asked for").format(minimum=line.minimum))
    for words in finding_words(frame.findings):
        found.append("\n" + words[:1].upper() + words[1:])
    for one in line.exemptions:
        pattern = _("Exempted from {kind}: {by}, {document}")
        kind = {SIZE: _("smallest size"), AREAS: _("covering all areas")}[one.kind]
        found.append("\n" + pattern.format(kind=kind, by=one.granted_by, document=one.document))
    if line.returned is not None:
        found.append("\n" + _("Questionnaires that came back: {count:,}").format(count=line.returned))
    if line.undated:
        found.append("\n" + _("No date of handing in: whether the list is late is not known"))
    for code, count in frame.rejected.items():
        label = _(PROBLEM_LABELS[RowProblem(code)])
        found.append("\n" + _("{reason}: {count:,}").format(reason=label, count=count))
    return found


def _versions(versions: Sequence[StoredFrame], settings: Settings) -> str:
    lines = [_version(frame, settings) for frame in versions[:VERSIONS_SHOWN]]
    more = len(versions) - VERSIONS_SHOWN
    if more > 0:
        lines.append(ngettext("and {count} earlier one", "and {count} earlier ones", more).format(count=more))
    return "\n".join(lines) or "—"


def _version(frame: StoredFrame, settings: Settings) -> str:
    day = frame.submitted_on.isoformat() if frame.submitted_on else _("no date")
    words = _("Version {number}: handed in {day}, received {moment}, {rows:,} rows").format(
        number=frame.version, day=day, moment=moment(frame.received_at, settings), rows=frame.rows
    )
    state = ""
    if frame.current:
        state = _("in force")
    elif frame.withdrawn_at is not None:
        state = _("withdrawn: {reason}").format(reason=frame.withdrawn_because)
    return f"{words} · {state}" if state else words
