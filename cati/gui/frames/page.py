"""Lists: dropped or chosen files come in, what is wrong with them is seen row by row and sent back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.programmes import FOLLOW_UP, LoadedProgramme
from cati.domain.users import Right
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.frames import lists, problems, taking
from cati.gui.frames.deciding import LATE_RULE, Decisions, is_last
from cati.gui.frames.lists import ListLine
from cati.gui.frames.side import ListSide
from cati.gui.frames.taking import Taken
from cati.gui.frames.wishes import WishSheet
from cati.gui.office.files import choose_files
from cati.gui.office.office import Office
from cati.gui.office.place import Place
from cati.gui.office.unlocking import Unlocking
from cati.gui.register.sheet import HandInSheet, RegisterSheet, look
from cati.gui.tasks import Job
from cati.gui.theme import px
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.layouts import Holder, OneOf, column, row
from cati.gui.widgets.progress import Progress
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.surface import Surface, Tag
from cati.gui.widgets.table import Table
from cati.gui.widgets.text import Part, Strong, Text

if TYPE_CHECKING:
    from cati.domain.list_checks import Exemption
    from cati.services.adjustments import StoredAdjustment
    from cati.services.drawn_lists import ListPlace
    from cati.services.frames import StoredFrame

    Found = tuple[
        tuple[StoredFrame, ...],
        frozenset[ListPlace],
        tuple[StoredAdjustment, ...],
        tuple[Exemption, ...],
        dict[tuple[str, str], int],
    ]

# Width of the page, px at 100 %.
HINT_NEEDS = 1160
KINDS = ("*.xlsx", "*.xls", "*.csv")
# Actions by the right they need.
_BY_RIGHT = {
    Right.IMPORT_FRAMES: (
        "frames_add",
        "frames_pool",
        "frames_withdraw",
        "frames_exempt",
        "frames_follow",
        "table_open",
    ),
    Right.EXPORT_IDENTITY: ("frames_export", "frames_mailing"),
    Right.KEEP_WISHES: ("frames_wishes",),
    Right.ADJUST: ("frames_confirm", "frames_waive"),
    Right.SEE_PROGRESS: ("frames_register",),
}
_PUBLIC = (None, None)
_FILTERS = (lists.MISSING, lists.SHORT, lists.UNCOVERED, lists.LATE, lists.UNDATED, lists.PROBLEMS)
# What is seldom needs no room until it is there.
_SELDOM = (lists.UNCOVERED, lists.UNDATED)


class FramesPage(Place):
    """The lists of all units and groups; in their place what is wrong with one, or what became of files."""

    mode = Mode.FRAMES

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__(office, keys)
        self.setAcceptDrops(True)
        self._frames: tuple[StoredFrame, ...] = ()
        self._lines: list[ListLine] = []
        self._frozen: frozenset[ListPlace] = frozenset()
        self._job: Job | None = None
        self._taken: list[Taken] = []
        self._pool = False
        self._allowed = frozenset(n for r, names in _BY_RIGHT.items() if office.may(r) for n in names)
        self._needs = Tag("", "warn", "warn_s", "warning", None, 13)
        self._ice = Tag(_("frozen by the draw"), "ink2", "panel", "lock", "line", 13)
        self._filter = Segments(_("Show"))
        self._filter.chosen.connect(lambda _code: self._draw())
        self._decisions = Decisions(self)
        self._unlocking = Unlocking(self, self._take_locked, self._show_taken)
        self._make_tables()
        self._lay_out(keys)

    def _make_tables(self) -> None:
        self._table = Table(
            _("Lists"),
            lists.columns(),
            lambda line: lists.cells(line, self._loaded.programme.settings),
            lambda line: line.key,
            _("No list needs attention"),
        )
        self._table.chosen.connect(self._show_chosen)
        self._table.opened.connect(lambda _line: self._open())
        self._wrong = problems.ProblemView(self.office)
        self._files = Table(_("Files"), taking.columns(), taking.cells)
        self._files.chosen.connect(self._show_file)
        self._file_words = Text(size=14, wrap=True)
        self._done_title = Text(size=17, bold=True)

    def _lay_out(self, keys: Keys) -> None:
        self._side = ListSide(keys, self._allowed)
        add = Button(_("Import files"), "O", Kind.PRIMARY, 14, 32)
        add.clicked.connect(lambda: keys.trigger("frames_add"))
        pool = Button(_("Public pool"), "G", Kind.PLAIN, 14, 32)
        pool.clicked.connect(lambda: keys.trigger("frames_pool"))
        self._adding = [add, pool]
        self._hint = hint = Text(_("or drop them here: .xlsx .xls .csv"), 13, "ink2")
        if "frames_add" not in self._allowed:
            for widget in (add, pool, hint):
                widget.hide()
        bar = row(Text(_("Show"), 13, "ink2"), self._filter, None, hint, pool, add, gap=8)
        self._bar, self._doing = Progress(), Text(size=14, elide=True)
        self._stop = Button(_("Stop"), "Esc", Kind.PLAIN, 14, 32)
        self._stop.clicked.connect(self._cancel)
        self._coming = Surface(
            row((self._doing, 2), (self._bar, 3), self._stop, gap=12, margins=(16, 8, 12, 8))
        )
        self._coming.hide()
        sheet = Surface(row(self._table, margins=(6, 6, 6, 6)))
        overview = Holder(row((sheet, 1), self._side, gap=12))
        words = Surface(column(self._file_words, margins=(16, 10, 16, 10)), "panel")
        done = column(self._done_title, (self._files, 1), words, gap=8, margins=(14, 12, 14, 12))
        self._overview, self._results = overview, Surface(done)
        self._views = OneOf(self._overview, self._wrong, self._results)
        whole = column(bar, self._coming, (self._views, 1), gap=8, margins=(16, 9, 16, 9))
        self.setLayout(whole)

    # ---- the frame asks --------------------------------------------------------------------------

    @property
    def _loaded(self) -> LoadedProgramme:
        assert self.office.programme is not None
        return self.office.programme

    def summary(self) -> str | Sequence[Part]:
        """Figures of all lists together."""
        held = [line.current for line in self._lines if line.unit is not None and line.current is not None]
        wanted = sum(line.unit is not None for line in self._lines)
        usable = sum(frame.accepted for frame in held)
        rest = _(" / {wanted} lists · {usable:,} of {rows:,} rows usable")
        rows = sum(frame.rows for frame in held)
        return (
            _("Handed in "),
            Strong(str(len(held))),
            rest.format(wanted=wanted, usable=usable, rows=rows),
        )

    def marks(self) -> Sequence[QWidget]:
        """How many lists need a person, and whether the draw has frozen them."""
        return self._needs, self._ice

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """What its keys do for whoever signed in."""
        every: dict[str, Callable[..., Any]] = {
            **self._table.handlers(),
            "table_move": self._move,
            "table_open": self._open,
            "frames_filter": self._filter.step,
            "frames_back": self._back,
            "frames_add": self._choose,
            "frames_pool": self._choose_pool,
            "frames_export": lambda: self._decisions.export(self._chosen()),
            "frames_withdraw": lambda: self._decisions.withdraw(self._chosen(), self._frames),
            "frames_exempt": lambda: self._decisions.exempt(self._chosen()),
            "frames_mailing": lambda: self._decisions.write_addresses(self._chosen()),
            "frames_follow": lambda: self._decisions.follow_up(self._chosen()),
            "frames_confirm": lambda: self._decisions.settle(self._chosen(), confirm=True),
            "frames_waive": lambda: self._decisions.settle(self._chosen(), confirm=False),
            "frames_register": self._open_register,
            "frames_wishes": lambda: WishSheet(self, self._loaded),
        }
        guarded = {name for names in _BY_RIGHT.values() for name in names} - self._allowed
        return {name: do for name, do in every.items() if name not in guarded}

    def depart(self) -> None:
        """A question left open is not asked any more."""
        self._decisions.leave()
        self._unlocking.leave()

    def refresh(self) -> None:
        """Read all lists anew."""
        from cati.services import adjustments, drawn_lists, exemptions, frames, mailing

        loaded, session = self.office.programme, self.office.session
        if loaded is None:
            return
        may = self.office.may(Right.ADJUST)

        def read() -> Found:
            settled = adjustments.listing(session, loaded) if may else ()
            about = tuple(one for one in settled if one.code == LATE_RULE)
            mailed = mailing.progress(session, loaded) if loaded.programme.mailed else ()
            return (
                frames.listing(session, loaded),
                drawn_lists.frozen_places(session, loaded),
                about,
                exemptions.listing(session, loaded),
                {(one.unit.code, one.group.code): one.returned for one in mailed},
            )

        self.office.ask(self, read, self._take)

    def _open_register(self) -> None:
        loaded, session = self._loaded, self.office.session
        if loaded.state == "retired":
            self.office.say(_("The programme is retired: its register is not changed any more."))
            return
        if not self.office.may(Right.ADJUST):
            self._read_register()
            return
        self.office.ask(
            self,
            lambda: look(session, loaded),
            lambda known: RegisterSheet(self, loaded, known, self.refresh),
        )

    def _read_register(self) -> None:
        from cati.services import register

        loaded, session = self._loaded, self.office.session
        self.office.ask(
            self, lambda: register.look(session, loaded), lambda found: HandInSheet(self, loaded, found)
        )

    # ---- what is shown ---------------------------------------------------------------------------

    def _take(self, found: Found) -> None:
        self._frames, self._frozen, about, exempted, returned = found
        self._lines = lists.lines_of(self._loaded.programme, self._frames, about, exempted, returned)
        counts = {mark: sum(mark in line.marks() for line in self._lines) for mark in _FILTERS}
        words = {
            lists.MISSING: _("missing {count}"),
            lists.SHORT: _("short {count}"),
            lists.UNCOVERED: _("uncovered {count}"),
            lists.LATE: _("late {count}"),
            lists.UNDATED: _("no date {count}"),
            lists.PROBLEMS: _("with problems {count}"),
        }
        shown = {mark: count for mark, count in counts.items() if count or mark not in _SELDOM}
        named = (Segment(mark, words[mark].format(count=count)) for mark, count in shown.items())
        self._filter.set_segments([Segment("", _("All")), *named])
        needing = sum(bool(line.marks() - {lists.PROBLEMS}) for line in self._lines)
        pattern = ngettext("{count} list needs a person", "{count} lists need a person", needing)
        self._needs.set_text(pattern.format(count=needing))
        self._needs.setVisible(bool(needing))
        self._ice.setVisible(bool(self._frozen))
        self._follow_state()
        self._draw()
        self.head_changed.emit()

    def _follow_state(self) -> None:
        for name, button in zip(("frames_add", "frames_pool"), self._adding, strict=True):
            pool = name == "frames_pool"
            reason = self._frozen_reason([_PUBLIC] if pool else [line.key for line in self._lines])
            button.set_off(reason)
            if name in self._allowed:
                self.keys.set_off(name, reason)
        follow = [line.key for line in self._lines if line.list_kind == FOLLOW_UP]
        if "frames_follow" in self._allowed:
            self.keys.set_off("frames_follow", self._frozen_reason(follow))

    def _frozen_reason(self, places: Sequence[ListPlace]) -> str:
        """Why none of these lists can come or go; empty if one can."""
        kept = not places or any(place not in self._frozen for place in places)
        return "" if kept else _("frozen by the draw")

    def _draw(self) -> None:
        mark = self._filter.code
        self._table.show_rows([line for line in self._lines if not mark or mark in line.marks()])
        self._show_chosen(self._table.current())

    def _show_chosen(self, line: ListLine | None) -> None:
        self._side.show_line(line, self._loaded.programme.settings, self._is_last(line))
        reason = self._frozen_reason([line.key] if line is not None else [])
        self._side.set_off("frames_withdraw", reason)
        if "frames_withdraw" in self._allowed:
            self.keys.set_off("frames_withdraw", reason)

    def _is_last(self, line: ListLine | None) -> bool:
        return line is not None and is_last(line, self._frames)

    def _show(self, view: QWidget) -> None:
        self._views.choose(view)
        self.setFocus()

    def _move(self, key: str) -> None:
        shown = self._views.current()
        tables: dict[QWidget | None, Table] = {self._wrong: self._wrong.table, self._results: self._files}
        tables.get(shown, self._table).walk(key)

    def _chosen(self) -> ListLine | None:
        if self._views.current() is self._results:
            return None
        line: ListLine | None = self._table.current()
        return line

    def _open(self) -> None:
        line = self._chosen()
        frame = line.current if line is not None else None
        if line is None or frame is None or self._views.current() is not self._overview:
            return
        if frame.rows == frame.accepted:
            self.office.tell(_("All rows of this list can be used."))
            return
        self._wrong.show_list(self._loaded, line, frame)
        self._show(self._wrong)

    def _back(self) -> None:
        if self._job is not None:
            self._cancel()
        else:
            self._show(self._overview)

    # ---- files come in ---------------------------------------------------------------------------

    def _choose(self) -> None:
        choose_files(self, _("Import files"), [f"{_('Lists')} ({' '.join(KINDS)})"], self.take_files)

    def _choose_pool(self) -> None:
        choose_files(
            self,
            _("Public pool"),
            [f"{_('Lists')} ({' '.join(KINDS)})"],
            lambda files: self.take_files(files, pool=True),
            several=False,
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The hint goes where there is little room."""
        self._hint.setVisible("frames_add" in self._allowed and self.width() > px(HINT_NEEDS))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped by whoever may import them."""
        if event.mimeData().hasUrls() and "frames_add" in self._allowed:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take in what was dropped."""
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.take_files(sorted(files))

    def take_files(self, files: Sequence[Path], pool: bool = False) -> None:
        """Import files in a job of its own; each comes in whole or not at all.

        Args:
            files: in this order.
            pool: whether they are the list of the public.
        """
        if not files:
            return
        if self._job is not None or self._unlocking.question is not None:
            self.office.say(_("Files are being imported already. Wait for them, or stop them first."))
            return
        if self._frozen_reason([_PUBLIC] if pool else [line.key for line in self._lines]):
            self.office.say(_("The lists are frozen by the draw. Nothing was imported."))
            return
        self._taken, self._pool = [], pool
        self._begin(files)

    def _begin(self, files: Sequence[Path]) -> None:
        taken, session, loaded, pool = self._taken, self.office.session, self._loaded, self._pool
        passwords = tuple(self._unlocking.passwords)
        self._coming.show()
        self._progressed(0.0, files[0].name)
        self._job = self.office.start(
            self,
            lambda job: taking.take_in(session, loaded, files, pool, job, taken, passwords),
            lambda _none: self._finished(),
            self._failed,
            self._progressed,
        )

    def _progressed(self, share: float, words: str) -> None:
        self._bar.set_share(share)
        self._doing.set_text(_("Importing {file}").format(file=words))

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._doing.set_text(_("Stopping"))

    def _failed(self, error: CatiError) -> None:
        self._ended()
        self._show_taken()
        self.office.say_error(error)

    def _ended(self) -> None:
        self._job = None
        self._coming.hide()

    def _finished(self) -> None:
        self._ended()
        locked = [one for one in self._taken if one.locked is not None]
        # Whoever has gone elsewhere meanwhile is not interrupted: the file is told to be protected.
        if locked and self.isVisible():
            self._unlocking.ask([one.file for one in locked], locked[0].words)
        else:
            self._show_taken()

    def _take_locked(self) -> None:
        files = [one.locked for one in self._taken if one.locked is not None]
        self._taken = [one for one in self._taken if one.locked is None]
        self._begin(files)

    def _show_taken(self) -> None:
        self._unlocking.forget()
        came_in = sum(one.ok for one in self._taken)
        out = len(self._taken) - came_in
        pattern = _("Files imported: {done}; refused: {out}")
        self._done_title.set_text(pattern.format(done=came_in, out=out))
        if self._taken:
            self._files.show_rows(sorted(self._taken, key=lambda one: one.ok))
            self._files.choose(0)
            self._show(self._results)
        self.refresh()

    def _show_file(self, one: Taken | None) -> None:
        words = "" if one is None else one.words if one.file in one.words else f"{one.file}: {one.words}"
        self._file_words.set_text(words)
