"""The draw's ceremony: parties commit, the public value is named, parts are revealed, the order follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.domain.attendance import LOCAL
from cati.domain.draws import Party
from cati.domain.programmes import in_language
from cati.domain.users import Right
from cati.gui.action import Mode
from cati.gui.actions import Keys
from cati.gui.draws.asking import PARTIES
from cati.gui.draws.certificate import certificate_part, code_text, public_name
from cati.gui.draws.parts import Line, OrderSheet, StepsLine
from cati.gui.draws.rosters import RosterView
from cati.gui.draws.steps import Steps
from cati.gui.office.office import Office
from cati.gui.office.place import Place
from cati.gui.office.words import grouped
from cati.gui.printing.offer import headed, offer
from cati.gui.printing.paper import Paper
from cati.gui.widgets.base import RIGHT
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import Holder, OneOf, column, row
from cati.gui.widgets.qr import QrCode
from cati.gui.widgets.surface import Band, Rule, Surface
from cati.gui.widgets.text import Name, Part, Text

if TYPE_CHECKING:
    from cati.services.ceremony import Ceremony

CODE_SIDE, CODE_LEAST = 164, 123
"""Of the QR code, px at 100 %; to be read from a wall by a phone, and from a desk."""
LABEL = 90


class PartyPaper(QWidget):
    """What one party gave: name, commitment, part, and whether the one keeps the other."""

    def __init__(self) -> None:
        super().__init__()
        self._name = Name((18, 16, 14))
        self._icon, self._said = Icon("ring", "ink2", 17), Text(size=15, ink="ink2")
        self._commit, self._part = Text(size=15), Text(size=15, bold=True)
        self.setLayout(
            column(
                row((self._name, 1), self._icon, self._said, gap=8),
                row(Text(_("commitment"), 14, "ink2", width=LABEL), (self._commit, 1), gap=8),
                row(Text(_("part"), 14, "ink2", width=LABEL), (self._part, 1), gap=8),
                Rule(),
                gap=4,
            )
        )

    def show_party(self, party: Party) -> None:
        """Show a party as it stands."""
        self._name.set_text(party.name)
        self._commit.set_text(grouped(party.commit, 4))
        shown = party.reveal is not None
        self._part.set_text(party.reveal if party.reveal is not None else "—")
        self._icon.set_icon("done" if shown else "ring", "ok" if shown else "ink2")
        self._said.set_text(_("kept its commitment") if shown else _("not revealed yet"))
        self._said.set_ink("ok" if shown else "ink2", shown)


class DrawsPage(Place):
    """The ceremony on one screen: parties at the left, the order in the middle, the proof at the right."""

    mode = Mode.DRAWS

    def __init__(self, office: Office, keys: Keys) -> None:
        super().__init__(office, keys)
        self._found: Ceremony | None = None
        self._cell = 0
        self._number: int | None = None
        self._projecting = False
        self._title, self._when = Text(size=20, ink="on_live", bold=True), Text(size=15, ink="on_live2")
        self.steps = StepsLine()
        navy = column(row(self._title, None, self._when, gap=12), self.steps, gap=8, margins=(20, 12, 20, 10))
        self._parties = [PartyPaper() for _nth in range(PARTIES)]
        self._lead = Text(size=15, ink="ink2", wrap=True)
        self._public_name, self._public = Text(size=16, elide=True), Text(size=22, bold=True)
        self._seed, self._files = Name((15, 13, 12), bold=False), Text(size=13, ink="ink2", wrap=True)
        left = column(
            self._lead,
            4,
            *self._parties,
            row((self._public_name, 1), self._public, gap=8),
            row(Text(_("Seed"), 16, bold=True), (self._seed, 1), gap=16),
            None,
            self._files,
            gap=8,
            margins=(20, 16, 20, 12),
        )
        self._cell_name, self._cell_count = Name((18, 16, 14)), Text(size=15, ink="ink2")
        self.order = OrderSheet()
        whose = Name((14, 13, 12), ink="ink2", bold=False)
        whose.setAlignment(RIGHT)
        whose.set_text(_("nobody's name or number"))
        heads = row(
            Text(_("Tickets from the smallest"), 14, "ink2"),
            (whose, 1),
        )
        self._middle = Surface(
            column(
                self._cell_name,
                self._cell_count,
                heads,
                Rule("edge"),
                (self.order, 1),
                gap=6,
                margins=(20, 16, 20, 12),
            )
        )
        body = row(
            (Surface(left), 6), (self._middle, 5), (self._proof(), 3), gap=12, margins=(16, 12, 16, 12)
        )
        self._ceremony = Holder(column(Band(navy, "live", None), (Holder(body), 1), gap=0))
        self._steps = Steps(self, self._folder)
        self.rosters = RosterView(self, self._roster_folder, self._leave_rosters)
        self._views = OneOf(self._ceremony, self.rosters)
        self.setLayout(column(self._views, gap=0))

    def _proof(self) -> Holder:
        self._hash, self._lists = Text(size=15, wrap=True), Text(size=14, ink="ink2", wrap=True)
        frame = Surface(
            column(
                Text(_("Hash of the lists"), 14, "ink2"),
                self._hash,
                self._lists,
                gap=4,
                margins=(16, 8, 16, 8),
            )
        )
        self._digest, self._checked = Name((15, 13, 12), bold=False), Text(size=16, bold=True, wrap=True)
        self.code = QrCode(CODE_SIDE, CODE_LEAST)
        how = Text(_("Anybody can check it:"), 14, "ink2", wrap=True)
        self._how = Holder(column(how, Text("python3 verify_draw.py", 14, mono=True), gap=8))
        self.button = Button("", "Enter", Kind.PRIMARY, 18, 46)
        self.button.clicked.connect(
            lambda: self.keys.trigger("draw_next" if self._step() < 5 else "draw_check")
        )
        paper = column(
            row(None, self.code, None),
            row(Text(_("Certificate"), 14, "ink2"), (self._digest, 1), gap=10),
            Rule(),
            self._how,
            self._checked,
            None,
            self.button,
            gap=6,
            margins=(16, 8, 16, 12),
        )
        return Holder(column(frame, (Surface(paper), 1), gap=12))

    # ---- the frame asks --------------------------------------------------------------------------

    def summary(self) -> str | Sequence[Part]:
        """What has been drawn so far."""
        if self._found is None:
            return ""
        words = _("{lists} lists · {people:,} people").format(
            lists=self._found.lists, people=self._found.people
        )
        mailed = _("beside {count} of staff who are written to").format(count=self._found.mailed)
        return f"{words} · {mailed}" if self._found.mailed else words

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """Steps for who may draw; looking and checking for everybody who is let in."""
        found: dict[str, Callable[..., Any]] = {
            "draw_cell": self._turn,
            "draw_later": self._turn_draw,
            "draw_project": self._project,
            "print": self._print,
        }
        if self.office.may(Right.DRAW):
            found |= {"draw_next": self._next, "draw_check": self._check, "draw_void": self._steps.void}
            if self.office.programme is not None and self.office.programme.programme.rosters:
                found |= {"draw_rosters": self._open_rosters, **self.rosters.handlers()}
        return found

    def arrive(self, about: object = None) -> None:
        """Nothing was checked yet; the ceremony comes first."""
        self._views.choose(self._ceremony)
        self._number = None
        self._show_check("")
        self.rosters.show_check("")
        self._follow_keys()

    def depart(self) -> None:
        """The directory comes back."""
        if self._projecting:
            self._project()

    def refresh(self) -> None:
        """Read the draw anew."""
        from cati.services import ceremony

        loaded, session, number = self.office.programme, self.office.session, self._number
        if loaded is not None:
            self.office.ask(self, lambda: ceremony.look(session, loaded, number), self._take)
            if self._at_rosters():
                self.rosters.refresh()

    # ---- what is shown ---------------------------------------------------------------------------

    def _step(self) -> int:
        """How many steps lie behind: committed 2, all revealed 3, held 5."""
        found = self._found
        if found is None or found.state == "none":
            return 0
        if found.state == "held":
            return 5
        return 2 if found.waiting else 3

    def _take(self, found: Ceremony) -> None:
        self._found = found
        assert self.office.programme is not None
        title = _("Draw · {programme}").format(programme=self.office.programme.programme.title)
        later = _("lists that came later, {number}").format(number=found.number)
        self._title.set_text(f"{title} · {later}" if found.number else title)
        stamp = found.held or found.published
        self._when.set_text(f"{stamp.astimezone(LOCAL):%Y-%m-%d %H:%M}" if stamp else "")
        names = [
            _("Publish the hash"),
            _("Commitments"),
            _("Reveals"),
            _("Public value"),
            _("Order"),
            _("Check on the spot"),
        ]
        self.steps.show_steps(names, self._step())
        self._show_parties(found)
        self._hash.set_text(grouped(found.frame_hash) if found.frame_hash else "—")
        lists = _("{lists} lists, {people:,} people; published before any reveal")
        said = [lists.format(lists=found.lists, people=found.people)]
        if found.missing and not found.number:
            said.append(_("{count} lists are missing").format(count=len(found.missing)))
        if found.later and not found.number:
            said.append(
                _("{count} lists came later and wait for a draw of their own (L)").format(count=found.later)
            )
        if found.wanting and found.state != "held":
            said.append(_("{count} lists are not what was asked for").format(count=len(found.wanting)))
        if found.voided:
            said.append(_("draws given up before: {count}").format(count=found.voided))
        self._lists.set_text("\n".join(said))
        self._digest.set_text(grouped(found.digest, 4) if found.digest else "—")
        held = code_text(self.office.programme.programme, found.digest) if found.digest else ""
        self.code.show_text(held, _("QR code with the digest of the certificate"))
        self._show_cell()
        self._follow_keys()
        self.head_changed.emit()

    def _show_parties(self, found: Ceremony) -> None:
        self._lead.set_text(
            _("The seed is made of the parties' parts and a public value; nobody alone decides it.")
        )
        for paper, party in zip(self._parties, (*found.parties, None, None, None), strict=False):
            paper.setVisible(party is not None)
            if party is not None:
                paper.show_party(party)
        self._public_name.set_text(public_name(found) or _("public value, named when the parties commit"))
        self._public.set_text(found.public_value or "—")
        self._seed.set_text(grouped(found.seed, 6) if found.seed else "—")

    def _cells(self) -> list[str]:
        return list(self._found.order) if self._found is not None else []

    def _show_cell(self) -> None:
        cells = self._cells()
        found, loaded = self._found, self.office.programme
        if not cells or found is None or loaded is None:
            self._cell_name.set_text(_("The order follows when all have revealed"))
            self._cell_count.set_text("")
            self.order.show_order((), 0)
            return
        cell = cells[self._cell % len(cells)]
        unit_code, _slash, group_code = cell.partition("/")
        unit = next(u for u in loaded.programme.units if u.code == unit_code)
        group = next(g for g in loaded.programme.groups if g.code == group_code)
        label = in_language(group.labels, language(), group.label)
        name = in_language({"zh": unit.name, **unit.labels}, language())
        self._cell_name.set_text(f"{name} · {label}")
        entries = found.order[cell]
        words = _("{people} people, {quota} wanted").format(people=len(entries), quota=group.quota)
        self._cell_count.set_text(words)
        lines = [Line(n, found.ticket(cell, entry)) for n, entry in enumerate(entries, 1)]
        self.order.show_order(lines, min(group.quota, len(lines)))

    def _follow_keys(self) -> None:
        step = self._step()
        words = [_("Take the commitments"), "", _("Take a reveal"), _("Enter the public value"), ""]
        held = step == 5
        alone = self._found is None or self._found.count < 2
        self.keys.set_off("draw_later", _("no list came later") if alone else "")
        # Other places print, too: what comes when somebody is there is none of theirs.
        if self.isVisible() and not self._at_rosters():
            self.keys.set_off("print", "" if held else _("nothing was drawn yet"))
        self.button.set_words(_("Check on the spot") if held else words[step], "V" if held else "Enter")
        self.button.setVisible(self.office.may(Right.DRAW))
        if not self.office.may(Right.DRAW):
            return
        self.keys.set_off("draw_next", _("the draw was held") if held else "")
        self.keys.set_off("draw_check", "" if held else _("nothing was drawn yet"))
        self.keys.set_off(
            "draw_void", _("the draw was held") if held else "" if step else _("no draw was begun")
        )

    def _press(self) -> None:
        self.keys.trigger("draw_check" if self._step() == 5 else "draw_next")

    def _turn(self, key: str) -> None:
        cells = self._cells()
        if cells:
            self._cell = (self._cell + (1 if key == "Right" else -1)) % len(cells)
            self._show_cell()

    def _turn_draw(self) -> None:
        """From the draw to those of lists that came later, and back."""
        if self._found is not None:
            self._number, self._cell = (self._found.number + 1) % self._found.count, 0
            self._show_check("")
            self.refresh()

    def _project(self) -> None:
        self._projecting = not self._projecting
        self.office.projecting.emit(self._projecting)

    # ---- representatives -------------------------------------------------------------------------

    def _at_rosters(self) -> bool:
        return self._views.current() is self.rosters

    def _open_rosters(self) -> None:
        self._views.choose(self.rosters)
        self.keys.push(Mode.ROSTERS)
        self.setFocus()
        self.rosters.refresh()

    def _leave_rosters(self) -> None:
        self._views.choose(self._ceremony)
        self.keys.pop(Mode.ROSTERS)
        self.setFocus()
        self._follow_keys()

    def _print(self) -> None:
        if self._at_rosters():
            self.rosters.print_list()
        else:
            self._print_certificate()

    def _print_certificate(self) -> None:
        from cati.services.prints import Print

        found, loaded, office = self._found, self.office.programme, self.office
        assert found is not None
        assert loaded is not None
        programme = loaded.programme

        def make() -> Paper:
            part = certificate_part(programme, found)
            return headed(office, part.title, [part])

        offer(self, Print.DRAW, f"draw {programme.code}", f"{programme.code}-draw", make)

    def _next(self) -> None:
        if self._found is not None:
            steps = {0: self._steps.commit, 2: self._steps.reveal, 3: self._steps.hold}
            if next_one := steps.get(self._step()):
                next_one(self._found)

    def _folder(self) -> Path:
        """Where certificate and frame are written."""
        assert self.office.programme is not None
        return self.office.settings.data_folder / "draws" / self.office.programme.programme.code

    def _written(self) -> Path:
        """Where the files of the draw in sight are: one of lists that came later has a folder of its own."""
        from cati.services import draws

        return draws.folder_of(self._folder(), self._found.number if self._found is not None else 0)

    def _roster_folder(self) -> Path:
        """Where those of the representatives' draw are written."""
        return self._folder() / "representatives"

    def _check(self) -> None:
        from cati.services import ceremony

        loaded, session, folder, found = (
            self.office.programme,
            self.office.session,
            self._folder(),
            self._found,
        )
        assert loaded is not None
        assert found is not None
        self._show_check(_("computing it again …"))
        number = found.number
        self.office.start(self, lambda _job: ceremony.check(session, loaded, folder, number), self._told)

    def _told(self, said: str) -> None:
        if said == "OK":
            files = _("Files in {folder}").format(folder=self._written())
            self._show_check(_("Computed again: the same order."), "ok", files)
            self.steps.show_steps(self.steps.names, len(self.steps.names))
        else:
            words = _("The check found a difference: {difference}").format(difference=said)
            self._show_check(words, "stop")

    def _show_check(self, words: str, ink: str = "ink2", files: str = "") -> None:
        """What the check says stands where it was told how anybody may check."""
        self._checked.set_ink(ink)
        self._checked.set_text(words)
        self._files.set_text(files)
        self._how.setVisible(not words)
