"""Copies and examination: every finding with what to do, the newest copy, and one made now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.attendance import LOCAL
from cati.domain.findings import Finding, Health
from cati.gui.office.place import Place
from cati.gui.system.restoring import ask_restore
from cati.gui.system.tab import SystemTab
from cati.gui.tasks import Job
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.middle import Middle
from cati.gui.widgets.surface import Rule, Surface
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.station.backups import Backup, Recorded

_LOOKS = {Health.WELL: ("tick", "ok"), Health.LOOK: ("warning", "warn"), Health.FAULT: ("warning", "stop")}
MB = 1_000_000


def _state_words(health: Health) -> str:
    return {Health.WELL: _("well"), Health.LOOK: _("see to it"), Health.FAULT: _("fault")}[health]


def _line(found: Finding) -> Holder:
    icon, ink = _LOOKS[found.health]
    words = [Text(found.sentence, 14, wrap=True)]
    if found.advice:
        words.append(Text(found.advice, 14, "ink2", wrap=True))
    state = Text(_state_words(found.health), 14, ink, bold=True, width=90)
    return Holder(
        row(
            column(2, Icon(icon, ink, 16), None),
            column(state, None),
            (column(*words, gap=2), 1),
            gap=8,
            margins=(12, 5, 12, 5),
        )
    )


class CareTab(SystemTab):
    """The lines of the examination over what is known of copies."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._found: Sequence[Finding] = ()
        self._job: Job | None = None
        self._copying: Job | None = None
        self._lines = Middle()
        self._lines.addWidget(Holder(column(None)))
        self._copies = Text(size=14, wrap=True)
        self._button = Button(_("Back up now"), "B", Kind.PRIMARY, 14, 36)
        self._button.clicked.connect(lambda: self.keys.trigger("back_up"))
        self._kept: Sequence[Backup] = ()
        self._put_back = Button(_("Put a copy back"), "Z", Kind.QUIET, 14, 36)
        self._put_back.clicked.connect(lambda: self.keys.trigger("restore"))
        foot = row((self._copies, 1), self._put_back, self._button, gap=12)
        self._paper = column(self._lines, margins=(2, 6, 2, 6))
        self.setLayout(
            column(
                (Surface(self._paper), 1),
                Surface(column(foot, margins=(14, 10, 14, 10))),
                gap=8,
            )
        )

    def summary(self) -> str:
        """How many lines need a person."""
        if self._job is not None:
            return _("Examining")
        count = sum(one.health is not Health.WELL for one in self._found)
        if not count:
            return _("all is well")
        said = ngettext("{count} thing has to be seen to", "{count} things have to be seen to", count)
        return said.format(count=count)

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """Copy now, and back to a copy."""
        return {"back_up": self._back_up, "restore": self._restore}

    def refresh(self) -> None:
        """Examine anew."""
        self._read_copies()
        if self._job is not None:
            return
        office = self.office

        def work(job: Job) -> tuple[Finding, ...]:
            from cati.station import doctor

            session = office.session
            return doctor.examine(
                office.settings, session.clock, session.database, lambda at, of: job.step(at / of)
            )

        self._job = office.start(self, work, self._take, self._failed)
        self.summary_changed.emit()

    def _take(self, found: Sequence[Finding]) -> None:
        self._job, self._found = None, found
        worst = [one for one in found if one.health is not Health.WELL]
        lines = [*worst, *(one for one in found if one.health is Health.WELL)]
        page = Middle()
        items: list[Any] = []
        for nth, one in enumerate(lines):
            items += [Rule(), _line(one)] if nth else [_line(one)]
        page.addWidget(Holder(column(*items, None, gap=0)))
        self._paper.replaceWidget(self._lines, page)
        self._lines.hide()
        self._lines.deleteLater()
        self._lines = page
        self.summary_changed.emit()

    def _failed(self, error: CatiError) -> None:
        self._job = None
        self.office.say_error(error)
        self.summary_changed.emit()

    # ---- copies ----------------------------------------------------------------------------------

    def _read_copies(self) -> None:
        folder = self.office.settings.data_folder

        def work() -> tuple[tuple[Backup, ...], Recorded]:
            from cati.station import backups

            return backups.kept(folder / backups.FOLDER), backups.recorded(folder)

        self.office.ask(self, work, self._take_copies)

    def _take_copies(self, known: tuple[tuple[Backup, ...], Recorded]) -> None:
        kept, sounds = known
        self._kept = kept
        if kept:
            said = _("Newest copy: {time}, {size:.1f} MB; {count} in all.").format(
                time=f"{kept[0].at.astimezone(LOCAL):%Y-%m-%d %H:%M}", size=kept[0].size / MB, count=len(kept)
            )
        else:
            said = _("There is no copy of the database yet.")
        more = ngettext(
            "{count} recording ({size:.1f} MB) is not in it.",
            "{count} recordings ({size:.1f} MB) are not in it.",
            sounds.count,
        )
        self._copies.set_text(f"{said} {more.format(count=sounds.count, size=sounds.size / MB)}")

    def _back_up(self) -> None:
        if self._copying is not None:
            return
        office = self.office

        def work(job: Job) -> object:
            from cati.station import backups

            return backups.back_up(office.session, office.settings.data_folder, lambda: job.step(0.0))

        self._button.set_off(_("is being copied"))
        self._copying = office.start(self, work, lambda _made: self._copied(), self._not_copied)

    def _restore(self) -> None:
        if self._copying is None:
            ask_restore(self.place, self._kept)

    def _copied(self) -> None:
        self._copying = None
        self._button.set_off("")
        self._read_copies()

    def _not_copied(self, error: CatiError) -> None:
        self._copied()
        self.office.say_error(error)
