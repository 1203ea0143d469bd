"""The lists of all attempts and of all recordings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.browse import Filters
from cati.domain.recordings import problem_words
from cati.domain.times import length
from cati.gui.actions import Keys
from cati.gui.field import words
from cati.gui.field.lists import Asked, ListTab
from cati.gui.office.office import Office
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.table import Cell, Column

if TYPE_CHECKING:
    from cati.services.browse import AttemptRow, RecordingRow


def _attempt_columns() -> Sequence[Column]:
    return (
        Column("time", _("Dialled"), 124, sort=True),
        Column("operator", _("Operator"), 80, grows=1),
        Column("case", _("Case"), 60, figure=True),
        Column("nth", _("Call"), 44, figure=True),
        Column("unit", _("Unit"), 120, grows=3),
        Column("group", _("Group"), 90, grows=1, gives_way=2),
        Column("outcome", _("Outcome"), 130, grows=2),
        Column("length", _("Length"), 56, figure=True),
        Column("sound", _("Sound"), 90),
        Column("flags", _("Marks"), 80, grows=1, gives_way=1),
        Column("note", _("Remark"), 80, grows=2, gives_way=3),
    )


class AttemptsTab(ListTab):
    """All attempts, by time."""

    name = N_("Attempts")
    columns = staticmethod(_attempt_columns)
    first_order = ("time", True)

    def _cells(self, thing: AttemptRow) -> Sequence[Cell | str]:
        talked = (
            (thing.ended_at - thing.connected_at).total_seconds()
            if thing.connected_at and thing.ended_at
            else None
        )
        sound = Cell("", "ink2")
        if thing.faulty:
            sound = Cell(_("faulty"), "warn", icon="warning")
        elif thing.recorded:
            sound = Cell(_("recorded"), "ink2")
        elif talked is not None and not thing.simulated:
            sound = Cell(_("missing"), "warn", icon="warning")
        flags = {
            _("prompted"): thing.prompted,
            _("late"): thing.late,
            _("called in"): thing.incoming,
            _("simulated"): thing.simulated,
        }
        return (
            words.moment(thing.dialled_at, seconds=True),
            thing.operator,
            str(thing.case_id),
            str(thing.number),
            thing.unit,
            Cell(thing.group, "ink2"),
            words.outcome_words(thing.disposition) if thing.disposition else Cell(_("under way"), "accent"),
            length(talked),
            sound,
            _(", ").join(flag for flag, on in flags.items() if on),
            Cell(thing.note, "ink2"),
        )

    def _ids(self, ask: Asked, limit: int | None, step: Callable[[int], None]) -> Sequence[Any]:
        from cati.services import browse

        return browse.attempt_ids(
            self.office.session, ask.programme, ask.filters, down=ask.down, limit=limit, step=step
        )

    def _rows(self, ids: Sequence[Any]) -> Sequence[Any]:
        from cati.services import browse

        return browse.attempts(self.office.session, ids)

    def _open(self, thing: AttemptRow) -> None:
        self.card_wanted.emit(thing.case_id)


def _recording_columns() -> Sequence[Column]:
    return (
        Column("time", _("Begun"), 124, sort=True),
        Column("operator", _("Operator"), 80, grows=1),
        Column("case", _("Case"), 60, figure=True),
        Column("unit", _("Unit"), 120, grows=3),
        Column("group", _("Group"), 90, grows=1, gives_way=2),
        Column("length", _("Length"), 56, figure=True),
        Column("size", _("Size"), 70, figure=True, gives_way=1),
        Column("channels", _("Channels"), 60, figure=True, gives_way=3),
        Column("whole", _("Whole"), 90),
        Column("problem", _("Problem"), 110, grows=1),
        Column("station", _("Station"), 60, gives_way=4),
    )


class RecordingsTab(ListTab):
    """All recordings, by time."""

    name = N_("Recordings")
    columns = staticmethod(_recording_columns)
    first_order = ("time", True)

    def __init__(self, office: Office, keys: Keys) -> None:
        choices = [Segment("", _("All")), Segment("faulty", _("With a problem"))]
        self._faulty = Segments(_("Show"), choices)
        super().__init__(office, keys)
        self._faulty.chosen.connect(lambda _code: self._load())

    def _filters(self) -> Sequence[QWidget]:
        self._outcomes.hide()
        return (self._units, self._groups, self._people, self._faulty)

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """Also: hear it in the review."""
        return super().handlers() | {"field_review": self._review}

    def _wanted(self) -> Filters:
        return replace(super()._wanted(), faulty=bool(self._faulty.code))

    def _cells(self, thing: RecordingRow) -> Sequence[Cell | str]:
        whole = Cell(_("not whole"), "warn", icon="warning")
        if thing.complete:
            whole = Cell(_("whole"), "ok", icon="tick")
        elif thing.under_way:
            whole = Cell(_("under way"), "ink2")
        return (
            words.moment(thing.started_at, seconds=True),
            thing.operator,
            str(thing.case_id),
            thing.unit,
            Cell(thing.group, "ink2"),
            length(thing.duration_ms / 1000 if thing.duration_ms is not None else None),
            f"{thing.size / 1024:,.0f} KiB" if thing.size is not None else "",
            str(thing.channels or ""),
            whole,
            Cell(problem_words(thing.problem), "warn"),
            thing.station,
        )

    def _ids(self, ask: Asked, limit: int | None, step: Callable[[int], None]) -> Sequence[Any]:
        from cati.services import browse

        return browse.recording_ids(
            self.office.session, ask.programme, ask.filters, down=ask.down, limit=limit, step=step
        )

    def _rows(self, ids: Sequence[Any]) -> Sequence[Any]:
        from cati.services import browse

        return browse.recordings(self.office.session, ids)

    def _open(self, thing: RecordingRow) -> None:
        self.card_wanted.emit(thing.case_id)

    def _review(self) -> None:
        thing = self.table.current()
        if thing is not None and thing.interview_id is not None:
            self.office.go("review", thing.interview_id)
