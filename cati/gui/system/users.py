"""Users: who there is, with roles, languages, keys and state, and what can be done about each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.users import Right, Role
from cati.gui.actions import BY_NAME
from cati.gui.form import labelled
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.office.words import role_words
from cati.gui.own_password import agree
from cati.gui.system.tab import SystemTab
from cati.gui.widgets.button import Button
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.surface import Surface
from cati.gui.widgets.table import Cell, Column, Table
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.clearances import Standing
    from cati.services.users import User


def _columns() -> Sequence[Column]:
    return (
        Column("login", _("Login"), 100, sort=True),
        Column("name", _("Name"), 110, grows=1, sort=True),
        Column("roles", _("Roles"), 170, grows=2),
        Column("languages", _("Languages"), 110, grows=1, gives_way=1),
        Column("calling", _("May call"), 130, gives_way=2),
        Column("keys", _("Keys"), 120),
        Column("state", _("State"), 100),
    )


class RoleBoxes(Holder):
    """A flag for each role."""

    def __init__(self, held: frozenset[Role]) -> None:
        self._boxes = {role: Button(role_words(role), height=32) for role in Role}
        for role, box in self._boxes.items():
            box.setCheckable(True)
            box.setChecked(role in held)
        boxes = list(self._boxes.values())
        super().__init__(
            column(
                Text(_("Roles (Tab and Space)"), 14, "ink2"),
                row(*boxes[:3], None, gap=6),
                row(*boxes[3:], None, gap=6),
                gap=6,
            )
        )

    def chosen(self) -> frozenset[Role]:
        """The roles that are set."""
        return frozenset(role for role, box in self._boxes.items() if box.isChecked())


class UsersTab(SystemTab):
    """The table of users, and questions over it."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._missing: Counter[str] = Counter()
        self._users: Sequence[User] = ()
        self._standings: dict[int, Standing] = {}
        self.table = Table(_("Users"), _columns(), self._cells, lambda user: user.id)
        self.table.opened.connect(lambda _user: self._ask_roles())
        names = (
            "user_add",
            "user_roles",
            "user_languages",
            "user_password",
            "user_keys",
            "user_excuse",
            "user_disable",
        )
        words = {
            "user_add": (_("Add a user"), "A"),
            "user_roles": (_("Roles"), "R"),
            "user_languages": (_("Languages"), "L"),
            "user_password": (_("Reset the password"), "P"),
            "user_keys": (_("Grant missing keys"), "G"),
            "user_excuse": (_("Excuse from the practice test"), "X"),
            "user_disable": (_("Disable or enable"), "D"),
        }
        self._buttons = {name: Button(*words[name], height=32) for name in names}
        own = Button(_("My own password"), BY_NAME["own_password"].printed, height=32)
        for name, button in (*self._buttons.items(), ("own_password", own)):
            button.clicked.connect(lambda _on=False, name=name: self.keys.trigger(name))
        shown = list(self._buttons.values())
        self.setLayout(
            column(
                (Surface(column(self.table, margins=(6, 4, 6, 6))), 1),
                row(*shown[:4], None, gap=8),
                row(*shown[4:], own, None, gap=8),
                gap=8,
            )
        )

    def summary(self) -> str:
        """How many there are, and how many wait for keys; nothing while they are not read yet."""
        if not self._users:
            return ""
        active = sum(user.active for user in self._users)
        said = ngettext("{count} active user", "{count} active users", active).format(count=active)
        waiting = len(self._missing)
        if waiting:
            more = ngettext("{count} waits for keys", "{count} wait for keys", waiting)
            said += " · " + more.format(count=waiting)
        return said

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """What can be done about users."""
        return {
            **self.table.handlers(),
            "user_add": self._ask_user,
            "user_roles": self._ask_roles,
            "user_languages": self._ask_languages,
            "user_password": self._ask_reset,
            "user_keys": self._grant,
            "user_excuse": self._ask_excuse,
            "user_disable": self._ask_disable,
        }

    def refresh(self) -> None:
        """Read users and missing keys."""
        from cati.services import clearances, keys, users

        session, loaded = self.office.session, self.office.programme
        may = self.office.may(Right.CLEAR_OPERATORS)

        def read() -> tuple[Sequence[User], Sequence[Any], Sequence[Standing]]:
            standings = clearances.listing(session, loaded) if may and loaded is not None else ()
            return users.list_users(session), keys.missing(session), standings

        self.office.ask(self, read, self._take)

    def _take(self, found: tuple[Sequence[User], Sequence[Any], Sequence[Standing]]) -> None:
        everybody, missing, standings = found
        self._standings = {one.user_id: one for one in standings}
        self._users = [user for user in everybody if not user.simulated]
        self._missing = Counter(one.login for one in missing)
        self.table.show_rows(self._users)
        self.summary_changed.emit()

    def _cells(self, user: User) -> Sequence[Cell | str]:
        roles = _(", ").join(role_words(role) for role in Role if role in user.roles)
        missing = self._missing[user.login]
        keys = Cell(_("{count} missing").format(count=missing), "warn", True, "warning") if missing else ""
        ink = "ink" if user.active else "ink2"
        state = Cell(_("active")) if user.active else Cell(_("disabled"), "ink2", False, "end")
        spoken, calling = _(", ").join(user.languages), self._calling(user)
        return (Cell(user.login, ink), Cell(user.name, ink), roles, spoken, calling, keys, state)

    def _calling(self, user: User) -> Cell | str:
        """What is missing before this user may call in the programme in hand."""
        standing = self._standings.get(user.id)
        if standing is None:
            return ""
        if standing.pledge is None:
            return Cell(_("pledge not signed"), "warn")
        if not standing.interviews:
            return ""
        if standing.practice is None:
            return Cell(_("not practised"), "warn")
        return Cell(_("excused") if standing.practice.waived else _("yes"), "ok", False, "tick")

    # ---- questions -------------------------------------------------------------------------------

    def _ask(
        self, title: str, lead: str, parts: Sequence[QWidget], button: str, answer: Callable[[Question], Any]
    ) -> None:
        held: list[Question] = []
        held.append(Question(self.place, title, lead, parts, button, lambda: answer(held[0])))

    def _do(self, question: Question, work: Callable[[], Any], said: str = "") -> None:
        def done(_result: object) -> None:
            question.leave()
            self.refresh()
            if said:
                self.office.tell(said)

        question.wait(_("One moment"))
        self.office.ask(question, work, done, question.refuse)

    def _chosen(self) -> User | None:
        user: User | None = self.table.current()
        return user

    def _ask_user(self) -> None:
        login, name = LineField(_("Login")), LineField(_("Name"))
        first, again = LineField(_("First password"), secret=True), LineField(_("Once more"), secret=True)
        boxes = RoleBoxes(frozenset({Role.OPERATOR}))

        def answer(question: Question) -> None:
            from cati.services import users

            if not question.form.filled_in(login, name, first) or not agree(question, first, again):
                return
            given = (login.text(), name.text(), boxes.chosen(), first.text())
            self._do(question, lambda: users.add_user(self.office.session, *given))

        self._ask(
            _("Add a user"),
            _("The keys of the roles are granted at once, as far as you hold them."),
            [
                Holder(row(labelled(login), labelled(name), gap=12)),
                boxes,
                Holder(row(labelled(first), labelled(again), gap=12)),
            ],
            _("Add"),
            answer,
        )

    def _ask_roles(self) -> None:
        user = self._chosen()
        if user is None:
            return
        boxes = RoleBoxes(user.roles)

        def answer(question: Question) -> None:
            from cati.services import users

            roles = boxes.chosen()
            self._do(question, lambda: users.set_roles(self.office.session, user.login, roles))

        lead = _(
            "Keys that no role entitles to any more are withdrawn; new ones are granted if you hold them."
        )
        self._ask(_("Roles of {name}").format(name=user.name), lead, [boxes], _("Store"), answer)

    def _ask_languages(self) -> None:
        user = self._chosen()
        if user is None:
            return
        field = LineField(_("Further languages and dialects"))
        field.setText(" ".join(user.languages))

        def answer(question: Question) -> None:
            from cati.services import users

            spoken = field.text().replace(",", " ").replace("，", " ").replace("、", " ").split()
            self._do(question, lambda: users.set_languages(self.office.session, user.login, spoken))

        lead = _("Respondents who need one are given to such an operator. Leave a blank between two.")
        title = _("Languages of {name}").format(name=user.name)
        self._ask(title, lead, [labelled(field)], _("Store"), answer)

    def _ask_reset(self) -> None:
        user = self._chosen()
        if user is None:
            return
        first, again = LineField(_("New password"), secret=True), LineField(_("Once more"), secret=True)

        def answer(question: Question) -> None:
            from cati.services import passwords

            if not question.form.filled_in(first) or not agree(question, first, again):
                return
            password = first.text()
            said = _("{name} has a new password. Now grant the missing keys (G).").format(name=user.name)
            self._do(
                question,
                lambda: passwords.reset_password(self.office.session, user.login, password),
                said,
            )

        lead = _(
            "All keys of this user are withdrawn; nothing is lost. Afterwards a holder grants them again."
        )
        title = _("Reset the password of {name}").format(name=user.name)
        self._ask(title, lead, [labelled(first), labelled(again)], _("Reset"), answer)

    def _ask_disable(self) -> None:
        user = self._chosen()
        if user is None:
            return
        if not user.active:
            self._enable(user)
            return

        def answer(question: Question) -> None:
            from cati.services import users

            self._do(question, lambda: users.disable_user(self.office.session, user.login))

        lead = _(
            "This user can sign in no more and loses all keys. All work done stays; enabling undoes this."
        )
        self._ask(_("Disable {name}?").format(name=user.name), lead, [], _("Disable"), answer)

    def _enable(self, user: User) -> None:
        from cati.services import users

        session = self.office.session

        def enabled(count: int) -> None:
            self.office.tell(enabled_words(user, count))
            self.refresh()

        self.office.ask(self, lambda: users.enable_user(session, user.login), enabled)

    def _grant(self) -> None:
        from cati.services import keys

        user, session = self._chosen(), self.office.session
        if user is not None:
            self.office.ask(self, lambda: keys.grant(session, user.login), lambda _count: self.refresh())

    def _ask_excuse(self) -> None:
        user, loaded = self._chosen(), self.office.programme
        if user is None or loaded is None:
            return
        field = LineField(_("Reason"))

        def answer(question: Question) -> None:
            from cati.services import clearances

            reason = field.text()
            if question.form.filled_in(field):
                self._do(question, lambda: clearances.waive(self.office.session, loaded, user.login, reason))

        lead = _("For whoever has experience. The pledge of confidentiality is signed all the same.")
        title = _("Excuse {name} from the practice test").format(name=user.name)
        self._ask(title, lead, [labelled(field)], _("Excuse"), answer)


def enabled_words(user: User, count: int) -> str:
    """What is said of a user who may sign in again, with as many keys granted at once."""
    if not count:
        return _("{name} may sign in again. Now grant the missing keys (G).").format(name=user.name)
    words = ngettext(
        "{name} may sign in again, and {count} key was granted.",
        "{name} may sign in again, and {count} keys were granted.",
        count,
    )
    return words.format(name=user.name, count=count)
