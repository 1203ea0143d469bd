"""A survey on the web over the scores: its file looked at, each column told what it says, and taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cati.base.errors import CatiError
from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.names import channel_words
from cati.domain.programmes import Channel, LoadedProgramme, in_language
from cati.domain.web import DOUBLES, GROUP, ROLES, answers_to, order_words
from cati.gui.form import labelled
from cati.gui.office.files import choose_files
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.tasks import Job
from cati.gui.theme import px
from cati.gui.widgets.button import Button
from cati.gui.widgets.chooser import Chooser
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.rows import Cell, Column
from cati.gui.widgets.segments import Segment
from cati.gui.widgets.table import Table
from cati.gui.widgets.table_parts import HEAD
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.web import Look, WebSet

WIDTH = 900
ROW, MOST_ROWS = 24, 7
EXAMPLES = 4
NOTHING = ""


class Heading(NamedTuple):
    """A column of the file with some of what stands in it."""

    name: str
    examples: tuple[str, ...]


class SurveySheet:
    """Asks for a file, shows its columns with what each is taken for, and takes it; going back stops it.

    Args:
        place: the scores.
        loaded: a programme with a channel of the web.
        changed: is called after a file was taken.
    """

    def __init__(self, place: Place, loaded: LoadedProgramme, changed: Callable[[], Any]) -> None:
        self._place, self._loaded, self._changed = place, loaded, changed
        self._job: Job | None = None
        self._gone = False
        self._looked: Path | None = None
        self._columns: dict[str, str] = {}
        self._words: dict[str, str] = {}
        programme = loaded.programme
        self._channels = {c.code: c for c in programme.channels if c.kind == "web"}
        self.file = LineField(_("File (.csv or .xlsx)"))
        browse = Button(_("Choose a file"))
        browse.clicked.connect(self._browse)
        self.channel = Chooser(
            _("Channel"), [Segment(code, channel_words(programme, code)) for code in self._channels], 180
        )
        self.channel.chosen.connect(lambda _code: self._forget())
        self.table = Table(
            _("Columns of the file"),
            (
                Column("heading", _("Column"), 200, grows=1),
                Column("examples", _("Its first rows"), 260, grows=2),
                Column("says", _("Taken for"), 180, grows=1),
            ),
            self._cells,
            lambda one: one.name,
            _("Name a file and press Enter: its columns are shown here."),
            most_row=ROW,
            least_row=ROW,
        )
        self.table.setMinimumHeight(px(HEAD) + px(ROW) * MOST_ROWS + 4)
        self.table.chosen.connect(self._show_meaning)
        self.says = Chooser(_("Taken for"), (), 260)
        self.says.chosen.connect(self._mean)
        self.doubles = Chooser(_("Somebody answered twice"), _rules(), 180)
        self.group = Chooser(_("Who answered"), (), 180)
        self.told = Text(size=13, ink="ink2", wrap=True)
        self._who = _named(_("Who answered, where no column says so"), self.group)
        chosen = row((labelled(self.file), 1), column(None, browse), column(None, self.channel), gap=8)
        choices = row(
            _named(_("The chosen column is taken for"), self.says),
            _named(_("Somebody answered twice about a unit"), self.doubles),
            self._who,
            None,
            gap=16,
        )
        lead = _(
            "A row is one respondent and unit, or one respondent with a column for each unit. Answers that "
            "are alike are counted together; who gave them is kept nowhere."
        )
        parts = [Holder(chosen), self.table, Holder(choices), self.told]
        width = min(WIDTH, (place.width() - px(24)) * 100 // px(100))
        self.question = Question(
            place, _("Survey on the web"), lead, parts, _("Look at the file"), self._go, width=width
        )
        self.question.left.connect(self._stop)
        if len(self._channels) == 1:
            self.channel.hide()
        self._forget()

    # ---- looking at a file -----------------------------------------------------------------------

    def _browse(self) -> None:
        kind = _("Tables")
        patterns = [f"{kind} (*.csv *.xlsx)"]
        choose_files(self._place, _("Choose a file"), patterns, self._named_file, several=False)

    def _named_file(self, files: Sequence[Path]) -> None:
        self.file.setText(str(files[0]))
        self._go()

    def _forget(self) -> None:
        """What is known of the columns was another channel's."""
        self._looked = None
        channel = self._channels[self.channel.code]
        self._words = _meanings(self._loaded, channel)
        groups = [Segment(g.code, in_language(g.labels, language(), g.code)) for g in channel.groups]
        self.group.set_choices([Segment(NOTHING, _("a column says so")), *groups])
        self._who.setVisible(bool(groups))
        self.table.show_rows([])
        self.told.set_text("")
        self.question.form.go(_("Look at the file"))

    def _go(self) -> None:
        if self.question.form.filled_in(self.file):
            path = Path(self.file.text().strip()).expanduser()
            if path == self._looked:
                self._take(path)
            else:
                self._look(path)

    def _look(self, path: Path) -> None:
        session, loaded, channel = self._place.office.session, self._loaded, self.channel.code
        self.question.wait(_("one moment"))

        def work(_job: Job) -> Look:
            from cati.services import web

            return web.look(session, loaded, channel, path)

        # To tell the writing of a file takes a second or two where it is large.
        self._place.office.start(self._place, work, lambda found: self._show(path, found), self._refuse)

    def _show(self, path: Path, found: Look) -> None:
        if self._gone:
            return
        self._looked = path
        self._columns = {heading: says for says, heading in found.proposal.columns.items()}
        for says in found.proposal.columns:
            self._words.setdefault(says, self._of_unit(says))
        self.says.set_choices(
            [Segment(NOTHING, _("nothing")), *(Segment(says, words) for says, words in self._words.items())]
        )
        self.doubles.choose(found.proposal.doubles)
        preview = found.preview
        self.table.show_rows(
            [
                Heading(name, tuple(r[at] for r in preview.rows if at < len(r) and r[at])[:EXAMPLES])
                for at, name in enumerate(preview.headings)
                if name
            ]
        )
        gone = _(", ").join(found.proposal.gone)
        words = _("Used last time and not in this file: {headings}.").format(headings=gone) if gone else ""
        self.told.set_text(words)
        self.question.form.hush_complaint()
        self.question.form.go(_("Take over"))
        self._show_meaning(self.table.current())

    def _of_unit(self, says: str) -> str:
        """Words for a column about one unit."""
        unit, _dot, item = says.rpartition(".")
        names = {one.code: one.name for one in self._loaded.programme.units}
        return f"{names.get(unit, unit)} · {self._words.get(item, item)}"

    def _cells(self, one: Heading) -> Sequence[Cell | str]:
        says = self._columns.get(one.name, NOTHING)
        words = self._words.get(says, "") if says else ""
        return [
            one.name,
            " | ".join(dict.fromkeys(one.examples)),
            Cell(words or "—", "ink" if says else "ink2"),
        ]

    def _show_meaning(self, one: Heading | None) -> None:
        if one is not None:
            self.says.choose(self._columns.get(one.name, NOTHING))

    def _mean(self, says: str) -> None:
        """Take the chosen column for something, and no other column for the same."""
        one = self.table.current()
        if one is None or self._columns.get(one.name, NOTHING) == says:
            return
        self._columns = {h: s for h, s in self._columns.items() if s != says and h != one.name}
        if says:
            self._columns[one.name] = says
        self.table.rows.forget()
        self.table.viewport().update()

    # ---- taking it -------------------------------------------------------------------------------

    def _take(self, path: Path) -> None:
        session, loaded, channel = self._place.office.session, self._loaded, self.channel.code
        columns = {says: heading for heading, says in self._columns.items()}
        doubles, group = self.doubles.code, self.group.code

        def work(job: Job) -> WebSet:
            from cati.services import web

            return web.take(
                session, loaded, channel, path, columns, doubles, group=group,
                progress=lambda done, total: job.step(done / max(total, 1)),
            )  # fmt: skip

        self.question.wait(_("one moment"))
        self._job = self._place.office.start(self._place, work, self._done, self._failed, self._tell)

    def _tell(self, share: float, _words: str) -> None:
        if self._job is not None:
            self.question.wait(f"{round(100 * share)} %")

    def _done(self, made: WebSet) -> None:
        self._job = None
        words = ngettext(
            "{count:,} opinion taken; doubles left out: {doubles:,}.",
            "{count:,} opinions taken; doubles left out: {doubles:,}.",
            made.opinions,
        ).format(count=made.opinions, doubles=made.doubles)
        self.question.leave()
        self._place.office.tell(" ".join([words, order_words(made.rule, made.columns)]).strip())
        self._changed()

    def _failed(self, error: CatiError) -> None:
        if self._job is not None:
            self._job = None
            self._refuse(error)
        else:
            self._place.office.say_error(error)

    def _refuse(self, error: CatiError) -> None:
        if self._gone:
            return
        self.question.refuse(error)
        self.question.form.go(_("Take over") if self._looked is not None else _("Look at the file"))

    def _stop(self) -> None:
        self._gone = True
        job, self._job = self._job, None
        if job is not None:
            job.cancel()


def _rules() -> list[Segment]:
    return [Segment(NOTHING, _("choose")), *(Segment(code, _(words)) for code, words in DOUBLES.items())]


def _named(words: str, chooser: Chooser) -> Holder:
    return Holder(column(Text(words, 13, "ink2"), chooser, gap=3))


def _meanings(loaded: LoadedProgramme, channel: Channel) -> dict[str, str]:
    """All that a column may say, with what it is called; columns of one unit each where there is one item."""
    from cati.services import web

    form = web.web_form(loaded.programme, channel).ballot
    found = {role: _(words) for role, words in ROLES.items() if role != GROUP or channel.groups}
    found |= {item.name: item.label for item in form.items}
    if len(form.items) == 1:
        found |= {answers_to(unit.code, form.items[0].name): unit.name for unit in form.units}
    return found
