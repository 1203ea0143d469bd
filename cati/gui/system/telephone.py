"""The telephone of this station: where its calls go, set, tried and removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from cati.base.i18n import translate as _
from cati.domain.phone import CODECS, RING_SECONDS, SETTINGS, PhoneAccount, Transport
from cati.gui.form import labelled
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.system.tab import SystemTab
from cati.gui.trial_call import ask_secret, ask_test_call, by_itself
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.chooser import Chooser
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.segments import Segment
from cati.gui.widgets.surface import Rule, Surface
from cati.gui.widgets.text import Text


def _facts(account: PhoneAccount) -> tuple[tuple[str, str], ...]:
    """Each setting with its value, in words."""
    called = {name: _(words) for name, words in SETTINGS.items()}
    yes, none = (_("no"), _("yes")), _("none")
    return (
        (called["server"], f"{account.server} · {account.transport.upper()}"),
        (called["authority"], account.authority or none),
        (called["user"], account.user),
        (called["encrypted"], yes[account.encrypted]),
        (called["codecs"], " ".join(account.codecs)),
        (called["outside"], account.outside or none),
        (called["ring_seconds"], str(account.ring_seconds)),
        (called["test_number"], account.test_number or none),
        (_("test call each day"), yes[account.test_daily]),
        (called["pause_seconds"], str(account.pause_seconds) if account.pause_seconds else _("none")),
    )


class AccountFields:
    """What an account consists of, to be filled in.

    Args:
        before: the account as it is, None for a new one.
    """

    def __init__(self, before: PhoneAccount | None) -> None:
        was = before or PhoneAccount("", "")
        self._before = was
        self.server = LineField(_("Exchange (host or host:port)"))
        self.user = LineField(_("Telephone's name there, often its extension"))
        hint = _("leave empty to keep it") if before is not None else ""
        self._secret = LineField(_("The telephone's password at the exchange"), secret=True, hint=hint)
        self._authority = LineField(_("File of certificates, for TLS"))
        self._outside = LineField(_("Outside line"), hint=_("digits before every number; often empty"))
        self._codecs = LineField(_("Codecs, best first"), hint=" ".join(CODECS))
        self._ring = LineField(_("Seconds of ringing"), hint="10–180")
        self._pause = LineField(_("Seconds until the next is dialled"), hint=_("0: by key alone"))
        self._test = LineField(_("Test number"), hint=_("a telephone of the bureau"))
        ways = [Segment(str(way), way.upper()) for way in Transport]
        self._way = Chooser(_("Way there"), ways, 110)
        self._way.choose(str(was.transport))
        self._encrypted = self._flag(_("Encrypted voice only"), was.encrypted)
        self._daily = self._flag(_("Test call each day"), was.test_daily)
        for field, words in (
            (self.server, was.server),
            (self.user, was.user),
            (self._authority, was.authority),
            (self._outside, was.outside),
            (self._codecs, " ".join(was.codecs)),
            (self._ring, str(was.ring_seconds)),
            (self._test, was.test_number),
            (self._pause, str(was.pause_seconds or "")),
        ):
            field.setText(words)

    @staticmethod
    def _flag(words: str, on: bool) -> Button:
        flag = Button(words, height=36)
        flag.setCheckable(True)
        flag.setChecked(on)
        return flag

    def parts(self) -> tuple[QWidget, ...]:
        """In the order in which they are filled in."""
        way = column(Text(_("Way there"), 14, "ink2"), None, self._way, None, gap=4)
        flags = column(None, row(self._daily, self._encrypted, gap=8))
        lines = (
            ((labelled(self.server), 3), way, (labelled(self._authority), 3)),
            ((labelled(self.user), 1), (labelled(self._secret), 1)),
            ((labelled(self._codecs), 1), (labelled(self._ring), 1), (labelled(self._outside), 1)),
            ((labelled(self._test), 1), (labelled(self._pause), 1), flags),
        )
        return tuple(Holder(row(*line, gap=12)) for line in lines)

    def account(self) -> PhoneAccount:
        """As filled in."""
        return PhoneAccount(
            self.server.text().strip(),
            self.user.text().strip(),
            self._secret.text(),
            Transport(self._way.code),
            tuple(self._codecs.text().upper().replace(",", " ").split()) or CODECS,
            self._encrypted.isChecked(),
            self._authority.text().strip(),
            self._outside.text().strip(),
            _seconds(self._ring, RING_SECONDS),
            self._before.address,
            self._test.text().strip(),
            self._daily.isChecked(),
            _seconds(self._pause, 0),
        )


def _seconds(field: LineField, usual: int) -> int:
    """As typed; what is no number is too many of them, and refused."""
    typed = field.text().strip()
    return usual if not typed else int(typed) if typed.isdecimal() and len(typed) < 5 else 9999


class TelephoneTab(SystemTab):
    """The account, without its password, and what can be done about it."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._account: PhoneAccount | None = None
        self._lead = Text(size=15, wrap=True)
        self._values = [(Text(size=14, ink="ink2"), Text(size=14)) for _fact in _facts(PhoneAccount("", ""))]
        lines: list[Any] = []
        for caption, value in self._values:
            caption.setMinimumWidth(1)
            lines += [row((caption, 1), (value, 2), gap=12), Rule()]
        self._sheet = Holder(column(*lines[:-1], gap=6))
        words = {
            "phone_set": (_("Set the telephone"), "E", Kind.PRIMARY),
            "phone_unlock": (_("Give the password"), "U", Kind.PLAIN),
            "phone_test": (_("Test call"), "T", Kind.PLAIN),
            "phone_forget": (_("Dial by hand"), "F", Kind.PLAIN),
        }
        self._buttons = {name: Button(*said, 14, 36) for name, said in words.items()}
        for name, button in self._buttons.items():
            button.clicked.connect(lambda _on=False, name=name: self.keys.trigger(name))
        content = column(self._lead, self._sheet, None, gap=12, margins=(18, 14, 18, 14))
        self.setLayout(column((Surface(content), 1), row(*self._buttons.values(), None, gap=8), gap=8))
        self._show(None, False)

    def summary(self) -> str:
        """Whether this station calls by itself."""
        return _("calls by itself") if self._account is not None else _("dialled by hand")

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """What can be done about the telephone."""
        return {
            "phone_set": self._ask_account,
            "phone_unlock": self._ask_secret,
            "phone_test": self._ask_test,
            "phone_forget": self._ask_forget,
        }

    def refresh(self) -> None:
        """Read the account."""
        folder, login = self.office.settings.data_folder, self.office.actor.login

        def read() -> tuple[PhoneAccount | None, bool]:
            from cati.station import phone

            return phone.known_account(folder), phone.has_secret(folder, login)

        self.office.ask(self, read, lambda found: self._show(*found))

    def _show(self, account: PhoneAccount | None, mine: bool) -> None:
        self._account = account
        if account is None:
            self._lead.set_text(_("Numbers are dialled by hand on this station."))
        elif mine:
            self._lead.set_text(_("This station calls by itself, also for you."))
        else:
            self._lead.set_text(
                _("This station calls by itself for those who gave the telephone's password; you did not.")
            )
        self._sheet.setVisible(account is not None)
        facts = _facts(account) if account is not None else ()
        for (caption, value), (name, words) in zip(self._values, facts, strict=False):
            caption.set_text(name)
            value.set_text(words)
        none = "" if account is not None else _("no telephone yet")
        for name in ("phone_unlock", "phone_forget"):
            self._off(name, none)
        self._off("phone_test", none or ("" if mine else _("your password first")))
        self.summary_changed.emit()

    def _off(self, name: str, reason: str) -> None:
        self.keys.set_off(name, reason)
        self._buttons[name].set_off(reason)

    def _ask_account(self) -> None:
        fields, office = AccountFields(self._account), self.office

        def answer() -> None:
            from cati.station import phone

            if question.form.filled_in(fields.server, fields.user):
                account, folder = fields.account(), office.settings.data_folder
                question.send(lambda: phone.set_account(office.session, folder, account), kept)

        def kept(_none: None) -> None:
            self.refresh()
            office.tell(_("The telephone was set. Make a test call (T)."))

        question = Question(
            self.place,
            _("Set the telephone"),
            _("The exchange's keeper knows all of this. The password is kept so that only you can use it."),
            fields.parts(),
            _("Keep"),
            answer,
            width=880,
        )

    def _ask_secret(self) -> None:
        office = self.office
        tasks, folder = office.tasks, office.settings.data_folder
        ask_secret(self.place, self.keys, tasks, office.session, folder, self.refresh)

    def _ask_test(self) -> None:
        call = by_itself(self.office.session, self.office.settings.data_folder)
        ask_test_call(self.place, self.keys, self.office.tasks, call)

    def _ask_forget(self) -> None:
        office = self.office

        def answer() -> None:
            from cati.station import phone

            question.send(lambda: phone.dial_by_hand(office.session, office.settings.data_folder), removed)

        def removed(_none: None) -> None:
            self.refresh()
            office.tell(_("Numbers are dialled by hand on this station."))

        question = Question(
            self.place,
            _("Dial by hand"),
            _(
                "Everybody dials by hand on this station from the next sign-in on. All passwords are "
                "forgotten."
            ),
            [],
            _("Remove the telephone"),
            answer,
        )
