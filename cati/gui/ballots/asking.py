"""What is asked at the ballots: which are keyed, which number, whether they are taken, a file of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.clearances import pledge_for
from cati.domain.names import channel_words
from cati.domain.programmes import BALLOT_KINDS, LoadedProgramme, Programme, in_language
from cati.gui.form import labelled
from cati.gui.office.files import choose_target, file_row
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.tasks import Job
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.rows import Column
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.table import Table
from cati.gui.widgets.table_parts import HEAD
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.ballots import BallotSet
    from cati.services.keying import Progress

Done = Callable[[], Any]
ROW, MOST_ROWS = 26, 6
FILES = ("*.csv", "*.xlsx")
LINES, COLUMNS = "lines", "columns"
PLEDGE_WIDTH = 900
FORM, DIFFERENCES = "form", "differences"


class Stack(NamedTuple):
    """Ballots of one channel and group."""

    channel: str
    group: str
    words: tuple[str, str]


def stacks(programme: Programme) -> list[Stack]:
    """All ballots that are filled in for a programme."""
    found = []
    for channel in programme.channels:
        if channel.kind in BALLOT_KINDS:
            label = in_language(channel.labels, language(), channel.label)
            found += [
                Stack(channel.code, group.code, (label, in_language(group.labels, language(), group.code)))
                for group in channel.groups
            ] or [Stack(channel.code, "", (label, ""))]
    return found


def _stack_table(programme: Programme, chosen: tuple[str, str] | None) -> Table:
    columns = [Column("channel", _("Channel"), 160, grows=1), Column("group", _("Group"), 160, grows=1)]
    known = stacks(programme)
    table = Table(_("Which ballots"), columns, lambda one: one.words, lambda one: (one.channel, one.group),
                  most_row=ROW, least_row=ROW)  # fmt: skip
    table.show_rows(known)
    if chosen is not None:
        table.choose_named(chosen)
    return table


def _high(table: Table, count: int) -> Holder:
    """A table as high as its rows, and no higher."""
    return Holder(column(table), height=HEAD + ROW * min(count, MOST_ROWS) + 2)


def _number(question: Question, field: LineField) -> int | None:
    """The number in a field; what is none is complained of."""
    text = field.text().strip()
    if text.isascii() and text.isdecimal() and len(text) <= 9:
        return int(text)
    question.form.complain(_("“{text}” is no number.").format(text=text))
    field.setFocus()
    return None


def ask_open(place: Place, loaded: LoadedProgramme, now: Progress | None, done: Done) -> Question:
    """Say which ballots are keyed, and how many there are."""
    chosen = None if now is None else (now.keying.channel, now.keying.group)
    which = _stack_table(loaded.programme, chosen)
    count = LineField(_("How many papers there are"))
    if now is not None and now.keying.set_id is None:
        count.setText(str(now.keying.ballots))
        count.selectAll()
    lies = Segments(
        _("On paper"),
        (Segment(LINES, _("items beside a unit")), Segment(COLUMNS, _("units under an item"))),
    )
    session = place.office.session

    def answer() -> None:
        from cati.services import keying

        number, stack = _number(asked, count), which.current()
        if number is not None and stack is not None:
            by_item = lies.code == COLUMNS
            asked.send(
                lambda: keying.open_keying(
                    session, loaded, stack.channel, number, group=stack.group, by_item=by_item
                ),
                lambda _made: done(),
            )

    high = _high(which, len(stacks(loaded.programme)))
    parts = [high, labelled(count), Holder(column(Text(_("On paper"), 14, "ink2"), row(lies, None), gap=4))]
    asked = Question(place, _("Ballots to key"), "", parts, _("Store"), answer)
    return asked


def ask_pledge(place: Place, loaded: LoadedProgramme, signed: Done) -> Question:
    """Let whoever keys read the pledge of confidentiality and sign it with the own password."""
    pledge, session = pledge_for(loaded.programme, place.office.actor), place.office.session
    field = LineField(_("Own password of {name}, as signature").format(name=session.actor.name), secret=True)
    numbered = (f"{nth}. {point}" for nth, point in enumerate(pledge.points, 1))
    points = [Text(words, 14, wrap=True, line_height=106) for words in (pledge.lead, *numbered)]

    def answer() -> None:
        from cati.services import clearances

        if asked.form.filled_in(field, asks=_("Type your own password: it is the signature.")):
            password = field.text()
            asked.send(lambda: clearances.sign(session, loaded, pledge, password), lambda _none: signed())

    parts = [*points, labelled(field, _("time and wording are kept"))]
    asked = Question(place, pledge.heading, "", parts, _("Sign"), answer, width=PLEDGE_WIDTH)
    asked.form.set_scant(True)
    return asked


def ask_number(place: Place, ballots: int, go: Callable[[int], Any]) -> Question:
    """Ask for the number on the paper in hand."""
    field = LineField(_("Number of the ballot, 1 to {most}").format(most=ballots))

    def answer() -> None:
        number = _number(asked, field)
        if number is not None:
            asked.leave()
            go(number)

    asked = Question(place, _("Another ballot"), "", [labelled(field)], _("Open"), answer)
    return asked


def ask_taking(place: Place, loaded: LoadedProgramme, one: Progress, done: Done) -> Question:
    """Confirm that ballots count from now on."""
    session = place.office.session

    def answer() -> None:
        from cati.services import third_look

        asked.send(
            lambda: third_look.take(session, loaded, one.keying.id),
            lambda made: _tell(place, loaded, made, done),
        )

    lead = _("They count in the scores from then on, until they are withdrawn (W).")
    title = _("Take the ballots of {channel}").format(
        channel=" · ".join(filter(None, (one.label, one.group)))
    )
    asked = Question(place, title, lead, [], _("Take as a set"), answer)
    return asked


def ask_file(place: Place, loaded: LoadedProgramme, done: Done) -> Question:
    """Take ballots that were keyed elsewhere."""
    which = _stack_table(loaded.programme, None)
    file = LineField(_("File: one sheet, or two keyings"))
    looks = LineField(_("Settled differences, if any"))
    session = place.office.session

    def answer() -> None:
        from cati.services import ballots

        stack = which.current()
        if stack is not None and asked.form.filled_in(file):
            path = Path(file.text().strip()).expanduser()
            look = Path(looks.text().strip()).expanduser() if looks.text().strip() else None
            asked.send(
                lambda: ballots.take(session, loaded, stack.channel, path, group=stack.group, looks=look),
                lambda made: _tell(place, loaded, made, done),
            )

    chosen = [file_row(place, field, *FILES) for field in (file, looks)]
    parts = [_high(which, len(stacks(loaded.programme))), *chosen]
    lead = _("All or nothing; it is added to what was taken.")
    asked = Question(place, _("Ballots keyed elsewhere"), lead, parts, _("Take over"), answer)
    return asked


def ask_elsewhere(place: Place, loaded: LoadedProgramme) -> Question:
    """Write what keying elsewhere needs: an empty form, or the list of what two keyings differ in."""
    which = _stack_table(loaded.programme, None)
    what = Segments(
        _("What to write"),
        (Segment(FORM, _("an empty form for two people")), Segment(DIFFERENCES, _("differences to look at"))),
    )
    count = LineField(_("How many papers there are"))
    file = LineField(_("File with two keyings"))
    how_many, keyed = labelled(count), file_row(place, file, *FILES)

    def follow() -> None:
        how_many.setVisible(what.code == FORM)
        keyed.setVisible(what.code == DIFFERENCES)

    def answer() -> None:
        stack: Stack | None = which.current()
        number = _number(asked, count) if what.code == FORM else 0
        if stack is None or number is None or (what.code == DIFFERENCES and not asked.form.filled_in(file)):
            return
        path, form = Path(file.text().strip()).expanduser(), what.code == FORM
        asked.leave()
        choose_target(
            place,
            _("What to write"),
            ["Excel (*.xlsx)"],
            f"{loaded.programme.code}-{stack.channel}-{what.code}.xlsx",
            lambda out: write(place, loaded, stack.channel, number if form else path, out),
        )

    what.chosen.connect(lambda _code: follow())
    lead = _(
        "Both keyings come back as two sheets of one file; differences are settled with the papers in hand."
    )
    parts = [Holder(row(what, None)), _high(which, len(stacks(loaded.programme))), how_many, keyed]
    asked = Question(place, _("Keying elsewhere"), lead, parts, _("Choose a file"), answer)
    follow()
    return asked


def write(place: Place, loaded: LoadedProgramme, channel: str, source: int | Path, out: Path) -> None:
    """Write an empty form for so many ballots, or what two keyings in a file differ in, and tell of it."""
    session = place.office.session

    def work(_job: Job) -> str:
        from cati.services import ballots

        if isinstance(source, int):
            ballots.write_form(session, loaded, channel, source, out)
            return _("{file} written.").format(file=out.name)
        count = ballots.write_differences(session, loaded, channel, source, out)
        words = ngettext("{count} difference; {file} written.", "{count} differences; {file} written.", count)
        return words.format(count=count, file=out.name)

    place.office.start(place, work, place.office.tell)


def _tell(place: Place, loaded: LoadedProgramme, made: BallotSet, done: Done) -> None:
    words = ngettext(
        "Set {number}: {count} ballot taken for {channel}, {void} void lines.",
        "Set {number}: {count} ballots taken for {channel}, {void} void lines.",
        made.ballots,
    )
    channel = channel_words(loaded.programme, made.channel)
    place.office.tell(words.format(number=made.id, count=made.ballots, channel=channel, void=made.void))
    done()
