"""The guide up to the first user: nothing is made before the recovery key was typed back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import Signal

from cati.base import i18n
from cati.base.i18n import translate as _
from cati.gui.actions import Keys
from cati.gui.guide.first_user import KeySheet, TypedBackSheet, WhoSheet
from cati.gui.guide.folder import FolderSheet
from cati.gui.guide.language import NAMES, LanguageSheet
from cati.gui.guide.page import GuidePage
from cati.gui.guide.rail import Step
from cati.gui.guide.sheet import Sheet
from cati.gui.tasks import Tasks


@runtime_checkable
class Founding(Protocol):
    """What the guide asks of a station that is still to be made; methods run in the worker."""

    @property
    def from_demo(self) -> bool:
        """Whether there is a demonstration to go back to."""
        ...

    @property
    def language_chosen(self) -> bool:
        """Whether the language was settled before."""
        ...

    @property
    def folder(self) -> Path:
        """The data folder as it stands."""
        ...

    @property
    def folder_given(self) -> bool:
        """Whether it cannot be changed here."""
        ...

    @property
    def folder_chosen(self) -> bool:
        """Whether it was settled before."""
        ...

    def choose_folder(self, typed: str) -> bool:
        """Settle the folder; whether a bureau has its users there already."""
        ...

    def give_up(self) -> None:
        """Back to the demonstration."""
        ...

    def check_first_user(self, login: str, name: str, password: str) -> None:
        """Refuse what `found` would refuse, before the recovery key is shown."""
        ...

    def new_recovery_key(self) -> str:
        """A fresh key, in groups joined by hyphens."""
        ...

    def check_recovery_key(self, shown: str, typed: str) -> None:
        """Refuse a key that was not typed back as it was shown."""
        ...

    def found(self, login: str, name: str, password: str, recovery_key: str) -> None:
        """Make the database and its first user."""
        ...


@dataclass(frozen=True)
class Draft:
    """How far somebody has come, to go on from on another page, such as in another language.

    Attributes:
        step: which is shown.
        typing_back: of the recovery key: it is being typed back.
        folder: as typed, None for the proposed one.
        who: what was typed into the fields of the first user.
        key: the recovery key that was shown, "" for none.
        typed_back: of the key.
    """

    step: Step
    typing_back: bool = False
    folder: str | None = None
    who: tuple[str, ...] = ("", "", "", "")
    key: str = ""
    typed_back: str = ""


class Beginning(GuidePage):
    """Language, data folder, first user, recovery key.

    Signals:
        language_settled: the language that is spoken is to be kept.
        in_use: a bureau has its users in the chosen folder: they sign in.
        given_up: back to the demonstration.
        made: what `enter` gave.

    Args:
        keys, tasks, version: see `GuidePage`.
        founding: see there.
        enter: opens the new station and a session with login and password; runs in the worker.
        draft: where to go on, None to begin with what is not settled yet.
    """

    language_settled = Signal()
    in_use = Signal()
    given_up = Signal()
    made = Signal(object)

    def __init__(
        self,
        keys: Keys,
        tasks: Tasks,
        version: str,
        founding: Founding,
        enter: Callable[[str, str], Any],
        draft: Draft | None = None,
    ) -> None:
        super().__init__(keys, tasks, version)
        self.founding, self._enter = founding, enter
        self._key = draft.key if draft else ""
        self._user = ("", "", "")
        self.language = LanguageSheet()
        self.folder = FolderSheet(
            tasks,
            str(founding.folder),
            given=founding.folder_given,
            beside_demo=founding.from_demo,
            choose=founding.choose_folder,
        )
        self.who = WhoSheet(tasks, self._check)
        self.shown = KeySheet()
        self.back = TypedBackSheet(tasks, self._make)
        self._listen()
        if draft is not None:
            self._take_up(draft)
        self._stand_at(draft or Draft(self._first_open()))

    def _listen(self) -> None:
        self.language.other.connect(lambda: self.keys.trigger("language"))
        self.language.done.connect(self._keep_language)
        self.folder.settled.connect(self._folder_settled)
        self.who.done.connect(self._show_key)
        self.shown.done.connect(lambda: self._stand_at(Draft(Step.KEY, typing_back=True)))
        self.back.made.connect(self.made)

    def _first_open(self) -> Step:
        if not self.founding.language_chosen:
            return Step.LANGUAGE
        return Step.USER if self.founding.folder_chosen else Step.FOLDER

    def draft(self) -> Draft:
        """How far it has come."""
        return replace(
            self._at,
            folder=self.folder.field.text(),
            who=tuple(field.text() for field in self.who.fields),
            key=self._key,
            typed_back=self.back.field.text(),
        )

    def _take_up(self, draft: Draft) -> None:
        if draft.folder is not None:
            self.folder.field.setText(draft.folder)
        for field, text in zip(self.who.fields, draft.who, strict=True):
            field.setText(text)
        self._user = self.who.typed()
        self.back.field.setText(draft.typed_back)
        if draft.key:
            self.shown.show_key(draft.key)

    def _stand_at(self, draft: Draft) -> None:
        self._at = draft
        sheets: dict[Step, Sheet] = {
            Step.LANGUAGE: self.language,
            Step.FOLDER: self.folder,
            Step.USER: self.who,
            Step.KEY: self.back if draft.typing_back else self.shown,
        }
        login, name, _password = self.who.typed()
        settled = {
            Step.LANGUAGE: NAMES[i18n.language()],
            Step.FOLDER: str(self.founding.folder),
            Step.USER: f"{name} ({login})",
        }
        self.stand_at(draft.step, settled, "_typed_back" if draft.typing_back else "")
        if draft.step is not Step.LANGUAGE or self.founding.from_demo:
            self.keys.bind("guide_back", self._back)
        else:
            self.keys.unbind("guide_back")
        if draft.step is Step.FOLDER and not self.founding.folder_given:
            self.keys.bind("guide_files", self.folder.browse)
        else:
            self.keys.unbind("guide_files")
        self.turn_to(sheets[draft.step])

    def _back(self) -> None:
        if self.sheet.waiting:
            return
        match self._at.step:
            case Step.LANGUAGE:
                self.language.ask(
                    self.tasks, _("Go on"), self.founding.give_up, lambda _none: self.given_up.emit()
                )
            case Step.FOLDER:
                self._stand_at(Draft(Step.LANGUAGE))
            case Step.USER:
                self._stand_at(Draft(Step.FOLDER))
            case _:
                self._stand_at(Draft(Step.KEY) if self._at.typing_back else Draft(Step.USER))

    def _keep_language(self) -> None:
        self.language_settled.emit()
        self._stand_at(Draft(Step.FOLDER))

    def _folder_settled(self, in_use: bool) -> None:
        if in_use:
            self.in_use.emit()
        else:
            self._stand_at(Draft(Step.USER))

    def _check(self, login: str, name: str, password: str) -> None:
        self.founding.check_first_user(login, name, password)
        self._user = (login, name, password)
        self._key = self._key or self.founding.new_recovery_key()

    def _show_key(self) -> None:
        self.shown.show_key(self._key)
        self._stand_at(Draft(Step.KEY))

    def _make(self, typed: str) -> Any:
        login, name, password = self._user
        self.founding.check_recovery_key(self._key, typed)
        self.founding.found(login, name, password, self._key)
        return self._enter(login, password)
