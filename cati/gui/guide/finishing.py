"""The guide behind the first user: sound and programme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import Signal

from cati.base import i18n
from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.programmes import LoadedProgramme
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.guide.language import NAMES
from cati.gui.guide.page import GuidePage
from cati.gui.guide.programme import ProgrammeSheet, SettleSheet
from cati.gui.guide.rail import Step
from cati.gui.sound.sheet import Booth, Settled, SoundSheet
from cati.gui.tasks import Tasks

if TYPE_CHECKING:
    from cati.base.settings import Settings
    from cati.services.context import Context
    from cati.services.programmes import WorkbookCheck


class Workshop(Protocol):
    """What this part of the guide asks of the open station."""

    @property
    def settings(self) -> Settings:
        """Of the station."""
        ...

    def sound_booth(self, on_sound: Callable[[Any], None]) -> Booth:
        """Where the sound is tested; waits for the recorder."""
        ...


class _Ear:
    """Keeps the loudest moment of the microphone, from any thread."""

    def __init__(self) -> None:
        self._level = 0.0

    def hear(self, event: Any) -> None:
        self._level = getattr(event, "peak", 0.0)

    def level(self) -> float:
        return self._level


class Finishing(GuidePage):
    """Sound and programme of a station that has its first user.

    Signals:
        device_chosen: name of the microphone, "" for the system's.
        finished: work can begin.

    Args:
        keys, tasks, version: see `GuidePage`.
        station: see there.
        session: of the first user.
        steps: what is still open, as `services.setting_up.unfinished` gives it.
    """

    device_chosen = Signal(str)
    finished = Signal()

    def __init__(
        self,
        keys: Keys,
        tasks: Tasks,
        version: str,
        station: Workshop,
        session: Context,
        steps: Sequence[str],
    ) -> None:
        super().__init__(keys, tasks, version)
        self.language_button.hide()
        keys.unbind("language", "guide_back", "guide_files")
        self._station, self._session = station, session
        self._ear = _Ear()
        self.sound: SoundSheet | None = None
        self.programmes: ProgrammeSheet | None = None
        self.settling = SettleSheet()
        self.settling.settled.connect(self._load)
        self._workbook: Path | None = None
        self._stand_at(Step.SOUND if "sound" in steps else Step.PROGRAMME)
        if "sound" in steps:
            tasks.run(self, lambda: station.sound_booth(self._ear.hear), self._test_sound, self._no_booth)
        else:
            self._ask_programme()

    def let_go(self) -> None:
        """Give back keys and recorder."""
        if self.sound is not None:
            self.sound.let_go()
            self.sound = None
        super().let_go()

    def _stand_at(self, step: Step) -> None:
        actor = self._session.actor
        settled = {
            Step.LANGUAGE: NAMES[i18n.language()],
            Step.FOLDER: str(self._station.settings.data_folder),
            Step.USER: f"{actor.name} ({actor.login})",
        }
        self.stand_at(step, settled)

    # ---- sound -----------------------------------------------------------------------------------

    def _test_sound(self, booth: Booth) -> None:
        sheet = SoundSheet(self.tasks, self.keys, booth, self._ear.level, self._keep_sound, choose=True)
        self.sound = sheet
        sheet.settled.connect(self._sound_settled)
        self.keys.set_mode(Mode.SOUND)
        self.turn_to(sheet)
        sheet.arrive()

    def _keep_sound(self, how: Settled) -> None:
        from cati.services import sound_tests

        if how.reason or how.heard is None:
            sound_tests.skip(self._session, how.heard, how.reason)
        else:
            sound_tests.passed(self._session, how.heard)

    def _sound_settled(self, how: Settled) -> None:
        if self.sound is not None:
            self.sound.let_go()
            self.sound = None
        self.device_chosen.emit(how.device or "")
        self._ask_programme()

    def _no_booth(self, error: CatiError) -> None:
        self._ask_programme()
        self.sheet.complain(str(error))

    # ---- programme -------------------------------------------------------------------------------

    def _ask_programme(self) -> None:
        from cati.services import programmes

        self._stand_at(Step.PROGRAMME)
        self.programmes = sheet = ProgrammeSheet(programmes.shipped())
        sheet.picked.connect(self._look_at)
        sheet.later.connect(self._leave_for_later)
        self.keys.set_mode(Mode.GUIDE)
        self._show_choice()

    def _show_choice(self) -> None:
        assert self.programmes is not None
        self.keys.unbind("guide_back")
        self.keys.bind("guide_files", self.programmes.browse)
        self.turn_to(self.programmes)

    def _look_at(self, path: Path) -> None:
        from cati.services import programmes

        assert self.programmes is not None
        sheet = self.programmes
        sheet.wait(_("Reading the workbook"))

        def failed(error: CatiError) -> None:
            sheet.go(_("Go on"))
            sheet.complain(str(error))

        session = self._session
        self.tasks.start(self, lambda _job: programmes.check_workbook(session, path), self._looked, failed)

    def _looked(self, found: WorkbookCheck) -> None:
        assert self.programmes is not None
        self.programmes.go(_("Go on"))
        if found.programme is None:
            count = len(found.problems)
            pattern = ngettext(
                "{file} has {count} fault; nothing was loaded. Choose “Later”: the office shows it.",
                "{file} has {count} faults; nothing was loaded. Choose “Later”: the office shows them.",
                count,
            )
            self.programmes.complain(pattern.format(file=found.path.name, count=count))
            return
        self._workbook = found.path
        self.settling.show_check(found)
        self.keys.unbind("guide_files")
        self.keys.bind("guide_back", self._show_choice)
        self.turn_to(self.settling)

    def _load(self) -> None:
        from cati.services import programmes

        if self.settling.waiting:
            return
        assert self._workbook is not None
        session, path, chosen = self._session, self._workbook, self.settling.chosen()
        self.settling.wait()
        self.settling.waiting = True

        def failed(error: CatiError) -> None:
            self.settling.waiting = False
            self.settling.complain(str(error))

        self.tasks.start(
            self, lambda _job: programmes.load_programme(session, path, chosen), self._loaded, failed
        )

    def _loaded(self, _programme: LoadedProgramme) -> None:
        self.finished.emit()

    def _leave_for_later(self) -> None:
        from cati.services import setting_up

        assert self.programmes is not None
        session = self._session
        self.programmes.ask(
            self.tasks, _("Go on"), lambda: setting_up.finish(session), lambda _none: self.finished.emit()
        )
