"""The lists of a programme as rows of a table: one for each unit and group, and one for the public pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.domain.frames import DEADLINE
from cati.domain.list_checks import AREAS, SIZE, Exemption
from cati.domain.programmes import FOLLOW_UP, PHONE, Programme, Settings, in_language
from cati.gui.console.words import local
from cati.gui.widgets.rows import Cell, Column

if TYPE_CHECKING:
    from cati.services.adjustments import StoredAdjustment
    from cati.services.frames import StoredFrame

MISSING, SHORT, LATE, UNDATED, PROBLEMS = "missing", "short", "late", "undated", "problems"
UNCOVERED = "uncovered"
"""What may need a person about a list; also the names of the filters."""


@dataclass(frozen=True)
class ListLine:
    """One list: of a unit and group, or the public pool.

    Attributes:
        unit, group: codes; None for the public pool.
        unit_name, group_name: in the language in use.
        versions: all that were handed in, the last first.
        proposal: about the unit's lateness; None while nothing is proposed.
        minimum: usable rows the programme asks for; None if it asks for no number.
        undated: no list of its file tells when it was handed in, and there is a deadline.
        exemptions: what it need not meet.
        list_kind: of `cati.domain.programmes.LIST_KINDS`.
        returned: ballots that came back from people who are mailed to; None where nobody is.
    """

    unit: str | None
    group: str | None
    unit_name: str
    group_name: str
    versions: tuple[StoredFrame, ...]
    proposal: StoredAdjustment | None = None
    minimum: int | None = None
    undated: bool = False
    exemptions: tuple[Exemption, ...] = ()
    list_kind: str = PHONE
    returned: int | None = None

    @property
    def wanting(self) -> tuple[str, ...]:
        """What it does not meet, and was not exempted from."""
        frame = self.current
        if frame is None:
            return ()
        below = {SIZE: frame.short, AREAS: bool(frame.findings.missing_areas)}
        granted = {one.kind for one in self.exemptions}
        return tuple(kind for kind, holds in below.items() if holds and kind not in granted)

    @property
    def key(self) -> tuple[str | None, str | None]:
        """What tells it apart from all others."""
        return self.unit, self.group

    @property
    def current(self) -> StoredFrame | None:
        """The version in force; None while the list is missing."""
        return next((frame for frame in self.versions if frame.current), None)

    @property
    def title(self) -> str:
        """Unit and group in one line."""
        return f"{self.unit_name} · {self.group_name}" if self.unit else self.unit_name

    def marks(self) -> frozenset[str]:
        """What needs a person: of MISSING, SHORT, UNCOVERED, LATE, UNDATED and PROBLEMS."""
        frame = self.current
        if frame is None:
            return frozenset({MISSING} if self.unit else ())
        bad = frame.rows > frame.accepted or frame.findings.serials is not None
        found = {
            SHORT: SIZE in self.wanting,
            UNCOVERED: AREAS in self.wanting,
            LATE: frame.late,
            UNDATED: self.undated,
            PROBLEMS: bad,
        }
        return frozenset(name for name, holds in found.items() if holds)


def lines_of(
    programme: Programme,
    frames: Sequence[StoredFrame],
    proposals: Sequence[StoredAdjustment],
    exemptions: Sequence[Exemption] = (),
    returned: Mapping[tuple[str, str], int] | None = None,
) -> list[ListLine]:
    """One line for each list there is or should be, in the programme's order, the pool last.

    Args:
        programme: whose lists.
        frames: all versions.
        proposals: about lateness.
        exemptions: all of them.
        returned: ballots that came back, by codes of unit and group that is mailed to.
    """
    versions: dict[tuple[str | None, str | None], list[StoredFrame]] = {}
    for frame in sorted(frames, key=lambda frame: -frame.version):
        versions.setdefault((frame.unit, frame.group), []).append(frame)
    about = {proposal.unit: proposal for proposal in proposals}
    spoken = language()
    undated = _undated(programme, frames)
    found = [
        ListLine(
            unit.code,
            group.code,
            in_language(unit.labels, spoken, unit.name) if spoken == "en" else unit.name,
            in_language(group.labels, spoken, group.label),
            tuple(versions.get((unit.code, group.code), ())),
            about.get(unit.code),
            group.minimum_of(unit),
            (unit.code, group.code) in undated,
            tuple(one for one in exemptions if (one.unit, one.group) == (unit.code, group.code)),
            group.list_kind,
            (returned or {}).get((unit.code, group.code)),
        )
        for unit, group in programme.lists
    ]
    pool = ListLine(None, None, _("Public pool"), "", tuple(versions.get((None, None), ())))
    return [*found, pool]


def _undated(programme: Programme, frames: Sequence[StoredFrame]) -> frozenset[tuple[str | None, str | None]]:
    """Lists in force of which no list of the same file tells a day, while there is one to be held to.

    People who gave opinions before are taken over by the bureau: no unit can be late with them.
    """
    if DEADLINE not in programme.settings.deadlines:
        return frozenset()
    taken_over = {group.code for group in programme.groups if group.list_kind == FOLLOW_UP}
    dated = {(f.unit, f.sha256, f.received_at) for f in frames if f.submitted_on is not None}
    return frozenset(
        (f.unit, f.group)
        for f in frames
        if f.current
        and f.unit is not None
        and f.group not in taken_over
        and (f.unit, f.sha256, f.received_at) not in dated
    )


def columns() -> tuple[Column, ...]:
    """Headings of the table of lists."""
    return (
        Column("unit", _("Unit"), 150, grows=3, sort=True),
        Column("group", _("Group"), 110, grows=1, sort=True),
        Column("version", _("Version"), 52, figure=True, gives_way=3),
        Column("submitted", _("Handed in"), 94, sort=True, gives_way=4),
        Column("received", _("Received"), 104, sort=True, gives_way=5),
        Column("rows", _("Rows"), 56, 0, True, True, lambda line: _figure(line, "rows"), gives_way=2),
        Column("usable", _("Usable"), 56, figure=True, sort=True, key=lambda line: _figure(line, "accepted")),
        Column("problems", _("Problems"), 56, figure=True, sort=True, key=_problems, gives_way=1),
        Column("state", _("State"), 128, sort=True),
    )


def cells(line: ListLine, settings: Settings) -> tuple[Cell | str, ...]:
    """A line of the table."""
    frame = line.current
    if frame is None:
        return (line.unit_name, line.group_name, "", "", "", "", "", "", state(line))
    bad = frame.rows - frame.accepted
    return (
        line.unit_name,
        line.group_name,
        str(frame.version),
        frame.submitted_on.isoformat() if frame.submitted_on else "—",
        moment(frame.received_at, settings),
        f"{frame.rows:,}",
        Cell(f"{frame.accepted:,}", bold=True),
        f"{bad:,}" if bad else "",
        state(line),
    )


def state(line: ListLine) -> Cell:
    """How a list stands, in a word or two."""
    marks = line.marks()
    words = {
        MISSING: _("to be taken over") if line.list_kind == FOLLOW_UP else _("missing list"),
        LATE: _("late list"),
        UNDATED: _("undated"),
        SHORT: _("short"),
        UNCOVERED: _("uncovered"),
    }
    told = [words[mark] for mark in words if mark in marks]
    if told:
        return Cell(" · ".join(told), "warn", icon="warning", box="warn_s")
    if line.current is None:
        return Cell(_("none"), "ink2")
    if line.exemptions:
        return Cell(_("exempted"), "ok", icon="tick")
    return Cell(_("usable"), "ok", icon="tick")


def moment(at: datetime, settings: Settings) -> str:
    """Day and time in the programme's own time."""
    return f"{local(at, settings):%m-%d %H:%M}"


def _figure(line: ListLine, name: str) -> int:
    frame = line.current
    return -1 if frame is None else int(getattr(frame, name))


def _problems(line: ListLine) -> int:
    frame = line.current
    return -1 if frame is None else frame.rows - frame.accepted
