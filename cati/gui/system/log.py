"""The audit log: its newest entries, whether its chains hold, and the daily head to keep elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.domain.attendance import LOCAL
from cati.gui.form import labelled
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.office.words import grouped
from cati.gui.system.entries import Entries
from cati.gui.system.tab import SystemTab
from cati.gui.system.words import action_words
from cati.gui.tasks import Job
from cati.gui.widgets.button import Button
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import column, row
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Cell, Column, Table
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.audit import BadEntry, Head, Noted, StoredEntry

HEADS = "audit-heads.txt"
KEEP_WITHIN = timedelta(days=7)
"""A head that is kept less often leaves a week unproved."""


def _columns() -> Sequence[Column]:
    return (
        Column("at", _("Time"), 150),
        Column("who", _("Who"), 100, gives_way=1),
        Column("what", _("What was done"), 160, grows=1),
        Column("subject", _("To what"), 200, grows=1),
        Column("detail", _("Details"), 120, grows=3, gives_way=2),
    )


class AuditTab(SystemTab):
    """The newest entries, and what proves them."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._names: Mapping[int, str] = {}
        self._entries = Entries(None, {})
        self._job: Job | None = None
        self._told = Text(size=14, wrap=True)
        self.table = Table(
            _("Audit log"), _columns(), self._cells, lambda entry: (entry.session_id, entry.seq)
        )
        self._verify_button = Button(_("Verify the chain"), "V", height=32)
        head = Button(_("Export the daily head"), "H", height=32)
        self._verify_button.clicked.connect(lambda: self.keys.trigger("audit_verify"))
        head.clicked.connect(lambda: self.keys.trigger("audit_head"))
        self._head: Head | None = None
        self._hash, self._noted = Text(size=14, elide=True), Text(size=14, ink="ink2", wrap=True)
        copy = Button(_("Copy the daily head"), "C", height=32)
        copy.clicked.connect(lambda: self.keys.trigger("audit_copy"))
        self.setLayout(
            column(
                (Surface(column(self.table, margins=(6, 4, 6, 6))), 1),
                Surface(
                    column(
                        row(copy, head, (column(self._hash, self._noted, gap=2), 1), gap=8),
                        margins=(10, 8, 10, 8),
                    )
                ),
                row(self._verify_button, (column(None, self._told, None), 1), gap=8),
                gap=8,
            )
        )

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """Walk, verify, export."""
        return {
            "table_move": self.table.walk,
            "audit_verify": self._verify,
            "audit_copy": self._copy,
            "audit_head": self._ask_head,
        }

    def refresh(self) -> None:
        """Read the newest entries."""
        from cati.services import audit, users

        session = self.office.session
        self.office.ask(self, lambda: (audit.newest(session), users.list_users(session)), self._take)

    def _take(self, found: tuple[Sequence[StoredEntry], Sequence[Any]]) -> None:
        entries, everybody = found
        self._names = {user.id: user.login for user in everybody}
        loaded = self.office.programme
        self._entries = Entries(None if loaded is None else loaded.programme, self._names)
        self.table.show_rows(entries)
        self._read_head()

    def _read_head(self) -> None:
        """Work it out beside the worker: it goes over the whole log."""
        session = self.office.session

        def work(_job: Job) -> tuple[Head, Noted | None]:
            from cati.services import audit

            return audit.head(session), audit.last_noted(session)

        self.office.start(self, work, lambda found: self._show_head(*found))

    def _show_head(self, head: Head, noted: Noted | None) -> None:
        self._head = head
        words = _("{day}, {count} entries: {hash}").format(
            day=head.day.isoformat(), count=f"{head.entries:,}", hash=grouped(head.hash, 4)
        )
        self._hash.set_text(words)
        self._hash.setToolTip(head.line)
        if noted is None:
            self._noted.set_text(_("No head was kept outside yet: copy it into a book or file elsewhere."))
            self._noted.set_ink("warn")
            return
        who = self._names.get(noted.user_id, "") if noted.user_id is not None else ""
        at = f"{noted.at.astimezone(LOCAL):%Y-%m-%d %H:%M}"
        late = head.day - noted.day > KEEP_WITHIN
        said = _("Last head noted on {at} by {login}, that of {day}.")
        self._noted.set_text(said.format(at=at, login=who, day=noted.day.isoformat()))
        self._noted.set_ink("warn" if late else "ink2")

    def _copy(self) -> None:
        if self._head is None:
            return
        from cati.services import audit

        session, head = self.office.session, self._head
        QGuiApplication.clipboard().setText(head.line)
        self.office.ask(self, lambda: audit.note_head(session, head, "copied"), lambda _none: self._copied())

    def _copied(self) -> None:
        self._told.set_text(_("Copied. Paste it where this computer cannot change it."))
        self.refresh()

    def _cells(self, entry: StoredEntry) -> Sequence[Cell | str]:
        who = _("nobody signed in") if entry.user_id is None else self._names.get(entry.user_id, "")
        at = f"{entry.at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}"
        told = self._entries
        return at, who, action_words(entry.action), told.subject(entry), Cell(told.details(entry), "ink2")

    # ---- proofs ----------------------------------------------------------------------------------

    def _verify(self) -> None:
        if self._job is not None:
            return
        session = self.office.session

        def work(_job: Job) -> BadEntry | None:
            from cati.services import audit

            return audit.verify(session)

        self._told.set_text(_("The chains are being checked"))
        self._job = self.office.start(self, work, self._verified, self._failed)

    def _verified(self, bad: BadEntry | None) -> None:
        from cati.services import audit

        self._job = None
        if bad is None:
            self._told.set_text(_("The audit log is whole."))
            return
        broken = _(
            "The audit log is broken at entry {seq} of session {session} ({login}): {problem}. Keep this "
            "computer as it is and tell the bureau; compare with a backup of an earlier day."
        )
        problem = _(audit.BROKEN[bad.problem])
        login = bad.login or _("unknown")
        told = broken.format(seq=bad.seq, session=bad.session_id, login=login, problem=problem)
        self._told.set_text(told)

    def _failed(self, error: CatiError) -> None:
        self._job = None
        self._told.set_text(str(error))

    def _ask_head(self) -> None:
        field = LineField(_("File"), size=14)
        field.setText(str(Path.home() / HEADS))
        lead = _("One line for yesterday is added. Keep the file elsewhere: it shows what was cut off later.")
        question: Question

        def answer() -> None:
            from cati.services import audit

            session, target = self.office.session, Path(field.text().strip())
            question.wait(_("One moment"))
            self.office.ask(question, lambda: audit.export_head(session, target), done, question.refuse)

        def done(head: Any) -> None:
            question.leave()
            said = _("{day}: {count} entries, head {hash}…")
            self._told.set_text(
                said.format(day=head.day.isoformat(), count=head.entries, hash=head.hash[:16])
            )
            self.refresh()

        title = _("Export the daily head")
        question = Question(self.place, title, lead, [labelled(field)], _("Export"), answer)
