"""Exports: what is written, for whom and where, and the list of every file that left the program."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.exports import AFTER_FIELDWORK, FORMATS, PERSONAL, RIGHTS, Format, Identity, What
from cati.domain.programmes import LoadedProgramme
from cati.domain.users import Right
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.form import labelled
from cati.gui.office.files import choose_target
from cati.gui.office.office import Office
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.tasks import Job
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.middle import Middle
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Table
from cati.gui.widgets.text import Part, Text

if TYPE_CHECKING:
    from cati.services.exports import Released

WHAT = {
    What.INTERVIEWS: N_("Interviews"),
    What.SCORES: N_("Scores"),
    What.REPORT: N_("Report on the results"),
    What.ATTEMPTS: N_("Attempts"),
    What.RATES: N_("Rates"),
    What.PROBLEMS: N_("List problems"),
    What.AUDIT: N_("Audit log"),
}
PEOPLE = {Identity.MASKED: N_("masked"), Identity.FULL: N_("names and numbers")}
# Of a hash so much tells two files apart at a glance; the whole of it can be had from the command line.
HASH = 12
THERE = "file_there"
"""Code of the refusal to replace a file that nobody agreed to lose."""


class ExportsPage(Place):
    """One form and one list."""

    mode = Mode.EXPORTS

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__(office, keys)
        self._job: Job | None = None
        self._count, self._zone = 0, ZoneInfo("UTC")
        self._agreed: Path | None = None
        self.what = Segments(_("What"), [Segment(w, _(WHAT[w])) for w in self._allowed()])
        self.people, self.format = Segments(_("People")), Segments(_("Format"))
        self.recipient = LineField(_("For whom, such as a body or a person"))
        self.file = LineField(_("File"))
        self._browse = Button(_("Choose a file"))
        self._browse.clicked.connect(self._choose_file)
        self._note = Text(size=13, ink="ink2", wrap=True)
        self._problem = Text(size=14, ink="stop", wrap=True)
        self._problem.hide()
        self.button = Button(_("Export"), "Enter", Kind.PRIMARY, 15, 46)
        self.button.clicked.connect(lambda: keys.trigger("export_start"))
        self._running = Text(size=14, bold=True)
        self.what.chosen.connect(lambda _code: self._follow_what())
        self.format.chosen.connect(lambda _code: self._name_file())
        self.people.chosen.connect(lambda _code: self._explain())
        for choice in (self.what, self.format, self.people):
            # What was refused was asked otherwise.
            choice.chosen.connect(lambda _code: self._problem.hide())
        self.table = self._make_table()
        middle = Middle()
        body = column(self._form(), (Surface(column(self.table, margins=(10, 8, 10, 8))), 1), gap=10,
                      margins=(16, 10, 16, 10))  # fmt: skip
        middle.addWidget(Holder(body))
        self.setLayout(column(middle, gap=0))
        self._follow_what()

    def _form(self) -> Surface:
        choices = column(
            self._named(_("What"), self.what),
            row(self._named(_("People"), self.people), self._named(_("Format"), self.format), None, gap=16),
            gap=8,
        )
        where = row((labelled(self.file), 1), column(None, self._browse), gap=8)
        fields = row((labelled(self.recipient), 1), (Holder(where), 1), gap=16)
        foot = row(self.button, self._running, None, gap=14)
        return Surface(
            column(choices, fields, self._note, self._problem, foot, gap=9, margins=(16, 12, 16, 12))
        )

    @staticmethod
    def _named(words: str, segments: Segments) -> Holder:
        return Holder(column(Text(words, 13, "ink2"), row(segments, None), gap=3))

    def _make_table(self) -> Table:
        columns = (
            Column("at", _("Time"), 130),
            Column("by", _("Who"), 80),
            Column("what", _("What"), 110),
            Column("people", _("People"), 130),
            Column("for", _("For whom"), 160, grows=2),
            Column("rows", _("Rows"), 70, figure=True),
            Column("file", _("File"), 150, grows=1, gives_way=2),
            Column("hash", _("SHA-256"), 110, gives_way=1),
        )
        return Table(_("Files that left the program"), columns, self._cells, lambda one: (one.at, one.sha256),
                     _("Nothing has been exported yet."))  # fmt: skip

    # ---- the frame asks --------------------------------------------------------------------------

    def summary(self) -> str | Sequence[Part]:
        """How much has left."""
        words = ngettext(
            "{count} file left the program; every one is written down",
            "{count} files left the program; every one is written down",
            self._count,
        )
        return words.format(count=self._count)

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """Choose, write, stop."""
        return {
            "export_start": self.start,
            "export_what": self.what.step,
            "export_people": self.people.step,
            "export_format": self.format.step,
            "export_for": self.recipient.setFocus,
            "export_file": self.file.setFocus,
            "export_move": self.table.walk,
            "export_stop": self._stop,
        }

    def arrive(self, about: object = None) -> None:
        """Begin with what another place asked for."""
        if isinstance(about, str):
            self.what.choose(about)
        elif about is not None:
            self.what.choose(What.SCORES)

    def refresh(self) -> None:
        """Read the list anew."""
        from cati.services import exports, programmes

        loaded, session = self.office.programme, self.office.session
        if loaded is not None:
            code = loaded.programme.code
            self.office.ask(
                self,
                lambda: (programmes.get(session, code), exports.listing(session, loaded)),
                lambda found: self._show(*found),
            )

    def reason_to_stay(self) -> str:
        """A file half written is given up only on purpose."""
        return (
            _("A file is being written. Wait for it, or stop it with Esc.") if self._job is not None else ""
        )

    # ---- choices ---------------------------------------------------------------------------------

    def _allowed(self) -> list[What]:
        return [what for what in What if all(self.office.may(right) for right in RIGHTS[what])]

    def _follow_what(self) -> None:
        what = What(self.what.code)
        shown = [Identity.MASKED]
        if what in PERSONAL and self.office.may(Right.EXPORT_IDENTITY):
            shown.append(Identity.FULL)
        self.people.set_segments([Segment(one, _(PEOPLE[one])) for one in shown])
        self.format.set_segments([Segment(one, f".{one}") for one in FORMATS[what]])
        self._name_file()
        self._explain()

    def _name_file(self) -> None:
        """The ending follows the format; a folder that was chosen stays."""
        loaded = self.office.programme
        if loaded is None:
            return
        typed = self.file.text().strip()
        folder = Path(typed).expanduser().parent if typed else Path.home()
        self.file.setText(str(folder / f"{loaded.programme.code}-{self.what.code}.{self.format.code}"))

    def _explain(self) -> None:
        what, loaded = What(self.what.code), self.office.programme
        words = [_("The file can be read by its owner only.")]
        if what in AFTER_FIELDWORK and loaded is not None and loaded.state in ("setup", "drawn"):
            words.insert(0, _("It can be exported only after fieldwork is closed."))
        if self.people.code == Identity.FULL:
            words.insert(0, _("Names and numbers leave the program: say for whom. It is written down."))
        if what is What.INTERVIEWS and self.format.code != Format.XLSX:
            words.append(_("Interviews that a review excluded go into a second file beside it."))
        self._note.set_text(" ".join(words))

    def _choose_file(self) -> None:
        def take(path: Path) -> None:
            # Whoever chose a file that is there was asked by the dialog.
            self._agreed = path
            self.file.setText(str(path))

        pattern = f"*.{self.format.code}"
        choose_target(self, _("Choose a file"), [pattern], self.file.text(), take)

    # ---- writing ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Write the file in a job of its own."""
        loaded = self.office.programme
        if self._job is not None or loaded is None:
            return
        self._problem.hide()
        what, identity = What(self.what.code), Identity(self.people.code)
        path, recipient = Path(self.file.text().strip()).expanduser(), self.recipient.text()
        agreed, self._agreed = path == self._agreed, None
        self.button.set_off(_("being written"))
        self._running.set_text("")
        self._job = self.office.start(
            self,
            lambda job: self._write(job, loaded, what, identity, path, recipient, agreed),
            self._done,
            self._failed,
            lambda share, _words: self._running.set_text(f"{round(100 * share)} %"),
        )

    def _write(
        self,
        job: Job,
        loaded: LoadedProgramme,
        what: What,
        identity: Identity,
        path: Path,
        recipient: str,
        agreed: bool,
    ) -> Released:
        from cati.services import exports

        def progress(done: int, total: int) -> None:
            job.step(done / total if total else 1.0)

        job.step(0.0)
        if not agreed and os.path.isfile(path):
            raise CatiError(THERE, N_("There is a file {file} already. Nothing was written."), file=path.name)
        return exports.export(
            self.office.session, loaded, what, path, recipient=recipient, identity=identity, progress=progress
        )

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
        else:
            self.setFocus()

    def _done(self, made: Released) -> None:
        self._finish()
        words = _("{file} written: {rows:,} rows, SHA-256 {hash}…")
        self._running.set_text(words.format(file=made.file, rows=made.rows, hash=made.sha256[:HASH]))
        self.setFocus()
        self.refresh()

    def _failed(self, error: CatiError) -> None:
        self._finish()
        self._problem.set_text(str(error))
        self._problem.show()
        if error.code == THERE:
            self._ask_to_replace()

    def _ask_to_replace(self) -> None:
        path = Path(self.file.text().strip()).expanduser()

        def replace() -> None:
            question.leave()
            self._agreed = path
            self.start()

        question = Question(
            self,
            _("Replace {file}?").format(file=path.name),
            _("There is a file of that name; what it holds is lost."),
            [],
            _("Replace it"),
            replace,
        )

    def _finish(self) -> None:
        self._job = None
        self.button.set_off("")
        self._running.set_text("")

    def _show(self, loaded: LoadedProgramme, found: Sequence[Released]) -> None:
        if self.office.programme != loaded:
            self.office.take(loaded)
        self._zone = ZoneInfo(loaded.programme.settings.timezone)
        self._explain()
        self._count = len(found)
        self.table.show_rows(found)
        self.head_changed.emit()

    def _cells(self, one: Released) -> Sequence[Cell | str]:
        full = one.identity == Identity.FULL
        what = f"{_(WHAT[What(one.what)])} .{one.format}"
        return [
            f"{one.at.astimezone(self._zone):%Y-%m-%d %H:%M}",
            one.by,
            what,
            Cell(
                _(PEOPLE[Identity(one.identity)]),
                "warn" if full else "ink",
                full,
                "warning" if full else None,
            ),
            one.recipient or "—",
            f"{one.rows:,}",
            one.file,
            one.sha256[:HASH],
        ]
