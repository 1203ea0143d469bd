"""Programme: what was loaded, a workbook looked at before it is, and its questionnaire walked through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.domain.programmes import LoadedProgramme, Programme
from cati.domain.users import Right
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.office.files import choose_files, choose_target
from cati.gui.office.office import Office
from cati.gui.office.place import Place
from cati.gui.office.unlocking import LOCKED, Unlocking
from cati.gui.programmes.check import CheckView
from cati.gui.programmes.overview import tabs_of
from cati.gui.programmes.preview import Preview
from cati.gui.programmes.settling import SettleView
from cati.gui.programmes.sheets import Tabs
from cati.gui.programmes.years import Years
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.layouts import Holder, OneOf, column, row
from cati.gui.widgets.rows import Column
from cati.gui.widgets.surface import Surface, Tag
from cati.gui.widgets.table import Table
from cati.gui.widgets.text import Part, Text

if TYPE_CHECKING:
    from cati.services.programmes import WorkbookCheck

_SET_UP = ("programme_choose", "programme_shipped", "programme_template", "programme_units")
KIND = "Excel (*.xlsx)"


class ProgrammesPage(Place):
    """One view at a time: the programme, the shelf of shipped workbooks, faults, open settings, preview."""

    mode = Mode.PROGRAMMES

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__(office, keys)
        self._may = office.may(Right.SET_UP_PROGRAMME)
        self._check: WorkbookCheck | None = None
        self._path = Path()
        self._units: Path | None = None
        self._unlocking = Unlocking(self, self._look, self._forget_password)
        self._before: QWidget | None = None
        self._assumed = Tag("", "warn", "warn_s", "warning", None, 13)
        self._overview, self._faults, self._settle = Tabs(), CheckView(), SettleView()
        self._preview = Preview(keys, office.say)
        self._years = Years(self)
        self._settle.confirmed.connect(self._load)
        self._shelf = Table(
            _("Shipped programmes"),
            (Column("name", _("Workbook"), 300, grows=1),),
            lambda path: (path.stem,),
            str,
            _("None is shipped"),
        )
        self._shelf.opened.connect(lambda _path: self._open())
        nothing = Text(
            _("There is no programme yet. Load a workbook, or one that is shipped."), 17, wrap=True
        )
        self._nothing = Surface(column(nothing, None, margins=(28, 24, 28, 24)))
        self._shelf_view = Surface(
            column(
                Text(_("Shipped programmes"), 17, bold=True), (self._shelf, 1), gap=8, margins=(14, 12, 8, 8)
            )
        )
        self._lay_out(keys)

    def _lay_out(self, keys: Keys) -> None:
        buttons = [
            _button(keys, name, words, key, Kind.PRIMARY if name == "programme_choose" else Kind.PLAIN)
            for name, words, key in (
                ("programme_template", _("Blank workbook"), "N"),
                ("programme_shipped", _("Shipped programmes"), "B"),
                ("programme_choose", _("Load a workbook"), "O"),
            )
        ]
        self._walk = _button(keys, "programme_preview", _("Walk through"), "P", Kind.PLAIN)
        if not self._may:
            for button in buttons:
                button.hide()
        self._bar = Holder(row(self._walk, self._years.copying, None, *buttons, gap=8))
        self._views = OneOf(
            self._nothing, self._overview, self._faults, self._settle, self._shelf_view, self._preview
        )
        self._whole = column(self._bar, (self._views, 1), gap=8, margins=(16, 9, 16, 9))
        self.setLayout(self._whole)

    # ---- the frame asks --------------------------------------------------------------------------

    def summary(self) -> str | Sequence[Part]:
        """Which programme, and how large it is."""
        loaded = self.office.programme
        if loaded is None:
            return ""
        found = loaded.programme
        pattern = _("{title} · version {version} · {cells} cells · quota {quota:,}")
        cells = len(found.cells)
        return pattern.format(title=found.title, version=found.version, cells=cells, quota=found.quota)

    def marks(self) -> Sequence[QWidget]:
        """How many settings hold because they were proposed; the certificate of a retired programme."""
        return (self._assumed, self._years.printing)

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """What its keys do for whoever signed in."""
        found: dict[str, Callable[..., Any]] = {
            "table_move": self._move,
            "table_open": self._open,
            "programme_sheet": self._step,
            "programme_preview": self._walk_through,
            "programme_back": self._back,
            "programme_choose": self._choose,
            "programme_shipped": self._show_shelf,
            "programme_template": self._write_template,
            "programme_units": self._choose_units,
        }
        own = {name: do for name, do in found.items() if self._may or name not in _SET_UP}
        return {**own, **self._years.handlers()}

    def depart(self) -> None:
        """The preview ends; what was being looked at stays, a question left open does not."""
        self._unlocking.leave()
        self._leave_preview()

    def refresh(self) -> None:
        """Show the programme in hand anew, unless something else is looked at."""
        loaded = self.office.programme
        if loaded is not None:
            self._overview.show_tabs(tabs_of(loaded.programme))
            count = len(loaded.programme.settings.assumed)
            self._assumed.set_text(_("{count} settings as proposed").format(count=count))
            self._assumed.setVisible(bool(count))
        else:
            self._assumed.hide()
        if self._views.current() in (self._nothing, self._overview):
            self._show(self._home)
        self._years.follow()
        self.head_changed.emit()

    # ---- views -----------------------------------------------------------------------------------

    @property
    def _home(self) -> QWidget:
        return self._overview if self.office.programme is not None else self._nothing

    def _show(self, view: QWidget) -> None:
        self._views.choose(view)
        reason = _("put it right first") if view is self._faults else _("no programme yet")
        self._walk.set_off("" if self._looked_at() is not None else reason)
        self.setFocus()

    def _looked_at(self) -> Programme | None:
        """The programme on the screen: of the workbook that is looked at, else the one in hand."""
        if self._check is not None and self._views.current() in (self._settle, self._faults):
            return self._check.programme
        loaded = self.office.programme
        return loaded.programme if loaded is not None else None

    def _tables(self) -> Table | None:
        shown = self._views.current()
        if shown is self._overview:
            return self._overview.table
        if shown is self._faults:
            return self._faults.problems
        return self._shelf if shown is self._shelf_view else None

    def _move(self, key: str) -> None:
        table = self._tables()
        if table is not None:
            table.walk(key)

    def _step(self, key: str) -> None:
        shown = self._views.current()
        if shown is self._overview:
            self._overview.step(key)
        elif shown is self._faults:
            self._faults.tabs.step(key)

    def _open(self) -> None:
        shown = self._views.current()
        if shown is self._settle:
            self._load()
        elif shown is self._shelf_view and self._shelf.current() is not None:
            self.look_at(self._shelf.current())

    def _back(self) -> None:
        self._check = None
        self._unlocking.forget()
        self._show(self._home)

    # ---- a workbook ------------------------------------------------------------------------------

    def _choose(self) -> None:
        title = _("Load a workbook")
        choose_files(self, title, [KIND], lambda files: self.look_at(files[0]), several=False)

    def _choose_units(self) -> None:
        """Look at the workbook again, with units beside its own."""
        if self._check is None:
            self.office.say(_("Choose a workbook first; then a file of units that it does not name."))
            return
        kind = _("Units")
        choose_files(self, _("Units from a file"), [f"{kind} (*.csv *.xlsx)"], self.add_units, several=False)

    def add_units(self, files: Sequence[Path]) -> None:
        """Take the units of a file beside those of the workbook that is looked at."""
        self._units = files[0]
        self._look()

    def _show_shelf(self) -> None:
        from cati.services import programmes

        self.office.ask(self, programmes.shipped, self._fill_shelf)

    def _fill_shelf(self, paths: Sequence[Path]) -> None:
        self._shelf.show_rows(paths)
        self._show(self._shelf_view)

    def look_at(self, path: Path) -> None:
        """Read a workbook, and show what is wrong with it or what it leaves open."""
        self._path, self._units = path, None
        self._unlocking.forget()
        self._look()

    def _look(self) -> None:
        from cati.services import programmes

        session, path, passwords = self.office.session, self._path, tuple(self._unlocking.passwords)
        units = self._units
        self.office.start(
            self,
            lambda _job: programmes.check_workbook(session, path, passwords=passwords, units_file=units),
            self._looked,
            self._not_looked,
        )

    def _not_looked(self, error: CatiError) -> None:
        if error.code in LOCKED and self.isVisible() and self._unlocking.question is None:
            self._unlocking.ask([self._path.name], str(error))
        else:
            self.office.say_error(error)

    def _forget_password(self) -> None:
        self._unlocking.forget()

    def _looked(self, found: WorkbookCheck) -> None:
        self._check = found
        if found.programme is None:
            self._faults.show_check(found)
            self._show(self._faults)
        else:
            self._settle.show_check(found)
            self._show(self._settle)
            self._settle.take_focus()

    def _load(self) -> None:
        from cati.services import programmes

        assert self._check is not None
        session, path, chosen = self.office.session, self._check.path, self._settle.chosen()
        passwords, units = tuple(self._unlocking.passwords), self._units
        self._settle.wait()
        self.office.start(
            self,
            lambda _job: programmes.load_programme(
                session, path, chosen, passwords=passwords, units_file=units
            ),
            self._loaded,
            self._not_loaded,
        )

    def _loaded(self, loaded: LoadedProgramme) -> None:
        self._check = None
        self._unlocking.forget()
        self._settle.complain("")
        self.office.take(loaded)
        self._show(self._overview)
        self.refresh()
        self.office.tell(_("{title} was loaded.").format(title=loaded.programme.title))

    def _not_loaded(self, error: CatiError) -> None:
        self._settle.complain(str(error))

    def _write_template(self) -> None:
        from cati.services import programmes

        session = self.office.session

        def write(path: Path) -> None:
            told = _("{file} was written.").format(file=path.name)
            self.office.start(
                self,
                lambda _job: programmes.write_template(session, path),
                lambda _none: self.office.tell(told),
            )

        name = _("programme")
        choose_target(self, _("Blank workbook"), [KIND], f"{name}.xlsx", write)

    # ---- the questionnaire -----------------------------------------------------------------------

    def _walk_through(self) -> None:
        programme = self._looked_at()
        if programme is None:
            self.office.say(_("There is nothing to walk through yet."))
            return
        self._before = self._views.current()
        self._bar.hide()
        self._whole.set_margins(0)
        self._views.choose(self._preview)
        self.keys.push(Mode.PREVIEW)
        self.keys.bind_all({**self._preview.handlers(), "preview_leave": self._leave_preview})
        self._preview.open(programme)
        self._preview.question.take_focus()

    def _leave_preview(self) -> None:
        if self._views.current() is not self._preview:
            return
        self.keys.pop(Mode.PREVIEW)
        self.keys.unbind(*self._preview.handlers(), "preview_leave", "explain")
        self._bar.show()
        self._whole.set_margins((16, 9, 16, 9))
        self._show(self._before or self._home)


def _button(keys: Keys, name: str, words: str, key: str, kind: Kind) -> Button:
    button = Button(words, key, kind, 14, 32)
    button.clicked.connect(lambda: keys.trigger(name))
    return button
