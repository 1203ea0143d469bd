"""The messages beside the board: those that wait and those that were decided, and one of them open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal

from cati.base import i18n
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.messages import KIND_LABELS, Kind, LateWrite, said
from cati.domain.users import Right
from cati.gui.action import Mode
from cati.gui.actions import BY_NAME, Keys
from cati.gui.field import words
from cati.gui.field.settle import SettleForm, decided_words
from cati.gui.office.following import Following
from cati.gui.office.office import Office
from cati.gui.widgets.button import Button
from cati.gui.widgets.layouts import column
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Cell, Column, Table
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.messages import Message

KIND_INKS = {
    Kind.COMPLAINT: "stop",
    Kind.HELP: "warn",
    Kind.REFUSAL: "ink",
    Kind.LANGUAGE: "ink",
    Kind.LATE: "warn",
}
assert KIND_INKS.keys() == set(Kind)


class MessageSide(Surface):
    """A list of messages; the one that is open lies in its place: on a low window both have no room.

    Args:
        office: session, programme and worker.
        keys: of the window.

    Signals:
        settled: something was decided: what is shown is to be read anew.
    """

    settled = Signal()

    def __init__(self, office: Office, keys: Keys) -> None:
        self._office, self._keys = office, keys
        self._decided = False
        self.table = Table(_("Messages"), _columns(), self._cells, lambda one: one.id, _("Nothing waits"))
        self.form = SettleForm(keys)
        self._title = Text(size=15, bold=True)
        self._other = Button(_("Decided messages"), "Shift+F3", height=32)
        self._other.clicked.connect(lambda: keys.trigger("field_decided"))
        super().__init__(
            column(self._title, (self.table, 1), self._other, self.form, gap=8, margins=(12, 10, 8, 8))
        )
        self.table.opened.connect(self._open)

    # ---- the board asks --------------------------------------------------------------------------

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """The keys of its own; how a message is settled otherwise only while there is such a way."""
        bound: dict[str, Callable[..., Any]] = {"field_decided": self._change}
        if self._is_open() and self.form.decides:
            bound["field_again"] = self._settle_again
        if self._is_open() and self._may_hear():
            bound["field_review"] = self._review
        return bound

    def say_keys(self) -> None:
        """The key bar says of each key what it does with the message that is open."""
        done_by = self.form.done_by
        for name in ("table_open", "field_again", "field_review"):
            self._keys.set_words(name, done_by.get(name, ""))

    def read(self, following: Following) -> None:
        """Ask for the messages through what follows the floor."""
        from cati.services import messages

        loaded, session, decided = self._office.programme, self._office.session, self._decided
        if loaded is None:
            return
        look = partial(messages.decided if decided else messages.waiting, session, loaded)
        following.ask(look, lambda found: self._take(found, decided))

    def enter(self) -> bool:
        """Settle the message that is open; False where none is."""
        if not self._is_open():
            return False
        if self.form.acts:
            self._settle(again=False)
        else:
            self._put_away()
        return True

    def back(self) -> bool:
        """Let the message that is open be; False where none is."""
        is_open = self._is_open()
        if is_open:
            self._put_away()
        return is_open

    # ---- the list --------------------------------------------------------------------------------

    def _take(self, found: Sequence[Message], decided: bool) -> None:
        if decided is not self._decided:
            return  # the others are looked at meanwhile
        nothing = _("Nothing was decided in the last three days") if decided else _("Nothing waits")
        self.table.set_nothing(nothing)
        self.table.show_rows(found)
        self._say_title(len(found), sum(one.kind is Kind.HELP for one in found))

    def _say_title(self, count: int, helps: int = 0) -> None:
        if self._decided:
            self._title.set_text(_("Decided in the last three days"))
        elif count:
            waits = ngettext("{count} message waits", "{count} messages wait", count)
            called = f" · {_(KIND_LABELS[Kind.HELP])} {helps}" if 0 < helps < count else ""
            self._title.set_text(waits.format(count=count) + called)
        else:
            self._title.set_text(_("Messages"))

    def _change(self) -> None:
        """To what was decided, and back to what waits."""
        self.back()
        self._decided = not self._decided
        self._other.set_words(_("Messages that wait") if self._decided else _("Decided messages"))
        self.table.show_rows(())
        self._say_title(0)
        self.table.setFocus()
        self.settled.emit()

    def _cells(self, message: Message) -> Sequence[Cell | str]:
        text = _(said(message.kind, message.text)) if message.text else ""
        where = f"{message.unit} · {message.group}" if message.unit else ""
        return (
            words.recent(message.settled_at or message.at, self._office.session.clock.now()),
            Cell(_(KIND_LABELS[message.kind]), KIND_INKS[message.kind], bold=True),
            message.operator,
            decided_words(message) or text or where,
        )

    # ---- one of them -----------------------------------------------------------------------------

    def _is_open(self) -> bool:
        return self.form.isVisibleTo(self)

    def _open(self, message: Message) -> None:
        for widget in (self._title, self.table, self._other):
            widget.hide()
        self.form.show_message(message)
        if message.kind is Kind.LATE:
            self._read_late(message)
        if self.form.decides:
            self._keys.bind("field_again", self._settle_again)
        if self._may_hear():
            self._keys.bind("field_review", self._review)
        self.say_keys()

    def _read_late(self, message: Message) -> None:
        from cati.services import late_work

        loaded, session, language = self._office.programme, self._office.session, i18n.language()
        assert loaded is not None
        self._office.ask(
            self,
            lambda: late_work.of_message(session, loaded, message.id, language),
            lambda found: self._show_late(message, found),
        )

    def _show_late(self, message: Message, found: Sequence[LateWrite]) -> None:
        if self._is_open() and self.form.message.id == message.id:
            self.form.show_late(found)

    def _put_away(self) -> None:
        self.form.put_away()
        for widget in (self._title, self.table, self._other):
            widget.show()
        self._keys.unbind("field_again", "field_review")
        self.say_keys()
        self.table.setFocus()

    def _may_hear(self) -> bool:
        return self.form.is_heard and self._office.may(Right.LISTEN)

    def _review(self) -> None:
        """To the review, at what the message marks of the recording."""
        from cati.services import review

        session, stretch = self._office.session, self.form.message.stretch
        assert stretch is not None
        self._office.ask(
            self,
            lambda: review.interview_of(session, stretch.recording_id),
            lambda interview: self._office.go(Mode.REVIEW.value, (interview, stretch)),
        )

    def _settle_again(self) -> None:
        self._settle(again=True)

    def _settle(self, again: bool) -> None:
        from cati.services import messages

        loaded, session = self._office.programme, self._office.session
        assert loaded is not None
        message, answer = self.form.message, self.form.answer
        work = partial(messages.settle, session, loaded, message.id, answer, again=again)
        if message.settled_at is not None:
            work = partial(messages.settle_after_all, session, loaded, message.id, answer)
        self._office.ask(self, work, lambda _done: self._is_settled(message, again))

    def _is_settled(self, message: Message, again: bool) -> None:
        if again and message.kind is Kind.LATE:
            told = _(
                "The person is called again. As long as nobody has called, the work can still be taken over: "
                "{key} shows what was decided."
            )
            self._office.tell(told.format(key=BY_NAME["field_decided"].printed))
        elif message.settled_at is not None:
            # It stands in the place of the sentence that the person is called again.
            self._office.tell(_("The work is taken over; the person is not called again."))
        self._put_away()
        self.settled.emit()


def _columns() -> Sequence[Column]:
    return (
        Column("at", _("Time"), 54),
        Column("kind", _("About"), 104 if i18n.language() == "en" else 76),
        Column("who", _("Operator"), 70, gives_way=1),
        Column("text", _("Words"), 80, grows=1),
    )
