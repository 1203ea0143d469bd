"""Settling a message: what it says, and the answer that is kept with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.messages import KIND_LABELS, LateWrite, decision, holds, late_words, said
from cati.gui.actions import Keys
from cati.gui.field.words import moment
from cati.gui.widgets.button import Button
from cati.gui.widgets.button import Kind as Look
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import column
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.messages import Message


LONGEST_LIST = 12
"""Lines of late work that are shown; `cati messages` shows all."""
_ORDER = {"close": 0, "answer": 1}


class SettleForm(Surface):
    """Lies in the place of the messages while one of them is open.

    Args:
        keys: of the window; its buttons do what the keys do.
    """

    def __init__(self, keys: Keys) -> None:
        self._message: Message | None = None
        self._head, self._about = Text(size=14, bold=True, wrap=True), Text(size=13, ink="ink2", wrap=True)
        self._words = Text(size=14, wrap=True)
        self._late = Text(size=13, wrap=True)
        self._decided = Text(size=13, bold=True, wrap=True)
        self._field = LineField(_("Your answer"), size=14, height=32)
        self._hear = Button(_("Hear what was said before"), "F6", Look.PLAIN, 14, 32, icon="play")
        self._hear.clicked.connect(lambda: keys.trigger("field_review"))
        self._settle = Button(_("Settle"), "Enter", Look.PRIMARY, 14, 32)
        self._again = Button(_("Once more, by somebody else"), "F8", Look.PLAIN, 14, 32)
        self._settle.clicked.connect(lambda: keys.trigger("table_open"))
        self._again.clicked.connect(lambda: keys.trigger("field_again"))
        super().__init__(
            column(
                self._head,
                self._about,
                self._words,
                self._late,
                self._decided,
                self._hear,
                self._field,
                self._again,
                self._settle,
                None,
                gap=6,
                margins=(10, 8, 10, 10),
            ),
            radius=8,
        )
        self.hide()

    @property
    def message(self) -> Message:
        """The one that is open."""
        assert self._message is not None
        return self._message

    @property
    def decides(self) -> bool:
        """Whether there are two ways to settle the one that is open."""
        one = self.message
        return one.settled_at is None and (one.kind.decides or holds(one.kind, one.text))

    @property
    def is_heard(self) -> bool:
        """Whether the one that is open marks something of a recording."""
        return self._message is not None and self._message.stretch is not None

    @property
    def acts(self) -> bool:
        """Whether anything can be done with it: it waits, or what was decided can be taken back."""
        return self.message.settled_at is None or (self.message.again is True and self._held)

    @property
    def _held(self) -> bool:
        return holds(self.message.kind, self.message.text)

    @property
    def done_by(self) -> dict[str, str]:
        """What its keys do with the one that is open, by the name of their action; nothing while none is."""
        if self._message is None:
            return {}
        heard = {"field_review": self._hear.text()} if self.is_heard else {}
        if not self.acts:
            return heard | {"table_open": _("Close")}
        again = {"field_again": self._again.text()} if self.decides else {}
        return heard | again | {"table_open": self._settle.text()}

    @property
    def answer(self) -> str:
        """What was typed."""
        return self._field.text()

    def show_message(self, message: Message) -> None:
        """Open a message and wait for the answer."""
        self._message = message
        kind = _(KIND_LABELS[message.kind])
        self._head.set_text(f"{kind} · {message.operator}")
        self._about.set_text(_about(message))
        self._about.setVisible(bool(_about(message)))
        self._words.set_text(_(said(message.kind, message.text)) if message.text else "")
        self._words.setVisible(bool(message.text))
        self._late.hide()
        self._hear.setVisible(self.is_heard)
        self._decided.set_text(decided_words(message, with_time=True))
        self._decided.setVisible(message.settled_at is not None)
        held, decided = self._held, message.settled_at is not None
        self._field.clear()
        self._field.setPlaceholderText(
            _("Reason, may be left empty") if self.decides or decided else _("What was done about it")
        )
        self._field.setVisible(self.acts)
        self._settle.setVisible(self.acts)
        self._again.setVisible(self.decides)
        self._again.set_words(
            _("Let the person be called again") if held else _("Once more, by somebody else")
        )
        ended = _("The case stays ended") if self.decides else _("Settle")
        taken = _("Take the work over after all") if decided else _("Take the work over")
        self._settle.set_words(taken if held else ended)
        self.show()
        self._field.setFocus()

    def show_late(self, writes: Sequence[LateWrite]) -> None:
        """What came late beside what stands: outcome, answers, the rest; a long list ends in its number.

        Whoever decides on a whole call has to see how it ended, or that it has not.
        """
        ordered = sorted(writes, key=lambda write: _ORDER.get(write.kind, len(_ORDER)))
        lines = [late_words(write, _) for write in ordered[:LONGEST_LIST]]
        if (more := len(writes) - len(lines)) > 0:
            lines.append(ngettext("and {count} more", "and {count} more", more).format(count=more))
        if self._held and all(write.kind != "close" for write in writes):
            lines.insert(0, _("No outcome has come: the call may still be going on"))
        self._late.set_text("\n".join(lines))
        self._late.setVisible(bool(lines))

    def put_away(self) -> None:
        """Close it; the message waits on unless it was settled."""
        self._message = None
        self.hide()


def decided_words(message: Message, *, with_time: bool = False) -> str:
    """Who settled a message, how, and with which words; empty while it waits."""
    if message.settled_at is None:
        return ""
    what = decision(message.kind, message.again)
    who = f"{message.settled_by} {moment(message.settled_at)}" if with_time else message.settled_by
    return " · ".join(part for part in (_(what) if what else "", message.answer, who) if part)


def _about(message: Message) -> str:
    if message.case_id is None:
        return ""
    said = _("Case {number} · {unit} · {group}")
    return said.format(number=message.case_id, unit=message.unit, group=message.group)
